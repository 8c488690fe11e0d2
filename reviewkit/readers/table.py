"""CSV, TSV and XLSX: any database or screening tool whose headings are known, or a map a person confirms.

Cells are text: ``NA``, ``None`` and leading zeros stay as printed. Encoding, delimiter and heading row are found
first; a row with the wrong number of columns is mended where there is one way only, else rejected with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from reviewkit.errors import InputError
from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.columns import columns_of, is_header, mapped_columns
from reviewkit.readers.normalise import identifiers, values
from reviewkit.readers.normalise.text import said
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.rows import Row, _parse, delimiter_of, rows_of
from reviewkit.readers.source import Source

_HEADER_LINES = 30
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


def find_header(lines: Sequence[str]) -> tuple[int, str, tuple[str, ...]] | None:
    """Line (0-based), delimiter and headings of the first line that can be the heading of a table of records."""
    for number, line in enumerate(lines[:_HEADER_LINES]):
        if not line.strip() or line.lower().startswith("sep="):
            continue
        delimiter = delimiter_of(line)
        cells = _parse(line, delimiter)
        if cells is not None and is_header(cells):
            return number, delimiter, cells
    return None


def read_csv(source: Source, columns: Mapping[str, str] | None = None) -> ReadResult:
    """Read a delimited text.

    Parameters
    ----------
    columns : mapping, optional
        Field → heading, where a person has said which column is which.

    Raises
    ------
    InputError
        When no heading row is found, or the sums do not add up.
    """
    lines = source.text().split("\n")
    if lines and not lines[-1]:
        lines.pop()
    found = find_header(lines) or (_any_header(lines) if columns else None)
    if found is None:
        raise InputError(
            "no heading row with a title column found.",
            file=source.name,
            code="no-header",
            remedy="Say which column is which with a column map.",
        )
    at, delimiter, headings = found
    width = len(headings)
    where = mapped_columns(headings, columns) if columns else columns_of(headings)
    rows = list(rows_of(lines, delimiter, at + 1, width, lambda cells: plausible(cells, where)))
    collector = Collector(source, "tsv" if delimiter == "\t" else "csv")
    if delimiter not in ",\t":
        collector.repair(f"columns are separated by {delimiter!r}", at + 1)
    read_rows(rows, headings, collector, columns)
    return collector.result(count_rows(lines, at + 1, rows))


def _any_header(lines: Sequence[str]) -> tuple[int, str, tuple[str, ...]] | None:
    for number, line in enumerate(lines[:_HEADER_LINES]):
        cells = _parse(line, delimiter_of(line)) if line.strip() else None
        if cells:
            return number, delimiter_of(line), cells
    return None


def count_rows(lines: Sequence[str], first: int, rows: Iterable[Row]) -> int:
    """Rows counted by the parity of quotes line by line; each damaged row counts once, by its own lines."""
    damaged = {
        row.line - 1: row.line_end
        for row in rows
        if row.problem or row.mended or (row.line == row.line_end and row.raw.count('"') % 2)
    }
    count, at, open_quote, filled = 0, first, False, False
    while at < len(lines):
        if not open_quote and at in damaged:
            count, at = count + 1, damaged[at]
            continue
        filled = filled or bool(lines[at].strip(' ,;\t|"'))
        open_quote ^= lines[at].count('"') % 2 == 1
        if not open_quote:
            count, filled = count + filled, False
        at += 1
    return count


def read_rows(
    rows: Sequence[Row], headings: Sequence[str], collector: Collector, chosen: Mapping[str, str] | None = None
) -> None:
    """Turn rows into records under their headings."""
    width = len(headings)
    if rows and all(len(row.cells) == width + 1 for row in rows if not row.problem):
        headings, width = ("", *headings), width + 1
    where = mapped_columns(headings, chosen) if chosen else columns_of(headings)
    for row in rows:
        origin = collector.origin(row.line, row.line_end)
        key = _key(row, where)
        if row.problem:
            collector.reject(row.problem, origin, key=key, raw=row.raw)
            continue
        cells, told, problem = _fit(row, where, width)
        if problem:
            collector.reject(problem, origin, key=key, raw=row.raw)
            continue
        try:
            collector.records.append(record(printed_of(cells, headings, where), origin, row.raw))
        except EntryError as error:
            collector.reject(error.reason, origin, key=key, raw=row.raw)
            continue
        if told:
            collector.repair(told, row.line)


def _key(row: Row, where: Mapping[str, list[int]]) -> str:
    cells = row.cells or tuple(row.raw.split(",")[:1])
    place = (where.get("key") or [0])[0]
    return cells[place].strip(' "') if place < len(cells) else ""


def _fit(row: Row, where: Mapping[str, list[int]], width: int) -> tuple[tuple[str, ...], str, str]:
    """Cells at the heading's width, what was mended, and why the row cannot be used."""
    cells = tuple(_undefused(cell) for cell in row.cells)
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) > width:
        return cells, "", f"{len(cells)} columns, the heading has {width}"
    if len(cells) == width:
        return cells, row.mended, ""
    padded = cells + ("",) * (width - len(cells))
    title = where.get("title", [0])[0]
    if not plausible(padded, where) or len(cells) <= title or len(cells) < 2:
        return cells, "", f"{len(cells)} columns, the heading has {width}"
    return (
        padded,
        f"the row ends after {len(cells)} of {width} columns; the rest is taken as empty, it may be incomplete",
        "",
    )


