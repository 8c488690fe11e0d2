"""Two extractions of one review: which rows and cells differ, and the consensus made of them.

Rows are paired by what they describe (study, outcome, instrument, time, kind of value, arm), not by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.extraction.printed import read_figure
from reviewkit.extraction.schema import COLUMNS, NUMBERS, OPTIONAL_COLUMNS

KEY = ("study_id", "report_id", "outcome", "instrument", "timepoint", "value_type", "comparison", "arm",
       "analysis_set")
APART = frozenset({"row_id", "extractor", "time", "note", "source_row", "quote", "locator", "url", "as_printed"})
"""Columns in which two extractors may differ without disagreeing."""

Cells = Mapping[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell, or one whole row (``column`` empty), in which two extractions differ.

    ``one`` and ``other`` are what stands there; '(no row)' where an extractor has none.
    """

    key: Key
    column: str
    one: str
    other: str

    @property
    def place(self) -> str:
        """What the row describes, in words."""
        return ", ".join(part for part in self.key if part)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two extractions side by side.

    Attributes
    ----------
    differences : tuple of Difference
    cells, agreed : int
        Cells compared in rows that both have, and those that agree.
    paired, only_one, only_other : int
        Rows that both have, and rows that only one has.
    """

    differences: tuple[Difference, ...]
    cells: int
    agreed: int
    paired: int
    only_one: int
    only_other: int

    @property
    def agreement(self) -> float | None:
        """Share of compared cells that agree, 0 to 1; None where nothing can be compared."""
        return self.agreed / self.cells if self.cells else None


def key_of(cells: Cells) -> Key:
    """What a row describes."""
    return tuple(cells.get(column, "").strip() for column in KEY)


def compare_rows(one: Iterable[Cells], other: Iterable[Cells]) -> Comparison:
    """Compare two extractions; numbers agree where their values do, however they are written."""
    first, second = ({key_of(cells): cells for cells in side} for side in (one, other))
    found: list[Difference] = []
    compared = agreed = 0
    for key in dict.fromkeys([*first, *second]):
        if key not in first or key not in second:
            found.append(Difference(key, "", *("row" if key in side else "(no row)" for side in (first, second))))
            continue
        for column in (*COLUMNS, *OPTIONAL_COLUMNS):
            if column in APART or column in KEY:
                continue
            a, b = first[key].get(column, ""), second[key].get(column, "")
            if not (a or b):
                continue
            compared += 1
            if _same(column, a, b):
                agreed += 1
            else:
                found.append(Difference(key, column, a, b))
    both = len(first.keys() & second.keys())
    return Comparison(tuple(found), compared, agreed, both, len(first) - both, len(second) - both)


def _same(column: str, one: str, other: str) -> bool:
    if one.strip() == other.strip():
        return True
    if column not in NUMBERS or not (one and other):
        return False
    try:
        return read_figure(one).value == read_figure(other).value
    except InputError:
        return False


def make_consensus(
    one: Iterable[Cells], other: Iterable[Cells], settled: Mapping[tuple[Key, str], str], *, by: str
) -> tuple[list[dict[str, str]], tuple[Difference, ...]]:
    """The consensus of two extractions, and the differences that are still open.

    Parameters
    ----------
    settled : mapping of (key, column) to str
        What was agreed on for each difference; for a whole row (column empty) 'keep' or 'drop'.
    by : str
        Role id that stands as the extractor of the consensus.

    Returns
    -------
    rows : list of dict
        Rows as both have them, with settled cells; a row with an open difference is not among them.
    open : tuple of Difference
    """
    first, second = ({key_of(cells): cells for cells in side} for side in (list(one), list(other)))
    by_row: dict[Key, list[Difference]] = {}
    for difference in compare_rows(first.values(), second.values()).differences:
        by_row.setdefault(difference.key, []).append(difference)
    rows: list[dict[str, str]] = []
    waiting: list[Difference] = []
    for key in dict.fromkeys([*first, *second]):
        differences = by_row.get(key, [])
        left = [d for d in differences if (key, d.column) not in settled]
        if left:
            waiting += left
            continue
        if settled.get((key, "")) == "drop":
            continue
        cells = {**second.get(key, {}), **first.get(key, {})}
        cells |= {d.column: settled[key, d.column] for d in differences if d.column}
        rows.append({**cells, "extractor": by})
    return rows, tuple(waiting)


def agreement_by_column(one: Sequence[Cells], other: Sequence[Cells]) -> dict[str, tuple[int, int]]:
    """For each column that either fills: cells that agree, and cells compared (a pilot's figures)."""
    first, second = ({key_of(cells): cells for cells in side} for side in (one, other))
    counts: dict[str, tuple[int, int]] = {}
    for key in first.keys() & second.keys():
        for column in (*COLUMNS, *OPTIONAL_COLUMNS):
            a, b = first[key].get(column, ""), second[key].get(column, "")
            if column not in APART and column not in KEY and (a or b):
                same, all_ = counts.get(column, (0, 0))
                counts[column] = (same + _same(column, a, b), all_ + 1)
    return counts
