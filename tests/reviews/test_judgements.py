"""The demonstration judgements of every bundled question: complete, located, and never stronger than the rules."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from reviewkit.certainty import overclaims
from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.report.methods import flow_section
from reviewkit.report.opened import Report
from reviewkit.report.outputs import save
from reviewkit.report.statements import answer_sentence, plain
from reviewkit.review import Review, open_review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.opened import questions

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = tuple(questions(ROOT))
EMPTY = ("upper-cervical-dystonia", "upper-cervical-low-back-pain", "upper-cervical-ms")


@cache
def review_of(question: str) -> Review:
    return open_review(question, ROOT)


def certainties_of(question: str) -> list[Certainty]:
    review = review_of(question)
    return [review.certainty(name) for name in review.protocol.outcome_ids]


def answers_of(question: str) -> list[dict[str, str]]:
    path = ROOT / "data" / question / "risk-of-bias" / "demo-a.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_included_study_is_appraised(question: str) -> None:
    appraised = {row["study_id"] for row in answers_of(question)}
    assert {study.study_id for study in review_of(question).studies} <= appraised


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_support_says_where_it_stands(question: str) -> None:
    for row in answers_of(question):
        place = f"{row['study_id']} {row['question'] or row['domain']}"
        assert bool(row["support"]) <= bool(row["locator"]), place
        assert row["origin"] == "demonstration", place
        if row["answer"] not in ("", "no information", "not applicable"):
            assert row["support"], f"{place}: an answer without what the report shows"


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_outcome_with_a_result_is_rated_in_every_domain(question: str) -> None:
    for certainty in certainties_of(question):
        rating = certainty.rating
        if rating.level == NO_EVIDENCE:
            continue
        assert rating.judged and not rating.open, certainty.outcome.id
        downs = [step for step in rating.steps if not step.upwards]
        assert all(step.judged_reason for step in downs), certainty.outcome.id


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_level_is_better_than_the_hard_rules_and_the_proposals_allow(question: str) -> None:
    levels = ("very low", "low", "moderate", "high")
    for certainty in certainties_of(question):
        rating = certainty.rating
        assert all(step.levels >= step.least for step in rating.steps), certainty.outcome.id
        if rating.level != NO_EVIDENCE:
            assert levels.index(rating.level) <= levels.index(rating.proposed_level), certainty.outcome.id


@pytest.mark.parametrize("question", EMPTY)
def test_an_empty_review_has_no_certainty_for_any_benefit(question: str) -> None:
    benefits = [c for c in certainties_of(question) if c.outcome.importance != "harm"]
    assert benefits
    assert {c.rating.level for c in benefits} == {NO_EVIDENCE}
    assert "this was not a complete search" in answer_sentence(review_of(question), certainties_of(question))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_review_asks_about_harm(question: str) -> None:
    assert any(outcome.importance == "harm" for outcome in review_of(question).protocol.outcomes)


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name.startswith("upper-cervical")])
def test_the_reactions_counted_in_the_cohort_are_shown(question: str) -> None:
    harms = review_of(question).certainty("adverse-events").harms
    assert harms is not None
    counts = {(row.events, row.total) for report in harms.reports for row in report.rows}
    assert (338, 1090) in counts


def test_the_case_reports_of_dystonia_are_appraised_as_such() -> None:
    tools = {row["study_id"]: row["tool"] for row in answers_of("upper-cervical-dystonia")}
    assert tools == {"chu2020": "jbi-case-report", "kukurin2004": "jbi-case-report"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_sentence_is_stronger_than_its_rating(question: str) -> None:
    review, certainties = review_of(question), certainties_of(question)
    for certainty in certainties:
        association = certainty.outcome.better == "neither"
        text = plain(review, certainty)
        assert overclaims(text, certainty.rating.level, association=association) == (), text
    weakest = NO_EVIDENCE if not review.studies else "very low"
    sentence = answer_sentence(review, certainties)
    association = any(c.outcome.better == "neither" and plain(review, c) == sentence for c in certainties)
    assert overclaims(sentence, weakest, association=association) == (), sentence


@pytest.mark.parametrize("question", EMPTY)
def test_an_empty_review_counts_no_studies_out_of_none(question: str) -> None:
    review = review_of(question)
    assert "none of them is included" in flow_section(review)
    for certainty in certainties_of(question):
        assert "0 of 0" not in certainty.analysis.main.why, certainty.analysis.main.why


def test_the_sizes_behind_a_printed_effect_stay_in_the_table(tmp_path: Path) -> None:
    save(Report(review_of("upper-cervical-headache")), tmp_path)
    with (tmp_path / "tables" / "extraction.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert any(row["n_intervention"] and row["n_comparator"] for row in rows)


def test_the_sensitivity_table_shows_how_directions_change_with_the_set() -> None:
    page = str(Report(review_of("upper-cervical-headache")).results())
    table = page[page.index('id="sensitivity-headache-days"'):]
    assert "Direction of each study" in table[:table.index("</table>")]
    assert "in favour" in table[:table.index("</table>")]
