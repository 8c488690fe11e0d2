"""Axes: limits that show what matters, ticks that a reader expects, clipped at both ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from reviewkit.errors import InputError

_LOG_STEPS = ((1, 2, 5), (1, 3), (1,))


@dataclass(frozen=True, slots=True)
class Axis:
    """A horizontal axis from pixel `left` to `right`.

    `low` and `high` are in the unit that is printed; on a log axis both are above 0.
    """

    low: float
    high: float
    left: float
    right: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value, held within the axis."""
        if self.log and value <= 0:
            return self.left
        share = (self._scaled(value) - self._scaled(self.low)) / (self._scaled(self.high) - self._scaled(self.low))
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def shows(self, value: float) -> bool:
        """Whether a value lies within the axis."""
        return self.low <= value <= self.high

    def ticks(self, wanted: int = 6) -> tuple[float, ...]:
        """Values to label: 1–2–5 steps; on a log axis plain numbers such as 0.5, 1, 2."""
        return log_ticks(self.low, self.high, wanted) if self.log else linear_ticks(self.low, self.high, wanted)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else value


def axis_for(
    core: Iterable[float], intervals: Sequence[tuple[float, float]], *, left: float, right: float, log: bool = False
) -> Axis:
    """An axis that holds every core value and every interval that is not far wider than the rest.

    Parameters
    ----------
    core : iterable of float
        Values that must be seen: estimates, pooled intervals, the null.
    intervals : sequence of (low, high)
        Ends that lie beyond the core values by more than their span, or the median interval's width where that
        is more, are left to be clipped.

    Raises
    ------
    InputError
        If nothing is finite, or a value on a log axis is not above 0.
    """
    values = [value for value in core if math.isfinite(value)]
    if not values:
        raise InputError("there is no finite value to draw.", code="figure")
    if log and min(values) <= 0:
        raise InputError(f"value {min(values)} on a log axis: must be > 0.", code="figure")
    scale = math.log if log else float
    places = [scale(value) for value in values]
    low, high = min(places), max(places)
    ends = [(scale(a), scale(b)) for a, b in intervals if math.isfinite(a) and math.isfinite(b) and (not log or a > 0)]
    usual = median(b - a for a, b in ends) if ends else 0.0
    span = max(high - low, usual, 0.25 if log else abs(high) * 0.25, 1e-9)
    least, most = low - span, high + span
    for a, b in ends:
        low = min(low, a) if a >= least else low
        high = max(high, b) if b <= most else high
    margin = (high - low) * 0.04 or span
    low, high = low - margin, high + margin
    return Axis(math.exp(low), math.exp(high), left, right, True) if log else Axis(low, high, left, right)


def linear_ticks(low: float, high: float, wanted: int = 6) -> tuple[float, ...]:
    """Multiples of 1, 2 or 5 times a power of ten within the limits, about as many as wanted."""
    raw = (high - low) / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def log_ticks(low: float, high: float, wanted: int = 6) -> tuple[float, ...]:
    """Plain numbers on a log axis: as dense as fits, powers of ten where the range is wide."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in _LOG_STEPS:
        ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        ticks = [round(tick, 12) for tick in ticks if low <= tick <= high]
        if len(ticks) <= wanted + 1:
            break
    else:
        stride = math.ceil((last - first) / wanted)
        powers = range(first - first % stride, last + 1, stride)
        ticks = [10.0**power for power in powers if low <= 10.0**power <= high]
    if len(ticks) >= 3:
        return tuple(ticks)
    plain = linear_ticks(low, high, wanted)
    return plain if len(plain) >= 2 else tuple(ticks)
