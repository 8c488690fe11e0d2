"""A weighted straight line through the studies, as the tests of small-study effects need it.

Heterogeneity about the line may be 'multiplicative' (Egger's: weights 1/vi, errors scaled by the residual spread, t
with k - 2), 'additive' (mixed effects: weights 1/(vi + tau2)) or left out ('common': weights 1/vi as they are).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import critical, two_sided_p
from reviewkit.synthesis.inputs import Array, Studies, check_choice
from reviewkit.synthesis.intervals import CiMethod
from reviewkit.synthesis.tau2 import Tau2Method, estimate_tau2

LineModel = Literal["multiplicative", "additive", "common"]


@dataclass(frozen=True, slots=True)
class Line:
    """Intercept and slope with standard errors. ``df`` is None for the normal; ``tau2`` for 'multiplicative'."""

    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    df: int | None
    tau2: float | None
    level: float

    def interval(self) -> tuple[float, float]:
        """Interval of the intercept."""
        half = critical(self.level, math.inf if self.df is None else self.df) * self.intercept_se
        return self.intercept - half, self.intercept + half

    def p_of(self, estimate: float, se: float) -> float:
        """Two-sided p value of a coefficient of this line."""
        return two_sided_p(estimate / se, math.inf if self.df is None else self.df)


def fit_line(
    data: Studies,
    predictor: Array,
    *,
    model: LineModel = "multiplicative",
    tau2: Tau2Method = "REML",
    ci: CiMethod = "normal",
    stop: float | None = None,
    level: float = 0.95,
) -> Line:
    """Regress the effects on one predictor, shape (k,).

    ``tau2`` (the estimator) and ``stop`` (see `stopped_reml`) belong to 'additive', ``ci`` to it and 'common'.

    Raises
    ------
    InputError
        For fewer than three studies, a predictor that is the same in every study, or effects without any spread.
    """
    check_choice("model", model, LineModel)
    check_choice("ci", ci, CiMethod)
    y, v, k = data.yi, data.vi, data.yi.size
    if k < 3:
        raise InputError(f"{k} studies: a line with its error needs at least three.", code="too-few-studies")
    _check_varies(predictor)
    if model == "multiplicative":
        return _least_squares(y, 1.0 / v, predictor, tau2=None, ci="multiplicative", level=level)
    variance = 0.0
    if model == "additive":
        # Standardised, since sample sizes up to 1e5 beside an intercept look rank-deficient.
        design = np.column_stack([np.ones(k), (predictor - predictor.mean()) / predictor.std()])
        if stop is not None:
            variance = stopped_reml(data, design, stop)
        else:
            variance = estimate_tau2(y, v, method=tau2, design=design).tau2
    return _least_squares(y, 1.0 / (v + variance), predictor, tau2=variance, ci=ci, level=level)


def stopped_reml(data: Studies, design: Array, stop: float) -> float:
    """Fisher scoring for REML from Hedges' estimate until a step is at most ``stop``: not the maximum itself.

    It serves to reproduce what software prints that stops early (Viechtbauer 2005, doi:10.3102/10769986030003261).
    """
    tau2 = estimate_tau2(data.yi, data.vi, method="HE", design=design).tau2
    for _ in range(100):
        w = 1 / (data.vi + tau2)
        root = np.sqrt(w)
        q = np.linalg.qr(design * root[:, None])[0]
        projection = np.diag(w) - (q @ q.T) * np.outer(root, root)
        py = projection @ data.yi
        step = (float(py @ py) - float(np.trace(projection))) / float(np.sum(projection**2))
        while tau2 + step < 0:
            step /= 2
        tau2 += step
        if abs(step) <= stop:
            break
    return tau2


def weighted_line(y: Array, weights: Array, predictor: Array, *, level: float = 0.95) -> Line:
    """The line by weighted least squares with multiplicative dispersion, for weights that are no variances."""
    _check_varies(predictor)
    return _least_squares(y, weights, predictor, tau2=None, ci="multiplicative", level=level)


def _check_varies(predictor: Array) -> None:
    if float(predictor.std()) <= 1e-12 * max(1e-300, float(np.abs(predictor).max())):
        raise InputError(
            "the predictor is the same in every study, so no line can be drawn.",
            code="constant-predictor",
            remedy="All studies have the same precision or size: asymmetry cannot be tested.",
        )


def _least_squares(y: Array, w: Array, x: Array, *, tau2: float | None, ci: str, level: float) -> Line:
    total = float(w.sum())
    x_mean, y_mean = float(w @ x) / total, float(w @ y) / total
    sxx = float(w @ (x - x_mean) ** 2)
    slope = float(w @ ((x - x_mean) * (y - y_mean))) / sxx
    residual = (y - y_mean) - slope * (x - x_mean)
    dispersion = float(w @ residual**2) / (y.size - 2)
    if ci in ("multiplicative", "hk") and dispersion == 0:
        raise InputError(
            "every study lies exactly on one line, so its error cannot be told from their spread.",
            code="no-spread",
        )
    scale = {"multiplicative": dispersion, "hk": dispersion, "hk-adhoc": max(1.0, dispersion)}.get(ci, 1.0)
    return Line(
        intercept=y_mean - slope * x_mean,
        intercept_se=math.sqrt(scale * (1 / total + x_mean**2 / sxx)),
        slope=slope,
        slope_se=math.sqrt(scale / sxx),
        df=None if ci == "normal" else y.size - 2,
        tau2=tau2,
        level=level,
    )
