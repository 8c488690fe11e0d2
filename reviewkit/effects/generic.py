"""Effect sizes that a report already gives: an estimate with its variance, standard error, interval or p value."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from reviewkit.effects.core import Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options
from reviewkit.errors import InputError


def generic(measure: str, reader: Reader, options: Options) -> Estimate:
    """Inverse-variance input from yi and, study by study, the first of vi, sei, ci_lb with ci_ub, pval that is given.

    Notes
    -----
    Intervals are taken to be normal on the scale of yi: SE = (upper - lower) / (2 z); p values two-sided:
    SE = |yi| / z (Cochrane Handbook 6.3.1 and 6.3.2). Ratios and their limits go in as logarithms.
    """
    yi = reader.take({"yi": "number"})["yi"]
    vi, sources = _first_variance(reader, yi, options.level)
    reader.finish()
    reader.note(np.isnan(vi), "none of vi, sei, ci_lb with ci_ub, pval is reported")
    return Estimate(yi, vi, reader.reasons, sources)


def hazard_ratio(measure: str, reader: Reader, options: Options) -> Estimate:
    """Log hazard ratio from O - E and V (columns oe, v), or from hr with ci_lb and ci_ub, sei (log scale) or pval.

    References
    ----------
    Peto: ln HR = (O - E) / V with variance 1 / V. Parmar, Torri and Stewart 1998,
    doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; Tierney et al. 2007,
    doi:10.1186/1745-6215-8-16.
    """
    if reader.has("oe", "v"):
        taken = reader.take({"oe": "number", "v": "variance"})
        reader.finish()
        return Estimate(taken["oe"] / taken["v"], 1 / taken["v"], reader.reasons, ("ln HR = (O - E) / V",))
    hr = reader.take({"hr": "ratio"})["hr"]
    yi = np.log(np.where(hr > 0, hr, np.nan))
    vi, sources = _first_variance(reader, yi, options.level, ratio=True)
    reader.finish()
    reader.note(np.isnan(vi), "none of sei, ci_lb with ci_ub, pval is reported")
    return Estimate(yi, vi, reader.reasons, sources)


def _first_variance(
    reader: Reader, yi: FloatArray, level: float, *, ratio: bool = False
) -> tuple[FloatArray, tuple[str, ...]]:
    """For each study the variance from the most direct number given, and in words which numbers were used."""
    vi = np.full(reader.size, np.nan)
    used: list[str] = []
    for columns in (("vi",), ("sei",), ("ci_lb", "ci_ub"), ("pval",)):
        if reader.has(*columns):
            found = _variance_from(columns, reader, yi, level, ratio)
            fills = np.isnan(vi) & ~np.isnan(found)
            vi = np.where(fills, found, vi)
            if fills.any():
                used.append(f"variance from {' and '.join(columns)} in {int(fills.sum())} of {reader.size} studies")
    if not any(reader.has(*columns) for columns in (("vi",), ("sei",), ("ci_lb", "ci_ub"), ("pval",))):
        raise InputError(
            "no column says how precise the estimates are: vi, sei, ci_lb with ci_ub, or pval is needed.",
            code="missing-column",
        )
    return vi, tuple(used)


def _variance_from(columns: tuple[str, ...], reader: Reader, yi: FloatArray, level: float, ratio: bool) -> FloatArray:
    if columns == ("vi",):
        return reader.optional("vi", "variance")
    if columns == ("sei",):
        return reader.optional("sei", "variance") ** 2
    if columns == ("pval",):
        p = reader.optional("pval", "probability")
        reader.refuse(
            (yi == 0) & ~np.isnan(p),
            lambda i: f"pval = {p[i]:g} with an estimate of no effect: the standard error cannot be found from it.",
            "bad-p",
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((yi / ndtri(p / 2)) ** 2)
    low, high = (reader.optional(name, "ratio" if ratio else "number") for name in columns)
    reader.refuse(
        low >= high, lambda i: f"ci_lb = {low[i]:g} is not below ci_ub = {high[i]:g}.", "bad-interval", "Swap them?"
    )
    if ratio:
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = np.log(low), np.log(high)
    scale = " as logarithms" if ratio else ""
    reader.refuse(
        (yi < low) | (yi > high),
        lambda i: f"the estimate lies outside its interval ({low[i]:g} to {high[i]:g}{scale}).",
        "bad-interval",
        "Check the sign, the decimal point, and that ratios are given as logarithms.",
    )
    return np.asarray(((high - low) / (2 * float(ndtri((1 + level) / 2)))) ** 2)


def checked_level(level: float) -> float:
    """The confidence level, if it is one."""
    if not (math.isfinite(level) and 0 < level < 1):
        raise InputError(f"level = {level}: must be above 0 and below 1, such as 0.95.", code="bad-option")
    return level
