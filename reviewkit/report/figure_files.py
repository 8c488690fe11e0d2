"""Every figure of a report as a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.figures import Figure
from reviewkit.render import anchor_id
from reviewkit.report.albatross import albatross_of
from reviewkit.report.bias_figures import by_tool, summary_figure, traffic_figure
from reviewkit.report.findings import direction_figure
from reviewkit.report.forests import forest_figure, subgroup_forests
from reviewkit.report.harm_forests import harm_forest
from reviewkit.report.methods import flow_figure
from reviewkit.report.robustness import robustness_figures
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis
from reviewkit.store.files import write_atomic

if TYPE_CHECKING:
    from reviewkit.report.opened import Report


def save_figures(report: Report, folder: Path) -> None:
    """Write each figure as an SVG file into a folder."""
    for name, picture in figures_of(report):
        write_atomic(folder / f"{name}.svg", picture.svg)


def figures_of(report: Report) -> Iterator[tuple[str, Figure]]:
    """Name and picture of every figure on the page."""
    review = report.review
    yield "flow", flow_figure(review)
    for tool, items in by_tool(review):
        yield f"risk-of-bias-{tool.id}", traffic_figure(review, tool, items)
        yield f"risk-of-bias-{tool.id}-summary", summary_figure(review, tool, items)
    for certainty in report.certainties:
        found = certainty.analysis
        # One outcome has one pool: a harm that was pooled by a method for rare events has that forest alone.
        if certainty.harms is None or found.main.pooled is certainty.harms.pool:
            yield from _of_outcome(found, review)
        elif (picture := harm_forest(found, certainty.harms, review)) is not None:
            yield found.outcome.id, picture


def _of_outcome(found: OutcomeAnalysis, review: Review) -> Iterator[tuple[str, Figure]]:
    name = found.outcome.id
    if found.main.pooled is None:
        picture = direction_figure([found], review, f"Effect-direction plot: {found.outcome.name}")
        if picture is not None:
            yield name, picture
        wings = albatross_of(found, review)
        if wings is not None:
            yield f"{name}-albatross", wings.picture
        return
    yield name, forest_figure(found, review)
    for item in subgroup_forests(found, review):
        if item.picture is not None:
            yield f"{name}-{anchor_id('by', item.factor)}", item.picture
    for shown in robustness_figures(found, review):
        yield f"{name}-{shown.name}", shown.picture
