"""The result of pooling counts: a common effect by Mantel-Haenszel or Peto, and what RevMan 5 made random of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from reviewkit.synthesis.counts import RATIO_MEASURES
from reviewkit.synthesis.distributions import chi2_sf, critical, two_sided_p
from reviewkit.synthesis.heterogeneity import weights_percent
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.pooled import MEASURE_NAMES, number
from reviewkit.synthesis.table_tests import ChiSquared

_TEST_NAMES = {
    "cmh": "No association (Cochran-Mantel-Haenszel)",
    "breslow_day": "One odds ratio for all studies (Breslow-Day)",
    "tarone": "One odds ratio for all studies (Tarone)",
    "rate_test": "No association (Mantel-Haenszel)",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """Estimate, standard error, unscaled weights of shape (k,) and the number of studies that add information."""

    estimate: float
    se: float
    weights: Array
    informative: int


@dataclass(frozen=True, slots=True)
class TablePool:
    """A pool of counts. Ratios as logarithms where ``scale`` is "log"; I² and weights in percent.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, statistic, p : float
        Pooled effect with Wald's interval and test; ``statistic`` and ``p`` are None where the error is zero.
    k, k_informative, k_effects : int
        Studies given; those that add to the estimate; those with an effect of their own, which Q is made of.
    q, q_df, q_p, i2, h2
        Cochran's Q about the pooled effect; I² in percent.
    tau2 : float or None
        Between-study variance by DerSimonian and Laird from this Q; None for a common effect.
    tests : mapping of str to ChiSquared
        'cmh', 'breslow_day' and 'tarone' for OR, 'rate_test' for IRR.
    yi, vi : array, shape (k,)
        The studies' own effects and variances, NaN where there is none.
    reason : str
        Why this method was taken, where it was chosen for the studies at hand.
    """

    measure: str
    method: str
    label: str
    model: str
    scale: str
    level: float
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float | None
    p: float | None
    q: float
    q_df: int
    q_p: float
    tau2: float | None
    k_informative: int
    weights: Array
    yi: Array
    vi: Array
    studies: tuple[str, ...]
    tests: Mapping[str, ChiSquared] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    reason: str = ""

    @property
    def k(self) -> int:
        """Studies given."""
        return len(self.studies)

    @property
    def k_effects(self) -> int:
        """Studies that have an effect of their own."""
        return int(np.isfinite(self.yi).sum())

    @property
    def i2(self) -> float | None:
        """I² from Q in percent; None for a single effect."""
        return None if self.q_df < 1 else 100.0 * max(0.0, 1.0 - self.q_df / self.q) if self.q > 0 else 0.0

    @property
    def h2(self) -> float | None:
        """Q over its degrees of freedom; None for a single effect."""
        return self.q / self.q_df if self.q_df else None

    @property
    def excluded(self) -> tuple[tuple[str, str], ...]:
        """Studies of no weight, with the reason."""
        why = "no events, or nothing but events, in both groups: no information"
        return tuple((name, why) for name, w in zip(self.studies, self.weights.tolist(), strict=True) if w == 0)

    def random_effects(self) -> TablePool:
        """Random effects by DerSimonian and Laird with the Q about this estimate: RevMan 5's 'M-H, Random'."""
        known = np.isfinite(self.yi) & np.isfinite(self.vi) & (self.vi > 0)
        w = np.where(known, 1.0 / np.where(known, self.vi, 1.0), 0.0)
        spare = float(w.sum()) - float(w @ w) / float(w.sum())
        tau2 = max(0.0, (self.q - self.q_df) / spare) if self.q_df > 0 and spare > 0 else 0.0
        weights = np.where(known, 1.0 / np.where(known, self.vi + tau2, 1.0), 0.0)
        estimate = float(weights @ np.where(known, self.yi, 0.0)) / float(weights.sum())
        return replace(
            self,
            **_wald(estimate, 1 / math.sqrt(float(weights.sum())), self.level),
            model="random",
            tau2=tau2,
            weights=weights_percent(weights),
            label=f"{self.label}; random effects by DerSimonian-Laird",
        )

    def explain(self) -> str:
        """Which choices were made, and why; one a line."""
        lines = (
            [f"{self.reason}.", f"{self.label}; Wald interval."] if self.reason else [f"{self.label}; Wald interval."]
        )
        lines.extend(
            f"{_TEST_NAMES[name]}: chi² {number(test.statistic)} on {test.df} df, p {test.p:.2g}."
            for name, test in self.tests.items()
        )
        return "\n".join([*lines, *(f"Note: {warning}" for warning in self.warnings)])

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None."""
        rows = zip(self.studies, self.yi.tolist(), self.vi.tolist(), self.weights.tolist(), strict=True)
        return {
            "measure": self.measure,
            "k": self.k,
            "model": self.model,
            "method": self.method,
            "tau2_method": None if self.tau2 is None else "DL",
            "ci_method": "normal",
            "scale": self.scale,
            "estimate": self.estimate,
            "se": self.se,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "p": self.p,
            **dict.fromkeys(("pi_low", "pi_high", "pi_method")),
            "tau2": self.tau2,
            **dict.fromkeys(("tau2_ci_low", "tau2_ci_high", "i2_tau2")),
            "i2_q": self.i2,
            "q": self.q,
            "q_df": self.q_df,
            "q_p": self.q_p,
            "h2": self.h2,
            "studies": [{"study": s, "yi": _finite(y), "vi": _finite(v), "weight": w} for s, y, v, w in rows],
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "coefficients": [],
            "subgroups": [],
            "tests": {
                name: {"statistic": test.statistic, "df": test.df, "p": test.p} for name, test in self.tests.items()
            },
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def shown(self, value: float) -> str:
        """A value on the scale that readers know."""
        return number(math.exp(value) if self.scale == "log" else value)

    def __str__(self) -> str:
        name = MEASURE_NAMES.get(self.measure, self.measure)
        interval = f"{100 * self.level:g}% CI {self.shown(self.ci_low)} to {self.shown(self.ci_high)}"
        spread = "" if self.i2 is None else f", I² {self.i2:.0f}% (from Q)"
        count = "1 study" if self.k == 1 else f"{self.k} studies"
        return f"{count}: {name} {self.shown(self.estimate)} ({interval}), {self.label}{spread}."


def assemble(
    summary: Summary,
    effects: tuple[Array, Array],
    names: tuple[str, ...],
    *,
    measure: str,
    level: float,
    method: str,
    label: str,
    tests: Mapping[str, ChiSquared],
) -> TablePool:
    """Put a common-effect summary and the studies' own effects together; Q is about the summary."""
    yi, vi = effects
    known = np.isfinite(yi) & np.isfinite(vi) & (vi > 0)
    q = float(((yi[known] - summary.estimate) ** 2 / vi[known]).sum())
    df = max(0, int(known.sum()) - 1)
    warnings = []
    if not summary.se > 0:
        warnings.append("No study has an event (or all have nothing else): a difference of 0 with an error of 0.")
    silent = int(np.sum(summary.weights == 0))
    if silent:
        warnings.append(f"{silent} of {len(names)} studies have no weight: no events, or nothing but events.")
    return TablePool(
        **_wald(summary.estimate, summary.se, level),
        measure=measure,
        method=method,
        label=label,
        model="common",
        scale="log" if measure in RATIO_MEASURES else "natural",
        level=level,
        q=q,
        q_df=df,
        q_p=float(chi2_sf(q, df)) if df else 1.0,
        tau2=None,
        k_informative=summary.informative,
        weights=weights_percent(summary.weights),
        yi=np.where(known, yi, np.nan),
        vi=np.where(known, vi, np.nan),
        studies=names,
        tests=dict(tests),
        warnings=tuple(warnings),
    )


def _wald(estimate: float, se: float, level: float) -> dict[str, Any]:
    half = critical(level) * se
    statistic = estimate / se if se > 0 else None
    return {
        "estimate": estimate,
        "se": se,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
        "statistic": statistic,
        "p": None if statistic is None else two_sided_p(statistic),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
