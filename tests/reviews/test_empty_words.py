"""Where nothing eligible was found, every sentence says how many records were looked at and that this is not all."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from reviewkit.report.opened import Report
from reviewkit.review import open_review
from reviewkit.review.opened import questions

ROOT = Path(__file__).resolve().parents[2]
WHOLE = re.compile(r"none among the \d+ records looked at; this was not a complete search", re.IGNORECASE)


@pytest.mark.parametrize("question", questions(ROOT))
def test_no_sentence_says_none_without_saying_among_how_many(question: str) -> None:
    report = Report(open_review(question, ROOT))
    claims = plain(report.claims())
    sections = (report.opening(), report.results(), report.harms(), report.summary_of_findings(), report.published())
    page = f"{plain(' '.join(sections))} {claims}"
    assert len(re.findall(r"none among", page, re.IGNORECASE)) == len(WHOLE.findall(page))
    assert not re.search(r"does not exist|do not exist|there is no evidence that|proves? that", page, re.IGNORECASE)
    for found in re.finditer(r"no eligible evidence\s+", claims):
        assert WHOLE.match(claims, found.end()), claims[found.start():found.end() + 80]


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


@pytest.mark.parametrize("question", ["upper-cervical-ms", "upper-cervical-dystonia", "upper-cervical-low-back-pain"])
def test_an_empty_review_says_it_at_its_head_and_at_every_outcome(question: str) -> None:
    report = Report(open_review(question, ROOT))
    records = len(report.review.records)
    said = f"one among the {records} records looked at; this was not a complete search"
    assert said in report.opening()
    benefits = [c for c in report.certainties if c.outcome.importance != "harm"]
    assert str(report.results()).count(said) >= len(benefits)
