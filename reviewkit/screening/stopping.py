"""When to stop reading: an estimate of recall and published stopping rules. They advise; a person decides.

References
----------
Callaghan MW, Müller-Hansen F (2020). Statistical stopping criteria for automated screening in systematic reviews.
Systematic Reviews 9:273. https://doi.org/10.1186/s13643-020-01521-4
Boetje J, van de Schoot R (2024). The SAFE procedure: a practical stopping heuristic for active learning-based
screening in systematic reviews and meta-analyses. Systematic Reviews 13:81. https://doi.org/10.1186/s13643-024-02502-7
Cormack GV, Grossman MR (2016). Engineering quality and reliability in technology-assisted review. SIGIR 2016, 75-84.
https://doi.org/10.1145/2911451.2911510
Sneyd A, Stevenson M (2021). Stopping criteria for technology assisted reviews based on counting processes.
SIGIR 2021, 2293-2297. https://doi.org/10.1145/3404835.3463013
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.numbers import number, p_value, percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RECALL = 0.95
CONFIDENCE = 0.95
_SAFE_RUN = 50
_SAFE_SHARE = 0.10
_KNEE_LEAST = 1000


@dataclass(frozen=True, slots=True)
class RecallEstimate:
    """The share of all includes that has been found, as far as the votes tell.

    Attributes
    ----------
    estimate, low, high : float
        Between 0 and 1; nan for the estimate while nothing has been included.
    method : str
        What the three numbers rest on.
    """

    estimate: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What one rule says: ``stop`` or read on, why, and the figures it rests on."""

    rule: str
    stop: bool
    why: str
    figures: Mapping[str, float] = field(default_factory=dict, hash=False)


def hypergeometric_p(decisions: Sequence[bool], n_total: int, *, recall: float = RECALL) -> float:
    """The p-value for 'fewer than ``recall`` of the includes are found' (Callaghan & Müller-Hansen 2020).

    Parameters
    ----------
    decisions : sequence of bool
        True for an include, in the order in which the records were read.
    n_total : int
        Records there are, read and unread.
    recall : float
        The recall aimed at, above 0 and below 1.

    Returns
    -------
    float
        The smallest p-value over all ways of taking the last records read as a random sample of those
        that were unread before them; 1 while nothing is included.

    Raises
    ------
    InputError
        If there are more decisions than records, or ``recall`` is not between 0 and 1.

    Notes
    -----
    With r includes in all, k of them in the last i reads, N' = n_total - (n - i) records unread before those,
    and K = floor(r / recall - (r - k) + 1) includes the fewest that would mean a missed target, the p-value is
    P(X <= k) for X hypergeometric (N', K, i). Only samples that begin just after an include need a look: a
    further exclude at their front makes p smaller. Ranking puts the likely includes first, so the sample is
    biased towards includes and the test is conservative; taking the smallest of many p-values is not, and
    the authors found the two to balance in practice.
    """
    import numpy as np
    from scipy.stats import hypergeom

    found = _checked(decisions, n_total, recall)
    read, included = len(found), int(found.sum())
    if included == 0:
        return 0.0 if read == n_total else 1.0
    starts = np.concatenate(([0], np.flatnonzero(found) + 1))
    starts = starts[starts < read]
    if read == n_total:
        return 0.0
    if not len(starts):
        return 1.0
    within = included - np.searchsorted(np.flatnonzero(found), starts)
    wanted = np.floor(included / recall - (included - within) + 1 + 1e-9)
    unread = n_total - starts
    possible = wanted <= unread
    p = np.zeros(len(starts))
    p[possible] = hypergeom.cdf(within[possible], unread[possible], wanted[possible], (read - starts)[possible])
    return float(min(p.min(), 1.0))


