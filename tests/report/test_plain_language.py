"""The plain-language summary and the one-sentence answers: easy to read, and never stronger than the certainty."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.certainty import Effect, Finding, overclaims
from reviewkit.certainty.rating import LEVELS, NO_EVIDENCE
from reviewkit.certainty.wording import SIZES
from reviewkit.report.harms import reported
from reviewkit.report.plain_language import WHY, Facts, Told, facts_of, names_in, numbers_of, summary
from reviewkit.report.readability import LIMIT, grade
from reviewkit.report.statements import answer_sentence, finding_of, plain, who_judged
from reviewkit.report.words import directions, finding
from tests.report.pages import QUESTIONS, report_of

NAMES = st.sampled_from(("massage", "upper cervical techniques", "acupuncture", "exercises", "vitamin B12"))
OUTCOMES = ("Fatigue", "Pain", "Signs of inflammation in blood (cytokines)", "Low vitamin B12", "Headache days",
            "Stress", "People with any adverse event", "Quality of life, mental")
SIDES = ("benefit", "harm", "higher", "lower", "")


@st.composite
def findings(draw: st.DrawFn, therapy: str = "massage") -> Finding:
    return Finding(
        draw(st.sampled_from(OUTCOMES)), therapy, "multiple sclerosis", draw(st.sampled_from(SIZES)),
        draw(st.sampled_from(SIDES)), draw(st.booleans()), draw(st.booleans()),
        draw(st.none() | st.integers(0, 99_999)))


@st.composite
def certainties(draw: st.DrawFn) -> Any:
    """What `numbers_of` looks at: a pool, or directions."""
    counted = [draw(st.integers(0, 30)) for _ in range(4)]
    direction = SimpleNamespace(benefit=counted[0], harm=counted[1], no_difference=counted[2], unclear=counted[3],
                                k=sum(counted))
    limits = sorted(draw(st.lists(st.floats(-9, 9), min_size=3, max_size=3)))
    effect = Effect(draw(st.sampled_from(("MD", "SMD", "RR", "OR"))), limits[1], limits[0], limits[2],
                    draw(st.integers(1, 40)))
    return SimpleNamespace(
        analysis=SimpleNamespace(direction=direction),
        evidence=SimpleNamespace(effect=draw(st.sampled_from((None, effect)))),
        outcome=SimpleNamespace(better=draw(st.sampled_from(("higher", "lower", "neither")))))


@st.composite
def made_facts(draw: st.DrawFn) -> Facts:
    therapy = draw(NAMES)
    told = [Told(draw(st.sampled_from((*LEVELS, NO_EVIDENCE))), draw(findings(therapy)), draw(st.booleans()))
            for _ in range(draw(st.integers(0, 8)))]
    studies = draw(st.integers(0, 200))
    first = next((item for item in told if not item.harm and item.level != NO_EVIDENCE), None) if studies else None
    return Facts(
        f"Does {therapy} help people with multiple sclerosis?", therapy, "multiple sclerosis", studies,
        draw(st.integers(0, 99_999)), draw(st.integers(0, 99_999)), draw(st.booleans()), told,
        numbers_of(draw(certainties()), first.finding) if first else "", first.level if first else NO_EVIDENCE,
        draw(st.lists(st.sampled_from(tuple(WHY)), unique=True)),
        draw(st.none() | st.integers(0, studies)), draw(st.booleans()), draw(st.booleans()),
        draw(st.sampled_from((None, dt.date(2026, 11, 21)))), draw(st.booleans()), draw(st.booleans()),
    )


def words_of(facts: Facts) -> str:
    return " ".join(said.text for _, part in summary(facts) for said in part)


@given(made_facts())
def test_a_made_summary_reads_at_grade_eight_at_most(facts: Facts) -> None:
    names = (facts.therapy, facts.condition, *OUTCOMES)
    assert grade(words_of(facts), names) <= LIMIT


@pytest.mark.slow
@given(made_facts())
def test_a_made_summary_says_no_more_than_its_levels_allow(facts: Facts) -> None:
    for _, part in summary(facts):
        for said in part:
            assert overclaims(said.text, said.level or NO_EVIDENCE) == (), said
            assert "None" not in said.text.replace("None of", "") and "nan" not in said.text and "  " not in said.text


@given(made_facts())
def test_a_made_summary_has_its_parts_and_no_advice(facts: Facts) -> None:
    heads = [head for head, _ in summary(facts)]
    assert heads[0] == "What was asked" and heads[-1] == "What to bear in mind" and "What is known of harm" in heads
    text = words_of(facts)
    assert "no advice on care" in text
    for word in (" should ", " must ", "recommend", "ask your", "talk to"):
        assert word not in text.casefold()
    assert ("trial run of the software" in text) == facts.demonstration
    assert ("No database was searched" in text) == (not facts.searched)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_summary_of_a_bundled_review(question: str) -> None:
    """Graded by the issue's own rule: only names of the condition and of instruments are left out."""
    report = report_of(question)
    facts = facts_of(report.review, report.certainties)
    text = words_of(facts)
    instruments = [i.name for outcome in report.review.protocol.outcomes for i in outcome.instruments]
    assert grade(text, (facts.condition, *instruments)) <= LIMIT
    for _, part in summary(facts):
        for said in part:
            assert overclaims(said.text, said.level or NO_EVIDENCE) == (), said
    assert str(facts.records) in text
    if facts.studies:
        assert f"{facts.studies} studies fit" in text
    else:
        assert "No study among them fits the question." in text


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_and_statements_of_a_bundled_review(question: str) -> None:
    report = report_of(question)
    names = names_in(report.review)
    answer = answer_sentence(report.review, report.certainties)
    assert grade(answer, names) <= LIMIT
    assert answer.count(".") == 1
    for certainty in report.certainties:
        text = plain(report.review, certainty)
        assert grade(text, names) <= LIMIT, text
        association = report.review.protocol.question.kind == "association" and certainty.outcome.better == "neither"
        assert overclaims(text, certainty.rating.level, association=association) == ()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_made_of_numbers_stays_below_the_rating(question: str) -> None:
    """Findings, directions, figures in plain words, harms: what each may say is bounded by its outcome's level."""
    report = report_of(question)
    for certainty in report.certainties:
        told = [finding(certainty.analysis), directions(certainty.analysis), who_judged(certainty),
                numbers_of(certainty, finding_of(report.review, certainty))]
        told += [reported(certainty.harms, report.review)] if certainty.harms else []
        for text in told:
            assert overclaims(text, certainty.rating.level) == (), text


def test_a_treatment_that_is_no_association_never_reads_as_one() -> None:
    report = report_of("acupuncture-ms")
    told = next(c for c in report.certainties if c.outcome.better == "neither")
    assert "effect of acupuncture" in plain(report.review, told)


def test_one_study_and_many_take_their_verbs() -> None:
    facts = Facts("Does it help?", "massage", "pain", 1, 1, 1, True, [], "", NO_EVIDENCE, [], 0, False, True,
                  dt.date(2026, 1, 2), False, False)
    text = words_of(facts)
    assert "They gave 1 record. 1 study fits the question. 1 person took part." in text
    assert "The study that fits says nothing about harm. That does not mean that there is none." in text
