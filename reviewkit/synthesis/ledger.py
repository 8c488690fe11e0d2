"""The difference ledger: why an analysis looks as it does, and what another convention would print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.intervals import CI_NAMES, PREDICTION_NAMES, prediction_name
from reviewkit.synthesis.presets import PRESETS, PresetChoice, find_preset
from reviewkit.synthesis.tau2 import TAU2_NAMES

if TYPE_CHECKING:
    from reviewkit.synthesis.pooled import Pooled

RARE_RISK = 0.01
"""Pooled risk below which events are called rare (Handbook 10.4.4.1: Peto's method serves below about 1 %)."""
BALANCE = 2.0
"""Largest ratio of the arms' sizes at which Peto's method is still counted as balanced."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one preset prints for the same studies, and the conventions that make it differ."""

    preset: str
    pooled: Pooled
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        why = "; ".join(self.reasons) if self.reasons else "the same choices"
        return f"{self.preset}: {self.pooled} Because: {why}."


@dataclass(frozen=True, slots=True)
class TableChoice:
    """The method that a set of two-by-two tables asks for: 'mh', 'peto' or 'iv', why, and what to try beside it."""

    method: str
    reason: str
    sensitivity: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.reason}; sensitivity: {', '.join(self.sensitivity)}"


def explain(pooled: Pooled) -> str:
    """Which choices were made for a pooled estimate, why, and where each comes from; one a line."""
    preset = find_preset(pooled.preset)
    lines = [f"{_count(pooled.k)}, {pooled.model} effect{'s' if pooled.model == 'random' else ''}, inverse variance."]
    if pooled.k == 1:
        return "\n".join([*lines, *pooled.warnings])
    if pooled.model == "common":
        lines.append(f"Interval: {CI_NAMES[pooled.ci_method]}.")
        return "\n".join([*lines, *(f"Note: {warning}" for warning in pooled.warnings)])
    lines.append(f"tau²: {TAU2_NAMES[pooled.tau2_method]}{_origin(preset.tau2, pooled.tau2_method)}.")
    lines.append(f"Interval: {CI_NAMES[pooled.ci_method]}{_interval_origin(pooled)}.")
    wanted = prediction_name(preset.prediction.value, pooled.df)
    lines.append(
        f"Prediction: {PREDICTION_NAMES[pooled.pi_method]}{_origin(preset.prediction, pooled.pi_method, wanted)}."
    )
    lines.append(f"I²: {pooled.i2_tau2:.1f}% from tau², {pooled.i2_q:.1f}% from Q.")
    lines.extend(f"Note: {warning}" for warning in pooled.warnings)
    return "\n".join(lines)


def differences(pooled: Pooled) -> tuple[Difference, ...]:
    """What every other preset would print for the same studies, and because of which convention."""
    from reviewkit.synthesis.pooling import pool

    found = []
    for name in PRESETS:
        if name == pooled.preset:
            continue
        options: dict[str, Any] = {"preset": name, "model": pooled.model, "level": pooled.level}
        other = pool(
            pooled.yi, pooled.vi, studies=pooled.studies, measure=pooled.measure, scale=_scale(pooled), **options
        )
        found.append(Difference(name, other, _reasons(pooled, other)))
    return tuple(found)


