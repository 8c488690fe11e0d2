"""XLSX tables: the first sheet, cells as the text they show; a sheet is a zip of XML and is read as such.

Dates and formats are left alone: a cell is its stored value. Compressed size is checked before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from reviewkit.errors import InputError
from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector
from reviewkit.readers.columns import is_header
from reviewkit.readers.rows import Row
from reviewkit.readers.source import Source
from reviewkit.readers.table import read_rows

MAX_UNPACKED_BYTES = 500_000_000
_HEADER_ROWS = 30
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?row>)", re.S)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>\s*[^<\s]")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_xlsx(source: Source, columns: Mapping[str, str] | None = None) -> ReadResult:
    """Read the first sheet of a workbook.

    Parameters
    ----------
    columns : mapping, optional
        Field → heading, where a person has said which column is which.

    Raises
    ------
    InputError
        When it is no workbook, too large, has no heading row, or the sums do not add up.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source.bytes())) as book:
            if sum(part.file_size for part in book.infolist()) > MAX_UNPACKED_BYTES:
                raise InputError(
                    f"more than {MAX_UNPACKED_BYTES} bytes unpacked.",
                    file=source.name,
                    code="too-large",
                    remedy="Save the table as CSV.",
                )
            sheet = book.read(_first_sheet(book))
            rows = _rows(sheet, _shared_strings(book))
    except (
        zipfile.BadZipFile,
        KeyError,
        ParseError,
        DefusedXmlException,
        EOFError,
        ValueError,
        IndexError,
        RuntimeError,
        OSError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"cannot be read as a workbook: {error}.",
            file=source.name,
            code="unreadable",
            remedy="Open it in a spreadsheet and save it as CSV.",
        ) from error
    at = next((i for i, row in enumerate(rows[:_HEADER_ROWS]) if is_header(row.cells)), 0 if columns and rows else -1)
    if at < 0:
        raise InputError(
            "no heading row with a title column found.",
            file=source.name,
            code="no-header",
            remedy="Say which column is which with a column map.",
        )
    headings = rows[at].cells
    collector = Collector(source, "xlsx")
    body = [Row(row.line, row.line, row.cells[: max(len(headings), _used(row))], row.raw) for row in rows[at + 1 :]]
    read_rows([_padded(row, len(headings)) for row in body], headings, collector, columns)
    filled = sum(1 for match in _ROW.finditer(sheet) if match.group(1) and _VALUE.search(match.group(1)))
    return collector.result(filled - at - 1)


def _used(row: Row) -> int:
    return max((i + 1 for i, cell in enumerate(row.cells) if cell.strip()), default=0)


def _padded(row: Row, width: int) -> Row:
    return Row(row.line, row.line_end, row.cells + ("",) * (width - len(row.cells)), row.raw)


def _first_sheet(book: zipfile.ZipFile) -> str:
    """Path of the sheet that the workbook lists first."""
    workbook = fromstring(book.read("xl/workbook.xml"))
    relations = fromstring(book.read("xl/_rels/workbook.xml.rels"))
    first = next(element for element in workbook.iter() if _name(element) == "sheet")
    target = next(one.get("Target", "") for one in relations if one.get("Id") == first.get(_RELATION))
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return [_texts(item) for item in fromstring(book.read("xl/sharedStrings.xml")) if _name(item) == "si"]


def _texts(element: Element) -> str:
    """Text of an item; the phonetic hints of East Asian sheets are no part of it."""
    parts = []
    for child in element:
        if _name(child) == "t":
            parts.append(child.text or "")
        elif _name(child) == "r":
            parts.append(_texts(child))
    return "".join(parts)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _rows(sheet: bytes, shared: list[str]) -> list[Row]:
    """Rows that hold anything."""
    rows: list[Row] = []
    number = 0
    for _, element in iterparse(io.BytesIO(sheet)):
        if _name(element) != "row":
            continue
        number = int(element.get("r") or number + 1)
        cells: list[str] = []
        for cell in element:
            place = _column(cell.get("r", "")) if cell.get("r") else len(cells)
            cells += [""] * (min(place, 16_384) - len(cells))
            cells.append(_cell(cell, shared))
        if any(cell.strip() for cell in cells):
            rows.append(Row(number, number, tuple(cells), "\t".join(cells)))
        element.clear()
    return rows


def _column(reference: str) -> int:
    """Number of a column from 0: ``AB12`` → 27."""
    number = 0
    for char in reference:
        if not char.isalpha():
            break
        number = number * 26 + ord(char.upper()) - 64
    return max(number - 1, 0)


def _cell(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    for child in cell:
        if _name(child) == "is":
            return _texts(child)
        if _name(child) == "v":
            value = child.text or ""
            if kind == "s":
                return shared[int(value)]
            # a spreadsheet stores whole numbers such as years as 2001.0
            return value[:-2] if kind == "n" and value.endswith(".0") else value
    return ""
