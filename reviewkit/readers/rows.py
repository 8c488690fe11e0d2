"""Rows of a delimited text with their lines, and the damaged ones apart: a stray quote never swallows the next row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_ROW_LINES = 2_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells (empty when ``problem`` says why it cannot be read), lines and what was mended."""

    line: int
    line_end: int
    cells: tuple[str, ...]
    raw: str
    mended: str = ""
    problem: str = ""


def delimiter_of(line: str) -> str:
    """The mark that splits a heading line best."""
    return max(_DELIMITERS, key=lambda mark: len(_parse(line, mark) or ()) if mark in line else 0)


def _parse(text: str, delimiter: str) -> tuple[str, ...] | None:
    """Cells of one row, ``None`` where the quotes do not close or close in the middle of a cell."""
    csv.field_size_limit(1 << 30)
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True, doublequote=True))
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None


def rows_of(lines: Sequence[str], delimiter: str, first: int, width: int) -> Iterator[Row]:
    """Rows from line ``first`` (0-based) on; blank rows are left out.

    Parameters
    ----------
    lines : sequence of str
        Physical lines without line ends.
    width : int
        Number of columns of the heading.
    """
    at = first
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        end, cells = _whole(lines, at, delimiter)
        if cells is not None and (len(cells) == width or end == at):
            if any(cell.strip() for cell in cells):
                yield Row(at + 1, end + 1, cells, "\n".join(lines[at : end + 1]))
            at = end + 1
            continue
        row = _mend(lines, at, end, delimiter, width)
        yield row
        at = row.line_end


def _whole(lines: Sequence[str], at: int, delimiter: str) -> tuple[int, tuple[str, ...] | None]:
    """The shortest run of lines from ``at`` whose quotes close, and its cells."""
    quotes = 0
    for end in range(at, min(at + MAX_ROW_LINES, len(lines))):
        quotes += lines[end].count('"')
        if quotes % 2 == 0:
            return end, _parse("\n".join(lines[at : end + 1]), delimiter)
    return min(at + MAX_ROW_LINES, len(lines)) - 1, None


def _mend(lines: Sequence[str], at: int, end: int, delimiter: str, width: int) -> Row:
    """A row whose quotes are wrong: take away the one quote that makes the columns right, else reject its line."""
    for last in range(at, min(end, at + 20) + 1):
        text = "\n".join(lines[at : last + 1])
        if len(text) > 200_000:
            break
        fits = {cells: place for place in _suspects(text, delimiter) if (cells := _without(text, place, delimiter, width))}
        if len(fits) == 1:
            cells, place = next(iter(fits.items()))
            line = at + 1 + text.count("\n", 0, place)
            column = place - (text.rfind("\n", 0, place) + 1) + 1
            return Row(at + 1, last + 1, cells, text, mended=f"a stray quotation mark (column {column}) left out of line {line}")
        if fits:
            break
    cells = tuple(lines[at].split(delimiter))
    problem = f"quotation marks do not close: {len(cells)} columns by delimiter, the heading has {width}"
    return Row(at + 1, at + 1, (), lines[at], problem=problem)


def _suspects(text: str, delimiter: str) -> list[int]:
    """Places of quotes that open or close a cell; the stray one is among them."""
    found = []
    for place, char in enumerate(text):
        if char == '"' and (place == 0 or text[place - 1] in f"{delimiter}\n" or text[place + 1 : place + 2] in ("", delimiter, "\n")):
            found.append(place)
        if len(found) > 100:
            break
    if len(found) < 100:
        found += [place for place, char in enumerate(text) if char == '"' and place not in found][: 100 - len(found)]
    return found


def _without(text: str, place: int, delimiter: str, width: int) -> tuple[str, ...] | None:
    cells = _parse(text[:place] + text[place + 1 :], delimiter)
    return cells if cells is not None and len(cells) == width else None
