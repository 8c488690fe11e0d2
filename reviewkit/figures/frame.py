"""The frame of a plot with two axes: rule at the foot and the left, hairlines at labelled ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.figures.axis import Axis
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.svg import LINE, SMALL, Canvas
from reviewkit.numbers import plain


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes; `y.left` is the pixel of its low end, `y.right` of its high end (either may be above)."""

    x: Axis
    y: Axis

    @property
    def top(self) -> float:
        """Upper edge in pixels."""
        return min(self.y.left, self.y.right)

    @property
    def bottom(self) -> float:
        """Lower edge in pixels."""
        return max(self.y.left, self.y.right)

    def draw(
        self, canvas: Canvas, *, x_label: str, y_label: str, x_ticks: Sequence[tuple[float, str]] = (),
        favours: tuple[str, str] = ("", ""),
    ) -> float:
        """Draw ticks, rules and labels; `x_ticks` replaces the axis's own. Returns the y below all of it."""
        ticks = list(x_ticks) or [(tick, plain(tick)) for tick in self.x.ticks()]
        last = -1e9
        for value, label in ticks:
            x, half = self.x.at(value), text_width(label, SMALL) / 2
            canvas.line(x, self.top, x, self.bottom, stroke="hair")
            canvas.line(x, self.bottom, x, self.bottom + 4)
            if x - half > last + 4:
                canvas.text(x, self.bottom + 17, label, anchor="middle", size=SMALL)
                last = x + half
        for tick in self.y.ticks(5):
            y = self.y.at(tick)
            canvas.line(self.x.left, y, self.x.right, y, stroke="hair")
            canvas.text(self.x.left - 8, y + 4, plain(tick), anchor="end", size=SMALL)
        canvas.line(self.x.left, self.bottom, self.x.right, self.bottom)
        canvas.line(self.x.left, self.top, self.x.left, self.bottom)
        canvas.text(0, self.top - 12, y_label, size=SMALL, fill="grey")
        return self._draw_foot(canvas, x_label, favours)

    def _draw_foot(self, canvas: Canvas, x_label: str, favours: tuple[str, str]) -> float:
        y = self.bottom + 17
        half = (self.x.right - self.x.left) / 2 - 6
        left = wrap(f"←\u00a0{favours[0]}", half, SMALL) if favours[0] else ()
        right = wrap(f"{favours[1]}\u00a0→", half, SMALL) if favours[1] else ()
        if left or right:
            canvas.lines(self.x.left, y + 17, left, size=SMALL)
            canvas.lines(self.x.right, y + 17, right, size=SMALL, anchor="end")
            y += 17 + LINE * (max(len(left), len(right)) - 1)
        lines = wrap(x_label, self.x.right - self.x.left, SMALL)
        canvas.lines((self.x.left + self.x.right) / 2, y + 18, lines, anchor="middle", size=SMALL, fill="grey")
        return y + 18 + LINE * (len(lines) - 1) + 8


def put_labels(
    canvas: Canvas, points: Sequence[tuple[float, float, str]], *, width: float, radius: float = 5
) -> tuple[str, ...]:
    """Names beside their points, in order of importance; a name that would cover another is left out.

    Returns the names that found no room.
    """
    taken: list[tuple[float, float, float, float]] = [
        *((x - radius, y - radius, x + radius, y + radius) for x, y, _ in points),
        *((box.left, box.top, box.right, box.bottom) for box in canvas.texts),
    ]
    left_out = []
    for x, y, label in points:
        wide = text_width(label, SMALL)
        for anchor, start in (("start", x + radius + 3), ("end", x - radius - 3 - wide)):
            box = (start, y - 7.0, start + wide, y + 8.0)
            if box[0] >= 0 and box[2] <= width and not any(_overlap(box, other) for other in taken):
                beside = x + (radius + 3) * (1 if anchor == "start" else -1)
                canvas.text(beside, y + 4, label, anchor=anchor, size=SMALL)
                taken.append(box)
                break
        else:
            left_out.append(label)
    return tuple(left_out)


def note_left_out(canvas: Canvas, names: Sequence[str], y: float, width: float) -> float:
    """Say how many names found no room; returns the y below."""
    if not names:
        return y
    lines = wrap(f"{len(names)} {'name' if len(names) == 1 else 'names'} left out where points lie close together.",
                 width, SMALL)
    canvas.lines(0, y + 12, lines, size=SMALL, fill="grey")
    return y + LINE * len(lines)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
