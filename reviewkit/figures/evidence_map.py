"""Evidence-gap map: what was studied for what, how much, and which way it points.

Snilstveit B et al. (2016), doi:10.1016/j.jclinepi.2016.05.015 (evidence gap maps).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.direction import DIRECTIONS, draw_direction
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.svg import LINE, SMALL, Canvas, Figure
from reviewkit.numbers import count as count_text
from reviewkit.render.judgements import CERTAINTY

_COLUMN, _LARGEST = 132.0, 20.0


@dataclass(frozen=True, slots=True)
class EvidenceCell:
    """Evidence on one outcome: studies, people, direction (a key of `DIRECTIONS`), certainty, and its report."""

    n_studies: int
    n_people: int | None = None
    direction: str = ""
    certainty: str = ""
    href: str = ""


def evidence_map(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], EvidenceCell],
    *,
    row_head: str = "Therapy",
    title: str = "Evidence map",
    absent: str = "no study",
) -> Figure:
    """Draw therapies by outcomes: a bubble by number of studies, its direction and certainty in words.

    A cell without studies reads 'no study': a gap is a finding. A place without a cell reads `absent`, such as
    'not asked' where nobody looked.

    Raises
    ------
    InputError
        If there is no row or column, a cell lies outside them, or a count is negative.
    """
    _check(rows, columns, cells)
    canvas = Canvas()
    names = min(max([text_width(row) for row in rows] + [90]), 230)
    left = names + 20
    heads = [wrap(column, _COLUMN - 10, SMALL, bold=True, max_lines=4) for column in columns]
    base = 15.0 + LINE * (max(len(head) for head in heads) - 1)
    canvas.text(0, base, row_head, size=SMALL, bold=True)
    for place, head in enumerate(heads):
        middle = left + _COLUMN * (place + 0.5)
        canvas.lines(middle, base - LINE * (len(head) - 1), head, anchor="middle", size=SMALL, bold=True)
    width = left + _COLUMN * len(columns)
    y = base + 8
    canvas.line(0, y, width, y)
    most = max([cell.n_studies for cell in cells.values()] + [1])
    for row in rows:
        found = [cells.get((row, column)) for column in columns]
        label = wrap(row, names, max_lines=4)
        tall = 2 * _LARGEST + 44 if any(evidence and evidence.n_studies for evidence in found) else 34
        height = max(tall, LINE * len(label) + 16)
        canvas.lines(0, y + height / 2 + 4 - LINE * (len(label) - 1) / 2, label)
        for place, evidence in enumerate(found):
            _draw_cell(canvas, left + _COLUMN * (place + 0.5), y, height, evidence, most, absent)
        y += height
        canvas.line(0, y, width, y, stroke="hair")
    canvas.text(0, y + 18, "Area of a circle: number of studies.", size=SMALL, fill="grey")
    return canvas.finish(width, y + 26, title=title, description=_describe(rows, columns, cells, absent))


def _check(rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], EvidenceCell]) -> None:
    if not rows or not columns:
        raise InputError("an evidence map needs a row and a column.", code="figure")
    for (row, column), cell in cells.items():
        if row not in rows or column not in columns:
            raise InputError(f"evidence for {row!r} and {column!r}: no such row or column.", code="figure")
        if cell.n_studies < 0 or cell.direction not in {"", *DIRECTIONS} or cell.certainty not in {"", *CERTAINTY}:
            raise InputError(f"evidence for {row!r} and {column!r}: {cell}: unknown word or negative count.",
                             code="figure")


def _draw_cell(
    canvas: Canvas, x: float, y: float, height: float, cell: EvidenceCell | None, most: int, absent: str
) -> None:
    if cell is None or not cell.n_studies:
        words = absent if cell is None else "no study"
        canvas.text(x, y + height / 2 + 4, words, anchor="middle", size=SMALL, fill="grey", italic=True)
        return
    radius = max(_LARGEST * (cell.n_studies / most) ** 0.5, 9)
    middle = y + 8 + _LARGEST
    canvas.circle(x, middle, radius, fill="wash", stroke="accent", stroke_width=1.5)
    canvas.text(x, middle + 4.5, count_text(cell.n_studies), anchor="middle", bold=True, href=cell.href)
    words = DIRECTIONS.get(cell.direction, "")
    below = y + 2 * _LARGEST + 22
    if words:
        half = text_width(words, SMALL) / 2
        draw_direction(canvas, x - half - 2, below - 4, cell.direction, None)
        canvas.text(x + 8, below, words, anchor="middle", size=SMALL)
    if cell.certainty:
        circles, word = CERTAINTY[cell.certainty]
        canvas.text(x, below + 15, f"{circles} {word}", anchor="middle", size=SMALL, fill="grey")


def _describe(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], EvidenceCell], absent: str
) -> str:
    filled = [key for key, cell in cells.items() if cell.n_studies]
    places = len(rows) * len(columns)
    asked = places if absent == "no study" else len(cells)
    said = [f"{len(filled)} of {asked} combinations have a study, {asked - len(filled)} have none."]
    if asked < places:
        said.append(f"{absent.capitalize()}: {places - asked} combinations.")
    for row in rows:
        found = [f"{column} {cells[row, column].n_studies}" for column in columns if (row, column) in filled]
        said.append(f"{row}: {', '.join(found) or 'no study'}.")
    return " ".join(said)
