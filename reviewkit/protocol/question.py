"""What is asked: PICO or PECO, who answers for it, and which reports are eligible."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reviewkit.authorship import Person
from reviewkit.protocol.parts import (
    Identifier,
    Kind,
    Part,
    Status,
    Text,
    Version,
)


class Amendment(Part):
    """A change to the protocol after version 1, and why (PRISMA 2020 item 24c)."""

    version: Version
    date: dt.date
    change: Text
    reason: Text


class Previous(Part):
    """An earlier version of the review that this one updates (PRISMA 2020 flow of an updated review)."""

    reference: Text
    studies: Annotated[int, Field(ge=0)]
    reports: Annotated[int, Field(ge=0)]


class Question(Part):
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
    implications: tuple[Text, ...] = ()
    """For practice, policy and research, in the reviewers' words; no stronger than the best certainty allows."""
    authors: tuple[Person, ...] = ()
    doi: str = ""
    url: str = ""
    license: str = ""
    previous: Previous | None = None

    @model_validator(mode="after")
    def _names_what_is_studied(self) -> Question:
        if not (self.intervention or self.exposure):
            raise ValueError("needs an intervention or an exposure")
        if self.status == "final" and not self.authors:
            raise ValueError("a final review names its authors: add [[question.authors]]")
        if self.status == "demonstration" and self.authors:
            raise ValueError("a demonstration names no person: its author is the project")
        return self


class ExclusionReason(Part):
    """A reason a report may be excluded for; ``key`` is its letter in the screening panel."""

    id: Identifier
    label: Text
    key: Annotated[str, Field(pattern=r"^[a-z0-9]?$")] = ""


class Eligibility(Part):
    """Which designs count, what else must hold, and the only reasons for excluding."""

    designs: tuple[Text, ...]
    criteria: tuple[Text, ...] = ()
    reasons: Annotated[tuple[ExclusionReason, ...], Field(min_length=1)]
