"""An included study in a made-up question, for the forms to fill in."""

from __future__ import annotations

from pathlib import Path

from reviewkit.extraction import STUDY_COLUMNS
from reviewkit.review import Review, open_review
from reviewkit.review.screening.desk import open_desk
from reviewkit.tables import write_csv
from tests.browser.project import QUESTION

STUDY = "vane2010"


def include_study(root: Path, *, extractors: tuple[str, ...] = ("ada",), people: str = "60") -> Review:
    """Include the first report of a question in which one person votes, as one study with two arms."""
    protocol = root / "data" / QUESTION / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    names = ", ".join(f'"{name}"' for name in extractors)
    assert 'extractors = ["reviewer-a"]' in text
    text = text.replace('extractors = ["reviewer-a"]', f"extractors = [{names}]")
    protocol.write_text(text, encoding="utf-8")
    review = open_review(QUESTION, root)
    report = sorted(review.reports)[0]
    open_desk(review, "title-abstract", "ada").decide(report, "include")
    open_desk(open_review(QUESTION, root), "full-text", "ada").decide(report, "include")
    write_csv(review.folder / "studies.csv", STUDY_COLUMNS, [{
        "study_id": STUDY, "label": "Vane 2010", "tier": "primary", "reports": report, "design": "RCT",
        "n_randomised": people, "arms": "music; usual care", "locator": "p. 2", "extractor": "ada",
    }])  # fmt: skip
    return open_review(QUESTION, root)


def appraisers(root: Path, *names: str) -> Review:
    """The question with these assessors of risk of bias."""
    protocol = root / "data" / QUESTION / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    old = 'assessors = ["reviewer-a", "reviewer-b"]'
    head, found, rest = text.partition("[appraisal]")
    assert found and old in rest
    new = f"assessors = [{', '.join(chr(34) + name + chr(34) for name in names)}]"
    protocol.write_text(head + found + rest.replace(old, new, 1), encoding="utf-8")
    return open_review(QUESTION, root)
