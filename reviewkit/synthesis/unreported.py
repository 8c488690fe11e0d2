"""Studies that report 'no difference' and give no numbers: beside the pool, never forgotten, with a what-if.

Leaving them out biases the pool away from no effect (Cochrane Handbook, chapter 13: results that were measured
and not reported). They cannot be pooled, but the pool can be made once more as if each had found exactly no effect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.base import EmptySynthesis
from reviewkit.synthesis.inputs import Studies, check_studies
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.pooling import pool, synthesise

Assumption = Literal["stated", "from sample size", "median of the reported studies"]


@dataclass(frozen=True, slots=True)
class SilentStudy:
    """A study that measured the outcome and says 'no difference' without numbers.

    ``variance`` of its effect if it can be had (from a p bound, say), else ``n``, its participants.
    """

    study: str
    n: int | None = None
    variance: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssumedNull:
    """The variance with which a silent study enters the what-if, and where it comes from."""

    study: str
    variance: float
    assumption: Assumption


@dataclass(frozen=True, slots=True)
class WhatIfNull:
    """The pool as reported, and as it would be with the silent studies at no effect."""

    reported: Pooled | EmptySynthesis
    with_null: Pooled
    silent: tuple[SilentStudy, ...]
    assumed: tuple[AssumedNull, ...]

    @property
    def k(self) -> int:
        """Studies of the what-if."""
        return self.with_null.k

    @property
    def changes_conclusion(self) -> bool | None:
        """Whether one of the two intervals excludes no effect and the other does not; None without a pool."""
        if isinstance(self.reported, EmptySynthesis):
            return None
        return _significant(self.reported) != _significant(self.with_null)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {
            "reported": self.reported.as_dict(),
            "with_null": self.with_null.as_dict(),
            "silent": [asdict(study) for study in self.silent],
            "assumed": [asdict(study) for study in self.assumed],
            "changes_conclusion": self.changes_conclusion,
            "sentence": str(self),
        }

    def __str__(self) -> str:
        names = ", ".join(study.study for study in self.silent)
        one = len(self.silent) == 1
        head = (
            f"{len(self.silent)} {'study reports' if one else 'studies report'} no difference without numbers ({names})"
        )
        if isinstance(self.reported, EmptySynthesis):
            return f"{head}; no study gives numbers, so there is no pool."
        turn = "; that would change the conclusion" if self.changes_conclusion else ""
        return (
            f"{head}. Pool of the {self.reported.k} with numbers: {_effect(self.reported)}; with "
            f"{'it' if one else 'them'} at no effect: {_effect(self.with_null)}{turn}."
        )


def what_if_null(
    yi: ArrayLike,
    vi: ArrayLike,
    silent: Sequence[SilentStudy],
    *,
    ni: ArrayLike | None = None,
    null: float = 0.0,
    studies: Sequence[str] | None = None,
    **options: Any,
) -> WhatIfNull:
    """Pool once without and once with the silent studies at exactly no effect.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and variances of the studies with numbers; k may be 0 if every silent study states its variance.
    silent : sequence of SilentStudy
        At least one. A stated variance is used; else the reported studies' median of vi times ni, over its n; else
        their median variance.
    ni : array_like, shape (k,), optional
        Participants of the studies with numbers.
    null : float
        The effect that 'no difference' stands for.
    **options
        As in `pool`.

    Raises
    ------
    InputError
        For bad data, no silent study, a name that is there twice, or a silent study whose variance cannot be told.

    Examples
    --------
    >>> result = what_if_null([0.5, 0.4], [0.04, 0.05], [SilentStudy("Ay 2003", variance=0.04)], model="common")
    >>> round(result.reported.estimate, 2), round(result.with_null.estimate, 2)
    (0.46, 0.29)
    """
    if not silent:
        raise InputError("no silent study: nothing to ask.", code="no-silent-study")
    data = check_studies(yi, vi, studies)
    _check_silent(silent, data)
    scale = _variance_times_n(data, ni)
    assumed = tuple(_assume(study, data, scale) for study in silent)
    reported = synthesise(data.yi, data.vi, studies=data.names, **options)
    with_null = pool(
        np.append(data.yi, np.full(len(assumed), null)),
        np.append(data.vi, [study.variance for study in assumed]),
        studies=(*data.names, *(study.study for study in assumed)),
        **options,
    )
    return WhatIfNull(reported, with_null, tuple(silent), assumed)


def _check_silent(silent: Sequence[SilentStudy], data: Studies) -> None:
    problems, seen = [], set(data.names)
    for study in silent:
        if study.study in seen:
            problems.append(Problem(f"study {study.study} is there twice.", code="study-twice"))
        seen.add(study.study)
        if study.variance is not None and not (study.variance > 0 and math.isfinite(study.variance)):
            problems.append(
                Problem(f"study {study.study}: variance = {study.variance}: must be above 0.", code="bad-v")
            )
        if study.n is not None and not study.n >= 1:
            problems.append(Problem(f"study {study.study}: n = {study.n}: must be at least 1.", code="bad-n"))
    if problems:
        raise InputError(problems)


def _variance_times_n(data: Studies, ni: ArrayLike | None) -> float | None:
    if ni is None or data.yi.size == 0:
        return None
    n = np.atleast_1d(np.asarray(ni, dtype=float))
    if n.size != data.yi.size or not np.all(n >= 1):
        raise InputError(f"ni = {n.tolist()}: must be one number of at least 1 for each study.", code="bad-n")
    return float(np.median(data.vi * n))


def _assume(study: SilentStudy, data: Studies, scale: float | None) -> AssumedNull:
    if study.variance is not None:
        return AssumedNull(study.study, study.variance, "stated")
    if study.n is not None and scale is not None:
        return AssumedNull(study.study, scale / study.n, "from sample size")
    if data.yi.size:
        return AssumedNull(study.study, float(np.median(data.vi)), "median of the reported studies")
    raise InputError(
        f"study {study.study}: no study with numbers to take a variance from.",
        code="no-variance",
        remedy="State its variance, or synthesise directions instead.",
    )


def _significant(pooled: Pooled) -> bool:
    return pooled.ci_low > 0 or pooled.ci_high < 0


def _effect(pooled: Pooled) -> str:
    numbers = [pooled.estimate, pooled.ci_low, pooled.ci_high]
    if pooled.scale == "log":
        numbers = [math.exp(number) for number in numbers]
    return f"{numbers[0]:.3g} ({100 * pooled.level:g}% CI {numbers[1]:.3g} to {numbers[2]:.3g})"
