"""Standard deviations and standard errors from what a paper prints instead: SE, interval, t, F, p.

Every p value is two-sided. Where a p value is printed as a bound ('p < 0.05'), the result is a bound too: say so.
"""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import ndtri, stdtrit

from reviewkit.effects.conversion import Conversion, finite, group_sizes, interval, positive, share
from reviewkit.effects.small_sample import correction_factor
from reviewkit.errors import InputError

Distribution = Literal["t", "normal"]


def critical_value(level: float, df: float | None = None) -> float:
    """Two-sided critical value: of the normal distribution, or of t with ``df`` degrees of freedom."""
    share(level=level)
    if df is None:
        return float(ndtri((1 + level) / 2))
    positive(df=df)
    return float(stdtrit(df, (1 + level) / 2))


def statistic_of_p(p: float, df: float | None = None) -> float:
    """The size of the normal or t statistic that has this two-sided p value (exact also for tiny ones)."""
    share(p=p)
    return -float(ndtri(p / 2) if df is None else stdtrit(df, p / 2))


def sd_from_se(se: float, n: float) -> Conversion:
    """Standard deviation of a group from the standard error of its mean (Handbook 6.5.2.2).

    Examples
    --------
    >>> sd_from_se(1.1, 25)["sd"]
    5.5
    """
    positive(se=se)
    group_sizes(n=n)
    return Conversion(
        "SD from SE", "SD = SE × √n", {"se": se, "n": n}, {"sd": se * math.sqrt(n)}, "Cochrane Handbook 6.5.2.2"
    )


def sd_from_ci(
    lower: float, upper: float, n: float, *, level: float = 0.95, distribution: Distribution = "t"
) -> Conversion:
    """Standard deviation of a group from the interval of its mean (Handbook 6.5.2.2; t for small groups)."""
    interval(lower, upper)
    group_sizes(n=n)
    critical = critical_value(level, _df(distribution, n - 1))
    return Conversion(
        f"SD from the {level:.0%} interval of a mean ({distribution})",
        "SD = √n × (upper − lower) / (2 × critical value)",
        {"lower": lower, "upper": upper, "n": n, "critical value": critical},
        {"sd": math.sqrt(n) * (upper - lower) / (2 * critical)},
        "Cochrane Handbook 6.5.2.2",
    )


def ci_from_sd(
    mean: float, sd: float, n: float, *, level: float = 0.95, distribution: Distribution = "t"
) -> Conversion:
    """Interval of a mean from its standard deviation: the way back from ``sd_from_ci``."""
    finite(mean=mean)
    positive(sd=sd)
    group_sizes(n=n)
    half = critical_value(level, _df(distribution, n - 1)) * sd / math.sqrt(n)
    return Conversion(
        f"{level:.0%} interval of a mean ({distribution})",
        "mean ± critical value × SD / √n",
        {"mean": mean, "sd": sd, "n": n},
        {"lower": mean - half, "upper": mean + half},
        "Cochrane Handbook 6.5.2.2",
    )


def _df(distribution: Distribution, df: float) -> float | None:
    if distribution not in ("t", "normal"):
        raise InputError(f"distribution = {distribution!r}: must be t or normal.", code="bad-option")
    return df if distribution == "t" else None


def se_from_ci(lower: float, upper: float, *, level: float = 0.95, df: float | None = None) -> Conversion:
    """Standard error of an estimate from its interval: normal, or t if ``df`` is given (Handbook 6.3.1)."""
    interval(lower, upper)
    critical = critical_value(level, df)
    return Conversion(
        f"SE from a {level:.0%} interval ({'normal' if df is None else f't, {df:g} df'})",
        "SE = (upper − lower) / (2 × critical value)",
        {"lower": lower, "upper": upper, "critical value": critical},
        {"se": (upper - lower) / (2 * critical)},
        "Cochrane Handbook 6.3.1",
    )


def se_from_p(estimate: float, p: float, *, df: float | None = None) -> Conversion:
    """Standard error of an estimate from its two-sided p value: normal, or t if ``df`` is given (Handbook 6.3.2)."""
    finite(estimate=estimate)
    share(p=p)
    if estimate == 0:
        raise InputError("estimate = 0: an estimate of exactly no effect tells no standard error.", code="bad-p")
    statistic = statistic_of_p(p, df)
    return Conversion(
        f"SE from p ({'normal' if df is None else f't, {df:g} df'})",
        "SE = |estimate| / statistic that has this p",
        {"estimate": estimate, "p": p},
        {"statistic": statistic, "se": abs(estimate) / statistic},
        "Cochrane Handbook 6.3.2",
    )


def sd_from_difference_se(se: float, n1: float, n2: float) -> Conversion:
    """Average standard deviation of two groups from the SE of their mean difference (Handbook 6.5.2.3)."""
    positive(se=se)
    group_sizes(n1=n1, n2=n2)
    return Conversion(
        "SD from the SE of a mean difference",
        "SD = SE / √(1/n1 + 1/n2)",
        {"se": se, "n1": n1, "n2": n2},
        {"sd": se / math.sqrt(1 / n1 + 1 / n2)},
        "Cochrane Handbook 6.5.2.3",
    )


def sd_from_difference_ci(lower: float, upper: float, n1: float, n2: float, *, level: float = 0.95) -> Conversion:
    """Average SD of two groups from the t interval of their mean difference (Handbook 6.5.2.3)."""
    group_sizes(n1=n1, n2=n2)
    se = se_from_ci(lower, upper, level=level, df=n1 + n2 - 2)["se"]
    return Conversion(
        f"SD from the {level:.0%} interval of a mean difference (t)",
        "SE = (upper − lower) / (2 t); SD = SE / √(1/n1 + 1/n2)",
        {"lower": lower, "upper": upper, "n1": n1, "n2": n2},
        {"se": se, "sd": sd_from_difference_se(se, n1, n2)["sd"]},
        "Cochrane Handbook 6.5.2.3",
    )


