"""What extracted rows say against the studies, the protocol and each other: found before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reviewkit.errors import Problem
from reviewkit.extraction.arm_row import ArmRow
from reviewkit.numbers import plain
from reviewkit.protocol import Outcome


def inconsistencies(
    rows: Sequence[ArmRow], sizes: Mapping[str, int | None], outcomes: Mapping[str, Outcome], *, file: str
) -> list[Problem]:
    """Everything that cannot hold together, each with its line and remedy.

    Parameters
    ----------
    sizes : mapping of str to int or None
        Study id to the people randomised (or compared), where known.
    outcomes : mapping of str to Outcome
        The protocol's outcomes by id.
    """
    return [
        Problem(message, file, row.line, None, code, remedy)
        for found in (_too_many(rows, sizes), _outside_windows(rows, outcomes), _units(rows, outcomes))
        for row, code, message, remedy in found
    ]


Found = Iterable[tuple[ArmRow, str, str, str]]


def _too_many(rows: Sequence[ArmRow], sizes: Mapping[str, int | None]) -> Found:
    for row in rows:
        size = sizes.get(row.study_id)
        for name, people in (("n", row.n), ("total", row.total)):
            if size is not None and people is not None and people > size:
                yield (row, "n-above-randomised",
                       f"{name} = {people} is above the {size} people of {row.study_id} (studies.csv).",
                       "Check both against the report; count people, not measurements.")


def _outside_windows(rows: Sequence[ArmRow], outcomes: Mapping[str, Outcome]) -> Found:
    for row in rows:
        outcome = outcomes.get(row.outcome)
        if outcome is None or outcome.window is None or row.analysis_set not in outcome.plan.sets:
            continue
        if row.timepoint_weeks is not None and not outcome.window.holds(row.timepoint_weeks):
            yield (row, "timepoint",
                   f"timepoint_weeks = {plain(row.timepoint_weeks)} is outside the protocol's window "
                   f"({outcome.window}).",
                   "Put the row into an analysis set that the plan does not use, or amend the protocol's window.")


def _units(rows: Sequence[ArmRow], outcomes: Mapping[str, Outcome]) -> Found:
    first: dict[tuple[str, ...], ArmRow] = {}
    for row in rows:
        if not row.unit:
            continue
        outcome = outcomes.get(row.outcome)
        wanted = {i.name: i.unit for i in outcome.instruments if i.unit} if outcome else {}
        unit = wanted.get(row.instrument)
        key = (row.study_id, row.outcome, row.instrument, row.timepoint, row.value_type, row.comparison,
               row.analysis_set)
        other = first.setdefault(key, row)
        if unit and row.unit != unit:
            yield (row, "unit", f"unit = {row.unit!r}, but the protocol gives {row.instrument} in {unit!r}.",
                   "Convert the numbers and keep the print in as_printed, or correct the unit.")
        elif other.unit != row.unit:
            yield (row, "unit", f"unit = {row.unit!r}, but the other arm has {other.unit!r} (line {other.line}).",
                   "Bring both arms to one unit; keep the print in as_printed.")