def estimate_recall(
    decisions: Sequence[bool], n_total: int, *, confidence: float = CONFIDENCE
) -> RecallEstimate:
    """Recall so far, with an interval.

    Parameters
    ----------
    decisions : sequence of bool
        True for an include, in the order in which the records were read.
    n_total : int
        Records there are, read and unread.
    confidence : float
        Of the interval, above 0 and below 1.

    Returns
    -------
    RecallEstimate
        The estimate takes the includes as a Poisson process whose rate falls exponentially with the rank (Sneyd &
        Stevenson 2021) and carries the rate on over the unread records. The upper end is the lower quantile of
        what is left if the rate falls as fast as the confidence limit of its fall says. The lower end is the
        highest recall that the hypergeometric test says is reached.

    Raises
    ------
    InputError
        If there are more decisions than records, or ``confidence`` is not between 0 and 1.
    """
    from scipy.stats import norm, poisson

    found = _checked(decisions, n_total, confidence)
    included, read = int(found.sum()), len(found)
    if read == n_total:
        return RecallEstimate(1.0, 1.0, 1.0, "every record is read")
    if included == 0:
        return RecallEstimate(math.nan, 0.0, 1.0, "nothing is included yet")
    alpha = (1 - confidence) / 2
    fall, error = _fall(found)
    left = min(_left(included, fall, n_total / read), float(n_total - read))
    least = min(_left(included, fall + float(norm.ppf(1 - alpha)) * error, n_total / read), left)
    estimate = included / (included + left)
    return RecallEstimate(
        estimate,
        min(_least_recall(decisions, n_total, alpha), estimate),
        max(included / (included + float(poisson.ppf(alpha, least))), estimate),
        "Poisson process with an exponentially falling rate; lower end by the hypergeometric test",
    )


def advise(
    decisions: Sequence[bool], n_total: int, *, recall: float = RECALL, confidence: float = CONFIDENCE,
    key_found: bool | None = None, expected: int | None = None,
) -> tuple[Advice, ...]:
    """What each stopping rule says now.

    Parameters
    ----------
    decisions : sequence of bool
        True for an include, in the order in which the records were read.
    n_total : int
        Records there are, read and unread.
    recall, confidence : float
        The recall aimed at, and how sure to be of it; both above 0 and below 1.
    key_found : bool, optional
        Whether every paper known beforehand to be eligible has been included; None if none is known.
    expected : int, optional
        Includes expected among all records, from a random sample; the includes found serve if it is not given.

    Returns
    -------
    tuple of Advice
        ``hypergeometric`` (Callaghan & Müller-Hansen 2020), ``safe`` (Boetje & van de Schoot 2024), ``knee``
        (Cormack & Grossman 2016).

    Raises
    ------
    InputError
        If there are more decisions than records, or a share is not between 0 and 1.
    """
    _checked(decisions, n_total, confidence)
    return (
        _hypergeometric(decisions, n_total, recall, confidence),
        _safe(decisions, n_total, key_found, expected),
        _knee(decisions, n_total),
    )


def first_stops(decisions: Sequence[bool], n_total: int, *, every: int = 1) -> dict[str, int | None]:
    """How many records had been read when each rule first said stop; None where it never did before the end.

    Parameters
    ----------
    decisions : sequence of bool
        A screening read to its end, in order.
    every : int
        The rules are asked after each ``every`` records.
    """
    rules: dict[str, Callable[[Sequence[bool]], Advice]] = {
        "hypergeometric": lambda part: _hypergeometric(part, n_total, RECALL, CONFIDENCE),
        "safe": lambda part: _safe(part, n_total, None, None),
        "knee": lambda part: _knee(part, n_total),
    }
    stops: dict[str, int | None] = {}
    for name, rule in rules.items():
        asked = range(max(every, 1), min(len(decisions), n_total - 1) + 1, max(every, 1))
        stops[name] = next((read for read in asked if rule(decisions[:read]).stop), None)
    return stops


def _hypergeometric(decisions: Sequence[bool], n_total: int, recall: float, confidence: float) -> Advice:
    p = hypergeometric_p(decisions, n_total, recall=recall)
    stop = p < 1 - confidence
    words = "is rejected" if stop else "cannot be rejected"
    return Advice(
        "hypergeometric", stop,
        f"That fewer than {percent(100 * recall)} of the includes are found {words} ({p_value(p)}, limit "
        f"{number(1 - confidence, 3)}).",
        {"p": p, "recall": recall, "confidence": confidence},
    )


