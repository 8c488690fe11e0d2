"""The session behind the conflict panel: both votes side by side, settled one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewkit.lab.highlight import Terms
from reviewkit.lab.screening import STAGE_NAMES, choices
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.lab.text import card_values, marks
from reviewkit.review.screening.cards import make_card
from reviewkit.review.screening.consensus import Conflict, conflicts, resolve

if TYPE_CHECKING:
    from reviewkit.review import Review


class ConflictSession(Session):
    """Answers the conflict panel.

    Parameters
    ----------
    review : Review
    stage : {'title-abstract', 'full-text'}
    names : tuple of str
        Who settles, by role id: the third person, or all who voted together.

    Raises
    ------
    InputError
        If one of them is a reviewer who has not finished the stage.
    """

    def __init__(self, review: Review, stage: str, names: tuple[str, ...]) -> None:
        super().__init__({"hello": self._hello, "resolve": self._resolve, "skip": self._skip, "undo": self._undo})
        self._review, self._stage, self._names = review, stage, names
        highlight = review.protocol.screening.highlight
        self._terms = Terms(highlight.include, highlight.exclude)
        self._settled: list[str] = []
        self._read()

    def _read(self) -> None:
        """Read the conflicts that are open now; who still screens sees none."""
        for name in self._names:
            found = conflicts(self._review, self._stage, reader=name)
        self._open: dict[str, Conflict] = {conflict.report: conflict for conflict in found}

    def _hello(self, _request: Request) -> Answer:
        self._read()
        decisions = choices(self._review.protocol.eligibility.reasons, self._stage)
        decisions["decisions"] = tuple(word for word in decisions["decisions"] if word != "maybe")
        return self._answer(config={
            "stageName": STAGE_NAMES[self._stage], "by": " and ".join(self._names), **decisions,
            "marks": marks(self._review.protocol.screening.highlight),
            "whenDone": "A conflict opens once all wanted votes on a report are in and differ, or are unsure.",
        })  # fmt: skip

    def _resolve(self, request: Request) -> Answer:
        values = {name: request.text(name) for name in ("report", "decision", "reason", "note")}
        resolve(self._review, self._stage, values["report"], values["decision"], by=self._names,
                reason=values["reason"], note=values["note"], nonce=request.nonce)
        if self._open.pop(values["report"], None):
            self._settled.append(values["report"])
        return self._answer(moved=True)

    def _skip(self, request: Request) -> Answer:
        conflict = self._open.pop(request.text("report"), None)
        if conflict:
            self._open[conflict.report] = conflict
        return self._answer(moved=True)

    def _undo(self, request: Request) -> Answer:
        if not self._settled:
            return Answer({"said": "Nothing to undo here."})
        report = self._settled[-1]
        resolve(self._review, self._stage, report, "undo", by=self._names, note="taken back in the panel",
                nonce=request.nonce)
        self._settled.pop()
        self._read()
        back = self._open.pop(report, None)
        if back:
            self._open = {report: back, **self._open}
        return self._answer(moved=True, said="Taken back.")

    def _answer(self, *, moved: bool = False, **more: Any) -> Answer:
        first = next(iter(self._open.values()), None)
        return Answer({**more, "left": len(self._open), "settled": len(self._settled),
                       "conflict": self._values(first) if first else None}, moved=moved)

    def _values(self, conflict: Conflict) -> dict[str, Any]:
        record = self._review.reports[conflict.report]
        card = make_card(conflict.report, record, None, why=(), position=0, queue="voted")
        labels = self._review.protocol.reasons
        return {
            "card": {**card_values(card, self._terms), "standing": "", "why": "", "place": ""},
            "votes": [
                {
                    "reviewer": vote.reviewer, "decision": vote.decision, "note": vote.note,
                    "reason": labels.get(vote.reason, vote.reason), "time": vote.time[:16].replace("T", " "),
                }
                for vote in conflict.votes
            ],
        }  # fmt: skip
