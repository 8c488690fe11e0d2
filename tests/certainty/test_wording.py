"""Every cell of the wording table, and the checker that reads sentences against it."""

from __future__ import annotations

import math

import pytest

from reviewkit.certainty import Finding, overclaims, size_class, statement
from reviewkit.certainty.rating import LEVELS, NO_EVIDENCE
from reviewkit.certainty.strong_words import ALLOWED, strength
from reviewkit.certainty.wording import ASSOCIATION, EFFECT, SIZES, Size
from reviewkit.report.readability import LIMIT, grade

SIDES = ("benefit", "harm", "higher", "lower", "")


def finding(size: Size, towards: str, *, association: bool = False, counts: bool = False) -> Finding:
    return Finding("Fatigue", "massage", "multiple sclerosis", size, towards, association, counts)


def test_the_table_has_every_cell() -> None:
    wanted = {(level, size) for level in LEVELS for size in SIZES}
    assert set(EFFECT) == wanted
    assert set(ASSOCIATION) == wanted


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("association", [False, True])
def test_no_cell_says_more_than_its_level_allows_or_less_than_it_could(
    level: str, size: Size, association: bool
) -> None:
    for towards in SIDES:
        text = statement(level, finding(size, towards, association=association))
        assert overclaims(text, level, association=association) == (), text
        assert "{" not in text
        assert text[0].isupper()
        assert text.endswith(".")
        settled = size == "little" or (towards and size != "either way")
        if settled and level != "very low":
            below = LEVELS[LEVELS.index(level) - 1]
            assert overclaims(text, below, association=association), f"{text} would pass as {below}"


@pytest.mark.parametrize("size", SIZES)
def test_an_association_never_reads_as_an_effect(size: Size) -> None:
    for level in LEVELS:
        for towards in ("higher", "lower", ""):
            text = statement(level, finding(size, towards, association=True))
            assert not overclaims(text, "high", association=True), text
            assert "massage" not in text.lower()


@pytest.mark.parametrize(("level", "text"), [
    ("high", "Massage results in a large improvement in fatigue."),
    ("moderate", "Massage probably results in a large improvement in fatigue."),
    ("low", "Massage may result in a large improvement in fatigue."),
    ("very low", "The evidence is very uncertain about the effect of massage on fatigue."),
])  # fmt: skip
def test_large_effects_in_the_words_of_the_source(level: str, text: str) -> None:
    """GRADE guidelines 26, abstract: 'results in', 'likely results in', 'may result in' a large reduction."""
    assert statement(level, finding("large", "benefit")) == text


@pytest.mark.parametrize(("towards", "words"), [
    ("benefit", "may improve"), ("harm", "may worsen"), ("higher", "may increase"), ("lower", "may reduce"),
])  # fmt: skip
def test_the_side_is_named(towards: str, words: str) -> None:
    assert words in statement("low", finding("important", towards))


@pytest.mark.parametrize("level", [*LEVELS, NO_EVIDENCE])
@pytest.mark.parametrize("size", SIZES)
def test_no_cell_is_harder_to_read_than_grade_eight(level: str, size: Size) -> None:
    """Names of treatment, condition and outcome count as one short word each."""
    for towards in SIDES:
        for association, counts in ((False, False), (True, False), (True, True)):
            found = Finding("Fatigue", "massage", "multiple sclerosis", size, towards, association, counts, 1114)
            text = statement(level, found)
            assert grade(text, ("fatigue", "massage", "multiple sclerosis")) <= LIMIT, text


def test_no_evidence_says_what_was_looked_at() -> None:
    one = Finding("Adverse events of massage", "massage", "multiple sclerosis", "unknown", records=114)
    text = statement(NO_EVIDENCE, one)
    assert "none among the 114 records looked at; this was not a complete search" in text
    assert "on adverse events that" in text
    assert overclaims(text, NO_EVIDENCE) == ()
    searched = Finding("Pain", "massage", "multiple sclerosis", "unknown")
    assert statement(NO_EVIDENCE, searched) == "We found no study on pain that fits the question."


@pytest.mark.parametrize(("measure", "estimate", "important", "large", "size"), [
    ("SMD", 0.19, 0.2, None, "little"), ("SMD", -0.2, 0.2, None, "important"), ("SMD", -0.8, 0.2, None, "large"),
    ("RR", math.log(0.9), 0.8, None, "little"), ("RR", math.log(0.79), 0.8, None, "important"),
    ("RR", math.log(1.3), 0.8, None, "important"), ("OR", math.log(0.5), 0.8, None, "large"),
    ("MD", 50.0, 10, None, "important"), ("MD", 50.0, 10, 30, "large"), ("MD", 50.0, None, None, "unknown"),
    ("SMD", None, 0.2, None, "unknown"), ("ROM", math.log(3), 1.2, None, "important"),
])  # fmt: skip
def test_size_classes(
    measure: str, estimate: float | None, important: float | None, large: float | None, size: str
) -> None:
    assert size_class(measure, estimate, important=important, large=large) == size


@pytest.mark.parametrize(("text", "rank"), [
    ("Massage reduces pain", 3), ("Massage probably reduces pain", 2), ("Massage may reduce pain", 1),
    ("The evidence is very uncertain about the effect of massage on pain", 0), ("Massage does not improve pain", 3),
    ("Massage makes no difference to pain", 3), ("It is not known whether massage improves pain", 0),
    ("4 studies pooled, mean difference 0.84", 0), ("Massage is effective", 3), ("Massage is likely to help", 2),
    ("Homocysteine is higher in people with it", 3), ("Massage is no more effective than rest", 3),
])  # fmt: skip
def test_strength_of_a_clause(text: str, rank: int) -> None:
    assert strength(text) == rank


@pytest.mark.parametrize("level", [*LEVELS, NO_EVIDENCE])
@pytest.mark.parametrize(("text", "rank"), [
    ("Massage reduces pain.", 3), ("Massage probably reduces pain.", 2), ("Massage may reduce pain.", 1),
    ("The evidence is very uncertain.", 0),
])  # fmt: skip
def test_a_level_allows_its_own_strength_and_no_more(level: str, text: str, rank: int) -> None:
    assert bool(overclaims(text, level)) == (rank > ALLOWED[level])


@pytest.mark.parametrize("text", [
    "Trials prove the effect.", "Massage cures pain.", "It clearly works.", "Massage is completely safe.",
    "The effect is definitely there.", "This is proof.",
])  # fmt: skip
def test_some_words_are_too_strong_for_any_level(text: str) -> None:
    assert overclaims(text, "high")


def test_every_sentence_is_read_and_questions_are_passed_over() -> None:
    text = "Does massage help? The evidence is very uncertain. Massage improves sleep by 0.8; it may reduce pain."
    found = overclaims(text, "very low")
    assert [problem.code for problem in found] == ["overclaim", "overclaim"]
    assert "improves" in found[0].message
    assert "reduce" in found[1].message


def test_causal_words_on_an_association_are_found_at_every_level() -> None:
    assert overclaims("Multiple sclerosis increases homocysteine.", "high", association=True)
    assert not overclaims("Homocysteine is higher in people with multiple sclerosis.", "high", association=True)


def test_an_unknown_level_is_named() -> None:
    assert overclaims("Massage reduces pain.", "medium")[0].code == "level"
