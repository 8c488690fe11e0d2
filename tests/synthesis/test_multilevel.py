"""Multilevel models against the one-level pool and a dense likelihood written out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis import correlated_covariance, gls, meta_regression, multilevel, pool
from reviewkit.synthesis.components import Components, blocks
from reviewkit.synthesis.distributions import chi2_ppf

SEEDS = st.integers(0, 10_000)


def data(seed: int, outer: float = 0.1, inner: float = 0.05) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    trial = np.repeat(np.arange(7), [1, 2, 3, 4, 2, 3, 1])
    v = draw.uniform(0.01, 0.15, trial.size)
    y = 0.3 + draw.normal(0, np.sqrt(outer), 7)[trial] + draw.normal(0, np.sqrt(v + inner))
    return y, v, trial, np.arange(trial.size)


def dense(y: np.ndarray, x: np.ndarray, m: np.ndarray, restricted: bool) -> float:
    """The log likelihood by its definition, no blocks and no tricks."""
    w = np.linalg.inv(m)
    beta = np.linalg.solve(x.T @ w @ x, x.T @ w @ y)
    e = y - x @ beta
    n = y.size - (x.shape[1] if restricted else 0)
    value = -0.5 * (n * np.log(2 * np.pi) + np.linalg.slogdet(m)[1] + e @ w @ e)
    if restricted:
        value += 0.5 * (np.linalg.slogdet(x.T @ x)[1] - np.linalg.slogdet(x.T @ w @ x)[1])
    return float(value)


@pytest.mark.parametrize("restricted", [True, False])
def test_likelihood_score_and_information_equal_the_definition(restricted):
    y, v, trial, effect = data(1)
    known = correlated_covariance(v, trial.tolist(), 0.4)
    x = np.linalg.qr(np.column_stack([np.ones(y.size), np.linspace(0, 1, y.size)]))[0]
    same = [np.equal.outer(g, g).astype(float) for g in (trial, effect)]
    parts = Components(y, x, known, [trial, effect])
    sigma2 = np.array([0.07, 0.03])

    def value(s: np.ndarray) -> float:
        return dense(y, x, known + s[0] * same[0] + s[1] * same[1], restricted)

    found = parts.evaluate(sigma2, restricted)
    assert found.value == pytest.approx(value(sigma2), rel=1e-12)
    h = 1e-5
    steps = np.eye(2) * h
    slope = [(value(sigma2 + step) - value(sigma2 - step)) / (2 * h) for step in steps]
    assert found.score == pytest.approx(slope, rel=1e-6, abs=1e-6)
    curvature = [
        (parts.evaluate(sigma2 + s, restricted).score - parts.evaluate(sigma2 - s, restricted).score) / (2 * h)
        for s in steps
    ]
    assert 2 * found.average - found.expected == pytest.approx(-np.array(curvature), rel=1e-5, abs=1e-4)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_one_effect_a_group_is_the_random_effects_pool(seed):
    y, v, _, effect = data(seed)
    one, other = pool(y, v, tau2="REML", ci="normal"), multilevel(y, v, {"study": effect.tolist()}, ci="normal")
    assert other.sigma2[0] == pytest.approx(one.tau2, rel=1e-6, abs=1e-8)
    assert other.estimate[0] == pytest.approx(one.estimate, rel=1e-6)
    assert other.se[0] == pytest.approx(one.se, rel=1e-6)
    assert other.i2 == pytest.approx(one.i2_tau2, rel=1e-5, abs=1e-5)


@pytest.mark.slow
@given(SEEDS, st.floats(0.2, 5), st.floats(-3, 3))
@settings(max_examples=15, deadline=None)
def test_order_scale_and_shift(seed, factor, shift):
    y, v, trial, effect = data(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    one = multilevel(y, v, {"trial": trial.tolist(), "effect": effect.tolist()})
    other = multilevel(
        factor * y[order] + shift,
        factor**2 * v[order],
        {"trial": trial[order].tolist(), "effect": effect[order].tolist()},
    )
    assert other.sigma2 == pytest.approx(factor**2 * one.sigma2, rel=1e-5, abs=1e-7)
    assert other.estimate[0] == pytest.approx(factor * one.estimate[0] + shift, rel=1e-5, abs=1e-6)
    assert (one.sigma2 >= 0).all() and 0 <= one.i2 <= 100


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_no_point_of_a_dense_grid_is_higher(seed):
    y, v, trial, effect = data(seed, outer=0.02, inner=0.0)
    fit = multilevel(y, v, {"trial": trial.tolist(), "effect": effect.tolist()})
    grid = [fit.parts.unit * s for s in (0.0, 0.01, 0.05, 0.2, 0.6, 1.5, 4.0)]
    highest = max(fit.parts.evaluate(np.array([a, b]), True, derivatives=False).value for a in grid for b in grid)
    assert fit.log_likelihood >= highest - 1e-9


@pytest.mark.slow
def test_intervals_end_where_the_likelihood_has_fallen_enough():
    y, v, trial, effect = data(3)
    fit = multilevel(y, v, {"trial": trial.tolist(), "effect": effect.tolist()})
    cut = fit.log_likelihood - 0.5 * float(chi2_ppf(0.95, 1))
    for r, interval in enumerate(fit.component_intervals()):
        assert interval.low <= interval.estimate <= interval.high
        for bound in (interval.low, interval.high):
            if bound > 0:
                assert fit._profile(r, bound) == pytest.approx(cut, abs=1e-5)
    for test in fit.component_tests():
        assert 0 <= test.p <= 1 and test.statistic >= 0


def test_gls_with_moderator_and_diagonal_covariance_is_meta_regression():
    y, v, _, _ = data(5)
    x = np.linspace(-1, 1, y.size)
    one = meta_regression(y, v, {"x": x}, model="common", ci="normal")
    other = gls(y, np.diag(v), moderators={"x": x})
    assert other.estimate == pytest.approx(one.estimate)
    assert other.vcov == pytest.approx(one.vcov)
    assert other.residual_q.q == pytest.approx(one.residual_q.q)
    assert other.as_dict()["tau2"] is None


def test_labels_may_repeat_between_outer_groups():
    y, v, trial, _ = data(4)
    within = [0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 0, 1, 2, 0]
    one = multilevel(y, v, {"trial": trial.tolist(), "arm": within})
    assert one.level_sizes == (7, 16) and one.levels == ("trial", "trial/arm")
    crossed = multilevel(y, v, {"trial": trial.tolist(), "arm": within}, nested=False)
    assert crossed.level_sizes == (7, 4)


def test_a_single_group_has_no_variance():
    fit = multilevel([0.1, 0.4], [[0.2, 0.1], [0.1, 0.3]], {"study": ["a", "a"]})
    assert fit.sigma2.tolist() == [0.0] and "One level only" in fit.warnings[0]


def test_equal_effects_have_no_variance_and_a_finite_interval():
    fit = multilevel([0.3] * 4, [0.1] * 4, {"trial": ["a", "a", "b", "b"], "effect": [1, 2, 3, 4]})
    assert fit.sigma2.tolist() == [0.0, 0.0] and fit.residual_q.q == pytest.approx(0.0, abs=1e-20)
    assert all(0 == one.low < one.high < 10 for one in fit.component_intervals())


def test_one_effect_is_its_own_result():
    fit = multilevel([0.3], [0.04], {"trial": ["a"]}, ci="normal")
    assert fit.estimate[0] == 0.3 and fit.se[0] == pytest.approx(0.2)


def test_blocks_hang_together_through_levels_and_covariances():
    v = np.eye(5)
    v[0, 4] = v[4, 0] = 0.5
    found = blocks(v, [np.array([0, 0, 1, 2, 3])])
    assert sorted(map(tuple, (sorted(b.tolist()) for b in found))) == [(0, 1, 4), (2,), (3,)]


@pytest.mark.parametrize(
    ("v", "words"),
    [
        ([[0.1, 0.1], [0.1, 0.1]], "not positive definite"),
        ([[0.1, 0.05], [0.0, 0.1]], "square and symmetric"),
        ([0.1, -0.2], "study 2: variance = -0.2"),
    ],
)
def test_bad_covariances_are_refused(v, words):
    with pytest.raises(InputError, match=words):
        gls([0.1, 0.2], v)


def test_other_bad_input():
    with pytest.raises(InputError, match="no grouping"):
        multilevel([0.1, 0.2], [0.1, 0.2], {})
    with pytest.raises(InputError, match="trial has 1 values for 2"):
        multilevel([0.1, 0.2], [0.1, 0.2], {"trial": ["a"]})
    with pytest.raises(InputError, match="no study"):
        gls([], [])
