"""A five-number summary, as far as it is reported, and the mean and SD of normal data that have it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy.special import ndtri

from reviewkit.errors import InputError

SMALLEST_N = 5
"""Below this the formulas were never studied."""


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """Three or five ordered numbers: minimum, q1, median, q3, maximum as far as known, and the sample size."""

    values: tuple[float, ...]
    n: float
    has_range: bool
    has_quartiles: bool

    @property
    def described(self) -> str:
        """What is known, in words."""
        parts = ["median"]
        if self.has_quartiles:
            parts.append("quartiles")
        if self.has_range:
            parts.append("range")
        return " and ".join([", ".join(parts[:-1]), parts[-1]])

    @property
    def quartile_skew(self) -> float:
        """Distance of the median from the middle of the quartiles, as a share of their distance."""
        low, middle, high = self.values[1:4] if self.has_range else self.values
        return abs((low + high - 2 * middle) / (high - low))

    @property
    def range_skew(self) -> float:
        """Distance of the median from the middle of the range, as a share of the range."""
        low, middle, high = self.values[0], self.values[len(self.values) // 2], self.values[-1]
        return abs((low + high - 2 * middle) / (high - low))

    def as_inputs(self) -> dict[str, float]:
        """The numbers by name."""
        names = ["median"]
        if self.has_quartiles:
            names = ["q1", *names, "q3"]
        if self.has_range:
            names = ["minimum", *names, "maximum"]
        return dict(zip(names, self.values, strict=True)) | {"n": self.n}


def read_five_numbers(
    minimum: float | None, q1: float | None, median: float, q3: float | None, maximum: float | None, n: float
) -> FiveNumbers:
    """Check order and completeness; quartiles and range come in pairs."""
    for one, other, names in ((q1, q3, "q1 and q3"), (minimum, maximum, "minimum and maximum")):
        if (one is None) != (other is None):
            raise InputError(f"only one of {names} is given: both or neither are needed.", code="half-a-pair")
    has_range, has_quartiles = minimum is not None, q1 is not None
    if not (has_range or has_quartiles):
        raise InputError("a median alone has no spread: quartiles or minimum and maximum are needed.", code="no-spread")
    if not (math.isfinite(n) and n >= SMALLEST_N and n == round(n)):
        raise InputError(f"n = {n}: must be a whole number of at least {SMALLEST_N}.", code="bad-n")
    values = tuple(float(value) for value in (minimum, q1, median, q3, maximum) if value is not None)
    shown = ", ".join(f"{value:g}" for value in values)
    if not all(math.isfinite(value) for value in values):
        raise InputError(f"the summary {shown} must be finite numbers.", code="bad-number")
    if any(later < earlier for earlier, later in pairwise(values)):
        raise InputError(
            f"the summary {shown} is not in order: minimum ≤ q1 ≤ median ≤ q3 ≤ maximum.", code="not-in-order"
        )
    if values[0] == values[-1] or (has_quartiles and q1 == q3):
        raise InputError(f"the summary {shown} has no spread: nothing can be estimated.", code="no-spread")
    return FiveNumbers(values, float(n), has_range, has_quartiles)


def normal_mean(values: Sequence[float], numbers: FiveNumbers) -> float:
    """Luo's weighted mean (2018, equations 7, 11 and 15) of ``values``, which may be transformed."""
    n, middle = numbers.n, float(values[len(values) // 2])
    if numbers.has_range and numbers.has_quartiles:
        outer: float = 2.2 / (2.2 + n**0.75)
        inner: float = 0.7 - 0.72 / n**0.55
        mid_range, mid_quartile = (values[0] + values[4]) / 2, (values[1] + values[3]) / 2
        return outer * mid_range + inner * mid_quartile + (1 - outer - inner) * middle
    weight: float = 4 / (4 + n**0.75) if numbers.has_range else 0.7 + 0.39 / n
    return weight * (values[0] + values[-1]) / 2 + (1 - weight) * middle


def normal_sd(values: Sequence[float], numbers: FiveNumbers, *, optimal: bool) -> float:
    """Wan's standard deviation (2014) of ``values``; with both ranges their mean, or Shi's best weights."""
    n = numbers.n
    range_width = 2 * float(ndtri((n - 0.375) / (n + 0.25)))
    quartile_width = 2 * float(ndtri((0.75 * n - 0.125) / (n + 0.25)))
    if not numbers.has_quartiles:
        return (values[-1] - values[0]) / range_width
    if not numbers.has_range:
        return (values[-1] - values[0]) / quartile_width
    weight = 1 / (1 + 0.07 * n**0.6) if optimal else 0.5
    return weight * (values[4] - values[0]) / range_width + (1 - weight) * (values[3] - values[1]) / quartile_width
