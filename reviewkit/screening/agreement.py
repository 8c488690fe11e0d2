"""Agreement of two reviewers: raw, Cohen's kappa, PABAK and Gwet's AC1, with intervals.

References
----------
Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46.
doi:10.1177/001316446002000104
Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol 1993;46:423-429.
doi:10.1016/0895-4356(93)90018-V
Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement.
Br J Math Stat Psychol 2008;61:29-48. doi:10.1348/000711006X126600
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.errors import InputError


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree on the reports that both voted on.

    Attributes
    ----------
    categories : tuple of str
        The words that could be said.
    table : tuple of tuple of int
        Counts: the first reviewer's word by row, the second's by column.
    n, agreed : int
        Reports both voted on, and those on which they said the same.
    raw : float or None
        Share agreed, 0 to 1; None without a report.
    kappa, ac1 : float or None
        Cohen's kappa and Gwet's AC1, -1 to 1; None where they are not defined (one word only).
    kappa_low, kappa_high, ac1_low, ac1_high : float or None
        Their intervals.
    pabak : float or None
        Prevalence- and bias-adjusted kappa, -1 to 1.
    level : float
        Level of the intervals.
    """

    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    n: int
    agreed: int
    raw: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    pabak: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    level: float

    def as_dict(self) -> dict[str, object]:
        """The figures as plain JSON values."""
        return asdict(self)


def agreement(
    pairs: Iterable[tuple[str, str]], *, categories: Sequence[str] | None = None, level: float = 0.95
) -> Agreement:
    """Agreement of two reviewers on the same reports.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Both votes on each report.
    categories : sequence of str, optional
        The words that could be said; those that were said where not given. PABAK and AC1 depend on how
        many there are.
    level : float
        Level of the intervals, between 0 and 1.

    Raises
    ------
    InputError
        If a word is none of the categories, or the level is no share.

    Examples
    --------
    >>> found = agreement([("include", "include")] * 118 + [("include", "exclude")] * 5
    ...                   + [("exclude", "include")] * 2)
    >>> round(found.raw, 3), round(found.kappa, 4), round(found.ac1, 4)
    (0.944, -0.0234, 0.9408)
    """
    if not 0 < level < 1:
        raise InputError(f"level = {level}: must lie between 0 and 1.", code="level")
    both = list(pairs)
    said = sorted({word for pair in both for word in pair})
    words = tuple(dict.fromkeys(categories if categories is not None else said))
    strange = [word for word in said if word not in words]
    if strange:
        raise InputError(f"vote {strange[0]!r} is none of: {', '.join(words)}.", code="category")
    place = {word: number for number, word in enumerate(words)}
    counts = np.zeros((len(words), len(words)), dtype=np.int64)
    for one, other in both:
        counts[place[one], place[other]] += 1
    n, agreed = len(both), int(np.trace(counts))
    kappa = _kappa(counts, level)
    ac1 = _ac1(counts, level)
    return Agreement(
        categories=words, table=tuple(tuple(int(cell) for cell in row) for row in counts), n=n, agreed=agreed,
        raw=agreed / n if n else None, kappa=kappa[0], kappa_low=kappa[1], kappa_high=kappa[2],
        pabak=_pabak(agreed, n, len(words)), ac1=ac1[0], ac1_low=ac1[1], ac1_high=ac1[2], level=level,
    )


_Estimate = tuple[float | None, float | None, float | None]
_NOTHING: _Estimate = (None, None, None)


def _kappa(counts: NDArray[np.int64], level: float) -> _Estimate:
    """Cohen's kappa with the large-sample interval of Fleiss, Cohen and Everitt (1969), by statsmodels."""
    from statsmodels.stats.inter_rater import cohens_kappa

    used = counts.sum(axis=0) + counts.sum(axis=1) > 0
    if used.sum() < 2:
        return _NOTHING
    with np.errstate(invalid="ignore", divide="ignore"):
        found = cohens_kappa(counts[np.ix_(used, used)].astype(float), return_results=True)
    spread = found.std_kappa * _normal(level)
    return _bounded(float(found.kappa), float(spread))


def _pabak(agreed: int, n: int, q: int) -> float | None:
    """(q·raw − 1)/(q − 1); with two words 2·raw − 1 (Byrt 1993)."""
    return (q * agreed / n - 1) / (q - 1) if n and q > 1 else None


def _ac1(counts: NDArray[np.int64], level: float) -> _Estimate:
    """Gwet's AC1 and its interval with n − 1 degrees of freedom (Gwet 2008, two raters, q words)."""
    from scipy import stats

    n, q = int(counts.sum()), len(counts)
    if n == 0 or q < 2:
        return _NOTHING
    p = counts / n
    mean = (p.sum(axis=0) + p.sum(axis=1)) / 2
    raw = float(np.trace(p))
    chance = float((mean * (1 - mean)).sum()) / (q - 1)
    ac1 = (raw - chance) / (1 - chance)
    if n == 1:
        return ac1, None, None
    same = float((np.diag(p) * (1 - mean)).sum()) / (q - 1)
    square = float((p * (1 - (mean[:, None] + mean[None, :]) / 2) ** 2).sum()) / (q - 1) ** 2
    inner = (raw * (1 - raw) - 4 * (1 - ac1) * (same - raw * chance)
             + 4 * (1 - ac1) ** 2 * (square - chance**2))
    variance = max(inner, 0.0) / (n * (1 - chance) ** 2)
    return _bounded(ac1, math.sqrt(variance) * float(stats.t.ppf((1 + level) / 2, n - 1)))


def _normal(level: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf((1 + level) / 2))


def _bounded(value: float, spread: float) -> _Estimate:
    """An estimate with its interval inside -1 to 1; undefined stays None."""
    if not math.isfinite(value):
        return _NOTHING
    if not math.isfinite(spread):
        return value, None, None
    return value, max(-1.0, value - spread), min(1.0, value + spread)
