"""Two records beside each other: for each field whether they agree, and where their words differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from reviewkit.lab.highlight import Segment
from reviewkit.model import Record

WORDS = 1_200
"""Longest text, in words and marks, whose differences are marked word by word."""
CUT = 6_000
"""Characters of a text shown."""

_FIELDS = (
    ("title", "Title"), ("authors", "Authors"), ("year", "Year"), ("journal", "Journal"), ("volume", "Volume"),
    ("issue", "Issue"), ("pages", "Pages"), ("doi", "DOI"), ("pmid", "PubMed id"), ("language", "Language"),
    ("record_type", "Type"), ("abstract", "Abstract"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of two records.

    Attributes
    ----------
    verdict : {'same', 'differs', 'missing'}
        'missing' where only one record has it; 'same' disregards case, accents of type, and punctuation.
    one, other : tuple of Segment
        The texts in pieces; pieces that the other text lacks are marked 'differs'.
    """

    name: str
    label: str
    verdict: str
    one: tuple[Segment, ...]
    other: tuple[Segment, ...]


def compare(one: Record, other: Record) -> list[FieldPair]:
    """The fields that at least one of two records has, in the order they are read."""
    pairs = []
    for name, label in _FIELDS:
        left, right = _text(one, name), _text(other, name)
        if not left and not right:
            continue
        if not left or not right:
            pairs.append(FieldPair(name, label, "missing", _plain(left), _plain(right)))
        elif _bare(left) == _bare(right):
            pairs.append(FieldPair(name, label, "same", _plain(left), _plain(right)))
        else:
            pairs.append(FieldPair(name, label, "differs", *_differences(left, right)))
    return pairs


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    if name == "authors":
        return "; ".join(str(author) for author in value)
    return str(value or "")


def _plain(text: str) -> tuple[Segment, ...]:
    return ((text[:CUT], ""),) if text else ()


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _differences(left: str, right: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    ones, others = (re.findall(r"\s+|\w+|[^\w\s]", text[:CUT]) for text in (left, right))
    if len(ones) > WORDS or len(others) > WORDS:
        return _plain(left), _plain(right)
    found: tuple[list[Segment], list[Segment]] = ([], [])
    matcher = SequenceMatcher(None, [t.casefold() for t in ones], [t.casefold() for t in others], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for pieces, tokens in ((found[0], ones[a:b]), (found[1], others[c:d])):
            pieces += _pieces("".join(tokens), differs=kind != "equal")
    return tuple(found[0]), tuple(found[1])


def _pieces(text: str, *, differs: bool) -> list[Segment]:
    """One piece of a text; the blanks around a difference stay unmarked."""
    bare = text.strip()
    if not differs or not bare:
        return [(text, "")] if text else []
    start = text.index(bare)
    parts = ((text[:start], ""), (bare, "differs"), (text[start + len(bare) :], ""))
    return [part for part in parts if part[0]]
