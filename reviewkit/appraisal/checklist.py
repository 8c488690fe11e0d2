"""A reviewer's own checklist, as a TOML file holds it (docs/risk-of-bias.md says how to write one)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from reviewkit.appraisal.soundness import faults
from reviewkit.appraisal.tool import Domain, Level, Question, Source, Step, Tool, Unit, steps
from reviewkit.protocol import Identifier, PlacedErrors, Text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LevelPart(_Part):
    """A level of judgement and its light."""

    word: Text
    light: Literal["low", "some", "high", "critical", "none"]


class QuestionPart(_Part):
    """A question with the answers it may have."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]
    text: Text
    answers: tuple[Literal["Y", "PY", "PN", "N", "NI", "NA"], ...] = ("Y", "PY", "PN", "N", "NI")
    better: Literal["Y", "N"] = "Y"
    critical: bool = False


class ThresholdPart(_Part):
    """The least number of stars for a level."""

    stars: Annotated[int, Field(ge=0)]
    level: Text


class DomainPart(_Part):
    """A domain: with an algorithm, with stars, or (neither) judged by the assessor."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
    name: Text
    questions: Annotated[tuple[QuestionPart, ...], Field(min_length=1)]
    algorithm: str = ""
    starts: tuple[str, ...] = ()
    thresholds: tuple[ThresholdPart, ...] = ()

    @field_validator("algorithm")
    @classmethod
    def _is_a_table(cls, text: str) -> str:
        for line in filter(None, map(str.strip, text.splitlines())):
            head, colon, rest = line.partition(":")
            answers, arrow, to = rest.partition("->")
            if not (head.strip() and colon and answers.strip() and arrow and to.strip()):
                raise ValueError(f"row {line!r} is not of the form 'question: answers -> question or level'")
        return text

    @property
    def table(self) -> tuple[Step, ...]:
        """The algorithm's rows."""
        return steps(self.algorithm) if self.algorithm.strip() else ()


class SourcePart(_Part):
    """Where the checklist was published, or who made it."""

    citation: Text
    doi: str = ""
    url: str = ""
    read: str = ""


class Checklist(_Part):
    """A checklist of the reviewers' own, or a published one that does not come with the project."""

    id: Identifier
    name: Text
    unit: Unit = "study"
    overall: Literal["worst", "flaws", "assessor"] = "worst"
    unknown: str = ""
    checked_against_source: bool = False
    source: SourcePart
    levels: Annotated[tuple[LevelPart, ...], Field(min_length=2)]
    overall_levels: tuple[LevelPart, ...] = ()
    domains: Annotated[tuple[DomainPart, ...], Field(min_length=1)]
    remarks: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _is_sound(self) -> Checklist:
        errors: list[tuple[tuple[str | int, ...], str]] = list(faults(self.tool()))
        if self.overall == "flaws" and len(self.overall_levels) != 4:
            errors.append((("overall_levels",), "a count of flaws needs four levels, from best to worst"))
        if errors:
            raise PlacedErrors(errors)
        return self

    def tool(self) -> Tool:
        """The checklist as a tool."""
        domains = tuple(
            Domain(d.id, d.name, tuple(Question(q.id, q.text, q.answers, q.better, q.critical) for q in d.questions),
                   d.table, d.starts, tuple((t.stars, t.level) for t in d.thresholds))
            for d in self.domains
        )
        return Tool(
            self.id, self.name, self.unit, domains,
            tuple(Level(level.word, level.light) for level in self.levels),
            Source(self.source.citation, self.source.doi, self.source.url, self.source.read),
            overall=self.overall,
            overall_levels=tuple(Level(level.word, level.light) for level in self.overall_levels),
            unknown=self.unknown, checked_against_source=self.checked_against_source, remarks=self.remarks,
        )
