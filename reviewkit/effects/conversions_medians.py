"""Mean and standard deviation from a median with quartiles, range, or both.

All of these assume a shape of the data. If the summary looks skewed, a meta-analysis of means may be the wrong one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from reviewkit.effects.conversion import Conversion
from reviewkit.effects.fitted_shapes import MeanSd, box_cox, quantile_fit, unknown_shape
from reviewkit.effects.five_numbers import FiveNumbers, normal_mean, normal_sd, read_five_numbers
from reviewkit.errors import InputError

Method = Literal["luo-wan-shi", "hozo", "wan", "log-normal", "mcgrath-qe", "mcgrath-bc", "cai-mln"]


@dataclass(frozen=True, slots=True)
class _Named:
    label: str
    formula: str
    source: str
    compute: Callable[[FiveNumbers], MeanSd]
    above_zero: bool = False


def mean_sd_from_quantiles(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    method: Method = "luo-wan-shi",
) -> Conversion:
    """Mean and standard deviation from the median and quartiles, range, or both.

    Parameters
    ----------
    median : float
        Sample median.
    n : float
        People in the sample, at least 5.
    q1, q3 : float, optional
        Lower and upper quartile, both or neither.
    minimum, maximum : float, optional
        Smallest and largest value, both or neither; quartiles or range (or both) are needed.
    method : str
        ``"luo-wan-shi"`` (default): mean of Luo 2018, SD of Wan 2014, or of Shi 2020 where both quartiles and range
        are known; the data are taken to be normal. ``"wan"``: simple means with the SD of Wan 2014. ``"hozo"``: range
        only (Hozo 2005). ``"log-normal"``: Shi 2020b. ``"mcgrath-qe"``: best of five shapes fitted to the
        quantiles; ``"mcgrath-bc"``: Box-Cox (McGrath 2020). ``"cai-mln"``: Box-Cox by likelihood (Cai 2021).

    Returns
    -------
    Conversion
        Outputs ``mean`` and ``sd``; a note where the summary looks skewed (``skewness_test``) and the method
        takes the data to be normal.

    Raises
    ------
    InputError
        If the numbers are not in order, too few for the method, or not above 0 where the method takes logarithms.

    Examples
    --------
    >>> found = mean_sd_from_quantiles(q1=12, median=18, q3=25, n=54)
    >>> round(found["mean"], 2), round(found["sd"], 2)
    (18.35, 9.9)
    """
    numbers = read_five_numbers(minimum, q1, median, q3, maximum, n)
    named = _find(method)
    if named.above_zero and numbers.values[0] <= 0:
        raise InputError(
            f"method {method} takes logarithms or powers: every number must be above 0, not {numbers.values[0]:g}.",
            code="not-positive",
        )
    found = named.compute(numbers)
    notes = list(found.notes)
    if method in ("luo-wan-shi", "wan", "hozo") and skewness_of(numbers)[2]:
        notes.append("the summary is significantly skewed (Shi 2023): the data are not normal")
    return Conversion(
        f"mean and SD from {numbers.described} ({named.label})",
        named.formula,
        numbers.as_inputs(),
        {"mean": found.mean, "sd": found.sd},
        named.source,
        tuple(notes),
    )


def skewness_test(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Conversion:
    """Whether a summary is too lopsided for data that are normal, at the 5 % level (Shi et al. 2023).

    Returns
    -------
    Conversion
        Outputs ``statistic``, ``critical`` and ``skewed`` (1 if the statistic reaches the critical value, else 0).
    """
    numbers = read_five_numbers(minimum, q1, median, q3, maximum, n)
    statistic, critical, skewed = skewness_of(numbers)
    return Conversion(
        f"test of skewness from {numbers.described}",
        "distance of the median from the middle of range or quartiles, against its critical value for n",
        numbers.as_inputs(),
        {"statistic": statistic, "critical": critical, "skewed": skewed},
        "Shi et al. 2023, doi:10.1177/09622802231172043",
    )


def skewness_of(numbers: FiveNumbers) -> tuple[float, float, bool]:
    """Shi's statistic, its critical value, and whether it is reached."""
    n = numbers.n
    if not numbers.has_range:
        statistic, critical = numbers.quartile_skew, 2.65 / math.sqrt(n) - 6 / n**2
    elif not numbers.has_quartiles:
        statistic, critical = numbers.range_skew, 1 / math.log(n + 9) + 2.5 / (n + 1)
    else:
        scaled = 2.65 * math.log(0.6 * n) / math.sqrt(n) * numbers.range_skew
        statistic, critical = max(scaled, numbers.quartile_skew), 3 / math.sqrt(n) - 40 / n**3
    return statistic, critical, statistic >= critical


def _luo_wan_shi(numbers: FiveNumbers) -> MeanSd:
    return MeanSd(normal_mean(numbers.values, numbers), normal_sd(numbers.values, numbers, optimal=True))


def _wan(numbers: FiveNumbers) -> MeanSd:
    v = numbers.values
    if numbers.has_range and numbers.has_quartiles:
        mean = (v[0] + 2 * v[1] + 2 * v[2] + 2 * v[3] + v[4]) / 8
    elif numbers.has_range:
        mean = (v[0] + 2 * v[1] + v[2]) / 4
    else:
        mean = sum(v) / 3
    return MeanSd(mean, normal_sd(v, numbers, optimal=False))


