"""CSV files: read as text with no guessing, then parsed by one schema.

Every row knows its line. Formula injection is defused on writing and undone on reading
(a text cell that starts with = + - @ TAB or CR gets a leading apostrophe; numbers stay numbers).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.errors import InputError, Problem
from reviewkit.store.files import read_text, show, write_atomic

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
_QUOTED = re.compile(r'[,"\r\n]')
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV file: its cells as text, and where it starts."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read_csv(
    path: Path, columns: Sequence[str], *, optional: Sequence[str] = (), root: Path | None = None
) -> list[Row]:
    """Rows of a CSV file that has exactly the named columns, in any order.

    Parameters
    ----------
    columns : sequence of str
        Columns that must be there.
    optional : sequence of str
        Columns that may be; an absent one reads as empty.

    Raises
    ------
    InputError
        If the file is missing, a column is missing, unknown or doubled, or rows are too short or long:
        all at once, each with its line.
    """
    name = show(path, root)
    text = read_text(path, what="table", root=root)
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        header = next(reader, [])
        problems += _header_problems(header, columns, optional, name)
        if problems:
            raise InputError(problems)
        start = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    problems.append(
                        Problem(
                            f"{len(cells)} cells under {len(header)} columns.", name, start, None, "row-length",
                            "Check for a stray comma or quotation mark.",
                        )
                    )
                else:
                    values = {c: (_restore(v) if v[:1] == "'" else v).strip()
                              for c, v in zip(header, cells, strict=True)}
                    rows.append(Row(start, {**dict.fromkeys(optional, ""), **values}))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}.", file=name, line=reader.line_num, code="syntax") from None
    if problems:
        raise InputError(problems)
    return rows


def _header_problems(header: list[str], columns: Sequence[str], optional: Sequence[str], name: str) -> list[Problem]:
    known = [*columns, *optional]
    problems = [
        Problem(f"column {c!r} is missing.", name, 1, None, "missing-column", f"Columns wanted: {', '.join(columns)}.")
        for c in columns
        if c not in header
    ]
    problems += [
        Problem(f"column {c!r} is unknown.", name, 1, None, "unknown-column", f"Columns known: {', '.join(known)}.")
        for c in header
        if c not in known
    ]
    problems += [
        Problem(f"column {c!r} stands twice.", name, 1, None, "double-column")
        for c in dict.fromkeys(header)
        if header.count(c) > 1
    ]
    return problems


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows as UTF-8 CSV, whole or not at all; formulas defused, missing values empty."""
    write_atomic(path, csv_text(columns, rows))


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The CSV text of some rows: formulas defused, missing values empty, lines ended by LF."""
    lines = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(text: str) -> str:
    # Unlike the csv module of Python 3.11, a lone CR is quoted too; it would not be read back otherwise.
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    # A cell that already begins with apostrophe + formula sign gets one more, so that reading restores it.
    bare = text.lstrip("'")
    if bare.startswith(_FORMULA) and not _NUMBER.match(text):
        return f"'{text}"
    return text


def _restore(text: str) -> str:
    if text.startswith("'") and text.lstrip("'").startswith(_FORMULA):
        return text[1:]
    return text
