"""Kendall's rank correlation with its exact and its normal test.

Kendall MG. Rank Correlation Methods. 1970. The exact distribution counts permutations by their inversions; with
ties the normal test is used, its variance corrected for them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewkit.synthesis.distributions import two_sided_p
from reviewkit.synthesis.inputs import Array


@dataclass(frozen=True, slots=True)
class Kendall:
    """Kendall's tau-b, its score (concordant minus discordant pairs), the score's error, z and both p values.

    ``exact_p`` is None where there are ties.
    """

    tau: float
    score: int
    score_se: float
    z: float
    normal_p: float
    exact_p: float | None


def kendall(x: Array, y: Array) -> Kendall:
    """Rank correlation of two vectors of shape (k,), k at least 2, neither of them constant."""
    n = x.size
    sign = np.sign(x[:, None] - x[None, :]) * np.sign(y[:, None] - y[None, :])
    score = int(np.sum(np.triu(sign, 1)))
    tx, ty = _ties(x), _ties(y)
    pairs = n * (n - 1) / 2
    tau = score / math.sqrt((pairs - _pairs(tx)) * (pairs - _pairs(ty)))
    se = math.sqrt(_score_variance(n, tx, ty))
    tied = bool(tx.size or ty.size)
    z = score / se
    return Kendall(tau, score, se, z, two_sided_p(z), None if tied else _exact_p(score, n))


def _ties(values: Array) -> Array:
    counts = np.unique(values, return_counts=True)[1].astype(float)
    return np.asarray(counts[counts > 1])


def _pairs(ties: Array) -> float:
    return float(np.sum(ties * (ties - 1)) / 2)


def _score_variance(n: int, tx: Array, ty: Array) -> float:
    def cubic(t: Array) -> float:
        return float(np.sum(t * (t - 1) * (2 * t + 5)))

    def triple(t: Array) -> float:
        return float(np.sum(t * (t - 1) * (t - 2)))

    first = (n * (n - 1) * (2 * n + 5) - cubic(tx) - cubic(ty)) / 18
    second = 2 * _pairs(tx) * 2 * _pairs(ty) / (2 * n * (n - 1))
    third = triple(tx) * triple(ty) / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0.0
    return first + second + third


def _exact_p(score: int, n: int) -> float:
    """Twice the smaller tail of the number of concordant pairs among all permutations."""
    share = np.ones(1)
    for size in range(2, n + 1):
        # One more element adds 0 to size - 1 inversions, each as likely.
        share = np.convolve(share, np.full(size, 1.0 / size))
    concordant = (score + n * (n - 1) // 2) // 2
    low, high = float(share[: concordant + 1].sum()), float(share[concordant:].sum())
    return min(1.0, 2 * min(low, high))
