"""From moderators to a design matrix: numbers as they are, categories as dummies, products for interactions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.inputs import Array

INTERCEPT = "(Intercept)"
TOLERANCE = 1e-7
"""A column whose part outside the columns before it is smaller than this share of it is redundant."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One moderator: a number where ``levels`` is None, else a category whose first level is the reference."""

    name: str
    levels: tuple[str, ...] | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of its columns."""
        if self.levels is None:
            return (self.name,)
        return tuple(f"{self.name}{level}" for level in self.levels[1:])

    def code(self, values: Sequence[Any]) -> Array:
        """Its columns, shape (n, number of terms)."""
        if self.levels is None:
            return np.array([_number(value, self.name) for value in values], dtype=np.float64)[:, None]
        words = [label(value) for value in values]
        unknown = sorted(set(words) - set(self.levels))
        if unknown:
            raise InputError(
                f"moderator {self.name!r}: {', '.join(unknown)} is no level of it ({', '.join(self.levels)}).",
                code="unknown-level",
            )
        return np.array([[float(word == level) for level in self.levels[1:]] for word in words]).reshape(
            len(words), len(self.levels) - 1
        )


@dataclass(frozen=True, slots=True)
class Design:
    """A design matrix, shape (k, p), with what it takes to code new values.

    Attributes
    ----------
    terms : tuple of str, length p
        Column names: the moderator, the moderator and level (``allocrandom``), or a product (``weeks:testerblind``).
    dropped : tuple of str
        Columns left out because those before them say the same.
    """

    matrix: Array
    terms: tuple[str, ...]
    factors: tuple[Factor, ...]
    interactions: tuple[tuple[str, ...], ...]
    intercept: bool
    dropped: tuple[str, ...] = ()

    @property
    def slopes(self) -> tuple[int, ...]:
        """Columns other than the intercept."""
        return tuple(i for i, term in enumerate(self.terms) if term != INTERCEPT)

    def take(self, rows: NDArray[np.bool_]) -> Design:
        """The design of some of the studies."""
        return replace(self, matrix=self.matrix[rows])

    def rows_for(self, values: Mapping[str, Sequence[Any]]) -> Array:
        """Rows for new values of every moderator, shape (n, p)."""
        missing = [factor.name for factor in self.factors if factor.name not in values]
        if missing:
            raise InputError(f"no value for moderator {', '.join(missing)}.", code="missing-moderator")
        names, matrix = _columns(self.factors, self.interactions, values, self.intercept)
        return matrix[:, [names.index(term) for term in self.terms]]


def complete_rows(moderators: Mapping[str, Sequence[Any]]) -> NDArray[np.bool_]:
    """Studies in which no moderator is missing (None, NaN or empty text), shape (k,)."""
    columns = [np.array([not _is_missing(value) for value in values]) for values in moderators.values()]
    return np.asarray(np.logical_and.reduce(columns))


def design_matrix(
    moderators: Mapping[str, Sequence[Any]],
    *,
    interactions: Sequence[Sequence[str]] = (),
    intercept: bool = True,
    studies: Sequence[str] | None = None,
) -> Design:
    """Code moderators by treatment contrasts: the alphabetically first level is the reference.

    Parameters
    ----------
    moderators : mapping of str to sequence, each of length k
        Numbers, or text for categories; no value may be missing.
    interactions : sequence of sequences of str
        Products of moderators, such as ``[("weeks", "tester")]``.
    intercept : bool
        Whether the first column is an intercept.
    studies : sequence of str, optional
        Names for messages.

    Raises
    ------
    InputError
        For no moderator, lengths that differ, a value that is missing or infinite (study and moderator named), a
        moderator that is the same in every study, or an interaction of a moderator that is not given.

    Examples
    --------
    >>> design_matrix({"dose": [1, 2, 4], "setting": ["ward", "home", "ward"]}).terms
    ('(Intercept)', 'dose', 'settingward')
    """
    if not moderators:
        raise InputError("no moderator given.", code="no-moderator", remedy="Without moderators, pool() is the call.")
    _check_lengths(moderators)
    _check_values(moderators, studies)
    unknown = sorted({name for names in interactions for name in names} - set(moderators))
    if unknown:
        raise InputError(f"interaction with {', '.join(unknown)}, which is no moderator.", code="unknown-moderator")
    factors = tuple(_factor(name, values) for name, values in moderators.items())
    pairs = tuple(tuple(names) for names in interactions)
    names, matrix = _columns(factors, pairs, moderators, intercept)
    keep = independent_columns(matrix)
    return Design(
        matrix=matrix[:, keep],
        terms=tuple(names[j] for j in keep),
        factors=factors,
        interactions=pairs,
        intercept=intercept,
        dropped=tuple(name for j, name in enumerate(names) if j not in keep),
    )


def independent_columns(matrix: Array) -> list[int]:
    """The columns, first ones first, that are no linear combination of those before them."""
    kept: list[int] = []
    basis = np.zeros((matrix.shape[0], 0))
    for j in range(matrix.shape[1]):
        column = matrix[:, j]
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        size = float(np.linalg.norm(column))
        if size > 0 and float(np.linalg.norm(rest)) > TOLERANCE * size:
            kept.append(j)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept


def label(value: Any) -> str:
    """A category as text; whole numbers without their decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _columns(
    factors: tuple[Factor, ...],
    interactions: tuple[tuple[str, ...], ...],
    values: Mapping[str, Sequence[Any]],
    intercept: bool,
) -> tuple[list[str], Array]:
    coded = {factor.name: factor.code(values[factor.name]) for factor in factors}
    terms = {factor.name: factor.terms for factor in factors}
    rows = next(iter(coded.values())).shape[0]
    names = [INTERCEPT] if intercept else []
    parts = [np.ones((rows, 1))] if intercept else []
    for factor in factors:
        names.extend(factor.terms)
        parts.append(coded[factor.name])
    for product in interactions:
        columns, labels = np.ones((rows, 1)), [""]
        for name in product:
            # The later moderator varies slowest, as in R.
            columns = (coded[name][:, :, None] * columns[:, None, :]).reshape(rows, -1)
            labels = [f"{left}:{right}" if left else right for right in terms[name] for left in labels]
        names.extend(labels)
        parts.append(columns)
    return names, np.column_stack(parts)


