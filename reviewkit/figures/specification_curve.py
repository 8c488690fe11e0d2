"""Specification curve: the pooled estimate under every defensible analysis, and the choices behind each.

Simonsohn U, Simmons JP, Nelson LD (2020), doi:10.1038/s41562-020-0912-z.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.axis import Axis, axis_for
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.svg import SMALL, Canvas, Figure
from reviewkit.numbers import number, plain

_WIDTH, _HEIGHT, _TOP, _CHOICE = 700.0, 240.0, 34.0, 18.0


@dataclass(frozen=True, slots=True)
class Specification:
    """One analysis: its estimate with interval in the unit that is printed, and what was chosen for each choice.

    A choice whose options all come to this analysis (an estimator of tau² under a common effect) has all of them.
    """

    estimate: float
    low: float
    high: float
    choices: Mapping[str, str | tuple[str, ...]]
    primary: bool = False


def specification_curve(
    specifications: Sequence[Specification],
    *,
    scale: str = "natural",
    null: float | None = None,
    measure: str = "Estimate",
    options: Mapping[str, Sequence[str]] | None = None,
    title: str = "",
) -> Figure:
    """Draw the curve above, the choices below; filled where the interval leaves out the null, hollow where not.

    Parameters
    ----------
    specifications : sequence of Specification
    options : mapping of str to sequence of str, optional
        Order of the options of each choice; as they first come without it.

    Raises
    ------
    InputError
        If there is no specification, an interval does not hold its estimate, or the choices differ in name.
    """
    log = scale == "log"
    null = (1.0 if log else 0.0) if null is None else null
    _check(specifications)
    ordered = sorted(specifications, key=lambda spec: (spec.estimate, spec.low, repr(sorted(spec.choices.items()))))
    groups = {name: list(dict.fromkeys([*(options or {}).get(name, ()),
                                        *(option for spec in specifications for option in _options(spec, name))]))
              for name in ordered[0].choices}
    labels = [option for options in groups.values() for option in options] + list(groups)
    left = max(min(max(text_width(label, SMALL, bold=True) for label in labels) + 24, 250), 80)
    intervals = [(spec.low, spec.high) for spec in ordered]
    vertical = axis_for([null, *(spec.estimate for spec in ordered)], intervals, left=_TOP + _HEIGHT, right=_TOP,
                        log=log)
    canvas = Canvas()
    step = _WIDTH / len(ordered)
    xs = [left + step * (place + 0.5) for place in range(len(ordered))]
    _draw_axis(canvas, vertical, null, left, measure)
    for x, spec in zip(xs, ordered, strict=True):
        _draw_estimate(canvas, vertical, x, spec, null, min(4.0, step * 0.4))
    y = _draw_choices(canvas, ordered, groups, xs, left, step)
    beyond = sum(not spec.low <= null <= spec.high for spec in ordered)
    said = (
        f"{len(ordered)} analyses: {measure} from {number(ordered[0].estimate, 2)} to "
        f"{number(ordered[-1].estimate, 2)}, median {number(_median([s.estimate for s in ordered], log), 2)}; "
        f"{beyond} of {len(ordered)} intervals leave out {plain(null)}."
    )
    return canvas.finish(left + _WIDTH + 4, y + 4, title=title or f"Specification curve of {measure}", description=said)


def _options(spec: Specification, name: str) -> tuple[str, ...]:
    chosen = spec.choices[name]
    return (chosen,) if isinstance(chosen, str) else chosen


def _check(specifications: Sequence[Specification]) -> None:
    if not specifications:
        raise InputError("a specification curve needs an analysis.", code="figure")
    names = set(specifications[0].choices)
    for spec in specifications:
        if set(spec.choices) != names:
            raise InputError(f"choices {sorted(spec.choices)} beside {sorted(names)}: all analyses need the same.",
                             code="figure")
        if not spec.low <= spec.estimate <= spec.high:
            raise InputError(f"estimate {spec.estimate} with interval {spec.low} to {spec.high}: the interval must "
                             "hold the estimate.", code="figure")


def _draw_axis(canvas: Canvas, vertical: Axis, null: float, left: float, measure: str) -> None:
    canvas.text(0, _TOP - 16, f"{measure}, sorted; ● interval leaves out {plain(null)}, ○ holds it", size=SMALL,
                fill="grey")
    for tick in vertical.ticks(7):
        y = vertical.at(tick)
        canvas.line(left, y, left + _WIDTH, y, stroke="hair")
        canvas.text(left - 8, y + 4, plain(tick), anchor="end", size=SMALL)
    canvas.line(left, vertical.at(null), left + _WIDTH, vertical.at(null), stroke="ink")


def _draw_estimate(canvas: Canvas, vertical: Axis, x: float, spec: Specification, null: float, radius: float) -> None:
    y = vertical.at(spec.estimate)
    role = "accent" if spec.primary else "grey"
    canvas.line(x, vertical.at(spec.low), x, vertical.at(spec.high), stroke=role, width=2 if spec.primary else 1)
    for bound, beyond, tip in ((spec.low, spec.low < vertical.low, vertical.left),
                               (spec.high, spec.high > vertical.high, vertical.right)):
        if beyond:
            base = tip + (6 if bound == spec.high else -6)
            canvas.polygon([(x, tip), (x - 3.5, base), (x + 3.5, base)], fill=role)
    if spec.low <= null <= spec.high:
        canvas.circle(x, y, radius, fill="paper", stroke="accent" if spec.primary else "ink")
    else:
        canvas.circle(x, y, radius, fill="accent" if spec.primary else "ink")
    if spec.primary:
        near_end = x > _WIDTH
        canvas.text(x + (-6 if near_end else 6), _TOP - 1, "chosen analysis", size=SMALL, fill="accent",
                    anchor="end" if near_end else "start")
        canvas.line(x, _TOP - 10, x, vertical.at(spec.high), stroke="accent", dash="2 2")


def _draw_choices(
    canvas: Canvas, ordered: Sequence[Specification], groups: Mapping[str, Sequence[str]], xs: Sequence[float],
    left: float, step: float,
) -> float:
    y = _TOP + _HEIGHT + 18
    for name, options in groups.items():
        canvas.line(0, y, left + _WIDTH, y, stroke="rule")
        canvas.lines(0, y + 15, wrap(name, left - 12, SMALL, bold=True, max_lines=1), size=SMALL, bold=True)
        y += _CHOICE + 2
        for option in options:
            canvas.lines(10, y + 13, wrap(option, left - 22, SMALL, max_lines=1), size=SMALL)
            for x, spec in zip(xs, ordered, strict=True):
                if option in _options(spec, name):
                    canvas.rect(x - max(step * 0.35, 0.5), y + 4, max(step * 0.7, 1), 10,
                                fill="accent" if spec.primary else "grey")
            y += _CHOICE
        y += 4
    return y


def _median(values: Sequence[float], log: bool) -> float:
    half = len(values) // 2
    if len(values) % 2:
        return values[half]
    low, high = values[half - 1], values[half]
    return math.sqrt(low * high) if log else (low + high) / 2
