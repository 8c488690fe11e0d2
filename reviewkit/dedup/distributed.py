"""The same blocks and rules on a Dask cluster, for sets that one machine is too small for (extra ``cluster``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from reviewkit.dedup.block import Pairs, candidate_pairs
from reviewkit.dedup.match import Matches, join_matches, match_pairs
from reviewkit.dedup.pipeline import settle
from reviewkit.dedup.prep import Columns, prepare
from reviewkit.dedup.result import Answer, Deduplication, Settings
from reviewkit.model import Record


class ClusterClient(Protocol):
    """What is asked of a ``distributed.Client``, so that Dask need not be installed to import this module."""

    def submit(self, work: Any, /, *arguments: Any, pure: bool) -> Any: ...

    def gather(self, futures: Any, /) -> Any: ...


_DEFAULT = Settings()


def deduplicate_on_cluster(
    records: Sequence[Record] | Columns,
    client: ClusterClient,
    *,
    ids: Sequence[str] | None = None,
    answers: Iterable[Answer] = (),
    settings: Settings = _DEFAULT,
    parts: int = 16,
) -> Deduplication:
    """`deduplicate`, with the comparisons spread over the workers of ``client``.

    Blocking needs the keys of all records and stays here; the pairs are cut into ``parts`` runs, and each worker
    gets the columns of the records that its run names, nothing else. The answer is that of `deduplicate`.

    Parameters
    ----------
    client : distributed.Client
        A connected client, of a ``LocalCluster`` or any other.
    parts : int
        Number of tasks, at least 1.

    Raises
    ------
    InputError
        As `deduplicate`.
    """
    columns = records if isinstance(records, Columns) else prepare(records, ids=ids)
    pairs = candidate_pairs(columns, limit=settings.block_limit)
    futures = []
    for run in np.array_split(pairs, max(parts, 1)):
        rows = np.unique(run)
        local = np.searchsorted(rows, run)
        futures.append(client.submit(_match_part, columns.take(rows.tolist()), local, rows, settings, pure=False))
    return settle(columns, join_matches(client.gather(futures)), tuple(answers))


def _match_part(
    columns: Columns, pairs: Pairs, rows: np.ndarray[tuple[int], np.dtype[np.int64]], settings: Settings
) -> Matches:
    """Runs on a worker: match pairs of local positions, answer in positions of the whole set."""
    found = match_pairs(columns, pairs, settings)
    return Matches(rows[found.pairs], found.band, found.label, found.score)
