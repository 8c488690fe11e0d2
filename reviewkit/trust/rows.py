"""The rows that are checked: one arm (or contrast) at one time for one outcome, as printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from reviewkit.errors import InputError
from reviewkit.trust.notes import Note, read_note
from reviewkit.trust.printed import Printed, Span, read_number, read_p

Certainty = Literal["sure", "likely", "possible"]
Severity = Literal["high", "medium", "low"]

TEXT_COLUMNS = (
    "row_id", "study_id", "report_id", "design", "arm", "arm_role", "outcome", "instrument", "higher_is",
    "value_type", "effect_measure", "p_value_printed", "p_kind", "reported_direction", "unit", "note",
)  # fmt: skip
NUMBER_COLUMNS = (
    "scale_min", "scale_max", "mean", "sd", "se", "ci_low", "ci_high", "median", "q1", "q3",
    "percent", "effect", "effect_ci_low", "effect_ci_high",
)  # fmt: skip
COUNT_COLUMNS = ("n", "events", "total", "n_intervention", "n_comparator", "randomised")
_NAMES_OF_SMD = frozenset({"smd", "hedges g", "hedges' g", "cohen d", "cohen's d", "cohens d", "d", "g"})
COLUMNS = (*TEXT_COLUMNS, "timepoint_weeks", *NUMBER_COLUMNS, *COUNT_COLUMNS)
REQUIRED_COLUMNS = ("row_id", "study_id", "arm", "outcome", "value_type")


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm, or one contrast, at one time for one outcome; numbers keep their printed decimals.

    ``None`` and empty text mean 'not printed'. ``timepoint_weeks`` 0 is baseline. Units: those of ``unit``;
    ``percent`` 0 to 100; ``effect`` on the scale of ``effect_measure`` (ratios as ratios, not logs).
    ``n_intervention`` and ``n_comparator`` stand behind a contrast; ``randomised`` counts the whole study.
    """

    row_id: str
    study_id: str
    outcome: str
    report_id: str = ""
    design: str = ""
    arm: str = ""
    arm_role: str = ""
    instrument: str = ""
    scale_min: Printed | None = None
    scale_max: Printed | None = None
    higher_is: str = "unknown"
    timepoint_weeks: float | None = None
    value_type: str = "final"
    n: int | None = None
    mean: Printed | None = None
    sd: Printed | None = None
    se: Printed | None = None
    ci_low: Printed | None = None
    ci_high: Printed | None = None
    median: Printed | None = None
    q1: Printed | None = None
    q3: Printed | None = None
    events: int | None = None
    total: int | None = None
    percent: Printed | None = None
    effect: Printed | None = None
    effect_measure: str = ""
    effect_ci_low: Printed | None = None
    effect_ci_high: Printed | None = None
    p_value_printed: str = ""
    p_kind: str = ""
    reported_direction: str = "unknown"
    unit: str = ""
    note: str = ""
    n_intervention: int | None = None
    n_comparator: int | None = None
    randomised: int | None = None

    @property
    def p(self) -> Span | None:
        """The p values that the printed p allows."""
        return read_p(self.p_value_printed) if self.p_value_printed else None

    @property
    def noted(self) -> Note:
        """What the note says."""
        return read_note(self.note)

    @property
    def is_baseline(self) -> bool:
        """Whether the row stands at time 0."""
        return self.timepoint_weeks == 0

    @property
    def people(self) -> int | None:
        """The denominator: ``total``, else ``n``."""
        return self.total if self.total is not None else self.n


@dataclass(frozen=True, slots=True)
class Finding:
    """One number that cannot be right, or is doubtful.

    ``right_reading`` is the likely right number or act; ``certainty`` is ``sure`` where arithmetic excludes
    the printed numbers, ``likely`` where one other reading fits far better, else ``possible``.
    """

    study_id: str
    outcome: str
    row_ids: tuple[str, ...]
    code: str
    message: str
    right_reading: str
    certainty: Certainty
    severity: Severity


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()


def _number(values: Mapping[str, object], column: str) -> Printed | None:
    text = _text(values.get(column))
    if not text:
        return None
    try:
        return read_number(text)
    except InputError as error:
        raise InputError(
            f"{column} = {text!r} is not a number.", code="not-a-number", remedy="Write digits, or leave it empty."
        ) from error


def _count(values: Mapping[str, object], column: str) -> int | None:
    number = _number(values, column)
    if number is None:
        return None
    if number.value < 0 or number.value != int(number.value):
        raise InputError(
            f"{column} = {_text(values.get(column))!r} is not a whole number from 0 up.",
            code="not-a-count",
            remedy="Write a count of people, or leave it empty.",
        )
    return int(number.value)


def row_from_mapping(values: Mapping[str, object]) -> ArmRow:
    """One row from a mapping of column name to text (or number); unknown columns are ignored.

    Parameters
    ----------
    values : mapping
        Columns of the extraction schema; numbers best as text, so that printed decimals survive.

    Returns
    -------
    ArmRow

    Raises
    ------
    InputError
        If a needed column is empty, or a number cannot be read.

    Examples
    --------
    >>> row_from_mapping({"row_id": "1", "study_id": "a", "arm": "x", "outcome": "pain",
    ...                   "value_type": "final", "mean": "4.10"}).mean.decimals
    2
    """
    for column in REQUIRED_COLUMNS:
        if not _text(values.get(column)):
            raise InputError(f"{column} is empty.", code="missing-value", remedy=f"Fill {column} in every row.")
    week = _number(values, "timepoint_weeks")
    texts: dict[str, Any] = {column: _text(values.get(column)) for column in TEXT_COLUMNS}
    texts["higher_is"] = texts["higher_is"].lower() or "unknown"
    texts["reported_direction"] = texts["reported_direction"].lower() or "unknown"
    texts["value_type"] = texts["value_type"].lower()
    texts["arm_role"] = texts["arm_role"].lower()
    if texts["effect_measure"].casefold() in _NAMES_OF_SMD:
        texts["effect_measure"] = "SMD"
    numbers: dict[str, Any] = {column: _number(values, column) for column in NUMBER_COLUMNS}
    counts: dict[str, Any] = {column: _count(values, column) for column in COUNT_COLUMNS}
    return ArmRow(**texts, **numbers, **counts, timepoint_weeks=None if week is None else week.value)
