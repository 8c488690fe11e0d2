"""Who does what: screening, deduplication, extraction, risk of bias, certainty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reviewkit.protocol.parts import (
    Identifier,
    Part,
    PlacedErrors,
    Text,
)


class Highlight(Part):
    """Words marked in titles and abstracts while screening."""

    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()


class Screening(Part):
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


class Deduplication(Part):
    """What counts as one report; ``versions_apart`` keeps versions and updates of one (Cochrane) review apart."""

    versions_apart: bool = False


class Extraction(Part):
    """Who extracts, by role id; with one extractor no consensus file is wanted."""

    extractors: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    pilot: tuple[Identifier, ...] = ()
    """Studies that both extracted first, to see how far they agree."""


class AppraisalPlan(Part):
    """Who appraises risk of bias, by role id; with one assessor no consensus file is wanted."""

    assessors: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=2)]
    pilot: tuple[Identifier, ...] = ()
    """Studies that both appraised first, to see how far they agree."""
    effect: Literal["assignment", "adhering"] = "assignment"
    """The effect of interest in randomised trials (RoB 2, domain 2)."""
    tools: dict[Identifier, Identifier] = Field(default_factory=dict)
    """Study id to tool id, where the design alone would choose another tool."""


class CertaintyPlan(Part):
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
