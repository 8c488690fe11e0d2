"""From a study to its reports, their records in the search files, and every screening vote on them."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.extraction import Study
from reviewkit.model import Record
from reviewkit.numbers import count
from reviewkit.render import Safe, anchor_id, details, el, isolated, join, link
from reviewkit.render.html import Child
from reviewkit.report.screening import STAGE_NAMES
from reviewkit.review import Review
from reviewkit.screening import STAGES, Decision, ReportStatus


def origin_anchor(study: str) -> str:
    """Where a study says which records and votes it rests on."""
    return anchor_id("origin", study)


def report_anchor(report: str) -> str:
    """The row of a report in the list of reports screened."""
    return anchor_id("report", report)


def origins(review: Review) -> Safe | None:
    """Every study that the report speaks of, each with its reports, records and votes; nothing where there is none."""
    told = {row.study_id for row in review.rows}
    included = {study.study_id for study in review.studies}
    found = [study for study in review.all_studies if study.study_id in told | included]
    if not found:
        return None
    return join(
        el("h3", "From a study to its records and votes", id="study-origins"),
        *[details(join(isolated(study.label), f": {_place(study, study.study_id in included)}"), _origin(review, study))
          for study in sorted(found, key=lambda study: study.study_id not in included)],
    )


def _place(study: Study, included: bool) -> str:
    reports = f"{len(study.reports)} report" + ("s" if len(study.reports) != 1 else "")
    return reports if included else f"{reports}, not included"


def _origin(review: Review, study: Study) -> Safe:
    where = link(study.locator, study.url) if study.url else study.locator
    size = f"{count(study.n_randomised)} people" if study.n_randomised is not None else "number of people not seen"
    return el(
        "div",
        el("p", f"Read by {study.extractor or 'nobody named'} at ", where or "no place named",
           f": {study.design or 'design not seen'}, {size} ({review.name('studies.csv')}, line {study.line})."),
        *[_report(review, report) for report in study.reports],
        id=origin_anchor(study.study_id), class_="lineage",
    )


def _report(review: Review, report: str) -> Safe:
    title = review.reports[report].title.rstrip(" .") or report
    screened = report in review.screening.stages["title-abstract"]
    return join(
        el("p", "Report ", link(title, f"#{report_anchor(report)}") if screened else title, "."),
        el("ul", *[el("li", vote) for vote in votes(review, report)], *[el("li", r) for r in records(review, report)]),
    )


def votes(review: Review, report: str) -> Sequence[Child]:
    """What each reviewer said of a report at each stage, with the reason, and how a conflict was settled."""
    found = []
    for stage in STAGES:
        status = review.screening.stages.get(stage, {}).get(report)
        if status is not None and (status.votes or status.consensus):
            found.append(f"{STAGE_NAMES[stage].capitalize()}. {said(review, status)}.")
    return found or ["No vote is known."]


def said(review: Review, status: ReportStatus) -> str:
    """The votes of one stage in words."""
    parts = [f"{vote.reviewer}: {_word(review, vote)}" for vote in status.votes]
    if status.consensus:
        parts.append(f"settled by {status.consensus.reviewer}: {_word(review, status.consensus)}")
    return "; ".join(parts)


def _word(review: Review, vote: Decision) -> str:
    reason = review.protocol.reasons.get(vote.reason, vote.reason)
    note = vote.note.rstrip(" .")
    return vote.decision + (f", {reason}" if reason else "") + (f" – {note}" if note else "")


def records(review: Review, report: str) -> list[str]:
    """Where the records of a report stand in the search files."""
    return [
        f"Record {name}: references/{review.question}/{_lines(record)}{f', entry {record.key}' if record.key else ''}."
        for name, record in review.records.items() if review.report_of[name] == report
    ]


def places(review: Review, report: str) -> Safe:
    """The same in short, for a cell: record, file, lines."""
    found = [f"{name}: {_lines(record)}" for name, record in review.records.items() if review.report_of[name] == report]
    return join(*found, sep=el("br"))


def _lines(record: Record) -> str:
    place = record.origin
    lines = f"line {place.line}" if place.line == place.line_end else f"lines {place.line} to {place.line_end}"
    return f"{place.file}, {lines}"
