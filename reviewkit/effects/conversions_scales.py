"""From one measure to another: ratios and their precision, OR and SMD, OR and RR, correlations, rebuilt tables."""

from __future__ import annotations

import math

from reviewkit.effects.conversion import Conversion, correlations, finite, group_sizes, interval, positive, share
from reviewkit.effects.conversions_spread import critical_value, statistic_of_p
from reviewkit.errors import InputError

_LOGISTIC = math.pi / math.sqrt(3)
_ASYMMETRY = 0.15
"""Arms of an interval of a ratio, as logarithms, that differ by more than this share are worth a second look."""


def ratio_from_ci(estimate: float, lower: float, upper: float, *, level: float = 0.95) -> Conversion:
    """Log ratio and its SE from a ratio and its interval (Handbook 6.3.1), with a look at the interval's symmetry.

    ``asymmetry_lower`` and ``asymmetry_upper`` are the distances from the estimate to the limits in standard errors:
    both should be near the critical value. An estimate far from the middle is often a misprint.
    """
    positive(estimate=estimate, lower=lower, upper=upper)
    interval(lower, upper)
    if not lower <= estimate <= upper:
        raise InputError(f"estimate = {estimate} lies outside its interval ({lower} to {upper}).", code="bad-interval")
    log_estimate = math.log(estimate)
    se = (math.log(upper) - math.log(lower)) / (2 * critical_value(level))
    below, above = (log_estimate - math.log(lower)) / se, (math.log(upper) - log_estimate) / se
    skewed = abs(below - above) > _ASYMMETRY * (below + above)
    return Conversion(
        f"log ratio and SE from a ratio with its {level:.0%} interval",
        "SE = (ln upper − ln lower) / (2 z)",
        {"estimate": estimate, "lower": lower, "upper": upper},
        {"log_estimate": log_estimate, "se": se, "asymmetry_lower": below, "asymmetry_upper": above},
        "Cochrane Handbook 6.3.1",
        ("the interval is not symmetrical on the log scale: check the numbers",) if skewed else (),
    )


def ratio_from_p(estimate: float, p: float) -> Conversion:
    """Log ratio and its SE from a ratio and its two-sided p value (Wald; Handbook 6.3.2)."""
    positive(estimate=estimate)
    share(p=p)
    if estimate == 1:
        raise InputError("estimate = 1: a ratio of exactly 1 tells no standard error.", code="bad-p")
    log_estimate = math.log(estimate)
    return Conversion(
        "log ratio and SE from a ratio with its p value",
        "SE = |ln ratio| / z",
        {"estimate": estimate, "p": p},
        {"log_estimate": log_estimate, "se": abs(log_estimate) / statistic_of_p(p)},
        "Cochrane Handbook 6.3.2",
    )


def hazard_ratio_from_oe(o_minus_e: float, v: float) -> Conversion:
    """Log hazard ratio and SE from the log-rank O − E and V (Handbook 6.8.2)."""
    finite(o_minus_e=o_minus_e)
    positive(v=v)
    return Conversion(
        "log hazard ratio from O − E and V",
        "ln HR = (O − E) / V; SE = 1 / √V",
        {"o_minus_e": o_minus_e, "v": v},
        {"log_hr": o_minus_e / v, "se": 1 / math.sqrt(v)},
        "Cochrane Handbook 6.8.2; Tierney et al. 2007, doi:10.1186/1745-6215-8-16",
    )


def oe_from_hazard_ratio(hr: float, se: float) -> Conversion:
    """O − E and V from a hazard ratio and the SE of its logarithm: the way back (Tierney 2007)."""
    positive(hr=hr, se=se)
    v = 1 / se**2
    return Conversion(
        "O − E and V from a hazard ratio",
        "V = 1 / SE²; O − E = ln HR × V",
        {"hr": hr, "se": se},
        {"o_minus_e": math.log(hr) * v, "v": v},
        "Tierney et al. 2007, doi:10.1186/1745-6215-8-16",
    )


