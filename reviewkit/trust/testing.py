"""The usual tests, recomputed over rounding intervals: every p value that printed numbers allow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from reviewkit.trust.printed import Span


@dataclass(frozen=True, slots=True)
class Sample:
    """One arm's mean and SD as intervals, and its number of people."""

    mean: Span
    sd: Span
    n: int


@lru_cache(maxsize=4096)
def t_quantile(level: float, df: float) -> float:
    """The two-sided critical value of Student's t: 1.96 at 0.95 for many degrees of freedom."""
    return float(stdtrit(df, 0.5 + level / 2))


def t_p(t: float, df: float) -> float:
    """Two-sided p of a t value."""
    return 1.0 if t == 0 else min(1.0, 2 * float(stdtr(df, -abs(t))))


def z_p(z: float) -> float:
    """Two-sided p of a standard normal value."""
    return min(1.0, 2 * float(ndtr(-abs(z))))


def z_of_p(p: float) -> float:
    """The absolute standard normal value with a two-sided p; 8 for a p of 0."""
    return 8.0 if p <= 1e-15 else abs(float(ndtri(min(p, 1.0) / 2)))


def z_span(p: Span) -> Span:
    """The absolute z values that a span of p values allows."""
    return Span(z_of_p(p.high), z_of_p(p.low))


def _welch(sd1: float, n1: int, sd2: float, n2: int) -> tuple[float, float]:
    v1, v2 = sd1**2 / n1, sd2**2 / n2
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)) if v1 + v2 > 0 else float(n1 + n2 - 2)
    return math.sqrt(v1 + v2), df


def _pooled(sd1: float, n1: int, sd2: float, n2: int) -> tuple[float, float]:
    df = n1 + n2 - 2
    variance = ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df
    return math.sqrt(variance * (1 / n1 + 1 / n2)), float(df)


def difference_se(first: Sample, second: Sample) -> Span:
    """The standard errors of the difference of two means, Welch and pooled, over the rounding of both SDs."""
    errors = [
        test(getattr(first.sd, end), first.n, getattr(second.sd, end), second.n)[0]
        for test in (_welch, _pooled)
        for end in ("low", "high")
    ]
    return Span(min(errors), max(errors))


def difference_p(first: Sample, second: Sample) -> Span | None:
    """All two-sided p values of Welch's and the pooled t test that two rounded samples allow.

    SDs with n in place of n - 1 in the denominator are allowed too. ``None`` under two people in an arm or
    where both SDs may be zero.
    """
    if first.n < 2 or second.n < 2:
        return None
    apart = first.mean.minus(second.mean)
    largest = max(abs(apart.low), abs(apart.high))
    smallest = 0.0 if apart.low <= 0 <= apart.high else min(abs(apart.low), abs(apart.high))
    ps = []
    for test in (_welch, _pooled):
        se_low, df_low = test(first.sd.low, first.n, second.sd.low, second.n)
        wide = (first.n / (first.n - 1)) ** 0.5, (second.n / (second.n - 1)) ** 0.5
        se_high, df_high = test(first.sd.high * wide[0], first.n, second.sd.high * wide[1], second.n)
        if se_low <= 0:
            return None
        ps += [t_p(largest / se_low, df_low), t_p(smallest / se_high, df_high)]
    return Span(min(ps), max(ps))


def face_p(first: Sample, second: Sample) -> float | None:
    """Welch's p of two samples taken at the middle of their intervals; ``None`` where it is not defined."""
    if first.n < 2 or second.n < 2 or first.sd.middle + second.sd.middle <= 0:
        return None
    se, df = _welch(first.sd.middle, first.n, second.sd.middle, second.n)
    return t_p((first.mean.middle - second.mean.middle) / se, df)


def one_sample_p(mean: Span, sd: Span, n: int) -> Span | None:
    """All two-sided p values of the paired t test of a mean change; ``None`` if the SD may be zero or n < 2."""
    if n < 2 or sd.low <= 0:
        return None
    largest = max(abs(mean.low), abs(mean.high))
    smallest = 0.0 if mean.low <= 0 <= mean.high else min(abs(mean.low), abs(mean.high))
    root = math.sqrt(n)
    return Span(t_p(largest / (sd.low / root), n - 1), t_p(smallest / (sd.high / root), n - 1))


def _chi_square_p(a: int, b: int, c: int, d: int, correction: float) -> float:
    total = a + b + c + d
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 1.0
    off = max(0.0, abs(a * d - b * c) - correction * total / 2)
    return float(chdtrc(1, total * off**2 / margins))


@lru_cache(maxsize=65536)
def _fisher(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    rows, columns, total = a + b, a + c, a + b + c + d
    lowest, highest = max(0, columns - (c + d)), min(rows, columns)
    base = math.lgamma(total + 1) - math.lgamma(columns + 1) - math.lgamma(total - columns + 1)

    def log_choose(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    chances = [
        math.exp(log_choose(rows, k) + log_choose(total - rows, columns - k) - base) for k in range(lowest, highest + 1)
    ]
    own = chances[a - lowest]
    p = sum(chance for chance in chances if chance <= own * (1 + 1e-7))
    return min(1.0, p), min(1.0, max(0.0, p - 0.5 * own))


def table_p(events1: int, n1: int, events2: int, n2: int) -> Span:
    """The p values of the usual tests of a two-by-two table.

    Chi-square without and with Yates' correction, Fisher's exact test with its mid-p form, and the
    unpooled z test of the difference.
    """
    a, b, c, d = events1, n1 - events1, events2, n2 - events2
    ps = [_chi_square_p(a, b, c, d, 0.0), _chi_square_p(a, b, c, d, 1.0), *_fisher(a, b, c, d)]
    p1, p2 = events1 / n1, events2 / n2
    se = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    if se > 0:
        ps.append(z_p((p1 - p2) / se))
    return Span(min(ps), max(ps))


def hedges_j(df: float) -> float:
    """Hedges' small-sample factor, exact (Hedges 1981, eq. 6e, doi 10.3102/10769986006002107)."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def face_g(first: Sample, second: Sample) -> float:
    """Hedges g at the middle of the intervals; both samples need two people and an SD over 0."""
    df = first.n + second.n - 2
    pooled = math.sqrt(((first.n - 1) * first.sd.middle**2 + (second.n - 1) * second.sd.middle**2) / df)
    return hedges_j(df) * (first.mean.middle - second.mean.middle) / pooled


def hedges_g(first: Sample, second: Sample) -> Span | None:
    """The standardised mean differences (Hedges g) that two rounded samples allow, with Cohen's d as outer end."""
    if first.n < 2 or second.n < 2 or first.n + second.n < 5:
        return None
    df = first.n + second.n - 2

    def pooled(end: str) -> float:
        s1, s2 = getattr(first.sd, end), getattr(second.sd, end)
        return math.sqrt(((first.n - 1) * s1**2 + (second.n - 1) * s2**2) / df)

    if pooled("low") <= 0:
        return None
    apart = first.mean.minus(second.mean)
    factor = hedges_j(df)
    values = [x / pooled(end) * j for x in (apart.low, apart.high) for end in ("low", "high") for j in (factor, 1.0)]
    return Span(min(values), max(values))
