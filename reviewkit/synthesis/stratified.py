"""Mantel-Haenszel and Peto estimates from two-by-two tables and person-time: common-effect models for sparse data.

Nothing is added to a zero cell unless the convention says so: sums over studies stay defined where a single study's
ratio is not.

References
----------
Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. doi:10.1093/jnci/22.4.719
Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-323. doi:10.2307/2531052 (variance of the odds ratio)
Greenland S, Robins JM. Biometrics 1985;41:55-68. doi:10.2307/2530643 (risk ratio, risk difference, rates)
Sato T. Biometrics 1989;45:1323-1324 (variance of the risk difference)
Yusuf S et al. Prog Cardiovasc Dis 1985;27:335-371. doi:10.1016/S0033-0620(85)80003-7 (Peto's method)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.counts import (
    HALF,
    RATIO_MEASURES,
    Convention,
    RateMeasure,
    Rates,
    TableMeasure,
    Tables,
    check_rates,
    check_tables,
    included,
    table_effects,
)
from reviewkit.synthesis.inputs import Array, check_choice, check_level
from reviewkit.synthesis.table_pool import Summary, TablePool, assemble
from reviewkit.synthesis.table_tests import breslow_day, cochran_mantel_haenszel, rate_test

_CONVENTIONS = {
    "exact": "Mantel-Haenszel without a zero-cell correction",
    "metabin": "Mantel-Haenszel with 0.5 added to every cell of a study with a zero (R meta; RevMan 5 for OR and RR)",
    "metabin-exact": "Mantel-Haenszel without a zero-cell correction, study effects as in R meta",
}


def mantel_haenszel(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    measure: TableMeasure = "OR",
    convention: Convention = "exact",
    continuity: bool = True,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> TablePool:
    """Pool two-by-two tables by Mantel and Haenszel's method.

    Parameters
    ----------
    ai, bi, ci, di : array_like, shape (k,)
        Events and non-events of group 1, events and non-events of group 2.
    measure : {'OR', 'RR', 'RD'}
        Ratios are returned as logarithms.
    convention : {'exact', 'metabin', 'metabin-exact'}
        "exact": no correction in the sums, Sato's variance for RD (metafor). "metabin": 0.5 in every cell of a study
        with a zero, in the sums too, as R meta does by default and RevMan 5 did for OR and RR. "metabin-exact": R
        meta's sums without correction.
    continuity : bool
        Continuity correction of the Cochran-Mantel-Haenszel test (OR).
    level : float
        Confidence level in (0, 1).
    studies : sequence of str, optional
        Names, one a study.

    Returns
    -------
    TablePool
        With Q, I² and, for OR, the Cochran-Mantel-Haenszel, Breslow-Day and Tarone tests. `TablePool.random_effects`
        gives RevMan 5's 'M-H, Random'.

    Raises
    ------
    InputError
        For a table that cannot be (each study named), or where the sums leave a ratio undefined: no events, or no
        events in one of the groups.

    Examples
    --------
    >>> print(mantel_haenszel([4, 6], [119, 300], [11, 29], [128, 274], measure="RR"))
    2 studies: risk ratio 0.26 (95% CI 0.13 to 0.51), Mantel-Haenszel without a zero-cell correction, I² 0% (from Q).
    """
    check_choice("measure", measure, TableMeasure)
    check_choice("convention", convention, Convention)
    check_level(level)
    tables = check_tables(ai, bi, ci, di, studies)
    if measure in RATIO_MEASURES and convention != "exact" and not included(tables, measure, convention).any():
        raise _undefined(measure, "no study has an event in either group")
    summary = _SUMS[measure](tables, convention)
    yi, vi = table_effects(tables, measure, convention)
    tests = {}
    if measure == "OR" and convention == "exact":
        tests["cmh"] = cochran_mantel_haenszel(tables, correct=continuity)
        both = breslow_day(tables, summary.estimate)
        if both is not None:
            tests["breslow_day"], tests["tarone"] = both
    return assemble(
        summary,
        (yi, vi),
        tables.names,
        measure=measure,
        level=level,
        method="mh",
        label=_CONVENTIONS[convention],
        tests={name: test for name, test in tests.items() if test is not None},
    )


def mantel_haenszel_rates(
    x1i: ArrayLike,
    t1i: ArrayLike,
    x2i: ArrayLike,
    t2i: ArrayLike,
    *,
    measure: RateMeasure = "IRR",
    continuity: bool = True,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> TablePool:
    """Pool rates (events over person-time) by Mantel and Haenszel's method.

    Parameters
    ----------
    x1i, t1i, x2i, t2i : array_like, shape (k,)
        Events and person-time of group 1, then of group 2; the time in one unit throughout.
    measure : {'IRR', 'IRD'}
        Rate ratio (returned as a logarithm) or rate difference (per unit of time).
    continuity : bool
        Continuity correction of the test of no association (IRR).
    level, studies
        As in `mantel_haenszel`.

    Raises
    ------
    InputError
        For counts or times that cannot be, or a ratio that the sums leave undefined.
    """
    check_choice("measure", measure, RateMeasure)
    check_level(level)
    rates = check_rates(x1i, t1i, x2i, t2i, studies)
    summary = _rate_ratio(rates) if measure == "IRR" else _rate_difference(rates)
    test = rate_test(rates, correct=continuity) if measure == "IRR" else None
    return assemble(
        summary,
        _rate_effects(rates, measure),
        rates.names,
        measure=measure,
        level=level,
        method="mh",
        label=_CONVENTIONS["exact"],
        tests={} if test is None else {"rate_test": test},
    )


def peto(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> TablePool:
    """Pool two-by-two tables by Peto's one-step odds ratio.

    For rare events (under about 1 %), small effects and arms of like size; biased elsewhere (Bradburn et al. 2007,
    doi:10.1002/sim.2528). Nothing is added to zero cells; studies without events add nothing.

    Parameters
    ----------
    ai, bi, ci, di, level, studies
        As in `mantel_haenszel`.

    Raises
    ------
    InputError
        For a table that cannot be, or where no study has both an event and a non-event.
    """
    check_level(level)
    tables = check_tables(ai, bi, ci, di, studies)
    t = tables
    expected = t.n1 * t.events / t.n
    variance = t.n1 * t.n2 * t.events * t.others / (t.n**2 * np.maximum(t.n - 1, 1))
    informative = variance > 0
    if not informative.any():
        raise _undefined("Peto odds ratio", "one of the two outcomes never occurred in any of the studies")
    yi = np.divide(t.a - expected, variance, out=np.full(t.a.size, np.nan), where=informative)
    vi = np.divide(1.0, variance, out=np.full(t.a.size, np.nan), where=informative)
    total = float(variance.sum())
    summary = Summary(float((t.a - expected).sum()) / total, 1 / math.sqrt(total), variance, int(informative.sum()))
    return assemble(
        summary,
        (yi, vi),
        tables.names,
        measure="PETO",
        level=level,
        method="peto",
        label="Peto's one-step method",
        tests={},
    )


def _odds_ratio(tables: Tables, convention: str) -> Summary:
    t = _for_sums(tables, "OR", convention)
    keep = ~tables.empty if convention != "exact" else np.ones(tables.a.size, dtype=bool)
    p, q = (t.a + t.d) / t.n, (t.b + t.c) / t.n
    r, s = np.where(keep, t.a * t.d / t.n, 0.0), np.where(keep, t.b * t.c / t.n, 0.0)
    top, bottom = float(r.sum()), float(s.sum())
    _check_sums(top, bottom, "odds ratio")
    variance = 0.5 * (
        float((p * r).sum()) / top**2 + float((p * s + q * r).sum()) / (top * bottom) + float((q * s).sum()) / bottom**2
    )
    return Summary(math.log(top / bottom), math.sqrt(variance), s, int((~tables.empty).sum()))


def _risk_ratio(tables: Tables, convention: str) -> Summary:
    t = _for_sums(tables, "RR", convention)
    keep = included(tables, "RR", convention) if convention != "exact" else np.ones(tables.a.size, dtype=bool)
    r, s = np.where(keep, t.a * t.n2 / t.n, 0.0), np.where(keep, t.c * t.n1 / t.n, 0.0)
    top, bottom = float(r.sum()), float(s.sum())
    _check_sums(top, bottom, "risk ratio")
    spread = np.where(keep, (t.n1 * t.n2 * t.events / t.n - t.a * t.c) / t.n, 0.0)
    return Summary(
        math.log(top / bottom), math.sqrt(float(spread.sum()) / (top * bottom)), s, int(np.sum(t.events > 0))
    )


def _risk_difference(tables: Tables, convention: str) -> Summary:
    t = _for_sums(tables, "RD", convention)
    w = t.n1 * t.n2 / t.n
    total = float(w.sum())
    estimate = float((w * (tables.a / tables.n1 - tables.c / tables.n2)).sum()) / total
    if convention == "exact":
        share1, share2 = t.n1 / t.n, t.n2 / t.n
        first = float((t.c * share1**2 - t.a * share2**2 + share1 * share2 * (t.n2 - t.n1) / 2).sum())
        second = float((t.a * t.d / t.n + t.c * t.b / t.n).sum()) / 2
        spread = estimate * first + second
    else:
        spread = float((w**2 * (t.a * t.b / t.n1**3 + t.c * t.d / t.n2**3)).sum())
    return Summary(estimate, math.sqrt(max(spread, 0.0)) / total, w, t.a.size)


def _rate_ratio(rates: Rates) -> Summary:
    r, s = rates.x1 * rates.t2 / rates.time, rates.x2 * rates.t1 / rates.time
    top, bottom = float(r.sum()), float(s.sum())
    _check_sums(top, bottom, "rate ratio")
    spread = float((rates.t1 / rates.time * rates.t2 / rates.time * (rates.x1 + rates.x2)).sum())
    informative = int(np.sum(rates.x1 + rates.x2 > 0))
    return Summary(math.log(top / bottom), math.sqrt(spread / (top * bottom)), s, informative)


def _rate_difference(rates: Rates) -> Summary:
    w = rates.t1 * rates.t2 / rates.time
    total = float(w.sum())
    estimate = float((w * (rates.x1 / rates.t1 - rates.x2 / rates.t2)).sum()) / total
    spread = float((w**2 * (rates.x1 / rates.t1**2 + rates.x2 / rates.t2**2)).sum())
    return Summary(estimate, math.sqrt(spread) / total, w, rates.x1.size)


def _rate_effects(rates: Rates, measure: str) -> tuple[Array, Array]:
    """Study effects for Q: 0.5 added to both counts where one is zero."""
    add = np.where((rates.x1 == 0) | (rates.x2 == 0), HALF, 0.0)
    x1, x2 = rates.x1 + add, rates.x2 + add
    empty = rates.x1 + rates.x2 == 0
    if measure == "IRR":
        yi, vi = np.log(x1 / rates.t1) - np.log(x2 / rates.t2), 1 / x1 + 1 / x2
    else:
        yi, vi = x1 / rates.t1 - x2 / rates.t2, x1 / rates.t1**2 + x2 / rates.t2**2
    return np.where(empty, np.nan, yi), np.where(empty, np.nan, vi)


def _for_sums(tables: Tables, measure: str, convention: str) -> Tables:
    if convention != "metabin":
        return tables
    return tables.plus(np.where(tables.has_zero & included(tables, measure, convention), HALF, 0.0))


def _check_sums(top: float, bottom: float, what: str) -> None:
    if top > 0 and bottom > 0:
        return
    both = not top > 0 and not bottom > 0
    raise _undefined(what, "both sums are zero" if both else "one group has no events, or nothing but events, anywhere")


def _undefined(what: str, why: str) -> InputError:
    return InputError(
        f"{what} undefined: {why}.",
        code="undefined",
        remedy="A risk difference stays defined; a ratio needs events in both groups of the studies together.",
    )


_SUMS: dict[str, Callable[[Tables, str], Summary]] = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}
assert set(_SUMS) == set(get_args(TableMeasure))
