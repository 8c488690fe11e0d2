"""Blocking: which pairs of records are worth a comparison.

A block is a key that two records of one report are likely to share. Every record gets several keys; pairs that share
one are candidates. Keys are hashed, sorted and cut into runs, so the cost grows with the number of records; a run
longer than the limit is sorted by title and each record meets only its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup.abstract import opening
from reviewkit.dedup.prep import Columns
from reviewkit.dedup.title import title_words

Pairs = NDArray[np.int64]
"""Pairs of positions, shape (m, 2), the smaller first, each pair once."""

_HEAD_WORDS = 4
_NEIGHBOURS = 8


def candidate_pairs(columns: Columns, *, limit: int = 40) -> Pairs:
    """Pairs that share at least one key, shape (m, 2), each once, sorted.

    Parameters
    ----------
    limit : int
        Blocks of more records are not compared in full: each record meets its 8 neighbours in title order.
    """
    rank = title_rank(columns)
    n = max(len(columns), 1)
    codes = np.empty(0, dtype=np.int64)
    for keys in block_keys(columns):
        codes = np.unique(np.concatenate((codes, pairs_of_keys(keys, rank, limit))))
    return np.column_stack((codes // n, codes % n))


def title_rank(columns: Columns) -> NDArray[np.int64]:
    """Each record's place in the order of titles, then names, then ids, so that input order has no say."""
    rank = np.empty(len(columns), dtype=np.int64)
    title, names, ids = columns.title, columns.names, columns.ids
    order = sorted(range(len(columns)), key=lambda i: (title[i], names[i], ids[i]))
    rank[order] = np.arange(len(columns))
    return rank


def block_keys(columns: Columns) -> Iterator[Sequence[str]]:
    """One sequence of keys for each way of blocking; an empty key joins no block."""
    years = [str(year) if year else "" for year in columns.year.tolist()]
    firsts = [names.partition(" ")[0] for names in columns.names]
    heads = [head_words(title) for title in columns.title]
    yield columns.doi
    yield columns.pmid
    yield columns.registry
    yield columns.title
    yield [title_words(title) for title in columns.title]
    yield [_joined(first, year) for first, year in zip(firsts, years, strict=True)]
    yield [_joined(first, head) for first, head in zip(firsts, heads, strict=True)]
    yield [_joined(year, head) for year, head in zip(years, heads, strict=True)]
    first, last, volume = columns.first_page, columns.last_page, columns.volume
    yield [_joined(page, shelf, year) for page, shelf, year in zip(first, volume, years, strict=True)]
    yield [_joined(page, end, year) for page, end, year in zip(first, last, years, strict=True)]
    yield [_joined(page, name) for page, name in zip(first, firsts, strict=True)]
    yield [_joined(*sorted(names.split())[-2:]) if " " in names else "" for names in columns.names]
    yield [opening(abstract) for abstract in columns.abstract]


def head_words(title: str) -> str:
    """The first four words of more than three letters, which survive a changed article or preposition."""
    words = [word for word in title.split() if len(word) > 3]
    return " ".join(words[:_HEAD_WORDS]) if len(words) > 1 else title


def _joined(*parts: str) -> str:
    return "\t".join(parts) if all(parts) else ""


def pairs_of_keys(keys: Sequence[str], rank: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """Pairs that share a key, each as one number ``smaller * n + larger``."""
    n = len(keys)
    hashes = np.fromiter((hash(key) if key else 0 for key in keys), dtype=np.int64, count=n)
    rows = np.flatnonzero(hashes)
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    order = rows[np.lexsort((rank[rows], hashes[rows]))]
    ordered = hashes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(order)])
    run_end = np.repeat(starts + sizes, sizes)
    reach = np.repeat(np.where(sizes > limit, _NEIGHBOURS + 1, sizes), sizes)
    found = []
    here = np.flatnonzero(reach > 1)
    for step in range(1, int(reach.max())):
        here = here[(reach[here] > step) & (here + step < run_end[here])]
        one, other = order[here], order[here + step]
        found.append(np.minimum(one, other) * n + np.maximum(one, other))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
