"""Merging: one record out of a group, with the best of each field and where it came from; nothing is deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviewkit.dedup.doi import normalise_doi
from reviewkit.dedup.journal import normalise_journal
from reviewkit.dedup.pages import normalise_pages, normalise_volume
from reviewkit.dedup.title import normalise_title
from reviewkit.errors import InputError
from reviewkit.model import Record

_Key = Callable[[Any], Any]
_Worth = Callable[[Any], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Merged:
    """A report's record and the records it was made of.

    Attributes
    ----------
    record : Record
        The best of each field; its ``origin`` and ``raw`` are those of the record that gave most fields.
    sources : tuple of Record
        Every record of the group, untouched, in the order given.
    chosen : dict
        Field name → index into ``sources`` of the record it was taken from; only for fields that are filled.
    """

    record: Record
    sources: tuple[Record, ...]
    chosen: dict[str, int]


def merge_records(records: Sequence[Record]) -> Merged:
    """Make one record of those in a group.

    A field is taken from the records that fill it by majority of its normalised form; among equals the fuller form
    wins (a title in mixed case over capitals, spelled-out given names over initials, a page range over a first
    page, the longer abstract), then the record that stands first.

    Raises
    ------
    InputError
        If there is no record.
    """
    if not records:
        raise InputError("No records to merge.", remedy="Give at least one record.")
    values: dict[str, Any] = {}
    chosen: dict[str, int] = {}
    for name, (key, worth, vote) in _FIELDS.items():
        filled = [i for i, record in enumerate(records) if getattr(record, name)]
        if filled:
            i = _best([(i, getattr(records[i], name)) for i in filled], key, worth, vote=vote)
            values[name], chosen[name] = getattr(records[i], name), i
    for name in ("registry_ids", "keywords"):
        values[name] = tuple(dict.fromkeys(word for record in records for word in getattr(record, name)))
        giver = next((i for i, record in enumerate(records) if getattr(record, name)), None)
        if giver is not None:
            chosen[name] = giver
    extra: dict[str, str] = {}
    for record in records:
        for name, value in record.extra.items():
            extra.setdefault(name, value)
    votes = Counter(chosen.values())
    base = records[min(range(len(records)), key=lambda i: (-votes[i], i))]
    return Merged(replace(base, extra=extra, **values), tuple(records), chosen)


def _best(values: list[tuple[int, Any]], key: _Key, worth: _Worth, *, vote: bool) -> int:
    tally = Counter(key(value) for _, value in values)
    return min(values, key=lambda item: (-tally[key(item[1])] if vote else 0, _negative(worth(item[1])), item[0]))[0]


def _negative(worth: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-part for part in worth)


def _title_worth(title: str) -> tuple[int, ...]:
    return (int(not title.isupper()), int(not title.startswith("[")), len(title))


def _author_worth(authors: Sequence[Any]) -> tuple[int, ...]:
    given = sum(len(author.given) for author in authors)
    return (len(authors), int(any(not author.family.isascii() for author in authors)), given)


def _length(value: Any) -> tuple[int, ...]:
    return (len(str(value)),)


def _mixed_case(text: str) -> tuple[int, ...]:
    return (int(not text.isupper()), len(text))


_FIELDS: dict[str, tuple[_Key, _Worth, bool]] = {
    # field: (what makes two values alike, what makes one better, whether the majority decides first)
    "title": (normalise_title, _title_worth, True),
    "authors": (len, _author_worth, False),
    "year": (int, _length, True),
    "journal": (normalise_journal, _mixed_case, True),
    "volume": (normalise_volume, _length, True),
    "issue": (str, _length, True),
    "pages": (lambda pages: normalise_pages(pages)[0], _length, True),
    "doi": (normalise_doi, lambda doi: (-len(doi),), True),
    "pmid": (str, _length, True),
    "pmcid": (str, _length, True),
    "abstract": (len, _length, False),
    "language": (str.lower, _length, True),
    "url": (str, lambda url: (-len(url),), True),
    "record_type": (str.lower, _length, True),
}
