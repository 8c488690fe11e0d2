"""The protocol of one question: what was asked, and every choice made before the data were seen.

Layer 0: models only. `reviewkit.store.toml` reads the file and turns validation errors into places.
Vocabulary: PICO and analysis sets after the Cochrane Handbook (ch. 2, 3, 9), reporting after PRISMA 2020.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from reviewkit.protocol.conduct import (
    AppraisalPlan,
    CertaintyPlan,
    Deduplication,
    Extraction,
    Highlight,
    Screening,
)
from reviewkit.protocol.outcomes import (
    AnalysisSet,
    BaselineRisk,
    ImportantDifference,
    Instrument,
    Outcome,
    Plan,
    SensitivityAnalysis,
    Window,
)
from reviewkit.protocol.parts import (
    DEFAULT_CONVERSIONS,
    MEANS,
    RATIOS,
    ConversionKind,
    Conversions,
    Identifier,
    Interval,
    Kind,
    Measure,
    Model,
    MultiArm,
    Part,
    PlacedErrors,
    Stage,
    Status,
    Tau2,
    Text,
    Version,
)
from reviewkit.protocol.question import (
    Amendment,
    Eligibility,
    ExclusionReason,
    Question,
)

__all__ = [
    "DEFAULT_CONVERSIONS",
    "MEANS",
    "RATIOS",
    "Amendment",
    "AnalysisSet",
    "AppraisalPlan",
    "BaselineRisk",
    "CertaintyPlan",
    "ConversionKind",
    "Conversions",
    "Deduplication",
    "Eligibility",
    "ExclusionReason",
    "Extraction",
    "Highlight",
    "Identifier",
    "ImportantDifference",
    "Instrument",
    "Interval",
    "Kind",
    "Measure",
    "Model",
    "MultiArm",
    "Outcome",
    "PlacedErrors",
    "Plan",
    "Protocol",
    "Question",
    "Screening",
    "SensitivityAnalysis",
    "Stage",
    "Status",
    "Tau2",
    "Text",
    "Version",
    "Window",
]


class Protocol(Part):
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
