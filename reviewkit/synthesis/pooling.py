"""One pooled estimate from effects and variances: the call that everything else stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.heterogeneity import (
    Tau2Interval,
    i2_q_interval,
    profile_tau2_interval,
    q_test,
    weights_percent,
)
from reviewkit.synthesis.inputs import Array, Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import (
    MIN_PREDICTION,
    CiMethod,
    Interval,
    Prediction,
    PredictionMethod,
    confidence_interval,
    prediction_interval,
)
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.tau2 import Tau2Estimate, Tau2Method, profile_tau2

Model = Literal["random", "common"]
Scale = Literal["natural", "log"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate. On the log scale where ``scale`` is "log"; I² in percent, weights in percent.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, statistic, df, p : float
        The pooled effect, its standard error, interval and test against zero; ``df`` is infinite for the normal.
    tau2, tau2_se : float
        Between-study variance (0 under a common effect) and its standard error.
    i2_tau2, i2_q : float
        I² from tau² and from Q, each from 0 to 100; see `reviewkit.synthesis.heterogeneity`.
    h2 : float
        (tau² + typical variance) / typical variance; Q/(k − 1) under a common effect.
    q, q_df, q_p : float
        Cochran's Q test.
    pi_low, pi_high : float or None
        Prediction interval by ``pi_method``; None under a common effect or below three studies.
    weights : array, shape (k,)
        In percent.
    hk_scale : float
        Hartung and Knapp's s²w; below 1 their error is smaller than Wald's.
    converged : bool
        False where the search for tau² gave up; the warnings then say so.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float
    df: float
    p: float
    tau2: float
    tau2_se: float | None
    i2_tau2: float
    i2_q: float
    h2: float
    q: float
    q_df: int
    q_p: float
    pi_low: float | None
    pi_high: float | None
    pi_method: str
    weights: Array
    yi: Array
    vi: Array
    studies: tuple[str, ...]
    model: str
    tau2_method: str
    ci_method: str
    hk_scale: float
    level: float = 0.95
    measure: str = "GEN"
    scale: str = "natural"
    warnings: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    converged: bool = True
    tau2_maxima: tuple[float, ...] = ()

    @property
    def k(self) -> int:
        """Studies pooled."""
        return len(self.studies)


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    studies: Sequence[str] | None = None,
    model: Model = "random",
    tau2: Tau2Method | None = None,
    ci: CiMethod | None = None,
    prediction: PredictionMethod | None = None,
    level: float = 0.95,
    measure: str = "GEN",
    scale: Scale = "natural",
    missing: str = "error",
) -> Pooled:
    """Pool effects by inverse variance."""
    check_choice("model", model, Model)
    check_level(level)
    data = check_studies(yi, vi, studies, missing=missing)
    if data.yi.size == 0:
        raise InputError("no study: there is nothing to pool.", code="no-study")
    profile = Profile(data.yi, data.vi)
    method = tau2 or "REML"
    ci_method = ci or "hk"
    between = Tau2Estimate(0.0, None, "") if model == "common" else profile_tau2(profile, method)
    w, e, inverse = profile.fit(between.tau2)
    k = data.yi.size
    estimate = float(data.yi[0] - e[0])
    wald = math.sqrt(float(inverse[0, 0]))
    hk_scale = float(e @ (w * e)) / (k - 1) if k > 1 else 1.0
    interval = confidence_interval(estimate, wald, hk_scale, k, ci_method, level)
    test = q_test(profile)
    typical = test.typical_variance
    i2 = 100.0 * between.tau2 / (between.tau2 + typical) if typical else 0.0
    pi = None
    if model == "random" and k >= MIN_PREDICTION:
        pi = prediction_interval(estimate, between.tau2, (interval.se, wald, wald * math.sqrt(hk_scale)), k, prediction or "k-1", level)
    return Pooled(
        estimate, interval.se, interval.low, interval.high, interval.statistic, interval.df, interval.p,
        between.tau2, between.se, i2, test.i2, (1 + between.tau2 / typical if model == "random" else test.h2) if typical else 1.0,
        test.q, test.df, test.p, pi.low if pi else None, pi.high if pi else None, prediction or "k-1",
        weights_percent(w), data.yi, data.vi, data.names, model, method if model == "random" else "", interval.method, hk_scale,
        level, measure, scale, (), data.excluded, between.converged, between.maxima)
