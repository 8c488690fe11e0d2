"""Combining p values: for studies that report a test and nothing else (Cochrane Handbook, section 12.2.1.2).

All p values here are one-sided and face the same way, so that two studies that point in opposite directions do not
add up to evidence for both; `one_sided_p` turns a printed two-sided p and its direction into one. What is rejected
is 'no effect in any study': the size of the effect stays unknown, which each result says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, gammaln, ndtr, ndtri, stdtr

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.direction import DirectedStudy, Direction, direction_synthesis

Floats = NDArray[np.float64]
PMethod = Literal["fisher", "stouffer", "stouffer_weighted", "tippett", "pearson", "logit", "edgington"]
P_METHODS: tuple[PMethod, ...] = get_args(PMethod)
# Where the statistic would be infinite, so that the p value cannot be used: (p = 0 refused, p = 1 refused).
_ENDS_REFUSED: dict[PMethod, tuple[bool, bool]] = {
    "fisher": (True, False),
    "stouffer": (True, True),
    "stouffer_weighted": (True, True),
    "tippett": (True, False),
    "pearson": (False, True),
    "logit": (True, True),
    "edgington": (True, False),
}


@dataclass(frozen=True, slots=True)
class CombinedP:
    """One p value from several (same interface as a pool: ``k``, ``str``, ``as_dict``).

    Attributes
    ----------
    method : str
        One of `P_METHODS`.
    k : int
        P values combined.
    statistic : float or None
        Test statistic, named by ``statistic_name`` ('chi2', 'z', 't', 'min p', 'sum p'); None when k = 0.
    df : int or None
        Degrees of freedom of chi2 or t.
    p : float or None
        One-sided: small values speak for an effect in the stated direction in at least one study.
    p_opposite : float or None
        For an effect the other way by the same statistic; None where the method says nothing about it.
    studies, left_out : tuple of str
        Names of the studies combined, and of those that could not be, if names were given.
    """

    method: PMethod
    k: int
    statistic: float | None
    statistic_name: str
    df: int | None
    p: float | None
    p_opposite: float | None
    studies: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        rest = f" Left out: {', '.join(self.left_out)}." if self.left_out else ""
        if self.k == 0 or self.p is None:
            return f"No p value to combine.{rest}"
        if self.k == 1:
            who = f", {self.studies[0]}" if self.studies else ""
            return f"A single one-sided p value{who} (p = {self.p:.3g}): nothing to combine.{rest}"
        return (
            f"{self.method.replace('_', ', ').capitalize()}: {self.k} one-sided p values give p = {self.p:.3g} "
            f"for an effect in the stated direction in at least one study; the size of the effect stays unknown.{rest}"
        )


def combine_p(
    p_one_sided: ArrayLike,
    method: PMethod = "fisher",
    *,
    weights: ArrayLike | None = None,
    studies: Sequence[str] | None = None,
) -> CombinedP:
    """Combine one-sided p values that all face the same direction.

    Parameters
    ----------
    p_one_sided : array_like, shape (k,)
        One-sided p values in [0, 1]; a 0 or 1 for which the statistic would be infinite is refused.
    method : {'fisher', 'stouffer', 'stouffer_weighted', 'tippett', 'pearson', 'logit', 'edgington'}
        ``fisher``: -2 sum log p, chi2 with 2k df. ``stouffer``: sum of z over sqrt(k); weighted: sum wz over
        sqrt(sum w^2). ``tippett``: 1 - (1 - min p)^k. ``pearson``: -2 sum log(1 - p), lower tail. ``logit``: t with
        5k + 4 df. ``edgington``: the exact distribution of the sum of k uniform numbers.
    weights : array_like, shape (k,), optional
        For ``stouffer_weighted`` only: positive, usually the square root of the sample size.
    studies : sequence of str, optional
        Names, for the result and for errors.

    Raises
    ------
    InputError
        Naming each study whose p value or weight cannot be used.

    References
    ----------
    Becker BJ. Combining significance levels. In: Cooper H, Hedges LV, eds. Handbook of Research Synthesis, 1994.
    Mudholkar GS, George EO. The logit method for combining probabilities. 1979. Edgington ES. J Psychol
    1972;80:351-363. doi:10.1080/00223980.1972.9924813

    Examples
    --------
    >>> combine_p([0.016, 0.067, 0.25, 0.405, 0.871]).p < 0.05
    True
    """
    if method not in P_METHODS:
        raise InputError(f"method = {method!r}: must be one of {', '.join(P_METHODS)}.", code="unknown-method")
    p = np.atleast_1d(np.asarray(p_one_sided, dtype=float))
    names = _names(studies, p.size)
    _check_p(p, method, names)
    w = _weights(weights, method, names)
    shown = tuple(studies) if studies is not None else ()
    if p.size == 0:
        return CombinedP(method, 0, None, "", None, None, None, shown)
    statistic, name, df, combined, opposite = _METHODS[method](p, w)
    return CombinedP(method, int(p.size), statistic, name, df, combined, opposite, shown)


def one_sided_p(p_two_sided: float, direction: Direction) -> float:
    """One-sided p for benefit from a printed two-sided p: p/2, or 1 - p/2 for harm, or 0.5 for no difference.

    Raises
    ------
    InputError
        For p outside [0, 1] or an unclear direction, which has no one-sided p.
    """
    if not 0 <= p_two_sided <= 1:
        raise InputError(f"p = {p_two_sided}: must lie between 0 and 1.", code="bad-p")
    match direction:
        case "benefit":
            return p_two_sided / 2
        case "harm":
            return 1 - p_two_sided / 2
        case "no difference":
            return 0.5
    raise InputError(
        f"direction = {direction!r}: a one-sided p value needs a direction.",
        code="no-direction",
        remedy="Leave the study out of the combination and keep it in the table.",
    )


def combine_directed_p(
    studies: Iterable[DirectedStudy], method: PMethod = "fisher", *, weight_by_n: bool = False
) -> CombinedP:
    """Combine the two-sided p values of studies with their directions; ``p`` is for benefit.

    Studies without a p value or with an unclear direction are named in ``left_out``. With ``weight_by_n`` the method
    is ``stouffer_weighted`` with the square root of n as weight, and studies without n are left out too.
    """
    rows = direction_synthesis(studies).studies
    used_method: PMethod = "stouffer_weighted" if weight_by_n else method
    used = [r for r in rows if r.p is not None and r.direction != "unclear" and (r.n is not None or not weight_by_n)]
    ps = [one_sided_p(r.p, r.direction) for r in used if r.p is not None]
    weights = [math.sqrt(r.n) for r in used if r.n is not None] if weight_by_n else None
    result = combine_p(ps, used_method, weights=weights, studies=[r.study for r in used])
    left_out = tuple(r.study for r in rows if r not in used)
    return replace(result, left_out=left_out)


_Answer = tuple[float, str, int | None, float, float | None]


def _fisher(p: Floats, _: Floats | None) -> _Answer:
    chi2 = float(-2 * np.sum(np.log(p)))
    return chi2, "chi2", 2 * p.size, float(gammaincc(p.size, chi2 / 2)), None


def _pearson(p: Floats, _: Floats | None) -> _Answer:
    chi2 = float(-2 * np.sum(np.log1p(-p)))
    return chi2, "chi2", 2 * p.size, float(gammainc(p.size, chi2 / 2)), float(gammaincc(p.size, chi2 / 2))


def _stouffer(p: Floats, w: Floats | None) -> _Answer:
    weight = np.ones_like(p) if w is None else w
    z = float(np.sum(weight * -ndtri(p)) / math.sqrt(float(np.sum(weight**2))))
    return z, "z", None, float(ndtr(-z)), float(ndtr(z))


def _tippett(p: Floats, _: Floats | None) -> _Answer:
    smallest = float(np.min(p))
    combined = 1.0 if smallest == 1 else -math.expm1(p.size * math.log1p(-smallest))
    return smallest, "min p", None, combined, None


def _logit(p: Floats, _: Floats | None) -> _Answer:
    k = p.size
    scale = math.sqrt(k * math.pi**2 * (5 * k + 2) / (3 * (5 * k + 4)))
    t = float(-np.sum(np.log(p) - np.log1p(-p)) / scale)
    return t, "t", 5 * k + 4, float(stdtr(5 * k + 4, -t)), float(stdtr(5 * k + 4, t))


def _edgington(p: Floats, _: Floats | None) -> _Answer:
    total = float(np.sum(p))
    return total, "sum p", None, uniform_sum_cdf(total, p.size), uniform_sum_cdf(p.size - total, p.size)


_METHODS: dict[PMethod, Callable[[Floats, Floats | None], _Answer]] = {
    "fisher": _fisher,
    "stouffer": _stouffer,
    "stouffer_weighted": _stouffer,
    "tippett": _tippett,
    "pearson": _pearson,
    "logit": _logit,
    "edgington": _edgington,
}


def uniform_sum_cdf(total: float, k: int) -> float:
    """P(sum of k independent uniform(0, 1) numbers <= total).

    The density of the sum is a cardinal B-spline; the Cox-de Boor recurrence adds positive terms only, so that
    small tails keep their digits at any k, where the alternating sum of the textbooks cancels.
    """
    if total <= 0:
        return 0.0
    if total >= k:
        return 1.0
    start = total - math.floor(total)
    x = start + np.arange(math.floor(total) + 1)
    density = np.zeros_like(x)
    density[0] = 1.0
    for n in range(1, k + 1):
        before = np.concatenate(([0.0], density[:-1]))
        density = (x * density + np.maximum(n + 1 - x, 0.0) * before) / n
    return float(min(1.0, np.sum(density)))


def edgington_conservative_p(p_one_sided: ArrayLike) -> float:
    """(sum p)^k / k!: the first term of Edgington's sum, an upper bound of his p value (not capped at 1)."""
    p = np.atleast_1d(np.asarray(p_one_sided, dtype=float))
    _check_p(p, "edgington", _names(None, p.size))
    return float(math.exp(p.size * math.log(float(np.sum(p))) - float(gammaln(p.size + 1))))


