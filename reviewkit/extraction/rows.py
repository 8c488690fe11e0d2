"""Rows of an extraction table: parsed by the schema, every error of a file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reviewkit.errors import InputError, Problem
from reviewkit.extraction.arm_row import ArmRow, Known
from reviewkit.extraction.consistency import inconsistencies
from reviewkit.extraction.printed import read_figure
from reviewkit.extraction.schema import SCHEMA, Column
from reviewkit.identifiers import check_identifier
from reviewkit.numbers import plain


def parse_rows(rows: Iterable[tuple[int, Mapping[str, str]]], known: Known, *, file: str) -> tuple[ArmRow, ...]:
    """Parse the rows of one extraction table.

    Parameters
    ----------
    rows : iterable of (int, mapping)
        Line number and cells (as text) of each row.
    known : Known
        Studies, reports, outcomes and analysis sets that exist.
    file : str
        Name of the file, for messages.

    Raises
    ------
    InputError
        With every error of the table: file, line, column, what was found, what is allowed.
    """
    parsed: list[ArmRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    arms: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        values: dict[str, object] = dict(_EMPTY)
        found: list[Problem] = []
        for column in SCHEMA:
            text = cells.get(column.name, "")
            if not text and not column.required:
                continue
            try:
                values[column.name] = _parse_cell(column, text)
            except ValueError as error:
                found.append(Problem(f"{column.name} = {cells[column.name]!r}: {error}", file, line, None, "value"))
        found += _unknown_names(cells, known, file, line)
        found += _doubles(cells, line, (seen, arms), file)
        if not found:
            row = ArmRow(line=line, **values)  # type: ignore[arg-type]
            found += [Problem(text, file, line, None, "value", remedy) for text, remedy in _contradictions(row)]
            parsed.append(row)
        problems += found
    problems += inconsistencies(parsed, known.sizes, known.plans, file=file)
    if problems:
        raise InputError(problems)
    return tuple(parsed)


_ONE_ARM = ("study_id", "outcome", "instrument", "timepoint", "value_type", "arm", "comparison", "analysis_set",
            "extractor")


def _doubles(
    cells: Mapping[str, str], line: int, before: tuple[dict[str, int], dict[tuple[str, ...], int]], file: str
) -> list[Problem]:
    """Rows that stand twice: by their id, or as one arm of one comparison."""
    seen, arms = before
    found = []
    name, key = cells["row_id"], tuple(cells[column] for column in _ONE_ARM)
    if name and seen.setdefault(name, line) != line:
        found.append(Problem(f"row_id {name!r} stands on line {seen[name]} too.", file, line, None, "double",
                             "Give every row its own."))
    if arms.setdefault(key, line) != line:
        found.append(
            Problem(f"arm {cells['arm']!r} of {cells['study_id']} has this outcome on line {arms[key]} too.", file,
                    line, None, "double-arm", "Keep one row, or tell them apart by instrument, timepoint or set.")
        )
    return found


_EMPTY: Mapping[str, object] = {c.name: "" if c.kind in ("id", "text", "choice") else None for c in SCHEMA}
"""What an empty cell of each column stands for."""


def _parse_cell(column: Column, text: str) -> object:
    if not text:
        if column.required:
            raise ValueError("must be filled.")
        return _EMPTY[column.name]
    if column.kind == "choice" and text not in column.choices:
        raise ValueError(f"allowed: {', '.join(column.choices)}.")
    if column.kind == "id":
        return check_identifier(text)
    if column.kind in ("text", "choice"):
        return text
    return _NUMBER[column.kind](_number(text))


def check_cell(column: str, text: str) -> None:
    """Check one cell by itself: its kind, its words, its number.

    Raises
    ------
    InputError
        If the schema does not allow the text there.
    """
    try:
        _parse_cell(_BY_NAME[column], text)
    except ValueError as error:
        raise InputError(f"{column} = {text!r}: {error}", code="value") from None


def column_of(problem: Problem) -> str:
    """The column a problem of `parse_rows` stands at: the name its message begins with; empty where there is none."""
    name = problem.message.partition(" ")[0]
    return name if name in _BY_NAME else ""


def _number(text: str) -> float:
    try:
        return read_figure(text).value
    except InputError as error:
        raise ValueError(f"{error.problems[0].message} {error.problems[0].remedy}") from None


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("must be > 0. If the report prints a standard error, fill se instead of sd.")
    return value


def _count(value: float) -> int:
    if value != int(value) or value < 0:
        raise ValueError("must be a whole number, 0 or more.")
    return int(value)


def _whole(value: float) -> int:
    if value != int(value) or value < 1:
        raise ValueError("must be a whole number, 1 or more.")
    return int(value)


_BY_NAME = {column.name: column for column in SCHEMA}
_NUMBER: dict[str, Callable[[float], float]] = {
    "number": lambda value: value,
    "positive": _positive,
    "count": _count,
    "whole": _whole,
}


def _unknown_names(cells: Mapping[str, str], known: Known, file: str, line: int) -> list[Problem]:
    problems = []
    for column, allowed, remedy in (
        ("study_id", known.studies, "Add the study to studies.csv, or correct the id."),
        ("outcome", known.outcomes, "Outcomes are declared in protocol.toml."),
        ("analysis_set", known.sets, "Analysis sets are declared in protocol.toml."),
    ):
        if cells[column] and cells[column] not in allowed:
            listed = f" Known: {', '.join(allowed)}." if len(allowed) <= 12 else ""
            problems.append(
                Problem(f"{column} = {cells[column]!r} is unknown.{listed}", file, line, None,
                        f"unknown-{column.removesuffix('_id')}", remedy)
            )
    reports = known.studies.get(cells["study_id"])
    if reports is not None and cells["report_id"] and cells["report_id"] not in reports:
        problems.append(
            Problem(f"report_id = {cells['report_id']!r} is no report of {cells['study_id']}.", file, line, None,
                    "unknown-report", f"Its reports: {', '.join(reports)}.")
        )
    return problems


def _contradictions(row: ArmRow) -> Iterable[tuple[str, str]]:
    """What one row says against itself: message and remedy."""
    if row.sd is not None and row.se is not None:
        yield "sd and se are both filled.", "Fill the one the report prints; the other follows from n."
    if row.events is not None and row.total is None:
        yield "events without a total.", "Fill total: the number of people the events were counted in."
    if row.events is not None and row.total is not None and row.events > row.total:
        yield f"events = {row.events} is above total = {row.total}.", "Check both against the report."
    for low, high in (("ci_low", "ci_high"), ("effect_ci_low", "effect_ci_high"), ("q1", "q3"),
                      ("range_low", "range_high"), ("scale_min", "scale_max")):
        a, b = getattr(row, low), getattr(row, high)
        if a is not None and b is not None and a > b:
            yield (f"{low} = {plain(a)} is above {high} = {plain(b)}.",
                   "Check the limits, and whether a minus sign was lost.")
    if row.n is not None and not row.n_status:
        yield "n is filled but n_status is empty.", "Say whether n was seen, derived or assumed."
    if row.value_type in ("contrast", "test") and row.effect is None:
        yield f"value_type is {row.value_type} but effect is empty.", "Fill effect, or use value_type p or direction."
    if row.number_status != "no number" and not any(
        v is not None for v in (row.mean, row.median, row.events, row.percent, row.effect)
    ) and not row.p_value_printed:
        yield f"number_status is {row.number_status!r} but no number is filled.", "Use 'no number'."
