"""How far a pool rests on single studies and choices: leave-one-out, cumulative, Baujat, funnel, specification curve.

Cochrane Handbook, sections 10.14 (sensitivity analyses) and 13.3.5 (small-study effects).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewkit.figures import (
    BaujatPoint,
    Figure,
    ForestRow,
    FunnelPoint,
    baujat_plot,
    forest_plot,
    funnel_plot,
)
from reviewkit.numbers import number, percent
from reviewkit.protocol import MEANS, RATIOS
from reviewkit.render import Safe, anchor_id, details, el, figure, join
from reviewkit.report.forests import KEPT, ROLES
from reviewkit.report.multiverse import curve_figure, in_words, multiverse_of
from reviewkit.report.words import MEASURES, favours, natural, studies
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis

if TYPE_CHECKING:
    from reviewkit.synthesis import AsymmetryTest, PoolSeries

LEAST_STUDIES = 3
"""Below this, leaving one out or adding one says nothing about a pool."""
LEAST_FUNNEL = 10
"""Cochrane Handbook, section 13.3.5.4."""


@dataclass(frozen=True)
class Shown:
    """A figure of the section: its name in anchors and files, and the caption, which states the result first."""

    name: str
    picture: Figure
    caption: str


@lru_cache(maxsize=KEPT)
def robustness_figures(found: OutcomeAnalysis, review: Review) -> tuple[Shown, ...]:
    """Every figure that the pool of an outcome has enough studies for."""
    pooled = found.main.pooled
    if pooled is None:
        return ()
    shown = []
    if pooled.k >= LEAST_STUDIES:
        shown += [_leave_one_out(found, review), _cumulative(found, review), _baujat(found)]
    if pooled.k >= LEAST_FUNNEL:
        shown.append(_funnel(found, review))
    tried = multiverse_of(found, review)
    if tried is not None:
        shown.append(Shown("multiverse", curve_figure(found, tried),
                           f"{in_words(found, tried)} Specification curve."))
    return tuple(shown)


def robustness_section(review: Review, found: OutcomeAnalysis) -> Safe:
    """The figures, folded, with what they come to in the line that opens them; and what there is too little for."""
    pooled = found.main.pooled
    if pooled is None:
        return Safe("")
    shown = robustness_figures(found, review)
    pictures = [figure(item.picture.in_page, item.caption, id_=anchor_id(item.name, found.outcome.id))
                for item in shown]
    missing = _missing(pooled.k)
    if not pictures:
        return missing
    return details(
        f"How far this rests on single studies and choices ({len(pictures)} "
        f"{'figure' if len(pictures) == 1 else 'figures'})", *pictures, missing, class_="robustness",
    )


def _missing(k: int) -> Safe:
    said = []
    if k < LEAST_STUDIES:
        said.append(f"{studies(k).capitalize()} pooled: leaving one out, or adding them one by one, shows nothing.")
    if k < LEAST_FUNNEL:
        said.append(f"No funnel plot and no test of small-study effects: {studies(k)}, fewer than {LEAST_FUNNEL}, "
                    "cannot tell asymmetry from chance.")
    return join(*[el("p", line, class_="small") for line in said])


def _leave_one_out(found: OutcomeAnalysis, review: Review) -> Shown:
    from reviewkit.synthesis import leave_one_out

    pooled = found.main.pooled
    assert pooled is not None
    series = leave_one_out(pooled)
    low, high = _ends(series, found.main.measure)
    whole = pooled.ci_low > 0 or pooled.ci_high < 0
    changed = [name for name, out in zip(series.studies, _leaves_out(series), strict=True) if out != whole]
    now = "holds no difference" if whole else "leaves out no difference"
    if len(changed) == 1:
        said = f"The answer rests on one study: without {changed[0]} the interval {now}"
    elif changed:
        said = f"The answer rests on single studies: without any one of {len(changed)} the interval {now}"
    else:
        said = "No single study decides whether the interval holds no difference"
    caption = (f"{said}: without one study after the other, the pool of {found.outcome.name.lower()} runs from {low} "
               f"to {high}. Leave-one-out forest plot.")
    return Shown("leave-one-out", _series(found, review, series, "Without"), caption)


def _cumulative(found: OutcomeAnalysis, review: Review) -> Shown:
    from reviewkit.synthesis import cumulative

    pooled = found.main.pooled
    assert pooled is not None
    years = [_year(review, result.study_id) for result in found.main.usable]
    order = sorted(range(pooled.k), key=lambda place: (years[place] is None, years[place] or 0, place))
    series = cumulative(pooled, order)
    known = [year for year in years if year is not None]
    if known:
        span = f"from {min(known)} to {max(known)}" if min(known) != max(known) else f"all of {known[0]}"
    else:
        span = "in the order of the tables"
    undated = len(years) - len(known)
    last = f"; {studies(undated)} without a year last" if undated and known else ""
    settled = _settled_after(series)
    caption = (f"{settled}. Cumulative forest plot: the pool after each study came in, {span}{last}.")
    return Shown("cumulative", _series(found, review, series, "+"), caption)


def _settled_after(series: PoolSeries) -> str:
    """From which study on every interval leaves out no difference, or holds it, as the last one does."""
    out = _leaves_out(series)
    place = max((at + 1 for at, (one, other) in enumerate(pairwise(out)) if one != other), default=0)
    what = "leaves out no difference" if out[-1] else "holds no difference"
    if place == 0:
        return f"From the first study on, the interval {what}"
    return f"Since {series.studies[place]} came in (study {place + 1} of {len(out)}), the interval {what}"


def _series(found: OutcomeAnalysis, review: Review, series: PoolSeries, lead: str) -> Figure:
    """A series of pools as a forest without weights."""
    measure = found.main.measure
    pooled = found.main.pooled
    assert pooled is not None
    rows = []
    for name, *values in zip(series.studies, series.ci_low.tolist(), series.estimate.tolist(), series.ci_high.tolist(),
                             series.i2.tolist(), strict=True):
        low, middle, high = (natural(value, measure) for value in values[:3])
        rows.append(ForestRow(f"{lead} {name}", middle, low, high, cells=(percent(values[3], 0),)))
    return forest_plot(
        rows, scale="log" if measure in RATIOS else "natural", measure=measure, axis_label=MEASURES[measure],
        favours=favours(found.outcome, review.protocol), columns=("I²",), level=100 * pooled.level,
        row_head="Pool without one study" if series.kind == "leave-one-out" else "Pool after each study",
        title=f"{'Leave-one-out' if series.kind == 'leave-one-out' else 'Cumulative'} forest plot: "
              f"{found.outcome.name}",
    )


def _leaves_out(series: PoolSeries) -> list[bool]:
    """Whether each interval leaves out no difference."""
    return [low > 0 or high < 0 for low, high in zip(series.ci_low.tolist(), series.ci_high.tolist(), strict=True)]


def _ends(series: PoolSeries, measure: str) -> tuple[str, str]:
    values = [natural(value, measure) for value in series.estimate.tolist()]
    return number(min(values), 2), number(max(values), 2)


def _baujat(found: OutcomeAnalysis) -> Shown:
    from reviewkit.synthesis import baujat

    pooled = found.main.pooled
    assert pooled is not None
    placed = baujat(pooled)
    points = [BaujatPoint(name, x, y)
              for name, x, y in zip(placed.studies, placed.x.tolist(), placed.y.tolist(), strict=True)]
    label = "Squared Pearson residual" if pooled.model == "random" else "Contribution to Cochran's Q"
    picture = baujat_plot(points, x_label=label, title=f"Baujat plot: {found.outcome.name}")
    return Shown("baujat", picture, f"{picture.description} Baujat plot.")


def _funnel(found: OutcomeAnalysis, review: Review) -> Shown:
    pooled, measure = found.main.pooled, found.main.measure
    assert pooled is not None
    test = _asymmetry(found)
    points = [FunnelPoint(name, natural(y, measure), math.sqrt(v))
              for name, y, v in zip(pooled.studies, pooled.yi.tolist(), pooled.vi.tolist(), strict=True)]
    picture = funnel_plot(
        points, natural(pooled.estimate, measure), scale="log" if measure in RATIOS else "natural",
        axis_label=MEASURES[measure], favours=favours(found.outcome, review.protocol), test=str(test),
        title=f"Funnel plot: {found.outcome.name}",
    )
    if test.p is None:
        said = f"No test of asymmetry: {test.withheld}"
    else:
        said = "Small studies differ from large ones" if test.p < 0.10 else "No asymmetry beyond chance is seen"
        said += f" ({test.method}, {studies(test.k)})."
    return Shown("funnel", picture, f"{said} Funnel plot with contours of significance.")


def _asymmetry(found: OutcomeAnalysis) -> AsymmetryTest:
    """The test that suits the measure, from counts or group sizes where every study gives them."""
    from reviewkit.synthesis import asymmetry_test

    pooled, measure = found.main.pooled, found.main.measure
    assert pooled is not None
    arms = [{row.arm_role: row for row in result.rows} for result in found.main.usable]
    whole = all(set(arm) == set(ROLES) for arm in arms)
    if whole and measure not in MEANS:
        counts = [[getattr(arm[role], name) for arm in arms] for role in ROLES for name in ("events", "total")]
        if all(value is not None for column in counts for value in column):
            return asymmetry_test(pooled.yi, pooled.vi, measure=measure, studies=pooled.studies,
                                  tables=(counts[0], counts[1], counts[2], counts[3]))
    if whole and measure == "SMD":
        sizes = [[arm[role].n for arm in arms] for role in ROLES]
        if all(value is not None for column in sizes for value in column):
            return asymmetry_test(pooled.yi, pooled.vi, measure=measure, studies=pooled.studies,
                                  sizes=(_whole(sizes[0]), _whole(sizes[1])))
    return asymmetry_test(pooled.yi, pooled.vi, measure=measure, studies=pooled.studies)


def _whole(values: Sequence[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _year(review: Review, study_id: str) -> int | None:
    """The year of a study's first report; None where none is dated."""
    study = next((s for s in review.all_studies if s.study_id == study_id), None)
    years = [review.reports[name].year for name in study.reports if name in review.reports] if study else []
    return min((year for year in years if year is not None), default=None)
