"""Tables proposed from the pages of a PDF; a person confirms them, and nothing enters an extraction table by itself.

Ruled tables are read by their lines; where a page has none, lines of text whose words stand in columns are proposed.
Needs pdfplumber, the optional extra ``pdf``. Scanned pages hold no text and give no table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError

_GAP = 1.2
"""Words further apart than this share of the height of the letters stand in different cells."""
_SAME_LINE = 0.5
_LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class ProposedTable:
    """One table as it seems to stand on a page.

    Attributes
    ----------
    page, number : int
        Page of the file, and number of the table on it, both from 1.
    rows : tuple of tuple of str
        Cells as printed, every row with as many; an empty cell is empty text.
    """

    page: int
    number: int
    rows: tuple[tuple[str, ...], ...]


def tables(path: Path | str, pages: Collection[int] | None = None) -> tuple[ProposedTable, ...]:
    """Propose the tables of a PDF.

    Parameters
    ----------
    path : Path or str
        The file.
    pages : collection of int, optional
        Pages to look at, from 1; all by default.

    Returns
    -------
    tuple of ProposedTable
        In the order of the pages; empty where none was seen.

    Raises
    ------
    InputError
        If pdfplumber is missing, or the file is missing, damaged, locked by a password, or has no such page.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(f"{file.name} is no file.", file=file.name, code="missing-file", remedy="Check the path.")
    with _opened(file) as document:
        count = len(document.pages)
        beyond = sorted(page for page in pages or () if not 1 <= page <= count)
        if beyond:
            raise InputError(f"page {beyond[0]} does not exist; the file has {count}.", file=file.name, code="value",
                             remedy=f"Name a page from 1 to {count}.")
        wanted = sorted(set(pages)) if pages else range(1, count + 1)
        return tuple(
            ProposedTable(page, number, rows)
            for page in wanted
            for number, rows in enumerate(_on_page(document.pages[page - 1], file.name), start=1)
        )


def _opened(file: Path) -> Any:
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfminer.psexceptions import PSException
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError:
        raise InputError("reading tables from a PDF needs pdfplumber.", code="missing-package",
                         remedy='Install it: pip install "reviewkit[pdf]"') from None
    try:
        document = pdfplumber.open(file)
        if not document.pages:
            raise InputError("the PDF has no page.", file=file.name, code="not-a-pdf", remedy="Fetch the file again.")
    except (PdfminerException, PSException, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        if any(isinstance(part, PDFPasswordIncorrect) for part in (error, *error.args)):
            raise InputError("the PDF is locked by a password.", file=file.name, code="locked",
                             remedy="Save a copy without the password, and read that.") from None
        raise InputError("the file is no PDF that can be read, or is damaged.", file=file.name, code="not-a-pdf",
                         remedy="Open it in a viewer; fetch it again if that fails too.") from error
    return document


def _on_page(page: Any, file: str) -> list[tuple[tuple[str, ...], ...]]:
    try:
        ruled = [_rows(found) for found in page.extract_tables()]
        ruled = [rows for rows in ruled if len(rows) > 1 and len(rows[0]) > 1 and any(any(row) for row in rows)]
        return ruled or [_rows(found) for found in _in_columns(_lines(page.extract_words()))]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"page {page.page_number} cannot be read: it is damaged.", file=file, code="not-a-pdf",
                         remedy="Name the other pages with --page, or type the table.") from error


def _rows(found: Iterable[Sequence[str | None]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(" ".join((cell or "").split()) for cell in row) for row in found)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Words that stand together on one line: text and horizontal extent, in points."""

    text: str
    left: float
    right: float


def _lines(words: Iterable[dict[str, Any]]) -> list[list[_Cell]]:
    """The page line by line, each parted into cells where the words stand apart."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda w: (w["top"], w["x0"])):
        height = word["bottom"] - word["top"]
        if lines and abs(lines[-1][0]["top"] - word["top"]) < _SAME_LINE * height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_cells(sorted(line, key=lambda w: w["x0"])) for line in lines]


def _cells(line: Sequence[dict[str, Any]]) -> list[_Cell]:
    cells: list[_Cell] = []
    for word in line:
        gap = _GAP * (word["bottom"] - word["top"])
        if cells and word["x0"] - cells[-1].right < gap:
            cells[-1] = _Cell(f"{cells[-1].text} {word['text']}", cells[-1].left, word["x1"])
        else:
            cells.append(_Cell(word["text"], word["x0"], word["x1"]))
    return cells


def _in_columns(lines: Iterable[Sequence[_Cell]]) -> list[list[list[str]]]:
    """Runs of at least three lines with the same two or more columns one above the other."""
    runs: list[list[Sequence[_Cell]]] = []
    for line in lines:
        if runs and runs[-1] and len(line) > 1 and _aligned(runs[-1][-1], line):
            runs[-1].append(line)
        else:
            runs.append([line] if len(line) > 1 else [])
    return [[[cell.text for cell in line] for line in run] for run in runs if len(run) >= _LEAST_ROWS]


def _aligned(above: Sequence[_Cell], below: Sequence[_Cell]) -> bool:
    return len(above) == len(below) and all(
        one.left < other.right and other.left < one.right for one, other in zip(above, below, strict=True)
    )
