"""Tests of small-study effects for two-by-two tables and for SMDs.

A log odds ratio and its standard error depend on each other, so that Egger's test finds asymmetry where none is.
These tests use a measure of size or precision that does not depend on the effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.line_fit import weighted_line
from reviewkit.synthesis.rank_correlation import kendall
from reviewkit.synthesis.small_study import (
    AsymmetryTest,
    from_line,
    from_ranks,
    rank_test,
    regression_test,
    thompson_sharp_test,
    why_withheld,
)

Convention = Literal["published", "R meta"]
TableMethod = Literal["Egger", "Begg", "Thompson", "Harbord", "Peters", "Deeks", "Macaskill", "Schwarzer"]
_NAMES: dict[str, str] = {
    "Harbord": "Harbord's score test",
    "Peters": "Peters' regression test",
    "Deeks": "Deeks' effective sample size test",
    "Macaskill": "Macaskill's regression test",
    "Schwarzer": "Schwarzer's rank test of counts",
}


@dataclass(frozen=True, slots=True)
class _Tables:
    """Events and sizes of the studies that have an event and a non-event; log ratio and its variance."""

    a: Array
    n1: Array
    c: Array
    n2: Array
    yi: Array
    vi: Array
    names: tuple[str, ...]

    @property
    def n(self) -> Array:
        return self.n1 + self.n2

    @property
    def events(self) -> Array:
        return self.a + self.c


def table_asymmetry_test(
    ai: ArrayLike,
    n1i: ArrayLike,
    ci: ArrayLike,
    n2i: ArrayLike,
    *,
    method: TableMethod = "Harbord",
    measure: Literal["OR", "RR"] = "OR",
    convention: Convention = "published",
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Test funnel-plot asymmetry from two-by-two tables.

    Studies with no event at all, or nothing but events, carry no ratio and are left out; a zero elsewhere gets 0.5 in
    all four cells of its own study, for the log ratio only: counts enter the score and count tests as they are.

    Parameters
    ----------
    ai, n1i, ci, n2i : array_like, shape (k,)
        Events and sizes of the intervention group, then of the comparator.
    method : str
        'Harbord' (score over its variance), 'Peters' (log ratio on 1/N), 'Macaskill' (on N, weights 1/variance),
        'Deeks' (on the root of the inverse effective sample size), 'Schwarzer' (ranks of standardised counts), or
        'Egger', 'Begg', 'Thompson' on the log ratio.
    measure : {'OR', 'RR'}
        The ratio tested; Schwarzer's test is for OR alone.
    convention : {'published', 'R meta'}
        'R meta' gives what that package (8.4) prints where it departs from the papers: for RR, 0.5 is added to events
        and sizes (not to all four cells), and Harbord's variance has N/4 in place of n1 n2/N, which is the same for
        equal groups only; Thompson's REML stops when a step is below 1e-5.
    even_if_few : bool
        Make the test below ten studies too.

    Raises
    ------
    InputError
        For tables that cannot be (each study named), or a method that is not defined for RR.

    References
    ----------
    Harbord RM et al. Stat Med 2006;25:3443-3457. doi:10.1002/sim.2380 Peters JL et al. JAMA 2006;295:676-680.
    doi:10.1001/jama.295.6.676 Macaskill P et al. Stat Med 2001;20:641-654. doi:10.1002/sim.698 Deeks JJ et al.
    J Clin Epidemiol 2005;58:882-893. doi:10.1016/j.jclinepi.2005.01.016 Schwarzer G et al. Stat Med
    2007;26:721-733. doi:10.1002/sim.2588
    """
    check_choice("method", method, TableMethod)
    check_choice("measure", measure, ("OR", "RR"))
    check_choice("convention", convention, Convention)
    if measure == "RR" and method == "Schwarzer":
        raise InputError("Schwarzer's test is for odds ratios.", code="bad-measure", remedy="Use measure='OR'.")
    tables = _tables((ai, n1i, ci, n2i), measure, convention, studies)
    if method == "Egger":
        return regression_test(tables.yi, tables.vi, even_if_few=even_if_few, studies=tables.names)
    if method == "Begg":
        return rank_test(tables.yi, tables.vi, exact=False, even_if_few=even_if_few, studies=tables.names)
    if method == "Thompson":
        stop = 1e-5 if convention == "R meta" else None
        return thompson_sharp_test(tables.yi, tables.vi, stop=stop, even_if_few=even_if_few, studies=tables.names)
    k = tables.yi.size
    if reason := why_withheld(k, even_if_few=even_if_few):
        return AsymmetryTest(_NAMES[method], k, withheld=reason)
    if method == "Schwarzer":
        return _count_test(tables)
    y, weights, x = _harbord(tables, measure, convention) if method == "Harbord" else _by_size(tables, method)
    return from_line(_NAMES[method], k, weighted_line(y, weights, x))


