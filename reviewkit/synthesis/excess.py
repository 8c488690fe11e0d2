"""Test of excess significance: are there more significant results than the studies had power for?

Ioannidis JPA, Trikalinos TA. Clin Trials 2007;4:245-253. doi:10.1177/1740774507079441. With heterogeneity the
expected number is too low or too high, so that it says little where tau2 is large.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import chi2_sf, normal_ppf, normal_sf
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.small_study import MIN_STUDIES

Alternative = Literal["two.sided", "greater", "less"]
ExcessMethod = Literal["exact", "chi2", "binomial", "metafor"]


@dataclass(frozen=True, slots=True)
class ExcessSignificance:
    """Observed and expected number of significant studies; ``power`` has shape (k,); ``p`` is one-sided."""

    k: int
    observed: int
    expected: float
    p: float
    method: ExcessMethod
    effect: float
    power: Array
    alpha: float
    caution: str

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.observed / self.expected

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "power": self.power.tolist(), "ratio": self.ratio, "sentence": str(self)}

    def __str__(self) -> str:
        caution = f" {self.caution}" if self.caution else ""
        return (
            f"{self.observed} of {self.k} studies are significant at {self.alpha:g}, {self.expected:.1f} expected "
            f"at an effect of {self.effect:.3g} (p = {self.p:.3f}).{caution}"
        )


def excess_significance(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    effect: float | None = None,
    alpha: float = 0.05,
    alternative: Alternative = "two.sided",
    method: ExcessMethod = "exact",
    studies: Sequence[str] | None = None,
) -> ExcessSignificance:
    """Compare the number of significant studies with the sum of their powers at one effect.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    effect : float, optional
        True effect assumed in every study; the common-effect pool without it.
    alpha : float
        Level at which a study counts as significant, in (0, 1).
    alternative : {'two.sided', 'greater', 'less'}
        Of the studies' tests.
    method : {'exact', 'chi2', 'binomial', 'metafor'}
        'exact': the sum of independent events with the studies' powers. 'chi2' and 'binomial' are the
        approximations of the paper. 'metafor': exact up to a million subsets of studies, else chi2.

    Raises
    ------
    InputError
        For bad data (study named), no study, or alpha outside (0, 1).

    Examples
    --------
    >>> result = excess_significance([0.5, 0.6, 0.1], [0.04, 0.05, 0.04])
    >>> result.observed, round(result.expected, 2)
    (2, 1.38)
    """
    check_choice("alternative", alternative, Alternative)
    check_choice("method", method, ExcessMethod)
    if not 0 < alpha < 1:
        raise InputError(f"alpha = {alpha}: must lie between 0 and 1.", code="bad-alpha")
    data = check_studies(yi, vi, studies)
    if data.yi.size == 0:
        raise InputError("no study: nothing to test for excess significance.", code="no-study")
    weights, k = 1 / data.vi, int(data.yi.size)
    theta = float(weights @ data.yi / weights.sum()) if effect is None else float(effect)
    z, shift = data.yi / np.sqrt(data.vi), theta / np.sqrt(data.vi)
    critical = float(normal_ppf(1 - (alpha / 2 if alternative == "two.sided" else alpha)))
    up, down = alternative != "less", alternative != "greater"
    observed = int(np.sum((up & (z >= critical)) | (down & (z <= -critical))))
    power = np.asarray(up * normal_sf(critical - shift) + down * normal_sf(critical + shift))
    used = _like_metafor(k, observed) if method == "metafor" else method
    p = _pval(observed, power, used)
    caution = "" if k >= MIN_STUDIES else f"With {k} studies this test has little power."
    return ExcessSignificance(k, observed, float(power.sum()), p, used, theta, power, alpha, caution)


def _like_metafor(k: int, observed: int) -> ExcessMethod:
    return "exact" if sum(math.comb(k, j) for j in range(observed, k + 1)) <= 10**6 else "chi2"


def _pval(observed: int, power: Array, method: ExcessMethod) -> float:
    """P(at least ``observed`` significant)."""
    k, expected = power.size, float(power.sum())
    if method == "exact":
        return _tail(power, observed)
    if method == "binomial":
        return _tail(np.full(k, expected / k), observed)
    variance = expected * (k - expected) / k
    if variance <= 0:
        return 1.0
    root = (observed - expected) / math.sqrt(variance)
    two_sided = float(chi2_sf(root**2, 1))
    return two_sided / 2 if root > 0 else 1 - two_sided / 2


def _tail(power: Array, observed: int) -> float:
    """Poisson-binomial distribution: one study after the other."""
    share = np.ones(1)
    for p in power.tolist():
        share = np.convolve(share, [1 - p, p])
    return float(min(1.0, share[observed:].sum()))
