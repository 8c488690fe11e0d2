"""Kenward and Roger's small-sample interval of a random-effects pool."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import critical, two_sided_p
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.pooling import pool

SMALL_DF = 1.0
"""Degrees of freedom below which the interval is said to be useless."""


@dataclass(frozen=True, slots=True)
class KenwardRoger:
    """A REML pool with Kenward and Roger's error, degrees of freedom, confidence and prediction interval."""

    pooled: Pooled
    se: float
    df: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    pi_low: float
    pi_high: float
    warnings: tuple[str, ...]

    @property
    def estimate(self) -> float:
        """The pooled effect, the same as without the correction."""
        return self.pooled.estimate

    @property
    def tau2(self) -> float:
        """Between-study variance by REML."""
        return self.pooled.tau2


def kenward_roger(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
    measure: str = "GEN",
    missing: str = "error",
) -> KenwardRoger:
    """Pool by REML with the error and degrees of freedom of Kenward and Roger (expected information).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances of at least two studies.
    level : float
        Confidence level in (0, 1).
    studies, measure, missing
        As in `pool`.

    Raises
    ------
    InputError
        For bad data, fewer than two studies, or where the corrected variance is negative.

    References
    ----------
    Kenward MG, Roger JH. Biometrics 1997;53:983-997. doi:10.2307/2533558
    Partlett C, Riley RD. Stat Med 2017;36:301-317. doi:10.1002/sim.7140 (for meta-analysis; the prediction interval)

    Examples
    --------
    >>> found = kenward_roger([0.1, 0.5, 0.9, 0.4], [0.02, 0.03, 0.02, 0.03])
    >>> round(found.se, 4), round(found.df, 2)
    (0.1722, 2.98)
    """
    pooled = pool(yi, vi, tau2="REML", ci="normal", level=level, studies=studies, measure=measure, missing=missing)
    if pooled.k < 2:
        raise InputError("one study: Kenward and Roger's interval needs at least two.", code="too-few-studies")
    w = 1.0 / (pooled.vi + pooled.tau2)
    first, second, third = (float((w**power).sum()) for power in (1, 2, 3))
    information = 0.5 * second - third / first + 0.5 * (second / first) ** 2
    variance = (1.0 + 2.0 * (third / first - (second / first) ** 2) / information) / first
    if not variance > 0:
        raise InputError("Kenward and Roger's corrected variance is negative for these studies.", code="undefined")
    df = 2.0 * information / (variance * second) ** 2
    se = math.sqrt(variance)
    wide = critical(level, df)
    spread = math.sqrt(variance + pooled.tau2)
    warnings = pooled.warnings
    if df < SMALL_DF:
        warnings += (f"Kenward and Roger's degrees of freedom are {df:.3g}: the interval says nothing.",)
    return KenwardRoger(
        pooled=pooled,
        se=se,
        df=df,
        statistic=pooled.estimate / se,
        p=two_sided_p(pooled.estimate / se, df),
        ci_low=pooled.estimate - wide * se,
        ci_high=pooled.estimate + wide * se,
        pi_low=pooled.estimate - wide * spread,
        pi_high=pooled.estimate + wide * spread,
        warnings=warnings,
    )
