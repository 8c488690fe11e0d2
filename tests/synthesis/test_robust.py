"""Cluster-robust errors: closed forms, invariance, agreement of the two ways to one number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis import cluster_robust, meta_regression, multilevel, pool, robust_variance
from reviewkit.synthesis.sandwich import members_of, sandwich

TRIAL = np.repeat(np.arange(8), [1, 2, 3, 2, 1, 4, 2, 3])
SEEDS = st.integers(0, 10_000)


def data(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    v = draw.uniform(0.01, 0.2, TRIAL.size)
    x = draw.normal(size=TRIAL.size)
    return 0.2 + 0.3 * x + draw.normal(0, 0.3, 8)[TRIAL] + draw.normal(0, np.sqrt(v)), v, x


def test_the_mean_of_independent_like_effects_is_the_t_test():
    """One effect a cluster, equal weights: CR2 is the sample variance over k, with k − 1 degrees of freedom."""
    y = np.array([0.1, 0.5, 0.2, 0.9, 0.4])
    found = cluster_robust(pool(y, [0.1] * 5, model="common"), list("abcde"))
    assert found.se[0] == pytest.approx(y.std(ddof=1) / math.sqrt(5))
    assert found.df[0] == pytest.approx(4)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_cr2_is_unbiased_under_the_working_model(seed):
    """Its expectation under y ~ N(Xb, V) is the model's own covariance: the definition of the correction."""
    _, v, x = data(seed)
    design = np.column_stack([np.ones(v.size), x])
    members = members_of(TRIAL)
    bread = np.linalg.inv((design.T / v) @ design)
    hat = design @ bread @ (design.T / v)
    spread = (np.eye(v.size) - hat) @ np.diag(v) @ (np.eye(v.size) - hat).T
    # The sandwich is quadratic in the residuals, so its expectation is the sum over their principal components.
    values, vectors = np.linalg.eigh(spread)
    mean = sum(
        sandwich(design, math.sqrt(max(value, 0.0)) * vector, v, members, "CR2")[0]
        for value, vector in zip(values, vectors.T, strict=True)
    )
    assert mean == pytest.approx(bread, rel=1e-6)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_order_of_effects_and_names_of_clusters_are_nothing(seed):
    y, v, x = data(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    one = robust_variance(y, v, TRIAL.tolist(), moderators={"x": x})
    other = robust_variance(y[order], v[order], [f"trial {t}" for t in TRIAL[order]], moderators={"x": x[order]})
    assert other.estimate == pytest.approx(one.estimate)
    assert other.se == pytest.approx(one.se)
    assert other.df == pytest.approx(one.df)
    assert (one.df <= 7 + 1e-9).all() and (one.tau2 or 0.0) >= 0


def test_cr1_is_cr0_times_its_factor():
    y, v, x = data(2)
    fit = meta_regression(y, v, {"x": x})
    plain, scaled = (cluster_robust(fit, TRIAL.tolist(), correction=c) for c in ("CR0", "CR1"))
    assert scaled.vcov == pytest.approx(plain.vcov * 8 / 6)
    assert scaled.df.tolist() == [6.0, 6.0]


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_multilevel_fit_without_outer_variance_gives_the_same_as_a_pool(seed):
    y, v, _ = data(seed)
    fit = multilevel(y, v, {"effect": list(range(y.size))}, ci="normal")
    one, other = cluster_robust(fit, TRIAL.tolist()), cluster_robust(pool(y, v, tau2="REML"), TRIAL.tolist())
    assert one.se == pytest.approx(other.se, rel=1e-5)
    assert one.df == pytest.approx(other.df, rel=1e-5)


def test_few_degrees_of_freedom_are_said():
    y, v, _ = data(1)
    rare = robust_variance(y, v, TRIAL.tolist(), moderators={"rare": np.isin(TRIAL, (1, 7)).astype(float)})
    assert "degrees of freedom for rare" in rare.warnings[0]
    lone = robust_variance(y, v, TRIAL.tolist(), moderators={"lone": (TRIAL == 7).astype(float)})
    assert "One cluster alone has lone" in lone.warnings[-1]


def test_clusters_must_be_independent_and_many():
    y, v, _ = data(1)
    fit = multilevel(y, v, {"trial": TRIAL.tolist()})
    with pytest.raises(InputError, match="ties effects of different clusters"):
        cluster_robust(fit, list(range(y.size)))
    with pytest.raises(InputError, match="1 clusters for 1"):
        cluster_robust(fit, ["one"] * y.size)
    with pytest.raises(InputError, match="clusters has 1 values"):
        cluster_robust(fit, ["one"])
    with pytest.raises(InputError, match="between 0 and 1"):
        robust_variance(y, v, TRIAL.tolist(), rho=2.0)
