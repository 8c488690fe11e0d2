"""Everything that is inconsistent in a question's files, before a run: each with its place and remedy."""

from __future__ import annotations

import json
from pathlib import Path

from reviewkit.errors import Problem, ReviewkitError
from reviewkit.review.appraising import appraisal_gaps
from reviewkit.review.certainty_of import assumed_in_main, certainty_gaps, refused_judgements
from reviewkit.review.opened import Review, open_review
from reviewkit.store.files import show

UNSETTLED = frozenset({
    "rejected-entry", "awaiting-votes", "conflict", "log-torn", "not-appraised", "appraisal-incomplete",
    "appraisal-conflict", "certainty-missing", "certainty-incomplete", "no-harm-outcome",
})
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
        errors += assumed_in_main(review)
        errors += refused_judgements(review)
        waiting += _screening_gaps(review)
        waiting += appraisal_gaps(review)
        waiting += _harms_not_asked(review)
        errors += _cut_logs(review)
    if not errors:
        waiting += certainty_gaps(review)
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
    found = []
    for status in review.screening.unsettled:
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


def _harms_not_asked(review: Review) -> list[Problem]:
    """Harms are an outcome of every review."""
    if review.protocol.harms:
        return []
    return [Problem("no outcome has importance = \"harm\".", review.name("protocol.toml"), None, None,
                    "no-harm-outcome", "Add one, even if no study will report it: the report then says so.")]


def _cut_logs(review: Review) -> list[Problem]:
    """Logs shorter than the last report recorded them."""
    path = review.root / "reports" / review.question / "results.json"
    try:
        recorded = json.loads(path.read_text(encoding="utf-8")).get("log_heads", {})
    except (OSError, ValueError):
        return []
    found = []
    for name, head in sorted(recorded.items()):
        stage, _, who = name.partition("/")
        log = review.logs.get((stage, who))
        if log is None or head not in {entry.hash for entry in log.entries}:
            found.append(Problem("decisions recorded in the last report are missing from the end of this log.",
                                 review.name("screening", stage, f"{who}.jsonl"), None, None, "log-cut",
                                 "Restore the file from version control."))
    return found
