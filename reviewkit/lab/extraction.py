"""The session behind the extraction form: one study's rows, a cell saved at a time, with what the rules say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.extraction.schema import SCHEMA
from reviewkit.lab.highlight import Terms
from reviewkit.lab.pdfs import PdfAnswers
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.lab.text import card_values
from reviewkit.review.extraction.edit import (
    ALL_COLUMNS,
    FIXED,
    add_rows,
    duplicate_row,
    put_back,
    set_cells,
    table_rows,
    take_row,
)
from reviewkit.review.extraction.extracting import finished_studies, table_of
from reviewkit.review.extraction.look import Look, Note, look
from reviewkit.review.screening.cards import make_card
from reviewkit.store.files import show

if TYPE_CHECKING:
    from reviewkit.extraction import Study, StudyResult
    from reviewkit.review import Review

GROUPS = (
    ("What", ("arm", "arm_role", "comparison", "instrument", "timepoint", "timepoint_weeks", "value_type",
              "analysis_set")),
    ("Numbers", ("as_printed", "n", "n_status", "mean", "sd", "se", "spread", "ci_low", "ci_high", "median", "q1",
                 "q3", "range_low", "range_high", "events", "total", "percent", "person_time", "effect",
                 "effect_measure", "effect_ci_low", "effect_ci_high", "n_intervention", "n_comparator",
                 "p_value_printed", "p_kind", "reported_direction", "number_status")),
    ("Where it stands", ("locator", "quote", "url", "note")),
    ("Scale and source", ("unit", "scale_min", "scale_max", "higher_is", "report_id", "outcome", "design",
                          "source_row")),
)  # fmt: skip
_ALWAYS = frozenset({"arm", "arm_role", "instrument", "timepoint", "timepoint_weeks", "value_type", "analysis_set",
                     "as_printed", "n", "n_status", "number_status", "locator", "note"})
_MEANS = ("mean", "sd", "se", "spread", "ci_low", "ci_high")
_CONTRAST = ("comparison", "effect", "effect_measure", "effect_ci_low", "effect_ci_high", "n_intervention",
             "n_comparator", "p_value_printed", "p_kind")
SHOWN: dict[str, tuple[str, ...]] = {
    "": _MEANS, "final": _MEANS, "change": _MEANS, "events": ("events", "total"), "rate": ("events", "person_time"),
    "percent": ("percent", "total"), "median_iqr": ("median", "q1", "q3"),
    "median_range": ("median", "range_low", "range_high"), "contrast": _CONTRAST, "test": _CONTRAST,
    "p": ("p_value_printed", "p_kind", "reported_direction"), "direction": ("reported_direction",),
    "null": ("reported_direction", "p_value_printed"), "none": (),
}
"""Columns of the form for each kind of value; a filled cell is always shown, and all of them on request."""


class ExtractSession(Session):
    """Answers the extraction form of one extractor for one study.

    Parameters
    ----------
    review : Review
    study : str
        Study id; it is included.
    extractor : str
        Role id; the session reads nobody else's table.

    Raises
    ------
    InputError
        If the study or the extractor is unknown, or the table cannot be read.
    """

    def __init__(self, review: Review, study: str, extractor: str) -> None:
        self._path = table_of(review, extractor)
        self._study = included_study(review, study)
        self._review, self._extractor = review, extractor
        self._pdfs = PdfAnswers(review, self._report)
        super().__init__({
            "hello": self._hello, "cell": self._cell, "add": self._add, "duplicate": self._duplicate,
            "remove": self._remove, "undo": self._undo, **self._pdfs.handlers,
        })  # fmt: skip
        self._taken: list[tuple[Mapping[str, str], str]] = []
        self._done: dict[str, str] = {}
        table_rows(review, extractor)

    def _hello(self, _request: Request) -> Answer:
        return self._answer(config=self._config())

    def _cell(self, request: Request) -> Answer:
        """Cells of one row; a message that arrives twice changes nothing the second time."""
        set_cells(self._review, self._extractor, request.text("row"), texts_of(request, "cells"),
                  was=texts_of(request, "was"))
        return self._answer(moved=True)

    def _add(self, request: Request) -> Answer:
        if request.nonce not in self._done:
            ids = add_rows(self._review, self._extractor, self._study.study_id, request.text("outcome"))
            self._done[request.nonce] = ids[0] if ids else ""
        return self._answer(moved=True, row=self._done[request.nonce])

    def _duplicate(self, request: Request) -> Answer:
        if request.nonce not in self._done:
            self._own(request.text("row"))
            self._done[request.nonce] = duplicate_row(self._review, self._extractor, request.text("row"))
        return self._answer(moved=True, row=self._done[request.nonce])

    def _remove(self, request: Request) -> Answer:
        if request.nonce not in self._done:
            self._own(request.text("row"))
            self._taken.append(take_row(self._review, self._extractor, request.text("row")))
            self._done[request.nonce] = ""
        return self._answer(moved=True)

    def _undo(self, request: Request) -> Answer:
        if request.nonce in self._done:
            return self._answer(moved=True)
        if not self._taken:
            return Answer({"said": "Nothing to undo."})
        row, after = self._taken[-1]
        put_back(self._review, self._extractor, row, after)
        self._taken.pop()
        self._done[request.nonce] = row["row_id"]
        return self._answer(moved=True, row=row["row_id"])

    def _own(self, row_id: str) -> None:
        found = {cells["row_id"] for _, cells in table_rows(self._review, self._extractor)
                 if cells["study_id"] == self._study.study_id}
        if row_id not in found:
            raise InputError(f"row {row_id!r} is no row of {self._study.study_id}.", code="gone",
                             remedy="Run the cell again.")

    def _report(self, report: str) -> None:
        if report not in self._study.reports:
            raise InputError(f"report {report!r} is no report of {self._study.study_id}.", code="unknown-report",
                             remedy="Run the cell again.")

    def _config(self) -> dict[str, Any]:
        protocol, study = self._review.protocol, self._study
        sets = [found.id for found in protocol.analysis_sets]
        choices: dict[str, list[str]] = {column.name: list(column.choices) for column in SCHEMA if column.choices}
        choices |= {"analysis_set": sets, "outcome": list(protocol.outcome_ids), "report_id": list(study.reports)}
        return {
            "study": study.study_id, "label": study.label, "extractor": self._extractor, "groups": GROUPS,
            "file": show(self._path, self._review.root), "choices": choices, "shown": SHOWN, "always": sorted(_ALWAYS),
            "required": [column.name for column in SCHEMA if column.required],
            "numbers": [column.name for column in SCHEMA if column.kind not in ("id", "text", "choice")],
            "outcomes": [(found.id, found.name) for found in protocol.outcomes],
            "instruments": {o.id: [i.name for i in o.instruments] for o in protocol.outcomes},
            "people": study.n_randomised, "reports": [self._card(report) for report in study.reports],
        }  # fmt: skip

    def _card(self, report: str) -> dict[str, Any]:
        highlight = self._review.protocol.screening.highlight
        card = make_card(report, self._review.reports[report], None, why=(), position=0, queue="voted")
        return {**card_values(card, Terms(highlight.include, highlight.exclude)), "standing": "", "why": "",
                "place": "", "pdf": self._pdfs.values(report)}

    def _answer(self, *, moved: bool = False, **more: Any) -> Answer:
        lines = table_rows(self._review, self._extractor)
        found = look(self._review, lines, self._study.study_id, file=show(self._path, self._review.root))
        rows = [{column: cells[column] for column in ALL_COLUMNS} for _, cells in lines
                if cells["study_id"] == self._study.study_id]
        finished = self._study.study_id in finished_studies(self._review, self._extractor)
        return Answer({**more, "rows": rows, "finished": finished, "fixed": sorted(FIXED), "undo": len(self._taken),
                       **look_values(found)},
                      moved=moved)


def included_study(review: Review, study: str) -> Study:
    """A study by its id.

    Raises
    ------
    InputError
        If it is not among the included ones; the message lists them.
    """
    for found in review.studies:
        if found.study_id == study:
            return found
    known = ", ".join(found.study_id for found in review.studies) or "none yet"
    raise InputError(f"study {study!r} is not included; included: {known}.", code="unknown-study",
                     remedy="Check the spelling, or gather the study in studies.csv.")


def look_values(found: Look) -> dict[str, Any]:
    """Notes and effects as plain values."""
    return {"notes": [_note(note) for note in found.notes],
            "effects": [{"outcome": outcome, **_effect(result)} for outcome, result in found.results]}


def _note(note: Note) -> dict[str, Any]:
    return {"row": note.row, "column": note.column, "kind": note.kind, "text": note.text, "remedy": note.remedy,
            "offers": [{"label": offer.label, "cells": dict(offer.cells)} for offer in note.offers]}


def _effect(result: StudyResult) -> dict[str, Any]:
    return {
        "usable": result.usable, "reason": result.reason, "part": result.part, "unused": list(result.unused),
        "steps": [{"kind": step.kind, "text": step.text, "source": step.source} for step in result.steps],
    }


def texts_of(request: Request, name: str) -> dict[str, str]:
    """A value of a request that has to be texts by name.

    Raises
    ------
    InputError
        If it is missing or something else.
    """
    values = request.values.get(name)
    if not isinstance(values, Mapping) or not all(isinstance(v, str) for pair in values.items() for v in pair):
        raise InputError(f"the panel sent no {name}.", code="request", remedy="Run the cell again.")
    return dict(values)
