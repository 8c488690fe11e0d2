"""Matching: stated rules over scored fields put each candidate pair into one of three bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from reviewkit.dedup.block import Pairs
from reviewkit.dedup.prep import Columns

DIFFERENT, MAYBE, SAME = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Matches:
    """One entry for each candidate pair: its band, the rule that fired (index into ``rules``), its score 0 to 1."""

    pairs: Pairs
    band: NDArray[np.int8]
    rule: NDArray[np.int16]
    score: NDArray[np.float64]
    rules: tuple[str, ...]


def match_pairs(columns: Columns, pairs: Pairs, *, workers: int = 1) -> Matches:
    """Band, rule and score of each candidate pair."""
    one, other = pairs[:, 0], pairs[:, 1]
    title = _ratio(columns.title, one, other, workers)
    names = _ratio(columns.names, one, other, workers)
    same_title = (title >= 99.0) & _said(columns.title, one, other)
    firsts = [text.partition(" ")[0] for text in columns.names]
    checks = (
        ("DOI and title", _equal(columns.doi, one, other) & (title >= 80.0)),
        ("PubMed number and title", _equal(columns.pmid, one, other) & (title >= 60.0)),
        (
            "title, first author and year",
            same_title
            & _equal(firsts, one, other)
            & (columns.year[one] == columns.year[other])
            & ~(_said(columns.first_page, one, other) & ~_equal(columns.first_page, one, other)),
        ),
    )
    band = np.zeros(len(pairs), dtype=np.int8)
    rule = np.zeros(len(pairs), dtype=np.int16)
    for number, (_, fired) in enumerate(checks):
        rule[fired & (band == DIFFERENT)] = number
        band[fired] = SAME
    score = np.clip((0.7 * title + 0.3 * names) / 100.0, 0.0, 1.0)
    return Matches(pairs, band, rule, score, tuple(name for name, _ in checks))


def _ratio(texts: list[str], one: NDArray[np.int64], other: NDArray[np.int64], workers: int) -> NDArray[np.float64]:
    left = [texts[i] for i in one.tolist()]
    right = [texts[i] for i in other.tolist()]
    return np.asarray(process.cpdist(left, right, scorer=fuzz.ratio, workers=workers), dtype=np.float64)


def _equal(texts: list[str], one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return np.fromiter((bool(texts[i]) and texts[i] == texts[j] for i, j in pairs), dtype=np.bool_, count=len(one))


def _said(texts: list[str], one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return np.fromiter((bool(texts[i] and texts[j]) for i, j in pairs), dtype=np.bool_, count=len(one))
