"""Conversions: there and back, agreement with made-up people, one printable line, impossible input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.effects import conversions as cv
from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError

sds = st.floats(0.1, 50)
sizes = st.integers(3, 400)
means = st.floats(-30, 30)
levels = st.floats(0.5, 0.999)
ratios = st.floats(0.05, 20)
shares = st.floats(0.01, 0.99)


@given(means, sds, sizes, levels, st.sampled_from(["t", "normal"]))
def test_interval_and_sd_there_and_back(mean, sd, n, level, distribution):
    ci = cv.ci_from_sd(mean, sd, n, level=level, distribution=distribution)
    back = cv.sd_from_ci(ci["lower"], ci["upper"], n, level=level, distribution=distribution)
    assert back["sd"] == pytest.approx(sd, rel=1e-6)


@pytest.mark.slow
@given(sds, sizes)
def test_se_and_sd(sd, n):
    assert cv.sd_from_se(sd / math.sqrt(n), n)["sd"] == pytest.approx(sd)


@given(st.floats(0.1, 20), sds, sizes, sizes)
def test_t_f_and_p_of_one_comparison_agree(difference, sd, n1, n2):
    t = difference / (sd * math.sqrt(1 / n1 + 1 / n2))
    assert cv.sd_from_t(difference, t, n1, n2)["sd"] == pytest.approx(sd)
    assert cv.sd_from_f(difference, t**2, n1, n2)["sd"] == pytest.approx(sd)
    by_t = cv.smd_from_t(t, n1, n2)
    assert cv.smd_from_f(t**2, n1, n2, favours_first=True)["g"] == pytest.approx(by_t["g"])
    from scipy.special import stdtr

    p = 2 * float(stdtr(n1 + n2 - 2, -t))
    if 1e-250 < p < 0.999:
        assert cv.sd_from_difference_p(difference, p, n1, n2)["sd"] == pytest.approx(sd, rel=1e-4)
        assert cv.smd_from_p(p, n1, n2, favours_first=False)["g"] == pytest.approx(-by_t["g"], rel=1e-4)


@given(means, means, sds, sizes, sizes)
def test_smd_from_t_is_the_smd_of_the_groups(m1, m2, sd, n1, n2):
    direct = effect_sizes("SMD", {"m1i": [m1], "sd1i": [sd], "n1i": [n1], "m2i": [m2], "sd2i": [sd], "n2i": [n2]})
    from_t = cv.smd_from_t((m1 - m2) / (sd * math.sqrt(1 / n1 + 1 / n2)), n1, n2)
    assert from_t["g"] == pytest.approx(direct.yi[0], abs=1e-9)
    assert from_t["vi"] == pytest.approx(direct.vi[0])


@given(means, means, sds, sizes, sizes)
def test_g_from_d_is_the_smd_of_the_groups(m1, m2, sd, n1, n2):
    direct = effect_sizes("SMD", {"m1i": [m1], "sd1i": [sd], "n1i": [n1], "m2i": [m2], "sd2i": [sd], "n2i": [n2]})
    found = cv.g_from_d((m1 - m2) / sd, n1 + n2)
    assert found["g"] == pytest.approx(direct.yi[0], abs=1e-9)
    assert 0 < found["j"] < 1


def test_g_from_d_refuses_too_few_people():
    with pytest.raises(InputError, match="at least 2 people each"):
        cv.g_from_d(0.5, 3)


@given(sds, sds, st.floats(-0.99, 0.99))
def test_correlation_of_change_there_and_back(before, after, r):
    change = cv.sd_of_change(before, after, r)["sd_change"]
    assert cv.correlation_from_change(before, after, change)["correlation"] == pytest.approx(r, abs=1e-6)


def test_change_from_baseline_is_the_paired_mean_change():
    found = cv.change_from_baseline(23.5, 26.8, 3.1, 4.1, n=50, correlation=0.64, imputed=True)
    columns = {"m1i": [26.8], "m2i": [23.5], "sd1i": [4.1], "sd2i": [3.1], "ni": [50], "ri": [0.64]}
    paired = effect_sizes("MC", columns)
    assert (found["mean_change"], found["se"]) == pytest.approx((paired.yi[0], paired.sei[0]))
    assert "imputed" in str(found)


def test_spreads_that_no_correlation_explains_are_refused():
    with pytest.raises(InputError, match="cannot be"):
        cv.correlation_from_change(5, 6, 20)


@given(st.lists(st.lists(st.floats(-20, 20), min_size=2, max_size=12), min_size=2, max_size=5))
def test_combined_arms_are_the_people_put_together(arms):
    if min(np.std(arm) for arm in arms) < 1e-3:
        return
    found = cv.combine_arms([len(a) for a in arms], [np.mean(a) for a in arms], [np.std(a, ddof=1) for a in arms])
    people = np.concatenate(arms)
    assert found["n"] == len(people)
    assert found["mean"] == pytest.approx(people.mean(), abs=1e-9)
    assert found["sd"] == pytest.approx(people.std(ddof=1))


@given(st.integers(1, 50), st.integers(51, 300), st.integers(2, 6))
def test_a_split_comparator_adds_up_again_and_keeps_its_risk(events, total, comparisons):
    part = cv.split_comparator_events(events, total, comparisons=comparisons)
    whole = cv.combine_arms_events([part["events"]] * comparisons, [part["total"]] * comparisons)
    assert (whole["events"], whole["total"]) == pytest.approx((events, total))


def test_crossover_agrees_with_the_differences_of_people():
    rng = np.random.default_rng(7)
    pairs = rng.multivariate_normal([10, 8], [[16, 12], [12, 25]], size=40)
    m, sd, r = pairs.mean(0), pairs.std(0, ddof=1), np.corrcoef(pairs.T)[0, 1]
    found = cv.crossover_difference(m[0], m[1], sd[0], sd[1], n=40, correlation=r)
    differences = pairs[:, 0] - pairs[:, 1]
    assert found["md"] == pytest.approx(differences.mean())
    assert found["se"] == pytest.approx(differences.std(ddof=1) / math.sqrt(40))


@given(st.floats(1, 60), st.floats(0, 0.5), st.floats(0.1, 4))
def test_clusters_only_ever_cost_precision(size, icc, se):
    effect = cv.design_effect(size, icc)["design_effect"]
    assert effect >= 1
    assert cv.cluster_se(se, cluster_size=size, icc=icc)["se"] == pytest.approx(se * math.sqrt(effect))
    arm = cv.cluster_events(30, 200, cluster_size=size, icc=icc)
    assert arm["events"] / arm["total"] == pytest.approx(30 / 200)
    assert cv.cluster_size_of_means(200, cluster_size=size, icc=icc)["n"] == pytest.approx(arm["total"])


@given(st.floats(-3, 3), st.floats(0.05, 2))
def test_smd_and_odds_ratio_there_and_back(smd, se):
    there = cv.log_odds_ratio_from_smd(smd, se)
    back = cv.smd_from_log_odds_ratio(there["log_odds_ratio"], there["se"])
    assert (back["smd"], back["se"]) == pytest.approx((smd, se))


@given(ratios, shares)
def test_risk_and_odds_ratio_there_and_back(odds_ratio, risk):
    there = cv.risk_ratio_from_odds_ratio(odds_ratio, risk)["risk_ratio"]
    assert cv.odds_ratio_from_risk_ratio(there, risk)["odds_ratio"] == pytest.approx(odds_ratio, rel=1e-6)
    new_risk = there * risk
    assert new_risk / (1 - new_risk) / (risk / (1 - risk)) == pytest.approx(odds_ratio, rel=1e-6)


def test_an_odds_ratio_is_a_risk_ratio_where_the_event_is_rare_and_none_where_all_have_it():
    assert cv.risk_ratio_from_odds_ratio(0.5, 1e-9)["risk_ratio"] == pytest.approx(0.5)
    assert cv.risk_ratio_from_odds_ratio(0.5, 1 - 1e-9)["risk_ratio"] == pytest.approx(1.0)


def test_a_risk_above_one_is_refused():
    with pytest.raises(InputError, match="not below 1"):
        cv.odds_ratio_from_risk_ratio(3, 0.5)


@given(st.floats(-4, 4), sizes, sizes)
def test_d_and_r_there_and_back(d, n1, n2):
    r = cv.correlation_from_d(d, n1, n2)["r"]
    assert cv.d_from_correlation(r, n1, n2)["d"] == pytest.approx(d, rel=1e-6, abs=1e-9)


def test_d_to_r_is_the_correlation_with_the_group():
    rng = np.random.default_rng(3)
    x, y = rng.normal(1, 1, 12), rng.normal(0, 1, 9)
    pooled = math.sqrt((11 * x.var(ddof=1) + 8 * y.var(ddof=1)) / 19)
    expected = np.corrcoef(np.r_[x, y], np.r_[np.ones(12), np.zeros(9)])[0, 1]
    assert cv.correlation_from_d((x.mean() - y.mean()) / pooled, 12, 9)["r"] == pytest.approx(expected)


@given(st.floats(-0.99, 0.99))
def test_fisher_there_and_back(r):
    assert cv.correlation_from_z(cv.fisher_z(r)["z"])["r"] == pytest.approx(r)


@given(ratios, st.floats(0.02, 2))
def test_log_rank_numbers_there_and_back(hr, se):
    there = cv.oe_from_hazard_ratio(hr, se)
    back = cv.hazard_ratio_from_oe(there["o_minus_e"], there["v"])
    assert (back["log_hr"], back["se"]) == pytest.approx((math.log(hr), se))


@given(ratios, st.floats(0.02, 2), levels)
def test_ratio_and_interval_there_and_back(ratio, se, level):
    z = cv.se_from_ci(-1, 1, level=level).inputs["critical value"]
    found = cv.ratio_from_ci(ratio, ratio * math.exp(-z * se), ratio * math.exp(z * se), level=level)
    assert found["se"] == pytest.approx(se, rel=1e-6)
    assert found["asymmetry_lower"] == pytest.approx(z, rel=1e-6)
    assert found.notes == ()


def test_a_lopsided_interval_of_a_ratio_is_pointed_out():
    assert "symmetrical" in cv.ratio_from_ci(0.66, 0.62, 1.04).notes[0]


@given(st.integers(1, 80), st.integers(1, 80), st.integers(1, 80), st.integers(1, 80))
def test_a_table_is_rebuilt_from_its_odds_ratio(a, b, c, d):
    table = cv.table_from_odds_ratio(a * d / (b * c), a + b + c + d, a + b, a + c)
    assert (table["a"], table["b"], table["c"], table["d"]) == (a, b, c, d)


def test_a_conversion_prints_as_one_line_and_serialises():
    found = cv.sd_of_change(5, 6, 0.7, imputed=True)
    line = str(found)
    assert "\n" not in line and "Handbook 6.5.2.8" in line and "sd_change = 4.3589" in line and "imputed" in line
    assert found.as_dict()["outputs"] == {"sd_change": pytest.approx(4.358898943540674)}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: cv.sd_from_se(-1, 20),
        lambda: cv.sd_from_se(1, 1),
        lambda: cv.sd_from_ci(3, 2, 20),
        lambda: cv.se_from_p(1, 0),
        lambda: cv.se_from_p(0, 0.5),
        lambda: cv.se_from_ci(1, 2, level=95),
        lambda: cv.smd_from_t(math.nan, 10, 10),
        lambda: cv.combine_arms([10], [1], [1]),
        lambda: cv.combine_arms([10, 10], [1], [1, 1]),
        lambda: cv.split_comparator(20, 1, 1, comparisons=1),
        lambda: cv.sd_of_change(5, 6, 1.5),
        lambda: cv.cluster_events(30, 20, cluster_size=5, icc=0.1),
        lambda: cv.design_effect(0.5, 0.1),
        lambda: cv.ratio_from_ci(2, 0.5, 1.5),
        lambda: cv.ratio_from_p(1, 0.5),
        lambda: cv.hazard_ratio_from_oe(3, 0),
        lambda: cv.fisher_z(1),
        lambda: cv.table_from_odds_ratio(2, 100, 120, 30),
    ],
)
def test_impossible_input_is_refused(wrong):
    with pytest.raises(InputError):
        wrong()
