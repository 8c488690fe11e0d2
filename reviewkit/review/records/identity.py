"""Ids that stay: a record keeps the id of its first import, a report the id under which it was judged.

A re-import is matched to earlier records by entry, then by key, then by identifiers. Two reports that both have an
id are never joined by a rule: a person says so in duplicates.csv, and the id that goes is kept as a former one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from reviewkit.dedup import Answer, Group, Pair
from reviewkit.identifiers import slug
from reviewkit.model import Record
from reviewkit.review.records.searches import entry_digest

Row = Mapping[str, str]

LIKE_TITLE = 90.0
"""Least likeness of two titles, in percent, for a key or identifier to be taken as the same entry's."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Which report each record belongs to.

    Attributes
    ----------
    of : mapping of str to str
        Record id to report id.
    former : mapping of str to tuple of str
        Record id to the reports it belonged to before a person joined or parted them; decisions follow the record.
    refused : tuple of Pair
        Matches that would have joined two earlier reports; a person decides.
    """

    of: Mapping[str, str]
    former: Mapping[str, tuple[str, ...]]
    refused: tuple[Pair, ...] = ()


def match_ids(records: Sequence[Record], known: Iterable[Row]) -> list[str | None]:
    """The known id of each record; None where it is new.

    In its file an entry is known again by its text; by PMID or DOI; by title, year and first author; by key where the
    titles are alike (some exports number their entries anew each time); and by its text in a file that has been
    renamed. No id is given twice.
    """
    rows = list(known)
    files = {record.origin.file for record in records}
    gone = [row for row in rows if row["file"] not in files]
    digests = [entry_digest(record.raw) for record in records]
    found: list[str | None] = [None] * len(records)
    steps: tuple[tuple[list[Row], bool, Callable[[Row], object], Callable[[int], object]], ...] = (
        (rows, True, lambda row: (row["file"], row["key"], row["entry_digest"]),
         lambda i: (records[i].origin.file, records[i].key, digests[i])),
        (rows, False, lambda row: row["pmid"] and (row["file"], row["pmid"]),
         lambda i: records[i].pmid and (records[i].origin.file, records[i].pmid)),
        (rows, False, lambda row: row["doi"] and (row["file"], row["doi"]),
         lambda i: records[i].doi and (records[i].origin.file, records[i].doi)),
        (rows, False, lambda row: row["title"] and (row["file"], row["title"], row["year"], row["first_author"]),
         lambda i: (records[i].origin.file, records[i].title, str(records[i].year or ""), _first(records[i]))),
        (rows, False, lambda row: row["key"] and (row["file"], row["key"]),
         lambda i: records[i].key and (records[i].origin.file, records[i].key)),
        (gone, True, lambda row: (row["key"], row["entry_digest"]), lambda i: (records[i].key, digests[i])),
    )
    taken: set[str] = set()
    for candidates, exact, of_row, of_record in steps:
        waiting: dict[object, list[Row]] = {}
        for row in candidates:
            if (mark := of_row(row)) and row["record_id"] not in taken:
                waiting.setdefault(mark, []).append(row)
        for i, record in enumerate(records):
            mark = of_record(i) if found[i] is None else None
            fits = [row for row in waiting.get(mark, ()) if exact or _alike(row, record)] if mark else []
            if fits:
                waiting[mark].remove(fits[0])
                found[i] = fits[0]["record_id"]
                taken.add(fits[0]["record_id"])
    return found


def _first(record: Record) -> str:
    return record.authors[0].family if record.authors else ""


def _alike(row: Row, record: Record) -> bool:
    """Whether an earlier record and an entry can be one: no identifier differs and the titles agree."""
    if any(one and other and one != other for one, other in ((row["pmid"], record.pmid), (row["doi"], record.doi))):
        return False
    one, other = (" ".join(text.casefold().split()) for text in (row["title"], record.title))
    return not (one and other) or one == other or fuzz.token_sort_ratio(one, other) >= LIKE_TITLE


def give_ids(records: Sequence[Record], known: Sequence[Row]) -> tuple[list[str], int]:
    """An id for each record, and how many are new; a new id follows the highest one ever given."""
    last = max((int(row["record_id"].removeprefix("r-")) for row in known), default=0)
    ids: list[str] = []
    new = 0
    for found in match_ids(records, known):
        if found is None:
            new += 1
            last += 1
        ids.append(found or f"r-{last:04d}")
    return ids, new


def held_together(known: Mapping[str, str], answers: Iterable[Answer]) -> list[Answer]:
    """Answers that keep the records of each earlier report together, unless a person took that report apart."""
    apart = {known.get(a.one) for a in answers if not a.same and known.get(a.one) == known.get(a.other)}
    first: dict[str, str] = {}
    held = []
    for record, report in sorted(known.items()):
        if report in apart:
            continue
        if report in first:
            held.append(Answer(first[report], record, True))
        first.setdefault(report, record)
    return held


def give_reports(
    ids: Sequence[str],
    records: Sequence[Record],
    groups: Iterable[Group],
    rows: Sequence[Row],
    answers: Iterable[Answer],
) -> Reports:
    """A report id for each record: a group keeps the oldest one it has, a new report is named after its record.

    Parameters
    ----------
    groups : iterable of Group
        What deduplication found.
    rows : sequence of mapping
        Rows of records.csv before this import.
    answers : iterable of Answer
        What people said: only they may join two reports that both have an id.
    """
    known = {row["record_id"]: row["report_id"] for row in rows}
    past = {row["record_id"]: tuple(row["former_reports"].split()) for row in rows}
    said = {frozenset((a.one, a.other)) for a in answers if a.same}
    home: dict[str, tuple[str, ...]] = {}
    refused: list[Pair] = []
    for group in groups:
        parts, open_pairs = _parts(group, known, said)
        refused += open_pairs
        home |= {member: part for part in parts for member in part}
    by_id = dict(zip(ids, records, strict=True))
    of: dict[str, str] = {}
    used = {*known.values(), *(name for names in past.values() for name in names)}
    claimed: set[str] = set()
    for record_id in sorted(ids):
        if record_id in of:
            continue
        members = sorted(home.get(record_id, (record_id,)))
        older = [known[m] for m in members if m in known] + [name for m in members for name in past.get(m, ())]
        name = next((name for name in older if name not in claimed), "")
        if not name:
            name = _new_name([by_id[m] for m in members], used)
        used.add(name)
        claimed.add(name)
        of |= dict.fromkeys(members, name)
    former = {
        record: tuple(dict.fromkeys(name for name in (*names, known[record]) if name != of[record]))
        for record, names in past.items() if record in of
    }
    return Reports(of, former, tuple(refused))


def _parts(
    group: Group, known: Mapping[str, str], said: set[frozenset[str]]
) -> tuple[list[tuple[str, ...]], list[Pair]]:
    """A group cut so that no part holds two earlier reports that nobody joined; and the matches not followed."""
    if len({known[m] for m in group.members if m in known}) < 2:
        return [group.members], []
    part = {member: {member} for member in group.members}

    def join(one: str, other: str) -> None:
        both = part[one] | part[other]
        part.update(dict.fromkeys(both, both))

    first: dict[str, str] = {}
    for member in (m for m in group.members if m in known):
        join(first.setdefault(known[member], member), member)
    refused = []
    for pair in sorted(group.matches, key=lambda p: (frozenset((p.one, p.other)) not in said, -p.score)):
        reports = [{known[m] for m in part[end] if m in known} for end in (pair.one, pair.other)]
        if all(reports) and reports[0] != reports[1] and frozenset((pair.one, pair.other)) not in said:
            refused.append(pair)
        else:
            join(pair.one, pair.other)
    unique = {id(members): members for members in part.values()}
    return [tuple(m for m in group.members if m in members) for members in unique.values()], refused


def _new_name(records: Sequence[Record], used: set[str]) -> str:
    best = max(records, key=lambda r: (bool(r.authors and r.year), bool(r.authors)))
    words = best.authors[0].family if best.authors else " ".join(best.title.split()[:4])
    base = slug(f"{words} {best.year or ''}") or "report"
    name, number = base, 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name

