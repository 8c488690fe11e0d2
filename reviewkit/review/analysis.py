"""The synthesis of one outcome as its plan says: a pool, or the direction of effect where none can be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from reviewkit.extraction import ArmRow, StudyResult, Use, study_results
from reviewkit.protocol import RATIOS, Interval, Outcome, SensitivityAnalysis

if TYPE_CHECKING:
    from reviewkit.synthesis import DirectionSynthesis, Pooled


@dataclass(frozen=True)
class Analysis:
    """One analysis of an outcome: the studies' results, and the pool if one could be made.

    ``pooled`` is None below the least number of studies, or where the plan does not pool; ``why`` says so.
    """

    id: str
    label: str
    measure: str
    results: tuple[StudyResult, ...]
    pooled: Pooled | None
    why: str
    sets: tuple[str, ...] = ()

    @property
    def usable(self) -> tuple[StudyResult, ...]:
        """Results with an effect and its variance."""
        return tuple(r for r in self.results if r.usable)

    @property
    def unusable(self) -> tuple[StudyResult, ...]:
        """Results without: shown beside the pool, never dropped."""
        return tuple(r for r in self.results if not r.usable)

    @property
    def assumed(self) -> tuple[str, ...]:
        """Ids of studies that enter with an assumed number or size; none in a main analysis."""
        return tuple(r.study_id for r in self.usable if any(rests_on_assumption(row) for row in r.rows))


@dataclass(frozen=True, eq=False)
class OutcomeAnalysis:
    """The planned analysis of an outcome, its sensitivity analyses, and the count of directions."""

    outcome: Outcome
    main: Analysis
    sensitivity: tuple[Analysis, ...]
    direction: DirectionSynthesis
    labels: Mapping[str, str]

    def __str__(self) -> str:
        if self.main.pooled:
            return f"{self.outcome.name}: {self.main.pooled}"
        return f"{self.outcome.name}: not pooled ({self.main.why}). {self.direction}"


def analyse(
    outcome: Outcome,
    rows: Iterable[ArmRow],
    labels: Mapping[str, str],
    *,
    model: str = "",
    tau2: str = "",
    interval: str = "",
    barred: Mapping[str, str] = MappingProxyType({}),
) -> OutcomeAnalysis:
    """Run the plan of an outcome.

    Parameters
    ----------
    rows : iterable of ArmRow
        Rows of the studies that may enter.
    labels : mapping of str to str
        Study id to the name shown.
    model, tau2, interval : str
        Overrides of the plan; empty keeps it. Every name the protocol allows may stand here.
    barred : mapping of str to str
        Rows that enter no pool (row id to the reason): one sample that stands twice.
    """
    plan = outcome.plan
    table = tuple(row for row in rows if row.outcome == outcome.id)
    found = _Found(table, outcome, barred, any(map(rests_on_assumption, table)))
    base = SensitivityAnalysis(
        id="main", label="Main analysis", sets=plan.sets, measure=plan.measure,
        model=model or plan.model, tau2=tau2 or plan.tau2, interval=interval or plan.interval,  # type: ignore[arg-type]
    )
    main = _run(base, base, found, labels)
    others = tuple(_run(choice, base, found, labels) for choice in plan.sensitivity)
    return OutcomeAnalysis(outcome, main, others, _directions(main, outcome, labels), labels)


def _too_few(usable: int, found: int, wanted: int) -> str:
    """Why nothing is pooled, where the plan would have it."""
    if not found:
        return "no study in these analysis sets reports this outcome"
    many = "study gives" if found == 1 else "studies give"
    return f"{usable} of {found} {many} usable numbers; a pool wants {wanted}"


@dataclass(eq=False)
class _Found:
    """The studies' results of one outcome, computed once for each use of its rows."""

    rows: tuple[ArmRow, ...]
    outcome: Outcome
    barred: Mapping[str, str]
    any_assumed: bool
    made: list[tuple[Use, tuple[StudyResult, ...]]] = field(default_factory=list)

    def results(self, choice: SensitivityAnalysis, sets: Sequence[str], *, assumed: bool) -> tuple[StudyResult, ...]:
        plan = self.outcome.plan
        use = Use(
            sets, choice.measure or plan.measure, choice.exclude,
            plan.conversions if choice.conversions is None else choice.conversions,
            choice.multi_arm or plan.multi_arm, assumed=assumed and self.any_assumed, barred=self.barred,
        )
        for known, results in self.made:
            if known == use:
                return results
        self.made.append((use, study_results(self.rows, self.outcome, use)))
        return self.made[-1][1]


def _run(
    choice: SensitivityAnalysis, base: SensitivityAnalysis, found: _Found, labels: Mapping[str, str]
) -> Analysis:
    from reviewkit.synthesis import pool

    plan = found.outcome.plan
    measure = choice.measure or plan.measure
    sets = choice.sets or base.sets or plan.sets
    results = found.results(choice, sets, assumed=choice is not base)
    usable = [r for r in results if r.usable]
    if not plan.pool or len(usable) < plan.least_studies:
        why = plan.why_not_pooled if not plan.pool else _too_few(len(usable), len(results), plan.least_studies)
        return Analysis(choice.id, choice.label, measure, results, None, why, tuple(sets))
    pooled = pool(
        [float(r.yi) for r in usable if r.yi is not None], [float(r.vi) for r in usable if r.vi is not None],
        studies=[_name(r, labels) for r in usable],
        model=choice.model or base.model or plan.model, tau2=choice.tau2 or base.tau2,
        ci=_interval(choice, base), level=plan.level, measure=measure,
        scale="log" if measure in RATIOS else "natural",
    )
    return Analysis(choice.id, choice.label, measure, results, pooled, "", tuple(sets))


def rests_on_assumption(row: ArmRow) -> bool:
    """Whether a row holds an assumed size or a number that the report does not give, such as a borrowed SD."""
    return row.number_status == "assumed" or row.n_status == "assumed"


def _interval(choice: SensitivityAnalysis, base: SensitivityAnalysis) -> Interval:
    if choice.interval:
        return choice.interval
    # Hartung and Knapp's interval belongs to random effects; a common effect takes the normal one.
    return "normal" if choice.model == "common" else base.interval or "hk"


def _name(result: StudyResult, labels: Mapping[str, str]) -> str:
    label = labels.get(result.study_id, result.study_id)
    return f"{label} ({result.part})" if result.part else label


def _directions(main: Analysis, outcome: Outcome, labels: Mapping[str, str]) -> DirectionSynthesis:
    """Vote counting on direction; for an association 'benefit' stands for 'higher in the first group'."""
    from reviewkit.synthesis import DirectedStudy, direction_synthesis

    words = {"intervention": "benefit", "comparator": "harm", "no difference": "no difference"}
    if outcome.better == "neither":
        words = {"higher": "benefit", "lower": "harm", "no difference": "no difference"}
    return direction_synthesis(
        [
            DirectedStudy(
                labels.get(r.study_id, r.study_id),
                words.get(r.direction if outcome.better == "neither" else r.favours, "unclear"),  # type: ignore[arg-type]
                n=r.n, note=r.reason,
            )
            for r in main.results
        ],
        outcome=outcome.name,
    )
