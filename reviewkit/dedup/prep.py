"""Preparation: every record once, as columns of normalised strings that are cheap to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup.author import family_names_of
from reviewkit.dedup.doi import normalise_doi, normalise_pmid
from reviewkit.dedup.journal import normalise_journal
from reviewkit.dedup.pages import normalise_issue, normalise_pages, normalise_volume
from reviewkit.dedup.title import normalise_title
from reviewkit.errors import InputError
from reviewkit.model import Record


@dataclass(frozen=True, slots=True)
class Columns:
    """n records as columns, all of length n; an empty string or year 0 means 'the record does not say'.

    ``title``, ``journal`` and ``names`` (family names, one space apart) are folded; ``abstract`` is as printed,
    because it is read only where the other fields leave a doubt.
    """

    ids: list[str]
    title: list[str]
    names: list[str]
    year: NDArray[np.int32]
    journal: list[str]
    volume: list[str]
    issue: list[str]
    first_page: list[str]
    last_page: list[str]
    doi: list[str]
    pmid: list[str]
    registry: list[str]
    abstract: list[str]
    printed_title: list[str]
    kind: list[str]

    def __len__(self) -> int:
        return len(self.ids)


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
    pages = [normalise_pages(record.pages) for record in records]
    return Columns(
        ids=names,
        title=[normalise_title(record.title) for record in records],
        names=[" ".join(family_names_of(record.authors)) for record in records],
        year=np.fromiter((record.year or 0 for record in records), dtype=np.int32, count=len(records)),
        journal=[journals[record.journal] for record in records],
        volume=[normalise_volume(record.volume) for record in records],
        issue=[normalise_issue(record.issue) for record in records],
        first_page=[first for first, _ in pages],
        last_page=[last for _, last in pages],
        doi=[normalise_doi(record.doi) for record in records],
        pmid=[normalise_pmid(record.pmid) for record in records],
        registry=[" ".join(sorted(number.lower() for number in record.registry_ids)) for record in records],
        abstract=[record.abstract for record in records],
        printed_title=[record.title for record in records],
        kind=[record.record_type for record in records],
    )


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
