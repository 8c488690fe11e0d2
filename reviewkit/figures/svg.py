"""A small scene: shapes and text in, one deterministic SVG out, text kept as text.

Every mark has a role (ink, grey, accent, ...) with a plain colour for any SVG reader and a custom property
(``--rk-ink``) by which the page, JupyterLab's themes and dark mode recolour it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from reviewkit.figures.lettering import text_width
from reviewkit.render.html import Safe
from reviewkit.render.text import clean_text, escape, safe_url

FONT = "ui-sans-serif, system-ui, sans-serif"
SIZE = 13
SMALL = 12
LINE = 16
ROW = 22

PALETTE = {
    "ink": ("#1b1f24", "#e6e8eb", "--jp-ui-font-color0"),
    "grey": ("#5b636d", "#a4abb3", "--jp-ui-font-color2"),
    "rule": ("#c9ced4", "#3a4149", "--jp-border-color1"),
    "hair": ("#e4e7ea", "#262b30", "--jp-border-color2"),
    "wash": ("#f3f5f7", "#1e2226", "--jp-layout-color2"),
    "paper": ("#ffffff", "#14171a", "--jp-layout-color1"),
    "accent": ("#0b5cad", "#7fb4ef", "--jp-content-link-color"),
}


INK = PALETTE["ink"][0]


def _style() -> str:
    rules = []
    for name, (light, _dark, jupyter) in PALETTE.items():
        colour = f"var(--rk-{name},var({jupyter},{light}))"
        rules.append(f".rk-f-{name}{{fill:{colour}}}.rk-s-{name}{{stroke:{colour}}}")
    dark = ";".join(f"--rk-{name}:{colours[1]}" for name, colours in PALETTE.items())
    rules.append(f".rk-fig{{font-family:{FONT};fill:var(--rk-ink,var(--jp-ui-font-color0,{INK}))}}")
    rules.append(".rk-b{text-anchor:middle;font-weight:600;fill:#000}")
    rules.append(".rk-e{text-anchor:end}")
    rules.append(".rk-fig a:hover text,.rk-fig a:focus text{text-decoration:underline}")
    rules.append(f".rk-fig:root{{background:{PALETTE['paper'][0]}}}")
    rules.append(
        f"@media screen and (prefers-color-scheme:dark){{.rk-fig:root{{{dark};background:{PALETTE['paper'][1]}}}}}"
    )
    return "".join(rules)


STYLE = _style()
UPRIGHT = 1050
"""A wider picture that is not tall is printed on a sheet of its own, lengthwise: upright its letters would be small."""

class TextBox(NamedTuple):
    """Where a line of text lies, by estimate, in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Mark(NamedTuple):
    """A piece of markup with its upper and lower edge, in pixels."""

    markup: str
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A finished picture.

    Attributes
    ----------
    svg : Safe
        The ``<svg>`` element; fit for a page and, as it stands, for a file.
    title, description : str
        What a reader who cannot see it hears; the description states the result.
    width, height : float
        Natural size in pixels.
    texts : tuple of TextBox
        Each line of text with its estimated place.
    marks : tuple of Mark
        Everything that is drawn, in order, with its place.
    """

    svg: Safe
    title: str
    description: str
    width: float
    height: float
    texts: tuple[TextBox, ...] = field(repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)

    @property
    def in_page(self) -> Safe:
        """The picture as a page shows it: one that is taller than a sheet of paper in pieces, cut between its rows."""
        from reviewkit.figures.pieces import pieces

        return pieces(self)

    def save(self, path: str | Path, *, scale: float = 2) -> Path:
        """Write the figure as SVG, PNG or PDF, as the file's ending says; see `reviewkit.figures.export`."""
        from reviewkit.figures.export import save_figure

        return save_figure(self, path, scale=scale)

    def _repr_html_(self) -> str:
        return self.svg


