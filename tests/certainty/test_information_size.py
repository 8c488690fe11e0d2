"""Optimal information size against other implementations and against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.certainty import size_for_means, size_for_risks
from reviewkit.errors import InputError


@pytest.mark.parametrize("d", [0.2, 0.35, 0.5, 0.8, 1.2])
@pytest.mark.parametrize(("alpha", "power"), [(0.05, 0.80), (0.05, 0.90), (0.01, 0.80)])
def test_means_agree_with_statsmodels(d: float, alpha: float, power: float) -> None:
    from statsmodels.stats.power import NormalIndPower

    each = NormalIndPower().solve_power(d, alpha=alpha, power=power)
    assert size_for_means(d, alpha=alpha, power=power) == 2 * int(np.ceil(each))


@pytest.mark.parametrize(("d", "each"), [(0.20, 393), (0.50, 64), (0.80, 26)])
def test_means_against_cohens_table(d: float, each: int) -> None:
    """Cohen 1988, table 2.4.1 (two-sided 0.05, power 0.80), by the t distribution: up to one more in each group."""
    from statsmodels.stats.power import TTestIndPower

    assert each - 1 <= size_for_means(d) / 2 <= each
    assert TTestIndPower().solve_power(d, alpha=0.05, power=0.8) == pytest.approx(each, abs=1)


def test_a_standard_deviation_scales_the_difference() -> None:
    assert size_for_means(10, 20) == size_for_means(0.5)


def test_risks_against_a_published_size() -> None:
    """0.20 against 0.15: 906 in each group without continuity correction (Fleiss 2003, equation 4.14)."""
    assert size_for_risks(0.20, 0.15) == 2 * 906


@pytest.mark.parametrize(("without", "with_"), [(0.2, 0.15), (0.4, 0.3), (0.1, 0.2), (0.5, 0.65)])
def test_risks_reach_their_power_in_simulation(without: float, with_: float) -> None:
    n = size_for_risks(without, with_) // 2
    random = np.random.default_rng(20261121)
    a, b = random.binomial(n, without, 40_000), random.binomial(n, with_, 40_000)
    middle = (a + b) / (2 * n)
    z = (b - a) / n / np.sqrt(2 * middle * (1 - middle) / n)
    assert np.mean(np.abs(z) > 1.959964) == pytest.approx(0.80, abs=0.012)


@pytest.mark.parametrize("call", [
    lambda: size_for_means(0), lambda: size_for_means(0.5, 0), lambda: size_for_means(0.5, alpha=0),
    lambda: size_for_means(float("nan")), lambda: size_for_risks(0.2, 0.2), lambda: size_for_risks(0, 0.2),
    lambda: size_for_risks(0.2, 1.2), lambda: size_for_risks(0.2, 0.1, power=1),
])  # fmt: skip
def test_nothing_follows_from_what_cannot_be(call: object) -> None:
    with pytest.raises(InputError):
        call()  # type: ignore[operator]
