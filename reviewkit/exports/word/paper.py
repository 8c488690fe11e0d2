"""The sheet: sizes and sections. A block whose table or figure is too wide for upright paper lies on its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.exports.word.markup import TWIPS_PER_CM

MARGIN_CM = 2.2
SHORT_CM, LONG_CM = 21.0, 29.7
UPRIGHT = (SHORT_CM - 2 * MARGIN_CM, LONG_CM - 2 * MARGIN_CM)
"""Width and height of the text on an upright sheet of A4, in cm."""
ACROSS = (LONG_CM - 2 * MARGIN_CM, SHORT_CM - 2 * MARGIN_CM)
CAPTION_CM = 2.6
"""Height left for a figure's caption."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the document's body; a heading begins a stretch that lies one way."""

    xml: str
    wide: bool = False
    heading: bool = False


def section(across: bool, references: str) -> str:
    """Section properties: A4, upright or across, with header and footer."""
    width, height = (LONG_CM, SHORT_CM) if across else (SHORT_CM, LONG_CM)
    turned = ' w:orient="landscape"' if across else ""
    margin = round(MARGIN_CM * TWIPS_PER_CM)
    edges = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
    return (f'<w:sectPr>{references}<w:type w:val="nextPage"/>'
            f'<w:pgSz w:w="{round(width * TWIPS_PER_CM)}" w:h="{round(height * TWIPS_PER_CM)}"{turned}/>'
            f'<w:pgMar {edges} w:header="600" w:footer="600" w:gutter="0"/></w:sectPr>')


def stretches(blocks: Sequence[Block]) -> list[tuple[bool, list[Block]]]:
    """Blocks from heading to heading, each stretch upright or across; neighbours that agree are joined."""
    runs: list[list[Block]] = []
    for block in blocks:
        # Headings that follow one another stay together.
        if not runs or (block.heading and not runs[-1][-1].heading):
            runs.append([])
        runs[-1].append(block)
    joined: list[tuple[bool, list[Block]]] = []
    for found in runs:
        across = any(block.wide for block in found)
        if joined and joined[-1][0] == across:
            joined[-1][1].extend(found)
        else:
            joined.append((across, found))
    return joined


def laid_out(blocks: Sequence[Block], references: str) -> str:
    """The body: blocks and section breaks, the last section's properties at the end."""
    found = stretches(blocks)
    parts = []
    for place, (across, held) in enumerate(found):
        parts += [block.xml for block in held]
        properties = section(across, references)
        last = place == len(found) - 1
        parts.append(properties if last else f'<w:p><w:pPr><w:pStyle w:val="Break"/>{properties}</w:pPr></w:p>')
    return "".join(parts)
