"""Trim and fill: how many studies would make the funnel symmetric, and what the pool would be with them.

A sensitivity analysis, never the answer: it assumes that asymmetry comes from studies missing at one side only, and
it fills in studies where there is other heterogeneity too (Cochrane Handbook 5.1, section 10.4.4.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import Array, Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import CiMethod, confidence_interval
from reviewkit.synthesis.line_fit import LineModel, fit_line, stopped_reml
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.pooling import Model, pool
from reviewkit.synthesis.tau2 import Tau2Method, estimate_tau2

FillEstimator = Literal["L0", "R0", "Q0"]
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class TrimAndFill:
    """Studies filled in and the pool with them.

    Attributes
    ----------
    side : {'left', 'right'}
        Where studies seem to be missing.
    estimator : {'L0', 'R0', 'Q0'}
        How their number was estimated.
    k0, k0_se : int, float or None
        How many, and the standard error before rounding (None where it is not defined).
    k0_p : float or None
        For 'R0': one-sided test that none is missing.
    filled_yi, filled_vi : array, shape (k0,)
        The studies filled in.
    observed, filled : Pooled
        Without and with them; the interval of ``filled`` treats them as data and is too narrow.
    converged : bool
        False where the number went round in a circle; the last one is given.
    """

    side: Side
    estimator: FillEstimator
    k0: int
    k0_se: float | None
    k0_p: float | None
    filled_yi: Array
    filled_vi: Array
    observed: Pooled
    filled: Pooled
    converged: bool = True

    @property
    def k(self) -> int:
        """Studies observed and filled in."""
        return self.filled.k

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {
            "side": self.side,
            "estimator": self.estimator,
            "k": self.k,
            "k0": self.k0,
            "k0_se": self.k0_se,
            "k0_p": self.k0_p,
            "converged": self.converged,
            "filled_yi": self.filled_yi.tolist(),
            "filled_vi": self.filled_vi.tolist(),
            "observed": self.observed.as_dict(),
            "filled": self.filled.as_dict(),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        circle = "" if self.converged else " The number did not settle: do not report it."
        if self.k0 == 0:
            return f"Trim and fill ({self.estimator}): no study seems to be missing on the {self.side}.{circle}"
        old, new = self.observed.estimate, self.filled.estimate
        if self.filled.scale == "log":
            old, new = math.exp(old), math.exp(new)
        studies = "study" if self.k0 == 1 else "studies"
        return (
            f"Trim and fill ({self.estimator}): {self.k0} {studies} filled in on the {self.side} would move the pool "
            f"from {old:.3g} to {new:.3g}; a sensitivity analysis, since asymmetry has other causes too.{circle}"
        )


def trimfill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    estimator: FillEstimator = "L0",
    side: Side | None = None,
    model: Model = "random",
    tau2: Tau2Method = "REML",
    ci: CiMethod = "normal",
    stop: float | None = None,
    level: float = 0.95,
    measure: str = "GEN",
    studies: Sequence[str] | None = None,
) -> TrimAndFill:
    """Estimate how many studies are missing on one side and pool with their mirror images.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, k at least 3.
    estimator : {'L0', 'R0', 'Q0'}
        Of the number missing; L0 is the steadiest, R0 resists a few outliers.
    side : {'left', 'right'}, optional
        Where they are missing. Without it the side away from which small studies lean, by the slope of the effects on
        their standard errors.
    model, tau2, ci, level, measure
        As in `pool`, for every pool made.
    stop : float, optional
        With tau2 'REML': stop each search when a step is below it, see `stopped_reml`; 1e-5 gives metafor's digits.

    Raises
    ------
    InputError
        For bad data (study named), fewer than three studies or an unknown option.

    References
    ----------
    Duval S, Tweedie R. JASA 2000;95:89-98. doi:10.1080/01621459.2000.10473905 and Biometrics 2000;56:455-463.
    doi:10.1111/j.0006-341X.2000.00455.x

    Examples
    --------
    >>> result = trimfill([0.1, 0.15, 0.2, 0.6, 0.9], [0.01, 0.01, 0.02, 0.1, 0.2], estimator="R0")
    >>> result.side, result.k0
    ('left', 1)
    """
    check_choice("estimator", estimator, FillEstimator)
    check_choice("model", model, Model)
    check_level(level)
    data = check_studies(yi, vi, studies)
    k = data.yi.size
    if k < 3:
        raise InputError(f"{k} studies: trim and fill needs at least three.", code="too-few-studies")
    if side is None:
        side = _side(data, model, tau2, stop)
    check_choice("side", side, Side)
    turn = -1.0 if side == "right" else 1.0
    order = np.argsort(turn * data.yi, kind="stable")
    y, v = turn * data.yi[order], data.vi[order]

    def spread(effects: Array, variances: Array) -> float:
        return _spread(Studies(effects, variances, ()), model, tau2, stop)

    k0, raw, centre, settled = _trim(y, v, estimator, spread)
    filled_yi = turn * (2 * centre - y[k - k0 :])
    filled_vi = v[k - k0 :]
    k0_se, k0_p = _precision(raw, k, estimator)

    def pooled(effects: Array, variances: Array, names: Sequence[str]) -> Pooled:
        return pool(
            effects,
            variances,
            studies=names,
            model=model,
            tau2=tau2,
            ci=ci,
            prediction="none",
            level=level,
            measure=measure,
        )

    observed = filled = pooled(data.yi, data.vi, data.names)
    if k0:
        names = (*data.names, *(f"filled in {i + 1}" for i in range(k0)))
        filled = pooled(np.append(data.yi, filled_yi), np.append(data.vi, filled_vi), names)
        if stop is not None:
            filled = _at(filled, spread(filled.yi, filled.vi), ci)
    return TrimAndFill(side, estimator, k0, k0_se, k0_p, filled_yi, filled_vi, observed, filled, settled)


def _side(data: Studies, model: Model, tau2: Tau2Method, stop: float | None) -> Side:
    if float(np.ptp(data.vi)) == 0:
        raise InputError(
            "all studies have the same variance, so the data do not tell the side.",
            code="constant-variance",
            remedy="Give side='left' or side='right'.",
        )
    heterogeneity: LineModel = "common" if model == "common" else "additive"
    line = fit_line(data, np.asarray(np.sqrt(data.vi)), model=heterogeneity, tau2=tau2, stop=_stop(tau2, stop))
    return "right" if line.slope < 0 else "left"


def _stop(tau2: Tau2Method, stop: float | None) -> float | None:
    return stop if tau2 == "REML" else None


def _spread(data: Studies, model: Model, tau2: Tau2Method, stop: float | None) -> float:
    if model == "common" or data.yi.size < 2:
        return 0.0
    if stop is not None and tau2 == "REML":
        return stopped_reml(data, np.ones((data.yi.size, 1)), stop)
    return estimate_tau2(data.yi, data.vi, method=tau2).tau2


def _at(pooled: Pooled, tau2: float, ci: CiMethod) -> Pooled:
    """The same pool at another tau2."""
    w = 1 / (pooled.vi + tau2)
    estimate, wald = float(w @ pooled.yi / w.sum()), 1 / math.sqrt(float(w.sum()))
    hk = float(w @ (pooled.yi - estimate) ** 2) / (pooled.k - 1)
    interval = confidence_interval(estimate, wald, hk, pooled.k, ci, pooled.level)
    typical = _typical_variance(pooled.vi)
    random = pooled.model == "random"
    return replace(
        pooled,
        estimate=estimate,
        se=interval.se,
        ci_low=interval.low,
        ci_high=interval.high,
        statistic=interval.statistic,
        df=interval.df,
        p=interval.p,
        tau2=tau2,
        i2_tau2=100 * tau2 / (tau2 + typical) if random else pooled.i2_tau2,
        h2=1 + tau2 / typical if random else pooled.h2,
        weights=100 * w / w.sum(),
        wald_se=wald,
        hk_scale=hk,
    )


def _typical_variance(vi: Array) -> float:
    """Higgins and Thompson's typical sampling variance."""
    w = 1 / vi
    return float((vi.size - 1) * w.sum() / (w.sum() ** 2 - w @ w))


