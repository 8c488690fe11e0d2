"""The line through the studies: against statsmodels and against moving the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import check_studies
from reviewkit.synthesis.line_fit import fit_line, weighted_line


def data(seed: int, k: int = 14):
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.5, k)
    return check_studies(rng.normal(0.2, np.sqrt(v + 0.05)), v)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(3, 40))
def test_classical_line_is_weighted_least_squares(seed: int, k: int) -> None:
    d = data(seed, k)
    x = np.sqrt(d.vi)
    import statsmodels.api as sm

    line, peer = fit_line(d, x), sm.WLS(d.yi, sm.add_constant(x), weights=1 / d.vi).fit()
    assert [line.intercept, line.slope] == pytest.approx(peer.params, rel=1e-8)
    assert [line.intercept_se, line.slope_se] == pytest.approx(peer.bse, rel=1e-7)
    assert line.interval() == pytest.approx(tuple(peer.conf_int()[0]), rel=1e-7, abs=1e-9)
    assert line.p_of(line.slope, line.slope_se) == pytest.approx(peer.pvalues[1], rel=1e-6)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale_of_the_effects(seed: int, shift: float, scale: float) -> None:
    d = data(seed)
    moved = check_studies(scale * d.yi + shift, scale**2 * d.vi)
    x = np.sqrt(d.vi)
    for model, ci in (("multiplicative", "normal"), ("common", "normal"), ("additive", "normal"), ("additive", "hk")):
        one, two = (fit_line(e, x, model=model, ci=ci) for e in (d, moved))
        assert two.slope == pytest.approx(scale * one.slope, rel=1e-5, abs=1e-7)
        assert two.slope_se == pytest.approx(scale * one.slope_se, rel=1e-5)
        assert two.intercept == pytest.approx(scale * one.intercept + shift, rel=1e-5, abs=1e-6)


def test_huge_sample_sizes_as_predictor_lose_nothing() -> None:
    d = data(4)
    n = np.linspace(50, 1e6, d.yi.size)
    small = fit_line(d, n / 1e6, model="additive")
    assert fit_line(d, n, model="additive").slope * 1e6 == pytest.approx(small.slope, rel=1e-8)


def test_floor_of_hartung_knapp_never_narrows() -> None:
    d = check_studies([0.2, 0.2001, 0.1999, 0.2], [0.1, 0.2, 0.3, 0.4])
    x = np.sqrt(d.vi)
    wald, plain, floor = (fit_line(d, x, model="additive", ci=ci) for ci in ("normal", "hk", "hk-adhoc"))
    assert plain.slope_se < wald.slope_se == pytest.approx(floor.slope_se)


def test_early_stop_is_near_the_maximum() -> None:
    d = data(7)
    x = np.sqrt(d.vi)
    whole, stopped, early = (fit_line(d, x, model="additive", stop=stop) for stop in (None, 1e-13, 1e-3))
    assert stopped.tau2 == pytest.approx(whole.tau2, abs=1e-7)
    assert early.tau2 == pytest.approx(whole.tau2, abs=1e-2)


def test_no_line_through_one_point_or_two_studies() -> None:
    with pytest.raises(InputError, match="same in every study"):
        fit_line(check_studies([1, 2, 3], [0.1, 0.1, 0.1]), np.full(3, 0.3))
    with pytest.raises(InputError, match="same in every study"):
        weighted_line(np.ones(4), np.ones(4), np.zeros(4))
    with pytest.raises(InputError, match="exactly on one line"):
        fit_line(check_studies([0.5, 0.5, 0.5], [0.1, 0.2, 0.3]), np.array([1.0, 2.0, 3.0]))
    with pytest.raises(InputError, match="at least three"):
        fit_line(check_studies([1, 2], [0.1, 0.2]), np.array([1.0, 2.0]))
