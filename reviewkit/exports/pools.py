"""The pools of a review with the numbers that entered them: what other meta-analysis programs need."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.errors import InputError
from reviewkit.extraction import ArmRow, StudyResult
from reviewkit.protocol import Outcome
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.review.extraction.harms import harms_of

COUNTS = ("ai", "bi", "ci", "di")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
_NUMBERS = {"RR": COUNTS, "OR": COUNTS, "RD": COUNTS, "MD": MEANS, "SMD": MEANS, "ROM": MEANS}
"""Measures worked out from two groups, and metafor's names of their numbers."""
_SAME = 1e-9
"""Relative difference below which an effect is what its two groups give."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One study in a pool.

    Attributes
    ----------
    yi, vi : float or None
        Effect and variance on the scale of the analysis; None in a pool of counts where a study has none alone.
    groups : mapping of str to float
        Numbers of the two groups by metafor's names, where the effect follows from them as they are printed; empty
        where it was converted, combined or printed as an effect.
    """

    study_id: str
    label: str
    yi: float | None
    vi: float | None
    groups: Mapping[str, float]
    result: StudyResult


@dataclass(frozen=True, slots=True)
class PooledTable:
    """A pool of one outcome.

    Attributes
    ----------
    method : {'iv', 'mh', 'peto'} or another
        Inverse variance, Mantel-Haenszel, Peto; a count model by its own name.
    pooled : mapping
        The pool as ``results.json`` states it; empty where there are effects and no pool.
    """

    outcome: Outcome
    analysis: Analysis
    main: bool
    method: str
    pooled: Mapping[str, Any]
    entries: tuple[Entry, ...]


def pooled_tables(review: Review, *, unpooled: bool = False) -> Iterator[PooledTable]:
    """Every pool of a review: planned analyses (for a harm the pool of its counts), then sensitivity analyses.

    Parameters
    ----------
    unpooled : bool
        Planned analyses that have effects and no pool as well.
    """
    for name in review.protocol.outcome_ids:
        found = review.synthesise(name)
        for analysis in (found.main, *found.sensitivity):
            main = analysis is found.main
            pool = harms_of(review, found).pool if main and found.outcome.importance == "harm" else analysis.pooled
            if pool is not None:
                yield _table(found, analysis, pool.as_dict())
            elif unpooled and main and analysis.usable:
                yield _table(found, analysis, {})


def _table(found: OutcomeAnalysis, analysis: Analysis, pooled: Mapping[str, Any]) -> PooledTable:
    method = str(pooled.get("method") or "iv")
    entries = []
    for result in analysis.results:
        groups = numbers(result.rows, analysis.measure)
        if method == "iv":
            if not result.usable:
                continue
            groups = groups if _give(groups, analysis.measure, result) else {}
        elif not groups:
            continue
        label = found.labels.get(result.study_id, result.study_id)
        entries.append(Entry(result.study_id, f"{label} ({result.part})" if result.part else label, result.yi,
                             result.vi, groups, result))
    return PooledTable(found.outcome, analysis, analysis is found.main, method, pooled, tuple(entries))


def numbers(rows: Sequence[ArmRow], measure: str) -> dict[str, float]:
    """The numbers of two groups as they are printed; empty where there are not two whole ones."""
    sides = {row.arm_role: row for row in rows}
    if len(rows) != 2 or set(sides) != {"intervention", "comparator"} or measure not in _NUMBERS:
        return {}
    one, two = sides["intervention"], sides["comparator"]
    values: tuple[float | None, ...] = (one.mean, one.sd, one.n, two.mean, two.sd, two.n)
    if _NUMBERS[measure] is COUNTS:
        values = (one.events, _spared(one), two.events, _spared(two))
    found = {name: value for name, value in zip(_NUMBERS[measure], values, strict=True) if value is not None}
    return found if len(found) == len(values) else {}


def _spared(row: ArmRow) -> int | None:
    return None if row.events is None or row.total is None else row.total - row.events


def _give(groups: Mapping[str, float], measure: str, result: StudyResult) -> bool:
    """Whether a study's effect is what its two groups give without any conversion."""
    from reviewkit.effects import effect_sizes

    if not groups:
        return False
    try:
        effect = effect_sizes(measure, {name: [value] for name, value in groups.items()})
    except InputError:
        return False
    pairs = zip((*effect.yi.tolist(), *effect.vi.tolist()), (result.yi, result.vi), strict=False)
    return len(effect.yi) == 1 and all(
        theirs is not None and abs(ours - theirs) <= _SAME * max(1.0, abs(theirs)) for ours, theirs in pairs)


def figure(value: float | None) -> float | None:
    """Twelve significant digits, as in ``results.json``, so that the last bit of a sum does not change a file."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.12g}")
