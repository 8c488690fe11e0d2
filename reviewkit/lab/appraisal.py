"""The session behind the form for risk of bias: one assessor, one study, an answer saved at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewkit.appraisal import OVERALL
from reviewkit.appraisal.answers import WORDS
from reviewkit.errors import InputError
from reviewkit.lab.extraction import texts_of
from reviewkit.lab.highlight import Terms
from reviewkit.lab.pdfs import PdfAnswers
from reviewkit.lab.session import Answer, Request, Session
from reviewkit.lab.text import card_values
from reviewkit.review.appraisal.edit import ANSWERED, JUDGED, look, set_cells, target_of
from reviewkit.review.appraisal.template import path_of
from reviewkit.review.screening.cards import make_card
from reviewkit.store.files import show

if TYPE_CHECKING:
    from reviewkit.appraisal import Domain, Tool
    from reviewkit.review import Review


class AppraiseSession(Session):
    """Answers the risk-of-bias form of one assessor; it reads nobody else's file.

    Parameters
    ----------
    review : Review
    study : str
        Study id, or the report id of a cited review; empty for an outcome's synthesis.
    assessor : str
        Role id in the protocol.
    outcome, tool : str
        As in `reviewkit.review.appraisal.edit.target_of`.

    Raises
    ------
    InputError
        If one of them is unknown, or the assessor's file cannot be read.
    """

    def __init__(self, review: Review, study: str, assessor: str, *, outcome: str = "", tool: str = "") -> None:
        self._review = review
        self._target = target_of(review, assessor, study, outcome=outcome, tool=tool)
        self._reports = self._reports_of(study)
        self._pdfs = PdfAnswers(review, self._report)
        super().__init__({"hello": self._hello, "cell": self._cell, **self._pdfs.handlers})
        look(review, self._target)

    @property
    def name(self) -> str:
        """What is appraised, in words."""
        target = self._target
        return " for ".join(part for part in (target.study_id, target.outcome) if part)

    def _reports_of(self, study: str) -> tuple[str, ...]:
        found = next((one for one in self._review.all_studies if one.study_id == study), None)
        if found is not None:
            return found.reports
        return (study,) if study in self._review.reports else ()

    def _hello(self, _request: Request) -> Answer:
        return self._answer(config=self._config())

    def _cell(self, request: Request) -> Answer:
        """Cells of one question or judgement; a message that arrives twice changes nothing the second time."""
        set_cells(self._review, self._target, request.text("row"), texts_of(request, "cells"),
                  was=texts_of(request, "was"))
        return self._answer(moved=True)

    def _report(self, report: str) -> None:
        if report not in self._reports:
            raise InputError(f"report {report!r} is none of {self._target.study_id}.", code="unknown-report",
                             remedy="Run the cell again.")

    def _config(self) -> dict[str, Any]:
        target, tool, review = self._target, self._target.tool, self._review
        label = next((one.label for one in review.all_studies if one.study_id == target.study_id), "")
        return {
            "study": target.study_id, "label": label or target.study_id, "assessor": target.assessor,
            "outcome": review.outcome(target.outcome).name if target.outcome else "",
            "file": show(path_of(review, target.assessor), review.root),
            "tool": {"id": tool.id, "name": tool.name, "citation": tool.source.citation, "read": tool.source.read,
                     "unchecked": list(tool.not_checked) if tool.checked_against_source else [],
                     "checked": not tool.not_checked, "remarks": list(tool.remarks)},
            "answered": ANSWERED, "judged": JUDGED, "words": WORDS,
            "domains": [_domain(tool, domain) for domain in tool.domains],
            "overall": [level.word for level in tool.levels_of(OVERALL)],
            "reports": [self._card(report) for report in self._reports],
        }  # fmt: skip

    def _card(self, report: str) -> dict[str, Any]:
        highlight = self._review.protocol.screening.highlight
        card = make_card(report, self._review.reports[report], None, why=(), position=0, queue="voted")
        return {**card_values(card, Terms(highlight.include, highlight.exclude)), "standing": "", "why": "",
                "place": "", "pdf": self._pdfs.values(report)}

    def _answer(self, *, moved: bool = False, **more: Any) -> Answer:
        found = look(self._review, self._target)
        proposal = found.proposal
        return Answer({
            **more, "cells": {place: dict(cells) for place, cells in found.cells.items()},
            "proposed": {
                one.domain: {"judgement": one.judgement, "path": list(one.path), "missing": list(one.missing),
                             "stars": list(one.stars) if one.stars else None}
                for one in proposal.domains
            },
            "overall": {"judgement": proposal.overall, "why": proposal.why}, "missing": list(proposal.missing),
            "remarks": [{"place": r.place, "kind": r.kind, "text": r.text, "remedy": r.remedy}
                        for r in found.remarks],
        }, moved=moved)  # fmt: skip


def _domain(tool: Tool, domain: Domain) -> dict[str, Any]:
    return {
        "id": domain.id, "name": domain.name, "algorithm": bool(domain.steps or domain.thresholds),
        "follows": bool(domain.steps), "levels": [level.word for level in tool.levels_of(domain.id)],
        "questions": [
            {"id": question.id, "text": question.text, "answers": list(question.answers),
             "when": domain.asked_when(question.id) if "NA" in question.answers else ""}
            for question in domain.questions
        ],
    }  # fmt: skip
