"""Rows of a delimited text with their lines, and the damaged ones apart: a stray quote never swallows the next row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
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


def rows_of(
    lines: Sequence[str], delimiter: str, first: int, width: int, plausible: Callable[[Sequence[str]], bool]
) -> Iterator[Row]:
    """Rows from line ``first`` (0-based) on; blank rows are left out.

    Parameters
    ----------
    lines : sequence of str
        Physical lines without line ends.
    width : int
        Number of columns of the heading.
    plausible : callable
        Whether cells can stand under their headings (a year under year); it decides between ways to mend.
    """
    at, budget = first, _Budget()
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        end, cells = _whole(lines, at, delimiter)
        if cells is None or len(cells) != width:
            alone = _parse(lines[at], delimiter) if end > at else None
            if alone is not None and len(alone) == width and plausible(alone):
                end, cells = at, alone
        if cells is not None and (len(cells) == width or end == at):
            if any(cell.strip() for cell in cells):
                yield Row(at + 1, end + 1, cells, "\n".join(lines[at : end + 1]))
            at = end + 1
            continue
        row = _mend(lines, at, delimiter, width, plausible, budget)
        yield row
        at = row.line_end


@dataclass(slots=True)
class _Budget:
    """Work left for mending rows of one file, so that a hostile file costs no more than a second."""

    chars: int = 6_000_000


def _whole(lines: Sequence[str], at: int, delimiter: str) -> tuple[int, tuple[str, ...] | None]:
    """The shortest run of lines from ``at`` whose quotes close, and its cells."""
    quotes = 0
    last = min(at + MAX_ROW_LINES, len(lines))
    for end in range(at, last):
        quotes += lines[end].count('"')
        if quotes % 2 == 0:
            return end, _parse("\n".join(lines[at : end + 1]), delimiter)
    return last - 1, None


def _mend(
    lines: Sequence[str],
    at: int,
    delimiter: str,
    width: int,
    plausible: Callable[[Sequence[str]], bool],
    budget: _Budget,
) -> Row:
    """A row whose quotes are wrong: the one change that makes columns and values right, else its line is rejected."""
    for last in range(at, min(at + 6, len(lines))):
        text = "\n".join(lines[at : last + 1])
        fits: dict[tuple[str, ...], str] = {}
        for changed, told in _changes(text, delimiter):
            budget.chars -= len(text)
            if budget.chars < 0:
                break
            cells = _parse(changed, delimiter)
            if cells is None or len(cells) != width or not plausible(cells):
                continue
            if not any(cell.count('"') % 2 for cell in cells):
                fits.setdefault(cells, told)
        if len(fits) == 1:
            cells, told = next(iter(fits.items()))
            return Row(at + 1, last + 1, cells, text, mended=told)
        if fits:
            break
    n_cells = lines[at].count(delimiter) + 1
    problem = f"quotation marks do not close: {n_cells} columns by delimiter, the heading has {width}"
    return Row(at + 1, at + 1, (), lines[at], problem=problem)


def _changes(text: str, delimiter: str) -> Iterator[tuple[str, str]]:
    """One quote left out, or one put in before a delimiter, wherever a cell opens with a quote."""
    if len(text) > 20_000:
        return
    quotes = [place for place, char in enumerate(text) if char == '"'][:60]
    for place in quotes:
        yield text[:place] + text[place + 1 :], f"a stray quotation mark (character {place + 1} of the row) left out"
    opening = [p for p in quotes if p == 0 or text[p - 1] in f"{delimiter}\n"]
    for place in opening:
        stop = next((other for other in quotes if other > place), len(text))
        ends = [end for end in range(place + 1, stop) if text[end] == delimiter] + ([stop] if stop == len(text) else [])
        for end in ends[:60]:
            told = f"the quotation mark that closes a cell is missing; put in at character {end + 1} of the row"
            yield f'{text[:end]}"{text[end:]}', told