def choose_table_method(ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> TableChoice:
    """The method that a set of two-by-two tables asks for under the default preset.

    Parameters
    ----------
    ai, n1i, ci, n2i : array_like, shape (k,)
        Events and participants of the treated and the control arm.

    Raises
    ------
    InputError
        For columns of different lengths, no study, or events outside 0 to n.

    References
    ----------
    Bradburn MJ et al. Stat Med 2007;26:53-77. doi:10.1002/sim.2528 (rare events: Peto, uncorrected Mantel-Haenszel)

    Examples
    --------
    >>> print(choose_table_method([0, 2, 0], [100, 120, 90], [1, 3, 2], [100, 118, 95]))
    3 trials, rare events, 2 with a zero cell: Mantel-Haenszel without correction; sensitivity: Peto, GLMM
    """
    columns = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in (ai, n1i, ci, n2i)]
    a, n1, c, n2 = columns
    if len({column.size for column in columns}) != 1 or a.size == 0:
        raise InputError("ai, n1i, ci and n2i must have one value for each of at least one study.", code="bad-shape")
    for index in np.flatnonzero(~((a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 > 0) & (n2 > 0))):
        raise InputError(f"study {index + 1}: events must lie between 0 and n, and n above 0.", code="bad-table")
    zero = (a == 0) | (c == 0) | (a == n1) | (c == n2)
    empty = int(np.sum((a + c == 0) | (a + c == n1 + n2)))
    risk = float((a.sum() + c.sum()) / (n1.sum() + n2.sum()))
    balanced = bool(np.all(np.maximum(n1 / n2, n2 / n1) <= BALANCE))
    words = [f"{a.size} trial{'s' if a.size > 1 else ''}"]
    rare = risk < RARE_RISK or (bool(zero.any()) and risk < 5 * RARE_RISK)
    words.extend(["rare events"] if rare else [])
    words.extend([f"{int(zero.sum())} with a zero cell"] if zero.any() else [])
    words.extend([f"{empty} without information on a ratio"] if empty else [])
    head = ", ".join(words)
    if risk < RARE_RISK and balanced and not rare_effect_is_large(a, n1, c, n2):
        return TableChoice("peto", f"{head}, arms of like size: Peto", ("Mantel-Haenszel without correction", "GLMM"))
    if zero.any() or rare:
        return TableChoice("mh", f"{head}: Mantel-Haenszel without correction", ("Peto", "GLMM"))
    return TableChoice("iv", f"{head}: inverse variance", ("Mantel-Haenszel", "GLMM"))


def rare_effect_is_large(a: Any, n1: Any, c: Any, n2: Any) -> bool:
    """Whether the crude odds ratio is beyond 2 or below one half, where Peto's estimate is known to be biased."""
    first, second = (a.sum() + 0.5) / (n1.sum() - a.sum() + 0.5), (c.sum() + 0.5) / (n2.sum() - c.sum() + 0.5)
    return not 0.5 <= float(first / second) <= 2.0


def _reasons(here: Pooled, there: Pooled) -> tuple[str, ...]:
    found = []
    if here.tau2_method != there.tau2_method:
        found.append(
            f"tau² by {TAU2_NAMES[there.tau2_method]} ({there.tau2:.4g}), not "
            f"{TAU2_NAMES[here.tau2_method]} ({here.tau2:.4g})"
        )
    if here.ci_method != there.ci_method:
        found.append(f"{CI_NAMES[there.ci_method]}, not {CI_NAMES[here.ci_method]}")
    if here.pi_method != there.pi_method:
        found.append(f"prediction with {PREDICTION_NAMES[there.pi_method]}, not {PREDICTION_NAMES[here.pi_method]}")
    return tuple(found)


def _origin(choice: PresetChoice, used: str, wanted: str | None = None) -> str:
    if used != (wanted or choice.value):
        return "" if used == "none" else " (asked for)"
    unread = "" if choice.read or "not read" in choice.source else "; source not read"
    return f" ({choice.source}{unread})"


def _interval_origin(pooled: Pooled) -> str:
    preset = find_preset(pooled.preset)
    if pooled.ci_method == preset.interval.value:
        return _origin(preset.interval, pooled.ci_method)
    if pooled.k == 2 and pooled.ci_method == preset.two_studies.value:
        return f": {preset.two_studies.rule}{_origin(preset.two_studies, pooled.ci_method)}"
    narrow = preset.narrower.value == "wider" and pooled.ci_method == "normal"
    if narrow and pooled.confidence("hk").width < pooled.confidence("normal").width:
        return f": {preset.narrower.rule}{_origin(preset.narrower, 'wider')}"
    return " (asked for)"


def _count(k: int) -> str:
    return "1 study" if k == 1 else f"{k} studies"


def _scale(pooled: Pooled) -> Any:
    return pooled.scale
