"""The demonstration judgements of every bundled question: complete, located, and never stronger than the rules."""

from __future__ import annotations

import csv
from collections.abc import Mapping
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
CASE, SERIES = "jbi-case-report", "jbi-case-series"
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


@pytest.mark.parametrize(("question", "tools"), [
    ("upper-cervical-dystonia", {"chu2020": CASE, "kukurin2004": CASE, "eriksen2011": SERIES}),
    ("upper-cervical-ms", {
        "elster2001": CASE, "brown2012": CASE, "tedder2015": CASE, "ms28-2011": CASE, "ms-vad2024": CASE,
        "elster2004": SERIES, "elster5case": SERIES, "eriksen2011": SERIES}),
    ("upper-cervical-low-back-pain", {
        "bohemier2015": CASE, "atlastandard": SERIES, "eriksen2011": SERIES, "walker2013": "rob2"}),
])
def test_an_empty_review_appraises_what_there_is(question: str, tools: Mapping[str, str]) -> None:
    answers = answers_of(question)
    assert {row["study_id"]: row["tool"] for row in answers if row["study_id"]} == tools
    for row in answers:
        if row["tool"] in (CASE, SERIES) and row["domain"] == "overall":
            assert row["judgement"] == "seek further information" and row["reason"], row["study_id"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_supported_or_no_information(question: str) -> None:
    """No answer rests on memory: what is not visible is 'no information', and the rest says where it stands."""
    for row in answers_of(question):
        place = f"{row['study_id'] or row['outcome']} {row['question']}"
        if row["question"]:
            assert row["answer"], f"{place}: unanswered"
        if row["answer"] in ("no information", "not applicable"):
            assert not row["support"], f"{place}: silence has no support"
        elif row["support"]:
            beside = (ROOT / "data" / question / row["locator"], ROOT / "references" / question / row["locator"])
            assert row["url"] or any(path.exists() for path in beside) or "not kept" in row["locator"], place


@pytest.mark.parametrize("question", QUESTIONS)
def test_supports_are_about_the_study(question: str) -> None:
    """The same words may stand for few studies only: a support that fits all of them says nothing on any."""
    said: dict[str, set[str]] = {}
    for row in answers_of(question):
        if row["support"] and row["study_id"]:
            said.setdefault(row["support"], set()).add(row["study_id"])
    assert not {text: studies for text, studies in said.items() if len(studies) > 2}


@pytest.mark.parametrize("question", QUESTIONS)
def test_missing_evidence_is_judged_for_every_rated_outcome(question: str) -> None:
    review = review_of(question)
    judged = {item.outcome for item in review.appraisal.assessments if item.tool.id == "rob-me"}
    assert judged
    rated = {c.outcome.id for c in certainties_of(question) if c.rating.level != NO_EVIDENCE and review.studies}
    assert rated - {"particular-reactions"} <= judged


@pytest.mark.parametrize(("question", "outcome", "study"), [
    ("b12-ms", "homocysteine", "teunissen2008"), ("b12-ms", "homocysteine", "fahmy2018"),
    ("b12-ms", "vitamin-b12", "fahmy2018"), ("acupuncture-ms", "inflammation", "lynning2021"),
    ("acupuncture-ms", "quality-of-life", "lynning2021"), ("massage-ms", "quality-of-life", "schroeder2014"),
])
def test_a_null_result_without_numbers_is_marked(question: str, outcome: str, study: str) -> None:
    marks = {(m.outcome, m.study_id): m.status for m in review_of(question).appraisal.missing}
    assert marks[outcome, study] == "missing for what it showed"


@pytest.mark.parametrize("question", QUESTIONS)
def test_silence_on_harm_is_listed_and_never_counted_as_none(question: str) -> None:
    """Every included study tells of harm or is listed as silent; where one tells, the others are 'unclear'."""
    review = review_of(question)
    harms = review.certainty("adverse-events").harms
    assert harms is not None
    told = {report.study.study_id for report in harms.reports if report.included}
    silent = {study.study_id for study in harms.silent}
    assert told | silent == {study.study_id for study in review.studies} and not told & silent
    marks = {m.study_id: m.status for m in review.appraisal.missing if m.outcome == "adverse-events"}
    assert marks == (dict.fromkeys(silent, "unclear") if told else {})


@pytest.mark.parametrize(("question", "study", "registered", "reported"), [
    ("acupuncture-ms", "selfacupressure2025", "40", "48"), ("acupuncture-ms", "pach2017", "141", "104"),
    ("acupuncture-ms", "khodaie2025cog", "60", "62"), ("acupuncture-ms", "karpatkin-crossover", "13", "12"),
    ("massage-ms", "cst-esra2025", "32", "20"), ("upper-cervical-headache", "chaibi2017mig", "90", "104"),
])
def test_a_size_that_differs_from_its_registration_is_shown(
    question: str, study: str, registered: str, reported: str
) -> None:
    row = next(r for r in review_of(question).appraisal.registered if (r.study_id, r.item) == (study, "n"))
    assert (row.registered, row.reported, row.verdict) == (registered, reported, "changed")


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_registration_that_was_seen_goes_uncompared(question: str) -> None:
    review = review_of(question)
    compared = {row.study_id for row in review.appraisal.registered}
    for study in review.all_studies:
        assert not study.registration or study.status or study.study_id in compared, study.study_id


@pytest.mark.parametrize("question", QUESTIONS)
def test_silence_for_most_of_the_weight_lowers_the_rating(question: str) -> None:
    for certainty in certainties_of(question):
        rating = certainty.rating
        if rating.level == NO_EVIDENCE:
            continue
        weights = [study.severity for study in certainty.evidence.informing]
        bias = next(step for step in rating.steps if step.domain == "risk of bias")
        if sum(severity >= 2 for severity in weights) * 2 > len(weights):
            assert bias.levels >= 1, certainty.outcome.id


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_report_tells_of_harm(question: str) -> None:
    section = str(Report(review_of(question)).harms())
    assert 'class="harms-line"' in section
    assert "Silence about harm is not absence of harm." in section


def test_the_trial_that_tells_of_no_adverse_event_is_heard() -> None:
    harms = review_of("acupuncture-ms").certainty("adverse-events").harms
    assert harms is not None and harms.reporting == 1
    told = next(report for report in harms.reports if report.study.study_id == "khodaie2023")
    assert told.rows[0].value_type == "null" and told.rows[0].events is None


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
