"""One reviewer's place at one stage: the next card, the vote, and nothing of anybody else's votes.

The desk reads this reviewer's own log and the settled conflicts. It opens another reviewer's file only when
this reviewer has voted on everything of the stage (or, at the full-text stage, to see which reports both let
through at the stage before, which this reviewer has finished).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.review.screening import consensus
from reviewkit.review.screening.cards import Card, Hit, Progress, make_card
from reviewkit.review.screening.finding import Search
from reviewkit.review.screening.own_log import OwnLog, Saved
from reviewkit.review.screening.queue import Queue, next_training
from reviewkit.review.screening.stopping import Outlook, outlook
from reviewkit.review.screening.voting import (
    CONSENSUS,
    checked_lines,
    log_path,
    now,
    screening_now,
    shares,
    standing_stop,
    stopped_reports,
)
from reviewkit.screening import DECISIONS, RELEVANT, STAGES, Decision, standing_votes
from reviewkit.store.log import read_log

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

NOTE_LIMIT = 20_000
_TEACHING = (*RELEVANT, "exclude")


def open_desk(
    review: Review, stage: str, reviewer: str, *, ranked: bool = True, wait: bool = True, origin: str = "panel"
) -> Desk:
    """Open a reviewer's place at a stage.

    Parameters
    ----------
    ranked : bool
        Read the likely relevant first, learnt from this reviewer's votes and settled conflicts.
    wait : bool
        Learn the order before the desk opens; else it opens by title, and the order comes when it is learnt.
    origin : {'panel', 'command'}
        What log lines say of where a vote came from.

    Raises
    ------
    InputError
        If the stage or reviewer is unknown, or the full-text stage is opened by somebody who has not
        finished the stage before it.
    """
    consensus.check_stage(stage)
    wanted = review.protocol.screening
    if reviewer not in wanted.reviewers:
        raise InputError(f"reviewer {reviewer!r} is not in the protocol of {review.question}.", code="reviewer",
                         file=review.name("protocol.toml"), remedy=f"Reviewers there: {', '.join(wanted.reviewers)}.")
    share = [report for report, names in shares(review, stage).items() if reviewer in names]
    if stage == "full-text":
        if wanted.votes_title_abstract > 1:
            _check_first_stage(review, reviewer)
        entering = consensus.entering_reports(review, stage)
        share = [report for report in share if report in entering]
    desk = Desk(review, stage, reviewer, tuple(share), ranked=ranked, origin=origin)
    desk.learn(wait=wait)
    return desk


def _check_first_stage(review: Review, reviewer: str) -> None:
    first = STAGES[0]
    log = read_log(log_path(review, first, reviewer), review.root)
    left = consensus.unread(review, first, reviewer,
                            checked_lines(log, first, reviewer, review.protocol.reasons, review.report_now))
    if left:
        raise InputError(f"{reviewer!r} has {left} reports left at {first}; what enters the full-text stage would "
                         "show the other votes.", code="blind", remedy="Finish title and abstract first.")


class Desk:
    """One reviewer at one stage; opened by `open_desk`. Every call may come from any thread."""

    def __init__(
        self, review: Review, stage: str, reviewer: str, share: tuple[str, ...], *, ranked: bool, origin: str
    ) -> None:
        self.review = review
        self.stage = stage
        self.reviewer = reviewer
        self.reports = share
        self._origin = origin
        self._records = {report: review.reports[report] for report in share}
        self._lock = threading.RLock()
        self._skipped: dict[str, None] = {}
        self._train_at = 0
        self._current: str | None = None
        self._search = Search(self._records)
        self._own = OwnLog(log_path(review, stage, reviewer), reviewer, stage, reasons=review.protocol.reasons,
                           reports=review.report_now, root=review.root)
        self.queue = Queue(share, self._records, review.protocol, ranked=ranked)

    def next(self) -> Card | None:
        """The card to decide now; None when nothing is left. The same one until it is decided or skipped."""
        with self._lock:
            if self._current is None or self._current in self._own.standing:
                waiting = self._waiting()
                bare = [report for report in waiting if self._queue_of(report) == "without-text"]
                due = bare and self.queue.bare_due(self._own_labels())
                self._current = bare[0] if due else next(iter(waiting), None)
            return self.card(self._current) if self._current is not None else None

    def card(self, report: str) -> Card:
        """The card of any report of this reviewer's share.

        Raises
        ------
        InputError
            If the report is none of theirs at this stage.
        """
        with self._lock:
            self._check_mine(report)
            vote = self._own.standing.get(report)
            queue = self._queue_of(report)
            position = 0
            if vote is None:
                position = [other for other in self._waiting() if self._queue_of(other) == queue].index(report) + 1
            return make_card(report, self._records[report], vote, why=self.queue.why(report), position=position,
                             queue=queue)

    def vote_on(self, report: str) -> Decision | None:
        """This reviewer's vote on a report that stands, if there is one.

        Raises
        ------
        InputError
            If the report is none of theirs at this stage.
        """
        with self._lock:
            self._check_mine(report)
            return self._own.standing.get(report)

    def decide(self, report: str, decision: str, *, reason: str = "", note: str = "", nonce: str = "") -> Saved:
        """Vote on a report; the vote is on disk when this returns.

        Parameters
        ----------
        decision : {'include', 'exclude', 'maybe', 'not-retrieved', 'awaiting-classification'}
            The last two at the full-text stage only.
        reason : str
            For an exclusion, an id from the protocol's list; at the full-text stage there must be one.
        nonce : str
            The caller's own name for this act: the same one again writes nothing and returns what stands.

        Raises
        ------
        InputError
            If the vote may not be cast; nothing is written then.
        ReviewkitError
            If it could not be written; the log is as it was.
        """
        with self._lock:
            self._own.refresh()
            if (before := self._own.written(nonce)) is not None:
                return before
            self._check_mine(report)
            if decision not in DECISIONS or decision == "undo":
                allowed = ", ".join(word for word in DECISIONS if word != "undo")
                raise InputError(f"decision = {decision!r}; allowed: {allowed}.", code="decision")
            if reason and decision != "exclude":
                raise InputError(f"a reason is given with {decision!r}; only an exclusion has one.", code="reason",
                                 remedy="Leave the reason out, or exclude.")
            if len(note) > NOTE_LIMIT:
                raise InputError(f"the note has {len(note)} characters; at most {NOTE_LIMIT}.", code="note",
                                 remedy="Shorten it.")
            self._check_unseen(report)
            left = sum(other not in self._own.standing for other in self.reports if other != report)
            saved = self._own.add(self._line(report, decision, reason=reason, note=note, nonce=nonce,
                                             finishes="" if left else str(len(self.reports))))
            self._skipped.pop(report, None)
            self._learn()
            return saved

    def undo(self, *, nonce: str = "") -> str | None:
        """Take back this reviewer's last vote that stands; a new line says so. Its report, None if there is none.

        Raises
        ------
        InputError
            If the reviewer may have seen that the other vote differs: a conflict is settled by consensus.
        """
        with self._lock:
            self._own.refresh()
            if (before := self._own.written(nonce)) is not None:
                return before.report
            report = next(reversed(self._own.standing), None)
            if report is None:
                return None
            self._check_unseen(report)
            self._own.add(self._line(report, "undo", nonce=nonce))
            if report in self._records:
                self._current = report
            return report

    def skip(self, report: str) -> None:
        """Put a report behind all others for this sitting."""
        with self._lock:
            self._check_mine(report)
            self._skipped.pop(report, None)
            self._skipped[report] = None
            if self._current == report:
                self._current = None

    def find(self, text: str, status: str | None = None) -> tuple[Hit, ...]:
        """Reports that hold every word of a text, in the order of the queue.

        Parameters
        ----------
        text : str
            Looked for in title, abstract, authors, journal, year, keywords, identifiers and own notes; case
            and accents do not count. Empty finds all.
        status : str, optional
            Only reports with this vote of one's own, or 'unscreened', or 'skipped'.
        """
        with self._lock:
            return self._search.find(text, status, order=self.queue.order, votes=self._own.standing,
                                     skipped=self._skipped)

    @property
    def progress(self) -> Progress:
        """How far this reviewer is, from their own votes alone."""
        with self._lock:
            words = [self._own.standing[report].decision for report in self.reports if report in self._own.standing]
            left = [report for report in self.reports if report not in self._own.standing]
            return Progress(
                total=len(self.reports), done=len(words), left=len(left), included=words.count("include"),
                excluded=words.count("exclude"), maybe=words.count("maybe"),
                without_text=sum(report in self.queue.without_text for report in left),
                conflicts=self._open_conflicts() if self.complete else None, recall=self.queue.outlook.recall,
                advice=" ".join(filter(None, (self.queue.outlook.advice, self.queue.fault))),
            )

    @property
    def complete(self) -> bool:
        """Whether this reviewer has voted on everything of the stage, or stopped."""
        stop = standing_stop(self._own.marks)
        left = {report for report in self.reports if report not in self._own.standing}
        return not left or (stop is not None and left <= set(
            stopped_reports(self.review, self.stage, self.reviewer, stop)))

    def outlook(self) -> Outlook:
        """Recall so far and what each stopping rule says, from this reviewer's votes as they stand now."""
        with self._lock:
            return outlook(list(self._labels().values()), len(self.reports))

    def refresh(self) -> bool:
        """Read in what another kernel of this reviewer wrote; say whether there was something."""
        with self._lock:
            return self._own.refresh()

    def learn(self, *, wait: bool = True) -> None:
        """Learn the order from the votes that stand: now, or in the background."""
        with self._lock:
            self._train_at = next_training(len(self._own.standing))
            (self.queue.train if wait else self.queue.request)(self._labels())

    def settle(self, timeout: float | None = None) -> bool:
        """Wait until the order is learnt; say whether it is."""
        return self.queue.settle(timeout)

    def _waiting(self) -> list[str]:
        """Reports not voted on, in the order to read them; the skipped ones last."""
        fresh = [r for r in self.queue if r not in self._own.standing and r not in self._skipped]
        return fresh + [r for r in self._skipped if r not in self._own.standing]

    def _queue_of(self, report: str) -> str:
        if report in self._own.standing:
            return "voted"
        if report in self._skipped:
            return "skipped"
        return "without-text" if report in self.queue.without_text else "ranked"

    def _line(
        self, report: str, decision: str, *, reason: str = "", note: str = "", nonce: str = "", finishes: str = ""
    ) -> Decision:
        return Decision(now(), self.reviewer, self.stage, report, decision, reason, note,
                        self.review.protocol.question.version, self._origin, nonce, finishes)

    def _labels(self) -> dict[str, bool]:
        """What the order is learnt from: own votes, and in their place what consensus made of them."""
        votes = self._own_labels()
        log = read_log(log_path(self.review, self.stage, CONSENSUS), self.review.root)
        agreed = standing_votes(checked_lines(log, self.stage, CONSENSUS, self.review.protocol.reasons,
                                              self.review.report_now).decisions)
        return votes | {report: agreed[report].decision in RELEVANT for report in votes
                        if report in agreed and agreed[report].decision in _TEACHING}

    def _own_labels(self) -> dict[str, bool]:
        """Own votes by report, in the order cast: relevant or not; what is neither is left out."""
        return {report: vote.decision in RELEVANT for report, vote in self._own.standing.items()
                if report in self._records and vote.decision in _TEACHING}

    def _learn(self) -> None:
        if len(self._own.standing) >= self._train_at:
            self.learn(wait=False)

    def _check_mine(self, report: str) -> None:
        if report in self._records:
            return
        known = report in self.review.reports
        where = f"is not {self.reviewer}'s to read at {self.stage}" if known else "is unknown"
        raise InputError(f"report {report!r} {where}.", code="unknown-report",
                         remedy=f"See: reviewkit screen next {self.review.question} --stage {self.stage} "
                         f"--reviewer {self.reviewer}")

    def _check_unseen(self, report: str) -> None:
        """Refuse to change a vote after its reviewer may have seen that the other one differs."""
        if report not in self._own.standing or self.review.protocol.screening.votes(self.stage) == 1:
            return
        if not (self._own.before_finish(report) or self.complete):
            return
        status = screening_now(self.review).stages[self.stage].get(report)
        if status is not None and (status.open_conflict or status.consensus is not None):
            raise InputError(f"the votes on {report!r} are open to both reviewers and differ; yours can no longer "
                             "be changed or taken back.", code="seen",
                             remedy=f"Settle it by consensus: reviewkit screen resolve {self.review.question}")

    def _open_conflicts(self) -> int:
        mine = set(self.reports)
        return sum(s.open_conflict and s.report in mine for s in screening_now(self.review).at(self.stage))
