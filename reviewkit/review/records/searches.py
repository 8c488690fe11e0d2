"""searches.toml: where the records of a question came from (PRISMA-S), and entries settled by a person.

``[[planned]]`` tables hold the searches that ``reviewkit search`` may run, ``[[file]]`` tables what was searched:
the plan is a person's, the record of a run is never altered by a later one.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reviewkit.errors import InputError
from reviewkit.model import Author, Origin, Record, Rejected
from reviewkit.protocol import Identifier
from reviewkit.sources import DATABASES, Database, unknown_parameters
from reviewkit.store.files import digest_bytes, read_text, show
from reviewkit.store.toml import parse, validate

Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class PlannedSearch(_Part):
    """A search to be run: the database, the exact query, and parameters the database allows beside it."""

    id: Identifier | Literal[""] = ""
    source: Text
    query: str = ""
    parameters: dict[str, str] = {}

    @model_validator(mode="after")
    def _can_be_run(self) -> PlannedSearch:
        database = find_database(self.source)
        if database is None:
            names = ", ".join(found.name for found in DATABASES.values())
            raise ValueError(f"source {self.source!r} cannot be searched from here; these can: {names}")
        if unknown := unknown_parameters(database, self.parameters):
            allowed = ", ".join(database.parameters)
            raise ValueError(f"{database.name} allows no parameter {unknown[0]!r} in a search; allowed: {allowed}")
        if not (self.query or self.parameters):
            raise ValueError("needs a query")
        return self

    @property
    def database(self) -> Database:
        """The database searched."""
        found = find_database(self.source)
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """The search's own name: its id, or its database's short name."""
        return self.id or self.database.slug


class SearchFile(_Part):
    """One export: its file and, where a database was searched, what PRISMA-S asks of the search.

    ``method`` tells citation searching from databases and registers (PRISMA 2020, item 16a). ``stored`` and
    ``sha256`` are written by a search that this program ran; ``warnings`` are what the service or the count
    of entries gave cause for, and ``settled`` is a person's answer to them. A search that found nothing has no
    file name.
    """

    name: str = ""
    format: str = ""
    source: str = ""
    platform: str = ""
    date: dt.date | None = None
    query: str = ""
    hits: Annotated[int, Field(ge=0)] | None = None
    method: Literal["database", "citation-searching"] = "database"
    search: str = ""
    parameters: dict[str, str] = {}
    stored: Annotated[int, Field(ge=0)] | None = None
    url: str = ""
    translation: str = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    warnings: tuple[Text, ...] = ()
    settled: str = ""

    @model_validator(mode="after")
    def _has_a_file(self) -> SearchFile:
        if not self.name and self.hits != 0:
            raise ValueError("needs a name; only a search with hits = 0 has no file")
        return self

    @property
    def label(self) -> str:
        """What names the search where it may have no file."""
        return self.name or f"search of {self.source or 'a database'}, no hits"


class Searches(_Part):
    """All searches of a question.

    With ``kind = 'not-a-database-search'`` no file may carry a source, platform, date, query or hits:
    nothing is stated that did not happen. Citation searching is no database search and states its own.
    """

    kind: Literal["database-search", "not-a-database-search"]
    note: str = ""
    abstract_label: str = "abstract"
    planned: tuple[PlannedSearch, ...] = ()
    file: tuple[SearchFile, ...] = ()

    @model_validator(mode="after")
    def _states_only_what_happened(self) -> Searches:
        for item in self.file:
            stated = [k for k in ("source", "platform", "date", "query", "hits") if getattr(item, k) not in ("", None)]
            database = item.method == "database"
            if self.kind == "not-a-database-search" and stated and database:
                states = f"{item.label} states {', '.join(stated)}"
                raise ValueError(f"{states}, but kind says that no database was searched")
            asked = item.source and item.date and (item.query or item.parameters)
            if not asked and (self.kind == "database-search" or not database):
                raise ValueError(f"{item.label} needs source, date and query, as PRISMA-S asks")
        names = [planned.name for planned in self.planned]
        doubled = next((name for name in names if names.count(name) > 1), "")
        if doubled:
            raise ValueError(f"two planned searches are called {doubled!r}: give each an id of its own")
        files = [item.name for item in self.file if item.name]
        if twice := next((name for name in files if files.count(name) > 1), ""):
            raise ValueError(f"{twice} is named twice")
        return self


def find_database(source: str) -> Database | None:
    """The database a person means by a name such as ``PubMed`` or ``europe pmc``."""
    wanted = re.sub(r"[^a-z]", "", source.casefold())
    return next((found for found in DATABASES.values()
                 if wanted in (found.slug, re.sub(r"[^a-z]", "", found.name.casefold()))), None)


class Correction(_Part):
    """A rejected entry as a person settled it; the source file stays as it is."""

    file: Text
    key: str = ""
    entry_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: Text
    fields: dict[str, Any]

    def record(self, rejected: Rejected) -> Record:
        """The record this correction makes of the rejected entry."""
        values = {name: value for name, value in self.fields.items() if name != "authors"}
        authors = tuple(_author(text) for text in self.fields.get("authors", ()))
        return Record(**values, authors=authors, key=self.key, origin=rejected.origin, raw=rejected.raw)


class Corrections(_Part):
    """``import-corrections.toml``."""

    correction: tuple[Correction, ...] = ()

    @model_validator(mode="after")
    def _knows_fields(self) -> Corrections:
        known = {
            "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "url",
            "record_type", "language",
        }
        for item in self.correction:
            unknown = sorted(set(item.fields) - known)
            if unknown:
                raise ValueError(f"field {unknown[0]!r} of {item.key}: known are {', '.join(sorted(known))}")
            if not item.fields.get("title"):
                raise ValueError(f"{item.key or item.file} has no title")
        return self


def _author(text: str) -> Author:
    family, _, given = str(text).partition(",")
    return Author(family.strip(), given.strip())


def entry_digest(raw: str) -> str:
    """SHA-256 of an entry's raw text: what a correction and records.csv know it by."""
    return digest_bytes(raw.encode("utf-8"))


def read_searches(folder: Path, root: Path) -> Searches:
    """The searches of a question; every file they name must be there.

    Raises
    ------
    InputError
        If searches.toml or a file it names is missing or wrong.
    """
    path = folder / "searches.toml"
    searches = parse_searches(read_text(path, what="list of searches", root=root), show(path, root))
    for item in filter(lambda found: found.name, searches.file):
        if not (folder / item.name).is_file():
            raise InputError(
                "export is missing, but searches.toml names it.", file=show(folder / item.name, root),
                code="missing-file", remedy="Put the file there, or take it out of searches.toml.",
            )
    return searches


def parse_searches(text: str, file: str) -> Searches:
    """The searches that a text of searches.toml holds, whether or not their exports are there.

    Raises
    ------
    InputError
        If the text is wrong.
    """
    searches = validate(parse(text, file), Searches)
    for item in searches.file:
        if item.name and Path(item.name).name != item.name:
            raise InputError(f"file name {item.name!r} holds a path.", file=file, code="path",
                             remedy="Put the file beside searches.toml.")
    return searches


def read_corrections(path: Path, root: Path) -> Corrections:
    """The corrections of a question; none where the file is missing."""
    if not path.exists():
        return Corrections()
    return validate(parse(read_text(path, root=root), show(path, root)), Corrections)


__all__ = ["Correction", "Corrections", "Origin", "PlannedSearch", "SearchFile", "Searches", "entry_digest",
           "find_database", "parse_searches", "read_corrections", "read_searches"]
