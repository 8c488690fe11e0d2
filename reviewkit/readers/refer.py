"""EndNote refer (``.enw``, ``.enl`` text): lines that begin with a percent sign and one character."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.tagged import TaggedEntry

_TAG = re.compile(r"^\ufeff?(%[0-9A-Za-z@!#$&*()+^~>?<=|\]\[:]) ?(.*)$")
_MAPPED = frozenset(f"%{char}" for char in "0TADBJVNPRUXKGM8@")
_OPENING = frozenset({"%0", "%T", "%A"})


def read_refer(source: Source) -> ReadResult:
    """Read an EndNote refer file; entries are parted by blank lines or begin with %0.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text.
    """
    collector = Collector(source, "refer")
    for entry in _entries(source):
        origin = collector.origin(entry.line, entry.line_end)
        try:
            raw = entry.close()
            collector.records.append(record(printed_of(entry), origin, raw))
        except EntryError as error:
            collector.reject(error.reason, origin, key=entry.one("%M", "%F"), raw=entry.raw)
    return collector.result(count_entries(source))


def _entries(source: Source) -> Iterator[TaggedEntry]:
    entry: TaggedEntry | None = None
    apart = True
    for number, line in enumerate(source.lines(), 1):
        match = _TAG.match(line) if line else None
        if match is None and line[1:4] == "%0 ":
            match = _TAG.match(line[1:])
        if match is None:
            apart = apart or not line.strip()
            if entry is not None:
                entry.lines.append(line)
                if line.strip():
                    entry.more(line.strip(), number)
            continue
        tag = match.group(1)
        if entry is None or (tag == "%0" and entry.holds("%0")) or (apart and (tag in _OPENING)):
            if entry is not None:
                yield entry
            entry = TaggedEntry(number)
        apart = False
        entry.open(tag, match.group(2), number, line)
    if entry is not None:
        yield entry


def count_entries(source: Source) -> int:
    """Entries counted on their own: blocks after a blank line that open with %0, %T or %A, and any further %0."""
    count, apart, types = 0, True, 0
    for line in source.lines():
        line = line.lstrip("\ufeff")
        line = line[1:] if line[1:4] == "%0 " else line
        head = line[:2]
        if not line or line.isspace():
            apart = True
        elif head[:1] == "%" and _TAG.match(line):
            if count == 0 or (apart and head in ("%0", "%T", "%A")) or (head == "%0" and types):
                count, types = count + 1, 0
            types += head == "%0"
            apart = False
    return count


def printed_of(entry: TaggedEntry) -> Printed:
    """Which refer tag means what (EndNote's export style)."""
    one, many = entry.one, entry.all
    return Printed(
        title=one("%T", "%!"),
        authors=many("%A"),
        years=[one("%D"), one("%8")],
        journal=one("%J", "%B"),
        volume=one("%V"),
        issue=one("%N"),
        start_page=one("%P"),
        dois=[*many("%R"), *many("%U"), *many("%3")],
        notes=[*many("%Z"), *many("%O"), *many("%M")],
        pmids=[value for value in many("%M") if "medline" in " ".join(many("%~", "%W")).lower()],
        pmcids=many("%2"),
        abstract=one("%X"),
        keywords=[word for value in many("%K") for word in re.split(r"[\n;]", value)],
        language=one("%G"),
        url=one("%U"),
        types=many("%0", "%9"),
        registry=many("%M"),
        key=one("%F", "%L", "%M"),
        extra=entry.extra(_MAPPED),
    )
