"""Fail-safe N: how many null studies in file drawers would undo a result.

Given because readers ask for it, not because it answers their question: every method assumes that the missing studies
average no effect, which is what is not known, and the number has no scale on which it would be large enough. The
Cochrane Handbook does not recommend it (version 5.1, section 10.4.4.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import normal_ppf, normal_sf, two_sided_p
from reviewkit.synthesis.inputs import Studies, check_choice, check_studies
from reviewkit.synthesis.line_fit import stopped_reml
from reviewkit.synthesis.pooling import Model
from reviewkit.synthesis.tau2 import Tau2Method, estimate_tau2

FailSafeMethod = Literal["Rosenthal", "Orwin", "Rosenberg", "General"]
WARNING = (
    "Fail-safe N assumes that the missing studies show no effect on average and has no threshold; "
    "do not rest a conclusion on it."
)
_MOST = 10**7


@dataclass(frozen=True, slots=True)
class FailSafe:
    """How many studies of no effect would undo the result.

    Attributes
    ----------
    method : str
        Rosenthal (sum of z), Orwin (size of the mean), Rosenberg (common effect) or General (random effects).
    number : int or None
        Studies needed; None where no number would do.
    p : float or None
        Of the observed studies: one-sided for Rosenthal, two-sided for Rosenberg and General, None for Orwin.
    estimate : float or None
        Pooled effect observed (None for Rosenthal), and with the studies added (General only).
    target, alpha : float or None
        What had to be undone: size of the effect (Orwin) or level of significance.
    """

    method: FailSafeMethod
    k: int
    number: int | None
    p: float | None
    estimate: float | None
    estimate_after: float | None
    target: float | None
    alpha: float | None
    warning: str = WARNING

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        goal = f"p reaches {self.alpha:g}" if self.target is None else f"the mean falls to {self.target:.3g}"
        many = "no number" if self.number is None else str(self.number)
        return f"Fail-safe N ({self.method}): {many} of null studies until {goal}. {self.warning}"


def fail_safe_n(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: FailSafeMethod = "Rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
    weighted: bool = True,
    model: Model = "random",
    tau2: Tau2Method = "REML",
    like_metafor: bool = False,
    studies: Sequence[str] | None = None,
) -> FailSafe:
    """Number of studies averaging no effect that would undo the result.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, k at least 2.
    method : {'Rosenthal', 'Orwin', 'Rosenberg', 'General'}
        General adds studies of the typical variance to a random-effects model and lets tau2 grow with them.
    alpha : float
        Level to be reached; one-sided for Rosenthal.
    target : float, optional
        Orwin: mean effect to be reached; half of the observed one without it.
    weighted : bool
        Orwin: mean by inverse variance or plain.
    model, tau2
        General: random or common effect, and the estimator of tau2.
    like_metafor : bool
        General: metafor 5.1's root search may return one study more than needed, and its tau2 stops early; True
        reproduces both.

    Raises
    ------
    InputError
        For bad data (study named), fewer than two studies, or alpha outside (0, 1).

    References
    ----------
    Rosenthal R. Psychol Bull 1979;86:638-641. doi:10.1037/0033-2909.86.3.638 Orwin RG. J Educ Stat 1983;8:157-159.
    doi:10.3102/10769986008002157 Rosenberg MS. Evolution 2005;59:464-468. doi:10.1111/j.0014-3820.2005.tb01004.x

    Examples
    --------
    >>> fail_safe_n([0.5, 0.6, 0.4], [0.04, 0.05, 0.04]).number
    17
    """
    check_choice("method", method, FailSafeMethod)
    if not 0 < alpha < 1:
        raise InputError(f"alpha = {alpha}: must lie between 0 and 1.", code="bad-alpha")
    data = check_studies(yi, vi, studies)
    if data.yi.size < 2:
        raise InputError(f"{data.yi.size} studies: fail-safe N needs at least two.", code="too-few-studies")
    if method == "Rosenthal":
        return _rosenthal(data, alpha)
    if method == "Orwin":
        return _orwin(data, target, weighted)
    if method == "Rosenberg":
        return _rosenberg(data, alpha)
    check_choice("model", model, Model)
    return _general(data, alpha, None if model == "common" else tau2, like_metafor)


def _whole(number: float) -> int:
    """Rounded up; the margin forgives binary fractions."""
    return max(0, math.ceil(number - 1.5e-8))


def _rosenthal(data: Studies, alpha: float) -> FailSafe:
    k = data.yi.size
    z = abs(float(np.sum(data.yi / np.sqrt(data.vi)))) / math.sqrt(k)
    number = _whole(k * (z / float(normal_ppf(1 - alpha))) ** 2 - k)
    return FailSafe("Rosenthal", k, number, float(normal_sf(z)), None, None, None, alpha)


def _orwin(data: Studies, target: float | None, weighted: bool) -> FailSafe:
    k = data.yi.size
    w = 1 / data.vi if weighted else np.ones(k)
    mean = float(w @ data.yi / w.sum())
    goal = mean / 2 if target is None else math.copysign(target, mean)
    number = None if goal == 0 else _whole(k * (mean - goal) / goal)
    return FailSafe("Orwin", k, number, None, mean, None, goal, None)


def _rosenberg(data: Studies, alpha: float) -> FailSafe:
    w, k = 1 / data.vi, data.yi.size
    total, sum_wy = float(w.sum()), float(w @ data.yi)
    number = _whole(((sum_wy / float(normal_ppf(1 - alpha / 2))) ** 2 - total) * k / total)
    return FailSafe("Rosenberg", k, number, two_sided_p(sum_wy / math.sqrt(total)), sum_wy / total, None, None, alpha)


def _general(data: Studies, alpha: float, method: Tau2Method | None, like_metafor: bool) -> FailSafe:
    k = data.yi.size
    if method is None:
        spread = 0.0
    elif like_metafor and method == "REML":
        spread = stopped_reml(data, np.ones((k, 1)), 1e-5)
    else:
        spread = estimate_tau2(data.yi, data.vi, method=method).tau2
    w = 1 / (data.vi + spread)
    observed = float(w @ data.yi / w.sum())
    typical = k / float(np.sum(1 / data.vi))

    def with_null(n: int) -> tuple[float, float]:
        """Estimate and p value with n studies of no effect: their tau2 is that of k and n studies taken together."""
        middle = k * observed / (k + n)
        between = k * (observed - middle) ** 2 + n * middle**2
        tau2 = ((k - 1) * spread + max(0, n - 1) * spread + between) / (k + n - 1) if method else 0.0
        weights = 1 / (data.vi + tau2)
        total = float(weights.sum()) + n / (typical + tau2)
        estimate = float(weights @ data.yi) / total
        return estimate, two_sided_p(estimate * math.sqrt(total))

    p_now = two_sided_p(observed * math.sqrt(float(w.sum())))
    if p_now >= alpha:
        return FailSafe("General", k, 0, p_now, observed, observed, None, alpha)
    number = _first(lambda n: with_null(n)[1] >= alpha)
    if number is not None and like_metafor:
        # A root search on steps ends at the side of the jump that lies nearer to alpha, and is then rounded up.
        number += abs(with_null(number)[1] - alpha) < abs(with_null(number - 1)[1] - alpha)
    after = None if number is None else with_null(number)[0]
    return FailSafe("General", k, number, p_now, observed, after, None, alpha)


def _first(reached: Callable[[int], bool]) -> int | None:
    """Smallest n at which a condition that stays true is true; None above ten million."""
    high = 1
    while not reached(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