def _safe(decisions: Sequence[bool], n_total: int, key_found: bool | None, expected: int | None) -> Advice:
    """SAFE, the conditions of its active-learning phase; all of them must hold (Boetje & van de Schoot 2024)."""
    read, included = len(decisions), sum(map(bool, decisions))
    run = next((back for back, vote in enumerate(reversed(decisions)) if vote), read)
    wanted = included if expected is None else expected
    short = []
    if read < _SAFE_SHARE * n_total:
        short.append(f"only {read} of {n_total} records are read, {percent(100 * _SAFE_SHARE)} are wanted")
    if read < 2 * wanted:
        short.append(f"twice the {wanted} includes expected are not read yet")
    if run < _SAFE_RUN:
        short.append(f"only {run} excludes in a row, {_SAFE_RUN} are wanted")
    if key_found is False:
        short.append("a key paper is not found yet")
    if included == 0:
        short.append("nothing is included yet")
    why = "; ".join(short) or (
        f"of the records {percent(100 * read / n_total, 0)} are read, the last {run} of them excludes; "
        "before you stop, search on with another model"
    )
    figures = {"excludes_in_a_row": run, "share_read": read / n_total if n_total else 1.0, "expected": wanted}
    return Advice("safe", not short, f"{why[0].upper()}{why[1:]}.", figures)


def _knee(decisions: Sequence[bool], n_total: int, least: int = _KNEE_LEAST) -> Advice:
    """The knee method: the gain curve's slope before its knee, over its slope since (Cormack & Grossman 2016).

    The knee is the rank at which the curve stands farthest from the straight line to its end.
    """
    import numpy as np

    read, included = len(decisions), sum(map(bool, decisions))
    limit = 156 - min(included, 150)
    ratio = 0.0
    if read > 1 and included > 0:
        ranks = np.flatnonzero(np.asarray(decisions, dtype=bool)) + 1
        counts = np.arange(1, included + 1)
        above = counts - ranks * (included / read)  # proportional to the distance from the chord
        knee = int(np.flatnonzero(above >= above.max() - 1e-9)[-1])
        if ranks[knee] < read:
            before = counts[knee] / ranks[knee]
            ratio = float(before * (read - ranks[knee]) / (1 + included - counts[knee]))
    stop = ratio >= limit and read >= least
    early = f"; at least {least} records must be read" if read < least else ""
    return Advice(
        "knee", stop, f"The rate of includes has fallen {number(ratio, 0)}-fold, {limit} is wanted{early}.",
        {"slope_ratio": ratio, "limit": float(limit), "least": float(least)},
    )


def _checked(decisions: Sequence[bool], n_total: int, share: float) -> NDArray[np.bool_]:
    import numpy as np

    if len(decisions) > n_total:
        raise InputError(f"{len(decisions)} decisions on {n_total} records.", code="stopping",
                         remedy="Give one decision for each record, and the number of all records.")
    if not 0 < share < 1:
        raise InputError(f"recall and confidence = {share}: must lie between 0 and 1.", code="stopping")
    return np.asarray(decisions, dtype=bool)


def _least_recall(decisions: Sequence[bool], n_total: int, alpha: float) -> float:
    """The highest recall, in 0..1, that the test at level ``alpha`` says is reached."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        if hypergeometric_p(decisions, n_total, recall=middle) < alpha:
            low = middle
        else:
            high = middle
    return low


_STEEPEST = 500.0


def _fall(found: NDArray[np.bool_]) -> tuple[float, float]:
    """How fast the rate of includes falls over the reads, exp(-b x) for x from 0 to 1: b >= 0 and its standard error.

    Maximum likelihood: the mean rank of the includes, as a share of the reads, is 1/b - 1/(e^b - 1), and the
    information of one include 1/b² - e^b/(e^b - 1)², which is 1/12 at b = 0.
    """
    import numpy as np
    from scipy.optimize import brentq

    ranks = (np.flatnonzero(found) + 0.5) / len(found)
    mean = float(ranks.mean())

    def excess(b: float) -> float:
        return 1 / b - 1 / math.expm1(b) - mean

    if mean >= 0.5 or excess(1e-4) <= 0:
        fall = 0.0
    else:
        fall = _STEEPEST if excess(_STEEPEST) >= 0 else float(brentq(excess, 1e-4, _STEEPEST))
    information = 1 / 12 if fall < 1e-2 else 1 / fall**2 - math.exp(-fall) / math.expm1(-fall) ** 2
    return fall, 1 / math.sqrt(information * len(ranks))


def _left(included: int, fall: float, total: float) -> float:
    """Includes expected among the unread, when all records are ``total`` times those read."""
    if fall < 1e-9:
        return included * (total - 1)
    return included * (math.exp(-fall) - math.exp(-fall * total)) / -math.expm1(-fall)
