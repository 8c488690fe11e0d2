"""What a report is, for whoever cites or stores it: one description, from results.json alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.authorship import PROJECT
from reviewkit.errors import ReviewkitError

STATUS_WORDS = {"demonstration": "Demonstration review", "draft": "Draft", "final": "Published"}
"""schema.org ``creativeWorkStatus`` and the same words wherever a status stands."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """An author: a person, or with ``given`` empty an organisation."""

    family: str
    given: str = ""
    orcid: str = ""
    affiliation: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        """Given and family name in reading order."""
        return f"{self.given} {self.family}".strip()

    @property
    def is_person(self) -> bool:
        """False for an organisation."""
        return bool(self.given)


@dataclass(frozen=True, slots=True)
class Description:
    """What a citation needs to say of a report.

    Attributes
    ----------
    title : str
        As the page prints it; it says so where the review is a demonstration.
    abstract : str
        The one-sentence answer.
    report_id : str
        Derived from inputs, code and environment: sixteen hexadecimal digits.
    keywords : tuple of str
        Condition, therapy, and the kind of work.
    """

    question: str
    title: str
    status: str
    abstract: str
    authors: tuple[Contributor, ...]
    version: str
    date: dt.date
    report_id: str
    keywords: tuple[str, ...]
    registration: str
    funding: str
    doi: str = ""
    url: str = ""
    license: str = ""

    @property
    def status_words(self) -> str:
        """'Demonstration review', 'Draft' or 'Published'."""
        return STATUS_WORDS[self.status]

    @property
    def citable(self) -> bool:
        """True for a finished review: only then may reference managers take it for one."""
        return self.status == "final"

    @property
    def sentence(self) -> str:
        """The citation as a line of a reference list."""
        who = ", ".join(author.name for author in self.authors)
        where = f" doi:{self.doi}" if self.doi else f" {self.url}" if self.url else ""
        title = self.title if self.title[-1] in ".?!" else f"{self.title}."
        return f"{who}. {title} Version {self.version}, {self.date.isoformat()}. Report {self.report_id}.{where}"

    @property
    def note(self) -> str:
        """Status, version, registration and report id, for formats that have one free field."""
        return (f"{self.status_words}. Version {self.version}, {self.date.isoformat()}. Registration: "
                f"{self.registration}. Report {self.report_id}.")


def describe(results: Mapping[str, Any]) -> Description:
    """The description of a report.

    Parameters
    ----------
    results : mapping
        What ``results.json`` holds.

    Raises
    ------
    ReviewkitError
        If it lacks what every report has.
    """
    try:
        cited, answer = results["citation"], results["answer"]
        return Description(
            question=results["question"], title=results["title"], status=results["status"],
            abstract=answer["sentence"],
            authors=tuple(Contributor(**author) for author in cited["authors"]) or (Contributor(PROJECT),),
            version=results["protocol_version"], date=dt.date.fromisoformat(results["date"]),
            report_id=results["provenance"]["report"], keywords=tuple(cited["keywords"]),
            registration=cited["registration"], funding=cited["funding"], doi=cited["doi"], url=cited["url"],
            license=cited["license"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReviewkitError(f"results.json lacks what a citation needs ({error}).", code="results",
                             remedy=f"Build the report anew: reviewkit run {results.get('question', 'QUESTION')} "
                             "--force") from None
