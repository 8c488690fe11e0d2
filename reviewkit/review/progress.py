"""Where a question stands, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewkit.errors import ReviewkitError
from reviewkit.review.appraisal.appraising import appraisal_gaps
from reviewkit.review.opened import Review, open_review
from reviewkit.review.records.recording import current
from reviewkit.review.screening.consensus import under_way
from reviewkit.review.starting import left_to_fill
from reviewkit.screening import STAGES


def status(question: str, root: Path) -> dict[str, Any]:
    """Id, stage, counts and next step of a question; a question with errors says so."""
    try:
        review = open_review(question, root)
        counts: dict[str, int] = {}
        stage, following = _stage(review, counts)
    except ReviewkitError as error:
        return {"id": question, "stage": "error", "counts": {}, "next": f"reviewkit check {question}: "
                f"{error.problems[0].message}"}
    return {"id": question, "stage": stage, "counts": counts, "next": following}


def _stage(review: Review, counts: dict[str, int]) -> tuple[str, str]:
    question = review.question
    blank = left_to_fill(question, review.root)
    fill_in = f"fill in data/{question}/protocol.toml: {', '.join(blank)}"
    if not (review.folder / "records.csv").exists():
        searches = current(review.root / "references" / question / "searches.toml", review.root)
        if blank and not searches.file and not searches.planned:
            return "protocol", fill_in
        return "protocol", f"reviewkit {'import' if searches.file else 'search'} {question}"
    counts |= {"records": len(review.records), "reports": len(review.reports)}
    for place in STAGES:
        # Counts of a stage on which two vote blindly would show one the votes of the other.
        if under_way(review, place, review.lines):
            return "screening", f"reviewkit screen next {question} --stage {place}"
    waiting = review.screening.unsettled
    counts |= {"waiting": len(waiting), "included_reports": len(review.screening.included)}
    if waiting:
        conflicts = sum(status.open_conflict for status in waiting)
        if conflicts == len(waiting):
            return "screening", f"reviewkit screen resolve {question}: {conflicts} conflicts"
        return "screening", f"decide {len(waiting)} reports: reviewkit screen next {question}"
    counts["studies"] = len(review.studies)
    if review.screening.included and not review.studies:
        return "studies", f"gather the included reports: reviewkit extract template {question} --studies"
    counts["rows"] = len(review.rows)
    if review.studies and not review.rows:
        return "extraction", "extract results"
    if gaps := appraisal_gaps(review):
        counts["appraisal_waiting"] = len(gaps)
        return "appraisal", f"reviewkit appraise {question}"
    if blank:
        return "synthesis", fill_in
    if not (review.root / "reports" / question / "review.html").exists():
        return "synthesis", f"reviewkit run {question}"
    return "report", f"read reports/{question}/review.html"
