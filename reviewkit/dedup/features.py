"""Features: how alike two records are, field by field, for many pairs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from reviewkit.dedup.abstract import normalise_abstract
from reviewkit.dedup.journal import journal_similarity
from reviewkit.dedup.markers import GENERIC
from reviewkit.dedup.pages import pages_touch
from reviewkit.dedup.prep import Codes, Columns

Flags = NDArray[np.bool_]
Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
UNSAID = -1.0
"""The score of a field that one of the two records leaves empty."""
_SHORTEST_CUT = 20


@dataclass(frozen=True, slots=True)
class Features:
    """Similarities of m pairs, 0 to 100 (-1: one record does not say), and flags for fields that agree or clash.

    A field *clashes* when both records fill it differently; where one is silent it neither agrees nor clashes.
    """

    title: Scores
    title_cut: Flags
    title_long: Flags
    generic: Flags
    numbers_clash: Flags
    names: Scores
    several_names: Flags
    journal: Scores
    years: NDArray[np.int32]
    year_unsaid: Flags
    doi_same: Flags
    doi_clash: Flags
    pmid_same: Flags
    pmid_clash: Flags
    volume_same: Flags
    volume_clash: Flags
    issue_same: Flags
    issue_clash: Flags
    page_same: Flags
    page_clash: Flags
    pages_touch: Flags
    range_same: Flags
    abstract: Scores


def title_scores(columns: Columns, one: Rows, other: Rows, *, workers: int = 1) -> Scores:
    """Similarity of the titles, 0 to 100; -1 where one is empty."""
    return _ratio(columns.title, one, other, fuzz.ratio, workers)


def compare(columns: Columns, codes: Codes, one: Rows, other: Rows, *, workers: int = 1) -> Features:
    """All features of the pairs ``(one[i], other[i])`` but the abstract, which is filled where it may decide."""
    title = title_scores(columns, one, other, workers=workers)
    names = _name_scores(columns, one, other, workers)
    journal = _journal_scores(columns, one, other)
    years = np.abs(columns.year[one] - columns.year[other])
    year_unsaid = (columns.year[one] == 0) | (columns.year[other] == 0)
    page_same, page_clash = _agree(codes.first_page, one, other)
    digits_same, _ = _agree(codes.first_digits, one, other)
    last_same, last_clash = _agree(codes.last_digits, one, other)
    numbers_same = codes.numbers[one] == codes.numbers[other]
    volume_same, volume_clash = _agree(codes.volume, one, other)
    issue_same, issue_clash = _agree(codes.issue, one, other)
    doi_same, doi_clash = _agree(codes.doi, one, other)
    pmid_same, pmid_clash = _agree(codes.pmid, one, other)
    page_same |= digits_same
    page_clash &= ~digits_same
    ranged = codes.first_digits[one] != codes.last_digits[one]
    cut, long = _cuts(columns, one, other)
    return Features(
        title=title,
        title_cut=cut,
        title_long=long,
        generic=(columns.markers[one] & columns.markers[other] & GENERIC) != 0,
        numbers_clash=~numbers_same & (title >= 0),
        names=names,
        several_names=_several(columns.names, one, other),
        journal=journal,
        years=np.where(year_unsaid, 0, years).astype(np.int32),
        year_unsaid=year_unsaid,
        doi_same=doi_same,
        doi_clash=doi_clash,
        pmid_same=pmid_same,
        pmid_clash=pmid_clash,
        volume_same=volume_same,
        volume_clash=volume_clash,
        issue_same=issue_same,
        issue_clash=issue_clash,
        page_same=page_same,
        page_clash=page_clash,
        pages_touch=_touching(columns, one, other, page_clash),
        range_same=page_same & last_same & ranged & ~last_clash,
        abstract=np.full(len(one), UNSAID, dtype=np.float32),
    )


def abstract_scores(columns: Columns, one: Rows, other: Rows) -> Scores:
    """Similarity of the abstracts' openings, cut to the shorter one; -1 where one is empty."""
    scores = np.full(len(one), UNSAID, dtype=np.float32)
    for i, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        if not columns.abstract[a] or not columns.abstract[b]:
            continue
        left, right = normalise_abstract(columns.abstract[a]), normalise_abstract(columns.abstract[b])
        length = min(len(left), len(right))
        if length >= 80:
            scores[i] = fuzz.ratio(left[:length], right[:length])
    return scores


def _ratio(texts: Sequence[str], one: Rows, other: Rows, scorer: Callable[..., float], workers: int) -> Scores:
    left = [texts[i] for i in one.tolist()]
    right = [texts[i] for i in other.tolist()]
    scores: Scores = process.cpdist(left, right, scorer=scorer, dtype=np.float32, workers=workers)
    empty = np.fromiter((not a or not b for a, b in zip(left, right, strict=True)), dtype=np.bool_, count=len(left))
    scores[empty] = UNSAID
    return scores


def _name_scores(columns: Columns, one: Rows, other: Rows, workers: int) -> Scores:
    """Family names; where they differ, all words of the names, because given and family name may be swapped."""
    scores = _ratio(columns.names, one, other, fuzz.token_set_ratio, workers)
    doubtful = np.flatnonzero((scores >= 0) & (scores < 85))
    if len(doubtful):
        whole = _ratio(columns.people, one[doubtful], other[doubtful], fuzz.token_set_ratio, workers)
        scores[doubtful] = np.maximum(scores[doubtful], whole)
    return scores


def _journal_scores(columns: Columns, one: Rows, other: Rows) -> Scores:
    known: dict[tuple[str, str], float] = {}
    scores = np.full(len(one), UNSAID, dtype=np.float32)
    journal = columns.journal
    for i, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        left, right = journal[a], journal[b]
        if not left or not right:
            continue
        if left == right:
            scores[i] = 100.0
            continue
        pair = (left, right) if left < right else (right, left)
        score = known.get(pair)
        if score is None:
            score = known[pair] = journal_similarity(*pair)
        scores[i] = score
    return scores


def _agree(codes: NDArray[np.int64], one: Rows, other: Rows) -> tuple[Flags, Flags]:
    left, right = codes[one], codes[other]
    said = (left != 0) & (right != 0)
    return said & (left == right), said & (left != right)


def _cuts(columns: Columns, one: Rows, other: Rows) -> tuple[Flags, Flags]:
    """Whether one title begins or ends with the whole of the other, and whether the shorter tells an article apart."""
    cut = np.zeros(len(one), dtype=np.bool_)
    long = np.zeros(len(one), dtype=np.bool_)
    titles = columns.title
    for i, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        short, whole = titles[a], titles[b]
        if len(short) > len(whole):
            short, whole = whole, short
        long[i] = len(short) >= 40 and short.count(" ") >= 4
        if len(short) >= _SHORTEST_CUT and short[:4] in whole:
            cut[i] = whole.startswith(f"{short} ") or whole.endswith(f" {short}")
    return cut, long


def _several(names: Sequence[str], one: Rows, other: Rows) -> Flags:
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return np.fromiter((" " in names[a] and " " in names[b] for a, b in pairs), dtype=np.bool_, count=len(one))


def _touching(columns: Columns, one: Rows, other: Rows, clash: Flags) -> Flags:
    """Of the pairs whose first pages clash: ranges that touch or overlap, or an article number beside a page."""
    touch = np.zeros(len(one), dtype=np.bool_)
    first, last = columns.first_page, columns.last_page
    for i in np.flatnonzero(clash).tolist():
        a, b = int(one[i]), int(other[i])
        touch[i] = pages_touch((first[a], last[a]), (first[b], last[b]))
    return touch
