"""Fail-safe N: each number undoes the result and one less does not; bad input. Numbers: see the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from reviewkit.errors import InputError
from reviewkit.synthesis.failsafe import fail_safe_n


def studies(seed: int, k: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.2, k)
    return rng.normal(0.5, np.sqrt(v)), v


@given(st.integers(0, 10_000))
def test_rosenthal_by_adding_studies(seed: int) -> None:
    y, v = studies(seed)
    z = y / np.sqrt(v)
    n = fail_safe_n(y, v).number

    def p(added: int) -> float:
        return float(norm.sf(abs(z.sum()) / np.sqrt(z.size + added)))

    assert p(n) >= 0.05 - 1e-9 and (n == 0 or p(n - 1) < 0.05)


@given(st.integers(0, 10_000))
def test_rosenberg_by_adding_studies(seed: int) -> None:
    y, v = studies(seed)
    n = fail_safe_n(y, v, method="Rosenberg").number
    w, typical = 1 / v, np.mean(1 / v)

    def p(added: int) -> float:
        return float(2 * norm.sf(abs(w @ y) / np.sqrt(w.sum() + added * typical)))

    assert p(n) >= 0.05 - 1e-9 and (n == 0 or p(n - 1) < 0.05)


@given(st.integers(0, 10_000), st.booleans())
def test_orwin_by_adding_studies(seed: int, weighted: bool) -> None:
    y, v = studies(seed)
    got = fail_safe_n(y, v, method="Orwin", target=0.1, weighted=weighted)
    after = got.estimate * y.size / (y.size + got.number)
    before = got.estimate * y.size / (y.size + got.number - 1) if got.number else np.inf
    assert abs(after) <= 0.1 + 1e-9 and abs(before) > 0.1 - 1e-9


def test_general_without_heterogeneity_is_near_rosenberg() -> None:
    v = np.full(10, 0.05)
    y = 0.5 + 0.01 * np.tile([1, -1], 5)
    general = fail_safe_n(y, v, method="General")
    assert general.number > 0 and general.estimate_after < general.estimate
    assert general.number <= fail_safe_n(y, v, method="Rosenberg").number


@given(st.integers(0, 10_000))
def test_general_under_a_common_effect_is_rosenberg(seed: int) -> None:
    y, v = studies(seed)
    general = fail_safe_n(y, v, method="General", model="common")
    assert general.number == fail_safe_n(y, v, method="Rosenberg").number


def test_result_that_is_not_significant_needs_none() -> None:
    y, v = np.array([0.3, -0.3, 0.1]), np.array([0.1, 0.1, 0.1])
    for method in ("Rosenthal", "Rosenberg", "General"):
        assert fail_safe_n(y, v, method=method).number == 0


def test_no_number_reaches_zero() -> None:
    got = fail_safe_n([0.5, 0.6], [0.1, 0.1], method="Orwin", target=0)
    assert got.number is None and "no number" in str(got)


def test_warning_is_always_said() -> None:
    assert "do not rest a conclusion" in str(fail_safe_n(*studies(1)))


def test_bad_input() -> None:
    with pytest.raises(InputError, match="at least two"):
        fail_safe_n([0.5], [0.1])
    with pytest.raises(InputError, match="alpha = 2"):
        fail_safe_n([0.5, 0.4], [0.1, 0.1], alpha=2)
    with pytest.raises(InputError, match="Be: variance = 0"):
        fail_safe_n([0.5, 0.4], [0.1, 0], studies=["Ay", "Be"])
