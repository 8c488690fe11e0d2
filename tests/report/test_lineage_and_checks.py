"""The report leads every number back to its search file, and shows every finding of the checks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reviewkit.report.checks import checks_section
from reviewkit.report.lineage import lineage_details
from reviewkit.review import open_review

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("question", "outcome"), [("b12-ms", "homocysteine"), ("massage-ms", "fatigue")])
def test_every_number_of_an_outcome_names_its_search_file(question: str, outcome: str) -> None:
    review = open_review(question, ROOT)
    found = review.synthesise(outcome)
    page = str(lineage_details(review, found))
    for result in found.main.results:
        block = page[page.index(f'id="{outcome}-{result.study_id}"'):] if f'id="{outcome}-{result.study_id}"' in page \
            else page
        assert "Screening: report" in block and f"references/{question}/" in block
    for name, first, last in re.findall(rf"references/{question}/([\w.-]+), lines (\d+) to (\d+)", page):
        lines = (ROOT / "references" / question / name).read_bytes().decode("latin-1").splitlines()
        assert 0 < int(first) <= int(last) <= len(lines) + 1
    weights = [float(text) for text in re.findall(r"([\d.]+)% of the weight of the pool", page)]
    if found.main.pooled:
        assert sum(weights[:found.main.pooled.k]) == pytest.approx(100, abs=0.3)


def test_every_finding_of_the_checks_is_shown_with_its_settlement(tmp_path: Path) -> None:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    review = open_review("massage-ms", tmp_path)
    page = str(checks_section(review))
    assert len(review.trust) == page.count(" by demo-a: ") > 0
    (tmp_path / "data/massage-ms/settled.csv").unlink()
    again = str(checks_section(open_review("massage-ms", tmp_path)))
    assert again.count("a person has still to settle it") == len(review.trust)


def test_a_review_without_numbers_says_so(tmp_path: Path) -> None:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    table = tmp_path / "data/b12-ms/extraction/demo-a.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "No number was extracted." in str(checks_section(open_review("b12-ms", tmp_path)))
