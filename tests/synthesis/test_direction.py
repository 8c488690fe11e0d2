"""Vote counting on the direction of effect: published examples, exact arithmetic, properties, bad input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.base import Synthesis
from reviewkit.synthesis.direction import (
    DIRECTIONS,
    DirectedStudy,
    Direction,
    combined_direction,
    direction_of,
    direction_synthesis,
)


def studies(*directions: Direction) -> list[DirectedStudy]:
    return [DirectedStudy(f"Study {i}", direction) for i, direction in enumerate(directions)]


@given(st.lists(st.sampled_from(DIRECTIONS), max_size=30))
def test_no_study_is_lost(directions: list[Direction]) -> None:
    result = direction_synthesis(studies(*directions))
    assert result.k == len(directions) == len(result.table())
    assert result.benefit + result.harm + result.no_difference + result.unclear == result.k
    assert sum(bool(row["counted"]) for row in result.table()) == result.counted
    assert str(result).count("\n") == 0 and str(result).endswith(".")
    if result.ci is not None and result.proportion is not None:
        assert 0 <= result.ci[0] <= result.proportion <= result.ci[1] <= 1


@given(st.lists(st.sampled_from(DIRECTIONS), min_size=1, max_size=20), st.randoms())
def test_order_does_not_matter_and_sides_swap(directions: list[Direction], random) -> None:
    first = direction_synthesis(studies(*directions))
    shuffled = list(directions)
    random.shuffle(shuffled)
    assert direction_synthesis(studies(*shuffled)).test == first.test
    swap: dict[str, Direction] = {"benefit": "harm", "harm": "benefit"}
    swapped = direction_synthesis(studies(*[swap.get(d, d) for d in directions]))
    assert swapped.p == first.p
    if first.proportion is not None:
        assert swapped.proportion == pytest.approx(1 - first.proportion)


def test_empty_synthesis_prints_as_such() -> None:
    result = direction_synthesis([], outcome="Fatigue")
    assert result.k == 0 and result.p is None and result.ci is None and result.n is None
    assert str(result) == "Fatigue: no study, so nothing to synthesise."
    assert result.as_dict()["studies"] == []


def test_one_study_is_shown_not_counted() -> None:
    result = direction_synthesis([DirectedStudy("Ay 2001", "harm", n=40, p=0.2)])
    assert str(result) == "a single study, Ay 2001, favours the comparator (n = 40, p = 0.20); no vote count."


def test_no_difference_is_said_and_kept() -> None:
    result = direction_synthesis(studies("benefit", "benefit", "harm", "no difference", "unclear", "unclear"))
    assert result.counted == 3 and result.proportion == pytest.approx(2 / 3)
    assert "not counted are 1 with no difference and 2 of unclear direction" in str(result)
    none = direction_synthesis(studies("no difference", "unclear"))
    assert "none of 2 studies shows a direction" in str(none)


def test_uncounted_studies_and_the_limits_of_counting_are_named() -> None:
    result = direction_synthesis(studies("benefit", "benefit", "no difference", "unclear"))
    assert result.excluded == (("Study 2", "no difference"), ("Study 3", "unclear"))
    assert len(result.warnings) == 2 and "fewer than 6" in result.warnings[1]
    assert direction_synthesis(studies(*["benefit"] * 6)).p < 0.05 < direction_synthesis(studies(*["benefit"] * 5)).p
    assert len(direction_synthesis(studies(*["benefit"] * 6)).warnings) == 1
    assert direction_synthesis(studies("benefit", "unclear")).warnings == ()
    assert isinstance(result, Synthesis) and result.as_dict()["warnings"] == list(result.warnings)


def test_interval_is_the_one_asked_for() -> None:
    result = direction_synthesis(studies("benefit", "benefit", "harm"), interval="clopper-pearson")
    assert result.ci == result.test.clopper_pearson != result.test.wilson


def test_participants_are_summed_where_stated() -> None:
    rows = [DirectedStudy("Ay", "benefit", n=10), DirectedStudy("Be", "harm"), DirectedStudy("Ce", "harm", n=5)]
    assert direction_synthesis(rows).n == 15


def test_every_problem_is_named_with_its_study() -> None:
    rows = [
        DirectedStudy("Ay", "better"),  # type: ignore[arg-type]
        DirectedStudy("Be", "harm", n=0),
        DirectedStudy("Ce", "harm", p=1.2),
        DirectedStudy("Ce", "harm"),
        DirectedStudy(" ", "harm"),
    ]
    with pytest.raises(InputError) as caught:
        direction_synthesis(rows)
    text = str(caught.value)
    assert [p.code for p in caught.value.problems] == [
        "unknown-direction", "bad-n", "bad-p", "study-twice", "no-study",
    ]  # fmt: skip
    assert all(who in text for who in ("study Ay", "study Be", "study Ce", "study 5"))


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="interval"):
        direction_synthesis([], interval="wald")  # type: ignore[arg-type]


def test_direction_of_an_estimate() -> None:
    assert direction_of(0.3, better="higher") == "benefit" == direction_of(-0.3, better="lower")
    assert direction_of(0.3, better="lower") == "harm"
    assert direction_of(float("nan"), better="lower") == "unclear"
    with pytest.raises(InputError, match="better"):
        direction_of(1, better="up")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        (["benefit"] * 7 + ["harm"] * 3, "benefit"),
        (["benefit"] * 6 + ["harm"] * 4, "unclear"),
        (["no difference"] * 3 + ["harm"], "no difference"),
        ([], "unclear"),
    ],
)
def test_outcomes_of_one_study_are_combined_by_the_seventy_per_cent_rule(directions, expected) -> None:
    assert combined_direction(directions) == expected
