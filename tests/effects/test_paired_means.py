"""Change in one group: signs, scales, and the special cases in which the measures meet."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError

values = st.tuples(
    st.floats(1, 60),
    st.floats(1, 60),
    st.floats(0.5, 20),
    st.floats(0.5, 20),
    st.integers(4, 300),
    st.floats(-0.9, 0.9),
)
NAMES = ("m1i", "m2i", "sd1i", "sd2i", "ni", "ri")


def sizes(measure, row, **options):
    return effect_sizes(measure, {name: [x] for name, x in zip(NAMES, row, strict=True)}, **options)


@given(values, st.sampled_from(["MC", "SMCC", "SMCRP", "SMCRPH", "ROMC", "VRC", "CVRC"]))
def test_swapping_the_occasions_changes_the_sign_only(row, measure):
    m1, m2, s1, s2, n, r = row
    one, other = sizes(measure, row), sizes(measure, (m2, m1, s2, s1, n, r))
    assert one.yi == pytest.approx(-other.yi, abs=1e-9)
    assert one.vi == pytest.approx(other.vi)


@given(values, st.floats(0.01, 100), st.sampled_from(["SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC", "VRC"]))
def test_units_do_not_matter(row, scale, measure):
    m1, m2, s1, s2, n, r = row
    moved = sizes(measure, (m1 * scale, m2 * scale, s1 * scale, s2 * scale, n, r))
    here = sizes(measure, row)
    assert moved.yi == pytest.approx(here.yi, rel=1e-6, abs=1e-9)
    assert moved.vi == pytest.approx(here.vi, rel=1e-6)


@given(values)
def test_with_equal_spreads_and_r_one_half_change_and_raw_standardisation_meet(row):
    m1, m2, s1, _, n, _ = row
    equal = (m1, m2, s1, s1, n, 0.5)
    assert sizes("SMCC", equal).yi == pytest.approx(sizes("SMCR", equal).yi)
    assert sizes("SMCC", equal).vi == pytest.approx(sizes("SMCR", equal).vi)


@given(values)
def test_mean_change_is_the_paired_t_test(row):
    _, _, s1, s2, n, r = row
    found = sizes("MC", row)
    assert found.sei[0] == pytest.approx(math.sqrt((s1**2 + s2**2 - 2 * r * s1 * s2) / n))


def test_one_correlation_may_stand_for_all():
    found = effect_sizes(
        "MC", {"m1i": [5, 6], "m2i": [4, 4], "sd1i": [2, 2], "sd2i": [2, 2], "ni": [20, 30], "ri": 0.5}
    )
    assert found.k == 2


def test_a_correlation_beyond_one_is_refused():
    with pytest.raises(InputError, match="between -1 and 1"):
        sizes("MC", (5, 4, 2, 2, 20, 1.2))


def test_a_change_that_does_not_vary_is_dropped():
    assert "does not vary" in sizes("SMCC", (5, 4, 2, 2, 20, 1.0)).dropped[0].reason
