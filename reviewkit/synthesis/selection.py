"""A step-function selection model: the effect if studies with p above a step are less likely to be seen.

The three-parameter model has one step, at one-sided p = 0.025: effect, tau2, and the chance of a study beyond the step
to be seen against one that is significant (delta). A sensitivity analysis: delta rests on few studies, and other
forms of selection fit as well (Hedges and Vevea 1996; Carter et al. 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import chi2_sf, critical, normal_ppf, two_sided_p
from reviewkit.synthesis.inputs import Array, check_choice, check_level, check_studies
from reviewkit.synthesis.tau2 import estimate_tau2

Alternative = Literal["greater", "less", "two.sided"]
_LOG_DELTA_LIMIT = 12.0


@dataclass(frozen=True, slots=True)
class SelectionModel:
    """Effect adjusted for selection by p value.

    Attributes
    ----------
    k : int
        Studies.
    estimate, se, ci, p
        Adjusted effect, on the scale of ``yi``; ``se`` None where the likelihood is flat.
    tau2 : float
        Between-study variance of the studies done, seen or not.
    steps : tuple of float
        Upper ends of all p intervals but the last.
    delta : tuple of float
        For each interval after the first: how likely a study in it is seen, against the first.
    counts : tuple of int
        Studies in each interval, the first included.
    lrt, lrt_df, lrt_p
        Likelihood-ratio test against no selection (all delta 1).
    unadjusted, unadjusted_tau2 : float
        Maximum likelihood without selection.
    caution : str
        What to keep in mind.
    """

    k: int
    estimate: float
    se: float | None
    ci: tuple[float, float] | None
    p: float | None
    tau2: float
    steps: tuple[float, ...]
    delta: tuple[float, ...]
    counts: tuple[int, ...]
    lrt: float
    lrt_df: int
    lrt_p: float
    log_likelihood: float
    unadjusted: float
    unadjusted_tau2: float
    alternative: Alternative
    level: float
    caution: str

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        ci = "" if self.ci is None else f", {100 * self.level:g}% CI {self.ci[0]:.3g} to {self.ci[1]:.3g}"
        delta = ", ".join(f"{d:.2g}" for d in self.delta)
        caution = f" {self.caution}" if self.caution else ""
        return (
            f"Selection model, {self.k} studies: adjusted effect {self.estimate:.3g}{ci} (without selection "
            f"{self.unadjusted:.3g}); chance to be seen beyond p = {', '.join(f'{s:g}' for s in self.steps)}: {delta} "
            f"(test against no selection p = {self.lrt_p:.3f}).{caution}"
        )


class _Likelihood:
    """Negative log-likelihood and its gradient in (mean, tau2, log delta...)."""

    def __init__(self, yi: Array, vi: Array, steps: Sequence[float], alternative: Alternative) -> None:
        self.sign = -1.0 if alternative == "less" else 1.0
        self.y, self.v, self.two_sided = self.sign * yi, vi, alternative == "two.sided"
        share = [s / 2 if self.two_sided else s for s in steps]
        cuts = np.array([float(normal_ppf(1 - s)) for s in share])
        # Interval j lies between bounds j + 1 and j: the smallest p values are the largest effects.
        lowest = 0.0 if self.two_sided else -np.inf
        self.bounds = np.sqrt(vi)[:, None] * np.concatenate(([np.inf], cuts, [lowest]))
        position = np.abs(self.y) if self.two_sided else self.y
        self.interval = np.sum(position[:, None] < self.bounds[:, 1:-1], axis=1)
        self.counts = np.bincount(self.interval, minlength=len(share) + 1)

    def _mass(self, mean: float, s: Array) -> tuple[Array, Array, Array]:
        """Probability of each interval for each study, and its derivatives by mean and tau2."""
        mass, by_mean, by_tau2 = self._between(self.bounds, mean, s)
        if not self.two_sided:
            return mass, by_mean, by_tau2
        mirrored = self._between(-self.bounds, mean, s)
        return mass - mirrored[0], by_mean - mirrored[1], by_tau2 - mirrored[2]

    @staticmethod
    def _between(bounds: Array, mean: float, s: Array) -> tuple[Array, Array, Array]:
        u = (bounds - mean) / s[:, None]
        density = np.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)
        slope = np.where(np.isfinite(u), u, 0.0) * density / (2 * s[:, None] ** 2)
        cumulated, density = ndtr(u), density / s[:, None]
        return cumulated[:, :-1] - cumulated[:, 1:], density[:, 1:] - density[:, :-1], slope[:, 1:] - slope[:, :-1]

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        mean, tau2 = float(parameters[0]), float(parameters[1])
        log_delta = np.concatenate(([0.0], parameters[2:]))
        delta = np.exp(log_delta)
        variance = self.v + tau2
        residual = self.y - mean
        mass, by_mean, by_tau2 = self._mass(mean, np.sqrt(variance))
        seen = np.maximum(mass @ delta, 1e-300)
        density = -0.5 * np.log(2 * math.pi * variance) - residual**2 / (2 * variance)
        value = np.sum(log_delta[self.interval] + density - np.log(seen))
        gradient = [
            np.sum(residual / variance - (by_mean @ delta) / seen),
            np.sum(0.5 * (residual**2 / variance - 1) / variance - (by_tau2 @ delta) / seen),
            *(self.counts[1:] - np.sum(mass * delta / seen[:, None], axis=0)[1:]),
        ]
        return -float(value), -np.array(gradient)


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    alternative: Alternative = "greater",
    steps: Sequence[float] = (0.025,),
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> SelectionModel:
    """Fit effect, tau2 and the weights of p intervals by maximum likelihood.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, k at least 3.
    alternative : {'greater', 'less', 'two.sided'}
        Which results are favoured: positive, negative, or significant either way.
    steps : sequence of float
        P values (one-sided unless 'two.sided') where the chance to be seen changes, ascending, within (0, 1).
    level : float
        Of the interval.

    Raises
    ------
    InputError
        For bad data (study named), steps out of order, or an interval without a study: its weight cannot be known.

    References
    ----------
    Vevea JL, Hedges LV. Psychometrika 1995;60:419-435. doi:10.1007/BF02294384 Hedges LV. Stat Sci 1992;7:246-255.
    doi:10.1214/ss/1177011364 Carter EC et al. Adv Meth Pract Psychol Sci 2019;2:115-144.
    doi:10.1177/2515245919847196
    """
    check_choice("alternative", alternative, Alternative)
    check_level(level)
    cut = tuple(float(s) for s in steps)
    if not cut or any(not 0 < s < 1 for s in cut) or any(a >= b for a, b in pairwise(cut)):
        raise InputError(f"steps = {cut}: must be ascending p values within (0, 1).", code="bad-steps")
    data = check_studies(yi, vi, studies)
    k = int(data.yi.size)
    if k < 3:
        raise InputError(f"{k} studies: a selection model needs at least three.", code="too-few-studies")
    likelihood = _Likelihood(data.yi, data.vi, cut, alternative)
    if not likelihood.counts.all():
        raise InputError(
            f"studies in the p intervals: {likelihood.counts.tolist()}: each must hold at least one.",
            code="empty-interval",
            remedy="Choose other steps, or leave this analysis out.",
        )
    tau2 = estimate_tau2(data.yi, data.vi, method="ML").tau2
    w = 1 / (data.vi + tau2)
    mean = float(w @ data.yi / w.sum())
    plain = likelihood(np.array([likelihood.sign * mean, tau2, *np.zeros(len(cut))]))[0]
    best, least = _maximise(likelihood, likelihood.sign * mean, tau2)
    se = _standard_error(likelihood, best)
    estimate = likelihood.sign * float(best[0])
    lrt = max(0.0, 2 * (plain - least))
    half = None if se is None else critical(level) * se
    return SelectionModel(
        k=k,
        estimate=estimate,
        se=se,
        ci=None if half is None else (estimate - half, estimate + half),
        p=None if se is None else two_sided_p(estimate / se),
        tau2=float(best[1]),
        steps=cut,
        delta=tuple(np.exp(best[2:]).tolist()),
        counts=tuple(likelihood.counts.tolist()),
        lrt=lrt,
        lrt_df=len(cut),
        lrt_p=float(chi2_sf(lrt, len(cut))),
        log_likelihood=-least,
        unadjusted=mean,
        unadjusted_tau2=tau2,
        alternative=alternative,
        level=level,
        caution=_caution(likelihood.counts),
    )


def _maximise(likelihood: _Likelihood, mean: float, tau2: float) -> tuple[Array, float]:
    """Best of several starts: the likelihood may have more than one peak, one of them at tau2 = 0."""
    from scipy import optimize

    minimize: Any = optimize.minimize
    weights = len(likelihood.counts) - 1
    typical = float(np.median(likelihood.v))
    # In units of a typical study, so that the search sees mean, tau2 and weights alike.
    unit = np.array([math.sqrt(typical), typical, *np.ones(weights)])
    limits = np.array([np.inf, np.inf, *[_LOG_DELTA_LIMIT] * weights])
    bounds = optimize.Bounds(np.array([-np.inf, 0.0, *-limits[2:]]), limits)

    def objective(x: Array) -> tuple[float, Array]:
        value, gradient = likelihood(x * unit)
        return value, gradient * unit

    def search(start: Array, tolerance: float) -> Any:
        options = {"ftol": tolerance, "gtol": 1e-8, "maxiter": 500}
        return minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)

    starts = [
        np.array([mean, spread, *np.full(weights, log_delta)]) / unit
        for log_delta in (0.0, -2.0, 2.0)
        for spread in sorted({tau2, 0.0, tau2 + typical})
    ]
    rough = min((search(start, 1e-9) for start in starts), key=lambda fit: float(fit.fun))
    best = search(rough.x, 1e-15)
    return np.asarray(best.x * unit, dtype=float), float(best.fun)


def _standard_error(likelihood: _Likelihood, best: Array) -> float | None:
    """From the observed information; tau2 at its boundary is taken as known."""
    free = [i for i in range(best.size) if i != 1 or best[1] > 1e-10 * float(np.median(likelihood.v))]
    step = np.array([1e-4 * math.sqrt(float(np.median(likelihood.v))), 1e-4 * best[1], *np.full(best.size - 2, 1e-4)])
    rows = []
    for i in free:
        shift = np.zeros_like(best)
        shift[i] = step[i]
        rows.append((likelihood(best + shift)[1] - likelihood(best - shift)[1])[free] / (2 * step[i]))
    information = np.array(rows)
    information = (information + information.T) / 2
    if np.linalg.eigvalsh(information / np.outer(*[np.sqrt(np.abs(np.diag(information)))] * 2)).min() <= 1e-10:
        return None
    return math.sqrt(float(np.linalg.inv(information)[0, 0]))


def _caution(counts: NDArray[np.intp]) -> str:
    fewest = int(counts.min())
    if fewest < 4:
        return f"One p interval holds {fewest} {'study' if fewest == 1 else 'studies'}: its weight is a guess."
    return ""
