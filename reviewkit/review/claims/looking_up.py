"""``data/citations-looked-up.csv``: what Crossref, PubMed and OpenAlex hold of each cited reference, as a proposal.

A person's rows in ``data/citations.csv`` stay as they are; where the look-up says otherwise, it waits for that person.
A work counts as the cited one where its DOI is the one given, or its title is nearly the same; a work of the same
author on something else is named as the nearest and no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz

from reviewkit.dedup.author import family_names, family_names_of
from reviewkit.dedup.journal import journal_similarity, normalise_journal
from reviewkit.dedup.title import normalise_title
from reviewkit.errors import Problem
from reviewkit.model import Record
from reviewkit.readers import read_bytes
from reviewkit.review.claims.auditing import (
    DIFFERENT,
    FOUND,
    NAME,
    NAMELESS,
    NO_CITATION,
    NOT_CHECKED,
    NOT_FOUND,
    Citation,
    read_citations,
    said_of,
)
from reviewkit.sources import Client, ServiceError
from reviewkit.sources.crossref import DATABASE as CROSSREF
from reviewkit.sources.lookup import SERVICES, Service, Wanted, look_up
from reviewkit.sources.retractions import Checkable, through_crossref
from reviewkit.tables import read_csv, write_csv

PROPOSALS = "data/citations-looked-up.csv"
COLUMNS = ("id", "status", "differs", "found", "doi", "pmid", "nearest", "retraction", "where_looked", "looked_on",
           "judged", "agrees")
SAME_TITLE = 92.0
"""Similarity (0 to 100) of two normalised titles from which they are one title, a misprint allowed."""
SAME_JOURNAL = 85.0
NEAR_TITLE = 55.0
"""From this similarity on, a work of another title is worth naming as the nearest."""
GRAVE = ("retracted", "expression of concern")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the services hold of one reference.

    Attributes
    ----------
    found, doi, pmid : str
        The work that was found; empty where none was.
    nearest : str
        The nearest work where none was found.
    retraction : str
        As `reviewkit.sources.retractions` says it, of the work found.
    judged : str
        The status that a person had given when it was looked up.
    """

    id: str
    status: str
    differs: str
    found: str
    doi: str
    pmid: str
    nearest: str
    retraction: str
    where_looked: str
    looked_on: str
    judged: str

    @property
    def agrees(self) -> bool:
        """Whether a person's judgement is the same."""
        return self.status == self.judged and self.retraction not in GRAVE

    @property
    def said(self) -> str:
        """What was found, in words that claim no more than was looked at."""
        return said_of(self.status, self.differs, self.where_looked, self.looked_on, self.nearest)

    def as_dict(self) -> dict[str, object]:
        """The row as the file holds it."""
        return {name: getattr(self, name) for name in COLUMNS[:-1]} | {"agrees": "yes" if self.agrees else "no"}


@dataclass(frozen=True, slots=True)
class LookUp:
    """Proposals, ids of references that name no work to look up, and the services that failed."""

    proposals: tuple[Proposal, ...]
    nameless: tuple[str, ...] = ()
    failures: tuple[ServiceError, ...] = ()


Connect = Callable[[Service], Client]


def look_up_citations(
    root: Path,
    *,
    connect: Connect,
    today: dt.date | None = None,
    progress: Callable[[str, int, int], None] = lambda name, done, wanted: None,
) -> LookUp:
    """Look every reference up and write the proposals; ``data/citations.csv`` is only read.

    A service that fails is left out: each proposal names those that answered. Where all fail nothing is written.

    Parameters
    ----------
    connect : callable
        Gives the client for a service.
    today : datetime.date, optional
        The day of the look-up; by default today.

    Raises
    ------
    ServiceError
        If no service gives an answer: that of the first.
    InputError
        If ``data/citations.csv`` is wrong.
    """
    citations = [item for item in read_citations(root) if item.status != NO_CITATION]
    wanted = {item.id: _wanted(item) for item in citations if item.author not in NAMELESS}
    entries: dict[str, list[Record]] = {name: [] for name in wanted}
    answered: list[str] = []
    failures: list[ServiceError] = []
    for service in SERVICES:
        found: dict[str, tuple[Record, ...]] = {}
        try:
            with connect(service) as client:
                for name, reference in wanted.items():
                    found[name] = _records(look_up(service, client, reference))
                    progress(service.name, len(found), len(wanted))
        except ServiceError as error:
            failures.append(error)
            continue
        answered.append(service.name)
        for name, records in found.items():
            entries[name] += records
    if failures and not answered:
        raise failures[0]
    proposals = [_proposal(item, entries[item.id], answered, (today or dt.date.today()).isoformat())
                 for item in citations if item.id in wanted]
    if CROSSREF.name in answered:
        proposals, failed = _with_retractions(proposals, connect)
        failures += failed
    write_csv(root / PROPOSALS, COLUMNS, [item.as_dict() for item in proposals])
    return LookUp(tuple(proposals), tuple(item.id for item in citations if item.id not in wanted), tuple(failures))


