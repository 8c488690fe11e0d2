"""SMD on an instrument and as a risk; share of true effects beyond a threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.reexpress import (
    Instrument,
    calibrated_share_beyond,
    share_beyond,
    smd_on_instrument,
    smd_to_risk,
)


def test_points_and_minimal_important_differences() -> None:
    effect = smd_on_instrument(-0.5, (-0.7, -0.3), Instrument("HRSD", sd=8.0, mid=3.0))
    assert effect.md == pytest.approx((-4, -5.6, -2.4))
    assert effect.mids == pytest.approx((-4 / 3, -5.6 / 3, -0.8))
    assert "points on HRSD" in str(effect) and effect.as_dict()["sentence"] == str(effect)


@given(st.floats(-3, 3), st.floats(0.01, 0.99))
def test_risk_turns_with_the_sign(smd: float, risk: float) -> None:
    there = smd_to_risk(smd, (smd, smd), risk).risk_with[0]
    assert smd_to_risk(-smd, (-smd, -smd), there).risk_with[0] == pytest.approx(risk, rel=1e-9)


@given(st.floats(-2, 2), st.floats(0, 4), st.floats(-2, 2))
def test_sides_add_up(estimate: float, tau2: float, threshold: float) -> None:
    above = share_beyond(estimate, tau2, threshold).share
    below = share_beyond(estimate, tau2, threshold, side="below").share
    assert 0 <= above <= 1
    if tau2 > 0 or estimate != threshold:
        assert above + below == pytest.approx(1)


def test_share_by_simulation() -> None:
    draws = np.random.default_rng(1).normal(0.3, 0.4, 400_000)
    assert share_beyond(0.3, 0.16, 0.5).share == pytest.approx(np.mean(draws > 0.5), abs=0.003)


def test_delta_interval_by_numerical_derivatives() -> None:
    estimate, tau2, q, se, se_tau2, h = 0.3, 0.04, 0.2, 0.05, 0.02, 1e-5
    slope = (share_beyond(estimate + h, tau2, q).share - share_beyond(estimate - h, tau2, q).share) / (2 * h)
    slope2 = (share_beyond(estimate, tau2 + h, q).share - share_beyond(estimate, tau2 - h, q).share) / (2 * h)
    got = share_beyond(estimate, tau2, q, se=se, se_tau2=se_tau2)
    assert got.ci is not None
    low, high = (np.log(x / (1 - x)) for x in got.ci)
    spread = np.hypot(slope * se, slope2 * se_tau2) / (got.share * (1 - got.share))
    assert (high - low) / (2 * 1.959963985) == pytest.approx(spread, rel=1e-5)


def test_calibrated_effects_keep_their_variance_and_order() -> None:
    rng = np.random.default_rng(3)
    theta = rng.normal(0.2, 0.3, 4000)
    v = rng.uniform(0.01, 0.2, 4000)
    got = calibrated_share_beyond(theta + rng.normal(0, np.sqrt(v)), v, 0.2, 0.09, 0.4)
    assert got.share == pytest.approx(np.mean(theta > 0.4), abs=0.03)


def test_no_heterogeneity_is_all_or_nothing() -> None:
    got = share_beyond(0.3, 0.0, 0.2)
    assert got.share == 1 and "tau2 = 0" in str(got)
    assert calibrated_share_beyond([0.1, 0.5], [0.1, 0.1], 0.3, 0.0, 0.2).share == 1


def test_bad_input() -> None:
    with pytest.raises(InputError, match="instrument BDI: sd = 0"):
        Instrument("BDI", sd=0)
    with pytest.raises(InputError, match="outside its interval"):
        smd_on_instrument(0.5, (0.6, 0.7), Instrument("BDI", sd=9))
    with pytest.raises(InputError, match="must be finite"):
        smd_to_risk(float("nan"), (0, 1), 0.2)
    with pytest.raises(InputError, match=r"tau2 = -0\.1"):
        share_beyond(0.2, -0.1, 0)
    with pytest.raises(InputError, match=r"study 2: yi = 0\.2, vi = 0\.0"):
        calibrated_share_beyond([0.1, 0.2], [0.1, 0], 0.2, 0.1, 0)
    with pytest.raises(InputError, match="side"):
        share_beyond(0.2, 0.1, 0, side="beyond")  # type: ignore[arg-type]
