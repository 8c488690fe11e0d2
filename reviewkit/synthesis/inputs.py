"""What every function of the pooling core accepts, checked once, with errors that name the study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError, Problem

Array = NDArray[np.float64]
LARGEST = 1e60
"""Effects and variances beyond this (or variances below its inverse) overflow when weights are cubed."""


@dataclass(frozen=True, slots=True, eq=False)
class Studies:
    """Effects, sampling variances and names, all of length k, finite, variances above zero.

    ``excluded`` holds (study, reason) of the studies left out because effect or variance is missing.
    """

    yi: Array
    vi: Array
    names: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...] = ()


def check_studies(
    yi: ArrayLike, vi: ArrayLike, studies: Sequence[str] | None = None, *, missing: str = "error"
) -> Studies:
    """Check effects and variances; every fault found is named at once, each with its study.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and their sampling variances; variances must be finite and above 0.
    studies : sequence of str, optional
        Names, one a study; without them studies are called "study 1", "study 2", ...
    missing : {'error', 'drop'}
        What to do where effect or variance is NaN (or None): refuse, or leave the study out and list it.

    Raises
    ------
    InputError
        For lengths that differ, or an effect or variance that is not usable.
    """
    if missing not in ("error", "drop"):
        raise InputError(f"missing = {missing!r}: must be 'error' or 'drop'.", code="unknown-choice")
    y, v = _vector(yi, "yi"), _vector(vi, "vi")
    if y.size != v.size:
        raise InputError(
            f"yi has {y.size} values and vi has {v.size}: there must be one variance for each effect.",
            code="length-mismatch",
        )
    names = _numbered(y.size) if studies is None else tuple(map(str, studies))
    if len(names) != y.size:
        raise InputError(
            f"studies has {len(names)} names and yi has {y.size} values: there must be one name for each study.",
            code="length-mismatch",
        )
    if usable(y, v).all():
        return Studies(y, v, names)
    return _without_missing(y, v, names, missing)


@lru_cache(maxsize=32)
def _numbered(k: int) -> tuple[str, ...]:
    """Names for studies without names; kept, because they cost more than a fit where k is large."""
    return tuple(f"study {i + 1}" for i in range(k))


def usable(y: Array, v: Array) -> NDArray[np.bool_]:
    """Whether each effect and variance is finite, the variance above 0, and neither beyond what can be cubed."""
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(y) < LARGEST) & (v > 1.0 / LARGEST) & (v < LARGEST))


def _without_missing(y: Array, v: Array, names: tuple[str, ...], missing: str) -> Studies:
    """Drop what may be dropped; raise for everything else."""
    problems: list[Problem] = []
    excluded: list[tuple[str, str]] = []
    for name, effect, variance in zip(names, y.tolist(), v.tolist(), strict=True):
        if missing == "drop" and (np.isnan(effect) or np.isnan(variance)):
            excluded.append((name, "no effect estimate" if np.isnan(effect) else "no sampling variance"))
            continue
        if not np.isfinite(effect):
            problems.append(_problem(name, f"effect = {effect}: must be a finite number.", "not-finite"))
        if not (np.isfinite(variance) and variance > 0):
            problems.append(_problem(name, f"variance = {variance:g}: must be finite and above 0.", "bad-variance"))
        elif not (1.0 / LARGEST < variance < LARGEST) or LARGEST <= abs(effect) < np.inf:
            limits = f"must lie within {LARGEST:g} of 0, the variance above {1.0 / LARGEST:g}"
            problems.append(_problem(name, f"effect = {effect:g}, variance = {variance:g}: {limits}.", "out-of-range"))
    if problems:
        raise InputError(problems)
    keep = usable(y, v)
    left = tuple(name for name, kept in zip(names, keep.tolist(), strict=True) if kept)
    return Studies(y[keep], v[keep], left, tuple(excluded))


def _problem(study: str, message: str, code: str) -> Problem:
    remedy = "Correct it where it was extracted, or leave the study out and say so."
    return Problem(f"{study}: {message}", code=code, remedy=remedy)


def _vector(values: ArrayLike, name: str) -> Array:
    try:
        array = np.atleast_1d(np.array(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: must be numbers, one a study ({error}).", code="not-a-number") from None
    if array.ndim != 1:
        raise InputError(f"{name} has {array.ndim} dimensions: must have one, a number a study.", code="bad-shape")
    array.flags.writeable = False  # a result keeps it, and must not change when the caller's data do
    return array


def check_level(level: float) -> None:
    """Raise `InputError` where ``level`` does not lie between 0 and 1."""
    if not 0 < level < 1:
        raise InputError(f"level = {level}: must lie between 0 and 1, such as 0.95.", code="bad-level")


def check_choice(name: str, value: str, choices: Any) -> None:
    """Raise `InputError` where ``value`` is not one of ``choices`` (a Literal type or a collection)."""
    allowed = tuple(get_args(choices)) or tuple(choices)
    if value not in allowed:
        raise InputError(f"{name} = {value!r}: must be one of {', '.join(allowed)}.", code="unknown-choice")
