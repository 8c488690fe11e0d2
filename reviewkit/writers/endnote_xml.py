"""EndNote XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape, quoteattr

from reviewkit.model import Record
from reviewkit.writers.printed import WORDS, name, no_note, notes, one_line

_TYPES = {
    "article": ("Journal Article", 17),
    "conference": ("Conference Proceedings", 10),
    "book": ("Book", 6),
    "chapter": ("Book Section", 5),
    "thesis": ("Thesis", 32),
    "report": ("Report", 27),
    "web": ("Web Page", 12),
    "dataset": ("Dataset", 59),
    "preprint": ("Preprint", 34),
    "registration": ("Generic", 13),
    "": ("Generic", 13),
}
_ILLEGAL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_endnote_xml(records: Iterable[Record], note: Callable[[Record], str] = no_note) -> str:
    """The records as EndNote XML text, each with a note among its research notes."""
    body = "\n".join(_record(record, number, note(record)) for number, record in enumerate(records, 1))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n{body}\n</records></xml>\n'


def _tag(tag: str, text: str) -> str:
    text = _ILLEGAL.sub("", one_line(text))
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def _wrap(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag}>" if inner else ""


def _record(record: Record, number: int, note: str) -> str:
    type_name, type_number = _TYPES.get(record.record_type, _TYPES["article"])
    key = escape(_ILLEGAL.sub("", record.key))
    parts = [
        f"<rec-number>{number}</rec-number>",
        f'<foreign-keys><key app="reviewkit">{key}</key></foreign-keys>',
        f"<ref-type name={quoteattr(type_name)}>{type_number}</ref-type>",
        _wrap("contributors", _wrap("authors", "".join(_tag("author", name(author)) for author in record.authors))),
        _wrap("titles", _tag("title", record.title) + _tag("secondary-title", record.journal)),
        _wrap("periodical", _tag("full-title", record.journal)),
        _tag("pages", record.pages),
        _tag("volume", record.volume),
        _tag("number", record.issue),
        _wrap("keywords", "".join(_tag("keyword", word) for word in record.keywords)),
        _wrap("dates", _tag("year", str(record.year)) if record.year is not None else ""),
        _tag("accession-num", record.pmid),
        _tag("remote-database-name", "PubMed" if record.pmid else ""),
        _tag("electronic-resource-num", record.doi),
        _tag("abstract", record.abstract),
        "".join(_tag("notes", note) for note in notes(record) if not note.startswith("PMID")),
        _tag("research-notes", note),
        _tag("work-type", WORDS.get(record.record_type, "")),
        _tag("language", record.language),
        _wrap("urls", _wrap("related-urls", _tag("url", record.url))),
    ]
    return f"<record>{''.join(parts)}</record>"
