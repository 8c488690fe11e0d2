"""PRISMA 2020 flow diagram (doi:10.1136/bmj.n71): boxes, right-angled connectors, each count a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewkit.errors import InputError
from reviewkit.figures.flow_parts import FlowBox, FlowColumn, FlowCount, FlowDiagram, FlowStage, check_flow
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.svg import LINE, SMALL, Canvas, Figure
from reviewkit.numbers import count as count_text

__all__ = ["FlowBox", "FlowColumn", "FlowCount", "FlowDiagram", "FlowStage", "check_flow", "flow_diagram"]

LEVELS = ("identified", "screened", "sought", "assessed")
_BANDS = (("Identification", ("identified",)), ("Screening", ("screened", "sought", "assessed")))
BOX = 222.0
GAP = 26.0
PAD = 9.0
BAND = 26.0
ROW_GAP = 26.0


def flow_diagram(diagram: FlowDiagram, *, title: str = "PRISMA 2020 flow diagram") -> Figure:
    """Draw the flow.

    Raises
    ------
    InputError
        If its counts do not add up (`check_flow`) or a level is unknown.
    """
    problems = check_flow(diagram)
    if problems:
        raise InputError(problems)
    unknown = [stage.level for column in diagram.columns for stage in column.stages if stage.level not in LEVELS]
    if unknown:
        raise InputError(f"flow level {unknown[0]!r}: must be one of {', '.join(LEVELS)}.", code="figure")
    return _Flow(diagram).draw(title)


@dataclass(slots=True)
class _Flow:
    diagram: FlowDiagram
    canvas: Canvas = field(default_factory=Canvas)
    lefts: list[float] = field(default_factory=list)
    """Left edge of each column's main line."""
    width: float = 0
    tops: dict[str, float] = field(default_factory=dict)
    heights: dict[str, float] = field(default_factory=dict)

    def draw(self, title: str) -> Figure:
        self._place_columns()
        y = self._draw_titles()
        for level in self._levels():
            self.tops[level] = y
            least = text_width("Identification", SMALL, bold=True) + 8 if level == "identified" else 0
            self.heights[level] = max(least, *(self._stage_height(stage) for stage in self._stages(level)))
            y += self.heights[level] + ROW_GAP
        for left, column in zip(self.lefts, self.diagram.columns, strict=True):
            self._draw_column(left, column)
        end = self._draw_included(y)
        end = max(end, y + text_width("Included", SMALL, bold=True) + 8)
        self._draw_bands(y, end)
        return self.canvas.finish(self.width, end + 2, title=title, description=_describe(self.diagram))

    def _place_columns(self) -> None:
        x = BAND + 14
        if self.diagram.previous is not None:
            x += BOX + GAP
        for column in self.diagram.columns:
            self.lefts.append(x)
            leaves = any(stage.leaving for stage in column.stages)
            x += BOX + (GAP + BOX if leaves else 0) + GAP
        self.width = x - GAP + 1

    def _levels(self) -> list[str]:
        used = {stage.level for column in self.diagram.columns for stage in column.stages}
        return [level for level in LEVELS if level in used]

    def _stages(self, level: str) -> list[FlowStage]:
        return [stage for column in self.diagram.columns for stage in column.stages if stage.level == level]

    def _draw_titles(self) -> float:
        heads = [(left, column.title) for left, column in zip(self.lefts, self.diagram.columns, strict=True)]
        if self.diagram.previous is not None:
            heads.insert(0, (BAND + 14, "Previous studies"))
        edges = [left for left, _ in heads[1:]] + [self.width + GAP - 1]
        tallest = 1
        for (left, head), edge in zip(heads, edges, strict=True):
            width = edge - GAP - left
            lines = wrap(head, width - 2 * PAD, bold=True)
            tallest = max(tallest, len(lines))
        height = LINE * tallest + 10
        for (left, head), edge in zip(heads, edges, strict=True):
            width = edge - GAP - left
            lines = wrap(head, width - 2 * PAD, bold=True)
            self.canvas.rect(left, 1, width, height, fill="wash", stroke="rule", radius=3)
            self.canvas.lines(left + width / 2, 18, lines, anchor="middle", bold=True)
        return 1 + height + 16

    def _stage_height(self, stage: FlowStage) -> float:
        beside = sum(_box_height(box) for box in stage.leaving) + 10 * max(len(stage.leaving) - 1, 0)
        return max(_box_height(stage.box), beside)

    def _draw_column(self, left: float, column: FlowColumn) -> None:
        bottom: float | None = None
        for stage in column.stages:
            top = self.tops[stage.level]
            height = _box_height(stage.box)
            if bottom is not None:
                self._down(left + BOX / 2, bottom, top)
            self._box(left, top, stage.box)
            y = top
            for box in stage.leaving:
                middle = max(min(y + _box_height(box) / 2, top + height - 10), y + 8)
                if middle > top + height:
                    self._elbow(left + BOX, top + height / 2, left + BOX + GAP, middle)
                else:
                    self._across(left + BOX, left + BOX + GAP, middle)
                self._box(left + BOX + GAP, y, box)
                y += _box_height(box) + 10
            bottom = top + height

    def _draw_included(self, y: float) -> float:
        """The included box under the first column that reaches it, the others led in from the side."""
        reaching = [
            (left, column.stages[-1])
            for left, column in zip(self.lefts, self.diagram.columns, strict=True)
            if column.stages and column.stages[-1].box.count is not None
        ]
        home = reaching[0][0] if reaching else self.lefts[0]
        height = _box_height(self.diagram.included)
        for left, stage in reaching:
            bottom = self.tops[stage.level] + _box_height(stage.box)
            if left == home:
                self._down(left + BOX / 2, bottom, y)
            else:
                middle = y + height / 2
                path = [(left + BOX / 2, bottom), (left + BOX / 2, middle), (home + BOX + 1, middle)]
                self._arrow(path)
        self._box(home, y, self.diagram.included)
        end = y + height
        previous, total = self.diagram.previous, self.diagram.total
        if total is not None:
            self._down(home + BOX / 2, end, end + ROW_GAP)
            self._box(home, end + ROW_GAP, total)
            total_height = _box_height(total)
        if previous is not None:
            x = BAND + 14
            top = self.tops[self._levels()[0]]
            self._box(x, top, previous)
            if total is not None:
                middle = end + ROW_GAP + total_height / 2
                start = top + _box_height(previous)
                self._arrow([(x + BOX / 2, start), (x + BOX / 2, middle), (home - 1, middle)])
        return end + (ROW_GAP + total_height if total is not None else 0)

    def _draw_bands(self, included_top: float, end: float) -> None:
        for name, levels in _BANDS:
            used = [level for level in levels if level in self.tops]
            if used:
                self._band(name, self.tops[used[0]], self.tops[used[-1]] + self.heights[used[-1]])
        self._band("Included", included_top, end)

    def _band(self, name: str, top: float, bottom: float) -> None:
        self.canvas.rect(0.5, top, BAND, bottom - top, fill="wash", stroke="rule", radius=3)
        self.canvas.text(BAND / 2 + 4.5, (top + bottom) / 2, name, anchor="middle", size=SMALL, bold=True, turned=True)

    def _box(self, x: float, y: float, box: FlowBox) -> None:
        canvas = self.canvas
        canvas.rect(x, y, BOX, _box_height(box), fill="paper", stroke="grey", radius=3)
        base = y + PAD + 11
        label, text = _label(box)
        canvas.lines(x + PAD, base, label)
        if box.count is None:
            canvas.text(x + PAD, base + LINE * len(label), text, italic=True, fill="grey")
        else:
            fits = text_width(label[-1] + " ") + text_width(text, bold=True) <= BOX - 2 * PAD
            line = len(label) - 1 if fits else len(label)
            canvas.text(x + BOX - PAD, base + LINE * line, text, anchor="end", bold=True, href=box.href)
        base += LINE * _label_lines(box) + 3
        for part in box.parts:
            lines = _part_lines(part)
            canvas.lines(x + PAD + 8, base, lines, size=SMALL)
            canvas.text(
                x + BOX - PAD, base + LINE * (len(lines) - 1), count_text(part.count), anchor="end", size=SMALL,
                bold=True, href=part.href,
            )
            base += LINE * len(lines)

    def _down(self, x: float, top: float, bottom: float) -> None:
        self._arrow([(x, top), (x, bottom - 1)])

    def _across(self, left: float, right: float, y: float) -> None:
        self._arrow([(left, y), (right - 1, y)])

    def _elbow(self, left: float, y: float, right: float, to: float) -> None:
        half = (left + right) / 2
        self._arrow([(left, y), (half, y), (half, to), (right - 1, to)])

    def _arrow(self, path: Sequence[tuple[float, float]]) -> None:
        self.canvas.polygon(path, stroke="grey", closed=False)
        (x0, y0), (x, y) = path[-2:]
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        self.canvas.polygon(
            [(x, y), (x - 7 * dx - 3.5 * dy, y - 7 * dy - 3.5 * dx), (x - 7 * dx + 3.5 * dy, y - 7 * dy + 3.5 * dx)],
            fill="grey",
        )


