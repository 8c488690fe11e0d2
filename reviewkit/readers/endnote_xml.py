"""EndNote XML, as EndNote, Mendeley, Bookends, Papers and Zotero write it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.xml_entries import check_prolog, count_entries, every, first, fragments, parse, text_of

_ENTRIES = "record"
_MAPPED_NAMES = (
    "contributors titles periodical pages volume issue number keywords dates electronic-resource-num "
    "language urls abstract ref-type database source-app foreign-keys rec-number"
)
_MAPPED = frozenset(_MAPPED_NAMES.split())


def read_endnote_xml(source: Source) -> ReadResult:
    """Read EndNote XML.

    Raises
    ------
    InputError
        When the file defines entities, or accepted and rejected entries do not add up.
    """
    check_prolog(source)
    collector = Collector(source, "endnote-xml")
    for fragment in fragments(source, _ENTRIES):
        origin = collector.origin(fragment.line, fragment.line_end)
        try:
            collector.records.append(record(_printed(parse(fragment)), origin, fragment.text))
        except EntryError as error:
            key = re.search(r"<rec-number>\s*(\d{1,12})", fragment.text)
            collector.reject(error.reason, origin, key=key.group(1) if key else "", raw=fragment.text)
    return collector.result(count_entries(source, _ENTRIES))


def _printed(element: Element) -> Printed:
    kind = element.find("ref-type")
    extra = {child.tag: text for child in element if child.tag not in _MAPPED and (text := text_of(child))}
    journals = every(
        element, "periodical/full-title", "titles/secondary-title", "periodical/abbr-1", "titles/alt-title"
    )
    others = [name for name in dict.fromkeys(journals) if name != journals[0]] if journals else []
    if others:
        extra["journal_other"] = "; ".join(others)
    links = every(element, "urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url")
    accession = first(element, "accession-num")
    notes = every(element, "notes", "research-notes", "custom2", "custom1", "label", "work-type")
    database = " ".join(every(element, "remote-database-name", "remote-database-provider")).lower()
    pubmed = accession.isdigit() and (not database or any(n in database for n in ("medline", "pubmed", "nlm")))
    own = next((key for key in element.iterfind("foreign-keys/key") if key.get("app") == "reviewkit"), None)
    return Printed(
        title=first(element, "titles/title", "titles/short-title"),
        authors=every(element, "contributors/authors/author"),
        years=[first(element, "dates/year"), first(element, "dates/pub-dates/date")],
        journal=journals[0] if journals else "",
        volume=first(element, "volume"),
        issue=first(element, "issue", "number"),
        start_page=first(element, "pages"),
        dois=[*every(element, "electronic-resource-num"), *links],
        notes=[*notes, accession],
        pmids=[accession] if pubmed and (database or len(accession) > 5) and len(accession) < 9 else [],
        pmcids=notes,
        abstract=first(element, "abstract"),
        keywords=[
            word
            for text in (["\n".join(found.itertext()) for found in element.iterfind("keywords/keyword")])
            for word in text.split("\n")
        ],
        language=first(element, "language"),
        url=links[0] if links else "",
        types=[(kind.get("name") or text_of(kind)), *every(element, "work-type")] if kind is not None else [],
        registry=[accession, *(note for note in notes if note.startswith("Registr"))],
        key=text_of(own) if own is not None else first(element, "rec-number") or accession,
        extra=extra,
    )
