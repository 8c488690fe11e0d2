"""Effect sizes of change in one group: before and after, or two conditions of the same people.

m1i is usually the later mean and m2i the earlier one, ri their correlation. The measures that divide by the
standard deviation of the change (SMCC) and by that of one occasion (SMCR) are on different scales: never mix them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from reviewkit.effects.core import Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options
from reviewkit.effects.small_sample import correction_factor

Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Paired:
    """Two means and standard deviations of the same people, their correlation, and how many people."""

    m1: FloatArray
    m2: FloatArray
    sd1: FloatArray
    sd2: FloatArray
    n: FloatArray
    r: FloatArray

    @property
    def change_variance(self) -> FloatArray:
        return self.sd1**2 + self.sd2**2 - 2 * self.r * self.sd1 * self.sd2

    @property
    def mean_variance(self) -> FloatArray:
        return (self.sd1**2 + self.sd2**2) / 2

    @property
    def fourth_moments(self) -> FloatArray:
        return self.sd1**4 + self.sd2**4 + 2 * self.r**2 * self.sd1**2 * self.sd2**2

    @property
    def relative_variance(self) -> FloatArray:
        """Squared standard error of the log ratio of the two means."""
        one, two = self.sd1 / self.m1, self.sd2 / self.m2
        return (one**2 + two**2 - 2 * self.r * one * two) / self.n


def paired_means(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute a measure of ``PAIRED_MEANS`` from m1i m2i sd1i sd2i ni ri (SMCR needs no sd2i, VRC no means)."""
    rules = {"m1i": "number", "m2i": "number", "sd1i": "sd", "sd2i": "sd", "ni": "size", "ri": "correlation"}
    for unused in _NOT_NEEDED.get(measure, ()):
        del rules[unused]
    taken = reader.take(rules)
    reader.finish()
    missing = np.full(reader.size, np.nan)
    data = Paired(*(taken.get(name, missing) for name in ("m1i", "m2i", "sd1i", "sd2i", "ni", "ri")))
    if measure in ("ROMC", "CVRC"):
        reader.note(~(data.m1 * data.m2 > 0), "a ratio of means needs two means of the same sign, neither of them 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "SMCC":
            reader.note(data.change_variance <= 0, "the change does not vary (ri = 1 with equal standard deviations)")
        yi, vi = PAIRED_MEANS[measure](data, options)
    return Estimate(yi, vi, reader.reasons)


_NOT_NEEDED: Mapping[str, tuple[str, ...]] = {"SMCR": ("sd2i",), "VRC": ("m1i", "m2i")}


def _change(p: Paired, options: Options) -> Pair:
    return p.m1 - p.m2, p.change_variance / p.n


def _by_change_sd(p: Paired, options: Options) -> Pair:
    return _standardised((p.m1 - p.m2) / np.sqrt(p.change_variance), p, 1 / p.n, options)


def _by_first_sd(p: Paired, options: Options) -> Pair:
    return _standardised((p.m1 - p.m2) / p.sd1, p, 2 * (1 - p.r) / p.n, options)


def _standardised(d: FloatArray, p: Paired, base: FloatArray, options: Options) -> Pair:
    df = p.n - 1
    factor = correction_factor(df, options.correction)
    yi = factor * d
    if options.variance == "LS2":
        return yi, factor**2 * (base + d**2 / (2 * p.n))
    return yi, base + yi**2 / (2 * p.n)


def _by_first_sd_unequal(p: Paired, options: Options) -> Pair:
    yi = correction_factor(p.n - 1, options.correction) * (p.m1 - p.m2) / p.sd1
    df = p.n if options.variance == "LS2" else p.n - 1
    return yi, p.change_variance / (p.sd1**2 * df) + yi**2 / (2 * df)


def _by_mean_sd(p: Paired, options: Options) -> Pair:
    factor = correction_factor(2 * (p.n - 1) / (1 + p.r**2), options.correction)
    yi = factor * (p.m1 - p.m2) / np.sqrt(p.mean_variance)
    return yi, 2 * (1 - p.r) / p.n + yi**2 * (1 + p.r**2) / (4 * p.n)


def _by_mean_sd_unequal(p: Paired, options: Options) -> Pair:
    factor = correction_factor(2 * (p.n - 1) / (1 + p.r**2), options.correction)
    yi = factor * (p.m1 - p.m2) / np.sqrt(p.mean_variance)
    df = p.n if options.variance == "LS2" else p.n - 1
    spread = yi**2 * p.fourth_moments / (8 * p.mean_variance**2 * df)
    return yi, p.change_variance / (p.mean_variance * df) + spread


def _log_ratio(p: Paired, options: Options) -> Pair:
    yi = np.log(p.m1 / p.m2)
    if options.correction != "none":
        yi = yi + ((p.sd1 / p.m1) ** 2 - (p.sd2 / p.m2) ** 2) / (2 * p.n)
    return yi, p.relative_variance + _second_order(p, options)


def _second_order(p: Paired, options: Options) -> FloatArray:
    if options.variance != "LS2":
        return np.zeros_like(p.n)
    one, two = (p.sd1 / p.m1) ** 2, (p.sd2 / p.m2) ** 2
    return np.asarray((one**2 / 2 + two**2 / 2 - p.r**2 * one * two) / p.n**2)


def _log_variability_variance(p: Paired, options: Options) -> FloatArray:
    vi = (1 - p.r**2) / (p.n - 1)
    if options.variance == "LS2":
        vi = vi + (1 - p.r**4) / (p.n - 1) ** 2
    return np.asarray(vi)


def _log_variability(p: Paired, options: Options) -> Pair:
    return np.log(p.sd1 / p.sd2), _log_variability_variance(p, options)


def _log_variation(p: Paired, options: Options) -> Pair:
    yi = np.log(p.sd1 / p.m1) - np.log(p.sd2 / p.m2)
    if options.correction != "none":
        yi = yi + ((p.sd2 / p.m2) ** 2 - (p.sd1 / p.m1) ** 2) / (2 * p.n)
    return yi, p.relative_variance + _second_order(p, options) + _log_variability_variance(p, options)


PAIRED_MEANS: Mapping[str, Callable[[Paired, Options], Pair]] = {
    "MC": _change,
    "SMCC": _by_change_sd,
    "SMCR": _by_first_sd,
    "SMCRH": _by_first_sd_unequal,
    "SMCRP": _by_mean_sd,
    "SMCRPH": _by_mean_sd_unequal,
    "ROMC": _log_ratio,
    "VRC": _log_variability,
    "CVRC": _log_variation,
}
