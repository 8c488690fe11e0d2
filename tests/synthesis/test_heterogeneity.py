"""Q, I², H and the intervals of tau²: against their equations, not against our own numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import h_interval, i2_q_interval, log_likelihood, pool, tau2_interval
from reviewkit.synthesis.distributions import chi2_ppf

Y = [0.1, 0.9, -0.4, 0.6, 1.4, 0.2]
V = [0.03, 0.05, 0.02, 0.08, 0.04, 0.03]


def _q(tau2):
    w = 1 / (np.asarray(V) + tau2)
    mean = (w @ np.asarray(Y)) / w.sum()
    return float((w * (np.asarray(Y) - mean) ** 2).sum())


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_q_profile_bounds_solve_their_equations(level):
    low, high = tau2_interval(Y, V, level=level).tau2
    assert _q(low) == pytest.approx(float(chi2_ppf(0.5 + level / 2, 5)), rel=1e-10)
    assert _q(high) == pytest.approx(float(chi2_ppf(0.5 - level / 2, 5)), rel=1e-10)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_profile_likelihood_bounds_lie_at_the_cut(method):
    interval = tau2_interval(Y, V, kind="profile-likelihood", method=method)
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 20, 4001)])
    height = log_likelihood(Y, V, grid, method=method).max()
    cut = height - 0.5 * float(chi2_ppf(0.95, 1))
    np.testing.assert_allclose(log_likelihood(Y, V, interval.tau2, method=method), cut, atol=1e-5)


def test_profile_likelihood_takes_the_outermost_crossings_of_two_peaks():
    y, v = [-0.03, 0.98, 0.12, 5.8, 1.06, 0.38], [0.204, 0.331, 0.116, 1.792, 1.051, 0.033]
    low, high = tau2_interval(y, v, kind="profile-likelihood").tau2
    grid = np.concatenate([[0.0], np.geomspace(1e-5, 200, 20001)])
    curve = log_likelihood(y, v, grid)
    inside = grid[curve >= curve.max() - 0.5 * float(chi2_ppf(0.95, 1))]
    assert low == pytest.approx(inside.min(), abs=1e-3)
    assert high == pytest.approx(inside.max(), rel=2e-3)


def test_homogeneous_studies_give_an_interval_from_zero():
    interval = tau2_interval([0.2, 0.21, 0.2], [0.05, 0.04, 0.06])
    assert interval.tau2 == (0.0, 0.0)
    assert interval.i2 == (0.0, 0.0)
    assert interval.h2 == (1.0, 1.0)
    assert tau2_interval([0.2, 0.25, 0.18], [0.05, 0.04, 0.06], kind="profile-likelihood").tau2[0] == 0.0


def test_bounds_carry_over_to_tau_i2_and_h2():
    interval = tau2_interval(Y, V)
    for low_or_high, tau2 in enumerate(interval.tau2):
        assert interval.tau[low_or_high] == pytest.approx(math.sqrt(tau2))
        h2 = interval.h2[low_or_high]
        assert interval.i2[low_or_high] == pytest.approx(100 * (h2 - 1) / h2)


def test_two_i2_agree_under_dersimonian_laird_only():
    dl, reml = pool(Y, V, tau2="DL"), pool(Y, V, tau2="REML")
    assert dl.i2_tau2 == pytest.approx(dl.i2_q, rel=1e-10)
    assert reml.i2_q == dl.i2_q
    assert abs(reml.i2_tau2 - reml.i2_q) > 0.5


def test_interval_of_h_is_the_papers_formula():
    """Higgins and Thompson 2002, equations for ln H above and below Q = k."""
    q, k = 20.0, 8
    error = 0.5 * (math.log(q) - math.log(k - 1)) / (math.sqrt(2 * q) - math.sqrt(2 * k - 3))
    centre, z = math.log(math.sqrt(q / (k - 1))), 1.959963984540054
    assert h_interval(q, k) == pytest.approx((math.exp(centre - z * error), math.exp(centre + z * error)))
    error = math.sqrt(1 / (2 * (k - 2)) * (1 - 1 / (3 * (k - 2) ** 2)))
    assert h_interval(5.0, k) == pytest.approx((1.0, math.exp(z * error)))
    assert i2_q_interval(5.0, k)[0] == 0.0


def test_no_interval_of_i2_where_none_is_defined():
    assert i2_q_interval(1.0, 2) is None
    assert i2_q_interval(0.0, 1) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "guess"}, "kind = 'guess'"),
        ({"method": "DL"}, "method = 'DL'"),
        ({"level": 95}, "level = 95"),
    ],
)
def test_bad_options(options, words):
    with pytest.raises(InputError, match=words):
        tau2_interval(Y, V, **options)


def test_one_study_has_no_interval():
    with pytest.raises(InputError, match="from two studies on"):
        tau2_interval([0.1], [0.2])


@pytest.mark.parametrize("kind", ["q-profile", "profile-likelihood"])
def test_a_narrow_interval_of_many_studies_holds_the_estimate(kind):
    rng = np.random.default_rng(3)
    v = rng.uniform(0.05, 0.5, 5000)
    y = rng.normal(0.0, np.sqrt(v + 0.2))
    got = pool(y, v)
    low, high = got.tau2_interval(kind).tau2
    assert 0.17 < low < got.tau2 < high < 0.23
    assert high - low < 0.05
