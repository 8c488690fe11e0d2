"""Effect-direction plot, for outcomes that cannot be pooled.

After Thomson HJ, Thomas S (2013), doi:10.1002/jrsm.1060, and Boon MH, Thomson H (2021),
doi:10.1002/jrsm.1458; reported as SWiM asks (doi:10.1136/bmj.l6890, items 2, 6, 7). Arrows say which way the
result points, their size how many people stand behind it; statistical significance plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviewkit.errors import InputError
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.marks import draw_light
from reviewkit.figures.svg import LINE, SMALL, Canvas, Figure
from reviewkit.numbers import count as count_text

DIRECTIONS = {
    "better": "better",
    "worse": "worse",
    "none": "no change",
    "mixed": "mixed",
    "unclear": "not stated",
    "one group": "one group only",
}
"""Each direction with the word that stands beside its arrow."""

SMALL_SAMPLE = 50
LARGE_SAMPLE = 300
_SIZES = (8.0, 11.0, 15.0)
_GAP = 14.0
_PAD = 7.0


@dataclass(frozen=True, slots=True)
class DirectionOutcome:
    """A column: the outcome, and the line under it (a sign test in words)."""

    label: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class DirectionCell:
    """What one study found: a key of `DIRECTIONS`, and a remark such as '2 of 3 scales'."""

    direction: str
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class DirectionStudy:
    """A row: `cells` by outcome label; an outcome that is missing was not measured."""

    label: str
    cells: Mapping[str, DirectionCell]
    n: int | None = None
    risk_of_bias: str | None = None
    design: str = ""
    href: str = ""


def direction_plot(
    studies: Sequence[DirectionStudy],
    outcomes: Sequence[DirectionOutcome],
    *,
    title: str = "Effect-direction plot",
    row_head: str = "Study",
    absent: str = "not reported",
    words: Mapping[str, str] = DIRECTIONS,
) -> Figure:
    """Draw studies by outcomes, an arrow with its word in each cell.

    Parameters
    ----------
    studies : sequence of DirectionStudy
    outcomes : sequence of DirectionOutcome
    absent : str
        What a cell says whose outcome a study did not report.
    words : mapping
        Other words for the directions (``{"better": "higher", ...}`` for associations).

    Raises
    ------
    InputError
        If there is no study or no outcome, a direction is unknown, or a cell names an outcome that is no
        column: nothing is left out in silence.
    """
    _check(studies, outcomes)
    plot = _Directions(studies, outcomes, row_head, absent, {**DIRECTIONS, **words})
    plot.place()
    height = plot.draw()
    return plot.canvas.finish(plot.width, height, title=title, description=_describe(studies, outcomes, plot.words))


def _check(studies: Sequence[DirectionStudy], outcomes: Sequence[DirectionOutcome]) -> None:
    if not studies or not outcomes:
        raise InputError("an effect-direction plot needs a study and an outcome.", code="figure",
                         remedy="Show an empty state where there is none.")
    columns = {outcome.label for outcome in outcomes}
    for study in studies:
        for label, cell in study.cells.items():
            if label not in columns:
                raise InputError(f"{study.label}: outcome {label!r} is no column.", code="figure")
            if cell.direction not in DIRECTIONS:
                known = ", ".join(DIRECTIONS)
                raise InputError(f"{study.label}: direction {cell.direction!r}: must be one of {known}.", code="figure")


@dataclass(slots=True)
class _Directions:
    studies: Sequence[DirectionStudy]
    outcomes: Sequence[DirectionOutcome]
    row_head: str
    absent: str
    words: Mapping[str, str]
    canvas: Canvas = field(default_factory=Canvas)
    label_width: float = 0
    design_left: float = 0
    design_width: float = 0
    n_right: float = 0
    bias_middle: float = 0
    first: float = 0
    column: float = 0
    width: float = 0

    def place(self) -> None:
        """Columns: names, design, n, risk of bias, then one for each outcome."""
        self.label_width = min(max([text_width(s.label) for s in self.studies] + [110]), 230)
        x = self.label_width
        if any(study.design for study in self.studies):
            self.design_left = x + _GAP
            self.design_width = min(max(text_width(s.design) for s in self.studies), 130)
            x = self.design_left + max(self.design_width, text_width("Design", SMALL, bold=True))
        self.n_right = x + _GAP + max(text_width(count_text(s.n)) for s in self.studies)
        x = self.n_right
        if any(study.risk_of_bias is not None for study in self.studies):
            head = text_width("Risk of bias", SMALL, bold=True)
            self.bias_middle = x + _GAP + head / 2
            x += _GAP + head
        self.first = x + _GAP + 8
        room = (1080 - self.first) / len(self.outcomes)
        self.column = max(112.0, min(190.0, room))
        self.width = self.first + self.column * len(self.outcomes)

    def draw(self) -> float:
        """Heads, rows, sign tests, key; returns the height."""
        y = self._draw_heads()
        for study in self.studies:
            y = self._draw_study(y, study)
        y = self._draw_tests(y)
        return self._draw_key(y)

    def _draw_heads(self) -> float:
        canvas = self.canvas
        heads = [wrap(outcome.label, self.column - 12, SMALL, bold=True, max_lines=4) for outcome in self.outcomes]
        tallest = max(len(lines) for lines in heads)
        base = 17.0 + LINE * (tallest - 1)
        canvas.text(0, base, self.row_head, size=SMALL, bold=True)
        if self.design_left:
            canvas.text(self.design_left, base, "Design", size=SMALL, bold=True)
        canvas.text(self.n_right, base, "n", size=SMALL, bold=True, anchor="end")
        if self.bias_middle:
            canvas.text(self.bias_middle, base, "Risk of bias", size=SMALL, bold=True, anchor="middle")
        for place, lines in enumerate(heads):
            left = self.first + place * self.column
            canvas.lines(left, base - LINE * (len(lines) - 1), lines, size=SMALL, bold=True)
        canvas.line(0, base + 7, self.width, base + 7, stroke="ink")
        return base + 8

    def _draw_study(self, y: float, study: DirectionStudy) -> float:
        canvas = self.canvas
        label = wrap(study.label, self.label_width, max_lines=4)
        design = wrap(study.design, self.design_width, SMALL, max_lines=4) if study.design else ()
        cells = [study.cells.get(outcome.label) for outcome in self.outcomes]
        notes = [wrap(cell.note, self.column - 30, SMALL, max_lines=3) if cell and cell.note else () for cell in cells]
        tallest = max(len(label), len(design), *(1 + len(lines) for lines in notes))
        height = LINE * tallest + 2 * _PAD
        base = y + _PAD + 12
        canvas.lines(0, base, label, href=study.href)
        canvas.lines(self.design_left, base, design, size=SMALL, fill="grey")
        canvas.text(self.n_right, base, count_text(study.n), anchor="end")
        if study.risk_of_bias is not None:
            draw_light(canvas, self.bias_middle, base - 4.5, study.risk_of_bias)
        for place, (cell, lines) in enumerate(zip(cells, notes, strict=True)):
            left = self.first + place * self.column
            if cell is None:
                canvas.text(left + 22, base, self.absent, size=SMALL, fill="grey", italic=True)
                continue
            draw_direction(canvas, left + 8, base - 4.5, cell.direction, study.n)
            canvas.text(left + 22, base, self.words[cell.direction], href=cell.href)
            canvas.lines(left + 22, base + LINE, lines, size=SMALL, fill="grey")
        canvas.line(0, y + height, self.width, y + height, stroke="hair")
        return y + height

    def _draw_tests(self, y: float) -> float:
        if not any(outcome.test for outcome in self.outcomes):
            return y
        canvas = self.canvas
        canvas.line(0, y, self.width, y, stroke="ink")
        canvas.text(0, y + 19, "Direction over studies", size=SMALL, bold=True)
        tallest = 1
        for place, outcome in enumerate(self.outcomes):
            lines = wrap(outcome.test.replace(" = ", "\u00a0=\u00a0"), self.column - 12, SMALL)
            canvas.lines(self.first + place * self.column, y + 19, lines, size=SMALL)
            tallest = max(tallest, len(lines))
        return y + 19 + LINE * (tallest - 1) + 6

    def _draw_key(self, y: float) -> float:
        small, large = SMALL_SAMPLE, LARGE_SAMPLE
        note = f"Arrow size: small n < {small}, medium n {small} to {large}, large n > {large}; without n, small."
        lines = wrap(note, self.width, SMALL)
        self.canvas.lines(0, y + 19, lines, size=SMALL, fill="grey")
        return y + 19 + LINE * (len(lines) - 1) + 7


def draw_direction(canvas: Canvas, x: float, y: float, direction: str, n: int | None) -> None:
    """The arrow of one cell, centred at (x, y): up is better, down is worse, sideways is neither."""
    size = _SIZES[0 if n is None or n < SMALL_SAMPLE else 1 if n <= LARGE_SAMPLE else 2]
    half = size / 2
    if direction == "better":
        canvas.polygon([(x - half, y + half), (x, y - half), (x + half, y + half)], fill="accent")
    elif direction == "worse":
        canvas.polygon([(x - half, y - half), (x, y + half), (x + half, y - half)], fill="#D55E00")
    elif direction in ("unclear", "one group"):
        canvas.circle(x, y, half * 0.8, stroke="grey", stroke_width=1.5)
    else:
        fill = "grey" if direction == "none" else "paper"
        wings = [(x - 1, y - half), (x - 1 - half, y), (x - 1, y + half)]
        canvas.polygon(wings, fill=fill, stroke="grey", stroke_width=1.5)
        canvas.polygon([(2 * x - px, py) for px, py in wings], fill=fill, stroke="grey", stroke_width=1.5)


def _describe(
    studies: Sequence[DirectionStudy], outcomes: Sequence[DirectionOutcome], words: Mapping[str, str]
) -> str:
    said = []
    for outcome in outcomes:
        found = [study.cells[outcome.label].direction for study in studies if outcome.label in study.cells]
        parts = [f"{found.count(key)} {words[key]}" for key in DIRECTIONS if key in found]
        line = f"{outcome.label}: {', '.join(parts) or 'no study'} of {len(found)} reporting it"
        said.append(f"{line}; {outcome.test.rstrip('.')}." if outcome.test else f"{line}.")
    return " ".join(said)
