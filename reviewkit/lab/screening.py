"""The session behind the screening panel: it asks the desk, and says what the panel has to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.lab.highlight import Terms
from reviewkit.lab.pdfs import PdfAnswers
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.lab.text import LIMITS, WHOLE, card_values, marks, shown
from reviewkit.numbers import count, percent
from reviewkit.screening.decisions import DECISIONS, FULL_TEXT_ONLY

if TYPE_CHECKING:
    from reviewkit.protocol import ExclusionReason
    from reviewkit.review import Review
    from reviewkit.review.screening.cards import Card, Progress
    from reviewkit.review.screening.desk import Desk
    from reviewkit.screening.stopping import RecallEstimate

STAGE_NAMES = {"title-abstract": "Title and abstract", "full-text": "Full text"}
STATUS_WORDS = {
    "unscreened": "not decided", "skipped": "skipped", "include": "included", "exclude": "excluded", "maybe": "maybe",
    "not-retrieved": "not retrieved", "awaiting-classification": "awaiting classification",
}  # fmt: skip
HITS = 50
"""Most records a search lists."""


class ScreenSession(Session):
    """Answers the screening panel of one reviewer at one stage.

    Parameters
    ----------
    review : Review
    stage : {'title-abstract', 'full-text'}
    reviewer : str
        Role id; the session never asks for anybody else's votes.
    desk : Desk
        Hands out cards and writes decisions.
    """

    def __init__(self, review: Review, stage: str, reviewer: str, desk: Desk) -> None:
        self._pdfs = PdfAnswers(review, desk.card) if stage == "full-text" else None
        super().__init__({
            "hello": self._hello, "next": self._next, "open": self._open, "decide": self._decide,
            "undo": self._undo, "skip": self._skip, "find": self._find, "whole": self._whole,
            **(self._pdfs.handlers if self._pdfs else {}),
        })  # fmt: skip
        self._review, self._stage, self._reviewer, self._desk = review, stage, reviewer, desk
        highlight = review.protocol.screening.highlight
        self._terms = Terms(highlight.include, highlight.exclude)

    def _hello(self, _request: Request) -> Answer:
        self._desk.refresh()
        return self._answer(self._desk.next(), config=self._config())

    def _next(self, _request: Request) -> Answer:
        return self._answer(self._desk.next())

    def _open(self, request: Request) -> Answer:
        return self._answer(self._desk.card(request.text("report")))

    def _decide(self, request: Request) -> Answer:
        values = {name: request.text(name) for name in ("report", "decision", "reason", "note")}
        self._desk.decide(values["report"], values["decision"], reason=values["reason"], note=values["note"],
                          nonce=request.nonce)
        return self._answer(self._desk.next(), moved=True)

    def _undo(self, request: Request) -> Answer:
        report = self._desk.undo(nonce=request.nonce)
        if report is None:
            return Answer({"undone": False, "said": "Nothing to undo."})
        return self._answer(self._desk.next(), moved=True, undone=True)

    def _skip(self, request: Request) -> Answer:
        self._desk.skip(request.text("report"))
        return self._answer(self._desk.next(), moved=True)

    def _find(self, request: Request) -> Answer:
        hits = self._desk.find(request.text("text"), request.text("status") or None)
        listed = [
            {
                "report": hit.report, "title": hit.title[:300], "status": STATUS_WORDS.get(hit.status, hit.status),
                "source": ", ".join(part for part in (hit.authors[:100], str(hit.year or "")) if part),
            }
            for hit in hits[:HITS]
        ]
        return Answer({"hits": listed, "more": len(hits) > HITS})

    def _whole(self, request: Request) -> Answer:
        part = request.text("part")
        if part not in LIMITS:
            raise InputError(f"the panel asked for {part!r}.", code="request", remedy="Run the cell again.")
        text = str(getattr(self._desk.card(request.text("report")), part))
        return Answer({"text": shown(text, self._terms, WHOLE)})

    def _answer(self, card: Card | None, *, moved: bool = False, **more: Any) -> Answer:
        values: dict[str, Any] = {"progress": self._progress(self._desk.progress), **more}
        values["card"] = self._card(card) if card else None
        return Answer(values, moved=moved)

    def _card(self, card: Card) -> dict[str, Any]:
        values = card_values(card, self._terms)
        values |= {"standing": self._standing(card), "why": _why(card), "place": _place(card)}
        if self._pdfs:
            values["pdf"] = self._pdfs.values(card.report)
        return values

    def _standing(self, card: Card) -> str:
        if card.status == "unscreened":
            return ""
        reason = f" ({self._review.protocol.reasons.get(card.reason, card.reason)})" if card.reason else ""
        word = STATUS_WORDS.get(card.status, card.status)
        return f"You decided: {word}{reason}. Deciding again replaces it; the log keeps both lines."

    def _config(self) -> dict[str, Any]:
        protocol = self._review.protocol
        full_text = self._pdfs is not None
        statuses = ("unscreened", "skipped", *allowed(self._stage))
        return {
            "stage": self._stage, "stageName": STAGE_NAMES[self._stage], "reviewer": self._reviewer,
            **choices(protocol.eligibility.reasons, self._stage), "fullText": full_text,
            "marks": marks(protocol.screening.highlight),
            "statuses": [("", "all"), *((name, STATUS_WORDS[name]) for name in statuses)],
            "whenDone": self._when_done(),
            "whenNone": "A report enters the full-text stage once title and abstract are settled." if full_text
            else f"Import records first: reviewkit import {self._review.question}",
        }  # fmt: skip

    def _when_done(self) -> str:
        if self._review.protocol.screening.votes(self._stage) > 1:
            return ("Your votes are complete. Once the other reviewer has finished, conflicts open in "
                    "rk.lab.resolve(review, stage, by=…). Any record can still be found and decided anew.")
        return "Any record can still be found and decided anew."

    def _progress(self, progress: Progress) -> dict[str, Any]:
        counts = [
            (f"{count(progress.done)} of {count(progress.total)}", "decided"), (f"{count(progress.left)}", "left"),
            (f"{count(progress.included)}", "included"), (f"{count(progress.maybe)}", "maybe"),
        ]  # fmt: skip
        if progress.without_text:
            counts.append((f"{count(progress.without_text)}", "left have no title and abstract"))
        if self._review.protocol.screening.votes(self._stage) > 1:
            counts.append(("", "conflicts: hidden until you finish") if progress.conflicts is None
                          else (f"{count(progress.conflicts)}", "conflicts"))
        if progress.recall is not None:
            counts.append(_recall(progress.recall))
        return {"total": progress.total, "done": progress.done, "left": progress.left, "counts": counts,
                "advice": progress.advice}


def allowed(stage: str) -> tuple[str, ...]:
    """The decisions a vote may be at a stage."""
    return tuple(word for word in DECISIONS if word != "undo" and (stage == "full-text" or word not in FULL_TEXT_ONLY))


def choices(reasons: Sequence[ExclusionReason], stage: str) -> dict[str, Any]:
    """What the panels need to offer decisions: the kinds, the reasons with their keys, whether one is needed."""
    listed, without = reason_keys(reasons)
    return {"decisions": allowed(stage), "reasons": listed, "noReasonKey": without,
            "reasonRequired": stage == "full-text"}


def reason_keys(reasons: Sequence[ExclusionReason]) -> tuple[list[dict[str, str]], str]:
    """Exclusion reasons each with a key of its own, and the key for excluding without one.

    A key that the protocol gives is kept; a missing or repeated one becomes the first free digit or letter.
    """
    free = iter(key for key in "123456789abcdfghijklmnopqrstuvwxyz" if key not in {r.key for r in reasons})
    used: set[str] = set()
    found = []
    for reason in reasons:
        key = reason.key if reason.key and reason.key not in used else next(free, "")
        used.add(key)
        found.append({"id": reason.id, "label": reason.label, "key": key})
    return found, next(key for key in ("e", "0", ".") if key not in used)


def _recall(found: RecallEstimate) -> tuple[str, str]:
    """Estimated recall as a count with its label."""
    if math.isnan(found.estimate):
        return "", "recall so far: nothing to estimate it from yet"
    estimate, low, high = (percent(100 * part, 0) for part in (found.estimate, found.low, found.high))
    return estimate, f"recall so far, estimated ({low} to {high})"


def _why(card: Card) -> str:
    if card.queue == "without-text":
        return "it has neither title nor abstract; such records have a queue of their own."
    if card.queue == "skipped":
        return "you skipped it before."
    if card.queue == "voted":
        return ""
    if card.why:
        return f"ranked by the terms {', '.join(card.why)}."
    return "nothing has been learnt from your votes yet."


def _place(card: Card) -> str:
    return f"place {count(card.position)} of the queue" if card.position else ""
