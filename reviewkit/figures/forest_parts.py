"""What a forest plot is made of: rows, headings, pools, columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError


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

    `prediction` is (low, high); `heterogeneity` a line of text (`reviewkit.numbers.heterogeneity`).
    """

    label: str
    estimate: float
    low: float
    high: float
    prediction: tuple[float, float] | None = None
    heterogeneity: str = ""
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