def _trim(
    y: Array, v: Array, estimator: FillEstimator, spread: Callable[[Array, Array], float]
) -> tuple[int, float, float, bool]:
    """Number missing, the same before rounding, the centre without the outermost, and whether the number settled.

    ``y`` is in ascending order, and studies are missing on the left.
    """
    k, k0 = y.size, 0
    seen: set[int] = set()
    while True:
        w = 1 / (v[: k - k0] + spread(y[: k - k0], v[: k - k0]))
        centre = float(w @ y[: k - k0] / w.sum())
        raw = _missing(y - centre, estimator)
        new = min(max(0, round(raw)), k - 1)
        if new == k0 or k0 in seen:
            return k0, raw, centre, new == k0
        seen.add(k0)
        k0 = new


def _missing(centred: Array, estimator: FillEstimator) -> float:
    """Duval and Tweedie's estimators from the signed ranks of the distances to the centre."""
    k = centred.size
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
    below = ranks[centred < 0]
    if estimator == "R0":
        return float(k - below.max() - 1) if below.size else 0.0
    positive = float(ranks[centred > 0].sum())
    if estimator == "L0":
        return (4 * positive - k * (k + 1)) / (2 * k - 1)
    return k - 0.5 - math.sqrt(max(0.0, 2 * k**2 - 4 * positive + 0.25))


def _precision(raw: float, k: int, estimator: FillEstimator) -> tuple[float | None, float | None]:
    """Standard error of the number missing, and the test of R0."""
    if estimator == "R0":
        return math.sqrt(2 * max(0.0, raw) + 2), 0.5 ** (max(0, round(raw)) + 1)
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * raw**3
        + 27 * raw**2
        + 17 * raw
        - 18 * k * raw**2
        - 18 * k * raw
        + 6 * k**2 * raw
    ) / 24
    if variance < 0:
        return None, None
    if estimator == "L0":
        return 4 * math.sqrt(variance) / (2 * k - 1), None
    inside = (k - 0.5) ** 2 - raw * (2 * k - raw - 1)
    return (2 * math.sqrt(variance) / math.sqrt(inside) if inside > 0 else None), None
