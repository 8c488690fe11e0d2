"""What a forest plot is made of: rows, headings, pools, columns; and what it says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.numbers import estimate as estimate_text
from reviewkit.numbers import number, percent


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A study (or a leave-one-out or cumulative step).

    Attributes
    ----------
    label : str
        The study's name.
    estimate, low, high : float, optional
        Effect with its interval, in the unit that is printed (a risk ratio, not its logarithm). Without an
        estimate the row is listed with `note`.
    weight : float, optional
        In percent of its pool.
    cells : sequence of str
        Texts of the data columns, formatted.
    in_pool : bool
        False for a study shown hollow and kept out of the pool.
    note : str
        Why there is no number, or why it is not pooled; in small print under the name.
    risk_of_bias : sequence of str
        A judgement for each domain, shown as lights at the row's end.
    href : str
        An anchor to how the numbers came about.
    """

    label: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    cells: Sequence[str] = ()
    in_pool: bool = True
    note: str = ""
    risk_of_bias: Sequence[str] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class ForestHeading:
    """The name of a subgroup, above its studies."""

    label: str


@dataclass(frozen=True, slots=True)
class ForestPooled:
    """A pool: a diamond as wide as its interval, its prediction interval and heterogeneity below.

    `prediction` is (low, high); `lines` stand in small print below: heterogeneity, tests, method.
    """

    label: str
    estimate: float
    low: float
    high: float
    prediction: tuple[float, float] | None = None
    lines: Sequence[str] = ()
    weight: float | None = None
    cells: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ForestColumn:
    """A data column left of the plot; neighbours with the same `group` share a head above theirs."""

    head: str
    group: str = ""


ForestItem = ForestRow | ForestHeading | ForestPooled


def check_items(items: Sequence[ForestItem], n_columns: int, n_domains: int) -> None:
    """Check that rows fit the columns and that intervals hold their estimates.

    Raises
    ------
    InputError
        Naming the row.
    """
    if not any(isinstance(item, ForestRow) for item in items):
        raise InputError("a forest plot needs at least one study.", code="figure",
                         remedy="Show an empty state where there is none.")
    for item in items:
        if isinstance(item, ForestHeading):
            continue
        if item.cells and len(item.cells) != n_columns:
            raise InputError(f"{item.label}: {len(item.cells)} cells for {n_columns} data columns.", code="figure")
        if isinstance(item, ForestRow) and item.risk_of_bias and len(item.risk_of_bias) != n_domains:
            raise InputError(
                f"{item.label}: {len(item.risk_of_bias)} judgements for {n_domains} domains.", code="figure"
            )
        values = (item.low, item.estimate, item.high)
        if item.estimate is None:
            continue
        if any(value is None or value != value for value in values) or not values[0] <= values[1] <= values[2]:  # type: ignore[operator]
            raise InputError(f"{item.label}: estimate {values[1]} with interval {values[0]} to {values[2]}: the "
                             "interval must hold the estimate.", code="figure")


def extent(
    items: Sequence[ForestItem], null: float, log: bool
) -> tuple[list[float], list[tuple[float, float]]]:
    """What must be seen (with some room on both sides of the null) and what may be clipped."""
    core, intervals = [null], []
    for item in items:
        if isinstance(item, ForestHeading) or item.estimate is None:
            continue
        core.append(item.estimate)
        if item.low is not None and item.high is not None:
            intervals.append((item.low, item.high))
        if isinstance(item, ForestPooled):
            core += [item.low, item.high]
            intervals += [item.prediction] if item.prediction else []
    if log and min(core) > 0:
        room = max(max(core) / null, null / min(core)) ** 0.2
        core += [null / room, null * room]
    elif not log:
        room = max(abs(value - null) for value in core) * 0.2
        core += [null - room, null + room]
    return core, intervals


def no_estimate(row: ForestRow) -> str:
    """In place of an estimate; counts that stand there and give none are not estimable, as in Cochrane's plots."""
    return "not estimable" if any(row.cells) else "no usable numbers"


def weight_text(item: ForestItem) -> str:
    """The weight column of an item."""
    if isinstance(item, ForestHeading) or (isinstance(item, ForestRow) and item.estimate is None):
        return ""
    if isinstance(item, ForestRow) and not item.in_pool:
        return "not pooled"
    return "" if item.weight is None else percent(item.weight, 1)


def letter(place: int) -> str:
    """The letter over a column of lights."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def compose_title(items: Sequence[ForestItem], axis_label: str) -> str:
    """A title for a plot that was given none."""
    studies = sum(isinstance(item, ForestRow) for item in items)
    what = f" of {axis_label}" if axis_label else ""
    return f"Forest plot{what}: {studies} {'study' if studies == 1 else 'studies'}"


def describe(items: Sequence[ForestItem], measure: str, places: int | None) -> str:
    """The result in words: pools first, overall before subgroups, then the spread of the studies."""
    said = []
    for item in items[::-1]:
        if isinstance(item, ForestPooled):
            said.append(f"{item.label}: {measure} {estimate_text(item.estimate, item.low, item.high, places=places)}.")
    shown = [item for item in items if isinstance(item, ForestRow) and item.estimate is not None]
    values = [item.estimate for item in shown if item.estimate is not None]
    if not said:
        said.append("No pooled estimate.")
    if values:
        low, high = number(min(values), places), number(max(values), places)
        said.append(f"{len(values)} estimates from {low} to {high}." if len(values) > 1 else f"One estimate: {low}.")
    silent = sum(isinstance(item, ForestRow) for item in items) - len(values)
    if silent:
        said.append(f"{silent} without usable numbers.")
    return " ".join(said)
