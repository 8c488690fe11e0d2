"""Sections on what was found: included studies, and each outcome's pool or direction of effect."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.figures import (
    DirectionCell,
    DirectionOutcome,
    DirectionStudy,
    Figure,
    direction_plot,
)
from reviewkit.numbers import estimate, interval, percent
from reviewkit.protocol import Outcome
from reviewkit.render import Column, Safe, anchor_id, details, el, empty, figure, join, table
from reviewkit.render.html import Child
from reviewkit.report.albatross import albatross_of
from reviewkit.report.forests import forest_figure, subgroup_forests
from reviewkit.report.lineage import lineage_details, printed
from reviewkit.report.robustness import robustness_section
from reviewkit.report.statements import certainty_line
from reviewkit.report.words import (
    INTERVALS,
    MODELS,
    directions,
    finding,
    natural,
    remark,
)
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.claims.file import none_found


def direction_figure(found: Sequence[OutcomeAnalysis], review: Review, title: str) -> Figure | None:
    """Effect-direction plot of some outcomes; None where no study reports any of them."""
    told = [f for f in found if f.main.results]
    if not told:
        return None
    neutral = all(f.outcome.better == "neither" for f in told)
    words = {"better": "higher", "worse": "lower"} if neutral else {}
    cells: dict[str, dict[str, DirectionCell]] = {}
    sizes: dict[str, int | None] = {}
    for analysis in told:
        for result in analysis.main.results:
            label = analysis.labels.get(result.study_id, result.study_id)
            word = result.direction if analysis.outcome.better == "neither" else result.favours
            key = {"intervention": "better", "comparator": "worse", "higher": "better", "lower": "worse",
                   "no difference": "none", "mixed": "mixed"}.get(word, "one group" if result.one_group else "unclear")
            cells.setdefault(label, {})[analysis.outcome.name] = DirectionCell(
                key, result.one_group, href=f"#{anchor_id(analysis.outcome.id, result.study_id)}")
            sizes[label] = sizes.get(label) or result.n
    size_of = {s.label: s.n_randomised for s in review.all_studies}
    rows = [DirectionStudy(label, row, n=sizes[label] or size_of.get(label)) for label, row in cells.items()]
    heads = [DirectionOutcome(f.outcome.name, _test(f)) for f in told]
    return direction_plot(rows, heads, title=title, words=words)


def _test(found: OutcomeAnalysis) -> str:
    count = found.direction
    return f"{count.benefit} of {count.counted}" if count.counted else "none counted"


def results_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """Every outcome of the protocol but harms, in its order; silence included. Harms have a section of their own."""
    return join(*[_outcome(review, item) for item in certainties if item.outcome.importance != "harm"])


def _outcome(review: Review, certainty: Certainty) -> Safe:
    found = certainty.analysis
    outcome, main = found.outcome, found.main
    head = el("h3", outcome.name, id=anchor_id("outcome", outcome.id))
    if not main.results:
        return join(head, *_unanswered(review, found))
    shown: list[Safe] = []
    if main.pooled:
        shown.append(figure(forest_figure(found, review).in_page, f"{finding(found)} Forest plot.",
                            id_=anchor_id("forest", outcome.id),
                            notes=[*map(remark, main.pooled.warnings), directions(found)]))
    else:
        picture = direction_figure([found], review, f"Effect-direction plot: {outcome.name}")
        assert picture is not None
        shown.append(figure(picture.in_page, f"{finding(found)} Effect-direction plot.",
                            id_=anchor_id("direction", outcome.id)))
        wings = albatross_of(found, review)
        if wings is not None:
            shown.append(figure(wings.picture.in_page, wings.caption, id_=anchor_id("albatross", outcome.id)))
    return join(head, *shown, certainty_line(review, certainty), _subgroups(review, found), _sensitivity(found),
                robustness_section(review, found), _beside(review, found), lineage_details(review, found))


def _subgroups(review: Review, found: OutcomeAnalysis) -> Safe:
    """A forest for each factor that the plan names, or the reason why there is none."""
    return join(*[
        figure(item.picture.in_page, f"{item.said} Forest plot.",
               id_=anchor_id("subgroups", found.outcome.id, item.factor))
        if item.picture else el("p", item.said) for item in subgroup_forests(found, review)
    ])


def _unanswered(review: Review, found: OutcomeAnalysis) -> tuple[Safe, ...]:
    """An outcome that the main analysis cannot answer: why, and what stands outside it, so that nothing is hidden."""
    harm = found.outcome.importance == "harm"
    remedy = "Silence about harm is not absence of harm." if harm else none_found(review)
    if not any(row.outcome == found.outcome.id for row in review.rows):
        why = "No study reports adverse events as an outcome." if harm else "No study looked at reports this outcome."
        return (empty(why, remedy),)
    why = f"No study that the main analysis takes in reports this {'harm' if harm else 'outcome'}."
    remedy += " What other records report is shown below, and answers nothing by itself."
    beyond = any(analysis.results for analysis in found.sensitivity)
    return (empty(why, remedy), _sensitivity(found) if beyond else Safe(""), _beside(review, found),
            lineage_details(review, found) if beyond else Safe(""))


def _beside(review: Review, found: OutcomeAnalysis) -> Safe:
    """Results of this outcome that no analysis uses (descriptive, neighbouring technique): shown, never pooled."""
    used = {name for analysis in (found.main, *found.sensitivity) for name in analysis.sets}
    rows = [row for row in review.rows if row.outcome == found.outcome.id and row.analysis_set not in used]
    if not rows:
        return Safe("")
    return details(
        f"Results outside every analysis ({len(rows)})",
        table(
            ["Study", "Set", "Comparison", "As reported"],
            [[found.labels.get(r.study_id, r.study_id), r.analysis_set, r.comparison, printed(r)] for r in rows],
            caption=f"{found.outcome.name}: kept out of the analyses by their set; shown, so that nothing is hidden.",
            id_=anchor_id("beside", found.outcome.id),
        ),
    )


def _sensitivity(found: OutcomeAnalysis) -> Safe:
    if not found.sensitivity:
        return Safe("")
    rows: list[list[Child]] = []
    for analysis in (found.main, *found.sensitivity):
        pooled = analysis.pooled
        if pooled is None:
            rows.append([analysis.label, len(analysis.usable), "not pooled", "", "", _pointing(analysis, found.outcome),
                         analysis.why])
            continue
        values = [natural(v, analysis.measure) for v in (pooled.estimate, pooled.ci_low, pooled.ci_high)]
        prediction = interval(natural(pooled.pi_low, analysis.measure), natural(pooled.pi_high, analysis.measure)) \
            if pooled.pi_low is not None and pooled.pi_high is not None else "–"
        how = f"{MODELS[pooled.model]}" + (f", {pooled.tau2_method}" if pooled.model == "random" else "")
        rows.append([analysis.label, pooled.k, estimate(values[0], values[1], values[2]), prediction,
                     percent(pooled.i2_tau2 if pooled.model == "random" else pooled.i2_q, 0),
                     _pointing(analysis, found.outcome),
                     f"{how}, {INTERVALS[pooled.ci_method]}{_assumed(analysis, found)}"])
    measure = found.main.measure
    return table(
        [Column("Analysis", width="12rem"), Column("k", numeric=True), Column(f"{measure} [95% CI]", numeric=True),
         Column("Prediction interval", numeric=True), Column("I²", numeric=True),
         Column("Direction of each study", width="9rem"), Column("How", width="11rem")],
        rows, caption=f"{found.outcome.name}: the same question under other choices, all named in the protocol.",
        id_=anchor_id("sensitivity", found.outcome.id),
    )


def _pointing(analysis: Analysis, outcome: Outcome) -> str:
    """Which way the studies of an analysis point, pooled or not: shows how the answer moves with the set."""
    neither = outcome.better == "neither"
    up, down = ("higher", "lower") if neither else ("intervention", "comparator")
    words = ("higher", "lower") if neither else ("in favour", "against")
    told = [r.direction if neither else r.favours for r in analysis.results]
    counts = {words[0]: told.count(up), words[1]: told.count(down), "no difference": told.count("no difference")}
    counts["one group only"] = sum(
        bool(r.one_group) and word == "not stated" for r, word in zip(analysis.results, told, strict=True))
    counts["not stated or mixed"] = len(told) - sum(counts.values())
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no study"


def _assumed(analysis: Analysis, found: OutcomeAnalysis) -> str:
    """Names the studies that enter with an assumed number or size."""
    names = ", ".join(found.labels.get(name, name) for name in analysis.assumed)
    return f"; rests on assumed numbers: {names}" if names else ""
