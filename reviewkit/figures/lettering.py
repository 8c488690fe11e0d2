"""How wide text will be, without a font at hand: an upper estimate over the usual system sans faces.

Widths are hundredths of the type size for the widest of the common faces (DejaVu Sans); Arial, Segoe UI,
San Francisco and Roboto run 5 to 15% narrower, so what fits by this estimate fits on every system.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII = (
    32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
    84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 78, 75, 30, 30, 66, 56, 86, 75, 79, 60, 79, 70, 64, 61, 73, 68, 99,
    69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35, 64, 63, 28, 28, 58, 28, 97, 63, 61, 64, 64, 41, 52,
    39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84,
)  # fmt: skip
_OTHERS = {"\u202f": 20, "\u2009": 20, "\u2013": 50, "\u2026": 100, "²": 40, "’": 32, "‘": 32, "“": 52, "”": 52}
_BOLD = 1.13
ELLIPSIS = "…"


@lru_cache(maxsize=65_536)
def text_width(text: str, size: float = 13, *, bold: bool = False) -> float:
    """The width of a line in pixels, at most."""
    hundredths = sum(_character_width(character) for character in text)
    return hundredths * size / 100 * (_BOLD if bold else 1)


@lru_cache(maxsize=16_384)
def wrap(text: str, width: float, size: float = 13, *, bold: bool = False, max_lines: int = 0) -> tuple[str, ...]:
    """Lines of text no wider than `width`; words too long for a line are broken, hyphens and slashes first.

    With `max_lines` the rest is cut and an ellipsis says so.
    """
    lines: list[str] = []
    line = ""
    for word in _pieces(re.sub("[ \t\n]+", " ", text).strip(" "), width, size, bold):
        if line and text_width((line + word).rstrip(" "), size, bold=bold) > width:
            lines.append(line.rstrip(" "))
            line = word.lstrip(" ")
        else:
            line += word
    lines.append(line.rstrip(" "))
    if max_lines and len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _cut(lines[max_lines - 1], width, size, bold)]
    return tuple(lines)


@lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if character in _OTHERS:
        return _OTHERS[character]
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 102
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and 32 <= ord(base) < 127:
        return _ASCII[ord(base) - 32]
    return 86


def _pieces(text: str, width: float, size: float, bold: bool) -> list[str]:
    pieces: list[str] = []
    for word in text.split(" "):
        part = ""
        for character in word + " ":
            part += character
            if text_width(part.rstrip(" "), size, bold=bold) > width:
                pieces.append(part[:-1])
                part = character
            elif character in "-/\u2013\u2014" and len(part) > 3:
                pieces.append(part)
                part = ""
        pieces.append(part)
    return [piece for piece in pieces if piece]


def _cut(line: str, width: float, size: float, bold: bool) -> str:
    while line and text_width(line + ELLIPSIS, size, bold=bold) > width:
        line = line[:-1].rstrip(" ")
    return line + ELLIPSIS
