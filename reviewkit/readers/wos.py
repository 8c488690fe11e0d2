"""Web of Science plain text (``.txt``, ``.ciw``): two-letter tags, values continued after three spaces, ER last."""

from __future__ import annotations

import re

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.tagged import TaggedEntry

_TAG = re.compile(r"^\ufeff?([A-Z][A-Z0-9])(?: (.*)|)$")
_COUNT = re.compile(r"^\ufeff?PT(?: |$)")
_OUTSIDE = frozenset({"FN", "VR", "EF"})
_MAPPED_NAMES = "PT AU AF TI SO LA DT DE ID AB JI J9 PY PD VL IS BP EP AR DI PM UT ER D2 EY CA"
_MAPPED = frozenset(_MAPPED_NAMES.split())


def tag_of(line: str) -> tuple[str, str] | None:
    """Tag and value of a line, ``None`` for a continued line."""
    if line[:3] == "   ":
        return None
    match = _TAG.match(line)
    return (match.group(1), match.group(2) or "") if match else None


def read_wos(source: Source) -> ReadResult:
    """Read a Web of Science plain text export.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text.
    """
    collector = Collector(source, "wos")
    entry: TaggedEntry | None = None
    number, orphans = 0, 0
    for number, line in enumerate(source.lines(), 1):
        found = tag_of(line) if line else None
        if found is None:
            if entry is not None:
                entry.lines.append(line)
                if line.strip():
                    entry.more(line.strip(), number)
            continue
        tag, value = found
        if tag in _OUTSIDE and entry is None:
            continue
        if tag == "PT":
            if entry is not None:
                collector.repair(
                    f"no ER line at the end of the entry of line {entry.line}: ended before this PT", number
                )
                _finish(entry, collector)
            entry = TaggedEntry(number)
        elif tag in {"ER", "EF"} and not value.strip():
            if entry is not None:
                entry.lines.append(line)
                entry.line_end = number
                _finish(entry, collector)
                entry = None
            continue
        elif entry is None:
            collector.repair(f"no PT line: the entry begins with {tag}", number)
            entry = TaggedEntry(number)
            orphans += 1
        entry.open(tag, value, number, line)
    if entry is not None:
        collector.repair(f"no ER line: the entry of line {entry.line} ends with the file and may be incomplete", number)
        _finish(entry, collector)
    return collector.result(sum(1 for line in source.lines() if _COUNT.match(line)) + orphans)


def _finish(entry: TaggedEntry, collector: Collector) -> None:
    origin = collector.origin(entry.line, entry.line_end or entry.line)
    try:
        raw = entry.close()
        collector.records.append(record(printed_of(entry), origin, raw))
    except EntryError as error:
        collector.reject(error.reason, origin, key=entry.one("UT"), raw=entry.raw)


def printed_of(entry: TaggedEntry) -> Printed:
    """Which Web of Science tag means what."""
    one, many = entry.one, entry.all
    extra = entry.extra(_MAPPED)
    short, full = _lines(many("AU", "BA")), _lines(many("AF", "BF"))
    authors = short if short else full
    if full and full != short:
        extra["authors_full"] = "; ".join(full)
    if one("J9", "JI"):
        extra["journal_other"] = one("JI", "J9")
    return Printed(
        title=one("TI"),
        authors=[*authors, *_lines(many("CA"))],
        years=[one("PY"), one("EY"), one("PD"), one("EA")],
        journal=one("SO", "SE", "JI", "J9"),
        volume=one("VL"),
        issue=one("IS"),
        start_page=one("BP") or one("AR"),
        end_page=one("EP"),
        dois=[one("DI"), one("D2")],
        pmids=many("PM"),
        abstract=one("AB"),
        keywords=[word for value in many("DE", "ID") for word in " ".join(value.split()).split(";")],
        language=one("LA"),
        url=one("UR"),
        types=[one("PT"), one("DT")] if one("DT") else [one("PT")],
        key=one("UT"),
        extra=extra,
    )


def _lines(values: list[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split("\n") if name.strip()]
