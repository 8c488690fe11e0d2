"""Forest plots of an outcome: the main analysis, and its studies in the subgroups that the plan names.

Columns, totals, weights, heterogeneity and tests as the Cochrane Handbook has them (section 10.2.2; the test between
subgroups in section 10.11.3.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reviewkit.appraisal import OVERALL
from reviewkit.extraction import ArmRow, StudyResult
from reviewkit.figures import Figure, ForestColumn, ForestHeading, ForestPooled, ForestRow, forest_plot
from reviewkit.figures.forest_parts import ForestItem
from reviewkit.numbers import count as count_text
from reviewkit.numbers import decimals_for, heterogeneity, number, p_value, percent, plain
from reviewkit.protocol import MEANS, RATIOS
from reviewkit.report.bias_figures import forest_lights
from reviewkit.report.lineage import study_anchor
from reviewkit.report.words import INTERVALS, MEASURES, MODELS, favours, natural
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis

if TYPE_CHECKING:
    from reviewkit.synthesis import Pooled, Subgroups

ROLES = ("intervention", "comparator")
STUDY_FACTORS = ("design", "country", "comparator", "funding", "setting", "tier", "arms")
"""Columns of studies.csv whose values may form subgroups."""
ROW_FACTORS = ("instrument", "timepoint", "comparison", "design", "unit")
"""Columns of the extraction table that may, where a study's rows agree."""
BIAS = "risk of bias"
UNKNOWN = "not stated"
KEPT = 128
"""Outcomes whose figures are kept: the page and the files show the same ones."""


@dataclass(frozen=True)
class SubgroupForest:
    """A forest by one factor; without a picture, `said` tells why there is none."""

    factor: str
    picture: Figure | None
    said: str


@lru_cache(maxsize=KEPT)
def forest_figure(found: OutcomeAnalysis, review: Review) -> Figure:
    """Forest plot of the main analysis; studies without usable numbers are listed below the axis."""
    pooled = found.main.pooled
    assert pooled is not None
    drawn = _Forest(found, review, pooled)
    return drawn.plot(drawn.rows(), [drawn.total()], title=f"Forest plot: {found.outcome.name}", silent=True)


@lru_cache(maxsize=KEPT)
def subgroup_forests(found: OutcomeAnalysis, review: Review) -> tuple[SubgroupForest, ...]:
    """A forest for each factor that the plan names, or why none could be drawn."""
    pooled = found.main.pooled
    if pooled is None:
        return ()
    # The lights stand in the main forest, a little above: once is enough.
    drawn = _Forest(found, review, pooled, lit=False)
    return tuple(_by_factor(drawn, factor) for factor in found.outcome.plan.subgroups)


def pool_options(pooled: Pooled) -> dict[str, Any]:
    """The choices by which a pool was made, as `pool` and its kin take them."""
    return {"model": pooled.model, "tau2": pooled.tau2_method or None, "ci": pooled.ci_method, "level": pooled.level,
            "measure": pooled.measure, "scale": pooled.scale}


def _by_factor(drawn: _Forest, factor: str) -> SubgroupForest:
    from reviewkit.synthesis import subgroups

    groups = [subgroup_of(drawn.review, drawn.found, result, factor) for result in drawn.usable]
    if None in groups:
        return SubgroupForest(factor, None, f"Subgroups by {factor} were planned; no table of this review has a column "
                                            "of that name, so none were formed.")
    names = [name or UNKNOWN for name in groups]
    if len(set(names)) < 2:
        return SubgroupForest(factor, None, f"Subgroups by {factor} were planned; all pooled studies are in one "
                                            f"({names[0]}), so there is nothing to compare.")
    pooled = drawn.pooled
    test = subgroups(pooled.yi, pooled.vi, names, studies=pooled.studies, **pool_options(pooled))
    rows = drawn.rows()
    items: list[ForestItem] = []
    for name, pool in test.groups.items():
        members = [place for place, group in enumerate(names) if group == name]
        items += [ForestHeading(f"{factor[:1].upper()}{factor[1:]}: {name}"), *(rows[place] for place in members)]
        items.append(drawn.subtotal(pool, members))
    line = _difference(test)
    total = drawn.total(extra=(line,))
    title = f"Forest plot of {drawn.found.outcome.name} by {factor}"
    said = "differ" if test.q_p < 0.10 else "do not differ beyond chance"
    return SubgroupForest(factor, drawn.plot(items, [total], title=title),
                          f"{drawn.found.outcome.name} by {factor}: {len(test.groups)} subgroups that {said} "
                          f"({p_value(test.q_p)} of the test between them).")


