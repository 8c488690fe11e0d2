"""A standardised mean difference in words that a reader can use, and how many true effects matter.

Cochrane Handbook, section 15.5.3: as points on a named instrument, as a risk, as a share beyond what matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, ndtri

from reviewkit.errors import InputError
from reviewkit.synthesis.absolute import AbsoluteEffect, Triple, absolute_effect

SMD_TO_LOG_OR = math.pi / math.sqrt(3)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A scale that readers know.

    Attributes
    ----------
    name : str
        Such as 'Hamilton Depression Rating Scale (0 to 52)'.
    sd : float
        Its standard deviation among people like those of the review; the source belongs in the report.
    mid : float, optional
        Minimal important difference in points, above 0.
    source : str
        Where sd (and mid) come from.
    """

    name: str
    sd: float
    mid: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for label, value in (("sd", self.sd), ("mid", self.mid)):
            if value is not None and not (value > 0 and math.isfinite(value)):
                raise InputError(f"instrument {self.name}: {label} = {value}: must be above 0.", code="bad-instrument")


@dataclass(frozen=True, slots=True)
class InstrumentEffect:
    """An SMD as points on an instrument; ``smd`` and ``md`` are (estimate, lower, upper)."""

    instrument: Instrument
    smd: Triple
    md: Triple
    level: float = 0.95

    @property
    def mids(self) -> Triple | None:
        """The effect in minimal important differences; None where the instrument states none."""
        if self.instrument.mid is None:
            return None
        a, b, c = (x / self.instrument.mid for x in self.md)
        return a, b, c

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        mids = None if self.mids is None else list(self.mids)
        return {**asdict(self), "mids": mids, "sentence": str(self)}

    def __str__(self) -> str:
        md, low, high = self.md
        size = ""
        if self.mids is not None:
            size = f"; the minimal important difference is {self.instrument.mid:g}, so this is {self.mids[0]:.2g} of it"
        return (
            f"{md:.3g} points on {self.instrument.name} ({100 * self.level:g}% CI {low:.3g} to {high:.3g}; "
            f"SMD {self.smd[0]:.2f} times an SD of {self.instrument.sd:g}){size}."
        )


def smd_on_instrument(
    smd: float, ci: tuple[float, float], instrument: Instrument, *, level: float = 0.95
) -> InstrumentEffect:
    """Points on a named instrument: SMD times its standard deviation (Handbook 15.5.3.2).

    Raises
    ------
    InputError
        For an SMD or limit that is not finite, or an interval without its estimate.

    Examples
    --------
    >>> smd_on_instrument(-0.5, (-0.7, -0.3), Instrument("HRSD", sd=8.0)).md
    (-4.0, -5.6, -2.4)
    """
    a, b, c = triple = _triple(smd, ci)
    sd = instrument.sd
    return InstrumentEffect(instrument, triple, (a * sd, b * sd, c * sd), level)


def smd_to_risk(
    smd: float,
    ci: tuple[float, float],
    baseline_risk: float,
    *,
    event: Literal["bad", "good"] = "bad",
    level: float = 0.95,
) -> AbsoluteEffect:
    """Risk of an event that a higher score makes likelier, through OR = exp(pi / sqrt(3) * SMD).

    Parameters
    ----------
    smd, ci : float, (float, float)
        Positive where the intervention makes the event likelier; turn the sign first where a low score is the event.
    baseline_risk : float
        Risk of the event without the intervention, in [0, 1].
    event, level
        As in `absolute_effect`.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127-3131. doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
    Cochrane Handbook 15.5.3.3.
    """
    a, b, c = (math.exp(SMD_TO_LOG_OR * x) for x in _triple(smd, ci))
    return absolute_effect("OR", a, (b, c), baseline_risk, event=event, level=level)


@dataclass(frozen=True, slots=True)
class ShareBeyond:
    """Share of true effects beyond a threshold, from 0 to 1, with its interval where one can be had.

    ``method`` is 'normal' (true effects normal about the pooled one) or 'calibrated' (each study's own, shrunk).
    """

    share: float
    threshold: float
    side: Literal["above", "below"]
    method: Literal["normal", "calibrated"]
    ci: tuple[float, float] | None = None
    caution: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        ci = f" (95% CI {100 * self.ci[0]:.0f}% to {100 * self.ci[1]:.0f}%)" if self.ci is not None else ""
        caution = f" {self.caution}" if self.caution else ""
        return f"{100 * self.share:.0f}%{ci} of true effects lie {self.side} {self.threshold:g}.{caution}"


