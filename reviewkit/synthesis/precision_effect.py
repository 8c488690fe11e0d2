"""PET-PEESE: what the effect would be in a study without error, read off a line.

PET regresses on the standard error, PEESE on the variance. The rule of thumb: PEESE's intercept where PET's is
significant in the expected direction at one-sided 5 %, PET's otherwise (Stanley and Doucouliagos 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import CiMethod
from reviewkit.synthesis.line_fit import Line, LineModel, fit_line
from reviewkit.synthesis.small_study import few_caution
from reviewkit.synthesis.tau2 import Tau2Method


@dataclass(frozen=True, slots=True)
class AdjustedEffect:
    """Intercept of one line: the effect adjusted for small-study effects. ``df`` is None for the normal."""

    which: Literal["PET", "PEESE"]
    estimate: float
    se: float
    ci: tuple[float, float]
    statistic: float
    df: int | None
    p: float
    slope: float
    slope_se: float
    slope_p: float
    tau2: float | None


@dataclass(frozen=True, slots=True)
class PetPeese:
    """Both lines and the one that the rule picks (``chosen``)."""

    k: int
    pet: AdjustedEffect
    peese: AdjustedEffect
    chosen: Literal["PET", "PEESE"]
    level: float
    caution: str

    @property
    def estimate(self) -> float:
        """Intercept of the line that the rule picks."""
        return self._picked.estimate

    @property
    def ci(self) -> tuple[float, float]:
        """Its interval."""
        return self._picked.ci

    @property
    def _picked(self) -> AdjustedEffect:
        return self.pet if self.chosen == "PET" else self.peese

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "estimate": self.estimate, "ci": list(self.ci), "sentence": str(self)}

    def __str__(self) -> str:
        low, high = self.ci
        caution = f" {self.caution}" if self.caution else ""
        return (
            f"PET-PEESE, {self.k} studies: adjusted effect {self.estimate:.3g} ({100 * self.level:g}% CI {low:.3g} to "
            f"{high:.3g}) by {self.chosen}; an extrapolation to a study without error.{caution}"
        )


def pet_peese(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: LineModel = "multiplicative",
    tau2: Tau2Method = "REML",
    ci: CiMethod = "normal",
    expected: Literal["positive", "negative"] | None = None,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> PetPeese:
    """Adjust the pooled effect for small-study effects by PET and PEESE.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, k at least 3.
    model, tau2, ci
        As in `regression_test`; 'multiplicative' is the weighted least squares of the authors.
    expected : {'positive', 'negative'}, optional
        Direction in which an effect is expected; without it the sign of the common-effect pool.

    Raises
    ------
    InputError
        For bad data (study named), fewer than three studies, or the same variance in all.

    References
    ----------
    Stanley TD, Doucouliagos H. Res Synth Methods 2014;5:60-78. doi:10.1002/jrsm.1095

    Examples
    --------
    >>> v = [0.01, 0.02, 0.05, 0.1, 0.2]
    >>> result = pet_peese([0.1 + 2 * x for x in v], v)
    >>> round(result.peese.estimate, 6)
    0.1
    """
    if expected is not None:
        check_choice("expected", expected, ("positive", "negative"))
    check_level(level)
    data = check_studies(yi, vi, studies)
    if data.yi.size < 3:
        raise InputError(f"{data.yi.size} studies: PET-PEESE needs at least three.", code="too-few-studies")
    error = np.asarray(np.sqrt(data.vi))
    pet = _adjusted("PET", fit_line(data, error, model=model, tau2=tau2, ci=ci, level=level))
    peese = _adjusted("PEESE", fit_line(data, data.vi, model=model, tau2=tau2, ci=ci, level=level))
    sign = np.sign(np.sum(data.yi / data.vi)) if expected is None else (1 if expected == "positive" else -1)
    # Two-sided p below 0.10 with the expected sign is one-sided p below 0.05.
    chosen: Literal["PET", "PEESE"] = "PEESE" if pet.p < 0.10 and pet.estimate * sign > 0 else "PET"
    return PetPeese(int(data.yi.size), pet, peese, chosen, level, few_caution(data.yi.size))


def _adjusted(which: Literal["PET", "PEESE"], line: Line) -> AdjustedEffect:
    return AdjustedEffect(
        which=which,
        estimate=line.intercept,
        se=line.intercept_se,
        ci=line.interval(),
        statistic=line.intercept / line.intercept_se,
        df=line.df,
        p=line.p_of(line.intercept, line.intercept_se),
        slope=line.slope,
        slope_se=line.slope_se,
        slope_p=line.p_of(line.slope, line.slope_se),
        tau2=line.tau2,
    )
