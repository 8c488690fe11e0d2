"""Meta-regression against weighted least squares, and what must hold for any moderators."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis import likelihood_ratio_test, meta_regression, permutation_test, pool

K = 12
RNG = np.random.default_rng(7)
DOSE = RNG.uniform(1, 9, K)
SETTING = ["ward", "home", "clinic", "home", "ward", "clinic"] * 2
V = RNG.uniform(0.01, 0.2, K)
Y = 0.3 + 0.05 * DOSE + RNG.normal(0, np.sqrt(V + 0.04))
SEEDS = st.integers(0, 10_000)


def data(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    v = draw.uniform(0.01, 0.3, 9)
    x = draw.normal(size=9)
    return draw.normal(0.2 + 0.3 * x, np.sqrt(v + draw.choice([0.0, 0.1]))), v, x


def test_common_effect_is_weighted_least_squares():
    api = pytest.importorskip("statsmodels.api")
    fit = meta_regression(Y, V, {"dose": DOSE, "setting": SETTING}, model="common", ci="normal")
    design = np.column_stack([np.ones(K), DOSE, [s == "home" for s in SETTING], [s == "ward" for s in SETTING]])
    theirs = api.WLS(Y, design.astype(float), weights=1 / V).fit()
    assert fit.terms == ("(Intercept)", "dose", "settinghome", "settingward")
    assert fit.estimate == pytest.approx(theirs.params, rel=1e-10)
    assert fit.vcov == pytest.approx(theirs.normalized_cov_params, rel=1e-9)
    assert fit.residual_q.q == pytest.approx(float(np.sum(theirs.wresid**2)), rel=1e-10)


def test_knapp_hartung_is_least_squares_with_its_own_scale():
    api = pytest.importorskip("statsmodels.api")
    fit = meta_regression(Y, V, {"dose": DOSE}, model="common", ci="hk")
    theirs = api.WLS(Y, np.column_stack([np.ones(K), DOSE]), weights=1 / V).fit()
    assert fit.se == pytest.approx(theirs.bse, rel=1e-10)
    assert fit.p == pytest.approx(theirs.pvalues, rel=1e-8)
    assert fit.omnibus.p == pytest.approx(float(theirs.f_pvalue), rel=1e-8)


def test_a_category_under_a_common_effect_is_the_difference_of_pools():
    groups = np.array(["a", "b"] * 6)
    fit = meta_regression(Y, V, {"group": groups.tolist()}, model="common", ci="normal")
    one, other = (pool(Y[groups == g], V[groups == g], model="common") for g in "ab")
    assert fit.estimate == pytest.approx([one.estimate, other.estimate - one.estimate])
    assert fit.se[1] == pytest.approx(math.hypot(one.se, other.se))


@given(SEEDS, st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=25, deadline=None)
def test_scale_and_shift(seed, factor, shift):
    y, v, x = data(seed)
    one = meta_regression(y, v, {"x": x})
    other = meta_regression(factor * y + shift, factor**2 * v, {"x": x})
    assert other.estimate[1] == pytest.approx(factor * one.estimate[1], rel=1e-6, abs=1e-9)
    assert other.estimate[0] == pytest.approx(factor * one.estimate[0] + shift, rel=1e-6, abs=1e-7)
    assert other.tau2 == pytest.approx(factor**2 * one.tau2, rel=1e-6, abs=1e-9)
    assert other.se == pytest.approx(factor * one.se, rel=1e-6)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_order_sign_and_scale_of_the_moderator(seed):
    y, v, x = data(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    one = meta_regression(y, v, {"x": x})
    shuffled = meta_regression(y[order], v[order], {"x": x[order]})
    assert shuffled.estimate == pytest.approx(one.estimate, rel=1e-7, abs=1e-9)
    turned = meta_regression(-y, v, {"x": x})
    assert turned.estimate == pytest.approx(-one.estimate, rel=1e-9)
    stretched = meta_regression(y, v, {"x": 1e4 + 50 * x})
    assert stretched.estimate[1] == pytest.approx(one.estimate[1] / 50, rel=1e-6)
    assert stretched.omnibus.p == pytest.approx(one.omnibus.p, rel=1e-5)
    assert 0 <= one.i2 <= 100 and one.tau2 >= 0 and 0 <= (one.r2 or 0.0) <= 100


def test_predictions_at_the_studies_are_the_fitted_values():
    fit = meta_regression(Y, V, {"dose": DOSE, "setting": SETTING}, interactions=[("dose", "setting")])
    assert fit.predict().estimate == pytest.approx(fit.fitted)
    named = fit.predict({"dose": DOSE, "setting": SETTING})
    assert named.estimate == pytest.approx(fit.fitted)
    assert (named.pi_low <= named.ci_low).all() and (named.pi_high >= named.ci_high).all()
    with pytest.raises(InputError, match="island is no level"):
        fit.predict({"dose": [1.0], "setting": ["island"]})
    with pytest.raises(InputError, match="no value for moderator setting"):
        fit.predict({"dose": [1.0]})


def test_likelihood_ratio_of_nested_models():
    full = meta_regression(Y, V, {"dose": DOSE, "setting": SETTING})
    part = meta_regression(Y, V, {"dose": DOSE})
    steps = likelihood_ratio_test(full, part).statistic + likelihood_ratio_test(part).statistic
    assert likelihood_ratio_test(full).statistic == pytest.approx(steps)
    with pytest.raises(InputError, match="not part of the larger"):
        likelihood_ratio_test(part, full)


def test_redundant_columns_are_left_out_and_named():
    fit = meta_regression(Y, V, {"dose": DOSE, "milligrams": 1000 * DOSE})
    assert fit.design.dropped == ("milligrams",)
    assert fit.estimate == pytest.approx(meta_regression(Y, V, {"dose": DOSE}).estimate)
    assert any("milligrams" in warning for warning in fit.warnings)


def test_studies_with_gaps_are_refused_or_left_out():
    gaps = [None, *DOSE[1:]]
    with pytest.raises(InputError, match=r"study 1: moderator 'dose' is missing"):
        meta_regression(Y, V, {"dose": gaps})
    fit = meta_regression(Y, V, {"dose": gaps}, missing="drop")
    assert fit.k == K - 1 and fit.excluded == (("study 1", "a moderator is missing"),)
    assert fit.estimate == pytest.approx(meta_regression(Y[1:], V[1:], {"dose": DOSE[1:]}).estimate)


@pytest.mark.parametrize(
    ("moderators", "words"),
    [
        ({}, "no moderator"),
        ({"setting": ["ward"] * K}, "'setting' has one level"),
        ({"dose": [2.0] * K}, "'dose' has one value"),
        ({"dose": DOSE[:3]}, "dose has 3 values for 12"),
        ({"dose": [math.inf, *DOSE[1:]]}, "study 1: moderator 'dose' = inf"),
        ({f"x{j}": RNG.normal(size=K) for j in range(K)}, "12 studies for 1"),
    ],
)
def test_bad_moderators_are_named(moderators, words):
    with pytest.raises(InputError, match=words):
        meta_regression(Y, V, moderators)


def test_contract_of_the_command_line():
    found = meta_regression(Y, V, {"dose": DOSE}, measure="RR").as_dict()
    assert [row["term"] for row in found["coefficients"]] == ["(Intercept)", "dose"]
    assert set(found["coefficients"][0]) == {"term", "estimate", "se", "ci_low", "ci_high", "p"}
    assert found["scale"] == "log" and found["estimate"] is None


def test_the_fit_explains_itself():
    words = meta_regression(Y, V, {"dose": DOSE, "setting": SETTING}).explain()
    assert "restricted maximum likelihood" in words and "setting against clinic" in words
    assert "fewer than 10 for each" in words and "F " in words
    assert "chi²" in meta_regression(Y, V, {"dose": DOSE}, ci="normal", model="common").explain()


def test_permutation_test_of_few_studies_is_exact():
    y = [0.1, 0.2, 0.3, 0.5, 0.8]
    found = permutation_test(meta_regression(y, [0.01] * 5, {"x": [1, 2, 3, 4, 5]}, model="common"), permutations=200)
    # Effects rise with x: of 120 orders only this one and its reverse fit as well.
    assert found.exact and found.permutations == 120
    assert found.p[1] == pytest.approx(2 / 120) and found.omnibus_p == pytest.approx(2 / 120)


def test_permutation_test_repeats_with_its_seed():
    fit = meta_regression(Y, V, {"dose": DOSE})
    one, again, other = (permutation_test(fit, permutations=60, seed=seed) for seed in (3, 3, 4))
    assert one.omnibus_p == again.omnibus_p and not one.exact
    assert 0 < other.omnibus_p <= 1 and math.isnan(one.p[0])
    with pytest.raises(InputError, match="20 or more"):
        permutation_test(fit, permutations=5)
