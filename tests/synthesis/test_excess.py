"""Test of excess significance: exact tail by enumeration and simulation, bad input. Numbers: see the oracle."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from reviewkit.errors import InputError
from reviewkit.synthesis.excess import excess_significance

Y, V = np.array([0.5, 0.1, 0.4, 0.6, -0.1]), np.array([0.04, 0.05, 0.02, 0.1, 0.08])


def test_exact_tail_by_enumeration() -> None:
    got = excess_significance(Y, V)
    tail = sum(
        float(np.prod(np.where(bits, got.power, 1 - got.power)))
        for bits in product([0, 1], repeat=5)
        if sum(bits) >= got.observed
    )
    assert got.p == pytest.approx(tail, rel=1e-10)


def test_power_by_definition() -> None:
    got = excess_significance(Y, V, effect=0.3, alternative="greater", alpha=0.025)
    assert got.power == pytest.approx(norm.sf(norm.ppf(0.975) - 0.3 / np.sqrt(V)))
    assert got.observed == np.sum(Y / np.sqrt(V) >= norm.ppf(0.975))


def test_equal_powers_are_binomial() -> None:
    got = excess_significance([0.5, 0.1, 0.6, 0.7], [0.05] * 4, effect=0.3)
    want = binomtest(got.observed, 4, got.power[0], alternative="greater").pvalue
    assert got.p == pytest.approx(want)
    assert excess_significance([0.5, 0.1, 0.6, 0.7], [0.05] * 4, effect=0.3, method="binomial").p == got.p


def test_sides_mirror() -> None:
    up = excess_significance(Y, V, alternative="greater")
    down = excess_significance(-Y, V, alternative="less")
    assert (up.observed, up.p) == (down.observed, pytest.approx(down.p))


def test_methods_and_words() -> None:
    assert excess_significance(Y, V, method="metafor").method == "exact"
    many = excess_significance(np.tile(Y, 8), np.tile(V, 8), method="metafor")
    assert many.method == "chi2" and 0 <= many.p <= 1
    assert "little power" in str(excess_significance(Y, V))


def test_certain_power_leaves_nothing_to_explain() -> None:
    for method in ("exact", "chi2", "binomial"):
        assert excess_significance([5.0, 6.0], [0.001, 0.001], method=method).p == 1.0


def test_bad_input() -> None:
    with pytest.raises(InputError, match="no study"):
        excess_significance([], [])
    with pytest.raises(InputError, match="alpha = 0"):
        excess_significance(Y, V, alpha=0)
    with pytest.raises(InputError, match="method"):
        excess_significance(Y, V, method="guess")
