"""The result of a model of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reviewkit.synthesis.count_heterogeneity import Heterogeneity
from reviewkit.synthesis.distributions import critical, two_sided_p
from reviewkit.synthesis.pooled import MEASURE_NAMES, number


@dataclass(frozen=True, slots=True)
class CountModel:
    """A pooled log odds, log odds ratio or log rate ratio from a model of counts, with Wald's interval.

    ``tau2`` is the between-study variance of the effect, None where the model has none; ``correlation`` that of two
    people in one arm (beta-binomial); ``heterogeneity`` holds its Wald and likelihood-ratio tests where the
    model has them; ``informative`` names the studies that entered.
    """

    measure: str
    model: str
    label: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float
    p: float
    tau2: float | None
    level: float
    converged: bool
    studies: tuple[str, ...]
    informative: tuple[str, ...]
    heterogeneity: Heterogeneity | None
    warnings: tuple[str, ...]
    correlation: float | None = None

    @property
    def k(self) -> int:
        """Studies that entered the model."""
        return len(self.informative)

    @property
    def excluded(self) -> tuple[tuple[str, str], ...]:
        """Studies left out, with the reason."""
        inside = set(self.informative)
        why = "no events, or nothing but events, in both groups: no information on the ratio"
        return tuple((name, why) for name in self.studies if name not in inside)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None."""
        spread = self.heterogeneity
        return {
            "measure": self.measure,
            "k": self.k,
            "model": "random",
            "method": self.model,
            "tau2_method": None if self.tau2 is None else "ML",
            "ci_method": "normal",
            "scale": "log",
            "estimate": self.estimate,
            "se": self.se if math.isfinite(self.se) else None,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "p": self.p,
            **dict.fromkeys(("pi_low", "pi_high", "pi_method")),
            "tau2": self.tau2,
            "correlation": self.correlation,
            **dict.fromkeys(("tau2_ci_low", "tau2_ci_high", "i2_tau2", "i2_q")),
            "q": None if spread is None else spread.lrt,
            "q_df": None if spread is None else spread.df,
            "q_p": None if spread is None else spread.lrt_p,
            "h2": None,
            "studies": [{"study": name, "yi": None, "vi": None, "weight": None} for name in self.informative],
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "coefficients": [],
            "subgroups": [],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def shown(self, value: float) -> str:
        """A value on the scale that readers know."""
        return number(1.0 / (1.0 + math.exp(-value)) if self.measure == "PLO" else math.exp(value))

    def __str__(self) -> str:
        name = {"PLO": "proportion"}.get(self.measure, MEASURE_NAMES.get(self.measure, self.measure))
        interval = f"{100 * self.level:g}% CI {self.shown(self.ci_low)} to {self.shown(self.ci_high)}"
        count = "1 study" if self.k == 1 else f"{self.k} studies"
        scale = "logit" if self.measure == "PLO" else "log"
        tail = self.label if self.tau2 is None else f"{self.label}, tau² {number(self.tau2)} ({scale} scale)"
        return f"{count}: {name} {self.shown(self.estimate)} ({interval}), {tail}."


def assemble_counts(
    numbers: tuple[float, float, float | None, bool],
    studies: tuple[str, ...],
    informative: tuple[str, ...],
    *,
    measure: str,
    model: str,
    label: str,
    level: float,
    heterogeneity: Heterogeneity | None = None,
    correlation: float | None = None,
) -> CountModel:
    """Interval, test and warnings around (estimate, standard error, tau, converged)."""
    estimate, se, tau, converged = numbers
    half = critical(level) * se
    warnings = [] if converged else ["The search did not converge: do not report this fit."]
    if len(informative) == 1:
        warnings.append("One study: its heterogeneity cannot be estimated and was taken as 0.")
    out = len(studies) - len(informative)
    if out:
        warnings.append(f"{out} of {len(studies)} studies left out: no events, or nothing but events.")
    return CountModel(
        measure=measure,
        model=model,
        label=label,
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        statistic=estimate / se,
        p=two_sided_p(estimate / se),
        tau2=None if tau is None else tau * tau,
        level=level,
        converged=converged,
        studies=studies,
        informative=informative,
        heterogeneity=heterogeneity,
        warnings=tuple(warnings),
        correlation=correlation,
    )
