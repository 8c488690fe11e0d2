"""The decision logs of a question as checked lines, who is to vote on what, and the statuses that follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem
from reviewkit.screening import (
    STAGES,
    Decision,
    Mark,
    Screening,
    derive,
    parse_decision,
    parse_mark,
    split,
    standing_votes,
)
from reviewkit.store.log import Log, read_log

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

CONSENSUS = "consensus"
"""The name of the log of conflicts settled; no reviewer may bear it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """One log, checked: its votes and marks in the order written, and what is wrong with it."""

    entries: tuple[Decision | Mark, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The votes."""
        return tuple(entry for entry in self.entries if isinstance(entry, Decision))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The lines that are no votes."""
        return tuple(entry for entry in self.entries if isinstance(entry, Mark))


def now() -> str:
    """The time in UTC as logs write it, to the millisecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log_path(review: Review, stage: str, who: str) -> Path:
    """Where the log of a reviewer (or the consensus) at a stage lies."""
    return review.folder / "screening" / stage / f"{who}.jsonl"


def checked_lines(log: Log, stage: str, who: str, reasons: Collection[str], reports: Mapping[str, str]) -> Lines:
    """The lines of a log, each checked against the protocol's reasons, its place and the reports.

    Parameters
    ----------
    reports : mapping of str to str
        Report id as a line may name it to the report it is now: reports that were joined are one.
    """
    entries: list[Decision | Mark] = []
    problems = list(log.problems)
    for entry in log.entries:
        try:
            line = parse_mark(entry.values) if "mark" in entry.values else parse_decision(entry.values, reasons)
            _check_place(line, stage, who)
            if isinstance(line, Mark):
                entries.append(line)
                continue
            if line.report not in reports:
                raise InputError(f"report {line.report!r} is unknown.", code="unknown-report",
                                 remedy="Report ids stand in records.csv; a rejected entry is settled in "
                                 "import-corrections.toml.")
            entries.append(line if reports[line.report] == line.report
                           else replace(line, report=reports[line.report]))
        except InputError as error:
            first = error.problems[0]
            problems.append(Problem(first.message, log.file, entry.line, None, first.code, first.remedy))
    return Lines(tuple(entries), tuple(problems))


def _check_place(line: Decision | Mark, stage: str, who: str) -> None:
    if line.stage != stage or (who != CONSENSUS and line.reviewer != who):
        raise InputError(f"the line is {line.reviewer}'s at {line.stage}; it stands in another log.",
                         code="decision", remedy="Each reviewer has a log of their own at each stage.")


def every_line(review: Review, logs: Mapping[tuple[str, str], Log]) -> dict[tuple[str, str], Lines]:
    """All logs checked.

    Raises
    ------
    InputError
        With every damaged line, unlisted reason, unknown report or stranger's log.
    """
    protocol = review.protocol
    allowed = {*protocol.screening.reviewers, CONSENSUS}
    problems: list[Problem] = []
    found: dict[tuple[str, str], Lines] = {}
    for (stage, who), log in logs.items():
        if who not in allowed:
            problems.append(Problem(f"reviewer {who!r} is not in the protocol.", log.file, None, None, "reviewer",
                                    f"Reviewers there: {', '.join(protocol.screening.reviewers)}."))
        found[stage, who] = checked_lines(log, stage, who, protocol.reasons, review.report_now)
        problems += found[stage, who].problems
    if problems:
        raise InputError(problems)
    return found


def read_logs(review: Review, *, stage: str | None = None) -> dict[tuple[str, str], Log]:
    """Every decision log (of one stage) as the files say now: (stage, reviewer or 'consensus') to log."""
    return {
        (place, path.stem): read_log(path, review.root)
        for place in (STAGES if stage is None else (stage,))
        for path in sorted((review.folder / "screening" / place).glob("*.jsonl"))
    }


def screening_now(review: Review) -> Screening:
    """Every report's status as the files say now, whatever the review read before."""
    logs = read_logs(review)
    return statuses(review, every_line(review, logs))


def statuses(review: Review, lines: Mapping[tuple[str, str], Lines]) -> Screening:
    """Every report's status, from checked lines."""
    votes = [d for (_, who), found in lines.items() if who != CONSENSUS for d in found.decisions]
    agreed = [d for (_, who), found in lines.items() if who == CONSENSUS for d in found.decisions]
    wanted = {stage: review.protocol.screening.votes(stage) for stage in STAGES}
    return derive(list(review.reports), votes, agreed, wanted, _left_out(review, lines))


def _left_out(review: Review, lines: Mapping[tuple[str, str], Lines]) -> dict[tuple[str, str], int]:
    """For each (stage, report): how many who were to vote on it stopped before they had."""
    counts: dict[tuple[str, str], int] = {}
    for (stage, who), found in lines.items():
        stop = standing_stop(found.marks)
        if stop is None:
            continue
        voted = standing_votes(found.decisions)
        for report in stopped_reports(review, stage, who, stop):
            if report not in voted:
                counts[stage, report] = counts.get((stage, report), 0) + 1
    return counts


def standing_stop(marks: Iterable[Mark]) -> Mark | None:
    """The stop that stands at the end of a log, if one does."""
    stop = None
    for mark in marks:
        if mark.mark != "joined":
            stop = mark if mark.mark == "stopped" else None
    return stop


def stopped_reports(review: Review, stage: str, who: str, stop: Mark) -> list[str]:
    """Reports of a reviewer's share that were there when the stop was made."""
    numbers = report_numbers(review)
    last = record_number(stop.through)
    return [r for r, names in shares(review, stage).items() if who in names and numbers[r] <= last]


def shares(review: Review, stage: str) -> dict[str, tuple[str, ...]]:
    """Report id to those who are to vote on it at a stage, for every report of the review."""
    wanted = review.protocol.screening
    return split(report_numbers(review), wanted.reviewers, wanted.votes(stage))


def report_numbers(review: Review) -> dict[str, int]:
    """Report id to the number of its first record, which stays and grows with later imports."""
    numbers: dict[str, int] = {}
    for record, report in review.report_of.items():
        number = record_number(record)
        numbers[report] = min(number, numbers.get(report, number))
    return {report: numbers[report] for report in review.reports}


def record_number(record: str) -> int:
    """The number in a record id such as ``r-0042``; 0 where there is none."""
    digits = record.removeprefix("r-")
    return int(digits) if digits.isdecimal() else 0
