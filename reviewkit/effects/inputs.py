"""Reading columns of study data: what is impossible is an error, what is missing drops the study."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from reviewkit.effects.core import BoolArray, FloatArray
from reviewkit.errors import InputError, Problem

Columns = Mapping[str, npt.ArrayLike]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a number of one sort must be."""

    must: str
    broken: Callable[[FloatArray], BoolArray]
    code: str
    remedy: str = ""
    whole: bool = False


def _rule(
    must: str, broken: Callable[[FloatArray], npt.ArrayLike], code: str, remedy: str = "", *, whole: bool = False
) -> Rule:
    return Rule(must, lambda values: np.asarray(broken(values), dtype=bool), code, remedy, whole)


_NEVER = _rule("a number", lambda x: np.zeros(x.shape, dtype=bool), "bad-number")
RULES: Mapping[str, Rule] = {
    "number": _NEVER,
    "sd": _rule(
        "above 0", lambda x: x <= 0, "bad-sd", "Leave it empty if no standard deviation is reported; 0 means no spread."
    ),
    "size": _rule(
        "a whole number of at least 2",
        lambda x: x < 2,
        "bad-n",
        "One person or none has no standard deviation; leave it empty if it is not reported.",
        whole=True,
    ),
    "people": _rule("a whole number of at least 1", lambda x: x < 1, "bad-n", "A group needs people.", whole=True),
    "count": _rule("a whole number of at least 0", lambda x: x < 0, "bad-count", whole=True),
    "time": _rule("above 0", lambda x: x <= 0, "bad-time", "Give the person-time at risk."),
    "correlation": _rule("between -1 and 1", lambda x: np.abs(x) > 1, "bad-correlation"),
    "alpha": _rule("at most 1", lambda x: x > 1, "bad-alpha"),
    "items": _rule("a whole number of at least 2", lambda x: x < 2, "bad-items", whole=True),
    "predictors": _rule("a whole number of at least 1", lambda x: x < 1, "bad-predictors", whole=True),
    "variance": _rule(
        "above 0", lambda x: x <= 0, "bad-variance", "A zero or negative variance would give the study all the weight."
    ),
    "ratio": _rule("above 0", lambda x: x <= 0, "bad-ratio", "Give the ratio itself, not its logarithm."),
    "probability": _rule("above 0 and below 1", lambda x: (x <= 0) | (x >= 1), "bad-p"),
}


