"""Conflicts: opened when all votes on a report are in, settled by a third person or by the reviewers together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.review.screening.own_log import OwnLog, Saved
from reviewkit.review.screening.voting import (
    CONSENSUS,
    Lines,
    every_line,
    log_path,
    now,
    read_logs,
    shares,
    standing_stop,
    statuses,
    stopped_reports,
)
from reviewkit.screening import STAGES, Decision, ReportStatus, standing_votes

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

TOGETHER = "+"
"""Joins the names of those who settled a conflict together; no role id holds it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A report whose votes differ or are unsure, with the votes side by side."""

    report: str
    stage: str
    outcome: str
    title: str
    votes: tuple[Decision, ...]


def conflicts(review: Review, stage: str, *, reader: str = "") -> tuple[Conflict, ...]:
    """Conflicts open at a stage: only reports on which all wanted votes are in.

    Parameters
    ----------
    reader : str, optional
        Who looks. A reviewer of the protocol sees conflicts only after the last vote of their own, and who
        does not say only when all have finished.

    Raises
    ------
    InputError
        If the stage is unknown, or the reader (any reviewer, without one) has not finished it.
    """
    check_stage(stage)
    lines = every_line(review, read_logs(review))
    check_finished(review, stage, (reader,) if reader else review.protocol.screening.reviewers, lines)
    return tuple(
        Conflict(status.report, stage, status.outcome, review.reports[status.report].title, status.votes)
        for status in statuses(review, lines).at(stage) if status.open_conflict
    )


def resolve(
    review: Review, stage: str, report: str, decision: str, *, by: str | Sequence[str], reason: str = "",
    note: str = "", nonce: str = "", origin: str = "panel",
) -> Saved:
    """Settle a report: one line in the consensus log, on disk when this returns.

    Parameters
    ----------
    decision : {'include', 'exclude', 'not-retrieved', 'awaiting-classification', 'undo'}
        ``undo`` takes an earlier settlement back.
    by : str or sequence of str
        The third person whom the protocol names; where it names none, all who voted, together.
    note : str
        Wanted where the votes agree: a correction says why.

    Raises
    ------
    InputError
        If votes are missing, those named may not settle it, or the decision does not fit.
    """
    check_stage(stage)
    names = tuple(sorted({by} if isinstance(by, str) else set(by)))
    logs = read_logs(review)
    lines = every_line(review, logs)
    # First of all: to a reviewer who still votes, no answer may depend on the other's votes.
    check_finished(review, stage, names, lines)
    status = statuses(review, lines).stages[stage].get(report)
    if status is None:
        raise InputError(f"report {report!r} does not stand at {stage}.", code="unknown-report",
                         remedy=f"See: reviewkit screen status {review.question} --stage {stage}")
    _check_votes_in(status, stage)
    _check_judges(review, stage, names, status)
    if decision == "maybe" or (decision == "undo" and status.consensus is None):
        raise InputError(f"{decision!r} settles nothing.", code="decision",
                         remedy="Say include or exclude (undo takes an earlier settlement back).")
    if not status.open_conflict and status.consensus is None and not note:
        raise InputError(f"the votes on {report!r} agree; a correction needs a note that says why.", code="note",
                         remedy="Add a note.")
    heads = " ".join(f"{who}:{log.head}" for (place, who), log in sorted(logs.items())
                     if place == stage and who != CONSENSUS and log.entries)
    log = OwnLog(log_path(review, stage, CONSENSUS), CONSENSUS, stage, reasons=review.protocol.reasons,
                 reports=review.report_now, root=review.root)
    return log.written(nonce) or log.add(Decision(
        now(), TOGETHER.join(names), stage, report, decision, reason, note, review.protocol.question.version, origin,
        nonce, heads=heads))


def check_stage(stage: str) -> None:
    """Refuse a stage there is not.

    Raises
    ------
    InputError
        Naming the stages there are.
    """
    if stage not in STAGES:
        raise InputError(f"stage {stage!r} is unknown.", code="stage", remedy=f"Stages: {', '.join(STAGES)}.")


def unread(review: Review, stage: str, who: str, found: Lines, entering: Collection[str] | None = None) -> int:
    """How many reports of a reviewer's share have neither a vote of theirs nor a stop over them.

    Parameters
    ----------
    entering : collection of str, optional
        Reports that stand at the stage; read from the files where not given.
    """
    if entering is None:
        entering = entering_reports(review, stage)
    mine = [r for r, names in shares(review, stage).items() if who in names and r in entering]
    stop = standing_stop(found.marks)
    left_out = set(stopped_reports(review, stage, who, stop)) if stop else set()
    voted = standing_votes(found.decisions)
    return sum(r not in voted and r not in left_out for r in mine)


def entering_reports(review: Review, stage: str) -> set[str]:
    """Reports that stand at a stage; of the full-text stage only those settled as included before it."""
    if stage == STAGES[0]:
        return set(review.reports)
    return _entering(review, stage, every_line(review, read_logs(review, stage=STAGES[0])))


def _entering(review: Review, stage: str, lines: Mapping[tuple[str, str], Lines]) -> set[str]:
    before = {place: found for place, found in lines.items() if place[0] == STAGES[0]}
    return set(statuses(review, before).stages[stage])


def under_way(review: Review, stage: str, lines: dict[tuple[str, str], Lines]) -> bool:
    """Whether votes are still out at a stage that wants more than one: then nothing of it is shown to all."""
    wanted = review.protocol.screening
    if wanted.votes(stage) == 1:
        return False
    entering = _entering(review, stage, lines)
    return any(unread(review, stage, who, lines.get((stage, who), Lines()), entering) for who in wanted.reviewers)


def shown_lines(review: Review, lines: dict[tuple[str, str], Lines]) -> dict[tuple[str, str], Lines]:
    """The lines that all may see: of a stage under way only those on reports that all had finished before.

    A new export puts a finished stage under way again; what was decided before it stays in sight.
    """
    shown: dict[tuple[str, str], Lines] = {}
    hidden = False
    for stage in STAGES:
        hidden = hidden or under_way(review, stage, lines)
        opened = _finished_by_all(review, stage, lines) if hidden else set()
        for (place, who), found in lines.items():
            if place == stage:
                shown[place, who] = found if not hidden else Lines(
                    tuple(vote for vote in found.decisions if vote.report in opened))
    return shown


def _finished_by_all(review: Review, stage: str, lines: Mapping[tuple[str, str], Lines]) -> set[str]:
    """Reports on which everyone who was to vote had voted when they last finished the stage."""
    voted: dict[str, set[str]] = {}
    for who in review.protocol.screening.reviewers:
        votes = lines.get((stage, who), Lines()).decisions
        last = max((place for place, vote in enumerate(votes) if vote.finishes), default=-1)
        voted[who] = {vote.report for vote in votes[:last + 1]}
    return {report for report, names in shares(review, stage).items() if all(report in voted[who] for who in names)}


def _check_votes_in(status: ReportStatus, stage: str) -> None:
    if status.outcome in ("unscreened", "awaiting second vote", "stopped"):
        raise InputError(f"votes on report {status.report!r} are missing at {stage}; nothing can be settled yet.",
                         code="votes-missing", remedy="It opens once all have voted.")


def _check_judges(review: Review, stage: str, names: tuple[str, ...], status: ReportStatus) -> None:
    third = review.protocol.screening.consensus
    voters = tuple(sorted(vote.reviewer for vote in status.votes))
    wanted = (third,) if third else voters
    if third in voters:
        raise InputError(f"{third!r} settles conflicts but voted on {status.report!r}; a third person is wanted.",
                         code="judge", remedy="Name another in [screening] consensus, or none to settle together.")
    if names != wanted:
        who = f"the protocol's third person, {third!r}" if third else f"all who voted, together: {', '.join(voters)}"
        raise InputError(f"{', '.join(names)!r} cannot settle {status.report!r} at {stage}: that is for {who}.",
                         code="judge", remedy=f"Name them: --by {' --by '.join(wanted)}")


def check_finished(review: Review, stage: str, names: Sequence[str], lines: dict[tuple[str, str], Lines]) -> None:
    """Refuse to show anything to reviewers who have reports left; others may look at any time.

    Raises
    ------
    InputError
        Naming the first who has, and how many.
    """
    for name in names:
        if name not in review.protocol.screening.reviewers:
            continue
        left = unread(review, stage, name, lines.get((stage, name), Lines()), _entering(review, stage, lines))
        if left:
            raise InputError(f"{name!r} has {left} reports left at {stage}; the other votes stay hidden until then.",
                             code="blind", remedy=f"Finish first: reviewkit screen next {review.question} "
                             f"--stage {stage} --reviewer {name}")
