"""Estimators of tau²: the likelihood ones against brute force, the others against their defining equations."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import estimate_tau2, log_likelihood
from reviewkit.synthesis.distributions import chi2_ppf

METHODS = ("REML", "ML", "DL", "PM", "EB", "SJ", "HE", "HS", "HSk", "PMM", "DLIT", "SJIT")

FALSE_ZERO = {
    "one effect far out": ([-0.03, 0.98, 0.12, 5.8, 1.06, 0.38], [0.204, 0.331, 0.116, 1.792, 1.051, 0.033]),
    "two far out": (
        [-0.18, -2.31, 4.04, 0.07, -4.43, 0.51, 0.32],
        [0.394, 6.215, 7.14, 0.048, 1.609, 0.838, 0.102],
    ),
    "precise studies agree": (
        [2.14, 18.07, -2.65, 0.96, 0.04, -0.25, -0.2, 0.48, -3.18],
        [1.357, 6.703, 6.302, 0.985, 0.205, 0.039, 0.034, 0.41, 3.942],
    ),
    "one opposite": ([-0.2, -0.12, -0.34, 2.17, -0.34, -0.19, -6.39], [0.145, 0.437, 0.769, 1.377, 0.049, 0.054, 1.46]),
}
"""Heavy-tailed sets with a peak at the boundary and a higher one far from it: a local search stops at zero."""

NO_CONVERGENCE = {
    "eight flat": (
        [0.33, 0.26, -0.24, 0.46, -0.02, -0.65, -0.28, 0.1],
        [2.256, 0.098, 0.461, 0.2, 0.289, 0.931, 0.042, 0.533],
    ),
    "seven flat": ([0.86, 0.97, 0.59, 0.41, 0.05, 0.04, 1.1], [0.606, 0.293, 0.821, 0.377, 1.704, 0.086, 0.607]),
    "seven spread": (
        [3.03, 1.41, 0.19, -2.29, -0.17, -0.14, 1.84],
        [1.647, 1.348, 0.062, 1.155, 0.035, 0.123, 1.43],
    ),
}
"""Sets on which Fisher scoring from Hedges' estimate with metafor's default limits oscillates."""

TWO_INNER_PEAKS = ([-19.73, -0.18, -0.65, 1.17, -0.38], [18.891, 0.146, 0.046, 0.112, 0.128])


def brute_force(y, v, method):
    """Highest point of the likelihood over a dense grid, worked out apart from the package."""
    y, v = np.asarray(y, float), np.asarray(v, float)
    grid = np.concatenate([[0.0], np.geomspace(v.min() * 1e-4, 10 * (y.var() + v.max()), 6001)])
    w = 1 / (v + grid[:, None])
    total = w.sum(1)
    mean = (w @ y) / total
    value = 0.5 * (np.log(w).sum(1) - (w * (y - mean[:, None]) ** 2).sum(1))
    if method == "REML":
        value = value - 0.5 * np.log(total)
    return float(grid[value.argmax()]), float(value.max())


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("name", [*FALSE_ZERO, *NO_CONVERGENCE])
def test_the_highest_peak_is_found(name, method):
    y, v = (FALSE_ZERO | NO_CONVERGENCE)[name]
    found = estimate_tau2(y, v, method=method)
    where, height = brute_force(y, v, method)
    assert found.converged
    assert log_likelihood(y, v, found.tau2, method=method)[0] >= height - 1e-12
    assert found.tau2 == pytest.approx(where, rel=5e-3, abs=1e-6)


@pytest.mark.parametrize("name", FALSE_ZERO)
def test_a_false_zero_is_not_accepted(name):
    y, v = FALSE_ZERO[name]
    found = estimate_tau2(y, v)
    assert found.maxima[0] == 0.0, "the boundary is a peak of its own"
    assert found.tau2 > 1.0
    assert found.tau2 in found.maxima


def test_two_peaks_inside():
    found = estimate_tau2(*TWO_INNER_PEAKS)
    assert len(found.maxima) == 2
    assert 0 < found.maxima[0] < 2 < found.tau2 == found.maxima[1]
    assert found.tau2 == pytest.approx(brute_force(*TWO_INNER_PEAKS, "REML")[0], rel=5e-3)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_random_heavy_tailed_sets(method):
    rng = np.random.default_rng(5)
    several = 0
    for _ in range(400):
        k = int(rng.integers(3, 9))
        v = np.exp(rng.normal(-2, rng.choice([1, 2, 3]), k))
        y = rng.standard_t(rng.choice([1.1, 2]), k) * rng.choice([0.5, 1, 3])
        found = estimate_tau2(y, v, method=method)
        several += len(found.maxima) > 1
        height = brute_force(y, v, method)[1]
        assert log_likelihood(y, v, found.tau2, method=method)[0] >= height - 1e-9
    assert several >= 1, "the sets must be hard enough to mean something"


def test_a_narrow_peak_beside_the_boundary():
    """The likelihood peaks at a part of the smallest variance, and falls off within the first cell of an even scan."""
    rng = np.random.default_rng(400)
    found_one = False
    for _ in range(200):
        v = np.exp(rng.normal(-2, 2, 7))
        y = rng.standard_t(2, 7) * 0.5
        where, height = brute_force(y, v, "ML")
        if 0 < where < 0.3 * v.min():
            found_one = True
            found = estimate_tau2(y, v, method="ML")
            assert log_likelihood(y, v, found.tau2, method="ML")[0] >= height - 1e-9
    assert found_one


def _q(y, v, tau2):
    w = 1 / (np.asarray(v) + tau2)
    mean = (w @ np.asarray(y)) / w.sum()
    return float((w * (np.asarray(y) - mean) ** 2).sum())


Y = [0.1, 0.9, -0.4, 0.6, 1.4, 0.2]
V = [0.03, 0.05, 0.02, 0.08, 0.04, 0.03]


@pytest.mark.parametrize(("method", "target"), [("PM", 5.0), ("EB", 5.0), ("DLIT", 5.0), ("SJIT", 5.0), ("PMM", None)])
def test_q_equations(method, target):
    wanted = float(chi2_ppf(0.5, 5)) if target is None else target
    assert _q(Y, V, estimate_tau2(Y, V, method=method).tau2) == pytest.approx(wanted, rel=1e-10)


def test_moment_equations():
    w = 1 / np.asarray(V)
    dl = (_q(Y, V, 0) - 5) / (w.sum() - (w @ w) / w.sum())
    assert estimate_tau2(Y, V, method="DL").tau2 == pytest.approx(dl, rel=1e-12)
    assert estimate_tau2(Y, V, method="HE").tau2 == pytest.approx(np.var(Y, ddof=1) - np.mean(V), rel=1e-12)
    assert estimate_tau2(Y, V, method="HS").tau2 == pytest.approx((_q(Y, V, 0) - 6) / w.sum(), rel=1e-12)
    start = np.var(Y)
    assert estimate_tau2(Y, V, method="SJ").tau2 == pytest.approx(start * _q(Y, V, start) / 5, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_never_negative_and_zero_for_equal_effects(method):
    assert estimate_tau2([0.2] * 4, [0.1, 0.2, 0.3, 0.4], method=method).tau2 == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_column_of_ones_is_the_intercept(method):
    plain, designed = (estimate_tau2(Y, V, method=method, design=x) for x in (None, np.ones((6, 1))))
    assert designed.tau2 == pytest.approx(plain.tau2, rel=1e-9)
    assert designed.se == pytest.approx(plain.se, rel=1e-9)


@pytest.mark.slow
def test_reml_with_a_design_against_brute_force():
    rng = np.random.default_rng(8)
    for _ in range(12):
        k = 12
        x = np.column_stack([np.ones(k), rng.normal(size=k)])
        v = rng.uniform(0.05, 2, k)
        y = x @ [0.3, 1.0] + rng.standard_t(2, k)
        grid = np.concatenate([[0.0], np.geomspace(1e-3, 200, 2000)])
        values = []
        for tau2 in grid:
            w = 1 / (v + tau2)
            a = (x.T * w) @ x
            e = y - x @ np.linalg.solve(a, (x.T * w) @ y)
            values.append(0.5 * (np.log(w).sum() - np.linalg.slogdet(a)[1] - (w * e * e).sum()))
        assert estimate_tau2(y, v, design=x).tau2 == pytest.approx(grid[np.argmax(values)], rel=0.01, abs=2e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: estimate_tau2([], []), "no study"),
        (lambda: estimate_tau2(Y, V, method="XX"), "tau2 = 'XX'"),
        (lambda: estimate_tau2(Y, V, design=np.ones((5, 1))), "must have 6 rows"),
        (lambda: estimate_tau2(Y, V, design=np.ones((6, 2))), "independent"),
        (lambda: estimate_tau2(Y[:2], V[:2], design=np.eye(2)), "fewer than the studies"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(InputError, match=words):
        call()


@pytest.mark.parametrize("shift", [0.0, -1000.0])
def test_equal_variances_have_a_closed_form(shift):
    """REML is then the sample variance less the sampling variance, exactly where the bound of the search lies."""
    y = np.array([0.0, 3.9688]) + shift
    assert estimate_tau2(y, [1.0, 1.0]).tau2 == pytest.approx(3.9688**2 / 2 - 1, rel=1e-9)
    assert estimate_tau2(y, [1.0, 1.0], method="ML").tau2 == pytest.approx(3.9688**2 / 4 - 1, rel=1e-9)


def test_a_single_study_leaves_nothing_to_estimate():
    for method in METHODS:
        found = estimate_tau2([0.4], [0.1], method=method)
        assert (found.tau2, found.se) == (0.0, None)