def subgroup_of(review: Review, found: OutcomeAnalysis, result: StudyResult, factor: str) -> str | None:
    """The subgroup of a study's result by a factor; '' where it is not stated, None where there is no such factor."""
    key = factor.strip().lower().replace("-", "_")
    if key.replace("_", " ") == BIAS:
        judged = review.appraisal.of(result.study_id, found.outcome.id)
        return judged.judgement(OVERALL) if judged else ""
    study = next((s for s in review.all_studies if s.study_id == result.study_id), None)
    if study is not None and key in STUDY_FACTORS and (key not in ROW_FACTORS or getattr(study, key)):
        return str(getattr(study, key))
    if key in ROW_FACTORS:
        values = {str(getattr(row, key)) for row in result.rows}
        return values.pop() if len(values) == 1 else ""
    return None


def _difference(test: Subgroups) -> str:
    i2 = max(0.0, 100 * (test.q_between - test.q_df) / test.q_between) if test.q_between else 0.0
    return (f"Test for subgroup differences: Q = {number(test.q_between, 2)}, df = {test.q_df}, {p_value(test.q_p)}; "
            f"I² = {percent(i2, 0)}")


@dataclass
class _Forest:
    """What every forest of an outcome shares: rows, totals, columns, lights."""

    found: OutcomeAnalysis
    review: Review
    pooled: Pooled
    lit: bool = True
    """Whether risk of bias stands at the end of each row."""

    def __post_init__(self) -> None:
        main = self.found.main
        self.usable = main.usable
        named = [r.study_id for r in main.results] if self.lit else []
        self.domains, self.lights = forest_lights(self.review, self.found.outcome.id, named)
        self.cells = [arm_cells(result) for result in self.usable]
        self.columns = arm_columns(self.review, self.found) if any(self.cells) else ()

    def rows(self) -> list[ForestRow]:
        """A row for each pooled result, in the order of the pool."""
        main, half = self.found.main, half_width(self.found.outcome.plan.level)
        rows = []
        for place, (result, name) in enumerate(zip(self.usable, self.pooled.studies, strict=True)):
            assert result.yi is not None
            assert result.vi is not None
            low, mid, high = (natural(result.yi + sign * half * result.vi**0.5, main.measure) for sign in (-1, 0, 1))
            rows.append(ForestRow(
                name, mid, low, high, float(self.pooled.weights[place]), self.cells[place],
                risk_of_bias=self.lights.get(result.study_id, ()),
                href=f"#{study_anchor(self.found.outcome.id, result.study_id)}"))
        return rows

    def silent(self) -> list[ForestItem]:
        """Studies that report the outcome without numbers to pool."""
        rows: list[ForestItem] = [
            ForestRow(self.found.labels.get(r.study_id, r.study_id), note=_silent(r), in_pool=False,
                      risk_of_bias=self.lights.get(r.study_id, ()),
                      href=f"#{study_anchor(self.found.outcome.id, r.study_id)}")
            for r in self.found.main.unusable
        ]
        return [ForestHeading("No numbers to pool"), *rows] if rows else []

    def total(self, extra: Sequence[str] = ()) -> ForestPooled:
        """The overall pool with heterogeneity, the test for an overall effect, and how it was made."""
        pooled = self.pooled
        prediction = None
        if pooled.pi_low is not None and pooled.pi_high is not None:
            measure = self.found.main.measure
            prediction = (natural(pooled.pi_low, measure), natural(pooled.pi_high, measure))
        how = MODELS[pooled.model].capitalize() + (f", {pooled.tau2_method}" if pooled.model == "random" else "")
        lines = (*_lines(pooled), *extra, f"{how}; {INTERVALS[pooled.ci_method]}.")
        return self._pool("Total", pooled, range(len(self.usable)), 100.0, lines, prediction)

    def subtotal(self, pooled: Pooled, members: Sequence[int]) -> ForestPooled:
        """The pool of one subgroup, with its share of the weight."""
        weight = float(sum(self.pooled.weights[place] for place in members))
        return self._pool("Subtotal", pooled, members, weight, _lines(pooled) if pooled.k > 1 else ())

    def _pool(
        self, label: str, pooled: Pooled, members: Sequence[int], weight: float, lines: Sequence[str],
        prediction: tuple[float, float] | None = None,
    ) -> ForestPooled:
        middle, low, high = (natural(v, self.found.main.measure)
                             for v in (pooled.estimate, pooled.ci_low, pooled.ci_high))
        return ForestPooled(f"{label} ({plain(100 * pooled.level)}% CI)", middle, low, high, prediction, lines, weight,
                            self._totals(members))

    def _totals(self, members: Sequence[int]) -> tuple[str, ...]:
        """People (and events) over the studies; empty where a study gives no counts of its groups."""
        if not self.columns or not all(self.cells[place] for place in members):
            return ()
        return arm_totals(self.found.main.measure, [self.usable[place] for place in members])

    def plot(
        self, rows: Sequence[ForestItem], pooled: Sequence[ForestPooled], *, title: str, silent: bool = False
    ) -> Figure:
        """The picture."""
        main, plan = self.found.main, self.found.outcome.plan
        return forest_plot(
            rows, pooled, scale="log" if main.measure in RATIOS else "natural", measure=main.measure,
            axis_label=MEASURES[main.measure], favours=favours(self.found.outcome, self.review.protocol),
            columns=self.columns, domains=self.domains, level=100 * plan.level, title=title,
            beside=self.silent() if silent else (),
        )


