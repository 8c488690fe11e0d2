"""A tall picture as pieces that stand on top of each other: on screen one picture, in print one piece to a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from reviewkit.figures.svg import STYLE, Figure, Mark, TextBox, opening
from reviewkit.render.html import Safe
from reviewkit.render.text import escape

_BY_CLASS = re.compile(r'( class="(?:rk-[fs]-[a-z]+ ?)+")(?: (?:fill|stroke)="#[0-9a-f]{6}")+')
_ENDS = re.compile(r'(<text x="[-.\d]+" y="[-.\d]+") text-anchor="end">')
TALLEST = 1.3
"""Height of a piece at most, in widths: what an A4 sheet with its caption holds."""


def pieces(figure: Figure) -> Safe:
    """The picture itself, or its pieces: cut where no line of text stands, each with the marks that reach into it.

    A page has the colours by class: those written out beside them, for readers of files without style sheets, go.
    """
    cuts = _cuts(figure.height, figure.width * TALLEST, figure.texts)
    if len(cuts) == 2:
        return _slim(figure.svg)
    drawn = []
    for place, (top, bottom) in enumerate(pairwise(cuts)):
        inside = [mark for mark in figure.marks if mark.bottom >= top and mark.top <= bottom]
        label = f"{figure.title.rstrip('.')}, continued" if place else f"{figure.title}. {figure.description}"
        head = (f"<title>{escape(figure.title)}</title><desc>{escape(figure.description)}</desc>"
                f"<style>{STYLE}</style>") if not place else f"<title>{escape(label)}</title>"
        drawn.append(f"{opening(figure.width, top, bottom - top, label, links=_links(inside))}{head}"
                     f"{''.join(mark.markup for mark in inside)}</svg>")
    return _slim("".join(drawn))


def _slim(markup: str) -> Safe:
    return Safe(_BY_CLASS.sub(r"\1", _ENDS.sub(r'\1 class="rk-e">', markup)))


def _links(marks: Sequence[Mark]) -> bool:
    return any(mark.markup.startswith("<a ") for mark in marks)


def _cuts(height: float, tallest: float, texts: Sequence[TextBox]) -> list[float]:
    """Edges of the pieces: as few as fit, about equally tall, moved up until they cross no text."""
    n = max(1, -(-int(height) // int(tallest)))
    cuts = [0.0]
    for place in range(1, n):
        wanted = round(height * place / n)
        edge = next((y for y in range(wanted, int(cuts[-1]), -1)
                     if not any(box.top - 1 < y < box.bottom + 1 for box in texts)), None)
        if edge is not None:
            cuts.append(float(edge))
    return [*cuts, height]