def hazard_ratio_from_p(hr: float, p: float) -> Conversion:
    """Log hazard ratio, SE, V and O − E from a hazard ratio and its two-sided log-rank p value (Parmar; Tierney)."""
    ratio = ratio_from_p(hr, p)
    back = oe_from_hazard_ratio(hr, ratio["se"])
    return Conversion(
        "log hazard ratio from a hazard ratio with its log-rank p value",
        "SE = |ln HR| / z; V = 1 / SE²; O − E = ln HR × V",
        {"hr": hr, "p": p},
        {"log_hr": ratio["log_estimate"], "se": ratio["se"], "v": back["v"], "o_minus_e": back["o_minus_e"]},
        "Parmar, Torri and Stewart 1998, doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; "
        "Tierney et al. 2007, doi:10.1186/1745-6215-8-16",
    )


def log_odds_ratio_from_smd(smd: float, se: float) -> Conversion:
    """Log odds ratio from a standardised mean difference, both outcomes logistic with one spread (Chinn 2000)."""
    finite(smd=smd)
    positive(se=se)
    return Conversion(
        "log odds ratio from an SMD",
        "ln OR = SMD × π/√3; SE likewise",
        {"smd": smd, "se": se},
        {"log_odds_ratio": smd * _LOGISTIC, "se": se * _LOGISTIC},
        "Cochrane Handbook 10.6; Chinn 2000, doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M",
    )


def smd_from_log_odds_ratio(log_odds_ratio: float, se: float) -> Conversion:
    """Standardised mean difference from a log odds ratio: the way back (Chinn 2000)."""
    finite(log_odds_ratio=log_odds_ratio)
    positive(se=se)
    return Conversion(
        "SMD from a log odds ratio",
        "SMD = ln OR × √3/π; SE likewise",
        {"log_odds_ratio": log_odds_ratio, "se": se},
        {"smd": log_odds_ratio / _LOGISTIC, "se": se / _LOGISTIC},
        "Cochrane Handbook 10.6; Chinn 2000, doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M",
    )


def risk_ratio_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> Conversion:
    """Risk ratio that an odds ratio means at a baseline risk (Handbook 15.4.4.4).

    Examples
    --------
    >>> round(risk_ratio_from_odds_ratio(0.5, 0.2)["risk_ratio"], 3)
    0.556
    """
    positive(odds_ratio=odds_ratio)
    share(baseline_risk=baseline_risk)
    return Conversion(
        "risk ratio from an odds ratio at a baseline risk",
        "RR = OR / (1 − p₀ (1 − OR))",
        {"odds_ratio": odds_ratio, "baseline_risk": baseline_risk},
        {"risk_ratio": odds_ratio / (1 - baseline_risk * (1 - odds_ratio))},
        "Cochrane Handbook 15.4.4.4; Zhang and Yu 1998, doi:10.1001/jama.280.19.1690",
        ("limits of an interval go through the same formula; the standard error does not",),
    )


def odds_ratio_from_risk_ratio(risk_ratio: float, baseline_risk: float) -> Conversion:
    """Odds ratio that a risk ratio means at a baseline risk: the way back."""
    positive(risk_ratio=risk_ratio)
    share(baseline_risk=baseline_risk)
    risk = risk_ratio * baseline_risk
    if risk >= 1:
        raise InputError(
            f"risk_ratio = {risk_ratio} at a baseline risk of {baseline_risk} means a risk of {risk:.3g}: not below 1.",
            code="impossible-risk",
        )
    return Conversion(
        "odds ratio from a risk ratio at a baseline risk",
        "OR = RR (1 − p₀) / (1 − RR p₀)",
        {"risk_ratio": risk_ratio, "baseline_risk": baseline_risk},
        {"odds_ratio": risk_ratio * (1 - baseline_risk) / (1 - risk)},
        "Cochrane Handbook 15.4.4.4",
    )


def correlation_from_d(d: float, n1: float, n2: float) -> Conversion:
    """Point-biserial correlation from Cohen's d of two groups (with n1 + n2 − 2, exact for the sample)."""
    finite(d=d)
    group_sizes(n1=n1, n2=n2)
    return Conversion(
        "correlation from d",
        "r = d / √(d² + h), h = (N − 2)(1/n1 + 1/n2)",
        {"d": d, "n1": n1, "n2": n2},
        {"r": d / math.sqrt(d**2 + _h(n1, n2))},
        "Borenstein et al. 2009, Introduction to Meta-Analysis, ch. 7; McGrath and Meyer 2006, "
        "doi:10.1037/1082-989X.11.4.386",
    )


