"""The protocol of one question: what was asked, and every choice made before the data were seen.

Layer 0: models only. `reviewkit.store.toml` reads the file and turns validation errors into places.
Vocabulary: PICO and analysis sets after the Cochrane Handbook (ch. 2, 3, 9), reporting after PRISMA 2020.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from reviewkit.identifiers import check_identifier

Identifier = Annotated[str, AfterValidator(check_identifier)]
"""A name used in file names and logs: lower-case letters, digits and hyphens, at most 64."""

Text = Annotated[str, Field(min_length=1)]
Version = Annotated[str, Field(pattern=r"^\d+(\.\d+){0,2}$")]
Measure = Literal["MD", "SMD", "ROM", "RR", "OR", "RD", "IRR", "HR"]
MEANS = ("MD", "SMD", "ROM")
RATIOS = ("RR", "OR", "ROM", "IRR", "HR")
"""Measures that are analysed as logarithms."""
ConversionKind = Literal["se", "ci", "sizes", "t", "f", "p", "median", "percent"]
Conversions = tuple[ConversionKind, ...]
DEFAULT_CONVERSIONS: Conversions = ("se", "ci", "sizes", "t")
"""Conversions that lose nothing: a standard error or interval to an SD, a t to an effect, a variance from sizes."""
MultiArm = Literal["one", "split"]
Interval = Literal["normal", "t", "hk", "hk-adhoc"]
Tau2 = Literal["REML", "DL", "PM", "ML", "SJ", "HE", "HS", "EB"]
Model = Literal["random", "common"]
Status = Literal["demonstration", "draft", "final"]
Kind = Literal["intervention", "association", "harms"]
Stage = Literal["title-abstract", "full-text"]


class PlacedErrors(ValueError):
    """Several contradictions of one file, each with the key it stands at."""

    def __init__(self, errors: list[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("; ".join(text for _, text in errors))
        self.errors = errors


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Amendment(_Part):
    """A change to the protocol after version 1, and why (PRISMA 2020 item 24c)."""

    version: Version
    date: dt.date
    change: Text
    reason: Text


class Question(_Part):
    """PICO or PECO, and where the review stands."""

    id: Identifier
    title: Text
    kind: Kind
    condition: Text
    therapy: Text
    population: Text
    intervention: str = ""
    exposure: str = ""
    comparator: Text
    status: Status
    eligibility_basis: Literal["abstract", "full-text"]
    version: Version
    date: dt.date
    registration: Text
    funding: Text
    conflicts: Text
    rationale: str = ""
    limitations: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _names_what_is_studied(self) -> Question:
        if not (self.intervention or self.exposure):
            raise ValueError("needs an intervention or an exposure")
        return self


class ExclusionReason(_Part):
    """A reason a report may be excluded for; ``key`` is its letter in the screening panel."""

    id: Identifier
    label: Text
    key: Annotated[str, Field(pattern=r"^[a-z0-9]?$")] = ""


class Eligibility(_Part):
    """Which designs count, what else must hold, and the only reasons for excluding."""

    designs: tuple[Text, ...]
    criteria: tuple[Text, ...] = ()
    reasons: Annotated[tuple[ExclusionReason, ...], Field(min_length=1)]


class Highlight(_Part):
    """Words marked in titles and abstracts while screening."""

    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()


class Screening(_Part):
    """Votes wanted at each stage (1 or 2) and who casts them, by role id.

    With more reviewers than votes the reports are divided among them. ``consensus`` is the third person who
    settles conflicts; without one the reviewers settle them together.
    """

    votes_title_abstract: Annotated[int, Field(ge=1, le=2)] = 2
    votes_full_text: Annotated[int, Field(ge=1, le=2)] = 2
    reviewers: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    consensus: Identifier | None = None
    highlight: Highlight = Highlight()

    @model_validator(mode="after")
    def _names_enough(self) -> Screening:
        errors: list[tuple[tuple[str | int, ...], str]] = []
        for index, name in enumerate(self.reviewers):
            if name == "consensus":
                errors.append((("reviewers", index), "'consensus' names the log of settled conflicts; choose another"))
            if name in self.reviewers[:index]:
                errors.append((("reviewers", index), f"reviewer {name!r} is named twice"))
        for key, wanted in (("title_abstract", self.votes_title_abstract), ("full_text", self.votes_full_text)):
            if wanted > len(self.reviewers):
                errors.append(((f"votes_{key}",), f"{wanted} votes are wanted but {len(self.reviewers)} reviewer is "
                               "named: name another in reviewers, or want one vote"))
        if errors:
            raise PlacedErrors(errors)
        return self

    def votes(self, stage: str) -> int:
        """How many independent votes a report needs at a stage."""
        return self.votes_title_abstract if stage == "title-abstract" else self.votes_full_text


class Deduplication(_Part):
    """What counts as one report; ``versions_apart`` keeps versions and updates of one (Cochrane) review apart."""

    versions_apart: bool = False


class Extraction(_Part):
    """Who extracts, by role id; with one extractor no consensus file is wanted."""

    extractors: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    pilot: tuple[Identifier, ...] = ()
    """Studies that both extracted first, to see how far they agree."""


class AppraisalPlan(_Part):
    """Who appraises risk of bias, by role id; with one assessor no consensus file is wanted."""

    assessors: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=2)]
    pilot: tuple[Identifier, ...] = ()
    """Studies that both appraised first, to see how far they agree."""
    effect: Literal["assignment", "adhering"] = "assignment"
    """The effect of interest in randomised trials (RoB 2, domain 2)."""
    tools: dict[Identifier, Identifier] = {}
    """Study id to tool id, where the design alone would choose another tool."""


class CertaintyPlan(_Part):
    """Who rates certainty (GRADE), by role id, and the parameters of the rules.

    ``alpha`` (two-sided) and ``power`` are those of the optimal information size; ``relative_risk_reduction`` is what
    it looks for where an outcome has no important difference. Non-randomised studies start low, or high where all of
    them are appraised with ROBINS-I (GRADE guidelines 18, doi:10.1016/j.jclinepi.2018.01.012).
    """

    assessors: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    power: Annotated[float, Field(gt=0.5, lt=1)] = 0.80
    relative_risk_reduction: Annotated[float, Field(gt=0, lt=1)] = 0.25
    non_randomised_start: Literal["low", "high-with-robins-i"] = "low"


class AnalysisSet(_Part):
    """A named set of results and the rule that puts a result into it."""

    id: Identifier
    rule: Text
    pooled: bool = True
    """False for sets that may be described but never pooled (within-group, no comparator)."""


class Instrument(_Part):
    """A scale or assay; ``better`` is the direction of benefit, where there is one."""

    name: Text
    minimum: float | None = None
    maximum: float | None = None
    better: Literal["higher", "lower"] | None = None
    unit: str = ""


class ImportantDifference(_Part):
    """The minimal important difference of an outcome, on the scale of its measure; ``large``: what counts as large."""

    value: Annotated[float, Field(gt=0)]
    measure: Measure
    source: Text
    large: Annotated[float, Field(gt=0)] | None = None


class BaselineRisk(_Part):
    """An assumed risk without the intervention, for absolute effects."""

    per_1000: Annotated[float, Field(gt=0, lt=1000)]
    source: Text


class Window(_Part):
    """When an outcome counts, in weeks from the start of treatment, and which of several times is taken."""

    start: Annotated[float, Field(ge=0)]
    end: Annotated[float, Field(ge=0)]
    prefer: Literal["first", "last", "nearest"] = "last"
    nearest: float | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Window:
        if self.end < self.start:
            raise ValueError(f"end = {self.end:g} is before start = {self.start:g}")
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
        return f"week {self.start:g} to {self.end:g}"


class SensitivityAnalysis(_Part):
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


class Plan(_Part):
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


class Outcome(_Part):
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


class Protocol(_Part):
    """One question's protocol, as ``data/<question>/protocol.toml`` holds it."""

    question: Question
    eligibility: Eligibility
    deduplication: Deduplication = Deduplication()
    screening: Screening
    extraction: Extraction
    appraisal: AppraisalPlan | None = None
    certainty: CertaintyPlan | None = None
    analysis_sets: Annotated[tuple[AnalysisSet, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    amendments: tuple[Amendment, ...] = ()

    @model_validator(mode="after")
    def _names_agree(self) -> Protocol:
        errors = _doubles("analysis_sets", "analysis set", [s.id for s in self.analysis_sets])
        errors += _doubles("outcomes", "outcome", [o.id for o in self.outcomes])
        for index, outcome in enumerate(self.outcomes):
            errors += self._set_errors(("outcomes", index, "plan"), outcome)
        if self.amendments and self.amendments[-1].version != self.question.version:
            text = f"version is {self.question.version} but the last amendment made {self.amendments[-1].version}"
            errors.append((("question", "version"), text))
        if errors:
            raise PlacedErrors(errors)
        return self

    def _set_errors(self, place: tuple[str | int, ...], outcome: Outcome) -> list[tuple[tuple[str | int, ...], str]]:
        pooled = {s.id: s.pooled for s in self.analysis_sets}
        uses = [((*place, "sets"), outcome.plan.sets)]
        uses += [((*place, "sensitivity", i, "sets"), s.sets or ()) for i, s in enumerate(outcome.plan.sensitivity)]
        errors = []
        for key, names in uses:
            for name in names:
                if name not in pooled:
                    text = f"outcome {outcome.id!r} uses analysis set {name!r}; known: {', '.join(pooled)}"
                    errors.append((key, text))
                elif not pooled[name]:
                    errors.append((key, f"outcome {outcome.id!r} would pool set {name!r}, which has pooled = false"))
        return errors

    def outcome(self, name: str) -> Outcome:
        """The outcome with this id.

        Raises
        ------
        KeyError
            If the protocol has none of that name.
        """
        for outcome in self.outcomes:
            if outcome.id == name:
                return outcome
        raise KeyError(name)

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        """Ids of the outcomes, in the protocol's order."""
        return tuple(o.id for o in self.outcomes)

    @property
    def harms(self) -> tuple[Outcome, ...]:
        """Outcomes of importance 'harm', in the protocol's order."""
        return tuple(o for o in self.outcomes if o.importance == "harm")

    @property
    def reasons(self) -> dict[str, str]:
        """Exclusion reasons: id to label."""
        return {r.id: r.label for r in self.eligibility.reasons}

    @property
    def demonstration(self) -> bool:
        """True while judgements are the project's own and not two human reviewers'."""
        return self.question.status == "demonstration"


def _doubles(key: str, what: str, names: list[str]) -> list[tuple[tuple[str | int, ...], str]]:
    return [
        ((key, index, "id"), f"{what} {name!r} is named twice")
        for index, name in enumerate(names)
        if name in names[:index]
    ]
