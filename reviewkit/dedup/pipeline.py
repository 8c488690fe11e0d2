"""Deduplication in one call: prepare, block, match, cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from reviewkit.dedup.block import candidate_pairs
from reviewkit.dedup.cluster import build_groups
from reviewkit.dedup.match import MAYBE, SAME, Matches, match_pairs
from reviewkit.dedup.prep import Columns, prepare
from reviewkit.dedup.result import Answer, Deduplication, Pair, Settings
from reviewkit.model import Record

_DEFAULT = Settings()


def deduplicate(
    records: Sequence[Record] | Columns,
    *,
    ids: Sequence[str] | None = None,
    answers: Iterable[Answer] = (),
    settings: Settings = _DEFAULT,
) -> Deduplication:
    """Find the records that describe one report.

    Parameters
    ----------
    records : sequence of Record or Columns
    ids : sequence of str, optional
        A name for each record, all different (see `prepare`); not with ``Columns``, which has its own.
    answers : iterable of Answer
        What a person said, by record id; wins over every rule. Answers about unknown ids are passed over.
    settings : Settings

    Returns
    -------
    Deduplication
        Independent of the order of the records but for the order in which groups and members are listed.

    Raises
    ------
    InputError
        If ids are missing or repeated, or answers contradict each other.
    """
    columns = records if isinstance(records, Columns) else prepare(records, ids=ids)
    answered = tuple(answers)
    matches = match_pairs(columns, candidate_pairs(columns, limit=settings.block_limit), workers=settings.workers)
    groups = build_groups(columns.ids, _pairs_in(matches, columns, SAME), answered)
    maybe = tuple(_pairs_in(matches, columns, MAYBE))
    return Deduplication(len(columns), groups, maybe, ())


def _pairs_in(matches: Matches, columns: Columns, band: int) -> list[Pair]:
    found = []
    for i in np.flatnonzero(matches.band == band).tolist():
        one, other = matches.pairs[i].tolist()
        rule = matches.rules[int(matches.rule[i])]
        found.append(Pair(columns.ids[one], columns.ids[other], rule, float(matches.score[i])))
    return found