def sd_from_difference_p(difference: float, p: float, n1: float, n2: float) -> Conversion:
    """Average SD of two groups from the p value of the t test of their mean difference (Handbook 6.5.2.3)."""
    group_sizes(n1=n1, n2=n2)
    se = se_from_p(difference, p, df=n1 + n2 - 2)
    return Conversion(
        "SD from the p value of a t test",
        "t from p with n1 + n2 − 2 df; SE = |difference| / t; SD = SE / √(1/n1 + 1/n2)",
        {"difference": difference, "p": p, "n1": n1, "n2": n2},
        {"t": se["statistic"], "se": se["se"], "sd": sd_from_difference_se(se["se"], n1, n2)["sd"]},
        "Cochrane Handbook 6.5.2.3",
    )


def sd_from_t(difference: float, t: float, n1: float, n2: float) -> Conversion:
    """Average SD of two groups from the t statistic of their mean difference (Handbook 6.5.2.3)."""
    finite(difference=difference, t=t)
    if difference == 0 or t == 0:
        raise InputError(f"difference = {difference}, t = {t}: a zero tells no standard deviation.", code="bad-t")
    se = abs(difference / t)
    return Conversion(
        "SD from a t statistic",
        "SE = |difference / t|; SD = SE / √(1/n1 + 1/n2)",
        {"difference": difference, "t": t, "n1": n1, "n2": n2},
        {"se": se, "sd": sd_from_difference_se(se, n1, n2)["sd"]},
        "Cochrane Handbook 6.5.2.3",
    )


def sd_from_f(difference: float, f: float, n1: float, n2: float) -> Conversion:
    """Average SD of two groups from the F statistic of a one-way comparison of the two (t = √F)."""
    positive(f=f)
    from_t = sd_from_t(difference, math.sqrt(f), n1, n2)
    return Conversion(
        "SD from an F statistic of two groups",
        "t = √F; SE = |difference| / t; SD = SE / √(1/n1 + 1/n2)",
        {"difference": difference, "f": f, "n1": n1, "n2": n2},
        from_t.outputs,
        "Cochrane Handbook 6.5.2.3",
        ("only for one numerator degree of freedom, and no covariate in the model",),
    )


def g_from_d(d: float, n: float, *, correction: str = "exact") -> Conversion:
    """Hedges' g from Cohen's d of two independent groups of ``n`` people together; the factor J is given too."""
    finite(d=d)
    if not n >= 4:
        raise InputError(f"n = {n:g}: two groups of at least 2 people each are needed.", code="bad-n")
    j = float(correction_factor(n - 2, correction))
    name = {"exact": "J = Γ(m/2) / (√(m/2) Γ((m − 1)/2))", "approx": "J = 1 − 3/(4m − 1)"}.get(correction, "J = 1")
    return Conversion(
        "Hedges' g from Cohen's d",
        f"g = J d, {name}, m = n − 2",
        {"d": d, "n": n},
        {"j": j, "g": j * d},
        "Hedges 1981, doi:10.3102/10769986006002107, equations 6e and 7",
    )


def smd_from_t(t: float, n1: float, n2: float, *, correction: str = "exact") -> Conversion:
    """Standardised mean difference from the t statistic of two independent groups.

    Gives Cohen's d, Hedges' g with the correction named, and the variance 1/n1 + 1/n2 + g²/(2(n1 + n2)) of g.
    """
    finite(t=t)
    group_sizes(n1=n1, n2=n2)
    d = t * math.sqrt(1 / n1 + 1 / n2)
    g = g_from_d(d, n1 + n2, correction=correction)["g"]
    return Conversion(
        "SMD from a t statistic",
        "d = t √(1/n1 + 1/n2); g = J d; variance = 1/n1 + 1/n2 + g²/(2(n1 + n2))",
        {"t": t, "n1": n1, "n2": n2},
        {"d": d, "g": g, "vi": 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))},
        "Borenstein et al. 2009, Introduction to Meta-Analysis, table 4.1; Hedges 1981, doi:10.3102/10769986006002107",
    )


def smd_from_f(f: float, n1: float, n2: float, *, favours_first: bool, correction: str = "exact") -> Conversion:
    """Standardised mean difference from the F statistic of two groups; an F has no sign, so say which is higher."""
    positive(f=f)
    t = math.sqrt(f) if favours_first else -math.sqrt(f)
    found = smd_from_t(t, n1, n2, correction=correction)
    return Conversion(
        "SMD from an F statistic of two groups",
        "t = ±√F; " + found.formula,
        {"f": f, "n1": n1, "n2": n2, "first group higher": favours_first},
        found.outputs,
        found.source,
    )


def smd_from_p(p: float, n1: float, n2: float, *, favours_first: bool, correction: str = "exact") -> Conversion:
    """Standardised mean difference from the two-sided p value of a t test; say which group is higher."""
    group_sizes(n1=n1, n2=n2)
    share(p=p)
    size = statistic_of_p(p, n1 + n2 - 2)
    t = size if favours_first else -size
    found = smd_from_t(t, n1, n2, correction=correction)
    return Conversion(
        "SMD from the p value of a t test",
        "t from p with n1 + n2 − 2 df; " + found.formula,
        {"p": p, "n1": n1, "n2": n2, "first group higher": favours_first},
        {"t": t, **found.outputs},
        found.source,
    )
