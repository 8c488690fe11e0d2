"""The effects themselves, summarised: median, quartiles and range (Cochrane Handbook, section 12.2.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class EffectSummary:
    """Distribution of k estimates; every number is None when k = 0.

    ``measure`` names the scale of the numbers; quartiles interpolate linearly (type 7 of Hyndman and Fan).
    """

    k: int
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None
    measure: str = "effect"

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        if self.k == 0:
            return f"No {self.measure} to summarise."
        if self.k == 1:
            return f"A single {self.measure}: {self.median:.3g}."
        return (
            f"Median {self.measure} of {self.k} studies {self.median:.3g} "
            f"(quartiles {self.q1:.3g} to {self.q3:.3g}, range {self.minimum:.3g} to {self.maximum:.3g}); "
            "precision of the studies is not taken into account."
        )


def summarise_effects(yi: ArrayLike, *, measure: str = "effect", studies: Sequence[str] | None = None) -> EffectSummary:
    """Median, quartiles and range of the estimates, each study counting the same.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Estimates on one scale; pass ratios as ratios or as logarithms, the quartiles differ slightly.
    measure : str
        What they are, for the sentence.
    studies : sequence of str, optional
        Names, for errors.

    Raises
    ------
    InputError
        For an estimate that is not finite, naming the study.

    References
    ----------
    McKenzie JE, Brennan SE. Cochrane Handbook, section 12.2.1.1. Hyndman RJ, Fan Y. Am Stat 1996;50:361-365.
    doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> print(summarise_effects([0.2, 0.4, 0.3], measure="SMD"))
    Median SMD of 3 studies 0.3 (quartiles 0.25 to 0.35, range 0.2 to 0.4); \
precision of the studies is not taken into account.
    """
    effects = np.atleast_1d(np.asarray(yi, dtype=float))
    if studies is not None and len(studies) != effects.size:
        raise InputError(f"{len(studies)} study names for {effects.size} effects: give one each.", code="length")
    problems = [
        Problem(
            f"{f'study {studies[i]}' if studies is not None else f'estimate {i + 1}'}: "
            f"{effects[i]}: must be a finite number.",
            code="not-finite",
        )
        for i in np.flatnonzero(~np.isfinite(effects)).tolist()
    ]
    if problems:
        raise InputError(problems)
    if effects.size == 0:
        return EffectSummary(0, None, None, None, None, None, measure)
    low, q1, median, q3, high = (float(x) for x in np.quantile(effects, [0, 0.25, 0.5, 0.75, 1]))
    return EffectSummary(int(effects.size), low, q1, median, q3, high, measure)
