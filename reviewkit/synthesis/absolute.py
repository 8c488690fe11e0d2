"""Absolute effects: what a relative effect means for 1 000 people at a stated baseline risk.

Risk with and without the intervention, their difference and the number needed to treat (Cochrane Handbook,
sections 15.4.1 to 15.4.4). Ratios are on their natural scale here (0.8, not log 0.8), as a reader sees them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from reviewkit.errors import InputError

RiskMeasure = Literal["RR", "OR", "RD", "HR"]
RISK_MEASURES: tuple[RiskMeasure, ...] = get_args(RiskMeasure)
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class AbsoluteEffect:
    """One relative effect applied to one baseline risk. Triples are (estimate, at lower limit, at upper limit).

    Attributes
    ----------
    measure : {'RR', 'OR', 'RD', 'HR'}
        The relative effect's measure.
    relative : triple of float
        The effect as handed in, natural scale.
    baseline_risk : float
        Risk without the intervention, from 0 to 1, taken as known.
    risk_with : triple of float
        Risk with the intervention, from 0 to 1.
    event : {'bad', 'good'}
        Whether the outcome is one to avoid or to reach; decides between benefit and harm.
    capped : bool
        True where the product left [0, 1] and was cut there: the effect does not fit this baseline risk.
    """

    measure: RiskMeasure
    relative: Triple
    baseline_risk: float
    risk_with: Triple
    event: Literal["bad", "good"] = "bad"
    capped: bool = False
    level: float = 0.95

    @property
    def difference_per_1000(self) -> Triple:
        """Events more (positive) or fewer (negative) per 1 000 people with the intervention."""
        a, b, c = ((risk - self.baseline_risk) * 1000 for risk in self.risk_with)
        return a, b, c

    @property
    def nnt(self) -> Triple:
        """1 over the absolute value of each risk difference; infinite where the difference is 0."""
        a, b, c = (math.inf if d == 0 else 1000 / abs(d) for d in self.difference_per_1000)
        return a, b, c

    @property
    def rr_equivalent(self) -> Triple | None:
        """Risk ratio at this baseline risk; None where nobody has the event without the intervention."""
        if self.baseline_risk == 0:
            return None
        a, b, c = (risk / self.baseline_risk for risk in self.risk_with)
        return a, b, c

    @property
    def nnt_text(self) -> str:
        """NNT with its interval; through infinity where the interval includes no difference (Altman 1998)."""
        d, low, high = self.difference_per_1000
        if d == 0:
            return "no number needed to treat: the risks are equal"
        point = f"{self._side(d)} {self._nnt(d)}"
        if low * high > 0:
            near, far = sorted((low, high), key=abs, reverse=True)
            return f"{point} ({self._nnt(near)} to {self._nnt(far)})"
        benefit, harm = (low, high) if self.event == "bad" else (high, low)
        return f"{point} (NNTB {self._nnt(benefit)} through infinity to NNTH {self._nnt(harm)})"

    def _side(self, difference: float) -> str:
        return "NNTB" if (difference < 0) == (self.event == "bad") else "NNTH"

    @staticmethod
    def _nnt(difference: float) -> str:
        # Rounded up as the Handbook does; the margin forgives binary fractions.
        return "infinity" if difference == 0 else str(math.ceil(1000 / abs(difference) - 1e-9))

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; an infinite NNT is None."""
        nnt = [None if math.isinf(x) else x for x in self.nnt]
        return {
            **asdict(self),
            "difference_per_1000": list(self.difference_per_1000),
            "nnt": nnt,
            "nnt_text": self.nnt_text,
            "rr_equivalent": None if self.rr_equivalent is None else list(self.rr_equivalent),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        d, low, high = (_fewer(x) for x in self.difference_per_1000)
        cut = " Cut to what a risk can be: this effect does not fit this baseline risk." if self.capped else ""
        return (
            f"{1000 * self.baseline_risk:.3g} per 1 000 without and {1000 * self.risk_with[0]:.3g} with the "
            f"intervention: {d} ({100 * self.level:g}% CI {low} to {high}); {self.nnt_text}.{cut}"
        )


def absolute_effect(
    measure: RiskMeasure,
    estimate: float,
    ci: tuple[float, float],
    baseline_risk: float,
    *,
    event: Literal["bad", "good"] = "bad",
    level: float = 0.95,
) -> AbsoluteEffect:
    """Apply a pooled relative effect to a baseline risk.

    Parameters
    ----------
    measure : {'RR', 'OR', 'RD', 'HR'}
        HR: risk = 1 - (1 - baseline)^HR, at the time to which the baseline risk refers.
    estimate, ci : float, (float, float)
        Effect and its interval on the natural scale; ratios are above 0, differences within [-1, 1].
    baseline_risk : float
        Risk without the intervention, in [0, 1].
    event : {'bad', 'good'}
        Whether the outcome is to be avoided or reached.
    level : float
        Of the interval handed in; for the sentence only.

    Raises
    ------
    InputError
        For an unknown measure, an effect outside its range, an interval without its estimate, a risk outside [0, 1].

    References
    ----------
    Cochrane Handbook 15.4.4. Altman DG. Confidence intervals for the number needed to treat. BMJ 1998;317:1309-1312.
    doi:10.1136/bmj.317.7168.1309

    Examples
    --------
    >>> effect = absolute_effect("RR", 0.8, (0.6, 1.1), 0.1)
    >>> effect.nnt_text
    'NNTB 50 (NNTB 25 through infinity to NNTH 100)'
    """
    if measure not in RISK_MEASURES:
        raise InputError(f"measure = {measure!r}: must be one of {', '.join(RISK_MEASURES)}.", code="unknown-measure")
    if not 0 <= baseline_risk <= 1:
        raise InputError(
            f"baseline risk = {baseline_risk}: must lie between 0 and 1.",
            code="bad-risk",
            remedy="Give 120 per 1 000 as 0.12.",
        )
    relative = (float(estimate), float(ci[0]), float(ci[1]))
    _check_relative(measure, relative)
    raw = [_risk(measure, effect, baseline_risk) for effect in relative]
    a, b, c = (min(1.0, max(0.0, risk)) for risk in raw)
    capped = any(not 0 <= risk <= 1 for risk in raw)
    return AbsoluteEffect(measure, relative, float(baseline_risk), (a, b, c), event, capped, level)


def absolute_effects(
    measure: RiskMeasure,
    estimate: float,
    ci: tuple[float, float],
    baseline_risks: Sequence[float],
    *,
    event: Literal["bad", "good"] = "bad",
    level: float = 0.95,
) -> tuple[AbsoluteEffect, ...]:
    """`absolute_effect` over a range of baseline risks, such as people at low, moderate and high risk."""
    return tuple(absolute_effect(measure, estimate, ci, risk, event=event, level=level) for risk in baseline_risks)


def _check_relative(measure: RiskMeasure, relative: Triple) -> None:
    estimate, low, high = relative
    lower_bound, upper_bound = (-1.0, 1.0) if measure == "RD" else (0.0, math.inf)
    for name, value in (("estimate", estimate), ("lower limit", low), ("upper limit", high)):
        inside = lower_bound <= value <= upper_bound if measure == "RD" else 0 < value < math.inf
        if not inside:
            allowed = "lie between -1 and 1" if measure == "RD" else "be above 0 and finite"
            raise InputError(
                f"{measure} {name} = {value}: must {allowed}.",
                code="bad-effect",
                remedy="" if measure == "RD" else "Give the ratio itself, not its logarithm.",
            )
    if not low <= estimate <= high:
        raise InputError(f"{measure} = {estimate} lies outside its interval {low} to {high}.", code="bad-interval")


def _risk(measure: RiskMeasure, effect: float, baseline: float) -> float:
    if measure == "RR":
        return effect * baseline
    if measure == "OR":
        return effect * baseline / (1 - baseline + effect * baseline)
    if measure == "HR":
        return 1.0 if baseline == 1 else -math.expm1(effect * math.log1p(-baseline))
    return baseline + effect


def _fewer(difference: float) -> str:
    if difference == 0:
        return "no difference per 1 000"
    return f"{abs(difference):.3g} {'fewer' if difference < 0 else 'more'} per 1 000"
