"""What a checklist's rules look at, and what they answer: met and where, not met and why, or that it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.protocol import Protocol, Question
from reviewkit.review import Review
from reviewkit.review.records.searches import SearchFile
from reviewkit.screening import STAGES

if TYPE_CHECKING:
    from reviewkit.report.opened import Report
    from reviewkit.review.analysis import OutcomeAnalysis
    from reviewkit.review.certainty.rating import Certainty

State = Literal["met", "not met", "does not apply"]
STATES: tuple[State, ...] = ("met", "not met", "does not apply")
PLACES = {
    "title": ("Title", "title"), "abstract": ("Abstract", "abstract"),
    "protocol": ("Question and protocol", "question-and-protocol"),
    "outcomes": ("Outcomes planned", "outcomes-planned"),
    "sets": ("Analysis sets", "sets"), "models": ("Models planned", "models"),
    "amendments": ("Amendments", "amendments"),
    "sources": ("Where the records came from", "where-the-records-came-from"),
    "files": ("Files", "files"), "flow": ("Flow diagram", "flow"), "votes": ("Votes", "votes"),
    "duplicates": ("Duplicate records", "duplicates"), "included": ("Included studies", "included"),
    "excluded": ("Excluded, with reasons", "excluded"), "near": ("Near misses", "near-misses"),
    "bias": ("Risk of bias", "risk-of-bias"), "missing": ("Missing evidence", "missing-evidence"),
    "contacts": ("Questions to authors", "author-contacts"), "results": ("Results by outcome", "results-by-outcome"),
    "harms": ("Harms", "harms"), "findings": ("Summary of findings", "findings"),
    "published": ("What published meta-analyses found", "what-published-meta-analyses-found"),
    "claims": ("What the web pages claim", "what-the-web-pages-claim"), "limits": ("Limitations", "limitations"),
    "implications": ("Implications for practice and research", "implications"),
    "provenance": ("Provenance", "provenance"), "inputs": ("Input files", "inputs"),
}
"""Places of the report that a checklist may point to: their names and anchors."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule found: the state, the places where it can be seen, and why it is not met."""

    state: State
    places: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Item:
    """One item of a checklist; the wording is our own, the number is the source's."""

    number: str
    section: str
    topic: str
    asks: str
    rule: Callable[[Look], Answer]


def met(*places: str | tuple[str, str]) -> Answer:
    """Met, and where: names of `PLACES`, or (name, anchor)."""
    return Answer("met", _pairs(places))


def unmet(why: str, *places: str | tuple[str, str]) -> Answer:
    """Not met, why, and where the report says so."""
    return Answer("not met", _pairs(places), why)


def needless(why: str, *places: str | tuple[str, str]) -> Answer:
    """Does not apply, and why."""
    return Answer("does not apply", _pairs(places), why)


def either(holds: bool, why: str, *places: str | tuple[str, str]) -> Answer:
    """Met where it holds, else not met for the reason."""
    return met(*places) if holds else unmet(why, *places)


def _pairs(places: tuple[str | tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(PLACES[place] if isinstance(place, str) else place for place in places)


@dataclass(frozen=True)
class Look:
    """A report as the rules see it."""

    report: Report

    @property
    def review(self) -> Review:
        """The review."""
        return self.report.review

    @property
    def protocol(self) -> Protocol:
        """Its protocol."""
        return self.review.protocol

    @property
    def asked(self) -> Question:
        """What was asked."""
        return self.protocol.question

    @property
    def searched(self) -> bool:
        """Whether databases or registers were searched."""
        return self.review.sources.searches.kind == "database-search"

    @property
    def searches(self) -> tuple[SearchFile, ...]:
        """The searches of databases and registers; none where none was searched."""
        return tuple(f for f in self.review.sources.searches.file if f.method == "database") if self.searched else ()

    @property
    def on_abstracts(self) -> bool:
        """Whether reports were judged on abstracts and web pages."""
        return self.asked.eligibility_basis == "abstract"

    @property
    def twice(self) -> bool:
        """Whether every stage of screening wants two votes."""
        return all(self.protocol.screening.votes(stage) > 1 for stage in STAGES)

    @property
    def studies(self) -> int:
        """Studies included."""
        return len(self.review.studies)

    @property
    def certainties(self) -> tuple[Certainty, ...]:
        """Every outcome with its rating."""
        return self.report.certainties

    @cached_property
    def reporting(self) -> tuple[Certainty, ...]:
        """Outcomes that at least one study reports."""
        return tuple(c for c in self.certainties if c.analysis.main.results)

    @cached_property
    def rated(self) -> tuple[Certainty, ...]:
        """Outcomes with evidence that can be rated."""
        return tuple(c for c in self.certainties if c.rating.level != NO_EVIDENCE)

    @cached_property
    def pooled(self) -> tuple[Certainty, ...]:
        """Outcomes with a pool."""
        return tuple(c for c in self.reporting if c.analysis.main.pooled or (c.harms and c.harms.pool))

    @cached_property
    def unpooled(self) -> tuple[Certainty, ...]:
        """Outcomes that studies report and that were not pooled."""
        return tuple(c for c in self.reporting if c not in self.pooled)

    @property
    def demonstration(self) -> bool:
        """Whether the judgements are the project's own."""
        return self.protocol.demonstration

    @property
    def analyses(self) -> tuple[OutcomeAnalysis, ...]:
        """The analyses of the outcomes that are reported."""
        return tuple(c.analysis for c in self.reporting)

    def noted(self, *words: str) -> bool:
        """Whether the note on the searches speaks of something."""
        note = self.review.sources.searches.note.casefold()
        return any(word in note for word in words)