def _lines(pooled: Pooled) -> tuple[str, ...]:
    """Heterogeneity, and the test for an overall effect."""
    spread = heterogeneity(tau2=pooled.tau2 if pooled.model == "random" else None,
                           i2=pooled.i2_tau2 if pooled.model == "random" else pooled.i2_q,
                           q=pooled.q, df=pooled.q_df, p=pooled.q_p)
    if math.isinf(pooled.df):
        name = f"Z = {number(abs(pooled.statistic), 2)}"
    else:
        name = f"t = {number(abs(pooled.statistic), 2)}, df = {plain(pooled.df)}"
    test = f"Test for overall effect: {name}, {p_value(pooled.p)}"
    return (f"Heterogeneity: {spread}", test) if pooled.k > 1 else (test,)


def half_width(level: float) -> float:
    """Half the width of a Wald interval, in standard errors."""
    from reviewkit.synthesis.distributions import normal_ppf

    return float(normal_ppf(0.5 + level / 2))


def arm_columns(review: Review, found: OutcomeAnalysis) -> tuple[ForestColumn, ...]:
    """The data columns before the plot, under the name of each side."""
    heads = ("Mean", "SD", "Total") if found.main.measure in MEANS else ("Events", "Total")
    return tuple(ForestColumn(head, _arm_name(review, found, role)) for role in ROLES for head in heads)


def _arm_name(review: Review, found: OutcomeAnalysis, role: str) -> str:
    """The arm's name where all studies share one; else the therapy and 'comparator', or the two groups compared."""
    names = {row.arm for result in found.main.usable for row in result.rows if row.arm_role == role}
    if len(names) == 1:
        name = names.pop()
    elif found.outcome.better == "neither":
        name = "First group" if role == "intervention" else "Second group"
    else:
        name = review.protocol.question.therapy if role == "intervention" else "Comparator"
    return f"{name[:1].upper()}{name[1:]}"


def arm_totals(measure: str, results: Sequence[StudyResult]) -> tuple[str, ...]:
    """People, or events and people, of each side over some studies; a group that stands in two counts once."""
    rows = {row.row_id: row for result in results for row in result.rows}
    cells: list[str] = []
    for role in ROLES:
        arm = [row for row in rows.values() if row.arm_role == role]
        if measure in MEANS:
            cells += ["", "", _sum([row.n for row in arm])]
        else:
            cells += [_sum([row.events for row in arm]), _sum([row.total for row in arm])]
    return tuple(cells)


def arm_cells(result: StudyResult) -> tuple[str, ...]:
    """Mean, SD and size of each arm, or events and size; empty where the study printed a contrast."""
    rows: Mapping[str, ArmRow] = {row.arm_role: row for row in result.rows}
    if len(result.rows) != len(ROLES) or set(rows) != set(ROLES):
        return ()
    cells: list[str] = []
    for role in ROLES:
        row = rows[role]
        if row.events is not None:
            cells += [count_text(row.events), count_text(row.total)]
        else:
            spread = row.sd if row.sd is not None else (row.se or 0) * (row.n or 0) ** 0.5 or None
            places = decimals_for(row.mean)
            cells += [number(row.mean, places), number(spread, places), count_text(row.n)]
    return tuple(cells)


def _sum(values: Sequence[int | None]) -> str:
    known = [value for value in values if value is not None]
    return count_text(sum(known)) if len(known) == len(values) else ""


def _silent(result: StudyResult) -> str:
    said = f"; reported: {result.direction}" if result.direction != "not stated" else ""
    return f"{result.reason}{said}"