def _label(box: FlowBox) -> tuple[tuple[str, ...], str]:
    return wrap(box.label, BOX - 2 * PAD), box.state if box.count is None else count_text(box.count)


def _label_lines(box: FlowBox) -> int:
    lines, text = _label(box)
    fits = box.count is not None and text_width(lines[-1] + " ") + text_width(text, bold=True) <= BOX - 2 * PAD
    return len(lines) + (0 if fits else 1)


def _part_lines(part: FlowCount) -> tuple[str, ...]:
    room = BOX - 2 * PAD - 8 - text_width(count_text(part.count), SMALL, bold=True) - 8
    return wrap(part.label, room, SMALL)


def _box_height(box: FlowBox) -> float:
    parts = sum(len(_part_lines(part)) for part in box.parts)
    return 2 * PAD + LINE * (_label_lines(box) + parts) + (3 if box.parts else 0) - 2


def _describe(diagram: FlowDiagram) -> str:
    said = []
    for column in diagram.columns:
        boxes = [box for stage in column.stages for box in (stage.box, *stage.leaving)]
        said.append(f"{column.title}: " + ", ".join(_say(box) for box in boxes) + ".")
    said.append(_say(diagram.included) + ".")
    for box in (diagram.previous, diagram.total):
        if box is not None:
            said.append(_say(box) + ".")
    return " ".join(said[-1:] + said[:-1]) if diagram.previous is None else " ".join(said)


def _say(box: FlowBox) -> str:
    parts = "; ".join(f"{part.label} {count_text(part.count)}" for part in box.parts)
    text = f"{box.label.rstrip(':')} {box.state if box.count is None else count_text(box.count)}"
    return f"{text} ({parts})" if parts else text
