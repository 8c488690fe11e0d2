"""What people say in ``duplicates.csv``: one row more, or the last one taken back; no other row is touched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.review.records.importing import DUPLICATE_COLUMNS
from reviewkit.store.files import alone
from reviewkit.tables import read_csv, write_csv


def add_answer(path: Path, row: Mapping[str, str], *, root: Path) -> None:
    """Write one more row; it is on disk when this returns. The file is read anew first, so that rows which
    another kernel or a person wrote meanwhile stay.

    Parameters
    ----------
    row : mapping of str to str
        Values of `DUPLICATE_COLUMNS`.

    Raises
    ------
    InputError
        If the file that stands there cannot be read; it is then as it was.
    ReviewkitError
        If it cannot be written; it is then as it was.
    """
    with alone(path.parent):
        write_csv(path, DUPLICATE_COLUMNS, [*_rows(path, root), row])


def take_back(path: Path, row: Mapping[str, str], *, root: Path) -> None:
    """Take the last row that is equal to ``row`` out of the file.

    Raises
    ------
    InputError
        If no such row stands there any more.
    """
    with alone(path.parent):
        rows = _rows(path, root)
        places = [place for place, found in enumerate(rows) if found == dict(row)]
        if not places:
            raise InputError("that answer stands in duplicates.csv no more; nothing was changed.", code="undo",
                             remedy="Look at the file.")
        write_csv(path, DUPLICATE_COLUMNS, rows[: places[-1]] + rows[places[-1] + 1 :])


def _rows(path: Path, root: Path) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_csv(path, DUPLICATE_COLUMNS, root=root)] if path.exists() else []
