"""The report that stands in ``reports/``: read back, and whether the files still give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError, UnsettledError
from reviewkit.review import Review, open_review
from reviewkit.run import is_current
from reviewkit.store.files import read_text, show


def standing_results(question: str, root: Path) -> dict[str, Any]:
    """What ``results.json`` of the report that stands says.

    Raises
    ------
    InputError
        If the question is unknown, or no report was built or it cannot be read.
    """
    review = open_review(question, root)
    path = folder_of(review) / "results.json"
    if not path.exists():
        raise InputError(f"{question} has no report yet.", code="no-report", remedy=f"Run: reviewkit run {question}")
    try:
        results = json.loads(read_text(path, what="results"))
        if isinstance(results, dict):
            return results
    except ValueError:
        pass
    raise InputError("is no JSON document of a report.", file=show(path, root), code="no-report",
                     remedy=f"Build it anew: reviewkit run {question} --force")


def folder_of(review: Review) -> Path:
    """Where a question's report stands."""
    return review.root / "reports" / review.question


def check_current(review: Review, results: dict[str, Any]) -> None:
    """Refuse a report that the files no longer give.

    Raises
    ------
    UnsettledError
        Asking for another run.
    """
    if not is_current(review, results.get("parameters", {}), folder_of(review)):
        raise UnsettledError(f"the report of {review.question} is stale: inputs, code or environment changed since.",
                             code="stale", remedy=f"Run: reviewkit run {review.question}")