def _names(studies: Sequence[str] | None, k: int) -> tuple[str, ...]:
    if studies is None:
        return tuple(f"p value {i}" for i in range(1, k + 1))
    if len(studies) != k:
        raise InputError(f"{len(studies)} study names for {k} p values: give one name each.", code="length")
    return tuple(f"study {name}" for name in studies)


def _check_p(p: Floats, method: PMethod, names: Sequence[str]) -> None:
    no_zero, no_one = _ENDS_REFUSED[method]
    problems = []
    for value, who in zip(p.tolist(), names, strict=True):
        if not 0 <= value <= 1:
            problems.append(Problem(f"{who}: p = {value}: must lie between 0 and 1.", code="bad-p"))
        elif (value == 0 and no_zero) or (value == 1 and no_one):
            remedy = "Use the bound that the report prints, such as 0.001 for 'p < 0.001'."
            problems.append(Problem(f"{who}: p = {value:g} cannot enter {method}.", code="p-at-end", remedy=remedy))
    if problems:
        raise InputError(problems)


def _weights(weights: ArrayLike | None, method: PMethod, names: Sequence[str]) -> Floats | None:
    if (weights is not None) != (method == "stouffer_weighted"):
        what = "needs weights" if weights is None else "takes no weights"
        raise InputError(f"method {method} {what}.", code="weights", remedy="Weights belong to stouffer_weighted.")
    if weights is None:
        return None
    w = np.atleast_1d(np.asarray(weights, dtype=float))
    if w.size != len(names):
        raise InputError(f"{w.size} weights for {len(names)} p values: give one each.", code="length")
    bad = [
        Problem(f"{who}: weight = {value}: must be a positive number.", code="bad-weight")
        for value, who in zip(w.tolist(), names, strict=True)
        if not (value > 0 and math.isfinite(value))
    ]
    if bad:
        raise InputError(bad)
    return w
