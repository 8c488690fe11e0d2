"""CSV: our own columns, and those that ASReview and Rayyan import; cells that a spreadsheet would run are defused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping

from reviewkit.model import Record
from reviewkit.writers.printed import WORDS, name, one_line

Column = Callable[[Record], str]
"""From a record to one cell."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?$")


def defused(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers.

    >>> defused("=HYPERLINK(1)"), defused("-5"), defused("'=x"), defused("plain")
    ("'=HYPERLINK(1)", '-5', "''=x", 'plain')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def _type(record: Record) -> str:
    return WORDS.get(record.record_type, record.record_type.capitalize())


def _joined(words: Iterable[str]) -> str:
    text = "; ".join(words)
    # A keyword that looks like a printed list must not be read back as one.
    return f"{text};" if text[:2] in {"['", '["'} else text


_COLUMNS: dict[str, Column] = {
    "key": lambda record: record.key,
    "title": lambda record: record.title,
    "authors": lambda record: "; ".join(name(author) for author in record.authors),
    "year": lambda record: str(record.year) if record.year is not None else "",
    "journal": lambda record: record.journal,
    "volume": lambda record: record.volume,
    "issue": lambda record: record.issue,
    "pages": lambda record: record.pages,
    "doi": lambda record: record.doi,
    "pmid": lambda record: record.pmid,
    "pmcid": lambda record: record.pmcid,
    "registry_ids": lambda record: "; ".join(record.registry_ids),
    "abstract": lambda record: record.abstract,
    "keywords": lambda record: _joined(record.keywords),
    "language": lambda record: record.language,
    "url": lambda record: record.url,
    "type": _type,
}
_ASREVIEW = (
    "title abstract authors keywords year doi url journal volume issue pages pmid pmcid registry_ids language type key"
)
_RAYYAN = (
    "key title year month day journal issn volume issue pages authors url language publisher location abstract notes "
    "keywords doi pubmed_id pmc_id type registry_ids"
)
_RAYYAN_NAMES = {"pubmed_id": "pmid", "pmc_id": "pmcid"}


def to_csv(records: Iterable[Record], columns: Mapping[str, Column]) -> str:
    """The records under our own headings, and the columns given behind them."""
    return _table(records, {**_COLUMNS, **columns})


def to_asreview(records: Iterable[Record], columns: Mapping[str, Column]) -> str:
    """The records under ASReview's headings; pass a column ``included`` to hand over labels."""
    return _table(records, {**{name: _COLUMNS[name] for name in _ASREVIEW.split()}, **columns})


def to_rayyan(records: Iterable[Record], columns: Mapping[str, Column]) -> str:
    """The records under the headings of Rayyan's CSV template; what we do not have stays empty."""
    named = {heading: _COLUMNS.get(_RAYYAN_NAMES.get(heading, heading), _nothing) for heading in _RAYYAN.split()}
    return _table(records, {**named, **columns})


def _nothing(record: Record) -> str:
    return ""


def _table(records: Iterable[Record], columns: Mapping[str, Column]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([defused(one_line(cell(record))) for cell in columns.values()])
    return stream.getvalue()
