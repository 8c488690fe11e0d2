"""``data/citations.csv``: the references that web pages lean on, and whether they are among the records read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reviewkit.dedup.title import normalise_title
from reviewkit.errors import InputError, Problem
from reviewkit.model import Record
from reviewkit.tables import read_csv

NAME = "data/citations.csv"
COLUMNS = ("id", "question", "author", "year", "title", "journal", "doi", "status", "differs", "supports", "why",
           "where_looked", "looked_on", "retraction")
STATUSES = ("found as cited", "found with different details", "not found", "no citation")
SUPPORTS = ("yes", "partly", "no", "cannot tell", "not applicable")


@dataclass(frozen=True, slots=True)
class Audited:
    """One reference: what a person found, and the local reports that match it by DOI or title."""

    id: str
    question: str
    cited: str
    status: str
    differs: str
    supports: str
    why: str
    where_looked: str
    looked_on: str
    retraction: str
    local: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {**asdict(self), "local": list(self.local), "said": self.said}

    @property
    def said(self) -> str:
        """What was found, in words that claim no more than was looked at."""
        if self.status == "not found":
            return f"not found where we looked ({self.where_looked}; {self.looked_on or 'day not recorded'})"
        return f"{self.status}: {self.differs} differ" if self.differs else self.status


def audit(root: Path, records: Mapping[str, Record]) -> tuple[Audited, ...]:
    """Every reference of the audit, matched by DOI or title to local records (a name of any kind to each).

    Raises
    ------
    InputError
        With every row whose status or support is unknown, or that says 'different details' and not which.
    """
    rows = read_csv(root / NAME, COLUMNS, root=root)
    problems = []
    found = []
    for row in rows:
        cells = {name: row.cells[name].strip() for name in COLUMNS}
        for name, allowed in (("status", STATUSES), ("supports", SUPPORTS)):
            if cells[name] not in allowed:
                problems.append(Problem(f"{name} {cells[name]!r}: must be one of {'; '.join(allowed)}.", NAME, row.line,
                                        None, "value", "Correct it."))
        if cells["status"] == "found with different details" and not cells["differs"]:
            problems.append(Problem("differs is empty.", NAME, row.line, None, "value", "Say which details differ."))
        cited = ". ".join(cells[name] for name in ("author", "title", "journal", "year") if cells[name])
        kept = ("id", "question", "status", "differs", "supports", "why", "where_looked", "looked_on", "retraction")
        found.append(Audited(cited=cited, local=_local(cells, records), **{name: cells[name] for name in kept}))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _local(cells: Mapping[str, str], records: Mapping[str, Record]) -> tuple[str, ...]:
    title, doi = normalise_title(cells["title"]), cells["doi"].lower()
    return tuple(name for name, record in records.items()
                 if (doi and record.doi.lower() == doi) or (title and normalise_title(record.title) == title))
