"""Comparing what we got with what the reference expects, number by number.

A number passes within its result's own tolerance. Two places need a word:

- An expected value below 1e-6 but not 0 is held to the relative part alone; the absolute part would accept anything.
- An iterative reference stops near a tau² of 0 instead of on it (1e-15 where the likelihood peaks at the boundary), and
  sums that cancel leave 1e-17 in a covariance. Nobody else's rounding can be met to six digits. Where tau² is so small
  beside the sampling variances (1e-7 of them) that no other number feels it, both must be that small: expected and got.
  The same for a covariance beside the largest of its matrix. The runner counts these, so that they are seen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TINY = 1e-6
"""Below this (but not 0) only the relative part of a tolerance counts."""

NO_WEIGHT = 1e-7
"""A tau² below this share of the typical sampling variance moves no other number by its tolerance of 1e-6."""

ROUNDING = 1e-12
"""A covariance below this share of the largest is 0 in double arithmetic."""

ABOUT_THE_REFERENCE = ("n_runs", "mean_sd_over_runs", "sd_sd_over_runs", "mean_range", "sd_range")
"""How a Monte Carlo reference scattered over its own seeds: describes the reference, not the answer."""

Difference = tuple[float, str]
"""How many times the allowed distance, and the sentence that names it."""

_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
_HETEROGENEITY = re.compile(r"^(tau2|tau|sigma2|sigma|I2)(_|\[|$)")


@dataclass(slots=True)
class Comparison:
    """One result against its expected values.

    Attributes
    ----------
    tol : mapping
        ``rel`` and ``abs`` of the result.
    variance : float
        Typical sampling variance of the studies it is about; NaN if it is about none.
    zeros : list of str
        Places that passed because both sides are 0 but for rounding or a stopping rule.
    """

    tol: Mapping[str, float]
    variance: float = math.nan
    zeros: list[str] = field(default_factory=list)

    def differences(self, expected: Any, got: Any, path: str = "", floor: float = 0.0) -> list[Difference]:
        """All places where ``got`` is not ``expected``; extra keys in ``got`` are fine."""
        if isinstance(expected, Mapping):
            return self._mapping(expected, got, path)
        if isinstance(expected, list):
            return self._sequence(expected, got, path, floor)
        if isinstance(expected, bool) or (isinstance(expected, str) and expected not in _INFINITE):
            return [] if _plain(got) == expected else [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
        return self._number(expected, got, path, floor)

    def _mapping(self, expected: Mapping[str, Any], got: Any, path: str) -> list[Difference]:
        if not isinstance(got, Mapping):
            return [(math.inf, f"{path or 'result'}: {type(got).__name__}, expected named values")]
        found: list[Difference] = []
        for key, value in expected.items():
            if _is_about_the_reference(key, value, expected):
                continue
            place = f"{path}.{key}" if path else key
            if key not in got:
                found.append((math.inf, f"{place}: missing"))
            else:
                found += self.differences(value, got[key], place, self._floor(place, value))
        return found

    def _floor(self, path: str, value: Any) -> float:
        """Below this, expected and got are both 0 in every way that could matter; 0 for all other numbers."""
        if re.search(r"(^|\.)vcov$", path):
            return ROUNDING * _largest(value)
        names = [match[1] for part in path.split(".") if (match := _HETEROGENEITY.match(part))]
        if not names:
            return 0.0
        if names[-1] == "I2":
            return 100 * NO_WEIGHT
        share = NO_WEIGHT * self.variance if math.isfinite(self.variance) else 0.0
        return math.sqrt(share) if names[-1] in ("tau", "sigma") else share

    def _sequence(self, expected: list[Any], got: Any, path: str, floor: float) -> list[Difference]:
        if not isinstance(got, (Sequence, np.ndarray)) or isinstance(got, str):
            return [(math.inf, f"{path}: {got!r}, expected a list of {len(expected)}")]
        if len(got) != len(expected):
            return [(math.inf, f"{path}: {len(got)} values, expected {len(expected)}")]
        return [
            difference
            for i, (one, other) in enumerate(zip(expected, got, strict=True))
            for difference in self.differences(one, other, f"{path}[{i}]", floor)
        ]

    def _number(self, expected: Any, got: Any, path: str, floor: float) -> list[Difference]:
        got = _plain(got)
        undefined = got is None or (isinstance(got, float) and math.isnan(got))
        if expected is None:
            return [] if undefined else [(math.inf, f"{path}: {got!r}, expected none")]
        wanted = _INFINITE.get(expected, expected) if isinstance(expected, str) else float(expected)
        if undefined or not isinstance(got, (int, float)):
            return [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
        if math.isinf(wanted) or math.isinf(got):
            return [] if got == wanted else [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
        absolute = 0.0 if 0 < abs(wanted) < TINY else float(self.tol.get("abs", 0.0))
        allowed = absolute + float(self.tol.get("rel", 0.0)) * abs(wanted)
        distance = abs(got - wanted)
        if distance <= allowed:
            return []
        if 0 < abs(wanted) < min(TINY, floor) and abs(got) < min(TINY, floor):
            self.zeros.append(path)
            return []
        return [(distance / allowed if allowed > 0 else math.inf, f"{path}: {got!r}, expected {wanted!r}")]


def _is_about_the_reference(key: str, value: Any, among: Mapping[str, Any]) -> bool:
    """True for what describes the reference itself: its scatter over seeds, or the error of another of its settings."""
    if "n_runs" in among and key in ABOUT_THE_REFERENCE:
        return True
    return isinstance(value, Mapping) and set(value) == {"error"}


def _largest(value: Any) -> float:
    numbers = [abs(x) for x in np.ravel(np.asarray(value, dtype=object)) if isinstance(x, (int, float))]
    return max(numbers, default=0.0)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value
