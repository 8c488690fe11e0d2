"""Ovid's labelled text: ``<8>`` markers, field names on lines of their own, values indented by two spaces."""

from __future__ import annotations

import re

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.tagged import TaggedEntry

_MARKER = re.compile(r"^[^<]?<\d{1,9}>\s*$")
_LABEL = re.compile(r"^[A-Z][A-Za-z()/&' -]{1,60}$")
_AUTHORS = re.compile(r";\s*|(?<=\.)\s{2,}|\s{3,}")
_KIND = re.compile(r"\s*\.?\[(?P<kind>[A-Z][^\[\]]{2,60})\]\.?$")
_SOURCE = re.compile(r"^(?P<journal>.+?)[.,]\s+(?P<rest>.*)$", re.S)
_PLACE = re.compile(
    r"(?P<volume>[A-Za-z]?\d+[A-Za-z]?)?\s*(?:\((?P<issue>[^()]*)\))?\s*:\s*(?P<pages>[A-Za-z]?\d[\w-]*)"
)
_MAPPED_NAMES = (
    "Title|Author|Authors|Source|Abstract|Language|DOI Number|DOI|Digital Object Identifier|Document Type|"
    "Publication Type|Accession Number|Unique Identifier|PMID|Keyword Heading"
)
_MAPPED = frozenset(_MAPPED_NAMES.split("|"))


def read_ovid_text(source: Source) -> ReadResult:
    """Read an Ovid labelled text export.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the markers counted in the text.
    """
    collector = Collector(source, "ovid-text")
    entry: TaggedEntry | None = None
    for number, line in enumerate(source.lines(), 1):
        if _MARKER.match(line):
            if entry is not None:
                _finish(entry, collector)
            entry = TaggedEntry(number, line_end=number, lines=[line])
            continue
        if entry is None:
            continue
        if _LABEL.match(line):
            entry.open(line.strip(), "", number, line)
            continue
        entry.lines.append(line)
        if entry.last_tag and line.strip():
            entry.more(line.strip(), number)
    if entry is not None:
        _finish(entry, collector)
    return collector.result(sum(1 for line in source.lines() if "<" in line[:2] and _MARKER.match(line)))


def _finish(entry: TaggedEntry, collector: Collector) -> None:
    origin = collector.origin(entry.line, entry.line_end)
    while entry.lines and not entry.lines[-1].strip():
        entry.lines.pop()
    try:
        raw = entry.close()
        collector.records.append(record(printed_of(entry), origin, raw))
    except EntryError as error:
        collector.reject(error.reason, origin, key=entry.one("Accession Number"), raw=entry.raw)


def printed_of(entry: TaggedEntry) -> Printed:
    """Which Ovid label means what."""
    one, many = entry.one, entry.all
    title = " ".join(one("Title").split())
    kind = _KIND.search(title)
    if kind:
        # "Germany.[Article]": the point belongs to the title, the bracket says what it is
        title = title[: kind.start()] + ("." if kind.group().lstrip().startswith(".") else "")
    source = " ".join(one("Source").split())
    named = _SOURCE.match(source)
    place = _PLACE.search(named.group("rest")) if named else None
    kinds = [value.strip(". ") for value in many("Document Type", "Publication Type")]
    extra = entry.extra(_MAPPED)
    if source:
        extra["source_printed"] = source
    return Printed(
        title=title,
        authors=_AUTHORS.split(one("Author", "Authors").replace("\n", " ")),
        years=[
            one("Year of Publication", "Publication Year", "Date of Publication"),
            source[len(named.group("journal")) :] if named else source,
        ],
        journal=named.group("journal") if named else "",
        volume=(place.group("volume") or "") if place else "",
        issue=(place.group("issue") or "") if place else "",
        start_page=place.group("pages") if place else "",
        dois=many("DOI Number", "DOI", "Digital Object Identifier", "Link to the Ovid Full Text or citation"),
        pmids=many("PMID"),
        abstract=one("Abstract"),
        keywords=re.split(r";\s*|\n", one("Author Keywords", "Keyword Heading", "Subject Headings")),
        language=one("Language").strip("."),
        types=[*kinds, *([kind.group("kind")] if kind else [])],
        key=one("Accession Number", "Unique Identifier").strip("."),
        extra=extra,
    )
