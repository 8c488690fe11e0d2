"""Everything that is inconsistent in a question's files, before a run: each with its place and remedy."""

from __future__ import annotations

import json
from pathlib import Path

from reviewkit.errors import Problem, ReviewkitError
from reviewkit.review.consensus import under_way
from reviewkit.review.opened import Review, open_review
from reviewkit.review.voting import CONSENSUS
from reviewkit.screening import STAGES
from reviewkit.store.files import show

UNSETTLED = frozenset({"rejected-entry", "awaiting-votes", "conflict", "log-torn"})
"""Codes of what waits for a person and is no error: exit code 3, not 2."""


def check(question: str, root: Path) -> list[Problem]:
    """Find what is wrong or unsettled in the files of a question.

    Returns
    -------
    list of Problem
        Errors first, then what waits for a person (codes in `UNSETTLED`).
    """
    try:
        review = open_review(question, root)
    except ReviewkitError as error:
        return list(error.problems)
    errors = review.problems()
    waiting: list[Problem] = []
    if not errors:
        errors += _studies_without_results(review)
        waiting += _screening_gaps(review)
        errors += _cut_logs(review)
    try:
        waiting += _rejected(review)
    except ReviewkitError as error:
        errors += [p for p in error.problems if p not in errors]
    return errors + waiting


def _rejected(review: Review) -> list[Problem]:
    """Entries that could not be read and that nobody has settled."""
    return [
        Problem(
            f"entry {r.key or r.origin.entry} could not be read: {r.reason}.",
            show(review.root / "references" / review.question / r.origin.file, review.root), r.origin.line, None,
            "rejected-entry", f"Settle it in {review.name('import-corrections.toml')}; the source stays as it is.",
        )
        for r in review.sources.unsettled
    ]


def _screening_gaps(review: Review) -> list[Problem]:
    """Reports that wait for a vote or a settlement; while two vote blindly, only that the stage is under way."""
    # What stands at the full-text stage would tell of votes on the stage before it.
    first = next((place for place, stage in enumerate(STAGES) if under_way(review, stage, review.lines)), len(STAGES))
    hidden = STAGES[first:]
    waiting = review.screening.unsettled
    found = [
        Problem(f"screening at {stage} is under way; what is decided shows when all have finished.",
                review.name("screening", stage), None, None, "awaiting-votes",
                f"Go on: reviewkit screen next {review.question} --stage {stage}")
        for stage in hidden[:1] if any(status.stage == stage for status in waiting)
    ]
    for status in waiting:
        if status.stage in hidden:
            continue
        code = "conflict" if status.outcome == "conflict" else "awaiting-votes"
        found.append(Problem(f"report {status.report} is {status.outcome} at {status.stage}.",
                             review.name("screening", status.stage), None, None, code, "Decide it, then run again."))
    return found


def _studies_without_results(review: Review) -> list[Problem]:
    """Included studies with no row at all: nothing is left out in silence."""
    extracted = {row.study_id for row in review.rows}
    return [
        Problem(f"included study {study.study_id} has no row in the extraction table.", review.name("studies.csv"),
                study.line, None, "no-rows", "Extract it, or add a row with value_type none that says why not.")
        for study in review.studies if study.study_id not in extracted
    ]


def _cut_logs(review: Review) -> list[Problem]:
    """Logs shorter than the last report, or a settled conflict, recorded them."""
    path = review.root / "reports" / review.question / "results.json"
    try:
        recorded = json.loads(path.read_text(encoding="utf-8")).get("log_heads", {})
    except (OSError, ValueError):
        recorded = {}
    anchors = {(*name.split("/", 1), head, "the last report") for name, head in recorded.items() if "/" in name}
    for (stage, who), decisions in review.decisions.items():
        if who == CONSENSUS:
            anchors |= {(stage, *part.split(":", 1), "a settled conflict")
                        for decision in decisions for part in decision.heads.split() if ":" in part}
    found: dict[tuple[str, str], Problem] = {}
    for stage, who, head, where in sorted(anchors):
        log = review.logs.get((stage, who))
        # Logs of two computers that became one were chained anew; what they held before is in their branches.
        if log and any(mark.mark == "joined" for mark in review.lines[stage, who].marks):
            continue
        if log is None or head not in {entry.hash for entry in log.entries}:
            found.setdefault((stage, who), Problem(
                f"decisions recorded in {where} are missing from the end of this log.",
                review.name("screening", stage, f"{who}.jsonl"), None, None, "log-cut",
                "Restore the file from version control."))
    return list(found.values())