class Canvas:
    """Collects marks; `finish` makes the `Figure`. Coordinates in pixels, y downwards."""

    def __init__(self) -> None:
        self._parts: list[Mark] = []
        self._texts: list[TextBox] = []
        self._links = False

    @property
    def texts(self) -> tuple[TextBox, ...]:
        """The lines of text so far."""
        return tuple(self._texts)

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "none",
        stroke_width: float = 1, radius: float = 0,
    ) -> None:
        """A rectangle; `fill` and `stroke` name a role of the palette or a colour."""
        shape = f'x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}"'
        rounded = f' rx="{n(radius)}"' if radius else ""
        self._parts.append(Mark(f"<rect {shape}{rounded}{_paint(fill, stroke, stroke_width)}/>", y, y + height))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = "ink", width: float = 1, dash: str = ""
    ) -> None:
        """A straight line; `dash` as in SVG (``"4 3"``)."""
        ends = f'x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}"'
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(Mark(f"<line {ends}{_paint('', stroke, width)}{dashes}/>", min(y1, y2), max(y1, y2)))

    def polygon(
        self, points: Sequence[tuple[float, float]], *, fill: str = "none", stroke: str = "none",
        stroke_width: float = 1, closed: bool = True, dash: str = "",
    ) -> None:
        """A polygon, or an open polyline."""
        tag = "polygon" if closed else "polyline"
        places = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        ys = [y for _, y in points]
        self._parts.append(Mark(f'<{tag} points="{places}"{_paint(fill, stroke, stroke_width)}{dashes}/>', min(ys),
                                max(ys)))

    def circle(self, x: float, y: float, radius: float, *, fill: str = "none", stroke: str = "none",
               stroke_width: float = 1, opacity: float = 1) -> None:
        """A circle."""
        clear = f' fill-opacity="{n(opacity)}"' if opacity < 1 else ""
        place = f'cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"'
        self._parts.append(Mark(f"<circle {place}{_paint(fill, stroke, stroke_width)}{clear}/>", y - radius,
                                y + radius))

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "start", size: float = SIZE, fill: str = "ink",
        bold: bool = False, italic: bool = False, href: str = "", turned: bool = False,
    ) -> None:
        """One line of text with its baseline at `y`; `turned` reads upwards; `href` makes it a link."""
        text = clean_text(text)
        if not text:
            return
        self._texts.append(_box(x, y, text, anchor, size, bold, turned))
        look = f' font-size="{n(size)}"' if size != SIZE else ""
        look += f' text-anchor="{anchor}"' if anchor != "start" else ""
        look += ' font-weight="600"' if bold else ""
        look += ' font-style="italic"' if italic else ""
        look += f' transform="rotate(-90 {n(x)} {n(y)})"' if turned else ""
        address = safe_url(href) if href else None
        role = "accent" if address and fill == "ink" else fill
        paint = "" if role == "ink" else _paint(role, "", 0)
        mark = f'<text x="{n(x)}" y="{n(y)}"{look}{paint}>{escape(text)}</text>'
        if address:
            self._links = True
            mark = f'<a href="{escape(address)}">{mark}</a>'
        self._parts.append(Mark(mark, self._texts[-1].top, self._texts[-1].bottom))

    def symbol(self, x: float, y: float, text: str) -> None:
        """A bold sign in black, centred at `x`: the many lights of a table say how they look by class."""
        self._texts.append(_box(x, y, text, "middle", SIZE, True, False))
        mark = f'<text x="{n(x)}" y="{n(y)}" class="rk-b">{escape(text)}</text>'
        self._parts.append(Mark(mark, self._texts[-1].top, self._texts[-1].bottom))

    def lines(self, x: float, y: float, lines: Sequence[str], *, leading: float = LINE, **look: object) -> None:
        """Several lines of text, the first baseline at `y`."""
        for place, line in enumerate(lines):
            self.text(x, y + place * leading, line, **look)  # type: ignore[arg-type]

    def finish(self, width: float, height: float, *, title: str, description: str) -> Figure:
        """The picture; a figure with links is a group, so that its links stay within reach."""
        title, description = clean_text(title), clean_text(description)
        label = f"{title.rstrip('.')}. {description}" if description else title
        markup = (
            f"{opening(width, 0, height, label, links=self._links)}"
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc><style>{STYLE}</style>"
            f"{''.join(part.markup for part in self._parts)}</svg>"
        )
        return Figure(Safe(markup), title, description, width, height, tuple(self._texts), tuple(self._parts))


def opening(width: float, top: float, height: float, label: str, *, links: bool) -> str:
    """The start tag of a picture, or of a piece of one from `top` on; with links it is a group, not an image."""
    size = f'width="{n(width)}" height="{n(height)}" viewBox="0 {n(top)} {n(width)} {n(height)}"'
    fluid = f"width:100%;height:auto;min-width:{n(min(width, max(width * 0.85, 320)))}px;max-width:{n(width)}px"
    look = "rk-fig rk-wide" if width > UPRIGHT and height < 0.45 * width else "rk-fig"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="{look}" role="{"group" if links else "img"}" '
            f'aria-label="{escape(label)}" {size} style="{fluid}" fill="{INK}" font-family="{FONT}" '
            f'font-size="{SIZE}">')


@lru_cache(maxsize=65_536)
def n(value: float) -> str:
    """A coordinate to a tenth of a pixel, the same on every machine."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _paint(fill: str, stroke: str, stroke_width: float) -> str:
    classes, plain = [], ""
    for kind, colour in (("fill", fill), ("stroke", stroke)):
        if colour in PALETTE:
            classes.append(f"rk-{kind[0]}-{colour}")
            plain += f' {kind}="{PALETTE[colour][0]}"'
        elif colour == "none":
            plain += ' fill="none"' if kind == "fill" else ""
        elif colour:
            plain += f' {kind}="{colour}"'
    if stroke not in {"", "none"} and stroke_width != 1:
        plain += f' stroke-width="{n(stroke_width)}"'
    return (f' class="{" ".join(classes)}"' if classes else "") + plain


def _box(x: float, y: float, text: str, anchor: str, size: float, bold: bool, turned: bool) -> TextBox:
    width = text_width(text, size, bold=bold)
    before = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    if turned:
        return TextBox(text, x - size * 0.8, y - (width - before), x + size * 0.25, y + before)
    return TextBox(text, x - before, y - size * 0.8, x - before + width, y + size * 0.25)
