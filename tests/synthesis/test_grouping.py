"""Subgroups: against pools of their own and against a regression written out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import pool, subgroups, subgroups_common
from reviewkit.synthesis.distributions import chi2_sf, f_sf

Y = np.array([0.1, 0.3, 0.2, 0.9, 1.1, 0.7, 1.3])
V = np.array([0.03, 0.05, 0.02, 0.08, 0.04, 0.03, 0.1])
G = ["a", "a", "a", "b", "b", "b", "b"]


@pytest.mark.parametrize("model", ["random", "common"])
def test_each_group_is_a_pool_of_its_own(model):
    got = subgroups(Y, V, G, model=model)
    assert list(got.groups) == ["a", "b"]
    assert got.groups["b"].estimate == pool(Y[3:], V[3:], model=model).estimate
    assert got.overall.estimate == pool(Y, V, model=model).estimate
    a, b = got.groups.values()
    q = (a.estimate - b.estimate) ** 2 / (a.wald_se**2 + b.wald_se**2)
    assert got.q_between == pytest.approx(q)
    assert (got.q_df, got.q_p) == (1, pytest.approx(float(chi2_sf(q, 1))))


def test_common_effect_q_splits_into_within_and_between():
    got = subgroups(Y, V, G, model="common")
    assert got.q_within + got.q_between == pytest.approx(got.overall.q)


def test_the_test_may_use_hartung_knapp_errors():
    got = subgroups(Y, V, G, ci="hk", test_ci="hk")
    a, b = got.groups.values()
    assert got.q_between == pytest.approx((a.estimate - b.estimate) ** 2 / (a.se**2 + b.se**2))


def test_order_of_levels_and_studies_without_a_group():
    got = subgroups(Y, V, [*G[:-1], "c"], levels=["b", "a"])
    assert list(got.groups) == ["b", "a"]
    assert got.k == 6
    assert any("in no group named: 1 study" in warning for warning in got.warnings)


def test_a_group_of_one_is_that_study():
    got = subgroups(Y, V, ["a"] * 6 + ["b"], studies=[f"S{i}" for i in range(7)])
    assert got.groups["b"].studies == ("S6",)
    assert any("Groups with one study: b" in warning for warning in got.warnings)


def test_json_and_sentence():
    got = subgroups(Y, V, G)
    data = json.loads(json.dumps(got.as_dict(), allow_nan=False))
    assert [row["group"] for row in data["subgroups"]] == ["a", "b"]
    assert "Difference between groups: Q =" in str(got)


@pytest.mark.parametrize("ci", ["normal", "hk"])
def test_common_tau2_is_a_weighted_regression(ci):
    got = subgroups_common(Y, V, G, ci=ci)
    x = np.column_stack([np.array(G) == "a", np.array(G) == "b"]).astype(float)
    w = 1 / (V + got.tau2)
    beta = np.linalg.solve((x.T * w) @ x, (x.T * w) @ Y)
    e = Y - x @ beta
    scale = (w * e * e).sum() / 5 if ci == "hk" else 1.0
    cov = scale * np.linalg.inv((x.T * w) @ x)
    np.testing.assert_allclose([group.estimate for group in got.groups], beta)
    np.testing.assert_allclose([group.se for group in got.groups], np.sqrt(np.diag(cov)))
    wald = (beta[1] - beta[0]) ** 2 / (cov[0, 0] + cov[1, 1])
    assert got.qm == pytest.approx(wald)
    assert got.qm_p == pytest.approx(float(f_sf(wald, 1, 5) if ci == "hk" else chi2_sf(wald, 1)))
    assert got.qe == pytest.approx(subgroups(Y, V, G, model="common").q_within)
    assert 0 <= got.r2 <= 100


@pytest.mark.parametrize("call", [subgroups, subgroups_common])
@pytest.mark.parametrize(
    ("groups", "levels", "words"),
    [
        (["a"] * 7, None, "one group"),
        (["a"] * 6, None, "one for each study"),
        (G, ["a", "z"], "no study belongs to group z"),
    ],
)
def test_bad_groups(call, groups, levels, words):
    with pytest.raises(InputError, match=words):
        call(Y, V, groups, levels=levels)


def test_common_tau2_needs_more_studies_than_groups():
    with pytest.raises(InputError, match="more studies than groups"):
        subgroups_common(Y[:2], V[:2], ["a", "b"])