def pustejovsky_test(
    yi: ArrayLike,
    vi: ArrayLike,
    n1i: ArrayLike,
    n2i: ArrayLike,
    *,
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Egger's regression for SMDs on the part of the standard error that does not depend on the effect.

    Predictor sqrt(1/n1 + 1/n2), weights 1/vi with multiplicative dispersion, t with k - 2. All arguments have
    shape (k,).

    References
    ----------
    Pustejovsky JE, Rodgers MA. Res Synth Methods 2019;10:57-71. doi:10.1002/jrsm.1332
    """
    data = check_studies(yi, vi, studies)
    n1, n2 = (np.atleast_1d(np.asarray(n, dtype=float)) for n in (n1i, n2i))
    name, k = "Pustejovsky and Rodgers' regression test", data.yi.size
    if not k == n1.size == n2.size:
        raise InputError(f"yi, n1i, n2i have {k}, {n1.size}, {n2.size} values.", code="length-mismatch")
    bad = [
        Problem(f"{who}: group sizes {a:g} and {b:g}: must be at least 1.", code="bad-n")
        for who, a, b in zip(data.names, n1.tolist(), n2.tolist(), strict=True)
        if not (1 <= a < np.inf and 1 <= b < np.inf)
    ]
    if bad:
        raise InputError(bad)
    if reason := why_withheld(k, even_if_few=even_if_few):
        return AsymmetryTest(name, k, withheld=reason)
    return from_line(name, k, weighted_line(data.yi, 1 / data.vi, np.asarray(np.sqrt(1 / n1 + 1 / n2))))


def _tables(columns: tuple[ArrayLike, ...], measure: str, convention: str, studies: Sequence[str] | None) -> _Tables:
    a, n1, c, n2 = (np.atleast_1d(np.asarray(x, dtype=float)) for x in columns)
    if not a.size == n1.size == c.size == n2.size:
        raise InputError(f"tables have {a.size}, {n1.size}, {c.size}, {n2.size} values.", code="length-mismatch")
    names = tuple(f"study {i + 1}" for i in range(a.size)) if studies is None else tuple(studies)
    if len(names) != a.size:
        raise InputError(f"{len(names)} study names for {a.size} tables.", code="length-mismatch")
    bad = [
        Problem(f"{who}: {e:g} events of {n:g}: need 0 <= events <= n and n >= 1.", code="bad-table")
        for events, sizes in ((a, n1), (c, n2))
        for who, e, n in zip(names, events.tolist(), sizes.tolist(), strict=True)
        if not (0 <= e <= n < np.inf and n >= 1)
    ]
    if bad:
        raise InputError(bad)
    keep = (a + c > 0) & (a + c < n1 + n2)
    kept = tuple(name for name, k in zip(names, keep.tolist(), strict=True) if k)
    a, n1, c, n2 = a[keep], n1[keep], c[keep], n2[keep]
    p, q, r, s = _corrected(a, n1, c, n2)
    if measure == "OR":
        yi, vi = np.log(p * s / (q * r)), 1 / p + 1 / q + 1 / r + 1 / s
    else:
        # R meta adds the 0.5 of a cell to the size once, not twice.
        surplus = (p - a) if convention == "R meta" else np.zeros_like(p)
        m1, m2 = p + q - surplus, r + s - surplus
        yi, vi = np.log(p / m1) - np.log(r / m2), 1 / p - 1 / m1 + 1 / r - 1 / m2
    return _Tables(a, n1, c, n2, yi, vi, kept)


def _corrected(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array, Array, Array]:
    """The four cells, with 0.5 added to each in the studies that have a zero."""
    add = np.where((a == 0) | (c == 0) | (a == n1) | (c == n2), 0.5, 0.0)
    return a + add, n1 - a + add, c + add, n2 - c + add


def _harbord(t: _Tables, measure: str, convention: str) -> tuple[Array, Array, Array]:
    """Score over its variance, the variance as weight, and its inverse root as predictor."""
    n, events, rest = t.n, t.events, t.n - t.events
    if measure == "OR":
        score = t.a - events * t.n1 / n
        variance = t.n1 * t.n2 * events * rest / (n**2 * (n - 1))
    else:
        score = (t.a * n - events * t.n1) / rest
        balance = n / 4 if convention == "R meta" else t.n1 * t.n2 / n
        variance = balance * events / rest
    return score / variance, variance, 1 / np.sqrt(variance)


def _by_size(t: _Tables, method: str) -> tuple[Array, Array, Array]:
    if method == "Deeks":
        effective = 4 * t.n1 * t.n2 / t.n
        return t.yi, effective, 1 / np.sqrt(effective)
    if method == "Macaskill":
        return t.yi, 1 / t.vi, t.n
    return t.yi, t.events * (t.n - t.events) / t.n, 1 / t.n


def _count_test(t: _Tables) -> AsymmetryTest:
    odds_ratio = _mantel_haenszel(t)
    moments = [_hypergeometric(*row, odds_ratio) for row in zip(t.n1, t.n2, t.events, strict=True)]
    mean, variance = np.asarray(moments).T
    ranks = kendall((t.a - mean) / np.sqrt(variance), 1 / variance)
    return from_ranks(_NAMES["Schwarzer"], t.a.size, ranks, exact=False)


def _mantel_haenszel(t: _Tables) -> float:
    """Pooled odds ratio; zero cells get their 0.5, so that it exists where a whole arm has no event."""
    p, q, r, s = _corrected(t.a, t.n1, t.c, t.n2)
    n = p + q + r + s
    return float(np.sum(p * s / n) / np.sum(q * r / n))


def _hypergeometric(n1: float, n2: float, events: float, odds_ratio: float) -> tuple[float, float]:
    """Mean and variance of the events in group 1 given the margins (Fisher's noncentral hypergeometric)."""
    low, high = max(0.0, events - n2), min(n1, events)
    x = np.arange(low, high + 1)
    # Ratio of neighbouring terms; cumulated in logs, since products overflow.
    before = x[:-1]
    ratio = (n1 - before) * (events - before) / ((before + 1) * (n2 - events + before + 1)) * odds_ratio
    logs = np.concatenate(([0.0], np.cumsum(np.log(ratio))))
    share = np.exp(logs - logs.max())
    share /= share.sum()
    mean = float(share @ x)
    return mean, float(share @ (x - mean) ** 2)
