"""Normal, t, chi-squared and F distributions from `scipy.special`, so that `scipy.stats` is never loaded.

Every function takes scalars or arrays and broadcasts. An infinite number of degrees of freedom of t is the normal.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special as _special

special: Any = _special
"""Untyped, because the ufuncs take whatever `ArrayLike` names."""


def normal_cdf(x: ArrayLike) -> Any:
    """Probability of a standard normal value up to ``x``."""
    return special.ndtr(x)


def normal_sf(x: ArrayLike) -> Any:
    """Probability of a standard normal value above ``x``; exact in the tail."""
    return special.ndtr(np.negative(x))


def normal_ppf(p: ArrayLike) -> Any:
    """The standard normal quantile of ``p``."""
    return special.ndtri(p)


def t_cdf(x: ArrayLike, df: ArrayLike) -> Any:
    """Probability of a t value up to ``x`` with ``df`` degrees of freedom (infinite: normal)."""
    return special.stdtr(df, x)


def t_sf(x: ArrayLike, df: ArrayLike) -> Any:
    """Probability of a t value above ``x`` with ``df`` degrees of freedom (infinite: normal)."""
    return special.stdtr(df, np.negative(x))


def t_ppf(p: ArrayLike, df: ArrayLike) -> Any:
    """The quantile of ``p`` of t with ``df`` degrees of freedom (infinite: normal)."""
    return special.stdtrit(df, p)


def chi2_cdf(x: ArrayLike, df: ArrayLike) -> Any:
    """Probability of a chi-squared value up to ``x`` with ``df`` degrees of freedom."""
    return special.chdtr(df, x)


def chi2_sf(x: ArrayLike, df: ArrayLike) -> Any:
    """Probability of a chi-squared value above ``x`` with ``df`` degrees of freedom."""
    return special.chdtrc(df, x)


def chi2_ppf(p: ArrayLike, df: ArrayLike) -> Any:
    """The quantile of ``p`` of chi-squared with ``df`` degrees of freedom."""
    return 2.0 * special.gammaincinv(np.multiply(0.5, df), p)


def f_cdf(x: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> Any:
    """Probability of an F value up to ``x`` with ``df1`` and ``df2`` degrees of freedom."""
    return special.fdtr(df1, df2, x)


def f_sf(x: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> Any:
    """Probability of an F value above ``x`` with ``df1`` and ``df2`` degrees of freedom."""
    return special.fdtrc(df1, df2, x)


def f_ppf(p: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> Any:
    """The quantile of ``p`` of F with ``df1`` and ``df2`` degrees of freedom."""
    return special.fdtri(df1, df2, p)


def critical(level: float, df: float = math.inf) -> float:
    """The two-sided critical value: of the normal, or of t where ``df`` is finite.

    >>> round(critical(0.95), 4), round(critical(0.95, 4), 4)
    (1.96, 2.7764)
    """
    upper = 0.5 + 0.5 * level
    return float(special.ndtri(upper)) if math.isinf(df) else float(special.stdtrit(df, upper))


def two_sided_p(statistic: float, df: float = math.inf) -> float:
    """The two-sided p value: from the normal, or from t where ``df`` is finite."""
    tail = -abs(statistic)
    return 2.0 * float(special.ndtr(tail) if math.isinf(df) else special.stdtr(df, tail))
