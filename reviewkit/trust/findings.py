"""Making findings: codes, their weight, and small words shared by the checks."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.numbers import plain
from reviewkit.trust.rows import ArmRow, Certainty, Finding, Severity

SEVERITY: dict[str, Severity] = {
    "se_as_sd": "high",
    "sd_as_se": "high",
    "p_mismatch": "medium",
    "p_depends_on_test": "low",
    "within_p_as_between": "high",
    "grim_fail": "medium",
    "sd_impossible": "high",
    "percent_not_whole": "medium",
    "events_gt_n": "high",
    "n_gt_randomised": "medium",
    "scale_reversed": "high",
    "metric_mixed": "high",
    "unit_wrong": "high",
    "ci_asymmetric": "medium",
    "ci_vs_p_conflict": "medium",
    "effect_implausible": "high",
    "shared_comparator": "high",
    "same_sample_twice": "high",
    "lost_minus": "high",
    "decimal_shift": "high",
    "median_as_mean": "medium",
    "md_labelled_smd": "high",
    "baseline_imbalance_change": "medium",
}
CODES = tuple(SEVERITY)


def make_finding(code: str, rows: Sequence[ArmRow], message: str, right_reading: str, certainty: Certainty) -> Finding:
    """A finding on ``rows``, which stand in the order of blame: the faulty ones only.

    Rows of several studies give their ids joined by ``|``.
    """
    studies = list(dict.fromkeys(row.study_id for row in rows))
    outcomes = list(dict.fromkeys(row.outcome for row in rows))
    return Finding(
        study_id="|".join(studies),
        outcome="|".join(outcomes),
        row_ids=tuple(dict.fromkeys(row.row_id for row in rows)),
        code=code,
        message=message,
        right_reading=right_reading,
        certainty=certainty,
        severity=SEVERITY[code],
    )


def when(row: ArmRow) -> str:
    """The time of a row in words: 'baseline', 'week 8', or empty."""
    if row.timepoint_weeks is None:
        return ""
    return "baseline" if row.is_baseline else f"week {plain(row.timepoint_weeks)}"


def where(row: ArmRow) -> str:
    """Arm and time of a row: 'massage, week 8'."""
    return ", ".join(part for part in (row.arm, when(row)) if part)


def p_words(p: float) -> str:
    """A recomputed p for people: two figures."""
    return plain(p, digits=2)
