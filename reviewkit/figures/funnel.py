"""Contour-enhanced funnel plot.

Sterne JAC, Egger M (2001), doi:10.1016/S0895-4356(01)00377-8 (axes); Peters JL et al. (2008),
doi:10.1016/j.jclinepi.2007.11.010 (contours of significance). Below ten studies it says too little
(Cochrane Handbook, section 13.3.5.4): the caller decides, the picture does not forbid it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.axis import Axis
from reviewkit.figures.frame import Frame
from reviewkit.figures.lettering import wrap
from reviewkit.figures.svg import LINE, SMALL, Canvas, Figure
from reviewkit.numbers import number

_CONTOURS = ((2.5758, "hair"), (1.96, "rule"), (1.6449, "paper"))
"""Two-sided normal quantiles for p = 0.01, 0.05 and 0.10, with the shade of the area within."""
_LEFT, _TOP, _WIDTH, _HEIGHT = 56.0, 30.0, 520.0, 380.0


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A study: estimate in the unit that is printed, standard error on the scale of the analysis (log for ratios)."""

    label: str
    estimate: float
    se: float


def funnel_plot(
    points: Sequence[FunnelPoint],
    pooled: float,
    *,
    scale: str = "natural",
    null: float | None = None,
    axis_label: str = "",
    favours: tuple[str, str] = ("", ""),
    test: str = "",
    title: str = "",
) -> Figure:
    """Draw a funnel with contours of significance around the null.

    Parameters
    ----------
    points : sequence of FunnelPoint
    pooled : float
        In the unit that is printed; a dashed line, with the 95% funnel around it.
    scale : {'natural', 'log'}
        'log' for ratios.
    null : float, optional
        The value of no effect: 0, or 1 on a log axis.
    test : str
        What a test of asymmetry found, in words; printed below.

    Raises
    ------
    InputError
        If there is no study, a standard error is not above 0, or a ratio is not above 0.
    """
    log = scale == "log"
    null = (1.0 if log else 0.0) if null is None else null
    _check(points, pooled, null, log)
    forward = math.log if log else float
    deepest = max(point.se for point in points) * 1.08
    reach = max(abs(forward(point.estimate) - forward(pooled)) for point in points)
    reach = max(reach * 1.05, 1.96 * deepest * 1.05, abs(forward(null) - forward(pooled)) + 1.2 * deepest)
    low, high = forward(pooled) - reach, forward(pooled) + reach
    x = Axis(_unit(low, log), _unit(high, log), _LEFT, _LEFT + _WIDTH, log)
    frame = Frame(x, Axis(0, deepest, _TOP, _TOP + _HEIGHT))
    canvas = Canvas()
    _draw_contours(canvas, frame, forward(null), deepest)
    y = frame.draw(canvas, x_label=axis_label, y_label="Standard error", favours=favours)
    canvas.line(x.at(null), frame.top, x.at(null), frame.bottom)
    _funnel_lines(canvas, frame, forward(pooled), deepest)
    for point in points:
        canvas.circle(x.at(point.estimate), frame.y.at(point.se), 4.5, fill="accent", stroke="paper")
    width = _LEFT + _WIDTH + 132
    _draw_key(canvas, _LEFT + _WIDTH + 16)
    if test:
        lines = wrap(test, width, SMALL)
        canvas.lines(0, y + 12, lines, size=SMALL)
        y += LINE * len(lines) + 4
    right = sum(point.estimate > pooled for point in points)
    said = (
        f"{len(points)} studies around a pooled value of {number(pooled, 2)}: {right} to its right, "
        f"{len(points) - right} to its left. {test}"
    )
    return canvas.finish(width, y + 2, title=title or f"Funnel plot of {axis_label or 'the effect'}", description=said)


def _check(points: Sequence[FunnelPoint], pooled: float, null: float, log: bool) -> None:
    if not points:
        raise InputError("a funnel plot needs a study.", code="figure")
    for point in points:
        if not (math.isfinite(point.se) and point.se > 0 and math.isfinite(point.estimate)):
            raise InputError(f"{point.label}: se = {point.se}, estimate = {point.estimate}: must be finite and the "
                             "standard error > 0.", code="figure")
    smallest = min([pooled, null, *(point.estimate for point in points)])
    if log and smallest <= 0:
        raise InputError(f"value {smallest} on a log axis: must be > 0.", code="figure")


def _unit(value: float, log: bool) -> float:
    return math.exp(value) if log else value


def _draw_contours(canvas: Canvas, frame: Frame, null: float, deepest: float) -> None:
    canvas.rect(frame.x.left, frame.top, frame.x.right - frame.x.left, frame.bottom - frame.top, fill="wash")
    for z, fill in _CONTOURS:
        canvas.polygon(_cone(frame, null, z, deepest), fill=fill)


def _cone(frame: Frame, centre: float, z: float, deepest: float) -> list[tuple[float, float]]:
    """The triangle within z standard errors of a centre, cut by the frame's sides."""
    steps = [deepest * step / 48 for step in range(49)]
    left = [(frame.x.at(_unit(centre - z * se, frame.x.log)), frame.y.at(se)) for se in steps]
    right = [(frame.x.at(_unit(centre + z * se, frame.x.log)), frame.y.at(se)) for se in reversed(steps)]
    return left + right


def _funnel_lines(canvas: Canvas, frame: Frame, centre: float, deepest: float) -> None:
    middle = frame.x.at(_unit(centre, frame.x.log))
    canvas.line(middle, frame.top, middle, frame.bottom, stroke="accent", dash="4 3")
    for side in (-1, 1):
        end = frame.x.at(_unit(centre + side * 1.96 * deepest, frame.x.log))
        canvas.line(middle, frame.top, end, frame.bottom, stroke="accent", dash="4 3")


def _draw_key(canvas: Canvas, x: float) -> None:
    canvas.text(x, _TOP + 10, "p of a study there", size=SMALL, fill="grey")
    rows = (("wash", "below 0.01"), ("hair", "0.01 to 0.05"), ("rule", "0.05 to 0.10"), ("paper", "above 0.10"))
    for place, (fill, words) in enumerate(rows):
        y = _TOP + 20 + place * 22
        canvas.rect(x, y, 16, 14, fill=fill, stroke="grey")
        canvas.text(x + 24, y + 11, words, size=SMALL)
