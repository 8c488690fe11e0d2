"""RIS in its real dialects: Ovid, EBSCO, Cochrane, Embase, ProQuest, Scopus, Dimensions, Zotero, EndNote, Rayyan, Lens.

An entry runs from its TY line to its ER line. What is damaged is mended and told: a missing ER ends at the next TY or
at the end of the file; a missing TY begins at the first tag after an ER; a tag may have one to four spaces before its
hyphen. Lines are read one by one, so a file of any size needs the memory of its records only.
"""

from __future__ import annotations

import re

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.tagged import TaggedEntry

_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ANY_TAG = frozenset(a + b for a in _FIRST for b in _FIRST + "0123456789")
_KNOWN_TAGS_NAMES = (
    "TY ER ID TI T1 T2 T3 TT CT BT ST AU A1 A2 A3 A4 AF ED PY Y1 YR DA Y2 JO JF JA J1 J2 VL IS CP SP EP "
    "SE AB N1 N2 KW DO UR L1 L2 L3 L4 LK AN DB DP PB PP CY SN AD LA M1 M2 M3 C1 C2 C3 C4 C5 C6 C7 C8 CA "
    "CN ET NV OP RI RN RP SV TA U1 U2 U3 U4 U5 PM PMID PMC OT AV FU NO"
)
_INNER = {f"{tag}  - ": tag for tag in _ANY_TAG if tag not in {"TY", "ER"}}
"""How nearly every line of every file begins, and its tag."""
KNOWN_TAGS = frozenset(_KNOWN_TAGS_NAMES.split())
_LOOSE = re.compile(r"^[ \t\u00a0\ufeff]{0,4}([A-Z][A-Z0-9])[ \t\u00a0]{1,4}[-–](?:[ \t\u00a0]+(.*)|)$")
_TIGHT = re.compile(r"^([A-Z][A-Z0-9])  -(\S.*)$")
_TYPE = re.compile(r"^[A-Za-z_]{1,12}\s*$")
_EDGE = re.compile(r"\n[ \t\u00a0\ufeff]{0,4}(?:TY|ER)[ \t\u00a0]{1,4}[-–][^\n]*")
_TAGGED = re.compile(r"\n[ \t\u00a0\ufeff]{0,4}[A-Z][A-Z0-9][ \t\u00a0]{1,4}[-–][^\n]*")
_MAPPED_NAMES = "TY ER ID TI T1 AU A1 PY Y1 YR DA VL IS CP SP EP SE AB N2 KW DO UR LA M3 T2 JF JO JA J2 J1 BT"
_MAPPED = frozenset(_MAPPED_NAMES.split())


def tag_of(line: str) -> tuple[str, str] | None:
    """Tag and value of a line, ``None`` for a line without a tag."""
    tag = line[:2]
    if line[2:6] == "  - " and tag in _ANY_TAG:
        return tag, line[6:]
    if "-" not in line[:10] and "–" not in line[:10]:
        return None
    match = _LOOSE.match(line)
    if match is None:
        match = _TIGHT.match(line)
    if match is None or match.group(1) not in KNOWN_TAGS:
        return None
    tag, value = match.group(1), match.group(2) or ""
    if tag == "TY" and not _TYPE.match(value.strip()) and line[2:5] != "  -":
        return None
    return tag, value


def read_ris(source: Source) -> ReadResult:
    """Read a RIS file.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text.
    """
    collector = Collector(source, "ris")
    counted = EntryCount()
    entry: TaggedEntry | None = None
    loose: list[tuple[int, int, str]] = []
    number = 0
    for number, line in enumerate(source.lines(counted.add), 1):
        inner = _INNER.get(line[:6])
        if inner is not None and entry is not None:
            # the work of entry.open, without a call for nearly every line of the file
            if entry.pending:
                entry.join()
            entry.lines.append(line)
            values = entry.fields.get(inner)
            if values is None:
                entry.fields[inner] = [line[6:].strip()]
            else:
                values.append(line[6:].strip())
            entry.last_tag = inner
            entry.line_end = number
            continue
        found = tag_of(line) if line else None
        if found is None:
            if entry is not None:
                entry.lines.append(line)
                if line and line.strip():
                    entry.more(line.strip(), number)
            continue
        tag, value = found
        if tag == "TY":
            if entry is not None:
                collector.repair(
                    f"no ER line at the end of the entry of line {entry.line}: ended before this TY", number
                )
                _finish(entry, collector)
            entry = TaggedEntry(number)
        elif tag == "ER" and not value.strip():
            if entry is not None:
                entry.lines.append(line)
                entry.line_end = number
                _finish(entry, collector)
                entry = None
            continue
        elif entry is None:
            collector.repair(f"no TY line: the entry begins with {tag}", number)
            entry = TaggedEntry(number)
        entry.open(tag, value, number, line)
        if line[2:5] != "  -":
            loose.append((entry.line, number, tag))
    if entry is not None:
        collector.repair(
            f"no ER line: the entry of line {entry.line} ends with the file and may be incomplete", max(number, 1)
        )
        _finish(entry, collector)
    _tell_loose(loose, collector)
    return collector.result(counted.total())