def _hozo(numbers: FiveNumbers) -> MeanSd:
    if numbers.has_quartiles or not numbers.has_range:
        raise InputError(
            "method hozo needs minimum, median and maximum, and no quartiles.",
            code="wrong-method",
            remedy="Use luo-wan-shi.",
        )
    low, middle, high = numbers.values
    n = numbers.n
    mean = (low + 2 * middle + high) / 4 if n <= 25 else middle
    if n <= 15:
        return MeanSd(mean, math.sqrt(((low - 2 * middle + high) ** 2 / 4 + (high - low) ** 2) / 12))
    return MeanSd(mean, (high - low) / (4 if n <= 70 else 6))


@dataclass(frozen=True, slots=True)
class _LogNormalTerms:
    """Constants of Shi 2020b that undo the bias of exponentiating estimates from n people."""

    shrink: float
    fourth: float
    mean: tuple[float, float]
    square: tuple[float, float]


def _log_normal_terms(numbers: FiveNumbers) -> _LogNormalTerms:
    n = numbers.n
    square_log = math.log(n) ** 2
    if not numbers.has_range:
        return _LogNormalTerms(1 + 1.58 / n, 1 + 19.2 / n**1.2, (0.57, 0.75), (2.28, 3))
    if not numbers.has_quartiles:
        return _LogNormalTerms(1.01 + 0.25 / square_log, 1 + 2.23 / square_log, (0.565, 0.37), (2.26, 1.48))
    return _LogNormalTerms(1 + 0.28 / square_log, 1 + 3.93 / n, (0.405, 0.315), (1.62, 1.26))


def _log_normal(numbers: FiveNumbers) -> MeanSd:
    logs = tuple(math.log(value) for value in numbers.values)
    terms, n = _log_normal_terms(numbers), numbers.n
    mu, raw_sd = normal_mean(logs, numbers), normal_sd(logs, numbers, optimal=True)
    s2, s4 = raw_sd**2 / terms.shrink, raw_sd**4 / terms.fourth
    bias_mean = 1 + (terms.mean[0] * s2 + terms.mean[1] * s4) / n
    # The second moment carries four times the fourth-order term of the squared mean.
    bias_second = 1 + (terms.square[0] * s2 + 4 * terms.square[1] * s4) / n
    bias_squared_mean = 1 + (terms.square[0] * s2 + terms.square[1] * s4) / n
    variance = math.exp(2 * mu + 2 * s2) / bias_second - math.exp(2 * mu + s2) / bias_squared_mean
    if variance <= 0:
        raise InputError(
            "method log-normal finds no variance above 0 for this summary.", code="no-fit", remedy="Use mcgrath-qe."
        )
    return MeanSd(math.exp(mu + s2 / 2) / bias_mean, math.sqrt(variance))


_MCGRATH = "McGrath et al. 2020, doi:10.1177/0962280219889080"
_METHODS: Mapping[str, _Named] = {
    "luo-wan-shi": _Named(
        "Luo, Wan, Shi",
        "mean: weighted mid-range, mid-quartile range and median; SD: range and quartile range over their expected "
        "widths in n normal values",
        "Luo et al. 2018, doi:10.1177/0962280216669183; Wan et al. 2014, doi:10.1186/1471-2288-14-135; "
        "Shi et al. 2020, doi:10.1002/jrsm.1429",
        _luo_wan_shi,
    ),
    "wan": _Named(
        "Wan",
        "mean: (a + 2m + b)/4, (q1 + m + q3)/3 or (a + 2q1 + 2m + 2q3 + b)/8; SD as ranges over their expected widths",
        "Wan et al. 2014, doi:10.1186/1471-2288-14-135",
        _wan,
    ),
    "hozo": _Named(
        "Hozo",
        "mean: (a + 2m + b)/4 for n ≤ 25, else m; SD by n: to 15 from all three, to 70 range/4, above range/6",
        "Hozo, Djulbegovic and Hozo 2005, doi:10.1186/1471-2288-5-13",
        _hozo,
    ),
    "log-normal": _Named(
        "log-normal",
        "the logarithms as normal (Luo, Wan, Shi); exp(μ + σ²/2) with the bias of n values removed",
        "Shi et al. 2020, Statistics and Its Interface 13:519-531, doi:10.4310/SII.2020.v13.n4.a9",
        _log_normal,
        above_zero=True,
    ),
    "mcgrath-qe": _Named(
        "quantile estimation",
        "normal, log-normal, gamma, Weibull and beta fitted to the quantiles by least squares; the best one's mean, SD",
        _MCGRATH,
        quantile_fit,
    ),
    "mcgrath-bc": _Named(
        "Box-Cox",
        "power λ that makes the quantiles symmetrical; Luo and Wan on that scale; moments of the inverse by "
        "integration",
        _MCGRATH,
        box_cox,
        above_zero=True,
    ),
    "cai-mln": _Named(
        "unknown non-normal shape",
        "power λ, then μ and σ, by the likelihood of the order statistics; moments of the inverse by integration",
        "Cai, Zhou and Pan 2021, doi:10.1177/09622802211047348",
        unknown_shape,
        above_zero=True,
    ),
}


def _find(method: str) -> _Named:
    if method not in _METHODS:
        raise InputError(f"method = {method!r}: must be one of {', '.join(_METHODS)}.", code="bad-option")
    return _METHODS[method]
