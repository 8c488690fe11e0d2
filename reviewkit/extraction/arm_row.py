"""One extracted row, and the names it may use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from reviewkit.protocol import Outcome


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm (or contrast) of one study for one outcome at one time; see `schema` for the columns.

    Counts and sizes are whole numbers, spreads are above 0; ``None`` means that no number was seen.
    """

    line: int
    row_id: str
    study_id: str
    report_id: str
    design: str
    comparison: str
    arm: str
    arm_role: str
    outcome: str
    instrument: str
    scale_min: float | None
    scale_max: float | None
    higher_is: str
    timepoint: str
    timepoint_weeks: float | None
    value_type: str
    n: int | None
    mean: float | None
    sd: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    median: float | None
    q1: float | None
    q3: float | None
    range_low: float | None
    range_high: float | None
    events: int | None
    total: int | None
    percent: float | None
    effect: float | None
    effect_measure: str
    effect_ci_low: float | None
    effect_ci_high: float | None
    p_value_printed: str
    p_kind: str
    reported_direction: str
    unit: str
    as_printed: str
    number_status: str
    n_status: str
    analysis_set: str
    locator: str
    url: str
    extractor: str
    source_row: str
    note: str
    spread: float | None = None
    n_intervention: int | None = None
    n_comparator: int | None = None
    person_time: float | None = None
    quote: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The names an extraction table may use."""

    studies: Mapping[str, Collection[str]]
    """Study id to the ids of its reports."""
    outcomes: Collection[str]
    sets: Collection[str]
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    """Study id to the people randomised (or compared)."""
    plans: Mapping[str, Outcome] = field(default_factory=dict)
    """Outcome id to what the protocol says of it."""
