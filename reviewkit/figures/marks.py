"""Marks that several figures share: the risk-of-bias light, an interval, arrows where it leaves the axis."""

from __future__ import annotations

from reviewkit.figures.axis import Axis
from reviewkit.figures.svg import Canvas
from reviewkit.render.judgements import risk_of_bias


def draw_light(canvas: Canvas, x: float, y: float, judgement: str) -> None:
    """A risk-of-bias light: hue and symbol."""
    found = risk_of_bias(judgement)
    canvas.circle(x, y, 8, fill=found.colour)
    canvas.symbol(x, y + 4.5, found.symbol)


def draw_interval(canvas: Canvas, axis: Axis, low: float, high: float, y: float) -> None:
    """A line from low to high, held within the axis."""
    canvas.line(axis.at(low), y, axis.at(high), y, stroke="ink")
    draw_arrows(canvas, axis, low, high, y, "ink")


def draw_arrows(canvas: Canvas, axis: Axis, low: float, high: float, y: float, fill: str) -> None:
    """Arrow heads at the axis's ends for bounds that lie beyond them."""
    if low < axis.low:
        canvas.polygon([(axis.left - 3, y), (axis.left + 5, y - 4), (axis.left + 5, y + 4)], fill=fill)
    if high > axis.high:
        canvas.polygon([(axis.right + 3, y), (axis.right - 5, y - 4), (axis.right - 5, y + 4)], fill=fill)
