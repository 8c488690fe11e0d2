"""The boxes of a PRISMA 2020 flow diagram, and whether their counts add up.

Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71. doi:10.1136/bmj.n71 (figure 1, items 16a and 16b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import Problem


@dataclass(frozen=True, slots=True)
class FlowCount:
    """A line within a box: a reason or a source, with its count and the list behind it."""

    label: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class FlowBox:
    """A box: what is counted, how many, which list stands behind the number, and what it is made of.

    Without a count the box says `state`, such as 'not searched'. A box with `in_sum` off is shown for the
    record and the line passes it by: 'sought for full text: 0' where abstracts were assessed.
    """

    label: str
    count: int | None = None
    href: str = ""
    parts: Sequence[FlowCount] = ()
    state: str = "not searched"
    in_sum: bool = True


@dataclass(frozen=True, slots=True)
class FlowStage:
    """A box of the main line with the boxes that leave it to the right.

    `band` is 'identification', 'screening' or 'included'; boxes of one `level` stand side by side over
    all columns: 'identified', 'screened', 'sought', 'assessed'.
    """

    level: str
    box: FlowBox
    leaving: Sequence[FlowBox] = ()


@dataclass(frozen=True, slots=True)
class FlowColumn:
    """One way by which records came, from top to bottom."""

    title: str
    stages: Sequence[FlowStage]


@dataclass(frozen=True, slots=True)
class FlowDiagram:
    """A whole diagram.

    Attributes
    ----------
    columns : sequence of FlowColumn
        Databases and registers first, other methods second (the second may be left out).
    included : FlowBox
        Studies and reports included; its parts are lines such as 'reports of included studies'.
    included_reports : int, optional
        Reports that must come out of the columns; compared by `check_flow`.
    previous : FlowBox, optional
        Studies of an earlier version of the review.
    total : FlowBox, optional
        Studies of this and the earlier version together.
    """

    columns: Sequence[FlowColumn]
    included: FlowBox
    included_reports: int | None = None
    previous: FlowBox | None = None
    total: FlowBox | None = None


def check_flow(diagram: FlowDiagram) -> tuple[Problem, ...]:
    """What does not add up: parts of a box, a box and what leaves it, what reaches the included box."""
    problems: list[Problem] = []
    arriving = 0
    for column in diagram.columns:
        remaining: int | None = None
        for stage in column.stages:
            for box in (stage.box, *stage.leaving):
                problems += _check_parts(box, column.title)
            if not stage.box.in_sum:
                continue
            if stage.box.count is None:
                remaining = remaining or 0
                continue
            if remaining is not None and stage.box.count != remaining:
                problems.append(_wrong(column.title, stage.box, f"the boxes before it leave {remaining}"))
            remaining = stage.box.count - sum(box.count or 0 for box in stage.leaving)
            if remaining < 0:
                problems.append(_wrong(column.title, stage.box, f"more leaves it, by {-remaining}"))
        arriving += remaining or 0
    if diagram.included_reports is not None and diagram.included_reports != arriving:
        problems.append(
            Problem(
                f"flow: {diagram.included_reports} reports included, but the columns leave {arriving}.", code="flow"
            )
        )
    problems += _check_update(diagram)
    return tuple(problems)


def _check_update(diagram: FlowDiagram) -> list[Problem]:
    previous, total = diagram.previous, diagram.total
    if previous is None or total is None or None in (previous.count, total.count, diagram.included.count):
        return []
    together = (previous.count or 0) + (diagram.included.count or 0)
    if total.count == together:
        return []
    return [Problem(f"flow: {total.count} studies in all, but previous and new ones are {together}.", code="flow")]


def _check_parts(box: FlowBox, column: str) -> list[Problem]:
    if box.count is not None and box.count < 0:
        return [_wrong(column, box, "a count is 0 or more")]
    if not box.parts or box.count is None:
        return []
    together = sum(part.count for part in box.parts)
    return [] if together == box.count else [_wrong(column, box, f"its lines sum to {together}")]


def _wrong(column: str, box: FlowBox, why: str) -> Problem:
    return Problem(f"flow, {column}: {box.label} = {box.count}, but {why}.", code="flow")