def _factor(name: str, values: Sequence[Any]) -> Factor:
    if all(_is_number(value) for value in values):
        numbers = {float(value) for value in values}
        if len(numbers) < 2:
            raise _one_value(name, label(next(iter(numbers))), "value")
        return Factor(name)
    levels = sorted({label(value) for value in values}, key=lambda word: (word.casefold(), word))
    if len(levels) < 2:
        raise _one_value(name, levels[0], "level")
    return Factor(name, tuple(levels))


def _one_value(name: str, value: str, kind: str) -> InputError:
    return InputError(
        f"moderator {name!r} has one {kind} ({value}): a moderator must differ between studies.",
        code="one-level",
        remedy="Leave the moderator out, or correct the column.",
    )


def _check_lengths(moderators: Mapping[str, Sequence[Any]]) -> None:
    sizes = {name: len(values) for name, values in moderators.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise InputError(f"{found}: every moderator needs one value a study.", code="length-mismatch")
    if not next(iter(sizes.values())):
        raise InputError("no study: there must be at least one.", code="no-study")


def _check_values(moderators: Mapping[str, Sequence[Any]], studies: Sequence[str] | None) -> None:
    problems = []
    for name, values in moderators.items():
        for i, value in enumerate(values):
            study = studies[i] if studies is not None else f"study {i + 1}"
            if _is_missing(value):
                problems.append(Problem(f"{study}: moderator {name!r} is missing.", code="missing-moderator"))
            elif _is_number(value) and not math.isfinite(float(value)):
                problems.append(Problem(f"{study}: moderator {name!r} = {value}: must be finite.", code="not-finite"))
    if problems:
        raise InputError(problems)


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (_is_number(value) and math.isnan(float(value)))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating, np.bool_))


def _number(value: Any, name: str) -> float:
    if not _is_number(value) or not math.isfinite(float(value)):
        raise InputError(f"moderator {name!r} = {value!r}: must be a finite number.", code="not-a-number")
    return float(value)
