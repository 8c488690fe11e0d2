"""Decisions made elsewhere, taken into a reviewer's log: matched to reports, nothing guessed, nothing overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.dedup.doi import normalise_doi, normalise_pmid
from reviewkit.dedup.title import normalise_title
from reviewkit.errors import InputError, Problem
from reviewkit.identifiers import slug
from reviewkit.model import Record
from reviewkit.readers import read
from reviewkit.review.screening.desk import Desk, open_desk
from reviewkit.screening import DECISIONS
from reviewkit.screening.labels import Label, label_of

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of decisions did; rows = taken + same + undecided + what the problems name.

    Attributes
    ----------
    rows : int
        Entries of the file.
    taken : tuple of (str, str)
        Report and decision written.
    same : int
        Rows whose decision stood already.
    undecided : int
        Rows with no decision.
    problems : tuple of Problem
        Every row that was not taken, with its line and why; and reasons that were kept as notes only.
    """

    rows: int
    taken: tuple[tuple[str, str], ...]
    same: int
    undecided: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    report: str
    decision: str
    reason: str
    note: str
    line: int


def import_decisions(
    review: Review, stage: str, reviewer: str, path: Path, *, member: str = "", every: str = "",
    reasons: Mapping[str, str] | None = None, replace: bool = False, dry_run: bool = False,
) -> Imported:
    """Take decisions from a file of ASReview, Rayyan, Covidence or reviewkit into a reviewer's log.

    Parameters
    ----------
    member : str
        Whose decisions to take, where a Rayyan file holds those of several.
    every : str
        One decision for all entries, for files that hold one list each (Covidence: included, irrelevant).
    reasons : mapping of str to str, optional
        Reason as the file prints it to a reason's id in the protocol, beside ids and labels themselves.
    replace : bool
        Let an imported decision take the place of a differing vote of this reviewer, by a new line.
    dry_run : bool
        Say what would be done and write nothing.

    Raises
    ------
    InputError
        If the file cannot be read, or it is not clear whose decisions to take.
    """
    if (every and every not in DECISIONS) or every == "undo":
        raise InputError(f"decision {every!r} is unknown.", code="decision")
    result = read(path)
    desk = open_desk(review, stage, reviewer, ranked=False, origin="imported")
    labels = [label_of(record) for record in result.records]
    whose = _whose(labels, member, path.name)
    known = {**{key: key for key in review.protocol.reasons},
             **{text.casefold(): key for key, text in review.protocol.reasons.items()},
             **{text.casefold(): key for text, key in (reasons or {}).items()}}
    finder = _Finder(review)
    problems = [Problem(f"could not be read: {bad.reason}.", path.name, bad.origin.line, None, "rejected-entry")
                for bad in result.rejected]
    votes: list[_Vote] = []
    undecided = 0
    for record, label in zip(result.records, labels, strict=True):
        decision = label.decisions.get(whose, "") or every
        line = record.origin.line
        if not decision and not label.unread:
            undecided += 1
            continue
        found = finder.find(record)
        if label.unread and not decision:
            problems.append(_listed(record, path, f"the label {label.unread!r} means nothing here", "label"))
        elif isinstance(found, str):
            reason, note, odd = _reason(label, decision, stage, known)
            problems += [_listed(record, path, text, "reason") for text in odd]
            votes.append(_Vote(found, decision, reason, note, line))
        else:
            problems.append(_listed(record, path, *_why_not(found)))
    return _write(desk, votes, problems, path.name, result.entries, undecided, replace=replace, dry_run=dry_run)


def _whose(labels: list[Label], member: str, file: str) -> str:
    names = sorted({name for label in labels for name in label.decisions})
    if member:
        if member not in names:
            raise InputError(f"{member!r} decided nothing in this file.", file=file, code="member",
                             remedy=f"Who did: {', '.join(filter(None, names)) or 'the file names nobody'}.")
        return member
    if len(names) > 1:
        raise InputError(f"the file holds decisions of several people: {', '.join(names)}.", file=file, code="member",
                         remedy="Say --member with one of them; each goes into a log of their own.")
    return names[0] if names else ""


