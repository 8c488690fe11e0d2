"""Sign test: how many effects point each way, and how sure their share is.

Cochrane Handbook, section 12.2.1.3.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincinv, ndtri

from reviewkit.errors import InputError


@dataclass(frozen=True, slots=True)
class SignTest:
    """How many effects point each way, with the two-sided binomial test against one half.

    ``p``, ``proportion`` and both intervals are None where no effect has a direction. Intervals are of the
    proportion of positive effects: ``wilson`` by the score, ``clopper_pearson`` exact.
    """

    positive: int
    negative: int
    null: int
    proportion: float | None
    p: float | None
    wilson: tuple[float, float] | None
    clopper_pearson: tuple[float, float] | None
    level: float = 0.95

    @property
    def counted(self) -> int:
        """Effects that have a direction."""
        return self.positive + self.negative

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return asdict(self)


def sign_test(positive: int, negative: int, *, null: int = 0, level: float = 0.95) -> SignTest:
    """Two-sided exact binomial test of ``positive`` among ``positive + negative`` against one half.

    Parameters
    ----------
    positive, negative, null : int
        Number of effects above, below and at the null value; the last are not counted.
    level : float
        Confidence level in (0, 1) of both intervals.

    Raises
    ------
    InputError
        For a negative count or a level outside (0, 1).

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-413. doi:10.1093/biomet/26.4.404
    Wilson EB. JASA 1927;22:209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> test = sign_test(11, 8)
    >>> round(test.p, 4), [round(x, 3) for x in test.wilson]
    (0.6476, [0.363, 0.769])
    """
    for name, value in (("positive", positive), ("negative", negative), ("null", null)):
        if value < 0:
            raise InputError(f"{name} = {value}: a count must be 0 or more.", code="negative-count")
    if not 0 < level < 1:
        raise InputError(f"level = {level}: must lie between 0 and 1, such as 0.95.", code="bad-level")
    n = positive + negative
    if n == 0:
        return SignTest(positive, negative, null, None, None, None, None, level)
    # One half makes the distribution symmetric, so twice the smaller tail is the exact two-sided p.
    p = min(1.0, 2.0 * float(bdtr(min(positive, negative), n, 0.5)))
    wilson, exact = _wilson(positive, n, level), _clopper_pearson(positive, n, level)
    return SignTest(positive, negative, null, positive / n, p, wilson, exact, level)


def vote_count(yi: ArrayLike, *, null_value: float = 0.0, level: float = 0.95) -> SignTest:
    """Sign test of effect estimates: how many lie above and below the null value.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Effect estimates on the scale where ``null_value`` means no effect (0 for differences and log ratios).
        NaN (no estimate) is refused, since a study would vanish.
    null_value : float
        Estimates equal to it are not counted (Handbook 12.2.1.3).

    Raises
    ------
    InputError
        For an estimate that is not finite, named by its position.
    """
    effects = np.atleast_1d(np.asarray(yi, dtype=float))
    if bad := np.flatnonzero(~np.isfinite(effects)).tolist():
        raise InputError(
            f"yi: estimate {bad[0] + 1} is {effects[bad[0]]}: must be a finite number.",
            code="not-finite",
            remedy="Give its direction to direction_synthesis instead.",
        )
    positive, negative = int(np.sum(effects > null_value)), int(np.sum(effects < null_value))
    return sign_test(positive, negative, null=effects.size - positive - negative, level=level)


def _wilson(x: int, n: int, level: float) -> tuple[float, float]:
    z = float(ndtri(0.5 + level / 2))
    centre = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(x * (n - x) / n + z * z / 4)
    # At 0 and n the limit is exact; rounding would leave 1e-17 beside it.
    return (0.0 if x == 0 else centre - half), (1.0 if x == n else centre + half)


def _clopper_pearson(x: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return low, high
