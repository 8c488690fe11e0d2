"""Kendall's tau against scipy and against all permutations."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from reviewkit.synthesis.rank_correlation import kendall


@given(st.permutations(range(12)))
def test_exact_and_normal_p_agree_with_scipy(order: list[int]) -> None:
    x, y = np.arange(12.0), np.array(order, dtype=float)
    got = kendall(x, y)
    assert got.tau == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)
    assert got.exact_p == pytest.approx(kendalltau(x, y, method="exact").pvalue, rel=1e-9)
    assert got.normal_p == pytest.approx(kendalltau(x, y, method="asymptotic").pvalue, rel=1e-9)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=5, max_size=30))
def test_ties_agree_with_scipy(rows: list[tuple[int, int]]) -> None:
    x, y = np.array(rows, dtype=float).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    got, peer = kendall(x, y), kendalltau(x, y, method="asymptotic")
    assert got.tau == pytest.approx(peer.statistic, abs=1e-12)
    assert got.normal_p == pytest.approx(peer.pvalue, rel=1e-9)


def test_exact_p_counts_permutations() -> None:
    x = np.arange(6.0)
    scores = np.array([kendall(x, np.array(p, dtype=float)).score for p in permutations(range(6))])
    got = kendall(x, np.array([1.0, 0, 2, 3, 5, 4]))
    assert got.exact_p == pytest.approx(2 * np.mean(scores >= got.score))


def test_ties_have_no_exact_p() -> None:
    assert kendall(np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 3, 4])).exact_p is None
