"""The session behind the duplicates panel: pairs that may be one report, one after the other, for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.lab.answers import add_answer, take_back
from reviewkit.lab.fields import compare
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.review.records.importing import DUPLICATE_COLUMNS, answers_of, read_duplicate_rows

if TYPE_CHECKING:
    from reviewkit.dedup import Answer as Said
    from reviewkit.dedup import Deduplication, Pair
    from reviewkit.review import Review

VERDICTS = ("same", "different")


class DuplicateSession(Session):
    """Answers the duplicates panel.

    Parameters
    ----------
    review : Review
    by : str
        Who answers, by role id; empty: the panel asks.
    """

    def __init__(self, review: Review, by: str) -> None:
        super().__init__({"hello": self._hello, "answer": self._say, "skip": self._skip, "undo": self._undo,
                          "by": self._choose})
        self._review = review
        self._path = review.folder / "duplicates.csv"
        self._by = by
        self._skipped: list[frozenset[str]] = []
        self._mine: list[dict[str, str]] = []
        self._nonces: set[str] = set()
        self._match()

    @property
    def people(self) -> list[str]:
        """Who may answer: the protocol's reviewers and whoever settles conflicts."""
        screening = self._review.protocol.screening
        return list(dict.fromkeys([*screening.reviewers, *([screening.consensus] if screening.consensus else [])]))

    def _match(self) -> None:
        """Compare the records once; answers are applied to the same comparisons afterwards."""
        from reviewkit.dedup import Settings, prepare
        from reviewkit.dedup.block import candidate_pairs
        from reviewkit.dedup.match import match_pairs

        settings = Settings(versions_apart=self._review.protocol.deduplication.versions_apart)
        self._columns = prepare(self._review.sources.records, ids=self._review.record_ids)
        self._matches = match_pairs(self._columns, candidate_pairs(self._columns, limit=settings.block_limit), settings)

    def _settled(self, more: tuple[Said, ...] = ()) -> Deduplication:
        from reviewkit.dedup.pipeline import settle

        return settle(self._columns, self._matches, (*answers_of(self._rows()), *more))

    def _rows(self) -> list[Mapping[str, str]]:
        return read_duplicate_rows(self._path, self._review.root)

    def _waiting(self) -> list[Pair]:
        """Pairs of the 'maybe' band, and those an import left open because both reports were judged already."""
        from reviewkit.dedup import Pair

        found = {frozenset((pair.one, pair.other)): pair for pair in self._settled().maybe}
        answered = {frozenset((row["record_a"], row["record_b"])) for row in self._rows() if row["verdict"]}
        for row in self._rows():
            ends = frozenset((row["record_a"], row["record_b"]))
            if not row["verdict"] and ends not in answered and ends <= self._review.records.keys():
                found.setdefault(ends, Pair(row["record_a"], row["record_b"], row["note"], 0.0))
        return list(found.values())

    def _hello(self, _request: Request) -> Answer:
        return self._draw(people=self.people, file=self._review.name("duplicates.csv"))

    def _choose(self, request: Request) -> Answer:
        who = request.text("by")
        if who not in self.people:
            raise InputError(f"{who!r} is not in the protocol; it names: {', '.join(self.people)}.", code="reviewer")
        self._by = who
        return self._draw()

    def _say(self, request: Request) -> Answer:
        from reviewkit.dedup import Answer as Said

        if request.nonce in self._nonces:
            return self._draw()
        if not self._by:
            raise InputError("nobody is named who answers.", code="reviewer", remedy="Choose your name above.")
        one, other, verdict = (request.text(name) for name in ("one", "other", "verdict"))
        known = self._review.records
        if verdict not in VERDICTS or one not in known or other not in known or one == other:
            raise InputError(f"{verdict!r} of {one!r} and {other!r} is no answer.", code="request",
                             remedy="Run the cell again.")
        # Refused here if it contradicts an earlier answer, before anything is written.
        self._settled((Said(one, other, verdict == "same"),))
        row = dict(zip(DUPLICATE_COLUMNS, (one, other, verdict, self._by, request.text("note").strip()), strict=True))
        add_answer(self._path, row, root=self._review.root)
        self._mine.append(row)
        self._nonces.add(request.nonce)
        return self._draw(moved=True)

    def _skip(self, request: Request) -> Answer:
        self._skipped.append(frozenset((request.text("one"), request.text("other"))))
        return self._draw(moved=True)

    def _undo(self, _request: Request) -> Answer:
        if not self._mine:
            return Answer({"said": "Nothing to undo: earlier answers are changed in duplicates.csv."})
        row = self._mine[-1]
        take_back(self._path, row, root=self._review.root)
        self._mine.pop()
        return self._draw(first=frozenset((row["record_a"], row["record_b"])), moved=True, said="Taken back.")

    def _draw(self, *, first: frozenset[str] | None = None, moved: bool = False, **more: Any) -> Answer:
        order = {pair: place for place, pair in enumerate(self._skipped, 1)}

        def rank(pair: Pair) -> tuple[bool, int, float]:
            ends = frozenset((pair.one, pair.other))
            return ends != first, order.get(ends, 0), -pair.score

        waiting = sorted(self._waiting(), key=rank)
        values: dict[str, Any] = {
            "by": self._by, "left": len(waiting), "answered": len(self._mine),
            "question": self._review.question, **more,
            "pair": self._pair(waiting[0]) if waiting else None,
        }  # fmt: skip
        return Answer(values, moved=moved)

    def _pair(self, pair: Pair) -> dict[str, Any]:
        one, other = self._review.records[pair.one], self._review.records[pair.other]
        return {
            "one": pair.one, "other": pair.other, "rule": pair.rule, "score": round(pair.score, 2),
            "files": [f"{r.origin.file}, line {r.origin.line}" for r in (one, other)],
            "fields": [
                {"name": f.name, "label": f.label, "verdict": f.verdict, "one": f.one, "other": f.other}
                for f in compare(one, other)
            ],
        }  # fmt: skip
