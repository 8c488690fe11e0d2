"""Tests on stratified two-by-two tables: is there an association at all, and is the odds ratio the same everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewkit.synthesis.counts import Rates, Tables
from reviewkit.synthesis.distributions import chi2_sf
from reviewkit.synthesis.inputs import Array


@dataclass(frozen=True, slots=True)
class ChiSquared:
    """A chi-squared statistic with its degrees of freedom and p value."""

    statistic: float
    df: int
    p: float


def cochran_mantel_haenszel(tables: Tables, *, correct: bool = True) -> ChiSquared | None:
    """Test of no association in any stratum; None where no table has both an event and a non-event.

    Parameters
    ----------
    tables : Tables
    correct : bool
        Whether 1/2 is taken off the distance (continuity correction).

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. doi:10.1093/jnci/22.4.719
    """
    t = tables.take(tables.n > 1)
    expected = t.n1 * t.events / t.n
    variance = t.n1 * t.n2 * t.events * t.others / (t.n**2 * (t.n - 1))
    return _score(float((t.a - expected).sum()), float(variance.sum()), correct)


def rate_test(rates: Rates, *, correct: bool = True) -> ChiSquared | None:
    """The same test for person-time; None where nobody had an event."""
    share = rates.t1 / rates.time
    events = rates.x1 + rates.x2
    return _score(float((rates.x1 - events * share).sum()), float((events * share * (1 - share)).sum()), correct)


def breslow_day(tables: Tables, log_or: float) -> tuple[ChiSquared, ChiSquared] | None:
    """Breslow and Day's test of one odds ratio for all tables, and Tarone's corrected one; None below two tables.

    Empty tables say nothing and are left out.

    References
    ----------
    Breslow NE, Day NE. Statistical Methods in Cancer Research, vol. 1. IARC 1980, section 4.4.
    Tarone RE. Biometrika 1985;72:91-95. doi:10.1093/biomet/72.1.91
    """
    t = tables.take(~tables.empty)
    if t.a.size < 2:
        return None
    fitted = _fitted_events(t, math.exp(log_or))
    rest = (fitted, t.n1 - fitted, t.events - fitted, t.n2 - t.events + fitted)
    variance = 1.0 / np.sum([1.0 / cell for cell in rest], axis=0)
    gap = t.a - fitted
    plain = float((gap**2 / variance).sum())
    tarone = plain - float(gap.sum()) ** 2 / float(variance.sum())
    df = t.a.size - 1
    return ChiSquared(plain, df, float(chi2_sf(plain, df))), ChiSquared(tarone, df, float(chi2_sf(tarone, df)))


def _fitted_events(t: Tables, odds_ratio: float) -> Array:
    """Events of group 1 that the margins and this odds ratio imply: the root of a quadratic within the margins."""
    a = 1.0 - odds_ratio
    b = t.n2 - t.events + odds_ratio * (t.n1 + t.events)
    c = -odds_ratio * t.n1 * t.events
    # The root of a x² + b x + c with b > 0 in the form that stays exact as a goes to 0.
    return np.asarray(-2.0 * c / (b + np.sqrt(b * b - 4.0 * a * c)))


def _score(gap: float, variance: float, correct: bool) -> ChiSquared | None:
    if not variance > 0:
        return None
    statistic = (abs(gap) - (0.5 if correct else 0.0)) ** 2 / variance
    return ChiSquared(statistic, 1, float(chi2_sf(statistic, 1)))
