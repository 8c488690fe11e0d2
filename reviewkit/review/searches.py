"""searches.toml: where the records of a question came from (PRISMA-S), and entries settled by a person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reviewkit.errors import InputError
from reviewkit.model import Author, Origin, Record, Rejected
from reviewkit.store.files import digest_bytes, read_text, show
from reviewkit.store.toml import parse, validate

Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SearchFile(_Part):
    """One export: its file and, where a database was searched, what PRISMA-S asks of the search."""

    name: Text
    format: str = ""
    source: str = ""
    platform: str = ""
    date: dt.date | None = None
    query: str = ""
    hits: Annotated[int, Field(ge=0)] | None = None


class Searches(_Part):
    """All searches of a question.

    With ``kind = 'not-a-database-search'`` no file may carry a source, platform, date, query or hits:
    nothing is stated that did not happen.
    """

    kind: Literal["database-search", "not-a-database-search"]
    note: str = ""
    abstract_label: str = "abstract"
    file: tuple[SearchFile, ...] = ()

    @model_validator(mode="after")
    def _states_only_what_happened(self) -> Searches:
        for item in self.file:
            stated = [k for k in ("source", "platform", "date", "query", "hits") if getattr(item, k) not in ("", None)]
            if self.kind == "not-a-database-search" and stated:
                raise ValueError(f"{item.name} states {', '.join(stated)}, but kind says that no database was searched")
            if self.kind == "database-search" and not (item.source and item.date and item.query):
                raise ValueError(f"{item.name} needs source, date and query, as PRISMA-S asks")
        names = [item.name for item in self.file]
        if doubled := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise ValueError(f"{doubled[0]} is named twice")
        return self


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
    searches = validate(parse(read_text(path, what="list of searches", root=root), show(path, root)), Searches)
    for item in searches.file:
        if Path(item.name).name != item.name:
            raise InputError(f"file name {item.name!r} holds a path.", file=show(path, root), code="path",
                             remedy="Put the file beside searches.toml.")
        if not (folder / item.name).is_file():
            raise InputError(
                "export is missing, but searches.toml names it.", file=show(folder / item.name, root),
                code="missing-file", remedy="Put the file there, or take it out of searches.toml.",
            )
    return searches


def read_corrections(path: Path, root: Path) -> Corrections:
    """The corrections of a question; none where the file is missing."""
    if not path.exists():
        return Corrections()
    return validate(parse(read_text(path, root=root), show(path, root)), Corrections)


__all__ = ["Correction", "Corrections", "Origin", "SearchFile", "Searches", "entry_digest", "read_corrections",
           "read_searches"]