def d_from_correlation(r: float, n1: float, n2: float) -> Conversion:
    """Cohen's d from the point-biserial correlation of two groups: the way back."""
    group_sizes(n1=n1, n2=n2)
    correlations(r=r)
    if abs(r) == 1:
        raise InputError(f"r = {r}: a perfect correlation means an infinite d.", code="bad-correlation")
    return Conversion(
        "d from a correlation",
        "d = r √h / √(1 − r²), h = (N − 2)(1/n1 + 1/n2)",
        {"r": r, "n1": n1, "n2": n2},
        {"d": r * math.sqrt(_h(n1, n2)) / math.sqrt(1 - r**2)},
        "McGrath and Meyer 2006, doi:10.1037/1082-989X.11.4.386",
    )


def _h(n1: float, n2: float) -> float:
    return (n1 + n2 - 2) * (1 / n1 + 1 / n2)


def fisher_z(r: float, n: float | None = None) -> Conversion:
    """Fisher's z of a correlation, with its SE 1/√(n − 3) if n is given."""
    correlations(r=r)
    if abs(r) == 1:
        raise InputError(f"r = {r}: Fisher's z of a perfect correlation is infinite.", code="bad-correlation")
    outputs = {"z": math.atanh(r)}
    if n is not None:
        if not n > 3:
            raise InputError(f"n = {n}: the variance of Fisher's z needs more than 3 people.", code="bad-n")
        outputs["se"] = 1 / math.sqrt(n - 3)
    inputs = {"r": r} if n is None else {"r": r, "n": n}
    return Conversion("Fisher's z", "z = artanh r; SE = 1/√(n − 3)", inputs, outputs, "Fisher 1921, Metron 1:3-32")


def correlation_from_z(z: float) -> Conversion:
    """A correlation from Fisher's z: the way back."""
    finite(z=z)
    return Conversion("correlation from Fisher's z", "r = tanh z", {"z": z}, {"r": math.tanh(z)}, "Fisher 1921")


def correlation_from_t(t: float, df: float) -> Conversion:
    """A correlation from the t statistic that tests it (df = n − 2)."""
    finite(t=t)
    positive(df=df)
    return Conversion(
        "correlation from its t statistic",
        "r = t / √(t² + df)",
        {"t": t, "df": df},
        {"r": t / math.sqrt(t**2 + df)},
        "Rosenthal 1994, in The Handbook of Research Synthesis, formula 16-8",
    )


def table_from_odds_ratio(odds_ratio: float, n: float, row_total: float, column_total: float) -> Conversion:
    """A 2x2 table rebuilt from its odds ratio and margins, to whole people (Bonett 2007).

    Parameters
    ----------
    odds_ratio : float
        Above 0.
    n : float
        All people in the table.
    row_total : float
        People in group 1 (a + b).
    column_total : float
        People with the event in both groups (a + c).

    References
    ----------
    Bonett 2007, Transforming odds ratios into correlations, doi:10.1037/0003-066X.62.3.254.
    """
    positive(odds_ratio=odds_ratio, n=n, row_total=row_total, column_total=column_total)
    if row_total >= n or column_total >= n:
        raise InputError(f"the margins {row_total} and {column_total} must be below n = {n}.", code="bad-margins")
    row, column = row_total / n, column_total / n
    if math.isclose(odds_ratio, 1.0, rel_tol=1e-12):
        share11 = row * column
    else:
        linear = odds_ratio * (row + column) + 1 - row - column
        root = math.sqrt(linear**2 - 4 * row * column * odds_ratio * (odds_ratio - 1))
        share11 = (linear - root) / (2 * (odds_ratio - 1))
    a = float(round(n * share11))
    cells = {"a": a, "b": row_total - a, "c": column_total - a, "d": n - row_total - column_total + a}
    if min(cells.values()) < 0:
        raise InputError(f"no table of whole people has this odds ratio and these margins: {cells}.", code="no-table")
    return Conversion(
        "2x2 table from an odds ratio and its margins",
        "(OR − 1)p² − (OR(r + c) + 1 − r − c)p + OR r c = 0 for the first cell's share p; rounded",
        {"odds_ratio": odds_ratio, "n": n, "row_total": row_total, "column_total": column_total},
        cells,
        "Bonett 2007, doi:10.1037/0003-066X.62.3.254",
        ("cells are rounded to whole people",),
    )
