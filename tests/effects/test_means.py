"""Measures from means: shift, scale, sign; the named corrections and variance formulas; impossible input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.effects import MEASURES, correction_factor, effect_sizes
from reviewkit.errors import InputError

means = st.floats(-50, 50).map(lambda x: round(x, 3))
above_zero = st.floats(1, 80).map(lambda x: round(x, 3))
spreads = st.floats(0.5, 30).map(lambda x: round(x, 3))
people = st.integers(4, 400)
groups = st.tuples(means, spreads, people, means, spreads, people)
ratio_groups = st.tuples(above_zero, spreads, people, above_zero, spreads, people)
NAMES = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
STANDARDISED = ("SMD", "SMDH", "SMD1", "SMD1H")


def sizes(measure, values, **options):
    return effect_sizes(measure, {name: [x] for name, x in zip(NAMES, values, strict=True)}, **options)


@given(groups, st.sampled_from(["MD", "SMD", "SMDH"]))
def test_swapping_the_groups_changes_the_sign_only(values, measure):
    one, other = sizes(measure, values), sizes(measure, values[3:] + values[:3])
    assert one.yi == pytest.approx(-other.yi, abs=1e-9)
    assert one.vi == pytest.approx(other.vi)


@given(ratio_groups, st.sampled_from(["ROM", "VR", "CVR"]), st.booleans())
def test_swapping_turns_a_ratio_over(values, measure, corrected):
    one = sizes(measure, values, correction=corrected)
    other = sizes(measure, values[3:] + values[:3], correction=corrected)
    assert one.yi == pytest.approx(-other.yi, abs=1e-9)
    assert one.vi == pytest.approx(other.vi)


@given(groups, st.floats(0.01, 100), st.floats(-20, 20), st.sampled_from(STANDARDISED))
def test_units_and_origin_do_not_touch_a_standardised_difference(values, scale, shift, measure):
    m1, s1, n1, m2, s2, n2 = values
    moved = sizes(measure, (m1 * scale + shift, s1 * scale, n1, m2 * scale + shift, s2 * scale, n2))
    here = sizes(measure, values)
    assert moved.yi == pytest.approx(here.yi, rel=1e-6, abs=1e-9)
    assert moved.vi == pytest.approx(here.vi, rel=1e-6)


@given(ratio_groups, st.floats(0.01, 100))
def test_units_do_not_touch_a_ratio_of_means(values, scale):
    m1, s1, n1, m2, s2, n2 = values
    moved = sizes("ROM", (m1 * scale, s1 * scale, n1, m2 * scale, s2 * scale, n2))
    assert moved.yi == pytest.approx(sizes("ROM", values).yi, abs=1e-9)


@given(groups)
def test_g_is_smaller_than_d_and_the_approximation_is_close(values):
    d, g, approx = (sizes("SMD", values, correction=name).yi[0] for name in ("none", "exact", "approx"))
    assert abs(g) <= abs(d)
    assert approx == pytest.approx(g, rel=0.01)


@given(groups)
def test_named_variance_formulas_have_the_same_start(values):
    """Every formula is 1/n1 + 1/n2 where there is no difference (LS2 shrinks it by J squared)."""
    same = (*values[:3], values[0], *values[4:])
    base = 1 / values[2] + 1 / values[5]
    for name in ("LS", "LS3", "revman", "UB", "meta_exact", "AV"):
        assert sizes("SMD", same, variance=name).vi[0] == pytest.approx(base)
    factor = correction_factor(values[2] + values[5] - 2)
    assert sizes("SMD", same, variance="LS2").vi[0] == pytest.approx(base * factor**2)


@given(st.floats(2, 1e6))
def test_the_exact_factor_satisfies_the_recurrence_of_gamma(df):
    """J(m) J(m + 1) = (m - 1) / √(m (m + 1)), because Γ(x + 1) = x Γ(x)."""
    product = float(correction_factor(df) * correction_factor(df + 1))
    assert product == pytest.approx((df - 1) / np.sqrt(df * (df + 1)), rel=1e-8)


def test_the_unbiased_variance_is_unbiased():
    """Simulated: the mean of the UB variance is the variance of g; LS is not held to that."""
    rng = np.random.default_rng(20260101)
    n, k = 6, 40_000
    x, y = rng.normal(0.8, 1, (k, n)), rng.normal(0, 1, (k, n))
    columns = {
        "m1i": x.mean(1),
        "sd1i": x.std(1, ddof=1),
        "n1i": n,
        "m2i": y.mean(1),
        "sd2i": y.std(1, ddof=1),
        "n2i": n,
    }
    found = effect_sizes("SMD", columns, variance="UB")
    assert found.yi.mean() == pytest.approx(0.8, abs=0.02)
    assert found.vi.mean() == pytest.approx(found.yi.var(), rel=0.03)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sd1i": [0]}, "above 0"),
        ({"sd1i": [-2]}, "above 0"),
        ({"sd2i": [float("inf")]}, "finite"),
        ({"n1i": [1]}, "at least 2"),
        ({"n1i": [0]}, "at least 2"),
        ({"n2i": [10.5]}, "whole number"),
        ({"m1i": [float("-inf")]}, "finite"),
    ],
)
@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
def test_impossible_groups_are_refused_by_name(measure, change, told):
    data = {"study": ["Lee 1999"], "m1i": [5], "sd1i": [2], "n1i": [20], "m2i": [4], "sd2i": [2], "n2i": [20]} | change
    with pytest.raises(InputError, match="Lee 1999") as error:
        effect_sizes(measure, data)
    assert told in str(error.value)


def test_lengths_must_agree():
    data = {"m1i": [5, 6], "sd1i": [2], "n1i": [20], "m2i": [4], "sd2i": [2], "n2i": [20]}
    with pytest.raises(InputError, match=r"m1i 2, sd1i 1"):
        effect_sizes("MD", data)


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(InputError, match="sd1i") as error:
        effect_sizes("MD", {"m1i": [5], "n1i": [20], "m2i": [4], "sd2i": [2], "n2i": [20]})
    assert "m1i" in str(error.value)


def test_a_ratio_of_means_of_opposite_sign_is_dropped():
    found = sizes("ROM", (5, 1, 20, -5, 1, 20))
    assert "same sign" in found.dropped[0].reason


def test_glass_delta_needs_no_spread_of_the_first_group():
    found = effect_sizes("SMD1", {"m1i": [5], "n1i": [20], "m2i": [4], "sd2i": [2], "n2i": [20]})
    assert found.yi[0] == pytest.approx(0.5 * float(correction_factor(19)))


def test_unknown_names_list_the_known():
    with pytest.raises(InputError, match="SMDH"):
        effect_sizes("smd", {})
    with pytest.raises(InputError, match="meta_exact"):
        sizes("SMD", (5, 1, 20, 4, 1, 20), variance="best")
    with pytest.raises(InputError, match="approx"):
        sizes("SMD", (5, 1, 20, 4, 1, 20), correction="hedges")


def test_the_default_of_every_measure_is_one_it_knows():
    for measure in MEASURES.values():
        assert measure.variances[0] == "LS"
    assert MEASURES["SMD"].corrections[0] == "exact"
    assert MEASURES["ROM"].corrections[0] == "none"


@given(st.tuples(above_zero, spreads, people))
def test_one_group(values):
    mean, sd, n = values
    columns = {"mi": [mean], "sdi": [sd], "ni": [n]}
    assert effect_sizes("MN", columns).vi[0] == pytest.approx(sd**2 / n)
    assert effect_sizes("MNLN", columns).natural[0] == pytest.approx(mean)
    assert effect_sizes("SDLN", columns, correction=False).natural[0] == pytest.approx(sd)
    assert effect_sizes("CVLN", columns, correction=False).natural[0] == pytest.approx(sd / mean)
