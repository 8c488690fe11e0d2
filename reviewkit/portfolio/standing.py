"""What stands of each question's report: its results, and whether it is current, stale, failed or missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import ReviewkitError
from reviewkit.review.opened import Review, questions
from reviewkit.review.provenance import code_digest, input_files
from reviewkit.review.records.importing import read_protocol
from reviewkit.run import FAILED, STALE, standing_state

CURRENT, OUT_OF_DATE, NOT_BUILT, MISSING = "current", "stale", "failed", "missing"
NEEDED = ("title", "status", "date", "asked", "people", "included", "answer", "outcomes", "harms", "claims", "flow",
          "provenance")
"""What the page takes from results.json."""


@dataclass(frozen=True, slots=True)
class QuestionState:
    """One question: what it asks, how its report stands, and what the report states.

    Attributes
    ----------
    state : {'current', 'stale', 'failed', 'missing'}
        'stale': a report stands that its files, or the program, no longer match.
    reason : str
        Why it is not current; empty where it is.
    results : mapping or None
        The report's results.json; None where no report stands.
    """

    question: str
    title: str
    therapy: str
    condition: str
    status: str
    state: str
    reason: str
    results: Mapping[str, Any] | None

    @property
    def report(self) -> str:
        """The report's address, seen from the page over all."""
        return f"{self.question}/review.html"

    def as_dict(self) -> dict[str, object]:
        """The question's line in the command's JSON."""
        return {"question": self.question, "state": self.state, "reason": self.reason,
                "html": f"reports/{self.report}" if self.results is not None else None}


def read_states(root: Path) -> tuple[QuestionState, ...]:
    """Every question of a project, by name; nothing is computed anew.

    A question whose protocol cannot be read is shown by its name, with the error as its reason.
    """
    return tuple(_state(question, root) for question in questions(root))


def _state(question: str, root: Path) -> QuestionState:
    results, state, reason = _standing(question, root)
    if results is not None:
        asked = results["asked"]
        return QuestionState(question, asked["title"], asked["therapy"], asked["condition"], results["status"], state,
                             reason, results)
    try:
        found = read_protocol(question, root).question
    except ReviewkitError as error:
        return QuestionState(question, question, "not stated", "not stated", "draft", NOT_BUILT,
                             str(error).splitlines()[0], None)
    return QuestionState(question, found.title, found.therapy, found.condition, found.status, state, reason, None)


def _standing(question: str, root: Path) -> tuple[Mapping[str, Any] | None, str, str]:
    folder = root / "reports" / question
    try:
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        why = _told(folder / FAILED)
        if why:
            return None, NOT_BUILT, why
        return None, MISSING, f"No report has been built yet: reviewkit run {question}"
    except (OSError, ValueError) as error:
        why = f"results.json cannot be read ({type(error).__name__}): reviewkit run {question} --force"
        return None, NOT_BUILT, why
    if not (folder / "review.html").is_file():
        return None, MISSING, f"The report's page is missing: reviewkit run {question} --force"
    if not isinstance(results, dict) or any(name not in results for name in NEEDED):
        return None, NOT_BUILT, f"The report was made by an older program: reviewkit run {question} --force"
    if standing_state(Review(question, root), folder) == CURRENT:
        return results, CURRENT, ""
    return results, OUT_OF_DATE, _told(folder / STALE) or _outdated(question, root, results)


def _told(path: Path) -> str:
    """What a failed run left behind; empty where none failed."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["reason"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError):
        return "The last run failed."


def _outdated(question: str, root: Path, results: Mapping[str, Any]) -> str:
    """What the report no longer matches: the first of files, program, packages."""
    recorded = results["provenance"]["files"]
    files = input_files(question, root)
    changed = sorted(name for name in files.keys() | recorded.keys() if files.get(name) != recorded.get(name))
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        return f"Files have changed since the report was built: {changed[0]}{more}."
    if results["provenance"]["code"] != code_digest(root):
        return "The program has changed since the report was built."
    return "The report was built with other versions of its packages."
