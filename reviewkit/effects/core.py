"""What an effect-size computation gives back: estimates, variances, and who was left out and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Scale = Literal["log", "natural"]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A study without an estimate: its 0-based row, its name, and the reason."""

    index: int
    study: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class EffectSizes:
    """One estimate and its sampling variance for each study.

    Attributes
    ----------
    measure : str
        Short name of the measure, such as ``"SMD"``.
    yi, vi : ndarray, shape (k,)
        Estimates and sampling variances in the order of the input; NaN where a study was dropped. Read-only.
    scale : {"log", "natural"}
        ``"log"``: ``exp(yi)`` is the ratio (or rate, or odds) that people read.
    studies : tuple of str
        One name for each row.
    dropped : tuple of Dropped
        Rows without an estimate, each with its reason.
    notes : tuple of str
        The conventions that were applied, in words, for the report.
    level : float
        Confidence level of ``ci_low`` and ``ci_high``.
    """

    measure: str
    yi: FloatArray
    vi: FloatArray
    scale: Scale
    studies: tuple[str, ...]
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    level: float = 0.95

    def __len__(self) -> int:
        return len(self.yi)

    @property
    def kept(self) -> BoolArray:
        """True for each row that has an estimate and a variance."""
        return np.asarray(np.isfinite(self.yi) & np.isfinite(self.vi))

    @property
    def k(self) -> int:
        """How many rows have an estimate."""
        return int(self.kept.sum())

    @property
    def sei(self) -> FloatArray:
        """Standard errors, on the scale of ``yi``."""
        return np.sqrt(self.vi)

    @property
    def ci_low(self) -> FloatArray:
        """Lower limits of each study's normal interval, on the scale of ``yi``."""
        return self.yi - self._critical * self.sei

    @property
    def ci_high(self) -> FloatArray:
        """Upper limits of each study's normal interval, on the scale of ``yi``."""
        return self.yi + self._critical * self.sei

    @property
    def natural(self) -> FloatArray:
        """The estimates as people read them: ``exp(yi)`` for the log scale, ``yi`` otherwise."""
        return np.exp(self.yi) if self.scale == "log" else self.yi

    @property
    def _critical(self) -> float:
        return float(ndtri((1 + self.level) / 2))

    def complete(self) -> EffectSizes:
        """The same without the dropped rows."""
        keep = self.kept
        return EffectSizes(
            self.measure,
            frozen_array(self.yi[keep]),
            frozen_array(self.vi[keep]),
            self.scale,
            tuple(name for name, kept in zip(self.studies, keep, strict=True) if kept),
            (),
            self.notes,
            self.level,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; a dropped row is ``None`` in ``yi`` and ``vi`` and named in ``dropped``."""
        return {
            "measure": self.measure,
            "yi": [float(x) if math.isfinite(x) else None for x in self.yi],
            "vi": [float(x) if math.isfinite(x) else None for x in self.vi],
            "dropped": [{"study": one.study, "reason": one.reason} for one in self.dropped],
        }

    def __str__(self) -> str:
        left_out = f", {len(self.dropped)} dropped" if self.dropped else ""
        return f"{self.measure}: {self.k} of {len(self)} studies have an estimate{left_out} ({self.scale} scale)"


def frozen_array(values: npt.ArrayLike) -> FloatArray:
    """A float copy that nobody can change afterwards."""
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a family of formulas hands to the dispatcher: raw numbers and the reasons it knows."""

    yi: FloatArray
    vi: FloatArray
    reasons: Mapping[int, str]
    notes: Sequence[str] = ()


def gather(measure: str, scale: Scale, estimate: Estimate, studies: tuple[str, ...], level: float) -> EffectSizes:
    """Turn raw formula values into effect sizes: anything not finite, or a negative variance, is dropped by name."""
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(estimate.yi) | ~np.isfinite(estimate.vi) | (estimate.vi < 0)
    bad[list(estimate.reasons)] = True
    dropped = tuple(
        Dropped(int(i), studies[i], estimate.reasons.get(int(i), "the estimate or its variance is not a finite number"))
        for i in np.flatnonzero(bad)
    )
    return EffectSizes(
        measure,
        frozen_array(np.where(bad, np.nan, estimate.yi)),
        frozen_array(np.where(bad, np.nan, estimate.vi)),
        scale,
        studies,
        dropped,
        tuple(estimate.notes),
        level,
    )
