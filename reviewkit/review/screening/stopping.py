"""Leaving the rest unread: what the rules advise, and the decision of a person, with the figures it rested on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.numbers import interval, percent
from reviewkit.review.screening.consensus import check_stage
from reviewkit.review.screening.own_log import OwnLog
from reviewkit.review.screening.voting import log_path, now, shares, standing_stop
from reviewkit.screening import RELEVANT, STAGES, Mark

if TYPE_CHECKING:
    from reviewkit.review.opened import Review
    from reviewkit.screening.stopping import Advice, RecallEstimate

LEAST_READ = 10
"""Votes below which nothing is said of recall."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one reviewer's votes say of the reports left: the recall so far, and each rule's advice."""

    recall: RecallEstimate | None = None
    rules: tuple[Advice, ...] = ()

    @property
    def advice(self) -> str:
        """One sentence; a person decides."""
        if not self.rules:
            return ""
        names = ", ".join(rule.rule for rule in self.rules if rule.stop)
        return f"Stopping is advised by: {names}. You decide." if names else "No rule advises to stop yet."

    def figures(self) -> dict[str, Any]:
        """The figures as plain JSON values; what is undefined is null."""
        recall = self.recall and {name: _plain(getattr(self.recall, name)) for name in self.recall.__slots__}
        rules = [
            {"rule": rule.rule, "stop": rule.stop, "why": rule.why,
             "figures": {name: _plain(value) for name, value in rule.figures.items()}}
            for rule in self.rules
        ]
        return {"recall": recall, "rules": rules}


def outlook(read: Sequence[bool], total: int) -> Outlook:
    """What the votes so far say.

    Parameters
    ----------
    read : sequence of bool
        Relevant or not, in the order in which the votes were cast.
    total : int
        Reports in the reviewer's share, read and unread.
    """
    from reviewkit.screening.stopping import advise, estimate_recall

    if len(read) < LEAST_READ or len(read) > total:
        return Outlook()
    recall = estimate_recall(read, total)
    return Outlook(None if math.isnan(recall.estimate) else recall, advise(read, total))


def stop(review: Review, stage: str, by: str, note: str, *, origin: str = "panel") -> Mark:
    """Leave the rest of a reviewer's share unread; a line of that reviewer's log says so, with the figures.

    The reports there are now are left out; what is imported later is not. Where votes of others are wanted
    too, the report counts as not screened only if nobody read it.

    Raises
    ------
    InputError
        If the stage is not that of title and abstract, nothing was read, nothing is left, or no note is given.
    """
    own, share = _own(review, stage, by)
    if stage != STAGES[0]:
        raise InputError("screening is stopped at title-abstract only; every full text is read.", code="stage")
    if not note.strip():
        raise InputError("a stop needs a note that says why.", code="note", remedy="Add a note.")
    read = [vote.decision in RELEVANT for report, vote in own.standing.items() if report in set(share)]
    if not read or len(read) == len(share):
        what = "nothing is left to leave out" if read else "nothing was read yet"
        raise InputError(f"{what}; {by!r} cannot stop {stage}.", code="stop")
    figures = {"total": len(share), "read": len(read), "kept": sum(read), "left": len(share) - len(read),
               **outlook(read, len(share)).figures()}
    mark = Mark(now(), by, stage, "stopped", note, review.protocol.question.version, origin,
                max(review.report_of, key=lambda record: (len(record), record)), figures)
    own.add_mark(mark)
    return mark


def resume(review: Review, stage: str, by: str, note: str = "", *, origin: str = "panel") -> Mark:
    """Take a stop back, by a new line.

    Raises
    ------
    InputError
        If no stop stands.
    """
    own, _ = _own(review, stage, by)
    if standing_stop(own.marks) is None:
        raise InputError(f"{by!r} has not stopped {stage}.", code="stop")
    mark = Mark(now(), by, stage, "resumed", note, review.protocol.question.version, origin)
    own.add_mark(mark)
    return mark


def describe_stop(mark: Mark) -> str:
    """Who stopped, when and on what figures, in sentences for a report."""
    figures = mark.figures
    text = (f"{mark.reviewer} stopped {mark.stage} screening on {mark.time[:10]} after {figures.get('read', '?')} of "
            f"{figures.get('total', '?')} reports, {figures.get('kept', '?')} of them kept")
    recall = figures.get("recall")
    if recall and recall.get("estimate") is not None:
        low, high = (None if recall[end] is None else 100 * recall[end] for end in ("low", "high"))
        text += (f"; estimated recall {percent(100 * recall['estimate'])}, "
                 f"95% interval {interval(low, high, places=0)} percent")
    rules = [f"{rule['rule']} {'advised to stop' if rule['stop'] else 'did not advise it'}"
             for rule in figures.get("rules", ())]
    return f"{text}{'; ' if rules else ''}{'; '.join(rules)}. Reason given: {mark.note}"


def _own(review: Review, stage: str, by: str) -> tuple[OwnLog, list[str]]:
    check_stage(stage)
    reviewers = review.protocol.screening.reviewers
    if by not in reviewers:
        raise InputError(f"reviewer {by!r} is not in the protocol of {review.question}.", code="reviewer",
                         remedy=f"Reviewers there: {', '.join(reviewers)}.")
    own = OwnLog(log_path(review, stage, by), by, stage, reasons=review.protocol.reasons, reports=review.report_now,
                 root=review.root)
    return own, [report for report, names in shares(review, stage).items() if by in names]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
