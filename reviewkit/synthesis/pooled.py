"""The result of a pool: frozen numbers that print as one sentence and serialise to JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewkit.synthesis.heterogeneity import Tau2Interval, i2_q_interval, profile_tau2_interval
from reviewkit.synthesis.inputs import Array, check_choice
from reviewkit.synthesis.intervals import (
    Interval,
    Prediction,
    PredictionMethod,
    confidence_interval,
    prediction_interval,
    prediction_name,
)
from reviewkit.synthesis.likelihood import Profile

if TYPE_CHECKING:
    from reviewkit.synthesis.ledger import Difference

MEASURE_NAMES: dict[str, str] = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "PETO": "Peto odds ratio",
    "RD": "risk difference",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "ROM": "ratio of means",
    "HR": "hazard ratio",
    "IRR": "rate ratio",
    "IRD": "rate difference",
    "COR": "correlation",
    "ZCOR": "Fisher's z",
}


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate. On the log scale where ``scale`` is "log"; I² and weights in percent.

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
    wald_se, hk_scale : float
        Wald's standard error, and Hartung and Knapp's s²w: below 1 their error is smaller than Wald's.
    converged : bool
        False where the search for tau² gave up; the warnings then say so.
    tau2_maxima : tuple of float
        All local maxima of the likelihood (REML and ML).
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
    weights: Array = field(compare=False)
    yi: Array = field(compare=False)
    vi: Array = field(compare=False)
    studies: tuple[str, ...]
    model: str
    tau2_method: str
    ci_method: str
    wald_se: float
    hk_scale: float
    level: float
    measure: str
    scale: str
    preset: str
    warnings: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    converged: bool
    tau2_maxima: tuple[float, ...]

    @property
    def k(self) -> int:
        """Studies pooled."""
        return len(self.studies)

    @property
    def tau(self) -> float:
        """Between-study standard deviation."""
        return math.sqrt(self.tau2)

    @property
    def tau2_ci_low(self) -> float | None:
        """Lower bound of tau² by Q-profile; None under a common effect or with one study."""
        interval = self.tau2_interval()
        return None if interval is None else interval.tau2[0]

    @property
    def tau2_ci_high(self) -> float | None:
        """Upper bound of tau² by Q-profile; None under a common effect or with one study."""
        interval = self.tau2_interval()
        return None if interval is None else interval.tau2[1]

    @property
    def i2_q_interval(self) -> tuple[float, float] | None:
        """Higgins and Thompson's interval of the Q-based I², in percent; None where it is not defined."""
        return i2_q_interval(self.q, self.k, self.level)

    def tau2_interval(self, kind: str = "q-profile") -> Tau2Interval | None:
        """Interval of tau² by 'q-profile' or 'profile-likelihood'; None where there is nothing to estimate."""
        check_choice("kind", kind, ("q-profile", "profile-likelihood"))
        if self.model == "common" or self.k < 2:
            return None
        return profile_tau2_interval(Profile(self.yi, self.vi), kind, self.tau2_method != "ML", self.level)

    def confidence(self, method: str) -> Interval:
        """The same estimate with another interval: 'normal', 't', 'hk' or 'hk-adhoc'."""
        return confidence_interval(self.estimate, self.wald_se, self.hk_scale, self.k, method, self.level)

    def prediction(self, method: PredictionMethod) -> Prediction:
        """The prediction interval under any convention, however few the studies; see `PREDICTION_NAMES`."""
        check_choice("prediction", method, PredictionMethod)
        errors = (self.se, self.wald_se, self.wald_se * math.sqrt(self.hk_scale))
        name = prediction_name(method, self.df)
        return prediction_interval(self.estimate, self.tau2, errors, self.k, name, self.level)

    def explain(self) -> str:
        """Which choices were made, why, and where each comes from."""
        from reviewkit.synthesis.ledger import explain

        return explain(self)

    def differences(self) -> tuple[Difference, ...]:
        """What every other preset would print, and because of which convention."""
        from reviewkit.synthesis.ledger import differences

        return differences(self)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None."""
        random = self.model == "random" and self.k > 1
        interval = self.tau2_interval()
        numbers: dict[str, object] = {
            name: _finite(getattr(self, name)) for name in ("estimate", "se", "ci_low", "ci_high", "p")
        }
        numbers |= {"pi_low": self.pi_low, "pi_high": self.pi_high, "pi_method": self.pi_method}
        numbers |= {
            "tau2": self.tau2 if random else None,
            "tau2_ci_low": None if interval is None else interval.tau2[0],
            "tau2_ci_high": None if interval is None else interval.tau2[1],
            "i2_tau2": self.i2_tau2 if random else None,
            "i2_q": self.i2_q if self.k > 1 else None,
            "q": self.q,
            "q_df": self.q_df,
            "q_p": self.q_p,
            "h2": self.h2 if self.k > 1 else None,
        }
        rows = zip(self.studies, self.yi.tolist(), self.vi.tolist(), self.weights.tolist(), strict=True)
        return {
            "measure": self.measure,
            "k": self.k,
            "model": self.model,
            "tau2_method": self.tau2_method or None,
            "ci_method": self.ci_method,
            "scale": self.scale,
            **numbers,
            "studies": [{"study": study, "yi": yi, "vi": vi, "weight": w} for study, yi, vi, w in rows],
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "coefficients": [],
            "subgroups": [],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        name = MEASURE_NAMES.get(self.measure.upper(), "ratio" if self.scale == "log" else "estimate")
        effect = f"{name} {self.shown(self.estimate)} ({self._between(self.ci_low, self.ci_high, 'CI')})"
        if self.k == 1:
            return f"1 study, so no pool; {self.studies[0]}: {effect}."
        if self.model == "common":
            return f"{self.k} studies: {effect}, common effect, I² {self.i2_q:.0f}% (from Q)."
        log = " (log scale)" if self.scale == "log" else ""
        text = f"{self.k} studies: {effect}, random effects, tau² {number(self.tau2)}{log}, I² {self.i2_tau2:.0f}%"
        if self.pi_low is None or self.pi_high is None:
            return f"{text}."
        return f"{text}; {self._between(self.pi_low, self.pi_high, 'prediction interval')}."

    def shown(self, value: float) -> str:
        """A value on the scale that readers know: ratios back from the log scale."""
        return number(math.exp(value) if self.scale == "log" else value)

    def _between(self, low: float, high: float, what: str) -> str:
        return f"{100 * self.level:g}% {what} {self.shown(low)} to {self.shown(high)}"


def number(value: float) -> str:
    """Two decimals, or two significant digits below 0.1.

    >>> number(12.345), number(0.0123), number(0.0)
    ('12.35', '0.012', '0.00')
    """
    return f"{value:.2f}" if value == 0 or abs(value) >= 0.0995 else f"{value:.2g}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
