"""From exports to records and reports: every entry accounted for, every id kept for good.

How ids stay over re-imports is the matter of `reviewkit.review.records.identity`; what was found is written down once:
records.csv, pairs for a person in duplicates.csv, reports that belong together in related.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from reviewkit.dedup import Answer, Link, Pair, Settings, deduplicate
from reviewkit.errors import InputError, Problem
from reviewkit.model import ReadResult, Record, Rejected
from reviewkit.numbers import number
from reviewkit.protocol import Protocol
from reviewkit.readers import read
from reviewkit.review.records.identity import Reports, give_ids, give_reports, held_together
from reviewkit.review.records.searches import Searches, entry_digest, read_corrections, read_searches
from reviewkit.store.files import read_text, show
from reviewkit.store.toml import parse, validate
from reviewkit.tables import read_csv, write_csv

RECORD_COLUMNS = (
    "record_id", "report_id", "former_reports", "file", "key", "entry_digest", "doi", "pmid", "year", "first_author",
    "title",
)
DUPLICATE_COLUMNS = ("record_a", "record_b", "verdict", "by", "note")
"""An empty verdict is a pair that waits for a person; its note says why the two may be one report."""
RELATED_COLUMNS = ("report_a", "report_b", "kind")


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
    related: int = 0

    @property
    def waiting(self) -> bool:
        """True where entries or pairs need a person."""
        return bool(self.maybe) or any(file[4] for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """The counts as plain JSON values."""
        names = ("file", "entries", "accepted", "settled", "rejected")
        return {**asdict(self), "files": [dict(zip(names, file, strict=True)) for file in self.files]}

    def __str__(self) -> str:
        lines = [
            f"{name}: {entries} entries = {accepted} accepted + {settled} settled + {rejected} rejected"
            for name, entries, accepted, settled, rejected in self.files
        ]
        lines.append(f"{self.records} records ({self.new_records} new) describe {self.reports} reports.")
        if self.maybe:
            lines.append(f"{len(self.maybe)} pairs may be the same report: fill in the verdict (same or different) in "
                         f"data/{self.question}/duplicates.csv and import again.")
        if self.related:
            lines.append(f"{self.related} pairs of reports are not the same but belong together (data/{self.question}/"
                         "related.csv): look at them when you gather reports into studies.")
        return "\n".join(lines)


def read_protocol(question: str, root: Path) -> Protocol:
    """The protocol of a question, checked."""
    path = root / "data" / question / "protocol.toml"
    return validate(parse(read_text(path, what="protocol", root=root), show(path, root)), Protocol)


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
    if not searches.file:
        raise InputError("there is no export yet.", file=show(folder / "searches.toml", root), code="no-export",
                         remedy=f"Run: reviewkit import {question} FILE…, or plan searches and run: "
                         f"reviewkit search {question}")
    for item in filter(lambda found: found.name, searches.file):
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
    protocol = read_protocol(question, root)
    known = read_record_rows(folder / "records.csv", root) if (folder / "records.csv").exists() else []
    ids, new = give_ids(sources.records, known)
    told = read_duplicate_rows(folder / "duplicates.csv", root)
    answers = answers_of(told)
    held = held_together({row["record_id"]: row["report_id"] for row in known}, answers)
    found = deduplicate(sources.records, ids=ids, answers=[*answers, *held],
                        settings=Settings(versions_apart=protocol.deduplication.versions_apart))
    reports = give_reports(ids, sources.records, found.groups, known, answers)
    waiting = _waiting((*found.maybe, *reports.refused), reports, answers)
    links = _links(found.related, reports)
    write_csv(folder / "records.csv", RECORD_COLUMNS, _rows(ids, sources.records, reports))
    if waiting or told:
        write_csv(folder / "duplicates.csv", DUPLICATE_COLUMNS, [
            *(row for row in told if row["verdict"]),
            *({"record_a": p.one, "record_b": p.other, "note": f"{p.rule} ({number(p.score, 2)})"} for p in waiting),
        ])
    if links or (folder / "related.csv").exists():
        write_csv(folder / "related.csv", RELATED_COLUMNS, links)
    return ImportSummary(
        question, _counts(sources), len(ids), len(set(reports.of.values())), new,
        tuple((pair.one, pair.other) for pair in waiting), len(links),
    )


def _rows(ids: Sequence[str], records: Sequence[Record], reports: Reports) -> list[dict[str, object]]:
    return [
        {
            "record_id": record_id,
            "report_id": reports.of[record_id],
            "former_reports": " ".join(reports.former.get(record_id, ())),
            "file": record.origin.file,
            "key": record.key,
            "entry_digest": entry_digest(record.raw),
            "doi": record.doi,
            "pmid": record.pmid,
            "year": record.year,
            "first_author": record.authors[0].family if record.authors else "",
            "title": record.title,
        }
        for record_id, record in zip(ids, records, strict=True)
    ]


def _waiting(pairs: Iterable[Pair], reports: Reports, answers: Iterable[Answer]) -> list[Pair]:
    """One pair for each two reports that may be one and of which nobody has said so yet."""
    settled = {frozenset((reports.of.get(a.one), reports.of.get(a.other))) for a in answers if not a.same}
    best: dict[frozenset[str | None], Pair] = {}
    for pair in sorted(pairs, key=lambda p: (-p.score, p.one, p.other)):
        ends = frozenset((reports.of.get(pair.one), reports.of.get(pair.other)))
        if len(ends) == 2 and ends not in settled:
            best.setdefault(ends, pair)
    return sorted(best.values(), key=lambda p: (p.one, p.other))


def _links(related: Iterable[Link], reports: Reports) -> list[dict[str, str]]:
    """Reports that were kept apart on purpose and belong together, for the study stage."""
    found = {(*sorted((reports.of[link.one], reports.of[link.other])), link.kind) for link in related}
    return [{"report_a": a, "report_b": b, "kind": kind} for a, b, kind in sorted(found) if a != b]


def _counts(sources: Sources) -> tuple[tuple[str, int, int, int, int], ...]:
    settled = [rejected.origin.file for rejected, _ in sources.settled]
    return tuple(
        (r.file, r.entries, len(r.records), settled.count(r.file), len(r.rejected) - settled.count(r.file))
        for r in sources.results
    )


def read_record_rows(path: Path, root: Path) -> list[Mapping[str, str]]:
    """The rows of records.csv as text."""
    wanted = [column for column in RECORD_COLUMNS if column != "former_reports"]
    return [row.cells for row in read_csv(path, wanted, optional=["former_reports"], root=root)]


def read_duplicate_rows(path: Path, root: Path) -> list[Mapping[str, str]]:
    """The rows of duplicates.csv; none where the file is missing.

    Raises
    ------
    InputError
        If a verdict is not 'same', 'different' or, where a person has still to decide, empty.
    """
    if not path.exists():
        return []
    rows = read_csv(path, DUPLICATE_COLUMNS, root=root)
    problems = [
        Problem(f"verdict = {row['verdict']!r}; allowed: same, different, or empty where nobody has decided.",
                show(path, root), row.line, None, "value")
        for row in rows if row["verdict"] not in ("same", "different", "")
    ]
    if problems:
        raise InputError(problems)
    return [row.cells for row in rows]


def answers_of(rows: Iterable[Mapping[str, str]]) -> tuple[Answer, ...]:
    """What people said in duplicates.csv; pairs that wait are left out."""
    return tuple(Answer(r["record_a"], r["record_b"], r["verdict"] == "same") for r in rows if r["verdict"])


def merged_records(ids: Sequence[str], records: Sequence[Record], reports: Mapping[str, str]) -> dict[str, Record]:
    """One record for each report: the fullest of each field over its records."""
    from reviewkit.dedup import merge_records

    members: dict[str, list[Record]] = {}
    for record_id, record in zip(ids, records, strict=True):
        members.setdefault(reports[record_id], []).append(record)
    return {name: replace(merge_records(group).record) for name, group in members.items()}
