"""Two-by-two tables and person-time counts, checked once, and the effects that each study gives on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.inputs import Array

TableMeasure = Literal["OR", "RR", "RD"]
RateMeasure = Literal["IRR", "IRD"]
Convention = Literal["exact", "metabin", "metabin-exact"]
RATIO_MEASURES = frozenset({"OR", "RR", "IRR", "PETO"})
HALF = 0.5
"""What is added to the cells of a table with a zero wherever a correction is made."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Two-by-two tables, shape (k,) each: ``a`` events and ``b`` others in group 1, ``c`` and ``d`` in group 2."""

    a: Array
    b: Array
    c: Array
    d: Array
    names: tuple[str, ...]

    @property
    def n1(self) -> Array:
        """Participants of group 1."""
        return self.a + self.b

    @property
    def n2(self) -> Array:
        """Participants of group 2."""
        return self.c + self.d

    @property
    def n(self) -> Array:
        """Participants."""
        return self.n1 + self.n2

    @property
    def events(self) -> Array:
        """Events of both groups."""
        return self.a + self.c

    @property
    def others(self) -> Array:
        """Participants without an event, of both groups."""
        return self.b + self.d

    @property
    def has_zero(self) -> NDArray[np.bool_]:
        """Studies with a cell of zero."""
        return np.asarray((self.a == 0) | (self.b == 0) | (self.c == 0) | (self.d == 0))

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Studies where everybody fared the same: no event at all, or nothing but events."""
        return np.asarray((self.events == 0) | (self.others == 0))

    def take(self, keep: NDArray[np.bool_]) -> Tables:
        """The studies where ``keep`` is true."""
        names = tuple(name for name, kept in zip(self.names, keep.tolist(), strict=True) if kept)
        return Tables(self.a[keep], self.b[keep], self.c[keep], self.d[keep], names)

    def plus(self, add: Array) -> Tables:
        """The tables with ``add``, shape (k,), in every cell."""
        return Tables(self.a + add, self.b + add, self.c + add, self.d + add, self.names)


@dataclass(frozen=True, slots=True)
class Rates:
    """Events and person-time of two groups, shape (k,) each."""

    x1: Array
    t1: Array
    x2: Array
    t2: Array
    names: tuple[str, ...]

    @property
    def time(self) -> Array:
        """Person-time of both groups."""
        return self.t1 + self.t2


def check_tables(
    ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike, studies: Sequence[str] | None = None
) -> Tables:
    """Check tables; every fault is named at once with its study.

    Raises
    ------
    InputError
        For no study, lengths that differ, a count that is missing, infinite or negative (a negative number of people
        without an event is more events than people), or a group without people.
    """
    columns = _columns({"ai": ai, "bi": bi, "ci": ci, "di": di})
    names = _names(studies, columns["ai"].size)
    problems = [*_bad_counts(columns, names)]
    for first, second, group in (("ai", "bi", "1"), ("ci", "di", "2")):
        for i in np.flatnonzero(columns[first] + columns[second] == 0):
            problems.append(Problem(f"{names[i]}: nobody is in group {group} ({first} + {second} = 0).", code="bad-n"))
    if problems:
        raise InputError(problems)
    return Tables(columns["ai"], columns["bi"], columns["ci"], columns["di"], names)


def check_rates(
    x1i: ArrayLike, t1i: ArrayLike, x2i: ArrayLike, t2i: ArrayLike, studies: Sequence[str] | None = None
) -> Rates:
    """Check events and person-time.

    Raises
    ------
    InputError
        For no study, lengths that differ, a number of events that is missing or negative, or a time not above 0.
    """
    columns = _columns({"x1i": x1i, "t1i": t1i, "x2i": x2i, "t2i": t2i})
    names = _names(studies, columns["x1i"].size)
    problems = [*_bad_counts({name: columns[name] for name in ("x1i", "x2i")}, names)]
    for time in ("t1i", "t2i"):
        for i in np.flatnonzero(~((columns[time] > 0) & np.isfinite(columns[time]))):
            problems.append(
                Problem(f"{names[i]}: {time} = {columns[time][i]:g}: person-time must be above 0.", code="bad-time")
            )
    if problems:
        raise InputError(problems)
    return Rates(columns["x1i"], columns["t1i"], columns["x2i"], columns["t2i"], names)


def table_effects(tables: Tables, measure: str, convention: str = "exact") -> tuple[Array, Array]:
    """Log ratios or differences and their variances, NaN where a study says nothing.

    Under "exact", 0.5 is added to the cells of studies with a zero, and empty tables are left out. The "metabin"
    conventions are those of R meta: empty tables are left out for ratios only (for a risk ratio only those without
    events); for a risk ratio 0.5 is added to events and group sizes; a risk difference is itself uncorrected.
    """
    if convention == "exact":
        cells = {"ai": tables.a, "bi": tables.b, "ci": tables.c, "di": tables.d}
        found = effect_sizes(measure, cells, drop00=True, fractional=True)
        return found.yi, found.vi
    add = np.where(tables.has_zero & included(tables, measure, convention), HALF, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = _like_metabin(tables, add, measure)
    out = ~included(tables, measure, convention)
    return np.where(out, np.nan, yi), np.where(out, np.nan, vi)


def included(tables: Tables, measure: str, convention: str) -> NDArray[np.bool_]:
    """Studies whose own effect enters the heterogeneity statistics."""
    if convention == "exact" or measure == "OR":
        return ~tables.empty
    return tables.events > 0 if measure == "RR" else np.ones(tables.a.size, dtype=bool)


def _like_metabin(tables: Tables, add: Array, measure: str) -> tuple[Array, Array]:
    t, n1, n2 = tables.plus(add), tables.n1, tables.n2
    if measure == "OR":
        return np.log(t.a * t.d / (t.b * t.c)), 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d
    if measure == "RR":
        # Where everybody had an event the events keep their number, so that the variance stays above zero.
        more = add * (tables.others > 0)
        vi = 1 / (tables.a + more) - 1 / (n1 + add) + 1 / (tables.c + more) - 1 / (n2 + add)
        return np.log(t.a / (n1 + add)) - np.log(t.c / (n2 + add)), vi
    return tables.a / n1 - tables.c / n2, t.a * t.b / t.n1**3 + t.c * t.d / t.n2**3


def _columns(given: dict[str, ArrayLike]) -> dict[str, Array]:
    try:
        columns = {name: np.atleast_1d(np.asarray(values, dtype=np.float64)) for name, values in given.items()}
    except (TypeError, ValueError) as error:
        raise InputError(f"{', '.join(given)}: must be numbers, one a study ({error}).", code="not-a-number") from None
    sizes = {name: column.size for name, column in columns.items()}
    if len(set(sizes.values())) > 1 or any(column.ndim != 1 for column in columns.values()):
        found = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise InputError(f"{found}: there must be one number a study in each.", code="length-mismatch")
    if not next(iter(sizes.values())):
        raise InputError("no study to pool.", code="no-study")
    return columns


def _names(studies: Sequence[str] | None, k: int) -> tuple[str, ...]:
    if studies is None:
        return tuple(f"study {i + 1}" for i in range(k))
    if len(studies) != k:
        raise InputError(f"studies has {len(studies)} names for {k} tables.", code="length-mismatch")
    return tuple(map(str, studies))


def _bad_counts(columns: dict[str, Array], names: tuple[str, ...]) -> list[Problem]:
    problems = []
    for name, values in columns.items():
        for i in np.flatnonzero(~(np.isfinite(values) & (values >= 0))):
            more = "more events than people" if name in ("bi", "di") and values[i] < 0 else "must be 0 or more"
            code = "events-over-n" if name in ("bi", "di") and values[i] < 0 else "bad-count"
            problems.append(Problem(f"{names[i]}: {name} = {values[i]:g}: {more}.", code=code))
    return problems
