"""Mean and SD from quantiles: scale, symmetry, recovery of known shapes, and summaries that cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaincinv, ndtri

from reviewkit.effects.conversions import mean_sd_from_quantiles, skewness_test
from reviewkit.errors import InputError

CLOSED = ("luo-wan-shi", "wan")
FITTED = ("mcgrath-qe", "mcgrath-bc", "cai-mln")
summaries = st.tuples(
    st.floats(1, 20), st.floats(0.5, 9), st.floats(0.5, 9), st.floats(0.5, 9), st.floats(0.5, 9), st.integers(6, 900)
).map(lambda v: (v[0], v[0] + v[1], v[0] + v[1] + v[2], sum(v[:4]), sum(v[:5]), v[5]))


def keywords(summary, kind):
    low, q1, median, q3, high, n = summary
    range_, quartiles = {"minimum": low, "maximum": high}, {"q1": q1, "q3": q3}
    known = {"range": range_, "quartiles": quartiles, "both": range_ | quartiles}[kind]
    return known | {"median": median, "n": n}


@given(
    summaries,
    st.sampled_from(["range", "quartiles", "both"]),
    st.sampled_from(CLOSED),
    st.floats(0.1, 50),
    st.floats(-50, 50),
)
def test_units_and_origin_carry_through(summary, kind, method, scale, shift):
    here = mean_sd_from_quantiles(**keywords(summary, kind), method=method)
    moved = (*(scale * x + shift for x in summary[:5]), summary[5])
    there = mean_sd_from_quantiles(**keywords(moved, kind), method=method)
    assert there["mean"] == pytest.approx(scale * here["mean"] + shift, rel=1e-6, abs=1e-6)
    assert there["sd"] == pytest.approx(scale * here["sd"], rel=1e-6)


@given(summaries, st.sampled_from(["range", "quartiles", "both"]), st.floats(0.2, 5))
def test_units_carry_through_the_log_normal(summary, kind, scale):
    try:
        here = mean_sd_from_quantiles(**keywords(summary, kind), method="log-normal")
    except InputError:
        return
    moved = (*(scale * x for x in summary[:5]), summary[5])
    there = mean_sd_from_quantiles(**keywords(moved, kind), method="log-normal")
    assert there["mean"] == pytest.approx(scale * here["mean"], rel=1e-6)
    assert there["sd"] == pytest.approx(scale * here["sd"], rel=1e-6)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(summaries, st.sampled_from(["range", "quartiles", "both"]), st.sampled_from(FITTED))
def test_fitted_shapes_give_a_mean_inside_the_range(summary, kind, method):
    found = mean_sd_from_quantiles(**keywords(summary, kind), method=method)
    assert summary[0] * 0.9 < found["mean"] < summary[4] * 1.6
    assert found["sd"] > 0


@pytest.mark.parametrize("method", [*CLOSED, *FITTED])
@pytest.mark.parametrize("kind", ["range", "quartiles", "both"])
def test_quantiles_of_normal_data_give_their_mean_and_sd(method, kind):
    n = 400
    # Quantile estimation takes the minimum for the 1/n quantile, the others for its expected place.
    lowest = 1 / n if method == "mcgrath-qe" else 0.625 / (n + 0.25)
    p = np.array([lowest, 0.25, 0.5, 0.75, 1 - lowest])
    found = mean_sd_from_quantiles(**keywords((*(50 + 8 * ndtri(p)), n), kind), method=method)
    assert found["mean"] == pytest.approx(50, rel=0.01)
    assert found["sd"] == pytest.approx(8, rel=0.04)


def test_quantile_estimation_finds_the_shape_that_made_the_quantiles():
    p = np.array([1 / 200, 0.25, 0.5, 0.75, 1 - 1 / 200])
    quantiles = gammaincinv(2.0, p) * 5
    found = mean_sd_from_quantiles(**keywords((*quantiles, 200), "both"), method="mcgrath-qe")
    assert "best shape: gamma" in found.notes
    assert (found["mean"], found["sd"]) == pytest.approx((10, 5 * math.sqrt(2)), rel=1e-3)


@pytest.mark.parametrize("method", ["log-normal", "mcgrath-qe", "mcgrath-bc", "cai-mln"])
def test_quantiles_of_log_normal_data(method):
    n = 2000
    p = np.array([0.625 / (n + 0.25), 0.25, 0.5, 0.75, 1 - 0.625 / (n + 0.25)])
    quantiles = np.exp(2 + 0.5 * ndtri(p))
    found = mean_sd_from_quantiles(**keywords((*quantiles, n), "quartiles"), method=method)
    assert found["mean"] == pytest.approx(math.exp(2.125), rel=0.02)
    assert found["sd"] == pytest.approx(math.exp(2.125) * math.sqrt(math.expm1(0.25)), rel=0.05)


def test_the_same_summary_gives_the_same_answer_each_time():
    one, two = (mean_sd_from_quantiles(q1=3.2, median=5, q3=7.9, n=210, method="cai-mln") for _ in range(2))
    assert one.outputs == two.outputs


def test_a_better_fit_that_the_published_search_misses_is_told():
    found = mean_sd_from_quantiles(minimum=5, q1=20, median=33, q3=41, maximum=80, n=120, method="mcgrath-qe")
    assert any("fuller search finds a better fit: Weibull" in note for note in found.notes)


def test_a_skewed_summary_is_told_by_the_methods_that_need_symmetry():
    skewed = {"q1": 3.2, "median": 3.6, "q3": 7.9, "n": 210}
    assert skewness_test(**skewed)["skewed"] == 1
    assert "skewed" in mean_sd_from_quantiles(**skewed).notes[0]
    assert not any("skewed" in note for note in mean_sd_from_quantiles(**skewed, method="mcgrath-qe").notes)


def test_a_symmetrical_summary_is_not_called_skewed():
    assert skewness_test(minimum=0, q1=4, median=5, q3=6, maximum=10, n=50)["skewed"] == 0


def test_the_skewness_test_keeps_its_level():
    """Normal samples of 40: close to 5 % of five-number summaries are called skewed (Shi 2023)."""
    rng = np.random.default_rng(11)
    samples = rng.normal(0, 1, (1500, 40))
    fives = np.quantile(samples, [0, 0.25, 0.5, 0.75, 1], axis=1).T
    called = [skewness_test(**keywords((*five, 40), "both"))["skewed"] for five in fives]
    assert 0.03 < np.mean(called) < 0.07


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"median": 5, "n": 50}, "no spread"),
        ({"median": 5, "q1": 4, "n": 50}, "both or neither"),
        ({"median": 5, "q1": 6, "q3": 9, "n": 50}, "not in order"),
        ({"median": 5, "q1": 5, "q3": 5, "n": 50}, "no spread"),
        ({"median": 5, "q1": 4, "q3": 6, "n": 4}, "at least 5"),
        ({"median": 5, "q1": 4, "q3": 6, "n": 20.5}, "whole"),
        ({"median": 5, "q1": 4, "q3": math.inf, "n": 20}, "finite"),
        ({"median": 5, "q1": 4, "q3": 6, "n": 20, "method": "hozo"}, "minimum, median and maximum"),
        ({"median": 5, "q1": -4, "q3": 6, "n": 20, "method": "mcgrath-bc"}, "above 0"),
        ({"median": 5, "q1": 4, "q3": 6, "n": 20, "method": "guess"}, "luo-wan-shi"),
    ],
)
def test_impossible_summaries_are_refused(wrong, told):
    with pytest.raises(InputError, match=told):
        mean_sd_from_quantiles(**wrong)