def _tell_loose(loose: list[tuple[int, int, str]], collector: Collector) -> None:
    """Name the tags that do not have the two spaces of the standard before their hyphen, entry by entry."""
    by_entry: dict[int, list[tuple[int, str]]] = {}
    for entry_line, number, tag in loose:
        by_entry.setdefault(entry_line, []).append((number, tag))
    if len(by_entry) > 20:
        collector.repair(f"{len(loose)} tags do not have two spaces before their hyphen; read as tags", loose[0][1])
        return
    for found in by_entry.values():
        tags = ", ".join(dict.fromkeys(tag for _, tag in found))
        collector.repair(f"{tags} without the two spaces before the hyphen; read as tags", found[0][0])


class EntryCount:
    """Entries counted in the raw text by patterns of their own: TY lines, and tags that follow an ER without a TY.

    The text comes block by block while it is read, so that the file is decoded once.
    """

    def __init__(self) -> None:
        self._count, self._inside, self._rest = 0, False, ""

    def add(self, block: str) -> None:
        """The next block of the text."""
        cut = block.rfind("\n") + 1
        if not cut:
            self._rest += block
            return
        added, self._inside = _count(f"\n{self._rest}{block[:cut]}", self._inside)
        self._count, self._rest = self._count + added, block[cut:]

    def total(self) -> int:
        """The entries, when every block has been added."""
        return self._count + _count(f"\n{self._rest}", self._inside)[0]


def _count(text: str, inside: bool) -> tuple[int, bool]:
    count, gap = 0, 0
    for match in _EDGE.finditer(text):
        found = tag_of(match.group()[1:])
        if found is None or (found[0] == "ER" and found[1].strip()):
            continue
        if not inside and _tagged(text, gap, match.start()):
            count, inside = count + 1, True
        if found[0] == "TY":
            count, inside = count + 1, True
        else:
            inside, gap = False, match.end()
    if not inside and _tagged(text, gap, len(text)):
        return count + 1, True
    return count, inside


def _tagged(text: str, start: int, end: int) -> bool:
    """Whether a line with a tag stands between two places."""
    return end - start > 4 and any(tag_of(match.group()[1:]) for match in _TAGGED.finditer(text, start, end))


def _finish(entry: TaggedEntry, collector: Collector) -> None:
    origin = collector.origin(entry.line, entry.line_end or entry.line)
    try:
        raw = entry.close()
        collector.records.append(record(printed_of(entry), origin, raw))
    except EntryError as error:
        collector.reject(error.reason, origin, key=entry.one("ID", "AN"), raw=entry.raw)


def printed_of(entry: TaggedEntry) -> Printed:
    """Which tag means what, over all dialects."""
    fields = entry.fields
    one, many = entry.one, entry.all
    database = " ".join(many("DB", "DP")).lower()
    accession = one("AN")
    pmids = many("PM")
    if accession.isdigit() and ("medline" in database or "pubmed" in database or database == "nlm"):
        pmids.append(accession)
    links = many("DO", "L3", "M3", "UR", "L2", "LK", "DI", "L1")
    notes = many("N1", "AN", "U1", "U2", "C2", "C3", "M1", "OT")
    kind = many("TY", "M3") if not one("M3").startswith(("10.", "http", "doi")) else many("TY")
    extra = entry.extra(_MAPPED)
    title = one("TI", "T1", "CT") or (one("BT") if one("TY") in {"BOOK", "WHOLE", "EDBOOK"} else "") or one("ST", "TT")
    journal = _journal(entry, extra)
    issn = fields.get("SN")
    if issn:
        extra["SN"] = "\n".join(dict.fromkeys(value.strip() for value in issn))
    return Printed(
        title=title,
        authors=many("AU", "A1") or many("AF"),
        years=many("PY", "Y1", "YR", "DA"),
        journal=journal,
        volume=one("VL"),
        issue=one("IS", "CP"),
        start_page=one("SP", "SE"),
        end_page=one("EP"),
        dois=links,
        notes=notes,
        pmids=pmids,
        pmcids=notes,
        abstract=one("AB", "N2"),
        keywords=[word for value in fields.get("KW", ()) for word in value.split("\n")],
        language=one("LA"),
        url=one("UR", "L2", "LK").split("\n")[0],
        types=kind,
        registry=[accession, *many("AU", "A1")[:1], *(note for note in notes if note.startswith("Registr"))],
        key=one("ID") or accession,
        extra=extra,
    )


def _journal(entry: TaggedEntry, extra: dict[str, str]) -> str:
    """The full name before abbreviations; T2 only without JF, for some databases put a translated title there."""
    full = entry.all("JF")
    names = [*full, *entry.all("JO")] if full else entry.all("T2") or entry.all("JO", "BT")
    short = entry.all("JO", "JA", "J2", "J1")
    if not names and not short:
        return ""
    journal = max(names or short, key=len)
    others = [name for name in dict.fromkeys((*names, *short, *entry.all("T2"))) if name != journal]
    if others:
        extra["journal_other"] = "; ".join(others)
    return journal
