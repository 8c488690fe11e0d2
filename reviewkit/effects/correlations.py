"""Correlations (raw, unbiased, Fisher z, partial) and Cronbach's alpha."""

from __future__ import annotations

import numpy as np
from scipy.special import hyp2f1

from reviewkit.effects.core import Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options

Pair = tuple[FloatArray, FloatArray]


def correlation(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute COR, UCOR or ZCOR from ri and ni.

    References
    ----------
    Unbiased correlation: Olkin and Pratt 1958, doi:10.1214/aoms/1177706717. Fisher's z: Fisher 1921.
    """
    taken = reader.take({"ri": "correlation", "ni": "size"})
    reader.finish()
    r, n = taken["ri"], taken["ni"]
    reader.note(n <= 3, "a variance needs more than 3 people")
    if measure == "ZCOR":
        reader.note(np.abs(r) == 1, "Fisher's z of a correlation of 1 or -1 is infinite")
        with np.errstate(divide="ignore"):
            return Estimate(np.arctanh(r), 1 / (n - 3), reader.reasons)
    if measure == "UCOR":
        reader.note(n <= 4, "the unbiased correlation needs more than 4 people")
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = unbiased_correlation(r, n) if measure == "UCOR" else r
        vi = _correlation_variance(yi, r, n, options)
    return Estimate(yi, vi, reader.reasons)


def unbiased_correlation(r: FloatArray, n: FloatArray) -> FloatArray:
    """Olkin and Pratt's unbiased estimate of a correlation from ``n`` people, exact (not the usual approximation)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(r * _hypergeometric(0.5, (n - 2) / 2, 1 - r**2))


def _hypergeometric(a: float, c: FloatArray, z: FloatArray) -> FloatArray:
    """Gauss's 2F1(a, a; c; z) for 0 <= z <= 1: by its series where c is large (scipy gives NaN there)."""
    c, z = np.broadcast_arrays(c, z)
    by_series = c > _LARGE_C
    total = np.ones(c.shape)
    term = np.where(by_series, 1.0, 0.0)
    for k in range(_MOST_TERMS):
        term = term * (a + k) ** 2 / ((np.where(by_series, c, 1.0) + k) * (k + 1)) * z
        total = total + term
        if not np.any(np.abs(term) > np.finfo(float).eps * total / 4):
            break
    return np.asarray(np.where(by_series, total, hyp2f1(a, a, np.where(by_series, 1.0, c), np.where(by_series, 0, z))))


_LARGE_C = 12.0
_MOST_TERMS = 2000


def _correlation_variance(yi: FloatArray, r: FloatArray, n: FloatArray, options: Options) -> FloatArray:
    if options.variance == "AV":
        known = np.isfinite(yi) & np.isfinite(n)
        mean = np.sum((yi * n)[known]) / np.sum(n[known])
        return np.asarray((1 - mean**2) ** 2 / (n - 1))
    if options.variance == "UB":
        return np.asarray(yi**2 - 1 + (n - 3) / (n - 2) * (1 - r**2) * _hypergeometric(1.0, n / 2, 1 - r**2))
    return np.asarray((1 - yi**2) ** 2 / (n - 1))


def partial_correlation(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute PCOR, ZPCOR, SPCOR or ZSPCOR from ri, the number of predictors mi, ni (and r2i for semi-partial).

    References
    ----------
    Aloe and Becker 2012, doi:10.3102/1076998610396901; Aloe and Thompson 2013.
    """
    semi = measure in ("SPCOR", "ZSPCOR")
    rules = {"ri": "correlation", "mi": "predictors", "ni": "size"} | ({"r2i": "correlation"} if semi else {})
    taken = reader.take(rules)
    reader.finish()
    r, m, n = taken["ri"], taken["mi"], taken["ni"]
    reader.refuse(n - m - 1 <= 0, lambda i: f"ni = {n[i]:g} with mi = {m[i]:g} predictors leaves nothing.", "bad-n")
    reader.finish()
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "ZPCOR":
            return Estimate(np.arctanh(r), 1 / (n - m - 2), reader.reasons)
        if measure == "PCOR":
            return Estimate(r, (1 - r**2) ** 2 / (n - m), reader.reasons)
        whole = taken["r2i"]
        without = whole - r**2
        vi = (whole**2 - 2 * whole + without + 1 - without**2) / n
        if measure == "ZSPCOR":
            return Estimate(np.arctanh(r), vi / (1 - r**2) ** 2, reader.reasons)
    return Estimate(r, vi, reader.reasons)


def cronbach_alpha(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute ARAW, AHW or ABT from alpha ai, number of items mi, number of people ni.

    References
    ----------
    Hakstian and Whalen 1976, doi:10.1007/BF02291840 (AHW, here as 1 - (1 - α)^⅓ so that it rises with α);
    Bonett 2002, doi:10.3102/10769986027004335 (ABT, here as -ln(1 - α)).
    """
    taken = reader.take({"ai": "alpha", "mi": "items", "ni": "size"})
    reader.finish()
    rest, m, n = 1 - taken["ai"], taken["mi"], taken["ni"]
    reader.note(n <= 2, "a variance needs more than 2 people")
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = 2 * m / ((m - 1) * (n - 2))
        if measure == "ARAW":
            return Estimate(taken["ai"], spread * rest**2, reader.reasons)
        if measure == "ABT":
            reader.note(rest == 0, "the logarithm of 1 - alpha is infinite for an alpha of 1")
            return Estimate(-np.log(rest), spread, reader.reasons)
        vi = 18 * m * (n - 1) * np.cbrt(rest) ** 2 / ((m - 1) * (9 * n - 11) ** 2)
        return Estimate(1 - np.cbrt(rest), vi, reader.reasons)
