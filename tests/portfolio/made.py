"""A project whose reports stand, made without a notebook: the results are what the bundled questions give."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from reviewkit.report import Report
from reviewkit.report.outputs import results
from reviewkit.review import open_review

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ("massage-ms", "upper-cervical-low-back-pain", "upper-cervical-neck-pain")
"""One with studies, one without any, and a neighbour whose outcomes share ids with both."""


@lru_cache(maxsize=8)
def stated(question: str) -> str:
    """What the report of a bundled question states, as JSON."""
    return json.dumps(results(Report(open_review(question, ROOT))), ensure_ascii=False, default=list)


def make_portfolio(root: Path, questions: tuple[str, ...] = QUESTIONS) -> Path:
    """A copy of some bundled questions, the ledger and the audit, with their reports built."""
    for question in questions:
        for kind in ("data", "references"):
            shutil.copytree(ROOT / kind / question, root / kind / question)
        put_report(root, question, json.loads(stated(question)))
    for name in ("claims.toml", "citations.csv"):
        shutil.copy(ROOT / "data" / name, root / "data" / name)
    # The notebook's digest is part of the code's.
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    return root


def put_report(root: Path, question: str, stated: Mapping[str, Any]) -> None:
    """Leave a report in the project as a run does."""
    folder = root / "reports" / question
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(stated), encoding="utf-8")
    (folder / "review.html").write_text("<!DOCTYPE html>\n<title>report</title>\n", encoding="utf-8")


def change_report(root: Path, question: str, parts: Mapping[str, Any]) -> None:
    """Change parts of what a report states."""
    path = root / "reports" / question / "results.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **parts}), encoding="utf-8")
