"""Harms: who reports adverse events, in how many of how many people, and who says nothing.

A harm is an outcome of importance ``harm``. Its rows are those of the extraction table: ``events`` over ``total`` for
each arm (0 where a report says that there was none), ``contrast`` for a printed ratio, ``direction`` or ``null`` for
words. Rows of every analysis set and design are shown; only those of the outcome's own sets are pooled. A study without
a row is silent, and silence is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.appraisal import tool_for
from reviewkit.errors import InputError
from reviewkit.extraction import ArmRow, Study, StudyResult
from reviewkit.protocol import Outcome
from reviewkit.review.analysis import OutcomeAnalysis

if TYPE_CHECKING:
    from reviewkit.review.opened import Review
    from reviewkit.synthesis import CountModel, Pooled, TablePool

CASE_REPORT = "jbi-case-report"
NOTHING_GIVEN = ("nos-case-control",)
"""Tools of designs in which nobody is given a treatment."""


@dataclass(frozen=True)
class HarmReport:
    """What one study says of a harm.

    Attributes
    ----------
    included : bool
        Whether the study is included in the review; others are shown because any design may report a harm.
    pooled : bool
        Whether it is in the pool.
    """

    study: Study
    rows: tuple[ArmRow, ...]
    included: bool
    pooled: bool = False

    @property
    def case_report(self) -> bool:
        """True for a case report: a harm that happened, without a number of people it could have happened to."""
        return tool_for(self.study.design) == CASE_REPORT


@dataclass(frozen=True)
class Harms:
    """One harm outcome over all studies.

    Attributes
    ----------
    reports : tuple of HarmReport
        Studies that say something, included ones first.
    silent : tuple of Study
        Included studies that say nothing.
    pool : Pooled, TablePool, CountModel or None
        From counts by the method that suits them (`reviewkit.synthesis.recommend_binary`), from printed ratios by the
        plan; None with a reason in ``why``.
    results : tuple of StudyResult
        Results of the included studies, as the analysis sees them.
    """

    outcome: Outcome
    reports: tuple[HarmReport, ...]
    silent: tuple[Study, ...]
    included: int
    pool: Pooled | TablePool | CountModel | None
    why: str
    results: tuple[StudyResult, ...]

    @property
    def cases(self) -> tuple[HarmReport, ...]:
        """Case reports."""
        return tuple(report for report in self.reports if report.case_report)

    @property
    def reporting(self) -> int:
        """Included studies that say something."""
        return self.included - len(self.silent)

    @property
    def silent_without_treatment(self) -> int:
        """Silent studies whose design gives nobody a treatment."""
        return sum(tool_for(study.design) in NOTHING_GIVEN for study in self.silent)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "outcome": self.outcome.id, "included": self.included, "reporting": self.reporting,
            "silent": [study.study_id for study in self.silent],
            "silent_without_treatment": self.silent_without_treatment,
            "pooled": self.pool.as_dict() if self.pool else None, "why_not_pooled": self.why or None,
            "reports": [
                {"study": r.study.study_id, "included": r.included, "pooled": r.pooled, "case_report": r.case_report,
                 "groups": [{"arm": row.arm, "events": row.events, "total": row.total, "row": row.row_id,
                             "set": row.analysis_set} for row in r.rows]}
                for r in self.reports
            ],
        }


def harms_of(review: Review, analysis: OutcomeAnalysis) -> Harms:
    """What the studies of a review say of one harm outcome."""
    outcome = analysis.outcome
    rows = [row for row in review.rows if row.outcome == outcome.id and row.value_type != "none"]
    included = {study.study_id for study in review.studies}
    pool, pooled, why = _pool(analysis)
    studies = sorted((s for s in review.all_studies if any(row.study_id == s.study_id for row in rows)),
                     key=lambda s: s.study_id not in included)
    told = {study.study_id for study in studies}
    return Harms(
        outcome,
        tuple(HarmReport(study, tuple(row for row in rows if row.study_id == study.study_id),
                         study.study_id in included, study.study_id in pooled) for study in studies),
        tuple(study for study in review.studies if study.study_id not in told),
        len(review.studies), pool, why, analysis.main.results,
    )


def _pool(analysis: OutcomeAnalysis) -> tuple[Pooled | TablePool | CountModel | None, frozenset[str], str]:
    """The pool, the studies in it, and why there is none."""
    plan, main = analysis.outcome.plan, analysis.main
    counted = [r for r in main.results if _counts(r.rows) is not None]
    printed = [r for r in main.usable if _counts(r.rows) is None]
    if not plan.pool:
        return None, frozenset(), plan.why_not_pooled
    if printed or not counted or main.measure not in ("RR", "OR", "RD"):
        return main.pooled, frozenset(r.study_id for r in main.usable if main.pooled), main.why
    if len(counted) < plan.least_studies:
        return None, frozenset(), (f"{len(counted)} of {len(main.results)} studies give counts in both groups; a pool "
                                   f"wants {plan.least_studies}")
    try:
        pool = _by_counts(counted, analysis)
    except InputError as error:
        return None, frozenset(), error.problems[0].message.rstrip(".")
    return pool, frozenset(r.study_id for r in counted), ""


def _by_counts(counted: Sequence[StudyResult], analysis: OutcomeAnalysis) -> Pooled | TablePool | CountModel:
    from reviewkit.synthesis import pool_two_by_two

    tables = [cells for cells in (_counts(r.rows) for r in counted) if cells is not None]
    ai, bi, ci, di = zip(*tables, strict=True)
    measure = analysis.main.measure
    return pool_two_by_two(
        ai, bi, ci, di, measure=measure,  # type: ignore[arg-type]
        studies=[analysis.labels.get(r.study_id, r.study_id) for r in counted], level=analysis.outcome.plan.level)


def _counts(rows: Sequence[ArmRow]) -> tuple[int, int, int, int] | None:
    """Events and non-events of intervention and comparator; None where a group or a number is missing."""
    arms = {row.arm_role: row for row in rows}
    if len(rows) != 2 or set(arms) != {"intervention", "comparator"}:
        return None
    cells: list[int] = []
    for role in ("intervention", "comparator"):
        row = arms[role]
        if row.events is None or row.total is None:
            return None
        cells += [row.events, row.total - row.events]
    return cells[0], cells[1], cells[2], cells[3]