def plausible(cells: Sequence[str], where: Mapping[str, list[int]]) -> bool:
    """Whether year, DOI, PubMed number and link stand in their own columns."""

    def holds(field: str, test: Callable[[str], object]) -> bool:
        value = said(cells[where[field][0]].strip()) if field in where and where[field][0] < len(cells) else ""
        return not value or bool(test(value))

    return (
        holds("year", values.year)
        and holds("doi", identifiers.doi)
        and holds("pmid", lambda value: any(char.isdigit() for char in value) and len(value) < 60)
        and holds("url", lambda value: ":" in value or "." in value)
        and holds("volume", lambda value: len(value) < 60)
    )


def _undefused(cell: str) -> str:
    """A cell without the quote that kept a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _DEFUSED.match(cell) else cell


def printed_of(cells: Sequence[str], headings: Sequence[str], where: Mapping[str, list[int]]) -> Printed:
    """One row's values by field."""

    def every(field: str) -> list[str]:
        return [value for i in where.get(field, ()) if (value := said(cells[i].strip()))]

    def one(field: str) -> str:
        return next(iter(every(field)), "")

    used = {i for numbers in where.values() for i in numbers}
    extra = {
        headings[i] or f"column {i + 1}": cell.strip() for i, cell in enumerate(cells) if i not in used and cell.strip()
    }
    if one("journal_other"):
        extra["journal_other"] = one("journal_other")
    if every("notes"):
        extra["notes"] = "\n".join(every("notes"))
    journal = one("journal")
    years = every("year") or every("date")
    start = one("start_page") or one("article_number")
    volume, issue = one("volume"), one("issue")
    # Embase prints journal, year, volume and pages in one column, in newer exports beside a year of its own
    source = _source_parts(journal) if not years or "Date of Publication" in journal else None
    if source:
        extra["source_printed"] = journal
        journal, found_year, *place = source
        years = years or [found_year]
        volume, issue, start = volume or place[0], issue or place[1], start or place[2]
    registry = every("registry")
    kinds = every("type")
    if registry and any(h.lower() in {"nct number", "trialid", "trial id"} for h in headings):
        kinds = ["Trial registration", *kinds]
    return Printed(
        title=one("title"),
        authors=[one("authors")] if one("authors") else [],
        years=years,
        journal=journal,
        volume=volume,
        issue=issue,
        start_page=start,
        end_page=one("end_page"),
        dois=[*every("doi"), *every("url")],
        notes=every("notes"),
        pmids=every("pmid"),
        pmcids=[*every("pmcid"), *every("notes")],
        abstract=one("abstract"),
        keywords=[word for text in every("keywords") for word in _listed(text)],
        language=one("language"),
        url=one("url"),
        types=kinds,
        registry=registry,
        key=one("key"),
        extra=extra,
    )


def _listed(text: str) -> list[str]:
    """Words of a list, also of one that a program printed (``['a', 'b']``)."""
    if text[:2] in {"['", '["'} and text[-2:] in {"']", '"]'} and len(text) > 4:
        return re.split(r"""['"]\s*,\s*['"]""", text[2:-2])
    return re.split(r"\s*[;|]\s*", text)


_SOURCE = re.compile(
    r"^(?P<journal>.*?)\s*\((?P<year>\d{4})\)\s*(?P<volume>[^\s:(]*)(?::(?P<issue>[^\s(]*))?(?:\s*\((?P<pages>[^)]*)\))?"
)


def _source_parts(text: str) -> tuple[str, str, str, str, str] | None:
    """Journal, year, volume, issue and pages of ``Endoscopic Ultrasound (2014) 3:3 (152-160). …``."""
    match = _SOURCE.match(text)
    if not match:
        return None
    part = match.groupdict(default="")
    return part["journal"], part["year"], part["volume"].strip(".,"), part["issue"].strip(".,"), part["pages"]
