"""What a reviewer sees of a report: the card, a line of search results, and how far the stage is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from reviewkit.model import Record
from reviewkit.screening import Decision

if TYPE_CHECKING:
    from reviewkit.screening.stopping import RecallEstimate

_WEB = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a report: what it leads to, and a web address (http or https, nothing else)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One report as its reviewer sees it; every text is plain text, to be shown as text.

    Attributes
    ----------
    status : str
        This reviewer's own vote, or 'unscreened'.
    reason, note : str
        Of that vote.
    why : tuple of str
        Terms that rank it where it is; empty while nothing has been learnt.
    position : int
        Its place in its queue, from 1; 0 for a report already voted on.
    queue : {'ranked', 'without-text', 'skipped', 'voted'}
        Which queue it stands in: records without title and abstract have one of their own.
    """

    report: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    journal: str
    abstract: str
    doi: str
    pmid: str
    links: tuple[Link, ...]
    keywords: tuple[str, ...]
    status: str
    reason: str
    note: str
    why: tuple[str, ...]
    position: int
    queue: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search: enough to choose a report by."""

    report: str
    title: str
    authors: str
    year: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one reviewer is at one stage, from this reviewer's votes alone.

    Attributes
    ----------
    without_text : int
        Reports left that have neither title nor abstract.
    conflicts : int or None
        Open conflicts; None while they are hidden, that is until this reviewer has voted on everything.
    recall : RecallEstimate or None
        Estimated share of the relevant reports found so far; None while there is too little to say.
    advice : str
        What the stopping rules say; a person decides.
    """

    total: int
    done: int
    left: int
    included: int
    excluded: int
    maybe: int
    without_text: int
    conflicts: int | None
    recall: RecallEstimate | None
    advice: str


def make_card(
    report: str, record: Record, vote: Decision | None, *, why: tuple[str, ...], position: int, queue: str
) -> Card:
    """A card from the merged record of a report and the reviewer's own vote."""
    return Card(
        report=report, title=record.title, authors=tuple(str(author) for author in record.authors), year=record.year,
        journal=record.journal, abstract=record.abstract, doi=record.doi, pmid=record.pmid, links=links_of(record),
        keywords=record.keywords, status=vote.decision if vote else "unscreened", reason=vote.reason if vote else "",
        note=vote.note if vote else "", why=why, position=position, queue=queue,
    )


def links_of(record: Record) -> tuple[Link, ...]:
    """Where a report can be read: DOI, PubMed, PubMed Central, and its own link if that is a web address."""
    found = []
    if record.doi:
        found.append(Link("DOI", f"https://doi.org/{quote(record.doi, safe='/:;().-_')}"))
    if record.pmid.isdecimal():
        found.append(Link("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"))
    if re.fullmatch(r"PMC\d+", record.pmcid):
        found.append(Link("PubMed Central", f"https://pmc.ncbi.nlm.nih.gov/articles/{record.pmcid}/"))
    if _WEB.match(record.url) and record.url not in {link.url for link in found}:
        found.append(Link("Link", record.url))
    return tuple(found)
