"""From exports to records and reports: every entry accounted for, every id kept for good.

A record's id is given when it is first imported; a re-import is matched to it by its entry, then by its
key. A report groups records that describe one document; decisions name the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewkit.dedup import Answer, deduplicate
from reviewkit.errors import InputError, Problem
from reviewkit.identifiers import slug
from reviewkit.model import ReadResult, Record, Rejected
from reviewkit.readers import read
from reviewkit.review.searches import Searches, entry_digest, read_corrections, read_searches
from reviewkit.store.files import show
from reviewkit.tables import read_csv, write_csv

RECORD_COLUMNS = (
    "record_id", "report_id", "file", "key", "entry_digest", "doi", "pmid", "year", "first_author", "title",
)
FORMER_COLUMNS = ("report_id", "record_id")
DUPLICATE_COLUMNS = ("record_a", "record_b", "verdict", "by", "note")


@dataclass(frozen=True)
class Sources:
    """What the exports of a question hold, before any id is given."""

    searches: Searches
    results: tuple[ReadResult, ...]
    records: tuple[Record, ...]
    """Accepted entries and settled ones, in file order."""
    settled: tuple[tuple[Rejected, str], ...]
    """Rejected entries a person settled, with the reason given."""
    unsettled: tuple[Rejected, ...]


@dataclass(frozen=True)
class ImportSummary:
    """Counts of an import, which add up: accepted + settled + rejected = entries."""

    question: str
    files: tuple[tuple[str, int, int, int, int], ...]
    """For each file: name, entries, accepted, settled, rejected and not settled."""
    records: int
    reports: int
    new_records: int
    maybe: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        lines = [
            f"{name}: {entries} entries = {accepted} accepted + {settled} settled + {rejected} rejected"
            for name, entries, accepted, settled, rejected in self.files
        ]
        lines.append(f"{self.records} records ({self.new_records} new) describe {self.reports} reports.")
        if self.maybe:
            lines.append(f"{len(self.maybe)} pairs may be the same report: say so in duplicates.csv.")
        return "\n".join(lines)


def read_sources(question: str, root: Path) -> Sources:
    """Read every export of a question and apply the corrections.

    Raises
    ------
    InputError
        If a file is missing or unreadable, or a correction fits no rejected entry.
    """
    folder = root / "references" / question
    searches = read_searches(folder, root)
    path = root / "data" / question / "import-corrections.toml"
    corrections = {(c.file, c.entry_digest): c for c in read_corrections(path, root).correction}
    results, records, settled, unsettled = [], [], [], []
    for item in searches.file:
        result = read(folder / item.name)
        results.append(result)
        entries: list[tuple[int, Record]] = [(r.origin.line, r) for r in result.records]
        for rejected in result.rejected:
            correction = corrections.pop((item.name, entry_digest(rejected.raw)), None)
            if correction:
                entries.append((rejected.origin.line, correction.record(rejected)))
                settled.append((rejected, correction.reason))
            else:
                unsettled.append(rejected)
        records += [record for _, record in sorted(entries, key=lambda pair: pair[0])]
    if corrections:
        raise InputError(
            [
                Problem(f"the correction of {c.key or c.file} fits no rejected entry of {c.file}.", show(path, root),
                        None, None, "correction", "Compare entry_digest with what `reviewkit records` reports.")
                for c in corrections.values()
            ]
        )
    return Sources(searches, tuple(results), tuple(records), tuple(settled), tuple(unsettled))


def import_records(question: str, root: Path) -> ImportSummary:
    """Read the exports, give ids, find duplicates and write ``data/<question>/records.csv``.

    Raises
    ------
    InputError
        If anything cannot be read; records.csv is then as it was.
    """
    sources = read_sources(question, root)
    folder = root / "data" / question
    known = read_record_rows(folder / "records.csv", root) if (folder / "records.csv").exists() else []
    ids, new = _give_ids(sources.records, known)
    answers = read_answers(folder / "duplicates.csv", root)
    found = deduplicate(sources.records, ids=ids, answers=answers)
    reports = _give_reports(ids, sources.records, [g.members for g in found.groups],
                            {row["record_id"]: row["report_id"] for row in known})
    rows = [
        {
            "record_id": record_id,
            "report_id": reports[record_id],
            "file": record.origin.file,
            "key": record.key,
            "entry_digest": entry_digest(record.raw),
            "doi": record.doi,
            "pmid": record.pmid,
            "year": record.year,
            "first_author": record.authors[0].family if record.authors else "",
            "title": record.title,
        }
        for record_id, record in zip(ids, sources.records, strict=True)
    ]
    _keep_former(folder / "former-reports.csv", known, set(reports.values()), root)
    write_csv(folder / "records.csv", RECORD_COLUMNS, rows)
    return ImportSummary(
        question, _counts(sources), len(rows), len(set(reports.values())), new,
        tuple((pair.one, pair.other) for pair in found.maybe),
    )


def _keep_former(path: Path, known: Sequence[Mapping[str, str]], reports: set[str], root: Path) -> None:
    """Write down a record of each report id that is given up, so that decisions on it follow the record."""
    former = read_former(path, root)
    gone = {row["report_id"]: row["record_id"] for row in reversed(known) if row["report_id"] not in reports}
    if gone.keys() - former.keys():
        both = {**gone, **former}
        write_csv(path, FORMER_COLUMNS, [{"report_id": name, "record_id": both[name]} for name in sorted(both)])


def read_former(path: Path, root: Path) -> dict[str, str]:
    """Report ids that were given up when reports were joined, each with a record it stood for."""
    if not path.exists():
        return {}
    return {row["report_id"]: row["record_id"] for row in read_csv(path, FORMER_COLUMNS, root=root)}


def _counts(sources: Sources) -> tuple[tuple[str, int, int, int, int], ...]:
    settled = [rejected.origin.file for rejected, _ in sources.settled]
    return tuple(
        (r.file, r.entries, len(r.records), settled.count(r.file), len(r.rejected) - settled.count(r.file))
        for r in sources.results
    )


def read_record_rows(path: Path, root: Path) -> list[Mapping[str, str]]:
    """The rows of records.csv as text."""
    return [row.cells for row in read_csv(path, RECORD_COLUMNS, root=root)]


def read_answers(path: Path, root: Path) -> tuple[Answer, ...]:
    """What people said in duplicates.csv; nothing where the file is missing.

    Raises
    ------
    InputError
        If a verdict is neither 'same' nor 'different'.
    """
    if not path.exists():
        return ()
    answers, problems = [], []
    for row in read_csv(path, DUPLICATE_COLUMNS, root=root):
        if row["verdict"] not in ("same", "different"):
            problems.append(Problem(f"verdict = {row['verdict']!r}; allowed: same, different.", show(path, root),
                                    row.line, None, "value"))
        answers.append(Answer(row["record_a"], row["record_b"], row["verdict"] == "same"))
    if problems:
        raise InputError(problems)
    return tuple(answers)


def match_ids(records: Sequence[Record], known: Iterable[Mapping[str, str]]) -> list[str | None]:
    """The known id of each record, by its entry, then by its key in the same file; None where it is new."""
    rows = list(known)
    by_entry = {(row["file"], row["key"], row["entry_digest"]): row["record_id"] for row in rows}
    by_key = {(row["file"], row["key"]): row["record_id"] for row in rows if row["key"]}
    found: list[str | None] = [by_entry.get((r.origin.file, r.key, entry_digest(r.raw))) for r in records]
    taken = set(found)
    for place, record in enumerate(records):
        if found[place] is None and (other := by_key.get((record.origin.file, record.key))) not in taken:
            found[place] = other
            taken.add(other)
    return found


def _give_ids(records: Sequence[Record], known: Sequence[Mapping[str, str]]) -> tuple[list[str], int]:
    last = max((int(row["record_id"].removeprefix("r-")) for row in known), default=0)
    ids: list[str] = []
    new = 0
    for found in match_ids(records, known):
        if found is None:
            new += 1
            last += 1
        ids.append(found or f"r-{last:04d}")
    return ids, new


def _give_reports(
    ids: Sequence[str], records: Sequence[Record], groups: Iterable[Sequence[str]], known: Mapping[str, str]
) -> dict[str, str]:
    """A report id for each record: a group keeps the oldest one it has, a new report is named after its record."""
    group_of = {member: tuple(group) for group in groups for member in group}
    by_id = dict(zip(ids, records, strict=True))
    reports: dict[str, str] = {}
    used = set(known.values())
    claimed: set[str] = set()
    for record_id in sorted(ids):
        if record_id in reports:
            continue
        members = group_of.get(record_id, (record_id,))
        older = [known[m] for m in sorted(members) if m in known and known[m] not in claimed]
        name = older[0] if older else _new_name([by_id[m] for m in sorted(members)], used)
        used.add(name)
        claimed.add(name)
        reports |= dict.fromkeys(members, name)
    return reports


def _new_name(records: Sequence[Record], used: set[str]) -> str:
    best = max(records, key=lambda r: (bool(r.authors and r.year), bool(r.authors)))
    words = best.authors[0].family if best.authors else " ".join(best.title.split()[:4])
    base = slug(f"{words} {best.year or ''}") or "report"
    name, number = base, 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name


def merged_records(ids: Sequence[str], records: Sequence[Record], reports: Mapping[str, str]) -> dict[str, Record]:
    """One record for each report: the fullest of each field over its records."""
    from reviewkit.dedup import merge_records

    members: dict[str, list[Record]] = {}
    for record_id, record in zip(ids, records, strict=True):
        members.setdefault(reports[record_id], []).append(record)
    return {name: replace(merge_records(group).record) for name, group in members.items()}
