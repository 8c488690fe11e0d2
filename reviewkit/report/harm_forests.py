"""Forest plot of a harm: pooled from counts by a method for rare events, or as the plan pools it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reviewkit.figures import Figure, ForestHeading, ForestPooled, ForestRow, forest_plot
from reviewkit.figures.forest_parts import ForestItem
from reviewkit.numbers import heterogeneity, number, p_value, plain
from reviewkit.protocol import RATIOS
from reviewkit.report.bias_figures import forest_lights
from reviewkit.report.forests import arm_cells, arm_columns, arm_totals, forest_figure, half_width
from reviewkit.report.lineage import harm_weights, study_anchor
from reviewkit.report.words import MEASURES, favours, natural, remark
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis
from reviewkit.review.extraction.harms import Harms


def harm_forest(found: OutcomeAnalysis, harms: Harms, review: Review) -> Figure | None:
    """The forest of a harm's own pool; None where nothing is pooled.

    A study without an event in either group stands in its row with its counts: it adds people, and nothing to a ratio.
    """
    if harms.pool is None:
        return None
    if harms.pool is found.main.pooled:
        return forest_figure(found, review)
    measure, level, weights = found.main.measure, harms.pool.level, harm_weights(harms)
    places = {name: place for place, name in enumerate(harms.pool.studies)}
    why = dict(harms.pool.excluded)
    names = {result.study_id: found.labels.get(result.study_id, result.study_id) for result in found.main.results}
    domains, lights = forest_lights(review, found.outcome.id, list(names))
    effects = _effects(found, harms)
    counted = [result for result in found.main.results if names[result.study_id] in places]
    rows: list[ForestItem] = []
    for result in counted:
        name = names[result.study_id]
        effect = effects[places[name]]
        ends = [natural(value, measure) for value in effect] if effect else [None, None, None]
        rows.append(ForestRow(
            name, ends[1], ends[0], ends[2], weights.get(name) if effect else None, arm_cells(result),
            note=why.get(name, ""), in_pool=name not in why, risk_of_bias=lights.get(result.study_id, ()),
            href=f"#{study_anchor(found.outcome.id, result.study_id)}"))
    left: list[ForestItem] = [
        ForestRow(names[r.study_id], note=r.reason, in_pool=False, risk_of_bias=lights.get(r.study_id, ()),
                  href=f"#{study_anchor(found.outcome.id, r.study_id)}")
        for r in found.main.results if r not in counted
    ]
    middle, low, high = (natural(v, measure) for v in (harms.pool.estimate, harms.pool.ci_low, harms.pool.ci_high))
    total = ForestPooled(f"Total ({plain(100 * level)}% CI)", middle, low, high, None, _lines(harms),
                         100.0 if weights else None, arm_totals(measure, counted))
    return forest_plot(
        rows, [total], scale="log" if measure in RATIOS else "natural", measure=measure,
        axis_label=MEASURES[measure], favours=favours(found.outcome, review.protocol),
        columns=arm_columns(review, found), domains=domains, level=100 * level,
        title=f"Forest plot: {found.outcome.name}", beside=[ForestHeading("No numbers to pool"), *left] if left else [])


def _effects(found: OutcomeAnalysis, harms: Harms) -> Sequence[tuple[float, float, float] | None]:
    """Limits and effect of each study of the pool on its own; None where it has none."""
    pool = harms.pool
    assert pool is not None
    half = half_width(pool.level)
    yi, vi = getattr(pool, "yi", None), getattr(pool, "vi", None)
    if yi is None or vi is None:  # a model of counts: the studies' effects as the analysis has them
        by_name = {found.labels.get(r.study_id, r.study_id): r for r in found.main.usable}
        pairs = [(r.yi, r.vi) if (r := by_name.get(name)) else (None, None) for name in pool.studies]
    else:
        pairs = list(zip(yi.tolist(), vi.tolist(), strict=True))
    return [
        (y - half * v**0.5, y, y + half * v**0.5)
        if y is not None and v is not None and math.isfinite(y) and math.isfinite(v) else None
        for y, v in pairs
    ]


def _lines(harms: Harms) -> tuple[str, ...]:
    """Heterogeneity, the test for an overall effect, and the method."""
    pool = harms.pool
    assert pool is not None
    lines = []
    if (q := getattr(pool, "q", None)) is not None and pool.q_df > 0:  # type: ignore[union-attr]
        spread = heterogeneity(tau2=pool.tau2, i2=pool.i2, q=q, df=pool.q_df, p=pool.q_p)  # type: ignore[union-attr]
        lines.append(f"Heterogeneity: {spread}")
    if pool.statistic is not None and pool.p is not None:
        lines.append(f"Test for overall effect: Z = {number(abs(pool.statistic), 2)}, {p_value(pool.p)}")
    return (*lines, f"{remark(getattr(pool, 'label', ''))}.")
