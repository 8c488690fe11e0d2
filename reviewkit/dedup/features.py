"""Features: how alike two records are, field by field, for many pairs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from reviewkit.dedup.abstract import normalise_abstract
from reviewkit.dedup.author import all_words_of
from reviewkit.dedup.journal import journal_similarity
from reviewkit.dedup.markers import COCHRANE, CONFERENCE, EDITORIAL, GENERIC
from reviewkit.dedup.pages import pages_touch
from reviewkit.dedup.prep import Codes, Columns

Flags = NDArray[np.bool_]
Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
UNSAID = -1.0
"""The score of a field that one of the two records leaves empty."""
_SHORTEST_CUT = 20
_SAME_ORDER = 88.0
_MANY = 4
_VERY_LONG = 60
# A longer range is a whole supplement, which holds many abstracts of one team.
_LONGEST_ARTICLE = 60


@dataclass(frozen=True, slots=True)
class Features:
    """Similarities of m pairs, 0 to 100 (-1: one record does not say), and flags for fields that agree or clash.

    A field *clashes* when both records fill it differently; where one is silent it neither agrees nor clashes.
    ``marked_apart`` holds the marker bits that one record has and the other has not.
    """

    title: Scores
    title_cut: Flags
    title_long: Flags
    title_very_long: Flags
    other_script: Flags
    reordered: Flags
    generic: Flags
    editorials: Flags
    one_conference: Flags
    both_conference: Flags
    cochrane: Flags
    marked_apart: NDArray[np.int32]
    numbers_clash: Flags
    part_clash: Flags
    names: Scores
    several_names: Flags
    many_names: Flags
    journal: Scores
    years: NDArray[np.int32]
    year_unsaid: Flags
    doi_same: Flags
    doi_clash: Flags
    version_clash: Flags
    pmid_same: Flags
    pmid_clash: Flags
    registry_same: Flags
    volume_same: Flags
    volume_clash: Flags
    issue_same: Flags
    issue_clash: Flags
    place_shifted: Flags
    one_unplaced: Flags
    page_same: Flags
    page_clash: Flags
    pages_touch: Flags
    pages_near: Flags
    last_clash: Flags
    range_same: Flags
    article_range: Flags
    both_one_page: Flags
    abstract: Scores


def title_scores(columns: Columns, one: Rows, other: Rows, *, workers: int = 1) -> Scores:
    """Similarity of the titles, 0 to 100; -1 where one is empty."""
    return _ratio(columns.title, one, other, fuzz.ratio, workers)


def compare(columns: Columns, codes: Codes, title: Scores, one: Rows, other: Rows, *, workers: int = 1) -> Features:
    """All features of the pairs ``(one[i], other[i])`` but the abstract, which is filled where it may decide."""
    both = columns.markers[one] & columns.markers[other]
    either = columns.markers[one] | columns.markers[other]
    year_unsaid = (columns.year[one] == 0) | (columns.year[other] == 0)
    count = np.minimum(codes.name_count[one], codes.name_count[other])
    numbers_clash = (codes.numbers[one] != codes.numbers[other]) & (title >= 0)
    return Features(
        title=title,
        title_cut=_cuts(columns, codes, one, other),
        title_long=codes.long_title[one] & codes.long_title[other],
        title_very_long=np.minimum(codes.title_length[one], codes.title_length[other]) >= _VERY_LONG,
        other_script=codes.latin_title[one] != codes.latin_title[other],
        reordered=_agree(codes.title_words, one, other)[0] & (title < _SAME_ORDER),
        generic=(both & GENERIC) != 0,
        editorials=((both & EDITORIAL) != 0) & ((either & GENERIC) != 0),
        one_conference=((either ^ both) & CONFERENCE) != 0,
        both_conference=(both & CONFERENCE) != 0,
        cochrane=(both & COCHRANE) != 0,
        marked_apart=either ^ both,
        numbers_clash=numbers_clash,
        part_clash=numbers_clash & (codes.numbers[one] != 0) & (codes.numbers[other] != 0),
        names=_name_scores(columns, one, other, workers),
        several_names=count >= 2,
        many_names=count >= _MANY,
        journal=_journal_scores(columns, one, other),
        years=np.where(year_unsaid, 0, np.abs(columns.year[one] - columns.year[other])).astype(np.int32),
        year_unsaid=year_unsaid,
        registry_same=_agree(codes.registry, one, other)[0],
        abstract=np.full(len(one), UNSAID, dtype=np.float32),
        **_agreements(codes, one, other),
        **_page_flags(columns, codes, one, other),
    )


def _agreements(codes: Codes, one: Rows, other: Rows) -> dict[str, Flags]:
    doi_same, doi_clash = _agree(codes.doi, one, other)
    pmid_same, pmid_clash = _agree(codes.pmid, one, other)
    volume_same, volume_clash = _agree(codes.volume, one, other)
    issue_same, issue_clash = _agree(codes.issue, one, other)
    return {
        "doi_same": doi_same,
        "doi_clash": doi_clash,
        "version_clash": _agree(codes.version, one, other)[1],
        "pmid_same": pmid_same,
        "pmid_clash": pmid_clash,
        "volume_same": volume_same,
        "volume_clash": volume_clash,
        "issue_same": issue_same,
        "issue_clash": issue_clash,
        "place_shifted": _shifted(codes, one, other) | _shifted(codes, other, one),
        "one_unplaced": _unplaced(codes, one) | _unplaced(codes, other),
    }


def _page_flags(columns: Columns, codes: Codes, one: Rows, other: Rows) -> dict[str, Flags]:
    same, clash = _agree(codes.first_page, one, other)
    digits_same, _ = _agree(codes.first_digits, one, other)
    last_same, last_clash = _agree(codes.last_digits, one, other)
    same |= digits_same
    clash &= ~digits_same
    touch, near = _touching(columns, one, other, clash)
    ranged = codes.first_digits[one] != codes.last_digits[one]
    whole = same & last_same & ranged & ~last_clash
    meeting = ((columns.markers[one] | columns.markers[other]) & CONFERENCE) != 0
    return {
        "page_same": same,
        "page_clash": clash,
        "pages_touch": touch,
        "pages_near": near,
        "both_one_page": _one_page(codes, one) & _one_page(codes, other),
        "last_clash": last_clash,
        "range_same": whole,
        "article_range": whole & (codes.span[one] <= _LONGEST_ARTICLE) & ~meeting,
    }


def _shifted(codes: Codes, one: Rows, other: Rows) -> Flags:
    """An export that moved every field by one: the volume stands as issue, the issue as page."""
    moved: Flags = (codes.volume[one] == codes.issue[other]) & (codes.issue[one] == codes.first_digits[other])
    said: Flags = (codes.volume[one] != 0) & (codes.issue[one] != 0) & (codes.volume[other] == 0)
    return moved & said


def _unplaced(codes: Codes, rows: Rows) -> Flags:
    """Records ahead of print: neither volume, issue nor page."""
    silent: Flags = (codes.volume[rows] == 0) & (codes.issue[rows] == 0) & (codes.first_page[rows] == 0)
    return silent


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
        rows, local = np.unique(np.concatenate((one[doubtful], other[doubtful])), return_inverse=True)
        people = [" ".join(all_words_of(columns.people[i])) for i in rows.tolist()]
        whole = _ratio(people, local[: len(doubtful)], local[len(doubtful) :], fuzz.token_set_ratio, workers)
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


def _cuts(columns: Columns, codes: Codes, one: Rows, other: Rows) -> Flags:
    """Whether one title begins or ends with the whole of the other (a subtitle or a heading left out)."""
    cut = np.zeros(len(one), dtype=np.bool_)
    titles = columns.title
    edges = (codes.title_head[one] == codes.title_head[other]) | (codes.title_tail[one] == codes.title_tail[other])
    for i in np.flatnonzero(edges & (codes.title_head[one] != 0)).tolist():
        short, whole = sorted((titles[one[i]], titles[other[i]]), key=len)
        if len(short) >= _SHORTEST_CUT and len(short) < len(whole):
            cut[i] = whole.startswith(f"{short} ") or whole.endswith(f" {short}")
    return cut


def _one_page(codes: Codes, rows: Rows) -> Flags:
    paged: Flags = codes.first_digits[rows] != 0
    single: Flags = (codes.last_digits[rows] == 0) | (codes.last_digits[rows] == codes.first_digits[rows])
    return single & paged


def _touching(columns: Columns, one: Rows, other: Rows, clash: Flags) -> tuple[Flags, Flags]:
    """Of the pairs whose first pages clash: which touch or overlap (see `pages_touch`), and which lie near."""
    touch = np.zeros(len(one), dtype=np.bool_)
    near = np.zeros(len(one), dtype=np.bool_)
    first, last = columns.first_page, columns.last_page
    for i in np.flatnonzero(clash).tolist():
        a, b = int(one[i]), int(other[i])
        pages = (first[a], last[a]), (first[b], last[b])
        touch[i] = pages_touch(*pages)
        near[i] = touch[i] or pages_touch(*pages, gap=2)
    return touch, near
