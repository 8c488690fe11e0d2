"""The session behind the comparison of two extractors: where they differ, settled one cell at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.extraction.compare import Comparison, Difference
from reviewkit.lab.extraction import included_study
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.review.extraction.extracting import (
    compare,
    read_settled,
    settle_difference,
    unfinished,
    write_consensus,
)

if TYPE_CHECKING:
    from reviewkit.review import Review


class DifferenceSession(Session):
    """Answers the comparison of one study.

    Parameters
    ----------
    review : Review
    study : str
        Study id; it is included.

    Raises
    ------
    InputError
        If the study is unknown, a table is missing, or one of the two extractors has not finished the study.
    """

    def __init__(self, review: Review, study: str) -> None:
        super().__init__({"hello": self._hello, "settle": self._settle, "write": self._write})
        self._review, self._study = review, included_study(review, study)
        self._compared()

    def _compared(self) -> Comparison:
        study = self._study.study_id
        names = unfinished(self._review).get(study, ())
        if names and len(self._review.protocol.extraction.extractors) > 1:
            raise InputError(
                f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} not finished {study}; nobody sees the "
                "other's rows before.", code="unfinished", remedy="Finished: rows are there, all complete and within "
                f"the rules. Each sees in the form, or by reviewkit check {self._review.question}, what is left.")
        return compare(self._review, only=[self._study.study_id])

    def _hello(self, _request: Request) -> Answer:
        protocol = self._review.protocol
        names = protocol.extraction.extractors[:2]
        third = protocol.screening.consensus
        people = list(dict.fromkeys([*names, *([third] if third else [])]))
        return self._answer(config={
            "study": self._study.study_id, "label": self._study.label, "names": names, "people": people,
            "together": " and ".join(names), "file": self._review.name("extraction", "consensus.csv"),
        })  # fmt: skip

    def _settle(self, request: Request) -> Answer:
        wanted = (request.text("place"), request.text("one"), request.text("other"))
        for difference in self._compared().differences:
            if (_place(difference), difference.one, difference.other) == wanted:
                break
        else:
            raise InputError("this difference is no more: a table was changed meanwhile.", code="gone",
                             remedy="Run the cell again.")
        settle_difference(self._review, difference, request.text("consensus").strip(), by=request.text("by").strip(),
                          reason=request.text("reason").strip())
        return self._answer(moved=True)

    def _write(self, _request: Request) -> Answer:
        return self._answer(moved=True)

    def _answer(self, *, moved: bool = False, **more: Any) -> Answer:
        found, settled = self._compared(), read_settled(self._review)
        rows = []
        for item in found.differences:
            told = settled.get((item.key, item.column))
            rows.append({
                "place": _place(item), "row": item.place, "column": item.column, "one": item.one, "other": item.other,
                "settled": {"consensus": told[0], "by": told[1], "reason": told[2]} if told else None,
            })  # fmt: skip
        if moved:
            more["waiting"] = len(write_consensus(self._review))
        return Answer({
            **more, "differences": rows, "open": sum(row["settled"] is None for row in rows), "cells": found.cells,
            "agreed": found.agreed, "paired": found.paired, "agreement": found.agreement,
        }, moved=moved)  # fmt: skip


def _place(difference: Difference) -> str:
    """What names a difference in the panel: its key and column, which hold no tab."""
    return "\t".join((*difference.key, difference.column))