@dataclass(slots=True)
class Reader:
    """Reads the columns that a measure needs, collects every problem, and knows which studies miss a value.

    Parameters
    ----------
    columns : mapping of str to array-like
        One value for each study; ``None``, empty text and NaN mean 'not reported'. A single number stands for all.
    studies : sequence of str, optional
        Names used in messages; otherwise ``columns["study"]``, otherwise 'study 1', 'study 2', ...
    fractional : bool
        Allow counts and sizes that are not whole, as splitting a shared comparator or a design effect makes them.
    """

    columns: Columns
    studies: Sequence[str] | None = None
    fractional: bool = False
    problems: list[Problem] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    _size: int | None = None
    _names: tuple[str, ...] | None = None

    def has(self, *names: str) -> bool:
        """True if every one of the columns was handed in."""
        return all(name in self.columns for name in names)

    def take(self, rules: Mapping[str, str], *, required: bool = True) -> dict[str, FloatArray]:
        """Read columns, each by the rule named; rows with a missing value are noted unless not required."""
        absent = [name for name in rules if name not in self.columns]
        if absent:
            raise InputError(
                f"column {_listed(absent)} is missing: {_listed(list(rules))} are needed.",
                code="missing-column",
                remedy=f"The columns handed in are {_listed(sorted(self.columns)) or 'none'}.",
            )
        self._agree_on_size(list(rules))
        taken = {name: self._read(name, RULES[rule]) for name, rule in rules.items()}
        if required:
            for name, values in taken.items():
                self.note(np.isnan(values), f"{name} is not reported")
        return taken

    def optional(self, name: str, rule: str) -> FloatArray:
        """A column that may be missing, in part (NaN) or as a whole (NaN for every study)."""
        if not self.has(name):
            return np.full(self.size, np.nan)
        return self.take({name: rule}, required=False)[name]

    def need_one_of(self, *names: str) -> None:
        """Refuse if not one of the columns was handed in."""
        if not any(self.has(name) for name in names):
            raise InputError(
                f"none of the columns {_listed(names)} is there: one of them is needed.", code="missing-column"
            )

    def note(self, where: BoolArray, reason: str) -> None:
        """These studies are dropped for this reason, unless one is already known."""
        for i in where.nonzero()[0]:
            self.reasons.setdefault(int(i), reason)

    def refuse(self, where: BoolArray, message: Callable[[int], str], code: str, remedy: str = "") -> None:
        """These studies hold something impossible; ``message(i)`` says what."""
        for i in where.nonzero()[0]:
            self.problems.append(Problem(f"{self.names[i]}: {message(int(i))}", code=code, remedy=remedy))

    def finish(self) -> None:
        """Raise every problem at once, if there is any."""
        if self.problems:
            raise InputError(self.problems)

    @property
    def size(self) -> int:
        """Number of studies."""
        return self._size or 0

    @property
    def names(self) -> tuple[str, ...]:
        """One name for each study."""
        if self._names is None:
            given = self.studies if self.studies is not None else self.columns.get("study")
            if given is None:
                self._names = tuple(f"study {i + 1}" for i in range(self.size))
            else:
                self._names = tuple(str(name) for name in np.asarray(given, dtype=object).ravel())
            if len(self._names) != self.size:
                raise InputError(
                    f"{len(self._names)} study names for {self.size} rows of numbers.", code="mismatched-lengths"
                )
        return self._names

    def _agree_on_size(self, names: list[str]) -> None:
        lengths = {name: _length(self.columns[name]) for name in names}
        longest = [length for length in lengths.values() if length is not None]
        if self._size is not None:
            longest.append(self._size)
        if len(set(longest)) > 1:
            told = ", ".join(f"{name} {length}" for name, length in lengths.items() if length is not None)
            raise InputError(f"the columns differ in length: {told}.", code="mismatched-lengths")
        self._size = longest[0] if longest else 1

    def _read(self, name: str, rule: Rule) -> FloatArray:
        values = self._numbers(name)
        if values.shape != (self.size,):
            values = np.broadcast_to(values, (self.size,)).copy()
        self.refuse(np.isinf(values), lambda i: f"{name} = {values[i]:g}: must be finite.", rule.code)
        with np.errstate(invalid="ignore"):
            broken = np.isfinite(values) & rule.broken(values)
            if rule.whole and not self.fractional:
                broken |= np.isfinite(values) & (values != np.round(values))
        self.refuse(broken, lambda i: f"{name} = {values[i]:g}: must be {rule.must}.", rule.code, rule.remedy)
        return values

    def _numbers(self, name: str) -> FloatArray:
        raw = np.asarray(self.columns[name])
        if raw.dtype.kind in "fiu":
            return raw.astype(np.float64)
        values = np.full(raw.shape, np.nan)
        for i, value in np.ndenumerate(np.asarray(self.columns[name], dtype=object)):
            try:
                values[i] = _as_number(value)
            except (TypeError, ValueError):
                row = i[0] if i else 0
                self.problems.append(
                    Problem(f"{self.names[row]}: {name} = {value!r}: must be a number.", code="not-a-number")
                )
        return values


_MISSING = ("", "NA", "<NA>")


def _as_number(value: object) -> float:
    if value is None or str(value).strip() in _MISSING:
        return math.nan
    return float(value)  # type: ignore[arg-type]


def _length(column: npt.ArrayLike) -> int | None:
    shape = np.shape(np.asarray(column, dtype=object))
    if len(shape) > 1:
        raise InputError(f"a column has {len(shape)} dimensions; one value for each study is needed.", code="bad-shape")
    return shape[0] if shape else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
