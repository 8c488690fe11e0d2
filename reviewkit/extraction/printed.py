"""Figures as reports print them, read without guessing: Persian digits, decimal commas, '74/3 ± 16/41', lost spaces.

What can be read in two ways is not decided here: `read_figure` gives every reading and the question to ask.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from reviewkit.errors import InputError
from reviewkit.numbers import plain

_SIGNS = dict.fromkeys(map(ord, "−–—‒﹣－"), "-")
_POINTS = {ord("·"): ".", ord("٫"): ".", ord("．"): "."}
_THOUSANDS = dict.fromkeys(map(ord, "٬'’\u202f\u2009\u00a0"), " ")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\Z")
_SPACED_POINT = re.compile(r"(\d)\s*\.\s+(\d)|(\d)\s+\.\s*(\d)")
_GROUPS = re.compile(r"[+-]?\d{1,3}([ ,.]\d{3})+\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure.

    Attributes
    ----------
    text : str
        As printed.
    readings : tuple of float
        Every value it may stand for, the likelier first; one where nothing is in doubt.
    question : str
        What a person must say, where there is more than one reading.
    notes : tuple of str
        What was undone to read it (a decimal comma, a stray space, another script's digits).
    """

    text: str
    readings: tuple[float, ...]
    question: str = ""
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The only reading.

        Raises
        ------
        InputError
            If there are several: the message asks.
        """
        if len(self.readings) > 1:
            raise InputError(self.question, code="ambiguous", remedy="Write it with digits and a decimal point, and "
                             "keep the print in as_printed.")
        return self.readings[0]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures that stand together, such as a mean and its spread; ``mark`` is what stands between them."""

    first: Figure
    second: Figure
    mark: str


@lru_cache(maxsize=16_384)
def read_figure(text: str) -> Figure:
    """Read one printed figure.

    Raises
    ------
    InputError
        If it is no number.

    Examples
    --------
    >>> read_figure("0. 80").value, read_figure("۷۴/۳").value, read_figure("−0,4").value
    (0.8, 74.3, -0.4)
    >>> read_figure("1,234").readings
    (1234.0, 1.234)
    """
    plain, notes = _unified(text)
    number, sign = plain.lstrip("+-"), "-" if plain.startswith("-") else ""
    if len(plain) - len(number) > 1:
        raise _no_number(text)
    readings = [_float(sign + reading, text) for reading in _readings(number)]
    if not readings:
        raise _no_number(text)
    question = ""
    if len(readings) > 1:
        question = f"{text!r} may be {' or '.join(f'{value:.15g}' for value in readings)}: which does the report mean?"
    if "," in number or "/" in number:
        notes = (*notes, "decimal comma or slash")
    return Figure(text, tuple(readings), question, notes)


def read_pair(text: str) -> Pair:
    """Read 'mean ± spread' or 'mean (spread)'.

    A slash is a decimal sign here ('74/3 ± 16/41' is 74.3 ± 16.41, or, where a right-to-left page turned it round,
    41.16 ± 3.74): where both orders can be meant, each figure has both readings.

    Raises
    ------
    InputError
        If there are not two figures with ± or parentheses.

    Examples
    --------
    >>> pair = read_pair("13.8 ± 4.9")
    >>> pair.first.value, pair.second.value, pair.mark
    (13.8, 4.9, '±')
    """
    plain = unicodedata.normalize("NFKC", text).replace("+/-", "±").replace("+-", "±").strip()
    found = re.fullmatch(r"(.+?)\s*±\s*(.+)", plain) or re.fullmatch(r"(.+?)\s*[(\[]\s*(.+?)\s*[)\]]", plain)
    if not found:
        raise InputError(f"{text!r} is no pair of figures.", code="not-a-number", remedy="Write it as mean ± SD.")
    one, two = found.groups()
    if one.count("/") == two.count("/") == 1 and "±" in plain:
        return Pair(_turned(one, two), _turned(two, one), "±")
    return Pair(read_figure(one), read_figure(two), "±" if "±" in plain else "()")


def _turned(own: str, other: str) -> Figure:
    """A figure with a slash: as it stands, or as the other one read from right to left."""
    here = read_figure(own)
    after, before = reversed(_unified(other)[0].split("/"))
    there = _float(f"{after}.{before}", other)
    readings = tuple(dict.fromkeys((*here.readings, there)))
    question = (f"{own!r} may be {plain(here.readings[0])}, or {plain(there)} if the page runs from right to left: "
                "which is meant?")
    return Figure(own, readings, question, here.notes)


def _unified(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in ASCII digits and signs, and what was undone."""
    notes = []
    plain = unicodedata.normalize("NFKC", text.strip()).translate(_SIGNS).translate(_POINTS).translate(_THOUSANDS)
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    if digits != plain:
        notes.append("digits of another script")
    closed = _SPACED_POINT.sub(lambda m: f"{m[1] or m[3]}.{m[2] or m[4]}", digits)
    if closed != digits:
        notes.append("space beside the decimal point")
    closed = re.sub(r"^([+-])\s+", r"\1", closed)
    return closed, tuple(notes)


def _readings(number: str) -> list[str]:
    """Every way to read a figure without its sign."""
    if _PLAIN.match(number) and not _GROUPS.match(number):
        return [number]
    if number.count("/") == 1:
        whole = number.replace("/", ".")
        return [whole] if _PLAIN.match(whole) else []
    if _GROUPS.match(number):
        marks = {c for c in number if not c.isdigit()}
        joined = re.sub(r"[ ,.]", "", number)
        if len(marks) > 1 or " " in marks or sum(not c.isdigit() for c in number) > 1:
            return [joined] if len(marks) == 1 else []
        # '1,234' and '1.234': a thousand, or a decimal sign? A leading zero settles it.
        decimal = number.replace(",", ".")
        if number.startswith("0"):
            return [decimal]
        return [decimal] if "." in marks else [joined, decimal]
    if number.count(",") == 1 and "." not in number:
        decimal = number.replace(",", ".")
        return [decimal] if _PLAIN.match(decimal) else []
    # '1,234.5' and '1.234,5': the last mark is the decimal one.
    last = max(number.rfind(","), number.rfind("."))
    whole = re.sub(r"[ ,.]", "", number[:last])
    if last > 0 and _GROUPS.match(number[:last]) and whole.isdigit() and number[last + 1:].isdigit():
        return [f"{whole}.{number[last + 1:]}"]
    return []


def _float(plain: str, text: str) -> float:
    if not _PLAIN.match(plain) or not plain.isascii():
        raise _no_number(text)
    return float(plain)


def _no_number(text: str) -> InputError:
    return InputError(f"{text!r} is no number.", code="not-a-number",
                      remedy="Use digits and a decimal point, and keep the print in as_printed.")
