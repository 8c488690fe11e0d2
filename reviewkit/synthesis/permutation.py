"""Permutation test of a meta-regression: p values that do not lean on normality or on many studies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.regression_result import MetaRegression
from reviewkit.synthesis.tau2 import profile_tau2


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """Permutation p values of each coefficient (shape (p,)) and of all moderators together.

    ``exact`` is true where every arrangement was tried; ``permutations`` counts those that were.
    """

    terms: tuple[str, ...]
    p: Array
    omnibus_p: float
    permutations: int
    exact: bool
    seed: int | None

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "coefficients": [{"term": term, "p": float(p)} for term, p in zip(self.terms, self.p, strict=True)],
            "omnibus_p": self.omnibus_p,
            "permutations": self.permutations,
            "exact": self.exact,
            "seed": self.seed,
        }


def permutation_test(fit: MetaRegression, *, permutations: int = 1000, seed: int = 1) -> PermutationTest:
    """Compare the fit with those in which moderators are dealt to studies at random.

    The intercept is not tested, since no arrangement of the moderators changes what it stands for: its p is NaN.

    Parameters
    ----------
    fit : MetaRegression
    permutations : int
        Arrangements drawn; where no more are possible, each is tried once and the test is exact.
    seed : int
        Of the draws; the same seed gives the same p values.

    Returns
    -------
    PermutationTest
        Two-sided; the observed arrangement counts among the permutations, so that no p value is zero.

    Raises
    ------
    InputError
        For fewer than 20 permutations.

    References
    ----------
    Higgins JPT, Thompson SG. Stat Med 2004;23:1663-1682. doi:10.1002/sim.1752
    """
    if permutations < 20:
        raise InputError(f"permutations = {permutations}: must be 20 or more.", code="too-few-permutations")
    k, exact = fit.k, math.factorial(min(fit.k, 20)) <= permutations
    x = fit.design.matrix
    slopes = list(fit.design.slopes)
    statistic, omnibus = _statistics(fit, x)
    as_far, as_large, tried = np.zeros(len(fit.terms)), 0, 0
    for order in _orders(k, permutations, exact, seed):
        t, f = _statistics(fit, x[order])
        # A hair's breadth, so that arrangements equal to the observed one count whatever the rounding.
        as_far += np.abs(t) >= np.abs(statistic) * (1.0 - 1e-9)
        as_large += int(f >= omnibus * (1.0 - 1e-9))
        tried += 1
    p = np.full(len(fit.terms), np.nan)
    p[slopes] = as_far[slopes] / tried
    return PermutationTest(fit.terms, p, as_large / tried, tried, exact, None if exact else seed)


def _orders(k: int, permutations: int, exact: bool, seed: int) -> Iterator[NDArray[np.intp]]:
    if exact:
        for order in itertools.permutations(range(k)):
            yield np.array(order, dtype=np.intp)
        return
    yield np.arange(k, dtype=np.intp)
    draw = np.random.default_rng(seed)
    for _ in range(permutations - 1):
        yield np.asarray(draw.permutation(k), dtype=np.intp)


def _statistics(fit: MetaRegression, x: Array) -> tuple[Array, float]:
    """t or z values of all coefficients and the omnibus statistic for one arrangement of the rows."""
    q, r = np.linalg.qr(x)
    profile = Profile(fit.yi, fit.vi, q)
    tau2 = profile_tau2(profile, fit.tau2_method).tau2 if fit.tau2_method else 0.0
    w, e, inverse = profile.fit(tau2)
    back = np.linalg.inv(r)
    estimate, vcov = back @ profile.beta(w), back @ inverse @ back.T
    scale = float(e @ (w * e)) / profile.df
    vcov = vcov * {"hk": scale, "hk-adhoc": max(1.0, scale)}.get(fit.ci_method, 1.0)
    index = list(fit.design.slopes)
    wald = float(estimate[index] @ np.linalg.solve(vcov[np.ix_(index, index)], estimate[index]))
    return np.asarray(estimate / np.sqrt(np.diag(vcov))), wald
