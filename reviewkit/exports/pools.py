"""The pooled outcomes of a report with the numbers that entered: what other meta-analysis programs need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.errors import InputError
from reviewkit.extraction import ArmRow
from reviewkit.protocol import Outcome
from reviewkit.review import Review

COUNTS = ("ai", "n1i", "ci", "n2i")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
_ARMS = {"RR": COUNTS, "OR": COUNTS, "RD": COUNTS, "MD": MEANS, "SMD": MEANS, "ROM": MEANS}
"""Measures worked out from two groups, and metafor's names of their columns."""
_SAME = 1e-9
"""Relative difference below which an effect is what its two groups give."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One study's result in a pool.

    Attributes
    ----------
    yi, vi : float or None
        Effect and variance on the scale of the analysis; None in a pool of counts where a study has none alone.
    arms : mapping of str to float
        Numbers of the two groups by metafor's column names, where the effect follows from them as they are printed;
        empty where it was converted, combined or printed as an effect.
    """

    study_id: str
    label: str
    yi: float | None
    vi: float | None
    arms: Mapping[str, float]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoolTable:
    """A pool of one outcome. ``pooled`` is what ``results.json`` says of it; ``method`` is iv, mh, peto or glmm."""

    outcome: str
    analysis: str
    """'main', or the id of a sensitivity analysis."""
    name: str
    better: str
    measure: str
    method: str
    level: float
    pooled: Mapping[str, Any]
    contrasts: tuple[Contrast, ...]


def pool_tables(results: Mapping[str, Any], review: Review) -> tuple[PoolTable, ...]:
    """Every pool of a report: planned analyses (for a harm the pool of its counts) and sensitivity analyses.

    Parameters
    ----------
    results : mapping
        What ``results.json`` holds.
    review : Review
        The question the report is of, for the printed numbers.
    """
    harms = {item["outcome"]: item["pooled"] for item in results["harms"]}
    rows = {row.row_id: row for row in review.rows}
    found = []
    for item in results["outcomes"]:
        outcome = review.protocol.outcome(item["id"])
        for analysis in (item["main"], *item["sensitivity"]):
            pooled = analysis["pooled"] or (harms.get(outcome.id) if analysis is item["main"] else None)
            if pooled:
                found.append(_table(outcome, analysis, pooled, rows))
    return tuple(found)


def _table(
    outcome: Outcome, analysis: Mapping[str, Any], pooled: Mapping[str, Any], rows: Mapping[str, ArmRow]
) -> PoolTable:
    method = str(pooled.get("method") or "iv")
    contrasts = []
    for study in analysis["studies"]:
        arms = _arms([rows[name] for name in study["rows"] if name in rows], analysis["measure"])
        if method == "iv":
            if study["yi"] is None:
                continue
            arms = arms if _gives(arms, analysis["measure"], study["yi"], study["vi"]) else {}
        elif not arms:
            continue
        contrasts.append((study, arms))
    # The pool lists its studies in the same order, by the names the report shows.
    labels = [one["study"] for one in pooled["studies"]]
    named = labels if len(labels) == len(contrasts) else [study["study"] for study, _ in contrasts]
    return PoolTable(
        outcome.id, analysis["id"], outcome.name, outcome.better, pooled["measure"], method, outcome.plan.level, pooled,
        tuple(Contrast(study["study"], label, study["yi"], study["vi"], arms, tuple(study["steps"]))
              for (study, arms), label in zip(contrasts, named, strict=True)))


def _arms(rows: Sequence[ArmRow], measure: str) -> dict[str, float | int]:
    """The numbers of two groups as they are printed; empty where there are not two whole ones."""
    sides = {row.arm_role: row for row in rows}
    if len(rows) != 2 or set(sides) != {"intervention", "comparator"} or measure not in _ARMS:
        return {}
    one, two = sides["intervention"], sides["comparator"]
    values = ((one.events, one.total, two.events, two.total) if _ARMS[measure] is COUNTS else
              (one.mean, one.sd, one.n, two.mean, two.sd, two.n))
    found = {name: value for name, value in zip(_ARMS[measure], values, strict=True) if value is not None}
    return found if len(found) == len(values) else {}


def _gives(arms: Mapping[str, float], measure: str, yi: float, vi: float) -> bool:
    """Whether the effect of the pool is what these two groups give without any conversion."""
    from reviewkit.effects import effect_sizes

    if not arms:
        return False
    try:
        effect = effect_sizes(measure, {name: [value] for name, value in arms.items()})
    except InputError:
        return False
    if len(effect.yi) != 1:
        return False
    return all(abs(ours - theirs) <= _SAME * max(1.0, abs(theirs))
               for ours, theirs in ((float(effect.yi[0]), yi), (float(effect.vi[0]), vi)))
