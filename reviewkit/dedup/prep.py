"""Preparation: every record once, as columns of normalised strings that are cheap to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup.author import family_names_of
from reviewkit.dedup.doi import normalise_doi, normalise_pmid, without_version
from reviewkit.dedup.journal import normalise_journal
from reviewkit.dedup.markers import place_markers, title_markers
from reviewkit.dedup.pages import normalise_issue, normalise_pages, normalise_volume, page_digits, page_span
from reviewkit.dedup.title import normalise_title, title_numbers, title_words, without_notes
from reviewkit.errors import InputError
from reviewkit.model import Author, Record

_EDGE = 20
_SHORTEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """n records as columns, all of length n; an empty string or year 0 means 'the record does not say'.

    ``title``, ``journal`` and ``names`` (family names, one space apart) are folded; ``people`` are the authors as they
    came, read only where families differ; ``doi`` is bare and without its version (``.pub2``), which stands in
    ``version``; ``abstract`` is as printed, because it is read only where the other fields leave a doubt;
    ``markers`` are the bits of `markers`.
    """

    ids: list[str]
    title: list[str]
    names: list[str]
    people: list[tuple[Author, ...]]
    year: NDArray[np.int32]
    journal: list[str]
    volume: list[str]
    issue: list[str]
    first_page: list[str]
    last_page: list[str]
    doi: list[str]
    version: list[str]
    pmid: list[str]
    registry: list[str]
    abstract: list[str]
    markers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int]) -> Columns:
        """The columns of some records only, in the order given."""
        where = np.asarray(rows, dtype=np.int64)
        parts: dict[str, Any] = {}
        for field in fields(self):
            column = getattr(self, field.name)
            parts[field.name] = column[where] if isinstance(column, np.ndarray) else [column[i] for i in where.tolist()]
        return Columns(**parts)


@dataclass(frozen=True, slots=True)
class Codes:
    """Columns as 64-bit codes (equal text, equal code; 0 is an empty field) and two counts."""

    doi: NDArray[np.int64]
    version: NDArray[np.int64]
    pmid: NDArray[np.int64]
    registry: NDArray[np.int64]
    volume: NDArray[np.int64]
    issue: NDArray[np.int64]
    first_page: NDArray[np.int64]
    first_digits: NDArray[np.int64]
    last_digits: NDArray[np.int64]
    span: NDArray[np.int32]
    numbers: NDArray[np.int64]
    title_head: NDArray[np.int64]
    title_tail: NDArray[np.int64]
    title_words: NDArray[np.int64]
    long_title: NDArray[np.bool_]
    title_length: NDArray[np.int32]
    latin_title: NDArray[np.bool_]
    name_count: NDArray[np.int32]


def encode(columns: Columns) -> Codes:
    """The columns that are compared for equality only, as codes."""
    n = len(columns)
    titles = columns.title
    return Codes(
        doi=codes_of(columns.doi),
        version=codes_of(columns.version),
        pmid=codes_of(columns.pmid),
        registry=codes_of(columns.registry),
        volume=codes_of(columns.volume),
        issue=codes_of(columns.issue),
        first_page=codes_of(columns.first_page),
        first_digits=codes_of(map(page_digits, columns.first_page), n),
        last_digits=codes_of(map(page_digits, columns.last_page), n),
        span=np.fromiter(map(page_span, columns.first_page, columns.last_page), np.int32, n),
        numbers=codes_of(map(title_numbers, titles), n),
        title_head=codes_of((title[:_EDGE] for title in titles), n),
        title_tail=codes_of((title[-_EDGE:] for title in titles), n),
        title_words=codes_of(map(title_words, titles), n),
        long_title=np.fromiter((len(t) >= _SHORTEST_TITLE and t.count(" ") >= 4 for t in titles), np.bool_, n),
        title_length=np.fromiter(map(len, titles), np.int32, n),
        latin_title=np.fromiter((title.isascii() or _mostly_latin(title) for title in titles), np.bool_, n),
        name_count=np.fromiter((text.count(" ") + 1 if text else 0 for text in columns.names), np.int32, n),
    )


def _mostly_latin(title: str) -> bool:
    """Whether a folded title (its Latin letters are plain ASCII by now) is written in Latin script."""
    return 2 * sum(map(str.isascii, title)) > len(title) + title.count(" ")


def codes_of(texts: Iterable[str], n: int = -1) -> NDArray[np.int64]:
    """One code for each text; 0 for the empty one."""
    return np.fromiter((hash(text) if text else 0 for text in texts), dtype=np.int64, count=n)


def prepare(records: Sequence[Record], *, ids: Sequence[str] | None = None) -> Columns:
    """Normalise records for comparison.

    Parameters
    ----------
    records : sequence of Record
    ids : sequence of str, optional
        A name for each record, all different; by default ``file:line`` of its origin where that tells all
        records apart, else the position counted from 1.

    Raises
    ------
    InputError
        If there are not as many ids as records, or one stands twice.
    """
    names = _names_for(records, ids)
    journals = {name: normalise_journal(name) for name in {record.journal for record in records}}
    titles = [normalise_title(record.title) for record in records]
    pages = [normalise_pages(record.pages) for record in records]
    dois = [without_version(normalise_doi(record.doi)) for record in records]
    n = len(records)
    return Columns(
        ids=names,
        title=titles,
        names=[" ".join(family_names_of(record.authors)) for record in records],
        people=[record.authors for record in records],
        year=np.fromiter((record.year or 0 for record in records), dtype=np.int32, count=n),
        journal=[journals[record.journal] for record in records],
        volume=[normalise_volume(record.volume, year=record.year or 0) for record in records],
        issue=[normalise_issue(record.issue) for record in records],
        first_page=[first for first, _ in pages],
        last_page=[last for _, last in pages],
        doi=[doi for doi, _ in dois],
        version=[version for _, version in dois],
        pmid=[normalise_pmid(record.pmid) for record in records],
        registry=[min(record.registry_ids, default="").lower() for record in records],
        abstract=[record.abstract for record in records],
        markers=np.fromiter(map(_markers, records, titles), dtype=np.int32, count=n),
    )


def _markers(record: Record, title: str) -> int:
    place = place_markers(record.journal, record.issue, record.pages, record.record_type)
    return title_markers(without_notes(record.title), title) | place


def _names_for(records: Sequence[Record], ids: Sequence[str] | None) -> list[str]:
    if ids is None:
        places = [f"{record.origin.file}:{record.origin.line}" for record in records]
        return places if len(set(places)) == len(places) else [str(i + 1) for i in range(len(records))]
    if len(ids) != len(records):
        raise InputError(f"{len(ids)} ids for {len(records)} records.", remedy="Give one id for each record.")
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise InputError(f"The record id {name!r} stands twice.", remedy="Give each record an id of its own.")
        seen.add(name)
    return list(ids)
