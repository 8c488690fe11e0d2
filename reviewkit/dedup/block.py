"""Blocking: which pairs of records are worth a comparison.

A block is a key that two reports of the same thing are likely to share. Every record gets several keys; pairs that
share one are candidates. Keys are hashed, sorted and cut into runs, so the cost grows with the number of records;
a run longer than the limit is sorted by title and each record meets only its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup.prep import Columns

Pairs = NDArray[np.int64]
"""Pairs of positions, shape (m, 2), the smaller first, each pair once."""


def candidate_pairs(columns: Columns, *, limit: int = 40) -> Pairs:
    """Pairs that share at least one key, shape (m, 2), each once, sorted."""
    rank = np.empty(len(columns), dtype=np.int64)
    order = sorted(range(len(columns)), key=lambda i: (columns.title[i], columns.names[i]))
    rank[order] = np.arange(len(columns))
    codes = [pairs_of_keys(keys, rank, limit) for keys in block_keys(columns)]
    unique = np.unique(np.concatenate(codes)) if codes else np.empty(0, dtype=np.int64)
    n = max(len(columns), 1)
    return np.column_stack((unique // n, unique % n))


def block_keys(columns: Columns) -> Iterator[Sequence[str]]:
    """One sequence of keys for each way of blocking; an empty key joins no block."""
    firsts = [names.partition(" ")[0] for names in columns.names]
    yield columns.doi
    yield columns.pmid
    yield columns.title
    yield [
        f"{first} {year}" if first and year else ""
        for first, year in zip(firsts, columns.year.tolist(), strict=True)
    ]


def pairs_of_keys(keys: Sequence[str], rank: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """Pairs that share a key, each as one number ``smaller * n + larger``."""
    n = len(keys)
    hashes = np.fromiter((hash(key) if key else 0 for key in keys), dtype=np.int64, count=n)
    rows = np.flatnonzero(hashes)
    order = rows[np.lexsort((rank[rows], hashes[rows]))]
    ordered = hashes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(order)])
    run_end = np.repeat(starts + sizes, sizes)
    reach = np.repeat(np.where(sizes > limit, max(limit // 4, 1), sizes), sizes)
    found = []
    for step in range(1, int(reach.max()) if len(reach) else 0):
        position = np.flatnonzero((reach > step) & (np.arange(len(order)) + step < run_end))
        if not len(position):
            break
        one, other = order[position], order[position + step]
        found.append(np.minimum(one, other) * n + np.maximum(one, other))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
