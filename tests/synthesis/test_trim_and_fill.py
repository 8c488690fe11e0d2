"""Trim and fill: symmetry, recovery of removed studies, units, bad input. Numbers: see the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.trim_and_fill import trimfill


def symmetric(k: int = 10) -> tuple[np.ndarray, np.ndarray]:
    v = np.repeat(np.linspace(0.02, 0.5, k), 2)
    step = 1 + 0.01 * np.arange(2 * k)
    return 0.3 + np.tile([1.0, -1.0], k) * np.sqrt(v) * step, v


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
@pytest.mark.parametrize("model", ["common", "random"])
def test_nothing_is_filled_into_a_symmetric_funnel(estimator: str, model: str) -> None:
    y, v = symmetric()
    for side in ("left", "right"):
        result = trimfill(y, v, estimator=estimator, side=side, model=model)
        assert result.k0 <= 1
        if result.k0 == 0:
            assert result.filled is result.observed and "no study seems" in str(result)


@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_removed_studies_are_found_and_filled(estimator: str) -> None:
    y, v = symmetric()
    keep = np.argsort(y)[4:]
    result = trimfill(y[keep], v[keep], estimator=estimator)
    assert result.side == "left" and 2 <= result.k0 <= 6
    assert abs(result.filled.estimate - 0.3) < abs(result.observed.estimate - 0.3)
    assert result.k == 16 + result.k0 and "sensitivity analysis" in str(result)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(["L0", "R0", "Q0"]), st.floats(-3, 3), st.floats(0.5, 4))
def test_sign_order_shift_and_scale(seed: int, estimator, shift: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.5, 11)
    y = rng.normal(0.3, np.sqrt(v + 0.02)) + np.sqrt(v)
    base = trimfill(y, v, estimator=estimator)
    other_side = {"left": "right", "right": "left"}[base.side]
    turned = trimfill(-y, v, estimator=estimator)
    assert (turned.side, turned.k0) == (other_side, base.k0)
    assert turned.filled.estimate == pytest.approx(-base.filled.estimate, rel=1e-6, abs=1e-8)
    order = rng.permutation(11)
    moved = trimfill(scale * y[order] + shift, scale**2 * v[order], estimator=estimator)
    assert moved.k0 == base.k0
    assert moved.filled.estimate == pytest.approx(scale * base.filled.estimate + shift, rel=1e-5, abs=1e-6)


def test_filled_studies_mirror_the_extreme_ones() -> None:
    y, v = symmetric()
    keep = np.argsort(y)[4:]
    result = trimfill(y[keep], v[keep], model="common")
    biggest = np.sort(y[keep])[-result.k0 :]
    centre = (result.filled_yi + biggest) / 2
    assert np.ptp(centre) < 1e-9
    assert set(result.filled_vi) <= set(v)


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
def test_equal_effects_need_nothing(estimator: str) -> None:
    assert trimfill([0.5] * 5, [0.1, 0.2, 0.3, 0.4, 0.5], estimator=estimator).k0 == 0


def test_ratio_is_printed_as_a_ratio() -> None:
    y, v = symmetric()
    keep = np.argsort(y)[4:]
    result = trimfill(y[keep], v[keep], measure="OR")
    assert f"{np.exp(result.filled.estimate):.3g}" in str(result)
    assert result.as_dict()["k0"] == result.k0


def test_bad_input() -> None:
    with pytest.raises(InputError, match="at least three"):
        trimfill([0.1, 0.2], [0.1, 0.2])
    with pytest.raises(InputError, match="do not tell the side"):
        trimfill([0.1, 0.2, 0.3], [0.1, 0.1, 0.1])
    assert trimfill([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], side="left").k0 == 0
    with pytest.raises(InputError, match="Be: variance = -1"):
        trimfill([0.1, 0.2, 0.3], [0.1, -1, 0.1], studies=["Ay", "Be", "Ce"])
    with pytest.raises(InputError, match="estimator"):
        trimfill([0.1, 0.2, 0.3], [0.1, 0.2, 0.1], estimator="L1")
