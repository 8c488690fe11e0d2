"""Albatross plot of an outcome without a pool: what is known of each study is a p value, its size and a side."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from reviewkit.extraction import StudyResult
from reviewkit.figures import AlbatrossPoint, Figure, albatross_plot
from reviewkit.protocol import RATIOS
from reviewkit.report.words import favours, studies
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis

LEAST_POINTS = 3
_PRINTED = re.compile(r"(?:p\s*)?(<=?|≤|=)?\s*(0?\.\d+)\s*", re.IGNORECASE)
_LEAST_SIZE = 4


@dataclass(frozen=True)
class Albatross:
    """The picture, and a caption that states the result first."""

    picture: Figure
    caption: str


def albatross_of(found: OutcomeAnalysis, review: Review) -> Albatross | None:
    """The plot of an outcome that was not pooled; None where fewer than three studies have a p value, n and a side."""
    if found.main.pooled is not None:
        return None
    placed = [(r, point) for r in found.main.results if (point := _point(found, r)) is not None]
    if len(placed) < LEAST_POINTS:
        return None
    points = [point for _, (point, _) in placed]
    bounds = sum(at_most for _, (_, at_most) in placed)
    contours = () if found.main.measure in RATIOS else (0.2, 0.5, 0.8)
    picture = albatross_plot(points, effects=contours, favours=favours(found.outcome, review.protocol),
                             title=f"Albatross plot: {found.outcome.name}")
    small = sum(point.p < 0.05 or (at_most and point.p <= 0.05) for _, (point, at_most) in placed)
    sides = {side: sum(point.side == side for point in points) for side in ("left", "right")}
    left, right = favours(found.outcome, review.protocol)
    told = ", ".join(f"{words}: {sides[side]}" for side, words in (("left", left), ("right", right)))
    missing = len(found.main.results) - len(points)
    caption = f"{small} of {studies(len(points))} with a p value and a size have p < 0.05 ({told}). "
    caption += f"{studies(missing).capitalize()} cannot be drawn. " if missing else ""
    caption += f"{studies(bounds).capitalize()} printed only a bound, drawn at it. " if bounds else ""
    what = "Albatross plot: contours are standardised mean differences of two equal groups."
    return Albatross(picture, caption + (what if contours else "Albatross plot."))


def printed_p(text: str) -> tuple[float, bool] | None:
    """A printed p value and whether it is a bound from above (``p < 0.01``); None for anything else.

    Examples
    --------
    >>> printed_p("p = .03"), printed_p("<0.001"), printed_p(">0.05")
    ((0.03, False), (0.001, True), None)
    """
    found = _PRINTED.fullmatch(text.strip().replace("·", "."))
    if found is None or float(found[2]) <= 0:
        return None
    return float(found[2]), found[1] not in (None, "=")


def _point(found: OutcomeAnalysis, result: StudyResult) -> tuple[AlbatrossPoint, bool] | None:
    """Where a study stands, and whether its p value is a bound; None where p, size or side is not known."""
    side = _side(found, result)
    if side is None or result.n is None or result.n < _LEAST_SIZE:
        return None
    p = _p(result)
    if p is None:
        return None
    name = found.labels.get(result.study_id, result.study_id)
    return AlbatrossPoint(f"{name} ({result.part})" if result.part else name, p[0], side, result.n), p[1]


def _p(result: StudyResult) -> tuple[float, bool] | None:
    """From the effect where there is one, else as printed for a comparison between groups."""
    if result.yi is not None and result.vi:
        return math.erfc(abs(result.yi) / math.sqrt(2 * result.vi)), False
    told = [printed_p(row.p_value_printed) for row in result.rows if row.p_kind == "between"]
    return next((p for p in told if p is not None), None)


def _side(found: OutcomeAnalysis, result: StudyResult) -> str | None:
    """Left and right as on the axis of a forest plot of this outcome."""
    if found.outcome.better == "neither":
        return {"lower": "left", "higher": "right"}.get(result.direction)
    good, bad = ("left", "right") if found.outcome.better == "lower" else ("right", "left")
    return {"intervention": good, "comparator": bad}.get(result.favours)
