"""The nouns of a review that every stage shares: records and where they came from.

A *record* (a database row), a *report* (a document) and a *study* (the unit of analysis, which has
reports) are never synonyms. Layer 0: no input, no output.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Author:
    """A person (family and given name) or, with ``given`` empty, possibly a group."""

    family: str
    given: str = ""

    def __str__(self) -> str:
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry stands: file name, first and last line (from 1), SHA-256 of the raw file.

    ``entry`` is the entry's number in its file, from 1: some exports hold all entries in one line.
    """

    file: str
    line: int
    line_end: int
    digest: str = ""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of one export, normalised; ``raw`` keeps the text as it came.

    Empty strings, empty tuples and ``None`` mean 'the file does not say'.
    """

    title: str = ""
    authors: tuple[Author, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry_ids: tuple[str, ...] = ()
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    url: str = ""
    record_type: str = ""
    key: str = ""
    """The entry's own identifier in its file: citation key, ID, accession number."""
    extra: dict[str, str] = field(default_factory=dict, hash=False)
    """Fields kept though no column of ours holds them, as printed."""
    origin: Origin = Origin("", 0, 0)
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that could not be read; a person settles it in ``import-corrections.toml``."""

    reason: str
    origin: Origin
    key: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Repair:
    """A damage that was mended while reading, so that nothing is mended in silence."""

    message: str
    line: int


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one file held. ``entries`` counts the raw text on its own: accepted + rejected = entries."""

    file: str
    format: str
    encoding: str
    entries: int
    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...] = ()
    repairs: tuple[Repair, ...] = ()
    digest: str = ""
