"""What is measured and how it is synthesised: analysis sets, outcomes, plans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reviewkit.numbers import plain
from reviewkit.protocol.parts import (
    DEFAULT_CONVERSIONS,
    Conversions,
    Identifier,
    Interval,
    Measure,
    Model,
    MultiArm,
    Part,
    Tau2,
    Text,
)


class AnalysisSet(Part):
    """A named set of results and the rule that puts a result into it."""

    id: Identifier
    rule: Text
    pooled: bool = True
    """False for sets that may be described but never pooled (within-group, no comparator)."""


class Instrument(Part):
    """A scale or assay; ``better`` is the direction of benefit, where there is one."""

    name: Text
    minimum: float | None = None
    maximum: float | None = None
    better: Literal["higher", "lower"] | None = None
    unit: str = ""


class ImportantDifference(Part):
    """The minimal important difference of an outcome, on the scale of its measure; ``large``: what counts as large."""

    value: Annotated[float, Field(gt=0)]
    measure: Measure
    source: Text
    large: Annotated[float, Field(gt=0)] | None = None


class BaselineRisk(Part):
    """An assumed risk without the intervention, for absolute effects."""

    per_1000: Annotated[float, Field(gt=0, lt=1000)]
    source: Text


class Window(Part):
    """When an outcome counts, in weeks from the start of treatment, and which of several times is taken."""

    start: Annotated[float, Field(ge=0)]
    end: Annotated[float, Field(ge=0)]
    prefer: Literal["first", "last", "nearest"] = "last"
    nearest: float | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Window:
        if self.end < self.start:
            raise ValueError(f"end = {plain(self.end)} is before start = {plain(self.start)}")
        if (self.prefer == "nearest") != (self.nearest is not None):
            raise ValueError("prefer = 'nearest' and the week named by nearest go together")
        return self

    def holds(self, week: float) -> bool:
        """Whether a week lies in the window."""
        return self.start <= week <= self.end

    def distance(self, week: float | None) -> float:
        """How far a week is from the preferred one; infinite where the week is not known."""
        if week is None:
            return float("inf")
        if self.nearest is not None:
            return abs(week - self.nearest)
        return week - self.start if self.prefer == "first" else self.end - week

    def __str__(self) -> str:
        return f"week {plain(self.start)} to {plain(self.end)}"


class SensitivityAnalysis(Part):
    """The main analysis with one choice changed; what is not named stays as planned."""

    id: Identifier
    label: Text
    sets: tuple[Identifier, ...] | None = None
    exclude: tuple[Identifier, ...] = ()
    measure: Measure | None = None
    model: Model | None = None
    tau2: Tau2 | None = None
    interval: Interval | None = None
    conversions: Conversions | None = None
    multi_arm: MultiArm | None = None


class Plan(Part):
    """The synthesis plan of one outcome. Defaults follow the Cochrane Handbook, chapter 10.

    ``conversions`` names what may be converted: se, ci (interval of a mean or effect), sizes (variance of a printed g
    from the arm sizes) and t lose nothing and are allowed unless left out; f (sign from the words), p (exact p values
    only), median (mean and SD from quantiles) and percent (counts from percentages) are opt-in. ``comparators`` orders
    comparators by words in the arm's name; ``multi_arm = "split"`` lets all comparisons of a study enter against one
    comparator, divided between them.
    """

    measure: Measure
    sets: Annotated[tuple[Identifier, ...], Field(min_length=1)] = ("primary",)
    pool: bool = True
    why_not_pooled: str = ""
    model: Model = "random"
    tau2: Tau2 = "REML"
    interval: Interval = "hk"
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    least_studies: Annotated[int, Field(ge=2)] = 2
    conversions: Conversions = DEFAULT_CONVERSIONS
    comparators: tuple[Text, ...] = ()
    multi_arm: MultiArm = "one"
    subgroups: tuple[Text, ...] = ()
    sensitivity: tuple[SensitivityAnalysis, ...] = ()

    @model_validator(mode="after")
    def _says_why(self) -> Plan:
        if not self.pool and not self.why_not_pooled:
            raise ValueError("pool = false needs why_not_pooled")
        return self


class Outcome(Part):
    """What is measured, with which instruments in order of preference, when, and how it is synthesised."""

    id: Identifier
    name: Text
    importance: Literal["critical", "important", "harm"] = "important"
    better: Literal["higher", "lower", "neither"]
    instruments: tuple[Instrument, ...] = ()
    timepoint: Text
    window: Window | None = None
    important_difference: ImportantDifference | None = None
    no_important_difference_because: str = ""
    baseline_risks: tuple[BaselineRisk, ...] = ()
    plan: Plan

    @model_validator(mode="after")
    def _has_important_difference(self) -> Outcome:
        if self.important_difference is None and not self.no_important_difference_because:
            raise ValueError("needs important_difference, or no_important_difference_because")
        return self
