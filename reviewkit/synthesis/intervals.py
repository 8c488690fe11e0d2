"""Confidence intervals of the pooled effect, and prediction intervals under each published convention by name.

References
----------
Hartung J, Knapp G. Stat Med 2001;20:3875-3889. doi:10.1002/sim.1009
Sidik K, Jonkman JN. Stat Med 2002;21:3153-3159. doi:10.1002/sim.1262
Knapp G, Hartung J. Stat Med 2003;22:2693-2710. doi:10.1002/sim.1482 (the ad hoc floor)
Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-159. doi:10.1111/j.1467-985X.2008.00552.x
Partlett C, Riley RD. Stat Med 2017;36:301-317. doi:10.1002/sim.7140 (prediction with the Hartung-Knapp error)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from reviewkit.synthesis.distributions import critical, two_sided_p

CiMethod = Literal["normal", "t", "hk", "hk-adhoc"]
CI_NAMES: dict[str, str] = {
    "normal": "Wald interval with the normal distribution",
    "t": "Wald error with t on k − 1 degrees of freedom",
    "hk": "Hartung-Knapp-Sidik-Jonkman interval",
    "hk-adhoc": "Hartung-Knapp-Sidik-Jonkman interval, never with a smaller error than Wald's",
}

PredictionMethod = Literal[
    "none", "metafor", "normal", "k-1", "k-2", "normal-wald", "k-1-wald", "k-2-wald", "k-1-hk", "k-2-hk"
]
PREDICTION_NAMES: dict[str, str] = {
    "none": "no prediction interval",
    "metafor": "the distribution and error of the confidence interval (metafor's default)",
    "normal": "normal, with the error of the confidence interval",
    "k-1": "t on k − 1 degrees of freedom, with the error of the confidence interval",
    "k-2": "t on k − 2 degrees of freedom, with the error of the confidence interval",
    "normal-wald": "normal, with Wald's error (Skipka)",
    "k-1-wald": "t on k − 1 degrees of freedom, with Wald's error (Veroniki; R meta's default)",
    "k-2-wald": "t on k − 2 degrees of freedom, with Wald's error (Higgins, Thompson and Spiegelhalter)",
    "k-1-hk": "t on k − 1 degrees of freedom, with the Hartung-Knapp error",
    "k-2-hk": "t on k − 2 degrees of freedom, with the Hartung-Knapp error (Partlett and Riley)",
}
MIN_PREDICTION = 3
"""Studies below which no prediction interval is given."""
FEW_FOR_PREDICTION = 5
"""Studies below which a prediction interval is given with a warning."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval with its standard error, test statistic, degrees of freedom (inf: normal) and p value."""

    low: float
    high: float
    se: float
    statistic: float
    df: float
    p: float
    method: str

    @property
    def width(self) -> float:
        """Upper minus lower bound."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction interval: where the true effect of a new study like these would lie."""

    low: float
    high: float
    se: float
    df: float
    method: str


def confidence_interval(
    estimate: float, wald_se: float, hk_scale: float, k: int, method: str, level: float
) -> Interval:
    """The interval of a pooled estimate.

    Parameters
    ----------
    estimate, wald_se : float
        The pooled effect and 1/sqrt(sum of weights).
    hk_scale : float
        Hartung and Knapp's factor s²w = sum of w(y − estimate)² / (k − 1), above or below 1.
    k : int
        Studies; with one, every method is the normal one.
    method : {'normal', 't', 'hk', 'hk-adhoc'}
    level : float
    """
    if k < 2:
        method = "normal"
    df = math.inf if method == "normal" else float(k - 1)
    se = wald_se
    if method == "hk":
        se *= math.sqrt(hk_scale)
    elif method == "hk-adhoc":
        se *= math.sqrt(max(1.0, hk_scale))
    half = critical(level, df) * se
    statistic = estimate / se if se > 0 else math.copysign(math.inf, estimate) if estimate else math.nan
    return Interval(estimate - half, estimate + half, se, statistic, df, two_sided_p(statistic, df), method)


def prediction_interval(
    estimate: float, tau2: float, errors: tuple[float, float, float], k: int, method: str, level: float
) -> Prediction:
    """A prediction interval by name, whatever the number of studies; degrees of freedom are 1 at least.

    Parameters
    ----------
    estimate, tau2 : float
    errors : tuple of float
        Standard errors of the estimate: that of the confidence interval, Wald's, and Hartung-Knapp's.
    k : int
    method : str
        A name of ``PREDICTION_NAMES`` other than "none" and "metafor".
    level : float
    """
    base, _, error = method.partition("-wald") if method.endswith("-wald") else method.partition("-hk")
    se = errors[0]
    if error or base != method:
        se = errors[1] if method.endswith("-wald") else errors[2]
    df = math.inf if base == "normal" else float(max(1, k - int(base[-1])))
    spread = math.sqrt(tau2 + se * se)
    half = critical(level, df) * spread
    return Prediction(estimate - half, estimate + half, spread, df, method)


def prediction_name(method: str, ci_df: float) -> str:
    """The convention that 'metafor' stands for under a confidence interval with ``ci_df`` degrees of freedom."""
    if method != "metafor":
        return method
    return "normal" if math.isinf(ci_df) else "k-1"
