"""Figures for Word: the page's SVG as PNG at print resolution, tall ones in parts that fit a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from reviewkit.errors import ReviewkitError
from reviewkit.exports.word.missing import needed

PRINT_DPI = 300
_CSS_DPI = 96
_START = re.compile(r"<svg\b[^>]*>")
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TEXT_Y = re.compile(r'<text\b[^>]*? y="(-?[\d.]+)"')
_FAMILIES = "Arial, Liberation Sans, Helvetica, DejaVu Sans, Noto Sans, sans-serif"
_CLEAR = 15
"""Pixels above a line's baseline that its letters may take."""


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


def drawing(svg: str) -> Drawing:
    """Read what an ``<svg>`` of ours says of itself."""
    start = _START.match(svg)
    head = start[0] if start else ""

    def attribute(name: str) -> str:
        found = re.search(rf'\b{name}="([^"]*)"', head)
        return unescape(found[1]) if found else ""

    title = re.search(r"<title>(.*?)</title>", svg, re.DOTALL)
    return Drawing(svg, float(attribute("width") or 600), float(attribute("height") or 400),
                   unescape(title[1]) if title else "", attribute("aria-label"))


def fit(found: Drawing, width_cm: float, height_cm: float) -> float:
    """The scale at which a drawing fills a place: at most its natural size, in parts if it is too tall."""
    natural = _cm(found.width)
    scale = min(1.0, width_cm / natural)
    whole = min(scale, height_cm / _cm(found.height))
    # Somewhat smaller and whole is better than in parts; text below two thirds of its size is not read.
    return whole if whole >= 0.66 * scale else scale


def pictures(found: Drawing, width_cm: float, height_cm: float) -> tuple[Picture, ...]:
    """A drawing as PNG, no wider and no taller than a place; in several parts where it is too tall for one.

    Raises
    ------
    ReviewkitError
        If resvg is not installed, or this machine has no font.
    """
    scale = fit(found, width_cm, height_cm)
    made = []
    for top, bottom in _parts(found, height_cm / _cm(1) / scale):
        width, height = _cm(found.width) * scale, _cm(bottom - top) * scale
        made.append(Picture(_png(found, top, bottom, round(width / 2.54 * PRINT_DPI)), width, height))
    return tuple(made)


def _cm(pixels: float) -> float:
    return pixels / _CSS_DPI * 2.54


def _parts(found: Drawing, most: float) -> list[tuple[float, float]]:
    """Where a drawing is cut, in its own pixels: between lines of text, each part at most `most` tall."""
    lines = sorted(float(y) for y in _TEXT_Y.findall(found.svg))
    cuts, top = [], 0.0
    while found.height - top > most:
        cut = top + most
        # Down to the nearest height that no line of letters crosses; a picture of nothing but text is cut anyway.
        while cut > top + most / 2 and any(cut - 4 < y < cut + _CLEAR for y in lines):
            cut -= 1
        cuts.append((top, cut))
        top = cut
    return [*cuts, (top, found.height)]


def _png(found: Drawing, top: float, bottom: float, width: int) -> bytes:
    resvg = needed("resvg_py")
    _check_fonts()
    start = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{found.width:g}" height="{bottom - top:g}" '
             f'viewBox="0 {top:g} {found.width:g} {bottom - top:g}" fill="#1b1f24" font-family="{_FAMILIES}" '
             'font-size="13">')
    # The page's style sheet recolours for screens and themes; on paper the plain colours stand.
    svg = _STYLE.sub("", _START.sub(lambda _: start, found.svg, count=1))
    return bytes(resvg.svg_to_bytes(svg_string=svg, background="#ffffff", width=width))


@lru_cache(maxsize=1)
def _check_fonts() -> None:
    resvg = needed("resvg_py")
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'
    letters = f'<text x="2" y="15" font-family="{_FAMILIES}">Ag</text>'
    if resvg.svg_to_bytes(svg_string=frame.format(letters)) == resvg.svg_to_bytes(svg_string=frame.format("")):
        raise ReviewkitError("this machine has no font to draw the figures' text with.", code="no-font",
                             remedy="Install a sans-serif font such as Liberation Sans or DejaVu Sans.")
