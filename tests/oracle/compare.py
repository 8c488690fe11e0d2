"""Comparing what we got with what the reference expects, number by number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

TINY = 1e-6
"""Below this (but not 0) the absolute part of a tolerance would accept anything, so only the relative part counts."""

SPREAD_OF_REFERENCE = ("n_runs", "mean_sd_over_runs", "sd_sd_over_runs", "mean_range", "sd_range")
"""How a Monte Carlo reference scattered over its own seeds: describes the reference, not the answer."""

Difference = tuple[float, str]
"""How many times the allowed distance, and the sentence that names it."""


def differences(expected: Any, got: Any, tol: Mapping[str, float], path: str = "") -> list[Difference]:
    """All places where ``got`` is not ``expected`` within the tolerance; extra keys in ``got`` are fine."""
    if isinstance(expected, Mapping):
        return _mapping(expected, got, tol, path)
    if isinstance(expected, list):
        return _sequence(expected, got, tol, path)
    if isinstance(expected, bool) or (isinstance(expected, str) and expected not in _INFINITE):
        return [] if _plain(got) == expected else [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
    return _number(expected, got, tol, path)


_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _mapping(expected: Mapping[str, Any], got: Any, tol: Mapping[str, float], path: str) -> list[Difference]:
    if not isinstance(got, Mapping):
        return [(math.inf, f"{path or 'result'}: {type(got).__name__}, expected named values")]
    found: list[Difference] = []
    for key, value in expected.items():
        if "n_runs" in expected and key in SPREAD_OF_REFERENCE:
            continue
        place = f"{path}.{key}" if path else key
        if key not in got:
            found.append((math.inf, f"{place}: missing"))
        else:
            found += differences(value, got[key], tol, place)
    return found


def _sequence(expected: list[Any], got: Any, tol: Mapping[str, float], path: str) -> list[Difference]:
    if not isinstance(got, (Sequence, np.ndarray)) or isinstance(got, str):
        return [(math.inf, f"{path}: {got!r}, expected a list of {len(expected)}")]
    if len(got) != len(expected):
        return [(math.inf, f"{path}: {len(got)} values, expected {len(expected)}")]
    return [
        difference
        for i, (one, other) in enumerate(zip(expected, got, strict=True))
        for difference in differences(one, other, tol, f"{path}[{i}]")
    ]


def _number(expected: Any, got: Any, tol: Mapping[str, float], path: str) -> list[Difference]:
    got = _plain(got)
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    undefined = got is None or (isinstance(got, float) and math.isnan(got))
    if expected is None:
        return [] if undefined else [(math.inf, f"{path}: {got!r}, expected none")]
    wanted = _INFINITE.get(expected, expected) if isinstance(expected, str) else float(expected)
    if undefined or not isinstance(got, (int, float)):
        return [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
    if math.isinf(wanted) or math.isinf(got):
        return [] if got == wanted else [(math.inf, f"{path}: {got!r}, expected {expected!r}")]
    absolute = 0.0 if 0 < abs(wanted) < TINY else float(tol.get("abs", 0.0))
    allowed = absolute + float(tol.get("rel", 0.0)) * abs(wanted)
    distance = abs(got - wanted)
    if distance <= allowed:
        return []
    return [(distance / allowed if allowed > 0 else math.inf, f"{path}: {got!r}, expected {wanted!r}")]
