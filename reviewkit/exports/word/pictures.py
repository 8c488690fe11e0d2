"""Figures for Word: the page's SVG as PNG at print resolution, tall ones in parts that fit a page."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from reviewkit.exports.chromium import Job, draw
from reviewkit.exports.word.paper import ACROSS, CAPTION_CM, UPRIGHT
from reviewkit.figures.svg import STYLE

PRINT_DPI = 200
_CSS_DPI = 96
_START = re.compile(r"<svg\b[^>]*>")
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TEXT_Y = re.compile(r'<text\b[^>]*? y="(-?[\d.]+)"')
_FAMILIES = "Arial, Liberation Sans, Helvetica, DejaVu Sans, Noto Sans, sans-serif"
_PNG = "data:image/png;base64,"
_MARGIN = 4
"""Pixels around a drawing: a slanting letter may reach beyond its own start."""
_CLEAR = 15
"""Pixels above a line's baseline that its letters may take."""
# One height for both ways of the sheet: the stretch a figure stands in may lie either way.
_HEIGHT_CM = min(UPRIGHT[1], ACROSS[1]) - CAPTION_CM


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of the page: its markup, natural size in CSS pixels, and what it says to those who cannot see it."""

    svg: str
    width: float
    height: float
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure, or one part of a tall one: PNG bytes and printed size in centimetres."""

    png: bytes
    width_cm: float
    height_cm: float


@dataclass(frozen=True, slots=True)
class Painted:
    """A figure with its pictures (none where figures are left out), and whether it asks for a sheet across."""

    drawing: Drawing
    across: bool = False
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One picture to make: from `top` to `bottom` of a drawing, in its own pixels."""

    drawing: Drawing
    top: float
    bottom: float
    scale: float

    @property
    def size_cm(self) -> tuple[float, float]:
        """Printed width and height."""
        return _cm(self.drawing.width) * self.scale, _cm(self.bottom - self.top) * self.scale

    def job(self) -> Job:
        """What the browser is asked to draw."""
        found, height = self.drawing, self.bottom - self.top
        start = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{found.width:g}" height="{height:g}" '
                 f'viewBox="{-_MARGIN} {self.top:g} {found.width:g} {height:g}" fill="#1b1f24" '
                 f'font-family="{_FAMILIES}" font-size="13">')
        # On the page one style sheet serves all figures: a picture by itself brings it along.
        bare = _STYLE.sub("", found.svg)
        svg = _START.sub(lambda _: f"{start}<style>{STYLE}</style>", bare, count=1)
        width, tall = (max(1, round(side / 2.54 * PRINT_DPI)) for side in self.size_cm)
        return Job(svg, width, tall)


def read_drawing(svg: str) -> Drawing:
    """Read what an ``<svg>`` of ours says of itself."""
    start = _START.match(svg)
    head = start[0] if start else ""

    def attribute(name: str) -> str:
        found = re.search(rf'\s{name}="([^"]*)"', head)
        return unescape(found[1]) if found else ""

    def element(name: str) -> str:
        found = re.search(rf"<{name}>(.*?)</{name}>", svg, re.DOTALL)
        return unescape(found[1]) if found else ""

    width, height = float(attribute("width") or 600) + 2 * _MARGIN, float(attribute("height") or 400)
    return Drawing(svg, width, height, element("title"), element("desc") or attribute("aria-label"))


def paint(svgs: Sequence[str]) -> Mapping[str, Painted]:
    """Figures as pictures that fit the sheet, all drawn in one start of the browser.

    Raises
    ------
    ReviewkitError
        If there is no Chromium, or it cannot draw one of them.
    """
    planned = [_planned(read_drawing(svg)) for svg in dict.fromkeys(svgs)]
    made = iter(draw([part.job() for _, _, parts in planned for part in parts]))
    return {found.svg: Painted(found, across, tuple(Picture(next(made), *part.size_cm) for part in parts))
            for found, across, parts in planned}


def described(svgs: Sequence[str]) -> Mapping[str, Painted]:
    """Figures without pictures: their titles and descriptions alone."""
    return {svg: Painted(read_drawing(svg)) for svg in svgs}


def png_picture(address: str) -> Picture | None:
    """A picture in a page's ``data:`` address at its natural size, or as large as the sheet lets it be."""
    try:
        png = base64.b64decode(address.removeprefix(_PNG), validate=True) if address.startswith(_PNG) else b""
    except ValueError:
        return None
    if png[:8] != b"\x89PNG\r\n\x1a\n" or len(png) < 24:
        return None
    width, height = (_cm(max(1, side)) for side in struct.unpack(">II", png[16:24]))
    scale = min(1.0, UPRIGHT[0] / width, _HEIGHT_CM / height)
    return Picture(png, width * scale, height * scale)


def _planned(found: Drawing) -> tuple[Drawing, bool, tuple[_Part, ...]]:
    upright, lying = _fit(found, UPRIGHT[0]), _fit(found, ACROSS[0])
    across = lying > 1.15 * upright and found.width > 720
    scale = lying if across else upright
    return found, across, tuple(_Part(found, top, bottom, scale) for top, bottom in
                                _parts(found, _HEIGHT_CM / _cm(1) / scale))


def _fit(found: Drawing, width_cm: float) -> float:
    """The scale at which a drawing fills a place: at most its natural size, in parts if it is too tall."""
    scale = min(1.0, width_cm / _cm(found.width))
    whole = min(scale, _HEIGHT_CM / _cm(found.height))
    # Somewhat smaller and whole is better than in parts; text below two thirds of its size is not read.
    return whole if whole >= 0.66 * scale else scale


def _cm(pixels: float) -> float:
    return pixels / _CSS_DPI * 2.54


def _parts(found: Drawing, most: float) -> list[tuple[float, float]]:
    """Where a drawing is cut, in its own pixels: between lines of text, each part at most `most` tall."""
    lines = sorted(float(y) for y in _TEXT_Y.findall(found.svg))
    cuts, top = [], 0.0
    while found.height - top > most:
        cut = top + most
        # Up to the nearest height that no line of letters crosses; a picture of nothing but text is cut anyway.
        while cut > top + most / 2 and any(cut - 4 < y < cut + _CLEAR for y in lines):
            cut -= 1
        cuts.append((top, cut))
        top = cut
    return [*cuts, (top, found.height)]
