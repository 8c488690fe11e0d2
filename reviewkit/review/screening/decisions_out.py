"""Reports with their decisions, as files that ASReview, Rayyan, Covidence and reference managers take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.review.screening.consensus import check_stage, entering_reports, under_way
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.screening.voting import every_line, read_logs, statuses
from reviewkit.screening.labels import plain_note, rayyan_note
from reviewkit.writers import Column, text_of

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

STATUSES = ("all", "include", "exclude", "maybe", "conflict", "awaiting second vote", "unscreened", "not-retrieved",
            "awaiting-classification", "stopped")
_SYNONYMS = {"included": "include", "excluded": "exclude", "waiting": "awaiting second vote"}
_DECIDED = ("include", "exclude", "maybe", "not-retrieved", "awaiting-classification")


@dataclass(frozen=True, slots=True)
class Exported:
    """The text of a file, how many reports it holds, and whether it says what was decided."""

    text: str
    reports: int
    labelled: bool


@dataclass(frozen=True, slots=True)
class _Said:
    status: str = "unscreened"
    reason: str = ""
    note: str = ""
    who: str = ""


def export_reports(
    review: Review, form: str, *, status: str = "all", stage: str = "title-abstract", reviewer: str = ""
) -> Exported:
    """Reports of a stage with a status, in a format; each entry's key is the report's id.

    Parameters
    ----------
    form : str
        ris, bibtex, csv, endnote-xml, asreview, rayyan or covidence.
    status : str
        One of `STATUSES`; 'included' and 'excluded' are understood.
    reviewer : str
        This reviewer's own share and votes; else what all votes came to, which is shown when all have finished. Until
        then ``all`` gives the reports without decisions.

    Raises
    ------
    InputError
        If status, stage, format or reviewer is unknown, or votes are still out.
    """
    check_stage(stage)
    wanted = _SYNONYMS.get(status, status)
    if wanted not in STATUSES:
        raise InputError(f"status {status!r} is unknown.", code="status", remedy=f"Say one of: {', '.join(STATUSES)}.")
    said, labelled = _said(review, stage, reviewer, wanted)
    chosen = {report: one for report, one in said.items() if wanted in ("all", one.status)}
    records = [replace(review.reports[report], key=report) for report in chosen]
    return Exported(_text(review, records, form, chosen if labelled else {}), len(records), labelled)


def _said(review: Review, stage: str, reviewer: str, status: str) -> tuple[dict[str, _Said], bool]:
    if reviewer:
        desk = open_desk(review, stage, reviewer, ranked=False)
        votes = {report: desk.vote_on(report) for report in desk.reports}
        return {report: _Said(vote.decision, vote.reason, vote.note, reviewer) if vote else _Said()
                for report, vote in votes.items()}, True
    lines = every_line(review, read_logs(review))
    if under_way(review, stage, lines):
        if status != "all":
            raise InputError(f"votes are still out at {stage}; what they come to shows when all have finished.",
                             code="blind", remedy="Say --reviewer for your own votes, or --status all without any.")
        entering = entering_reports(review, stage)
        return {report: _Said() for report in review.reports if report in entering}, False
    return {s.report: _Said(s.outcome, s.reason, s.note, "consensus" if s.consensus else "all")
            for s in statuses(review, lines).at(stage)}, True


def _text(review: Review, records: list[Record], form: str, said: Mapping[str, _Said]) -> str:
    if not said:
        return text_of(records, form)

    def decision(record: Record) -> str:
        status = said[record.key].status
        return status if status in _DECIDED else ""

    def reason(record: Record) -> str:
        return said[record.key].reason if decision(record) == "exclude" else ""

    def label(record: Record) -> str:
        return review.protocol.reasons.get(reason(record), reason(record))

    columns: dict[str, dict[str, Column]] = {
        "csv": {"screening_decision": decision, "screening_reason": reason,
                "screening_note": lambda record: said[record.key].note},
        "asreview": {"included": lambda record: {"include": "1", "exclude": "0"}.get(decision(record), ""),
                     "asreview_note": lambda record: said[record.key].note},
        "rayyan": {"notes": lambda record: rayyan_note(said[record.key].who, decision(record), label(record))},
    }
    if form in columns:
        return text_of(records, form, columns=columns[form])
    if form == "covidence":
        return text_of(records, form, note=lambda record: (
            f"Exclusion reason: {label(record)};" if label(record) else ""))
    return text_of(records, form, note=lambda record: plain_note(decision(record), reason(record)))
