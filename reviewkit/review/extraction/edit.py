"""Changes to one extractor's table, one at a time: a cell, a row more, a row less.

The file is read anew for every change and written whole, so that what another kernel or a spreadsheet wrote stays.
A row that is not complete yet is kept as it is; `reviewkit check` names what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.numbers import count
from reviewkit.review.extraction.extracting import table_of, template_rows
from reviewkit.review.opened import Review
from reviewkit.store.files import alone, show
from reviewkit.tables import write_csv

ALL_COLUMNS = (*COLUMNS, *OPTIONAL_COLUMNS)
FIXED = frozenset({"row_id", "study_id", "extractor", "time"})
"""Columns that say which row it is and who wrote it when: not typed."""
LONGEST = 20_000
"""Characters of the longest cell."""
Cells = dict[str, str]


def table_rows(review: Review, extractor: str) -> tuple[tuple[int, Mapping[str, str]], ...]:
    """Line and cells of every row of an extractor's table; none where there is no file yet.

    Raises
    ------
    InputError
        If the extractor is unknown, or the file is no extraction table.
    """
    return review.cells_of(table_of(review, extractor))


def set_cells(
    review: Review, extractor: str, row_id: str, cells: Mapping[str, str], *, was: Mapping[str, str]
) -> None:
    """Write cells of one row; they are on disk when this returns.

    Parameters
    ----------
    cells : mapping of str to str
        Column to its new text.
    was : mapping of str to str
        What the person saw there before.

    Raises
    ------
    InputError
        If the row has gone, a column is not typed, or a cell was changed by somebody else meanwhile; nothing is
        written then.
    """
    for column, text in cells.items():
        if column not in ALL_COLUMNS or column in FIXED:
            raise InputError(f"column {column!r} is not typed.", code="column", remedy="Choose another cell.")
        if len(text) > LONGEST:
            raise InputError(f"{column} has {count(len(text))} characters; at most {count(LONGEST)} are kept.",
                             code="value", remedy="Shorten it.")
    new = {column: text.strip() for column, text in cells.items()}
    with _changing(review, extractor) as rows:
        row = rows[_place(rows, row_id)]
        for column, text in new.items():
            if row[column] not in (text, was.get(column, "").strip()):
                raise InputError(f"{column} of {row_id} was changed meanwhile to {row[column]!r}; nothing was written.",
                                 code="changed", remedy="Look at both, and type it again if yours is right.")
        if any(row[column] != text for column, text in new.items()):
            row |= {**new, "time": now()}


def add_rows(review: Review, extractor: str, study: str, outcome: str = "") -> tuple[str, ...]:
    """Add the template's rows of a study that are not there yet, or one row of one outcome.

    Returns
    -------
    tuple of str
        Ids of the rows added.

    Raises
    ------
    InputError
        If the study is not included, or the protocol has no such outcome.
    """
    template = [{column: str(row.get(column, "")) for column in ALL_COLUMNS}
                for row in template_rows(review, extractor, study)]
    template = [row for row in template if not outcome or row["outcome"] == outcome]
    if not template:
        raise InputError(f"there is no template for study {study!r} and outcome {outcome or 'any'!r}.", code="template",
                         remedy="Include a report of the study, and declare the outcome in protocol.toml.")
    with _changing(review, extractor) as rows:
        taken = {row["row_id"] for row in rows}
        new = [row for row in template if row["row_id"] not in taken]
        if outcome:
            new = new[:1] or [template[0] | {"row_id": _free(template[0]["row_id"], taken), "arm": ""}]
        at = max((place for place, row in enumerate(rows) if row["study_id"] == study), default=len(rows) - 1) + 1
        rows[at:at] = [row | {"time": now()} for row in new]
    return tuple(row["row_id"] for row in new)


def duplicate_row(review: Review, extractor: str, row_id: str) -> str:
    """Add a copy of a row behind it, under an id of its own, which is returned.

    Raises
    ------
    InputError
        If the row has gone.
    """
    with _changing(review, extractor) as rows:
        place = _place(rows, row_id)
        copy = rows[place] | {"row_id": _free(row_id, {row["row_id"] for row in rows}), "time": now()}
        rows.insert(place + 1, copy)
    return copy["row_id"]


def take_row(review: Review, extractor: str, row_id: str) -> tuple[Cells, str]:
    """Take a row out of the table; the row comes back, with the id of the one before it (empty: it was the first).

    Raises
    ------
    InputError
        If the row has gone.
    """
    with _changing(review, extractor) as rows:
        place = _place(rows, row_id)
        return rows.pop(place), rows[place - 1]["row_id"] if place else ""


def put_back(review: Review, extractor: str, row: Mapping[str, str], after: str) -> None:
    """Put a row back where it was, or at the end where the row before it has gone.

    Raises
    ------
    InputError
        If a row of that id stands there.
    """
    with _changing(review, extractor) as rows:
        ids = [found["row_id"] for found in rows]
        if row["row_id"] in ids:
            raise InputError(f"row {row['row_id']!r} is in the table.", code="undo", remedy="Look at the table.")
        at = 0 if not after else ids.index(after) + 1 if after in ids else len(rows)
        rows.insert(at, dict(row))


def now() -> str:
    """The time as rows hold it: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _changing(review: Review, extractor: str) -> Iterator[list[Cells]]:
    """The rows of the table, to be changed in place; written only where something changed and nothing failed."""
    path: Path = table_of(review, extractor)
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        before = [dict(cells) for _, cells in review.cells_of(path)]
        rows = [dict(cells) for cells in before]
        doubled = {row["row_id"] for row in rows if sum(r["row_id"] == row["row_id"] for r in rows) > 1}
        if doubled:
            raise InputError(f"row_id {min(doubled)!r} stands more than once.", file=show(path, review.root),
                             code="double", remedy="Give every row its own in the file, and run the cell again.")
        yield rows
        if rows != before:
            write_csv(path, ALL_COLUMNS, rows)


def _place(rows: list[Cells], row_id: str) -> int:
    for place, row in enumerate(rows):
        if row["row_id"] == row_id:
            return place
    raise InputError(f"row {row_id!r} stands in the table no more; nothing was written.", code="gone",
                     remedy="Run the cell again.")


def _free(row_id: str, taken: set[str]) -> str:
    number = 2
    while f"{row_id}-{number}" in taken:
        number += 1
    return f"{row_id}-{number}"
