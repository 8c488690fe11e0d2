"""The structured abstract, the protocol as PICO, its amendments, and the section on versions."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest

from reviewkit.certainty import overclaims
from reviewkit.protocol import Amendment
from reviewkit.report.opened import Report
from reviewkit.report.planned import protocol_section, versions_section
from reviewkit.report.statements import answer_sentence
from reviewkit.review import Review, open_review
from reviewkit.review.records.searches import Searches, SearchFile
from tests.report.pages import QUESTIONS, ROOT, report_of

PARTS = ("objective", "eligibility", "sources", "bias", "synthesis", "included", "findings", "limitations",
         "interpretation", "funding", "registration")


def first_version() -> Review:
    """A review whose protocol was never amended."""
    review = open_review("b12-ms", ROOT)
    asked = review.protocol.question.model_copy(update={"version": "1.0"})
    review.__dict__["protocol"] = review.protocol.model_copy(update={"question": asked, "amendments": ()})
    return review


def words(markup: str) -> str:
    without = re.sub(r'<a [^>]*class="anchor"[^>]*>#</a>', "", markup)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_abstract_has_its_parts_in_order(question: str) -> None:
    page = str(report_of(question).abstract())
    assert re.findall(r'<dd id="abstract-(\w+)">', page) == list(PARTS)
    assert "  ." not in words(page) and ".." not in words(page)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_abstract_says_no_more_than_its_ratings(question: str) -> None:
    report = report_of(question)
    levels = {c.outcome.id: (c.rating.level, c.outcome.better == "neither") for c in report.certainties}
    page = str(report.abstract())
    for name, text in re.findall(r'<span class="plain-language" data-outcome="([^"]+)">([^<]+)</span>', page):
        assert overclaims(html.unescape(text), levels[name][0]) == ()
    for item in re.findall(r"<li>(.*?)</li>", page):
        name = re.search(r'data-outcome="([^"]+)"', item)
        assert name
        assert overclaims(words(item), levels[name[1]][0]) == (), words(item)
    assert answer_sentence(report.review, report.certainties) in words(page).replace("  ", " ")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_abstract_counts_what_the_review_counts(question: str) -> None:
    report = report_of(question)
    page, review = words(str(report.abstract())), report.review
    assert f"{len(review.records)} records on {len(review.reports)} reports" in page
    if review.studies:
        assert f"{len(review.studies)} studies" in page
        known = [s.n_randomised for s in review.studies if s.n_randomised is not None]
        assert f"{sum(known)} people" in page
        assert ("that say how many" in page) == (len(known) < len(review.studies))
    else:
        assert "No study met the eligibility criteria." in page
    assert "No database or register was searched." in page


def test_a_searched_review_names_its_databases_and_last_days() -> None:
    report = Report(open_review("b12-ms", ROOT))
    _ = report.certainties
    days = ("2025-01-02", "2026-03-04")
    made = [{"name": f"{day}.ris", "source": "MEDLINE", "date": day, "query": "x"} for day in days]
    made.append({"name": "b.ris", "source": "Embase", "date": "2026-01-01", "query": "x"})
    searches = Searches(kind="database-search", file=tuple(SearchFile.model_validate(item) for item in made))
    report.review.__dict__["sources"] = replace(report.review.sources, searches=searches)
    assert "MEDLINE (last on 2026-03-04) and Embase (last on 2026-01-01)." in words(str(report.abstract()))


def test_the_protocol_is_shown_as_pico_with_its_rationale() -> None:
    review = first_version()
    page = str(protocol_section(review))
    heads = re.findall(r"<dt>([^<]+)</dt>", page)
    assert heads[:6] == ["P: population", "I: intervention", "E: exposure", "C: comparator", "O: outcomes",
                         "S: study designs"]
    assert "critical: homocysteine level; vitamin B12 level and quality of life, mental (supplementation" in page
    assert "The protocol has not been amended." in page
    asked = review.protocol.question.model_copy(update={"rationale": "Because it is asked."})
    review.__dict__["protocol"] = review.protocol.model_copy(update={"question": asked})
    assert "Because it is asked." in protocol_section(review)


def test_amendments_and_versions_are_told() -> None:
    review = first_version()
    page = words(str(versions_section(review, "abc123")))
    statuses = [s for stage in review.screening.stages.values() for s in stage.values()]
    votes = sum(v.protocol == "1.0" for s in statuses for v in (*s.votes, s.consensus) if v)
    assert "This is report abc123 under version 1.0 of the protocol." in page
    assert f"First version.  –  {votes}" in re.sub(r"\s{2,}", "  ", page)
    change = Amendment(version="2.0", date=dt.date(2026, 12, 1), change="A set was added.", reason="A new study.")
    asked = review.protocol.question.model_copy(update={"version": "2.0"})
    review.__dict__["protocol"] = review.protocol.model_copy(update={"question": asked, "amendments": (change,)})
    for text in (words(str(versions_section(review, "abc123"))), words(str(protocol_section(review)))):
        assert "A set was added." in text and "A new study." in text and "2026-12-01" in text


def test_each_version_has_its_votes() -> None:
    review = open_review("b12-ms", ROOT)
    page = re.sub(r"\s{2,}", "  ", words(str(versions_section(review, "abc123"))))
    statuses = [s for stage in review.screening.stages.values() for s in stage.values()]
    cast = [v.protocol for s in statuses for v in (*s.votes, s.consensus) if v]
    assert f"1.0  not recorded  First version.  –  {cast.count('1.0')}" in page
    for amendment in review.protocol.amendments:
        assert f"{amendment.reason}  {cast.count(amendment.version)}" in page
