"""PubMed text (``.nbib``, MEDLINE): tags of two to four letters, values continued on indented lines.

An entry begins with its PMID line (or, in older MEDLINE exports, UI), or with the first tag after a blank line. A file
that ends inside an entry keeps what is there and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import BLOCK, Source
from reviewkit.readers.tagged import TaggedEntry

_LOOSE = re.compile(r"^[ \ufeff]{0,2}([A-Z]{2,4})[ \t]{0,3}-(?:[ \t]+(.*)|)$")
_COUNT = re.compile(r"[ \ufeff]{0,2}([A-Z]{2,4})[ \t]{0,3}-(?=[ \t]|$)")
_MAPPED_NAMES = "PMID TI AB AU FAU DP VI IP PG JT TA LA PT MH OT LID AID PMC SI OID UI BTI CTI CN FIR STAT OWN LR SO"
_MAPPED = frozenset(_MAPPED_NAMES.split())
_PMID_LINE = r"[^\n]{0,3}PMID(?:[ \t]{0,3}-(?=[ \t]|$|\n)|[^\n\d]{1,4}\d{4,9}[ \t]*(?=$|\n))"
"""A PMID line, also with a damaged hyphen or a stray character before it."""
_START_LINE = re.compile(_PMID_LINE)
_PMID = re.compile(r"\n" + _PMID_LINE)
_ODD = re.compile(r"\n[ \t]*\n(?!" + _PMID_LINE + r")[^\n]*[^\s]")
_ARTICLE = re.compile(r"t+j+$")
_USUAL = (
    "PMID OWN STAT DCOM LR IS VI IP DP TI PG LID AB CI FAU AU AUID AD LA GR PT DEP PL TA JT JID RN SB MH OTO OT COIS "
    "EDAT MHDA CRDT PHST AID PST SO PMC MID CN FIR IR DA RF SI TT BTI CTI ED FED PB CTDT DDAT EN"
)
_PADDED = {tag.ljust(4): tag for tag in _USUAL.split()}
_INNER = {f"{padded}- ": tag for padded, tag in _PADDED.items() if tag != "PMID"}
_START = frozenset({"PMID", "UI"})


def tag_of(line: str) -> tuple[str, str] | None:
    """Tag and value of a line, ``None`` for a continued line."""
    if line[:1] == " " and line[:3] == "   ":
        return None
    if line[4:6] == "- ":
        tag = _PADDED.get(line[:4], "")
        if tag:
            return tag, line[6:]
        tag = line[:4].rstrip()
        if tag.isalpha() and tag.isupper() and len(tag) > 1:
            return tag, line[6:]
    if "PMID" in line[:7] and (start := _START_LINE.match(line)):
        return "PMID", line[line.index("PMID") + 4 :].lstrip(" -\t") if start.end() == len(line) else line[
            start.end() :
        ]
    match = _LOOSE.match(line)
    return (match.group(1), match.group(2) or "") if match else None


def read_nbib(source: Source) -> ReadResult:
    """Read a PubMed text file.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text.
    """
    collector = Collector(source, "nbib")
    entries: list[tuple[int, frozenset[str], str]] = []
    for entry in _entries(source, collector):
        last_tag = entry.last_tag
        origin = collector.origin(entry.line, entry.line_end)
        try:
            raw = entry.close()
            collector.records.append(record(printed_of(entry), origin, raw))
        except EntryError as error:
            collector.reject(error.reason, origin, key=entry.one("PMID", "UI", "OID"), raw=entry.raw)
        entries.append((entry.line, frozenset(entry.fields), last_tag))
    _tell_incomplete(entries, collector)
    return collector.result(count_entries(source))


def _entries(source: Source, collector: Collector) -> Iterator[TaggedEntry]:
    entry: TaggedEntry | None = None
    blank = True
    for number, line in enumerate(source.lines(), 1):
        head = line[:6]
        if not blank and entry is not None:
            if head == "      ":
                entry.lines.append(line)
                entry.pending.append(line.strip())
                entry.line_end = number
                continue
            inner = _INNER.get(head)
            if inner is not None:
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
            if not line.strip():
                blank = True
            elif entry is not None and (not blank or line[:1] == " "):
                entry.more(line.strip(), number)
                blank = False
            continue
        tag, value = found
        if tag == "PMID" or entry is None or (blank and entry.holds("TI", "BTI") and entry.holds("JT", "TA", "SO")):
            if entry is not None:
                yield entry
            if tag not in _START:
                collector.repair(f"no PMID line: the entry begins with {tag}", number)
            entry = TaggedEntry(number)
        blank = False
        entry.open(tag, value, number, line)
    if entry is not None:
        yield entry


def count_entries(source: Source) -> int:
    """Entries counted by a pattern of its own: PMID lines, and other tags that follow a blank line."""
    plain, rest = 0, "\n\n"
    with source.stream() as stream:
        while block := stream.read(BLOCK):
            text = rest + block
            cut = max(text.rfind("\nPMID"), 0)
            if _ODD.search(text, 0, cut or len(text)):
                return _count_odd(source)
            plain, rest = plain + len(_PMID.findall(text, 0, cut)), text[cut:]
    return _count_odd(source) if _ODD.search(rest) else plain + len(_PMID.findall(rest))


def _count_odd(source: Source) -> int:
    """The same line by line, for files in which not every entry begins with a PMID line after a blank line."""
    count, apart, seen = 0, True, ""
    for line in source.lines():
        if not line or line.isspace():
            apart = True
        elif match := _START_LINE.match(line) or _COUNT.match(line):
            tag = "PMID" if match.re is _START_LINE else match.group(1)
            if tag == "PMID" or not count or (apart and _ARTICLE.match(seen)):
                count, seen = count + 1, ""
            if tag in {"TI", "BTI"}:
                seen = "t" + seen
            elif tag in {"JT", "TA", "SO"}:
                seen += "j"
            apart = False
        elif line[:1] == " " and count:
            apart = False
    return count


def _tell_incomplete(entries: list[tuple[int, frozenset[str], str]], collector: Collector) -> None:
    """The last entry is incomplete when it lacks what (nearly) all others have at their end."""
    if len(entries) < 2:
        return
    line, tags, last_tag = entries[-1]
    others = entries[:-1]
    usual = {
        tag
        for tag in ("JT", "TA", "SO", "OID", "AU", "FAU", "CN")
        if sum(tag in t for _, t, _ in others) > 0.9 * len(others)
    }
    missing = sorted(usual - tags)
    ends = {end for _, _, end in others}
    if missing and last_tag not in ends:
        collector.repair(
            f"incomplete: the file ends inside this entry, in field {last_tag} (no {', '.join(missing)})", line
        )


def printed_of(entry: TaggedEntry) -> Printed:
    """Which MEDLINE tag means what."""
    one, many = entry.one, entry.all
    located = [*many("LID"), *many("AID")]
    dois = [value for value in located if value.endswith("[doi]")] or [value for value in located if "10." in value]
    full, short = many("FAU"), many("AU")
    extra = entry.extra(_MAPPED)
    journal = one("JT", "TA")
    if one("TA") and one("TA") != journal:
        extra["journal_other"] = one("TA")
    return Printed(
        title=one("TI", "BTI", "CTI", "TT"),
        authors=[*(full if len(full) >= len(short) else short), *many("CN")],
        years=[one("DP"), *many("DEP"), *many("YR")],
        journal=journal or one("SO").split(".")[0],
        volume=one("VI"),
        issue=one("IP"),
        start_page=one("PG"),
        dois=[*dois, *many("UR")],
        notes=many("SO"),
        pmids=[*many("PMID"), *many("UI")],
        pmcids=many("PMC"),
        abstract=one("AB"),
        keywords=[*many("MH"), *many("OT")],
        language=many("LA")[0] if many("LA") else "",
        types=many("PT"),
        registry=many("SI"),
        key=one("OID") or one("PMID", "UI"),
        extra=extra,
    )