def _wanted(citation: Citation) -> Wanted:
    return Wanted(citation.title, citation.author, citation.year, citation.journal, citation.doi)


def _records(export: bytes) -> tuple[Record, ...]:
    return read_bytes(export, "look-up").records if export.strip() else ()


def _proposal(citation: Citation, entries: Sequence[Record], answered: Sequence[str], day: str) -> Proposal:
    place = f"{', '.join(answered)}, by {'title and DOI' if citation.doi else 'title'}"
    same = [record for record in entries if _is_cited(citation, record)]
    best = min(same, key=lambda record: (len(_differing(citation, record)), not record.doi), default=None)
    if best is None:
        return Proposal(citation.id, NOT_FOUND, "", "", "", "", _nearest(citation, entries), NOT_CHECKED, place, day,
                        citation.status)
    differing = _differing(citation, best)
    return Proposal(citation.id, DIFFERENT if differing else FOUND, "; ".join(differing), _named(best), best.doi,
                    best.pmid or next((record.pmid for record in same if record.pmid), ""), "", NOT_CHECKED, place,
                    day, citation.status)


def _alike(citation: Citation, record: Record) -> float:
    """Similarity of the titles, 0 to 100."""
    return float(fuzz.token_sort_ratio(normalise_title(citation.title), normalise_title(record.title)))


def _is_cited(citation: Citation, record: Record) -> bool:
    by_doi = bool(citation.doi) and citation.doi.lower() == record.doi.lower()
    return by_doi or _alike(citation, record) >= SAME_TITLE


def _differing(citation: Citation, record: Record) -> list[str]:
    """Which details of a citation are not those of the work; what either side leaves out does not differ."""
    found = []
    if _alike(citation, record) < SAME_TITLE:
        found.append("title")
    if record.authors and not _same_author(citation, record):
        found.append("author")
    if citation.year and record.year and citation.year != str(record.year):
        found.append("year")
    one, other = normalise_journal(citation.journal), normalise_journal(record.journal)
    if one and other and journal_similarity(one, other) < SAME_JOURNAL:
        found.append("journal")
    return found


def _same_author(citation: Citation, record: Record) -> bool:
    """Whether the first author cited is among the authors."""
    cited = family_names(citation.author)
    return not cited or cited[0] in family_names_of(record.authors)


def _nearest(citation: Citation, entries: Sequence[Record]) -> str:
    """The nearest work in words; empty where none comes near."""
    def nearness(record: Record) -> float:
        return _alike(citation, record) + (25.0 if _same_author(citation, record) else 0.0)

    best = max(entries, key=nearness, default=None)
    return _named(best) if best is not None and nearness(best) >= NEAR_TITLE else ""


def _named(record: Record) -> str:
    first = record.authors[0].family if record.authors else ""
    doi = f"doi:{record.doi}" if record.doi else ""
    return ". ".join(part for part in (first, record.title.rstrip("."), record.journal, str(record.year or ""), doi)
                     if part)


def _with_retractions(
    proposals: Sequence[Proposal], connect: Connect
) -> tuple[list[Proposal], list[ServiceError]]:
    """The proposals with what Crossref says of notices on the works found."""
    service = next(service for service in SERVICES if service.database is CROSSREF)
    wanted = [Checkable(item.id, item.doi) for item in proposals if item.doi]
    try:
        with connect(service) as client:
            known = {item.report: item.status for item in through_crossref(wanted, client)}
    except ServiceError as error:
        return list(proposals), [error]
    return [replace(item, retraction=known.get(item.id, NOT_CHECKED)) for item in proposals], []


def read_proposals(root: Path) -> tuple[Proposal, ...]:
    """What the last look-up found; nothing where there was none.

    Raises
    ------
    InputError
        If the file has other columns or is no CSV.
    """
    path = root / PROPOSALS
    if not path.exists():
        return ()
    return tuple(Proposal(*(row[name] for name in COLUMNS[:-1])) for row in read_csv(path, COLUMNS, root=root))


def unsettled_proposals(root: Path) -> list[Problem]:
    """Look-ups that say otherwise than a person who judged before them: each waits for that person."""
    judged = {item.id: item for item in read_citations(root)}
    return [
        Problem(f"reference {item.id} was looked up on {item.looked_on}: {item.said}"
                f"{f'; {item.retraction}' if item.retraction in GRAVE else ''}. A person said: "
                f"{judged[item.id].status}.", PROPOSALS, None, None, "citation-differs",
                f"Judge it again, and fill in looked_on in {NAME}.")
        for item in read_proposals(root)
        if item.id in judged and judged[item.id].looked_on < item.looked_on
        and (item.status != judged[item.id].status
             or (item.retraction in GRAVE and judged[item.id].retraction != item.retraction))
    ]
