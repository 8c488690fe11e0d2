"""Two extractions of the same studies: which rows both have, and on which fields they say the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reviewkit.extraction.rows import ArmRow
from reviewkit.extraction.schema import NUMBERS

COMPARED = (*NUMBERS, "value_type", "reported_direction", "analysis_set")
"""Numbers, and the choices that decide which analysis a row enters."""


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """How often two extractors said the same in one field, of the rows in which either filled it."""

    field: str
    compared: int
    equal: int


@dataclass(frozen=True, slots=True)
class DoubleExtraction:
    """Agreement of two extractions, row by row and field by field.

    ``only_first`` and ``only_second`` list rows that the other does not have, by their row id; ``differing``
    lists (row id of the first, field) where both have the row and say different things.
    """

    matched: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    fields: tuple[FieldAgreement, ...]
    differing: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float | None:
        """Share of compared fields that are equal, 0 to 1; None where nothing was compared."""
        compared = sum(item.compared for item in self.fields)
        return sum(item.equal for item in self.fields) / compared if compared else None


def double_extraction(
    first: Sequence[ArmRow], second: Sequence[ArmRow], *, only: Collection[str] | None = None
) -> DoubleExtraction:
    """Compare two extractors' tables.

    Rows are the same where study, outcome, instrument, time, arm and comparison are.

    Parameters
    ----------
    only : collection of str, optional
        Study ids to look at (a pilot round).
    """
    one, other = ({_key(row): row for row in rows if only is None or row.study_id in only} for rows in (first, second))
    both = [key for key in one if key in other]
    counts = {name: [0, 0] for name in COMPARED}
    differing = []
    for key in both:
        for name in COMPARED:
            a, b = getattr(one[key], name), getattr(other[key], name)
            if a in (None, "") and b in (None, ""):
                continue
            counts[name][0] += 1
            counts[name][1] += a == b
            if a != b:
                differing.append((one[key].row_id, name))
    return DoubleExtraction(
        len(both), tuple(one[key].row_id for key in one if key not in other),
        tuple(other[key].row_id for key in other if key not in one),
        tuple(FieldAgreement(name, *counts[name]) for name in COMPARED if counts[name][0]), tuple(differing),
    )


def _key(row: ArmRow) -> tuple[str, ...]:
    return (row.study_id, row.outcome, row.instrument, row.timepoint, row.arm.casefold(), row.comparison.casefold())
