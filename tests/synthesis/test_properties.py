"""What must hold for any studies: order, sign, unit, location, bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.synthesis import pool

effect = st.floats(-20, 20, allow_nan=False).map(lambda x: round(x, 4))
variance = st.floats(1e-3, 10).map(lambda x: round(x, 4))
sets = st.lists(st.tuples(effect, variance), min_size=1, max_size=9)
METHODS = st.sampled_from(["REML", "ML", "DL", "PM", "SJ", "HE", "HS"])
CIS = st.sampled_from(["normal", "t", "hk", "hk-adhoc"])
few = settings(max_examples=80, deadline=None)


def _split(rows):
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def _same(a, b, unit=1.0):
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-7 * unit)


def _two_peaks(*results):
    """With two peaks of equal height rounding decides which is the highest: no property of the data."""
    return any(len(result.tau2_maxima) > 1 for result in results)


@few
@given(sets, METHODS, CIS, st.randoms())
def test_order_does_not_matter(rows, method, ci, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    a, b = (pool(*_split(r), tau2=method, ci=ci) for r in (rows, shuffled))
    if not _two_peaks(a, b):
        assert _same(a.estimate, b.estimate) and _same(a.ci_low, b.ci_low) and _same(a.tau2, b.tau2, 10)


@few
@given(sets, METHODS, CIS)
def test_a_change_of_sign_mirrors_everything(rows, method, ci):
    y, v = _split(rows)
    a, b = pool(y, v, tau2=method, ci=ci), pool(-y, v, tau2=method, ci=ci)
    if not _two_peaks(a, b):
        assert _same(a.estimate, -b.estimate) and _same(a.ci_low, -b.ci_high) and _same(a.tau2, b.tau2, 10)
        assert a.pi_low is None or _same(a.pi_low, -b.pi_high, 10)


@few
@given(sets, METHODS, CIS, st.sampled_from([1e-3, 0.1, 7.0, 1e4]))
def test_a_change_of_unit_scales_everything(rows, method, ci, unit):
    y, v = _split(rows)
    a, b = pool(y, v, tau2=method, ci=ci), pool(y * unit, v * unit**2, tau2=method, ci=ci)
    if not _two_peaks(a, b):
        assert _same(a.estimate * unit, b.estimate, unit) and _same(a.ci_high * unit, b.ci_high, unit)
        assert _same(a.tau2 * unit**2, b.tau2, 10 * unit**2)
        assert math.isclose(a.i2_tau2, b.i2_tau2, abs_tol=1e-4)


@pytest.mark.slow
@few
@given(sets, METHODS, CIS, st.sampled_from([-1000.0, 3.0, 500.0]))
def test_a_shift_moves_the_effect_and_nothing_else(rows, method, ci, shift):
    y, v = _split(rows)
    a, b = pool(y, v, tau2=method, ci=ci), pool(y + shift, v, tau2=method, ci=ci)
    if not _two_peaks(a, b):
        assert math.isclose(a.estimate + shift, b.estimate, rel_tol=1e-6, abs_tol=1e-6)
        assert math.isclose(a.tau2, b.tau2, rel_tol=1e-5, abs_tol=1e-6)
        assert math.isclose(a.q, b.q, rel_tol=1e-6, abs_tol=1e-6)


@few
@given(sets, METHODS, CIS, st.sampled_from(["random", "common"]))
def test_bounds(rows, method, ci, model):
    y, v = _split(rows)
    got = pool(y, v, tau2=method, ci=ci, model=model)
    slack = 1e-9 * (1 + np.abs(y).max())
    assert y.min() - slack <= got.estimate <= y.max() + slack
    assert got.tau2 >= 0 and got.se >= 0 and got.converged
    assert 0 <= got.i2_tau2 <= 100 and 0 <= got.i2_q <= 100
    assert got.ci_low <= got.estimate <= got.ci_high
    assert math.isnan(got.p) or 0 <= got.p <= 1
    assert 0 <= got.q_p <= 1
    assert got.weights.sum() == pytest.approx(100) and (got.weights > 0).all()
    if got.pi_low is not None:
        assert got.pi_high - got.pi_low >= got.ci_high - got.ci_low - slack or got.pi_method != "k-2"


@few
@given(effect, variance, METHODS, CIS)
def test_one_study_is_itself(y, v, method, ci):
    got = pool([y], [v], tau2=method, ci=ci)
    assert got.estimate == y
    assert got.se == pytest.approx(math.sqrt(v))
    assert (got.tau2, got.q, got.i2_q) == (0, 0, 0)


@few
@given(sets.filter(lambda rows: len(rows) > 1), st.sampled_from(["q-profile", "profile-likelihood"]))
def test_intervals_of_tau2(rows, kind):
    got = pool(*_split(rows))
    interval = got.tau2_interval(kind)
    assert 0 <= interval.tau2[0] <= interval.tau2[1]
    assert 0 <= interval.i2[0] <= interval.i2[1] <= 100
    if kind == "profile-likelihood":
        assert interval.tau2[0] <= got.tau2 * (1 + 1e-9) <= interval.tau2[1] * (1 + 1e-6) + 1e-12
