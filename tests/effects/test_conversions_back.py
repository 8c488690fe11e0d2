"""Conversions back to what they came from: p values, clusters, events of arms; and figures printed, then read."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import ndtr, stdtr

from reviewkit.effects import conversions as cv
from reviewkit.effects.conversions_spread import critical_value, statistic_of_p
from reviewkit.extraction.printed import read_figure

ratios = st.floats(0.05, 20).filter(lambda ratio: abs(math.log(ratio)) > 0.01)
ps = st.floats(1e-6, 0.95)
sizes = st.integers(2, 400)


@given(ratios, ps)
def test_the_error_of_a_ratio_from_its_p_gives_the_p_again(ratio: float, p: float) -> None:
    se = cv.ratio_from_p(ratio, p)["se"]
    assert 2 * ndtr(-abs(math.log(ratio)) / se) == pytest.approx(p, rel=1e-8)


@given(ratios, ps)
def test_log_rank_numbers_from_a_p_give_the_p_again(ratio: float, p: float) -> None:
    found = cv.hazard_ratio_from_p(ratio, p)
    assert 2 * ndtr(-abs(found["o_minus_e"]) / math.sqrt(found["v"])) == pytest.approx(p, rel=1e-8)
    assert cv.hazard_ratio_from_oe(found["o_minus_e"], found["v"])["log_hr"] == pytest.approx(math.log(ratio))


@given(ps, sizes)
def test_the_statistic_of_a_p_has_that_p(p: float, df: int) -> None:
    assert 2 * ndtr(-statistic_of_p(p)) == pytest.approx(p, rel=1e-8)
    assert 2 * stdtr(df, -statistic_of_p(p, df)) == pytest.approx(p, rel=1e-6)


@given(st.floats(0.2, 0.99), st.integers(1, 500))
def test_the_critical_value_leaves_the_rest_outside(level: float, df: int) -> None:
    assert 2 * ndtr(-critical_value(level)) == pytest.approx(1 - level, rel=1e-8)
    assert 2 * stdtr(df, -critical_value(level, df)) == pytest.approx(1 - level, rel=1e-6)


@given(st.floats(0.01, 5), st.floats(1, 60), st.floats(0, 0.5))
def test_the_design_effect_is_taken_out_again(se: float, cluster_size: float, icc: float) -> None:
    effect = cv.design_effect(cluster_size, icc)["design_effect"]
    wide = cv.cluster_se(se, cluster_size=cluster_size, icc=icc)["se"]
    assert wide / math.sqrt(effect) == pytest.approx(se)


@given(st.integers(0, 60), st.integers(61, 200), st.floats(1, 40), st.floats(0, 0.3))
def test_clustered_events_keep_their_risk_and_give_the_counts_again(
    events: int, total: int, cluster_size: float, icc: float
) -> None:
    effect = cv.design_effect(cluster_size, icc)["design_effect"]
    found = cv.cluster_events(events, total, cluster_size=cluster_size, icc=icc)
    assert found["events"] * effect == pytest.approx(events)
    assert found["total"] * effect == pytest.approx(total)


@given(st.integers(1, 50), st.integers(51, 300), st.integers(2, 6))
def test_split_events_combine_to_the_arm_again(events: int, total: int, comparisons: int) -> None:
    part = cv.split_comparator_events(events, total, comparisons=comparisons)
    whole = cv.combine_arms_events([part["events"]] * comparisons, [part["total"]] * comparisons)
    assert (whole["events"], whole["total"]) == (pytest.approx(events), pytest.approx(total))


@given(st.floats(0.05, 10), st.floats(0.01, 0.9))
def test_a_risk_ratio_goes_to_an_odds_ratio_and_back(risk_ratio: float, risk: float) -> None:
    assume(risk_ratio * risk < 0.99)
    odds_ratio = cv.odds_ratio_from_risk_ratio(risk_ratio, risk)["odds_ratio"]
    assert cv.risk_ratio_from_odds_ratio(odds_ratio, risk)["risk_ratio"] == pytest.approx(risk_ratio)


@given(st.decimals(-999, 999, places=3, allow_nan=False, allow_infinity=False),
       st.sampled_from(["−", "-", "–"]), st.sampled_from(["ascii", "persian", "arabic", "full-width"]))
def test_a_value_printed_then_read_is_the_same_value(value: object, minus: str, script: str) -> None:
    """Three decimals with a point are never a thousands group; signs and digits of other scripts are undone."""
    first = {"ascii": "0", "persian": "۰", "arabic": "٠", "full-width": "０"}[script]
    digits = {ord("0") + i: chr(ord(first) + i) for i in range(10)}
    printed = f"{value:.3f}".replace("-", minus).translate(digits)
    read = read_figure(printed)
    assert float(f"{value:.3f}") in read.readings
    assert len(read.readings) == 1 or read.question
