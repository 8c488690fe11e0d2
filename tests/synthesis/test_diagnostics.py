"""Leave-one-out, cumulative, influence, Baujat, outliers: against refitting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import (
    baujat,
    cumulative,
    estimate_tau2,
    influence,
    leave_one_out,
    outliers,
    pool,
    study_effects,
)
from reviewkit.synthesis.deletion import delete_each


def _studies(seed, k, heavy=False):
    rng = np.random.default_rng(seed)
    v = np.exp(rng.normal(-1.5, 1.5 if heavy else 0.5, k))
    y = rng.standard_t(1.3, k) if heavy else rng.normal(0.3, np.sqrt(v + 0.1))
    return y, v


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("method", ["REML", "ML", "DL", "PM", "SJ"])
@pytest.mark.parametrize("ci", ["normal", "hk"])
def test_leave_one_out_is_a_refit(seed, heavy, method, ci):
    y, v = _studies(seed, 9, heavy)
    got = leave_one_out(pool(y, v, tau2=method, ci=ci))
    assert got.converged
    for i in range(y.size):
        keep = np.arange(y.size) != i
        one = pool(y[keep], v[keep], tau2=method, ci=ci)
        for name in ("estimate", "se", "p", "ci_low", "ci_high", "tau2", "q", "q_p", "h2"):
            assert getattr(got, name)[i] == pytest.approx(getattr(one, name), rel=1e-7, abs=1e-9), name
        assert got.i2[i] == pytest.approx(one.i2_tau2, abs=1e-6)


def test_a_deletion_with_several_peaks_is_searched_on_its_own():
    y = np.array([-0.03, 0.98, 0.12, 5.8, 1.06, 0.38, 0.4])
    v = np.array([0.204, 0.331, 0.116, 1.792, 1.051, 0.033, 5.0])
    gone = delete_each(y, v, None, "REML", 0.0)
    assert gone.full_scans >= 1
    for i in range(y.size):
        keep = np.arange(y.size) != i
        assert gone.tau2[i] == pytest.approx(estimate_tau2(y[keep], v[keep]).tau2, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("spread", [0.3, 1.5, 3.0])
def test_many_studies_against_single_searches(spread):
    rng = np.random.default_rng(11)
    v = np.exp(rng.normal(-2, spread, 150))
    y = rng.standard_t(3, 150) * 0.4
    gone = delete_each(y, v, None, "REML", pool(y, v).tau2)
    for i in range(0, 150, 7):
        keep = np.arange(150) != i
        one = pool(y[keep], v[keep], ci="hk")
        assert gone.tau2[i] == pytest.approx(one.tau2, rel=1e-9, abs=1e-12)
        assert gone.coefficients[i, 0] == pytest.approx(one.estimate, rel=1e-9)
        assert gone.scale[i] == pytest.approx(one.hk_scale, rel=1e-8)
        assert gone.q[i] == pytest.approx(one.q, rel=1e-9)


def test_a_dominant_study_is_taken_off_by_refitting():
    v = np.array([1e-7, 0.2, 0.3, 0.25, 0.4, 0.2])
    y = np.array([0.5, 0.1, 1.9, -0.8, 0.9, 0.3])
    gone = delete_each(y, v, None, "REML", pool(y, v).tau2)
    assert gone.full_scans >= 1
    assert gone.tau2[0] == pytest.approx(estimate_tau2(y[1:], v[1:]).tau2, rel=1e-9)


def test_one_study_with_nearly_all_the_weight():
    y, v = np.array([0.1, 0.5, -0.4, 0.2]), np.array([1e-6, 0.5, 0.9, 4.0])
    got = leave_one_out(pool(y, v, model="common"))
    for i in range(4):
        keep = np.arange(4) != i
        one = pool(y[keep], v[keep], model="common")
        assert got.q[i] == pytest.approx(one.q, rel=1e-9)
        assert got.estimate[i] == pytest.approx(one.estimate, rel=1e-9)


def test_two_studies_leave_single_ones():
    got = leave_one_out(pool([0.1, 0.5], [0.04, 0.02]))
    assert got.estimate.tolist() == pytest.approx([0.5, 0.1])
    assert got.se.tolist() == pytest.approx([0.02**0.5, 0.2])
    with pytest.raises(InputError, match="leaves nothing"):
        leave_one_out(pool([0.1], [0.04]))


def test_series_as_table_and_sentence():
    got = leave_one_out(pool([0.1, 0.3, 1.1], [0.02, 0.03, 0.02], studies=["A", "B", "C"], model="common"))
    assert [row["study"] for row in got.table()] == ["A", "B", "C"]
    assert got.table()[2]["estimate"] == pytest.approx(0.18)


def test_cumulative_ends_with_the_pool_and_follows_the_order():
    y, v = _studies(2, 7)
    whole = pool(y, v, ci="hk")
    order = [3, 1, 0, 2, 6, 5, 4]
    got = cumulative(whole, order)
    assert got.studies[0] == "study 4"
    assert got.estimate[0] == y[3]
    assert got.estimate[-1] == pytest.approx(whole.estimate)
    assert got.ci_low[2] == pytest.approx(pool(y[order[:3]], v[order[:3]], ci="hk").ci_low)
    with pytest.raises(InputError, match="each of the 7 studies once"):
        cumulative(whole, [0, 1, 1, 2, 3, 4, 5])


def test_influence_by_its_definitions():
    y, v = _studies(5, 8)
    got, full = influence(y, v), pool(y, v, ci="normal")
    w = 1 / (v + full.tau2)
    for i in range(8):
        keep = np.arange(8) != i
        one = pool(y[keep], v[keep], ci="normal")
        error = np.sqrt(v[i] + one.tau2 + one.se**2)
        assert got.rstudent[i] == pytest.approx((y[i] - one.estimate) / error, rel=1e-7)
        assert got.cook_d[i] == pytest.approx((full.estimate - one.estimate) ** 2 / full.se**2, rel=1e-6)
        assert got.cov_r[i] == pytest.approx(one.se**2 / full.se**2, rel=1e-7)
        assert got.tau2_del[i] == pytest.approx(one.tau2, rel=1e-7, abs=1e-10)
    np.testing.assert_allclose(got.hat, w / w.sum())
    assert got.weight.sum() == pytest.approx(100)


def test_an_intercept_column_changes_nothing():
    y, v = _studies(6, 8)
    plain, designed = influence(y, v, ci="hk"), influence(y, v, ci="hk", design=np.ones((8, 1)))
    for name in ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "q_del", "hat", "dfbetas"):
        np.testing.assert_allclose(getattr(plain, name), getattr(designed, name), rtol=1e-6, atol=1e-9)


def test_a_deletion_that_leaves_no_slope_is_nan():
    y, v = _studies(7, 6)
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 0, 0]])
    got = influence(y, v, design=x)
    assert np.isnan(got.rstudent[3])
    assert np.isfinite(np.delete(got.rstudent, 3)).all()
    assert 3 not in got.flagged or got.hat[3] > 1


def test_the_outlier_is_named():
    y, v = [0.1, 0.2, 0.15, 0.12, 2.4], [0.02, 0.03, 0.02, 0.02, 0.02]
    names = ["A", "B", "C", "D", "E"]
    whole = pool(y, v, studies=names)
    assert outliers(whole) == ("E",)
    assert outliers(pool(y, v, studies=names, model="common"), rule="interval") == ("A", "C", "D", "E")
    assert influence(y, v, studies=names).flagged_studies == ("E",)
    assert "E" in str(influence(y, v, studies=names))
    with pytest.raises(InputError, match="rule = 'eye'"):
        outliers(whole, rule="eye")
    with pytest.raises(InputError, match="at least 3"):
        outliers(pool(y[:2], v[:2]))


def test_baujat_adds_up_to_q_under_a_common_effect():
    y, v = _studies(8, 10)
    whole = pool(y, v, model="common")
    assert baujat(whole).x.sum() == pytest.approx(whole.q)
    with pytest.raises(InputError, match="at least 3"):
        baujat(pool(y[:2], v[:2]))


def test_study_effects_shrink_towards_the_mean():
    y, v = _studies(9, 10)
    whole = pool(y, v)
    got = study_effects(whole)
    assert (np.abs(got.effect - whole.estimate) <= np.abs(y - whole.estimate) + 1e-12).all()
    assert (got.low < got.effect).all() and (got.effect < got.high).all()
    flat = study_effects(pool([0.2, 0.2, 0.2], [0.1, 0.2, 0.3]))
    np.testing.assert_allclose(flat.effect, 0.2)
    with pytest.raises(InputError, match="common-effect"):
        study_effects(pool(y, v, model="common"))


@pytest.mark.parametrize("k", [1, 2])
def test_influence_needs_three_studies(k):
    with pytest.raises(InputError, match="influence needs at least 3"):
        influence([0.1, 0.2][:k], [0.1, 0.2][:k])
