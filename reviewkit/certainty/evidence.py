"""What a rating rests on: the studies of one outcome, their pooled effect where there is one, what is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

Design = Literal["randomised", "non-randomised"]
RATIOS = ("RR", "OR", "ROM", "HR")
RISKS = ("RR", "OR", "RD", "HR")
NOT_APPRAISED = "not appraised"

_SEVERITY = {
    "low": 0, "good": 0, "include": 0,
    "some concerns": 1, "some": 1, "moderate": 1, "fair": 1, "unclear": 1, "seek further information": 1,
    "no information": 2, NOT_APPRAISED: 2, "none": 2, "": 2,
    "high": 3, "serious": 3, "poor": 3, "exclude": 3,
    "critical": 4,
}  # fmt: skip
"""A tool's overall word in order of concern; a word that no tool of ours uses counts as no information."""
SOME, NO_INFORMATION, HIGH, CRITICAL = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """One study of an outcome.

    Attributes
    ----------
    judgement : str
        Its overall risk of bias in the tool's word; 'not appraised' counts as 'no information'.
    tool : str
        Id of the tool ('robins-i' matters for the starting level).
    n : int or None
        People analysed; None where not visible.
    weight : float or None
        In the pool, in percent; None where the study stands beside it.
    direction : str
        'intervention', 'comparator', 'higher', 'lower', 'no difference', 'mixed' or 'not stated'.
    null_without_numbers : bool
        True where the report says 'no difference' and gives no number.
    """

    study: str
    design: Design
    judgement: str = NOT_APPRAISED
    tool: str = ""
    n: int | None = None
    weight: float | None = None
    direction: str = "not stated"
    null_without_numbers: bool = False

    @property
    def severity(self) -> int:
        """0 low, 1 some concerns, 2 no information, 3 high, 4 critical."""
        return _SEVERITY.get(self.judgement.strip().lower(), NO_INFORMATION)

    @property
    def reports(self) -> bool:
        """Whether anything is known of its result."""
        return self.weight is not None or self.direction != "not stated"


@dataclass(frozen=True, slots=True)
class Effect:
    """A pooled effect, or that of a single study. Ratios as logarithms; I² in percent."""

    measure: str
    estimate: float
    ci_low: float
    ci_high: float
    k: int
    pi_low: float | None = None
    pi_high: float | None = None
    i2: float | None = None

    @property
    def on_log_scale(self) -> bool:
        """True for ratios."""
        return self.measure in RATIOS


@dataclass(frozen=True, slots=True)
class MissingEvidence:
    """What is known of missing results.

    Attributes
    ----------
    asymmetry_p : float or None
        Of the small-study test; None where none was made (fewer than ten studies, for one).
    asymmetry_test : str
        Name of the test, or why none was made.
    judgement : str
        ROB-ME: 'low', 'some concerns', 'high', or empty.
    left_out : tuple of (str, int or None)
        Studies, with their size, whose result is missing for what it showed.
    complete_search : bool
        False where no database was searched.
    """

    asymmetry_p: float | None = None
    asymmetry_test: str = ""
    judgement: str = ""
    left_out: tuple[tuple[str, int | None], ...] = ()
    complete_search: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Parameters of the rules; the defaults are those of GRADE guidelines 6.

    ``alpha`` is two-sided; ``relative_risk_reduction`` is what an adequately sized trial should be able to find
    where the protocol names no minimal important difference.
    """

    alpha: float = 0.05
    power: float = 0.80
    relative_risk_reduction: float = 0.25
    non_randomised_start: Literal["low", "high-with-robins-i"] = "low"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a rating of one outcome rests on.

    Attributes
    ----------
    effect : Effect or None
        None where nothing was pooled (the outcome is then rated as a narrative synthesis).
    important_difference : float or None
        Minimal important difference on the natural scale of ``effect.measure`` (a ratio such as 0.8 or 1.25).
    baseline_risk : float or None
        Risk without the intervention, from 0 to 1, for the optimal information size of ratios.
    sd : float or None
        Standard deviation of the outcome, for the optimal information size of a mean difference.
    events : int or None
        Events in the pooled studies.
    """

    outcome: str
    studies: tuple[StudyEvidence, ...]
    effect: Effect | None = None
    important_difference: float | None = None
    baseline_risk: float | None = None
    sd: float | None = None
    events: int | None = None
    missing: MissingEvidence = field(default_factory=MissingEvidence)

    @property
    def reporting(self) -> tuple[StudyEvidence, ...]:
        """Studies of which a result is known."""
        return tuple(study for study in self.studies if study.reports)

    @property
    def informing(self) -> tuple[StudyEvidence, ...]:
        """The pooled studies, or all that report where nothing is pooled."""
        pooled = tuple(study for study in self.studies if study.weight is not None)
        return pooled if self.effect is not None and pooled else self.reporting

    @property
    def participants(self) -> int | None:
        """People in the studies that inform the rating; None where one of them does not say."""
        sizes = [study.n for study in self.informing]
        return sum(n for n in sizes if n is not None) if sizes and None not in sizes else None

    @property
    def threshold(self) -> float | None:
        """The important difference as a distance from no effect, on the scale of the analysis."""
        if self.important_difference is None or self.effect is None:
            return None
        if self.effect.on_log_scale:
            return abs(math.log(self.important_difference)) or None
        return abs(self.important_difference)

    def shares(self) -> tuple[tuple[StudyEvidence, float], ...]:
        """Each informing study with its share (summing to 1): by weight, else by size, else equal."""
        studies = self.informing
        if all(study.weight is not None for study in studies):
            raw = [float(study.weight or 0.0) for study in studies]
        elif all(study.n is not None for study in studies):
            raw = [float(study.n or 0) for study in studies]
        else:
            raw = [1.0] * len(studies)
        total = math.fsum(raw)
        if total <= 0:
            raw, total = [1.0] * len(studies), float(len(studies))
        return tuple((study, value / total) for study, value in zip(studies, raw, strict=True))

    @property
    def shares_by(self) -> str:
        """What `shares` counts by: 'weight', 'people' or 'studies'."""
        if all(study.weight is not None for study in self.informing):
            return "weight"
        return "people" if all(study.n is not None for study in self.informing) else "studies"
