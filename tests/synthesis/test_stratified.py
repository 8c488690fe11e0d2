"""Mantel-Haenszel and Peto against statsmodels, and what must hold for any tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.counts import check_tables
from reviewkit.synthesis.stratified import mantel_haenszel, mantel_haenszel_rates, peto
from reviewkit.synthesis.table_tests import breslow_day, cochran_mantel_haenszel

A, B, C, D = [4, 6, 3, 0], [119, 300, 228, 40], [11, 29, 11, 5], [128, 274, 209, 33]
ARMS = st.tuples(st.integers(0, 30), st.integers(1, 60), st.integers(0, 30), st.integers(1, 60))
TABLES = st.lists(ARMS, min_size=2, max_size=8).map(lambda rows: [list(column) for column in zip(*rows, strict=True)])


def test_odds_ratio_and_tests_agree_with_statsmodels():
    stratified = pytest.importorskip("statsmodels.stats.contingency_tables")
    tables = [np.array([[a, b], [c, d]]) for a, b, c, d in zip(A, B, C, D, strict=True)]
    theirs = stratified.StratifiedTable(tables)
    ours = mantel_haenszel(A, B, C, D, measure="OR")
    assert ours.estimate == pytest.approx(float(theirs.logodds_pooled), rel=1e-12)
    assert ours.se == pytest.approx(float(theirs.logodds_pooled_se), rel=1e-12)
    corrected = theirs.test_null_odds(correction=True)
    assert ours.tests["cmh"].statistic == pytest.approx(float(corrected.statistic), rel=1e-12)
    plain = cochran_mantel_haenszel(check_tables(A, B, C, D), correct=False)
    assert plain is not None
    assert plain.statistic == pytest.approx(float(theirs.test_null_odds(correction=False).statistic), rel=1e-12)
    both = breslow_day(check_tables(A, B, C, D), ours.estimate)
    assert both is not None
    for ours_one, adjust in zip(both, (False, True), strict=True):
        assert ours_one.statistic == pytest.approx(float(theirs.test_equal_odds(adjust=adjust).statistic), rel=1e-9)


def test_risk_ratio_agrees_with_statsmodels():
    stratified = pytest.importorskip("statsmodels.stats.contingency_tables")
    theirs = stratified.StratifiedTable([np.array([[a, b], [c, d]]) for a, b, c, d in zip(A, B, C, D, strict=True)])
    ours = mantel_haenszel(A, B, C, D, measure="RR")
    assert ours.estimate == pytest.approx(float(np.log(theirs.riskratio_pooled)), rel=1e-12)


@given(TABLES, st.randoms(use_true_random=False))
def test_order_of_studies_is_nothing(tables, random):
    order = list(range(len(tables[0])))
    random.shuffle(order)
    shuffled = [[column[i] for i in order] for column in tables]
    for measure in ("OR", "RR", "RD"):
        try:
            one = mantel_haenszel(*tables, measure=measure)
        except InputError:
            assume(False)
        other = mantel_haenszel(*shuffled, measure=measure)
        assert other.estimate == pytest.approx(one.estimate, abs=1e-10)
        assert other.se == pytest.approx(one.se, abs=1e-10)
        assert other.q == pytest.approx(one.q, rel=1e-8, abs=1e-8)


@given(TABLES)
def test_swapping_the_groups_turns_the_sign(tables):
    a, b, c, d = tables
    for measure in ("OR", "RR", "RD"):
        try:
            one, other = (mantel_haenszel(*cells, measure=measure) for cells in ((a, b, c, d), (c, d, a, b)))
        except InputError:
            assume(False)
        assert other.estimate == pytest.approx(-one.estimate, abs=1e-10)
        assert other.se == pytest.approx(one.se, abs=1e-10)


@given(TABLES, st.integers(1, 50), st.integers(1, 50))
def test_a_study_without_events_adds_nothing_to_a_ratio(tables, n1, n2):
    more = [[*column, value] for column, value in zip(tables, (0, n1, 0, n2), strict=True)]
    try:
        before, after = (mantel_haenszel(*cells, measure="OR") for cells in (tables, more))
        odds, odds_more = peto(*tables), peto(*more)
    except InputError:
        assume(False)
    assert (after.estimate, after.se) == pytest.approx((before.estimate, before.se), abs=1e-12)
    assert (odds_more.estimate, odds_more.se) == pytest.approx((odds.estimate, odds.se), abs=1e-12)
    assert after.excluded[-1][0] == f"study {len(more[0])}"


@given(TABLES)
def test_heterogeneity_stays_in_its_range(tables):
    try:
        found = mantel_haenszel(*tables, measure="OR")
    except InputError:
        assume(False)
    assert found.q >= 0
    assert found.i2 is None or 0 <= found.i2 <= 100
    assert found.random_effects().tau2 >= 0
    assert sum(found.weights) == pytest.approx(100)


def test_one_study_is_its_own_result():
    found = mantel_haenszel([10], [90], [20], [80], measure="RR")
    assert found.estimate == pytest.approx(np.log(0.5))
    assert found.i2 is None and found.q_df == 0


def test_rates_of_one_study():
    ratio = mantel_haenszel_rates([10], [1000], [5], [800], measure="IRR")
    assert ratio.estimate == pytest.approx(np.log((10 / 1000) / (5 / 800)))
    assert ratio.se == pytest.approx(np.sqrt(1 / 10 + 1 / 5))
    difference = mantel_haenszel_rates([10], [1000], [5], [800], measure="IRD")
    assert difference.estimate == pytest.approx(10 / 1000 - 5 / 800)


@pytest.mark.parametrize("measure", ["OR", "RR"])
@pytest.mark.parametrize("convention", ["exact", "metabin"])
def test_no_events_anywhere_is_refused(measure, convention):
    with pytest.raises(InputError, match="undefined") as caught:
        mantel_haenszel([0, 0], [20, 35], [0, 0], [22, 30], measure=measure, convention=convention)
    assert caught.value.problems[0].code == "undefined"


def test_a_difference_without_events_says_that_it_is_empty():
    found = mantel_haenszel([0, 0], [20, 35], [0, 0], [22, 30], measure="RD")
    assert (found.estimate, found.se, found.p) == (0.0, 0.0, None)
    assert "No study has an event" in found.warnings[0]


def test_errors_name_the_study():
    with pytest.raises(InputError, match=r"Smith 2001: bi = -2: more events than people"):
        mantel_haenszel([4], [-2], [1], [3], studies=["Smith 2001"])
    with pytest.raises(InputError, match="nobody is in group 2"):
        peto([1], [3], [0], [0])
    with pytest.raises(InputError, match="person-time must be above 0"):
        mantel_haenszel_rates([1], [0], [2], [10])
    with pytest.raises(InputError, match="no study"):
        mantel_haenszel([], [], [], [])
    with pytest.raises(InputError, match="ai has 2"):
        mantel_haenszel([1, 2], [3], [1], [2])