def _reason(
    label: Label, decision: str, stage: str, known: Mapping[str, str]
) -> tuple[str, str, list[str]]:
    """The protocol's reason, a note with what has none, and what to tell."""
    if decision != "exclude":
        return "", label.note, []
    mapped = [known.get(text.casefold(), "") or known.get(slug(text), "") for text in label.reasons]
    first = next(filter(None, mapped), "")
    odd = [text for text, key in zip(label.reasons, mapped, strict=True) if not key]
    note = "; ".join(filter(None, (label.note, f"reason as imported: {', '.join(odd)}" if odd else "")))
    tell = [f"reason {text!r} is not in the protocol; it stands in the note only" for text in odd
            if first or stage == "title-abstract"]
    return first, note, tell


def _write(
    desk: Desk, votes: list[_Vote], problems: list[Problem], file: str, rows: int, undecided: int, *, replace: bool,
    dry_run: bool,
) -> Imported:
    said: dict[str, set[str]] = {}
    for vote in votes:
        said.setdefault(vote.report, set()).add(vote.decision)
    taken: list[tuple[str, str]] = []
    same = 0
    for vote in votes:
        if len(said[vote.report]) > 1:
            words = ", ".join(sorted(said[vote.report]))
            problems.append(Problem(f"several entries decide report {vote.report!r} differently: {words}.", file,
                                    vote.line, None, "differs", "Decide it yourself."))
            continue
        try:
            before = desk.vote_on(vote.report)
            standing = before.decision if before else "unscreened"
            if standing == vote.decision:
                same += 1
                continue
            if standing != "unscreened" and not replace:
                problems.append(Problem(f"report {vote.report!r} is {standing} in your log; the file says "
                                        f"{vote.decision}.", file, vote.line, None, "differs",
                                        "It stays as it is; --replace takes the file's."))
                continue
            if not dry_run:
                desk.decide(vote.report, vote.decision, reason=vote.reason, note=vote.note)
            taken.append((vote.report, vote.decision))
        except InputError as error:
            first = error.problems[0]
            problems.append(Problem(first.message, file, vote.line, None, first.code, first.remedy))
    if dry_run:
        same += len(taken) - len(dict.fromkeys(taken))
        taken = list(dict.fromkeys(taken))
    return Imported(rows, tuple(taken), same, undecided, tuple(sorted(problems, key=lambda p: p.line or 0)))


def _listed(record: Record, path: Path, why: str, code: str) -> Problem:
    return Problem(f"entry {record.key or record.title[:60]!r}: {why}.", path.name, record.origin.line, None, code)


def _why_not(found: frozenset[str]) -> tuple[str, str]:
    if found:
        return f"its identifiers fit several reports: {', '.join(sorted(found))}", "ambiguous"
    return "it fits no report of this review", "unmatched"


class _Finder:
    """Reports by id, DOI, PubMed number, and title with year; only what fits one report alone."""

    def __init__(self, review: Review) -> None:
        self._ids = set(review.reports)
        self._places: dict[tuple[str, str], set[str]] = {}
        for record_id, record in review.records.items():
            for key in self._keys(record):
                self._places.setdefault(key, set()).add(review.report_of[record_id])

    def find(self, record: Record) -> str | frozenset[str]:
        """The report; else the reports among which it cannot be told, none if nothing fits."""
        if record.key in self._ids:
            return record.key
        keys = self._keys(record)
        strong = [self._places[key] for key in keys if key[0] != "title" and key in self._places]
        found: set[str] = set().union(*strong) if strong else set()
        for key in keys:
            if not strong and key[0] == "title":
                found |= self._places.get(key, set())
        return next(iter(found)) if len(found) == 1 else frozenset(found)

    @staticmethod
    def _keys(record: Record) -> list[tuple[str, str]]:
        keys = [("doi", normalise_doi(record.doi)), ("pmid", normalise_pmid(record.pmid))]
        title = normalise_title(record.title)
        if len(title) >= 15 and record.year is not None:
            keys.append(("title", f"{title} {record.year}"))
        return [key for key in keys if key[1]]
