"""RIS, as Rayyan, Covidence, EndNote and Zotero import it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reviewkit.model import Record
from reviewkit.writers.printed import WORDS, name, no_note, notes, one_line, page_range

_TYPES = {
    "article": "JOUR",
    "conference": "CONF",
    "book": "BOOK",
    "chapter": "CHAP",
    "thesis": "THES",
    "report": "RPRT",
    "web": "ELEC",
    "preprint": "UNPB",
    "dataset": "DATA",
    "registration": "GEN",
    "": "GEN",
}


def to_ris(records: Iterable[Record], note: Callable[[Record], str] = no_note) -> str:
    """The records as RIS text, each with a note beside it."""
    return "\n".join(
        "".join(f"{tag}  - {one_line(value)}\n" for tag, value in _lines(record, note(record))) for record in records)


def _lines(record: Record, beside: str) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(record.record_type, "JOUR")
    start, end = page_range(record.pages)
    values = [
        ("ID", record.key),
        ("TI", record.title),
        *(("AU", name(author)) for author in record.authors),
        ("PY", str(record.year) if record.year is not None else ""),
        ("T2", record.journal),
        ("VL", record.volume),
        ("IS", record.issue),
        ("SP", start),
        ("EP", end),
        ("DO", record.doi),
        ("M3", WORDS.get(record.record_type, "")),
        ("LA", record.language),
        ("AB", record.abstract),
        *(("KW", word) for word in record.keywords),
        *(("N1", note) for note in (*notes(record), beside)),
        ("UR", record.url),
    ]
    yield from ((tag, value) for tag, value in values if value)
    yield "ER", ""
