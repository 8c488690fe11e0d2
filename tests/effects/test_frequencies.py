"""Rates and proportions: signs, time units, zeros, the way back to the natural scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.effects import back_transform, effect_sizes
from reviewkit.errors import InputError

counts = st.integers(1, 300)
times = st.floats(1, 5000)
proportions = st.integers(2, 300).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))


@given(counts, times, counts, times, st.sampled_from(["IRR", "IRD", "IRSD"]))
def test_swapping_the_groups_changes_the_sign_only(x1, t1, x2, t2, measure):
    one = effect_sizes(measure, {"x1i": [x1], "t1i": [t1], "x2i": [x2], "t2i": [t2]})
    other = effect_sizes(measure, {"x1i": [x2], "t1i": [t2], "x2i": [x1], "t2i": [t1]})
    assert one.yi == pytest.approx(-other.yi, abs=1e-12)
    assert one.vi == pytest.approx(other.vi)


@given(counts, times, counts, times, st.floats(0.01, 100))
def test_the_unit_of_time_does_not_touch_a_rate_ratio(x1, t1, x2, t2, unit):
    one = effect_sizes("IRR", {"x1i": [x1], "t1i": [t1], "x2i": [x2], "t2i": [t2]})
    other = effect_sizes("IRR", {"x1i": [x1], "t1i": [t1 * unit], "x2i": [x2], "t2i": [t2 * unit]})
    assert one.yi == pytest.approx(other.yi, abs=1e-9)
    assert one.vi == pytest.approx(other.vi)


@given(proportions, st.sampled_from(["PLO", "PRZ", "PAS"]))
def test_counting_the_others_mirrors_the_scale(table, measure):
    x, n = table
    one = effect_sizes(measure, {"xi": [x], "ni": [n]})
    other = effect_sizes(measure, {"xi": [n - x], "ni": [n]})
    middle = np.pi / 2 if measure == "PAS" else 0.0
    assert one.yi + other.yi == pytest.approx(middle, abs=1e-9)
    assert one.vi == pytest.approx(other.vi)


@given(proportions, st.sampled_from(["PR", "PLN", "PLO", "PRZ", "PAS", "PFT"]))
def test_every_scale_leads_back_to_the_proportion(table, measure):
    x, n = table
    found = effect_sizes(measure, {"xi": [x], "ni": [n]})
    assert back_transform(measure, found.yi, size=[n]) == pytest.approx(x / n, abs=1e-7)


@given(counts, times, st.sampled_from(["IR", "IRLN", "IRS", "IRFT"]))
def test_every_scale_leads_back_to_the_rate(x, t, measure):
    found = effect_sizes(measure, {"xi": [x], "ti": [t]})
    assert back_transform(measure, found.yi, size=[t]) == pytest.approx(x / t, rel=1e-7)


@pytest.mark.parametrize(("x", "p"), [(0, 0.0), (10, 1.0)])
def test_freeman_tukey_needs_nothing_added_and_finds_the_ends(x, p):
    found = effect_sizes("PFT", {"xi": [x], "ni": [10]})
    assert back_transform("PFT", found.yi, size=10) == pytest.approx(p, abs=1e-12)


def test_nobody_or_everybody_gets_a_half_unless_told_otherwise():
    data = {"xi": [0, 10], "ni": [10, 10]}
    assert effect_sizes("PLO", data).k == 2
    assert effect_sizes("PLO", data, to="none").k == 0
    assert effect_sizes("PAS", data).notes == ()


@pytest.mark.parametrize(
    ("measure", "data", "told"),
    [
        ("IRR", {"x1i": [1], "t1i": [0], "x2i": [1], "t2i": [9]}, "above 0"),
        ("IRR", {"x1i": [-1], "t1i": [5], "x2i": [1], "t2i": [9]}, "at least 0"),
        ("PR", {"xi": [11], "ni": [10]}, "11 events"),
        ("PR", {"xi": [1], "ni": [0]}, "at least 1"),
        ("PR", {"xi": [1], "mi": [2], "ni": [10]}, "ni = 10"),
    ],
)
def test_impossible_counts_are_refused(measure, data, told):
    with pytest.raises(InputError, match=r"study 1: .*" + told):
        effect_sizes(measure, data)


def test_freeman_tukey_cannot_be_undone_without_sizes():
    with pytest.raises(InputError, match="size"):
        back_transform("PFT", [0.5])
