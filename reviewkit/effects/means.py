"""Effect sizes from means and standard deviations: two independent groups, or one group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from reviewkit.effects.core import Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options
from reviewkit.effects.small_sample import correction_factor

Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """Means, standard deviations and sizes of two groups, one value for each study."""

    m1: FloatArray
    sd1: FloatArray
    n1: FloatArray
    m2: FloatArray
    sd2: FloatArray
    n2: FloatArray

    @property
    def n(self) -> FloatArray:
        return self.n1 + self.n2

    @property
    def inverse_sizes(self) -> FloatArray:
        return 1 / self.n1 + 1 / self.n2

    @property
    def pooled_sd(self) -> FloatArray:
        """Square root of the variance pooled over both groups, n1 + n2 - 2 degrees of freedom."""
        squares = (self.n1 - 1) * self.sd1**2 + (self.n2 - 1) * self.sd2**2
        return np.sqrt(squares / (self.n - 2))

    @property
    def relative1(self) -> FloatArray:
        """Squared standard error of mean 1 relative to the mean."""
        return self.sd1**2 / (self.n1 * self.m1**2)

    @property
    def relative2(self) -> FloatArray:
        """Squared standard error of mean 2 relative to the mean."""
        return self.sd2**2 / (self.n2 * self.m2**2)


def two_means(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute a measure of ``TWO_MEANS`` from m1i sd1i n1i m2i sd2i n2i."""
    rules = {"m1i": "number", "sd1i": "sd", "n1i": "size", "m2i": "number", "sd2i": "sd", "n2i": "size"}
    for unused in _NOT_NEEDED.get(measure, ()):
        del rules[unused]
    taken = reader.take(rules)
    reader.finish()
    missing = np.full(reader.size, np.nan)
    data = TwoGroups(*(taken.get(name, missing) for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")))
    if measure in _RATIOS_OF_MEANS:
        same_sign = data.m1 * data.m2 > 0
        reader.note(~same_sign, "a ratio of means needs two means of the same sign, neither of them 0")
    if measure == "CVR":
        reader.note((data.m1 < 0) | (data.m2 < 0), "a coefficient of variation needs means above 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = TWO_MEANS[measure](data, options)
    return Estimate(yi, vi, reader.reasons, _notes(measure, options))


_NOT_NEEDED: Mapping[str, tuple[str, ...]] = {"SMD1": ("sd1i",), "VR": ("m1i", "m2i")}
_RATIOS_OF_MEANS = ("ROM", "CVR")
_UNCORRECTED = ("MD", "RPB", "ZPB", "RBIS", "ZBIS", "D2OR", "D2ORL", "D2ORN")


def _notes(measure: str, options: Options) -> tuple[str, ...]:
    if measure in _UNCORRECTED:
        return (f"variance formula {options.variance}",)
    return (f"small-sample correction {options.correction}, variance formula {options.variance}",)


def _mean_difference(g: TwoGroups, options: Options) -> Pair:
    if options.variance == "HO":
        return g.m1 - g.m2, g.pooled_sd**2 * g.inverse_sizes
    return g.m1 - g.m2, g.sd1**2 / g.n1 + g.sd2**2 / g.n2


def _smd(g: TwoGroups, options: Options) -> Pair:
    return standardised((g.m1 - g.m2) / g.pooled_sd, g.n1, g.n2, df=g.n - 2, size=g.n, options=options)


def _glass_delta(g: TwoGroups, options: Options) -> Pair:
    return standardised((g.m1 - g.m2) / g.sd2, g.n1, g.n2, df=g.n2 - 1, size=g.n2, options=options)


def standardised(
    d: FloatArray, n1: FloatArray, n2: FloatArray, *, df: FloatArray, size: FloatArray, options: Options
) -> Pair:
    """Correct a standardised difference for small samples and give its variance under the formula named.

    ``LS`` 1/n1 + 1/n2 + g²/(2N) (Hedges 1982); ``LS2`` J²(1/n1 + 1/n2 + d²/(2N)) (Borenstein 2009, 12.17);
    ``LS3`` or ``revman`` with 2(N - 3.94) (Hedges and Olkin 1985); ``UB`` or ``meta_exact`` the unbiased one
    (Hedges 1983; White and Thomas 2005); ``AV`` as LS with the sample-size weighted mean of g.
    """
    factor = correction_factor(df, options.correction)
    g = factor * d
    base = 1 / n1 + 1 / n2
    if options.variance == "LS2":
        return g, factor**2 * (base + d**2 / (2 * size))
    if options.variance in ("LS3", "revman"):
        return g, base + g**2 / (2 * (size - 3.94))
    if options.variance in ("UB", "meta_exact"):
        return g, base + (1 - (df - 2) / (df * factor**2)) * g**2
    if options.variance == "AV":
        known = np.isfinite(g) & np.isfinite(n1 + n2)
        weights = (n1 + n2)[known]
        mean = np.sum(g[known] * weights) / np.sum(weights)
        return g, base + mean**2 / (2 * size)
    return g, base + g**2 / (2 * size)


def _smd_unequal(g: TwoGroups, options: Options) -> Pair:
    sd = np.sqrt((g.sd1**2 + g.sd2**2) / 2)
    yi = correction_factor(g.n - 2, options.correction) * (g.m1 - g.m2) / sd
    less = {"LS": (1, 1), "LS2": (0, 0), "LS3": (0, 1)}[options.variance]
    means = (g.sd1**2 / (g.n1 - less[0]) + g.sd2**2 / (g.n2 - less[0])) / sd**2
    spread = (g.sd1**4 / (g.n1 - less[1]) + g.sd2**4 / (g.n2 - less[1])) / (8 * sd**4)
    return yi, means + yi**2 * spread


def _glass_delta_unequal(g: TwoGroups, options: Options) -> Pair:
    yi = correction_factor(g.n2 - 1, options.correction) * (g.m1 - g.m2) / g.sd2
    return yi, (g.sd1 / g.sd2) ** 2 / (g.n1 - 1) + 1 / (g.n2 - 1) + yi**2 / (2 * (g.n2 - 1))


def _ratio_of_means(g: TwoGroups, options: Options) -> Pair:
    yi = np.log(g.m1 / g.m2)
    if options.correction != "none":
        yi = yi + (g.relative1 - g.relative2) / 2
    if options.variance == "HO":
        return yi, g.pooled_sd**2 * (1 / (g.n1 * g.m1**2) + 1 / (g.n2 * g.m2**2))
    vi = g.relative1 + g.relative2
    if options.variance == "LS2":
        vi = vi + (g.relative1**2 + g.relative2**2) / 2
    if options.variance in ("AV", "AVHO"):
        return yi, _average_variation(g, shared=options.variance == "AVHO")
    return yi, vi


def _average_variation(g: TwoGroups, *, shared: bool) -> FloatArray:
    cv1, cv2 = g.sd1 / g.m1, g.sd2 / g.m2
    known = np.isfinite(cv1 * cv2 * g.n)
    total1, total2 = np.sum((g.n1 * cv1)[known]), np.sum((g.n2 * cv2)[known])
    if shared:
        return np.asarray(((total1 + total2) / np.sum(g.n[known])) ** 2 * g.inverse_sizes)
    mean1, mean2 = total1 / np.sum(g.n1[known]), total2 / np.sum(g.n2[known])
    return np.asarray(mean1**2 / g.n1 + mean2**2 / g.n2)


def _variability_ratio(g: TwoGroups, options: Options) -> Pair:
    yi = np.log(g.sd1 / g.sd2)
    if options.correction != "none":
        yi = yi + 1 / (2 * (g.n1 - 1)) - 1 / (2 * (g.n2 - 1))
    return yi, _log_sd_variance(g.n1, options) + _log_sd_variance(g.n2, options)


def _log_sd_variance(n: FloatArray, options: Options) -> FloatArray:
    return np.asarray(n / (2 * (n - 1) ** 2) if options.variance == "LS2" else 1 / (2 * (n - 1)))


def _variation_ratio(g: TwoGroups, options: Options) -> Pair:
    yi = np.log(g.sd1 / g.m1) - np.log(g.sd2 / g.m2)
    if options.correction != "none":
        yi = yi + 1 / (2 * (g.n1 - 1)) - 1 / (2 * (g.n2 - 1)) + (g.relative2 - g.relative1) / 2
    vi = g.relative1 + g.relative2 + _log_sd_variance(g.n1, options) + _log_sd_variance(g.n2, options)
    if options.variance == "LS2":
        vi = vi + (g.relative1**2 + g.relative2**2) / 2
    return yi, vi


def _point_biserial(g: TwoGroups, options: Options) -> Pair:
    d = (g.m1 - g.m2) / g.pooled_sd
    h = (g.n - 2) * g.inverse_sizes
    r = d / np.sqrt(d**2 + h)
    if options.variance == "CS":
        return r, (1 - r**2) ** 2 * (g.n * r**2 / (4 * g.n1 * g.n2) + (2 - 3 * r**2) / (2 * g.n))
    return r, h**2 / (h + d**2) ** 3 * (g.inverse_sizes + d**2 / (2 * g.n))


def _point_biserial_z(g: TwoGroups, options: Options) -> Pair:
    r, variance = _point_biserial(g, options)
    return np.arctanh(r), variance / (1 - r**2) ** 2


def _biserial(g: TwoGroups, options: Options) -> Pair:
    """Soper's variance (1914); an estimate beyond 1 or -1 keeps its value but not in the variance."""
    d = (g.m1 - g.m2) / g.pooled_sd
    share1, share2 = g.n1 / g.n, g.n2 / g.n
    cut = -ndtri(share1)
    height = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
    spread = share1 * share2 / height**2
    r = np.sqrt(spread) * d / np.sqrt(d**2 + (g.n - 2) * g.inverse_sizes)
    square = np.minimum(r**2, 1)
    slope = 1.5 + (1 - share1 * cut / height) * (1 + share2 * cut / height)
    return r, (spread - slope * square + square**2) / (g.n - 1)


def _biserial_z(g: TwoGroups, options: Options) -> Pair:
    r, variance = _biserial(g, options)
    return np.arctanh(r), variance / (1 - np.minimum(r**2, 1)) ** 2


def _as_odds_ratio(factor: float) -> Callable[[TwoGroups, Options], Pair]:
    def scaled(g: TwoGroups, options: Options) -> Pair:
        d = (g.m1 - g.m2) / g.pooled_sd
        return factor * d, factor**2 * (g.inverse_sizes + d**2 / (2 * g.n))

    return scaled


TWO_MEANS: Mapping[str, Callable[[TwoGroups, Options], Pair]] = {
    "MD": _mean_difference,
    "SMD": _smd,
    "SMDH": _smd_unequal,
    "SMD1": _glass_delta,
    "SMD1H": _glass_delta_unequal,
    "ROM": _ratio_of_means,
    "VR": _variability_ratio,
    "CVR": _variation_ratio,
    "RPB": _point_biserial,
    "ZPB": _point_biserial_z,
    "RBIS": _biserial,
    "ZBIS": _biserial_z,
    "D2OR": _as_odds_ratio(np.pi / np.sqrt(3)),
    "D2ORL": _as_odds_ratio(np.pi / np.sqrt(3)),
    "D2ORN": _as_odds_ratio(1.65),
}


def one_mean(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute MN, SMN, MNLN, SDLN or CVLN from mi sdi ni (SDLN needs no mean)."""
    rules = {"mi": "number", "sdi": "sd", "ni": "size"}
    if measure == "SDLN":
        del rules["mi"]
    taken = reader.take(rules)
    reader.finish()
    sd, n = taken["sdi"], taken["ni"]
    mean = taken.get("mi", np.full(reader.size, np.nan))
    if measure in ("MNLN", "CVLN"):
        reader.note(mean <= 0, "a logarithm needs a mean above 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = _one_mean(measure, mean, sd, n, options)
    return Estimate(yi, vi, reader.reasons)


def _one_mean(measure: str, mean: FloatArray, sd: FloatArray, n: FloatArray, options: Options) -> Pair:
    bias = 1 / (2 * (n - 1)) if options.correction != "none" else np.zeros_like(n)
    relative = sd**2 / (n * mean**2)
    if measure == "SMN":
        yi = correction_factor(n - 1, options.correction) * mean / sd
        return yi, 1 / n + yi**2 / (2 * n)
    if measure == "MNLN":
        return np.log(mean), relative
    if measure == "SDLN":
        return np.log(sd) + bias, 1 / (2 * (n - 1))
    if measure == "CVLN":
        return np.log(sd / mean) + bias, 1 / (2 * (n - 1)) + relative
    if options.variance == "HO":
        known = np.isfinite(sd * n)
        pooled = np.sum(((n - 1) * sd**2)[known]) / np.sum((n - 1)[known])
        return mean, pooled / n
    return mean, sd**2 / n
