"""Albatross plot: p values against sample size where effects cannot be had, with contours of effect size.

Harrison S et al. (2017), doi:10.1002/jrsm.1239. Contours are standardised mean differences of two equal
groups: z = d sqrt(N) / (2 sqrt(1 + d^2 / 8)), so N = z^2 (4 / d^2 + 1 / 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.axis import Axis
from reviewkit.figures.frame import Frame, note_left_out, put_labels
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.svg import SMALL, Canvas, Figure
from reviewkit.numbers import plain

_LEFT, _TOP, _WIDTH, _HEIGHT = 60.0, 44.0, 600.0, 360.0
_P_TICKS = (0.0001, 0.001, 0.01, 0.05, 0.2, 1.0)
_SMALLEST_P = 1e-5


@dataclass(frozen=True, slots=True)
class AlbatrossPoint:
    """A study: two-sided p value, the side it points to ('left' or 'right'), people in it."""

    label: str
    p: float
    side: str
    n: int


def albatross_plot(
    points: Sequence[AlbatrossPoint],
    *,
    favours: tuple[str, str] = ("", ""),
    effects: Sequence[float] = (0.2, 0.5, 0.8),
    title: str = "Albatross plot",
) -> Figure:
    """Draw the plot; p runs from 1 in the middle to small values at both sides.

    Raises
    ------
    InputError
        If there is no study, p lies outside 0 to 1, n is below 4, or a side is neither left nor right.
    """
    if not points:
        raise InputError("an albatross plot needs a study.", code="figure")
    for point in points:
        if not 0 <= point.p <= 1 or point.n < 4 or point.side not in {"left", "right"}:
            raise InputError(f"{point.label}: p = {point.p}, n = {point.n}, side = {point.side!r}: p must lie from 0 "
                             "to 1, n be 4 or more, side be left or right.", code="figure")
    smallest = max(min(min(point.p for point in points) / 2, 0.0005), _SMALLEST_P)
    reach = -math.log10(smallest)
    low = min(point.n for point in points) * 0.7
    high = max(max(point.n for point in points) * 1.4, low * 4)
    frame = Frame(Axis(-reach, reach, _LEFT, _LEFT + _WIDTH), Axis(low, high, _TOP + _HEIGHT, _TOP, True))
    canvas = Canvas()
    ticks = [(sign * -math.log10(p), plain(p)) for sign in (-1, 1) for p in _P_TICKS if p > smallest]
    y = frame.draw(canvas, x_label="Two-sided p value", y_label="Participants", favours=favours,
                   x_ticks=sorted(set(ticks)))
    middle = frame.x.at(0)
    canvas.line(middle, frame.top, middle, frame.bottom)
    _contours(canvas, frame, effects)
    places = []
    for point in sorted(points, key=lambda p: (p.p, p.label)):
        x = frame.x.at(_place(point))
        canvas.circle(x, frame.y.at(point.n), 4.5, fill="accent", stroke="paper")
        places.append((x, frame.y.at(point.n), wrap(point.label, 160, SMALL, max_lines=1)[0]))
    y = note_left_out(canvas, put_labels(canvas, places, width=_LEFT + _WIDTH), y, _LEFT + _WIDTH)
    right = sum(point.side == "right" for point in points)
    said = f"{len(points)} studies: {len(points) - right} point to the left, {right} to the right. "
    said += f"{sum(point.p < 0.05 for point in points)} have p < 0.05."
    return canvas.finish(_LEFT + _WIDTH + 24, y + 4, title=title, description=said)


def _place(point: AlbatrossPoint) -> float:
    return -math.log10(max(point.p, _SMALLEST_P)) * (1 if point.side == "right" else -1)


def _contours(canvas: Canvas, frame: Frame, effects: Sequence[float]) -> None:
    """Lines on which a study of each size would show these effects, named where they leave the frame."""
    taken: list[tuple[float, float, float]] = []
    for effect in effects:
        for sign in (-1, 1):
            path = _contour(frame, effect, sign)
            if len(path) < 2:
                continue
            canvas.polygon(path, stroke="grey", closed=False, dash="4 3")
            x, y = path[-1]
            half = text_width(f"SMD {plain(effect)}", SMALL) / 2
            middle, base = (x, frame.top - 6) if y <= frame.top + 1 else (frame.x.right - half - 2, y - 4)
            free = all(abs(base - other) > SMALL + 2 or low > middle + half or high < middle - half
                       for low, high, other in taken)
            if sign > 0 and free:
                canvas.text(middle, base, f"SMD {plain(effect)}", anchor="middle", size=SMALL, fill="grey")
                taken.append((middle - half - 4, middle + half + 4, base))


def _contour(frame: Frame, effect: float, sign: int) -> list[tuple[float, float]]:
    """From small studies up, until the line leaves the frame at the top or the side."""
    low, high = math.log(frame.y.low), math.log(frame.y.high)
    path = []
    for step in range(97):
        people = math.exp(low + (high - low) * step / 96)
        p = math.erfc(math.sqrt(people / (4 / effect**2 + 0.5) / 2))
        if p <= 0 or -math.log10(p) > frame.x.high:
            break
        path.append((frame.x.at(-sign * math.log10(p)), frame.y.at(people)))
    return path
