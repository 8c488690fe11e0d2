"""``data/citations.csv``: the references that web pages lean on, what a person found of each, and our own records.

``nearest`` names the work that comes nearest where the cited one was not found. What an online look-up finds stands in
a file of its own (`reviewkit.review.claims.looking_up`) and never overwrites a row of this one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reviewkit.dedup.title import normalise_title
from reviewkit.errors import InputError, Problem
from reviewkit.model import Record
from reviewkit.sources.retractions import STATUSES as RETRACTIONS
from reviewkit.tables import Row, read_csv

NAME = "data/citations.csv"
COLUMNS = ("id", "question", "author", "year", "title", "journal", "doi", "status", "differs", "nearest", "supports",
           "why", "where_looked", "looked_on", "retraction")
FOUND, DIFFERENT, NOT_FOUND = "found as cited", "found with different details", "not found"
NOT_CHECKED, NO_CITATION = "not checked", "no citation"
STATUSES = (FOUND, DIFFERENT, NOT_FOUND, NOT_CHECKED, NO_CITATION)
SUPPORTS = ("yes", "partly", "no", "cannot tell", "not applicable")
NAMELESS = ("", "none", "not named")
"""What stands for an author where the page names none."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One reference as a page gives it, and what a person found.

    Attributes
    ----------
    question : str
        Ids of the questions that it bears on, joined by ``; ``.
    doi : str
        Of the work found, or of the nearest one; not always of the work cited.
    supports, why : str
        Whether the work supports the sentence that leans on it, and why.
    """

    line: int
    id: str
    question: str
    author: str
    year: str
    title: str
    journal: str
    doi: str
    status: str
    differs: str
    nearest: str
    supports: str
    why: str
    where_looked: str
    looked_on: str
    retraction: str

    @property
    def cited(self) -> str:
        """The reference as the page gives it."""
        return ". ".join(part for part in (self.author, self.title, self.journal, self.year) if part)

    @property
    def questions(self) -> tuple[str, ...]:
        """Ids of the questions that it bears on."""
        return tuple(part for part in self.question.split("; ") if part)

    @property
    def said(self) -> str:
        """What was found, in words that claim no more than was looked at."""
        return said_of(self.status, self.differs, self.where_looked, self.looked_on, self.nearest)


@dataclass(frozen=True, slots=True)
class Audited:
    """A reference, and the local reports that match it by DOI or title."""

    citation: Citation
    local: tuple[str, ...]

    @property
    def id(self) -> str:
        """The reference's id."""
        return self.citation.id

    @property
    def said(self) -> str:
        """What a person found."""
        return self.citation.said

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        told = {name: value for name, value in asdict(self.citation).items() if name != "line"}
        return {**told, "cited": self.citation.cited, "local": list(self.local), "said": self.said}


def said_of(status: str, differs: str, where_looked: str, looked_on: str, nearest: str = "") -> str:
    """A status in words: 'not found' says where and when, and never that a work does not exist.

    >>> said_of("not found", "", "Crossref", "2026-11-21")
    'not found where we looked (Crossref; 2026-11-21)'
    """
    place = f"({where_looked}; {looked_on or 'day not recorded'})"
    if status == NOT_FOUND:
        text = f"not found where we looked {place}"
    elif status == NOT_CHECKED:
        text = f"not checked {place}"
    elif status == DIFFERENT:
        text = f"{status}: {differs}"
    else:
        text = status
    return f"{text}; nearest: {nearest}" if nearest else text


def read_citations(root: Path) -> tuple[Citation, ...]:
    """Every reference of the audit; none where there is no file.

    Raises
    ------
    InputError
        With every row whose words are unknown, that lacks what its status asks for, or whose id stands twice.
    """
    path = root / NAME
    if not path.exists():
        return ()
    problems: list[Problem] = []
    found: list[Citation] = []
    for row in read_csv(path, COLUMNS, root=root):
        faults = list(_faults(row))
        if any(item.id == row["id"] for item in found):
            faults.append((f"id {row['id']!r} stands on another line too.", "Give each reference an id of its own."))
        problems += [Problem(text, NAME, row.line, None, "value", remedy) for text, remedy in faults]
        values = {name: row[name] for name in COLUMNS}
        found.append(Citation(row.line, **{**values, "question": "; ".join(_listed(values["question"]))}))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    for name, allowed in (("status", STATUSES), ("supports", SUPPORTS), ("retraction", RETRACTIONS)):
        if row[name] not in allowed:
            yield f"{name} {row[name]!r}: must be one of {'; '.join(allowed)}.", "Correct it."
    empty = [name for name in ("id", "question", "title", "why", "where_looked") if not row[name]]
    if empty:
        yield f"{', '.join(empty)} is empty.", "Say what was cited, where it was looked for, and why you judge so."
    if (row["status"] == DIFFERENT) != bool(row["differs"]):
        yield (f"differs = {row['differs']!r} beside status {row['status']!r}.",
               f"Say which details differ where the status is '{DIFFERENT}', and only there.")
    if row["looked_on"]:
        try:
            dt.date.fromisoformat(row["looked_on"])
        except ValueError:
            yield f"looked_on = {row['looked_on']!r} is no day.", "Write YYYY-MM-DD."


def audit(root: Path, records: Mapping[str, Record]) -> tuple[Audited, ...]:
    """Every reference of the audit, matched by DOI or title to local records (a name of any kind to each).

    Raises
    ------
    InputError
        As `read_citations`.
    """
    return tuple(Audited(citation, _local(citation, records)) for citation in read_citations(root))


def _local(citation: Citation, records: Mapping[str, Record]) -> tuple[str, ...]:
    title, doi = normalise_title(citation.title), citation.doi.lower()
    return tuple(name for name, record in records.items()
                 if (doi and record.doi.lower() == doi) or (title and normalise_title(record.title) == title))
