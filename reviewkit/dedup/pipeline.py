"""Deduplication in one call: prepare, block, match, cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np

from reviewkit.dedup.block import candidate_pairs
from reviewkit.dedup.clash import clash
from reviewkit.dedup.cluster import build_groups
from reviewkit.dedup.match import MAYBE, RULES, SAME, WEAK_RULES, Matches, match_pairs
from reviewkit.dedup.prep import Columns, prepare
from reviewkit.dedup.relate import KINDS
from reviewkit.dedup.result import Answer, Deduplication, Link, Pair, RelatedKind, Settings
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

    Examples
    --------
    >>> one = Record(title="Copper and the sheep of the north", year=2014, doi="10.1234/W.1")
    >>> other = Record(title="COPPER AND THE SHEEP OF THE NORTH.", doi="https://doi.org/10.1234/w.1")
    >>> deduplicate([one, other], ids=["a", "b"]).groups[0].rule
    'same DOI, like title'
    """
    columns = records if isinstance(records, Columns) else prepare(records, ids=ids)
    answered = tuple(answers)
    matches = match_pairs(columns, candidate_pairs(columns, limit=settings.block_limit), settings)
    return settle(columns, matches, answered)


def settle(columns: Columns, matches: Matches, answers: Sequence[Answer]) -> Deduplication:
    """Groups, open pairs and links from matched pairs and a person's answers."""
    groups, refused = build_groups(
        columns.ids, _same_pairs(matches, columns), answers, weak=WEAK_RULES, clash=lambda a, b: clash(columns, a, b)
    )
    home = {name: group.members[0] for group in groups for name in group.members}
    apart = {frozenset((home.get(a.one, a.one), home.get(a.other, a.other))) for a in answers if not a.same}
    best: dict[frozenset[str], tuple[int, float, Pair | Link]] = {}
    for pair in refused:
        ends = frozenset((home.get(pair.one, pair.one), home.get(pair.other, pair.other)))
        if len(ends) == 2 and ends not in apart:
            best.setdefault(ends, (SAME, pair.score, pair))
    for i in np.flatnonzero(matches.band < SAME).tolist():
        one, other = sorted(columns.ids[k] for k in matches.pairs[i].tolist())
        ends = frozenset((home.get(one, one), home.get(other, other)))
        band, points = int(matches.band[i]), float(matches.score[i])
        if len(ends) < 2 or (band == MAYBE and ends in apart):
            continue
        held = best.get(ends)
        if held is None or (band, points) > held[:2]:
            best[ends] = (band, points, _told(matches, i, one, other))
    told = sorted((entry for _, _, entry in best.values()), key=lambda entry: (entry.one, entry.other))
    return Deduplication(
        len(columns),
        groups,
        tuple(entry for entry in told if isinstance(entry, Pair)),
        tuple(entry for entry in told if isinstance(entry, Link)),
    )


def _told(matches: Matches, i: int, one: str, other: str) -> Pair | Link:
    label = int(matches.label[i])
    if matches.band[i] == MAYBE:
        return Pair(one, other, RULES[label], round(float(matches.score[i]), 4))
    return Link(one, other, cast(RelatedKind, KINDS[label]))


def _same_pairs(matches: Matches, columns: Columns) -> list[Pair]:
    found = []
    for i in np.flatnonzero(matches.band == SAME).tolist():
        one, other = sorted(columns.ids[k] for k in matches.pairs[i].tolist())
        found.append(Pair(one, other, RULES[int(matches.label[i])], round(float(matches.score[i]), 4)))
    return found
