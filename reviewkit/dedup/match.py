"""Matching: stated rules over scored fields put each candidate pair into one of three bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup.block import Pairs
from reviewkit.dedup.features import Flags, Rows, abstract_scores, compare, title_scores
from reviewkit.dedup.prep import Codes, Columns, encode
from reviewkit.dedup.relate import KINDS, kind_of
from reviewkit.dedup.result import Settings
from reviewkit.dedup.rules import MAYBE_RULES, SAME_RULES, first_rule, score

DIFFERENT, RELATED, MAYBE, SAME = 0, 1, 2, 3
RULES = tuple(rule.name for rule in (*SAME_RULES, *MAYBE_RULES))
WEAK_RULES = frozenset(rule.name for rule in SAME_RULES if rule.weak)
_CHUNK = 250_000
_ALIKE_ENOUGH = 55.0


@dataclass(frozen=True, slots=True)
class Matches:
    """The candidate pairs that are not simply different, m of them.

    ``band`` is one of RELATED, MAYBE, SAME; ``label`` an index into ``RULES``, or into ``relate.KINDS`` for RELATED;
    ``score`` runs from 0 to 1.
    """

    pairs: Pairs
    band: NDArray[np.int8]
    label: NDArray[np.int16]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.band)


def match_pairs(columns: Columns, pairs: Pairs, settings: Settings) -> Matches:
    """Band, rule and score of each candidate pair, a chunk at a time so that memory stays bounded."""
    codes = encode(columns)
    parts = [
        _match_chunk(columns, codes, pairs[start : start + _CHUNK], settings) for start in range(0, len(pairs), _CHUNK)
    ]
    return join_matches(parts)


def join_matches(parts: list[Matches]) -> Matches:
    """Several answers as one."""
    if not parts:
        empty = np.empty(0)
        return Matches(empty.reshape(0, 2).astype(np.int64), empty.astype(np.int8), empty.astype(np.int16), empty)
    return Matches(
        np.concatenate([part.pairs for part in parts]),
        np.concatenate([part.band for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def _match_chunk(columns: Columns, codes: Codes, pairs: Pairs, settings: Settings) -> Matches:
    one, other = pairs[:, 0], pairs[:, 1]
    title = title_scores(columns, one, other, workers=settings.workers)
    kept = np.flatnonzero(_worth_a_look(codes, title, one, other))
    pairs, one, other = pairs[kept], one[kept], other[kept]
    features = compare(columns, codes, title[kept], one, other, workers=settings.workers)
    alike = (features.title >= 75.0) | features.article_range
    doubtful = np.flatnonzero(alike & (features.names >= 60.0))
    features.abstract[doubtful] = abstract_scores(columns, one[doubtful], other[doubtful])
    same, maybe = first_rule(features, SAME_RULES), first_rule(features, MAYBE_RULES)
    kind = kind_of(features, versions_apart=settings.versions_apart)
    band = np.zeros(len(pairs), dtype=np.int8)
    label = np.zeros(len(pairs), dtype=np.int16)
    for value, fired, name in (
        (RELATED, kind > 0, kind),
        (MAYBE, (maybe >= 0) & ~_kept_apart(kind), maybe + len(SAME_RULES)),
        (SAME, (same >= 0) & ~_kept_apart(kind), same),
    ):
        band[fired] = value
        label[fired] = name[fired]
    told = np.flatnonzero(band)
    return Matches(pairs[told], band[told], label[told], score(features)[told])


def _kept_apart(kind: NDArray[np.int16]) -> Flags:
    """Pairs whose kind rules out that they are one report; a companion paper is only a guess."""
    apart: Flags = (kind > 0) & (kind != KINDS.index("companion"))
    return apart


def _worth_a_look(codes: Codes, title: NDArray[np.float32], one: Rows, other: Rows) -> Flags:
    """Pairs that some rule can still join: a like title, or one field that weighs more than the title."""

    def equal(column: NDArray[np.int64]) -> Flags:
        left = column[one]
        alike: Flags = (left != 0) & (left == column[other])
        return alike

    place = equal(codes.first_digits) & equal(codes.volume)
    shelf = equal(codes.volume) & equal(codes.issue) & (codes.name_count[one] > 1) & (codes.name_count[other] > 1)
    named = equal(codes.doi) | equal(codes.pmid) | equal(codes.registry)
    edges = equal(codes.title_head) | equal(codes.title_tail) | equal(codes.title_words)
    return (title >= _ALIKE_ENOUGH) | (title < 0) | named | place | edges | shelf
