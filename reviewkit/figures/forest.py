"""Forest plot with the conventions of the Cochrane Handbook (chapter 10, section 10.2.2).

Squares by weight in area, diamonds as wide as their interval, prediction interval as a bar of its own, a log
axis with plain ticks for ratios, intervals that leave the axis ended by arrows. Leave-one-out and cumulative
plots are forests too: rows without weights.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewkit.figures.axis import Axis, axis_for
from reviewkit.figures.forest_parts import (
    ForestColumn,
    ForestHeading,
    ForestItem,
    ForestPooled,
    ForestRow,
    check_items,
    compose_title,
    describe,
    extent,
    letter,
    no_estimate,
    weight_text,
)
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.marks import draw_arrows, draw_interval, draw_light
from reviewkit.figures.svg import LINE, ROW, SMALL, Canvas, Figure
from reviewkit.numbers import estimate as estimate_text
from reviewkit.numbers import interval, plain

GAP = 14
LIGHT = 20
LABEL_WIDTH = 236
GROUP_WIDTH = 160.0
PLOT_WIDTH = 320.0
MIN_PLOT_WIDTH = 220.0
WIDEST = 1096.0
"""What a page leaves for a figure; only the plot gives way, never the text."""


def forest_plot(
    rows: Sequence[ForestItem],
    pooled: Sequence[ForestPooled] = (),
    *,
    scale: str = "natural",
    axis_label: str = "",
    favours: tuple[str, str] = ("", ""),
    columns: Sequence[ForestColumn | str] = (),
    beside: Sequence[ForestItem] = (),
    null: float | None = None,
    row_head: str = "Study",
    measure: str = "Estimate",
    domains: Sequence[str] = (),
    places: int | None = 2,
    level: float = 95,
    title: str = "",
) -> Figure:
    """Draw a forest plot.

    Parameters
    ----------
    rows : sequence of ForestRow, ForestHeading or ForestPooled
        From top to bottom; a pool among them is a subgroup's.
    pooled : sequence of ForestPooled
        Overall pools, at the foot.
    scale : {'natural', 'log'}
        'log' for ratios; all values are given as ratios all the same.
    axis_label : str
        What the axis measures, with its unit.
    favours : (str, str)
        What lies to the left and to the right of the null.
    columns : sequence of ForestColumn or str
        Heads of the data columns; each row's `cells` fill them.
    beside : sequence of ForestRow or ForestHeading
        Below the axis: studies that no pool can take in.
    null : float, optional
        The value of no effect: 0, or 1 on a log axis.
    row_head, measure : str
        Heads of the first column and of the numbers (``"SMD"``).
    domains : sequence of str
        Names of risk-of-bias domains; their letters head the lights, their names stand below.
    places : int, optional
        Decimals of the estimates; by size where ``None``.
    level : float
        Of the intervals, in percent.
    title : str
        Composed from `axis_label` where empty.

    Raises
    ------
    InputError
        If there is no study, a row does not fit the columns, an interval does not hold its estimate, or a
        value on a log axis is not above 0.
    """
    heads = [ForestColumn(column) if isinstance(column, str) else column for column in columns]
    items: list[ForestItem] = [*rows, *pooled]
    check_items([*items, *beside], len(heads), len(domains))
    log = scale == "log"
    null = (1.0 if log else 0.0) if null is None else null
    dashed = next((pool for pool in pooled), None)
    if dashed is None and not any(isinstance(item, ForestHeading) for item in items):
        dashed = next((item for item in items[::-1] if isinstance(item, ForestPooled)), None)
    numbers_head = f"{measure} [{plain(level)}% CI]"
    plot = _Plot(items, tuple(beside), heads, tuple(domains), null, log, numbers_head, row_head, places, dashed, level)
    plot.measure_columns()
    y = plot.draw_head()
    y = plot.draw_rows(y)
    y = plot.draw_axis(y, axis_label, favours)
    height = plot.draw_domains(plot.draw_beside(y))
    title = title or compose_title(items, axis_label)
    said = describe([*items, *beside], measure, places)
    return plot.canvas.finish(plot.width, height, title=title, description=said)


@dataclass(slots=True)
class _Plot:
    """The layout while it is being drawn."""

    items: Sequence[ForestItem]
    beside: Sequence[ForestItem]
    columns: Sequence[ForestColumn]
    domains: tuple[str, ...]
    null: float
    log: bool
    numbers_head: str
    row_head: str
    places: int | None
    dashed: ForestPooled | None
    """The pool whose value runs through the rows above it."""
    level: float
    canvas: Canvas = field(default_factory=Canvas)
    label_width: float = LABEL_WIDTH
    rights: list[float] = field(default_factory=list)
    """Right edge of each data column."""
    axis: Axis = field(default_factory=lambda: Axis(0, 1, 0, 1))
    estimate_right: float = 0
    weight_right: float = 0
    width: float = 0
    top: float = 0

    @property
    def everything(self) -> list[ForestItem]:
        """Above the axis and below it."""
        return [*self.items, *self.beside]

    def measure_columns(self) -> None:
        """Place the columns: names, data, plot, numbers, weights, lights."""
        labels = [text_width(item.label, bold=not isinstance(item, ForestRow)) for item in self.everything]
        notes = any(isinstance(item, ForestPooled) and item.lines for item in self.items)
        least = 250.0 if not self.columns and notes else 96.0
        self.label_width = max(min(max([*labels, text_width(self.row_head, bold=True)]), LABEL_WIDTH), least)
        x = self.label_width
        for needed in self._column_widths():
            x += GAP + needed
            self.rights.append(x)
        left = x + GAP + 10
        numbers = [self._numbers(item) for item in self.everything if not isinstance(item, ForestHeading)]
        after = GAP + 6 + max(text_width(text, bold=True) for text in [*numbers, self.numbers_head])
        weight = 0.0
        if any(weight_text(item) for item in self.items):
            needed = max(text_width(weight_text(item), bold=True) for item in self.items)
            weight = GAP + max(needed, text_width("Weight", SMALL, bold=True))
        lights = (GAP + LIGHT * len(self.domains) if self.domains else 0) + 2
        plot = min(PLOT_WIDTH, max(MIN_PLOT_WIDTH, WIDEST - left - after - weight - lights))
        core, intervals = extent(self.items, self.null, self.log)
        self.axis = axis_for(core, intervals, left=left, right=left + plot, log=self.log)
        self.estimate_right = self.axis.right + after
        self.weight_right = self.estimate_right + weight
        self.width = self.weight_right + lights

    def _column_widths(self) -> list[float]:
        """Of the data columns; the first of a group is widened where the group's name needs it."""
        widths = []
        for place, column in enumerate(self.columns):
            cells = [item.cells[place] for item in self.everything
                     if not isinstance(item, ForestHeading) and item.cells]
            head = text_width(column.head, SMALL, bold=True)
            widths.append(max([text_width(cell, bold=True) for cell in cells] + [head]))
        for start, end in self._groups():
            span = sum(widths[start : end + 1]) + GAP * (end - start)
            wanted = min(text_width(self.columns[start].group, SMALL, bold=True), GROUP_WIDTH)
            widths[start] += max(wanted - span, 0)
        return widths

    def _groups(self) -> list[tuple[int, int]]:
        """First and last column of each run of one group."""
        runs: list[tuple[int, int]] = []
        for place, column in enumerate(self.columns):
            if runs and self.columns[runs[-1][0]].group == column.group:
                runs[-1] = (runs[-1][0], place)
            else:
                runs.append((place, place))
        return [run for run in runs if self.columns[run[0]].group]

    def draw_head(self) -> float:
        """Heads of the columns; returns the y where rows begin."""
        canvas = self.canvas
        y = 17.0 + self._draw_groups()
        look = {"size": SMALL, "bold": True}
        canvas.text(0, y, self.row_head, **look)  # type: ignore[arg-type]
        for column, right in zip(self.columns, self.rights, strict=True):
            canvas.text(right, y, column.head, anchor="end", **look)  # type: ignore[arg-type]
        canvas.text(self.estimate_right, y, self.numbers_head, anchor="end", **look)  # type: ignore[arg-type]
        if self.weight_right > self.estimate_right:
            canvas.text(self.weight_right, y, "Weight", anchor="end", **look)  # type: ignore[arg-type]
        for place in range(len(self.domains)):
            x = self.weight_right + GAP + LIGHT * (place + 0.5)
            canvas.text(x, y, letter(place), anchor="middle", **look)  # type: ignore[arg-type]
        self.top = y + 7
        canvas.line(0, self.top, self.width, self.top, stroke="ink")
        return self.top + 4

    def _draw_groups(self) -> float:
        """Names over the columns they share; returns how high they are."""
        spans = []
        for start, end in self._groups():
            left = (self.rights[start - 1] if start else self.label_width) + GAP
            right = self.rights[end]
            lines = wrap(self.columns[start].group, right - left + 1, SMALL, bold=True, max_lines=3)
            spans.append((left, right, lines))
        if self.domains:
            spans.append((self.weight_right + GAP, self.width - 2, ("Risk of bias",)))
        if not spans:
            return 0
        rule = 5 + 15.0 * max(len(lines) for _, _, lines in spans)
        for left, right, lines in spans:
            self.canvas.lines(right, rule - 5 - 15 * (len(lines) - 1), lines, leading=15, anchor="end", size=SMALL,
                              bold=True)
            self.canvas.line(left, rule, right, rule, stroke="rule")
        return rule - 3

    def draw_beside(self, y: float) -> float:
        """What stands below the axis."""
        for item in self.beside:
            if isinstance(item, ForestRow):
                self._draw_study(y, item, 0)
            else:
                self._lines(y + 6, item.label, bold=True)
            y += self._height(item)
        return y

    def draw_rows(self, y: float) -> float:
        """Every row; grid and null line below them, so first."""
        heights = [self._height(item) for item in self.items]
        bottom = y + sum(heights) + 4
        for tick in self.axis.ticks():
            self.canvas.line(self.axis.at(tick), self.top, self.axis.at(tick), bottom, stroke="hair")
        self._draw_dashes(y, heights)
        if self.axis.shows(self.null):
            self.canvas.line(self.axis.at(self.null), self.top, self.axis.at(self.null), bottom, stroke="ink")
        heaviest = max((item.weight or 0 for item in self.items if isinstance(item, ForestRow)), default=0)
        for item, height in zip(self.items, heights, strict=True):
            if isinstance(item, ForestHeading):
                self._lines(y + 6, item.label, bold=True)
            elif isinstance(item, ForestRow):
                self._draw_study(y, item, heaviest)
            else:
                self._draw_pool(y, item)
            y += height
        return y + 4

    def _draw_dashes(self, y: float, heights: Sequence[float]) -> None:
        for place, item in enumerate(self.items):
            if item is self.dashed and isinstance(item, ForestPooled) and self.axis.shows(item.estimate):
                x, end = self.axis.at(item.estimate), y + sum(heights[:place]) + 4
                self.canvas.line(x, self.top, x, end, stroke="accent", dash="4 3")

    def _draw_study(self, y: float, row: ForestRow, heaviest: float) -> None:
        canvas, base, middle = self.canvas, y + 15, y + 11
        below = self._lines(y, row.label, href=row.href)
        canvas.lines(0, below + 9, self._note(row), leading=15, size=SMALL, fill="grey", italic=True)
        for cell, right in zip(row.cells, self.rights, strict=False):
            canvas.text(right, base, cell, anchor="end")
        for place, judgement in enumerate(row.risk_of_bias):
            draw_light(canvas, self.weight_right + GAP + LIGHT * (place + 0.5), middle, judgement)
        if row.estimate is None or row.low is None or row.high is None:
            canvas.text(self.estimate_right, base, no_estimate(row), anchor="end", size=SMALL, fill="grey", italic=True)
            return
        draw_interval(canvas, self.axis, row.low, row.high, middle)
        x = self.axis.at(row.estimate)
        if row.in_pool:
            side = max(14 * (row.weight / heaviest) ** 0.5, 4) if row.weight and heaviest else 8.0
            canvas.rect(x - side / 2, middle - side / 2, side, side, fill="ink")
        else:
            canvas.rect(x - 4, middle - 4, 8, 8, fill="paper", stroke="ink", stroke_width=1.5)
        canvas.text(self.estimate_right, base, self._numbers(row), anchor="end", fill="ink" if row.in_pool else "grey")
        small = not row.in_pool
        canvas.text(self.weight_right, base, weight_text(row), anchor="end", fill="grey" if small else "ink",
                    italic=small, size=SMALL if small else 13)

    def _draw_pool(self, y: float, pool: ForestPooled) -> None:
        canvas, axis, base, middle = self.canvas, self.axis, y + 15, y + 11
        below = self._lines(y, pool.label, bold=True)
        for cell, right in zip(pool.cells, self.rights, strict=False):
            canvas.text(right, base, cell, anchor="end", bold=True)
        x, low, high = axis.at(pool.estimate), axis.at(pool.low), axis.at(pool.high)
        low, high = min(low, x - 2), max(high, x + 2)
        canvas.polygon([(low, middle), (x, middle - 7), (high, middle), (x, middle + 7)], fill="accent")
        draw_arrows(canvas, axis, pool.low, pool.high, middle, "accent")
        canvas.text(self.estimate_right, base, self._numbers(pool), anchor="end", bold=True)
        canvas.text(self.weight_right, base, weight_text(pool), anchor="end", bold=True)
        if pool.prediction is not None:
            low, high = pool.prediction
            canvas.text(0, below + 13, f"{plain(self.level)}% prediction interval", size=SMALL, fill="grey")
            left, right = axis.at(low), axis.at(high)
            canvas.rect(left, below + 6, max(right - left, 2), 5, fill="accent")
            draw_arrows(canvas, axis, low, high, below + 8.5, "accent")
            text = interval(low, high, places=self.places)
            canvas.text(self.estimate_right, below + 13, text, anchor="end", size=SMALL, fill="grey")
            below += LINE + 2
        canvas.lines(0, below + 12, self._remarks(pool), leading=15, size=SMALL, fill="grey")

    def draw_axis(self, y: float, axis_label: str, favours: tuple[str, str]) -> float:
        """The axis with plain ticks, what it measures, and what lies on either side."""
        canvas, axis = self.canvas, self.axis
        canvas.line(axis.left, y, axis.right, y, stroke="ink")
        last = -1e9
        for tick in axis.ticks():
            x, label = axis.at(tick), plain(tick)
            canvas.line(x, y, x, y + 4, stroke="ink")
            half = text_width(label, SMALL) / 2
            if x - half > last + 4:
                canvas.text(x, y + 17, label, anchor="middle", size=SMALL)
                last = x + half
        y += 17
        if any(favours):
            y = self._draw_favours(y + 17, favours)
        if axis_label:
            lines = wrap(axis_label, self.width - axis.left, SMALL)
            widest = max(text_width(line, SMALL) for line in lines)
            middle = min((axis.left + axis.right) / 2, self.width - widest / 2)
            canvas.lines(middle, y + 18, lines, anchor="middle", size=SMALL, fill="grey")
            y += 18 + LINE * (len(lines) - 1)
        return y + 8

    def _draw_favours(self, y: float, favours: tuple[str, str]) -> float:
        """At both ends of the axis, each within its own half."""
        axis, half = self.axis, (self.axis.right - self.axis.left) / 2 - 6
        left = wrap(f"←\u00a0{favours[0]}", half, SMALL) if favours[0] else ()
        right = wrap(f"{favours[1]}\u00a0→", half, SMALL) if favours[1] else ()
        self.canvas.lines(axis.left, y, left, size=SMALL)
        self.canvas.lines(axis.right, y, right, size=SMALL, anchor="end")
        return y + LINE * (max(len(left), len(right), 1) - 1)

    def draw_domains(self, y: float) -> float:
        """Names of the risk-of-bias domains behind their letters; returns the height."""
        if not self.domains:
            return y + 2
        names = "; ".join(f"{letter(place)} {name}" for place, name in enumerate(self.domains))
        drawn = {word for item in self.everything if isinstance(item, ForestRow) for word in item.risk_of_bias}
        critical = "! critical, " if "critical" in drawn else ""
        key = f"+ low, ? some concerns, \u2212 high, {critical}∅ no information."
        lines = wrap(f"Risk of bias: {names}. {key}", self.width, SMALL)
        self.canvas.lines(0, y + 14, lines, size=SMALL, fill="grey")
        return y + 14 + LINE * (len(lines) - 1) + 8

    def _lines(self, y: float, label: str, *, bold: bool = False, href: str = "") -> float:
        lines = wrap(label, self.label_width, bold=bold, max_lines=4)
        self.canvas.lines(0, y + 15, lines, bold=bold, href=href)
        return y + 22 + LINE * (len(lines) - 1)

    def _remarks(self, pool: ForestPooled) -> tuple[str, ...]:
        """Heterogeneity, tests and method below a pool; a number stays with its name."""
        whole = [re.sub(" ([=<>]) ", "\u00a0\\1\u00a0", line) for line in pool.lines]
        return tuple(part for line in whole for part in wrap(line, self.axis.left - GAP, SMALL))

    def _note(self, row: ForestRow) -> tuple[str, ...]:
        return wrap(row.note, self.axis.left - GAP, SMALL, max_lines=3) if row.note else ()

    def _height(self, item: ForestItem) -> float:
        bold = not isinstance(item, ForestRow)
        height = ROW + LINE * (len(wrap(item.label, self.label_width, bold=bold, max_lines=4)) - 1.0)
        if isinstance(item, ForestHeading):
            return height + 6
        if isinstance(item, ForestRow):
            return height + 15 * len(self._note(item))
        height += LINE + 2 if item.prediction is not None else 0
        return height + 15 * len(self._remarks(item)) + 4

    def _numbers(self, item: ForestRow | ForestPooled) -> str:
        if item.estimate is None:
            return no_estimate(item)
        return estimate_text(item.estimate, item.low, item.high, places=self.places)
