"""Tests of asymmetry for tables: properties, conventions, bad input. Numbers: see the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nchypergeom_fisher

from reviewkit.errors import InputError
from reviewkit.synthesis.small_study import regression_test
from reviewkit.synthesis.table_asymmetry import _hypergeometric, pustejovsky_test, table_asymmetry_test

METHODS = ["Egger", "Begg", "Thompson", "Harbord", "Peters", "Deeks", "Macaskill", "Schwarzer"]


def tables(seed: int, k: int = 12, equal: bool = False) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    n1 = rng.integers(20, 400, k)
    n2 = n1 if equal else rng.integers(20, 400, k)
    return rng.binomial(n1, 0.2), n1, rng.binomial(n2, 0.3), n2


@pytest.mark.parametrize("method", METHODS)
def test_exchanging_groups_turns_the_sign(method: str) -> None:
    a, n1, c, n2 = tables(5)
    there = table_asymmetry_test(a, n1, c, n2, method=method)
    back = table_asymmetry_test(c, n2, a, n1, method=method)
    assert back.statistic == pytest.approx(-there.statistic, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_studies_without_events_are_left_out(method: str) -> None:
    a, n1, c, n2 = tables(6)
    more = [np.append(x, extra) for x, extra in ((a, 0), (n1, 30), (c, 0), (n2, 40))]
    got = table_asymmetry_test(*more, method=method)
    assert got.k == 12 and got.p == table_asymmetry_test(a, n1, c, n2, method=method).p


@pytest.mark.parametrize("method", METHODS)
def test_under_ten_only_on_request(method: str) -> None:
    few = tables(7, 6)
    assert "13.3.5.4" in table_asymmetry_test(*few, method=method).withheld
    assert table_asymmetry_test(*few, method=method, even_if_few=True).p is not None


def test_harbord_by_its_score() -> None:
    # The score and its variance under no effect, from the hypergeometric distribution of scipy.
    a, n1, c, n2 = tables(8)
    peers = [nchypergeom_fisher(p + q, x + y, p, 1) for x, p, y, q in zip(a, n1, c, n2, strict=True)]
    score = a - np.array([peer.mean() for peer in peers])
    variance = np.array([peer.var() for peer in peers])
    want = regression_test(score / variance, 1 / variance)
    got = table_asymmetry_test(a, n1, c, n2, method="Harbord")
    assert got.statistic == pytest.approx(want.statistic, rel=1e-6)


def test_harbord_for_risk_ratios_agrees_with_r_meta_where_groups_are_equal() -> None:
    equal = tables(9, equal=True)
    one, two = (
        table_asymmetry_test(*equal, measure="RR", convention=convention) for convention in ("published", "R meta")
    )
    assert one.statistic == pytest.approx(two.statistic, rel=1e-12)


@given(st.integers(1, 60), st.integers(1, 60), st.data(), st.floats(0.05, 20))
def test_hypergeometric_moments(n1: int, n2: int, data, odds_ratio: float) -> None:
    events = data.draw(st.integers(1, n1 + n2 - 1))
    mean, variance = _hypergeometric(n1, n2, events, odds_ratio)
    peer = nchypergeom_fisher(n1 + n2, n1, events, odds_ratio)
    assert mean == pytest.approx(peer.mean(), rel=1e-6)
    assert variance == pytest.approx(peer.var(), rel=1e-5, abs=1e-9)


def test_pustejovsky_with_equal_groups_is_a_regression_on_the_sample_size() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(10, 200, 15)
    y, v = rng.normal(0.4, 0.3, 15), 4 / n + 0.01
    got = pustejovsky_test(y, v, n / 2, n / 2)
    want = regression_test(y, v, predictor="sqrtninv", ni=n)
    assert got.statistic == pytest.approx(want.statistic, rel=1e-9)


def test_bad_input_names_the_study() -> None:
    with pytest.raises(InputError, match="Be: 12 events of 10"):
        table_asymmetry_test([1, 12], [10, 10], [2, 2], [10, 10], studies=["Ay", "Be"])
    with pytest.raises(InputError, match="for odds ratios"):
        table_asymmetry_test(*tables(1), method="Schwarzer", measure="RR")
    with pytest.raises(InputError, match="values"):
        table_asymmetry_test([1, 2], [10], [2, 2], [10, 10])
    with pytest.raises(InputError, match="Be: group sizes 0 and 5"):
        pustejovsky_test([0.1, 0.2], [0.1, 0.1], [5, 0], [5, 5], studies=["Ay", "Be"])
