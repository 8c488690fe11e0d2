"""Tests of small-study effects: the rule of ten, signs, units, bad input. Numbers: see the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.small_study import rank_test, regression_test, thompson_sharp_test

TESTS = [regression_test, rank_test, thompson_sharp_test]


def studies(seed: int, k: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.5, k)
    return rng.normal(0.2, np.sqrt(v + 0.05)), v


@pytest.mark.parametrize("test", TESTS)
def test_under_ten_only_on_request(test) -> None:
    y, v = studies(1, 9)
    quiet = test(y, v)
    assert quiet.p is None and "13.3.5.4" in quiet.withheld and "not made" in str(quiet)
    asked = test(y, v, even_if_few=True)
    assert asked.p is not None and not asked.withheld and "power is low" in str(asked)
    assert test(*studies(1, 10)).p is not None


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("k", [0, 1, 2])
def test_under_three_never(test, k: int) -> None:
    assert "at least three" in test(*studies(1, k), even_if_few=True).withheld


@given(st.integers(0, 10_000))
def test_sign_order_and_unit(seed: int) -> None:
    y, v = studies(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    for test in TESTS:
        base = test(y, v)
        assert test(-y, v).statistic == pytest.approx(-base.statistic, rel=1e-6, abs=1e-8)
        assert test(y[order], v[order]).p == pytest.approx(base.p, rel=1e-6)
        assert test(10 * y, 100 * v).p == pytest.approx(base.p, rel=1e-5)


def test_asymmetry_is_found_and_symmetry_is_not() -> None:
    v = np.linspace(0.01, 0.5, 20)
    tilted = 2 * np.sqrt(v) + 0.05 * np.cos(np.arange(20.0))
    pairs = np.repeat(v[::2], 2)
    mirrored = np.sqrt(pairs) * np.tile([1, -1], 10)
    for test in TESTS:
        assert test(tilted, v).p < 0.01
        assert test(mirrored, pairs).p > 0.3


def test_limit_is_the_intercept_where_a_limit_exists() -> None:
    y, v = studies(3)
    n = np.round(4 / v)
    egger = regression_test(y, v)
    assert egger.limit == egger.intercept and egger.limit_ci[0] < egger.limit < egger.limit_ci[1]
    assert regression_test(y, v, predictor="ni", ni=n).limit is None
    assert regression_test(y, v, predictor="ninv", ni=n).limit is not None


def test_bad_input_names_the_study() -> None:
    y, v = studies(3)
    names = [f"Trial {i}" for i in range(12)]
    bad = np.array(v)
    bad[4] = 0
    with pytest.raises(InputError, match="Trial 4: variance = 0"):
        regression_test(y, bad, studies=names)
    n = np.full(12, 100.0)
    n[2] = 0
    with pytest.raises(InputError, match="Trial 2: n = 0"):
        regression_test(y, v, predictor="ninv", ni=n, studies=names)
    with pytest.raises(InputError, match="needs the total sample sizes"):
        regression_test(y, v, predictor="ni")
    with pytest.raises(InputError, match="ni has 3 values"):
        regression_test(y, v, predictor="ni", ni=[1, 2, 3])
    with pytest.raises(InputError, match="same variance"):
        rank_test(y, np.full(12, 0.1))
    with pytest.raises(InputError, match="same in every study"):
        regression_test(y, np.full(12, 0.1))
    with pytest.raises(InputError, match="same effect"):
        rank_test(np.full(12, 0.5), v)
    with pytest.raises(InputError, match="predictor"):
        regression_test(y, v, predictor="year")