def share_beyond(
    estimate: float,
    tau2: float,
    threshold: float,
    *,
    side: Literal["above", "below"] = "above",
    se: float | None = None,
    se_tau2: float | None = None,
) -> ShareBeyond:
    """Share of true effects beyond a threshold, such as the minimal important difference, if they are normal.

    Parameters
    ----------
    estimate, tau2 : float
        Mean and variance of the true effects (pooled estimate and tau2 of a random-effects model).
    threshold : float
        On the scale of the estimate.
    side : {'above', 'below'}
        Which side matters.
    se, se_tau2 : float, optional
        Standard errors of estimate and tau2; with both, a 95 % interval by the delta method on the logit scale.

    References
    ----------
    Mathur MB, VanderWeele TJ. New metrics for meta-analyses of heterogeneous effects. Stat Med 2019;38:1336-1342.
    doi:10.1002/sim.8057

    Examples
    --------
    >>> round(share_beyond(0.3, 0.04, 0.2).share, 3)
    0.691
    """
    _check_spread(tau2, side)
    sign = 1.0 if side == "above" else -1.0
    if tau2 == 0:
        caution = "With tau2 = 0 every true effect is the same, so the share can only be 0 or 1."
        return ShareBeyond(float(sign * (estimate - threshold) > 0), threshold, side, "normal", None, caution)
    tau = math.sqrt(tau2)
    z = sign * (estimate - threshold) / tau
    share = float(ndtr(z))
    ci = None
    if se is not None and se_tau2 is not None:
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        spread = density * math.sqrt(se**2 / tau2 + se_tau2**2 * z**2 / (4 * tau2**2))
        ci = _logit_interval(share, spread)
    return ShareBeyond(share, threshold, side, "normal", ci)


def calibrated_share_beyond(
    yi: ArrayLike,
    vi: ArrayLike,
    estimate: float,
    tau2: float,
    threshold: float,
    *,
    side: Literal["above", "below"] = "above",
) -> ShareBeyond:
    """Share of the studies' calibrated effects beyond a threshold: no normal distribution of true effects assumed.

    Each estimate is drawn towards the pooled one by sqrt(tau2 / (tau2 + vi)), which gives the calibrated effects
    variance tau2. ``yi`` and ``vi`` have shape (k,).

    References
    ----------
    Mathur MB, VanderWeele TJ. Robust metrics and sensitivity analyses for meta-analyses of heterogeneous effects.
    Epidemiology 2020;31:356-358. doi:10.1097/EDE.0000000000001180
    """
    _check_spread(tau2, side)
    y, v = np.atleast_1d(np.asarray(yi, dtype=float)), np.atleast_1d(np.asarray(vi, dtype=float))
    if y.shape != v.shape or y.size == 0:
        raise InputError(f"yi has {y.size} values and vi {v.size}: give both for one study or more.", code="length")
    for i in np.flatnonzero(~(np.isfinite(y) & np.isfinite(v) & (v > 0))).tolist():
        raise InputError(f"study {i + 1}: yi = {y[i]}, vi = {v[i]}: vi must be above 0, both finite.", code="bad-study")
    calibrated = estimate + np.sqrt(tau2 / (tau2 + v)) * (y - estimate)
    beyond = calibrated > threshold if side == "above" else calibrated < threshold
    caution = "Under ten studies this share is coarse." if y.size < 10 else ""
    return ShareBeyond(float(np.mean(beyond)), threshold, side, "calibrated", None, caution)


def _check_spread(tau2: float, side: str) -> None:
    if not (tau2 >= 0 and math.isfinite(tau2)):
        raise InputError(f"tau2 = {tau2}: must be 0 or more and finite.", code="bad-tau2")
    if side not in ("above", "below"):
        raise InputError(f"side = {side!r}: must be 'above' or 'below'.", code="unknown-side")


def _logit_interval(share: float, se: float) -> tuple[float, float] | None:
    if not 0 < share < 1:
        return None
    centre, half = float(logit(share)), float(ndtri(0.975)) * se / (share * (1 - share))
    return float(expit(centre - half)), float(expit(centre + half))


def _triple(smd: float, ci: Sequence[float]) -> Triple:
    values = (float(smd), float(ci[0]), float(ci[1]))
    if not all(math.isfinite(value) for value in values):
        raise InputError(f"SMD {values[0]} ({values[1]} to {values[2]}): must be finite.", code="not-finite")
    if not values[1] <= values[0] <= values[2]:
        raise InputError(f"SMD {values[0]} lies outside its interval {values[1]} to {values[2]}.", code="bad-interval")
    return values
