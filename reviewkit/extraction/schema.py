"""The one schema of extracted results: what each column holds and which values it may take.

One row is one arm, or one contrast between arms, for one outcome at one time. Where a report prints no
number, the row says so (``value_type`` direction, null, p or none), so that nothing vanishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "choice", "number", "positive", "count", "whole"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, whether it must be filled, the words it may hold, and whether a table may lack it."""

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False


VALUE_TYPES = (
    "final", "change", "events", "rate", "percent", "median_iqr", "median_range",
    "contrast", "test", "p", "direction", "null", "none",
)
DIRECTIONS = (
    "favours_intervention", "favours_comparator", "higher", "lower", "no_difference", "mixed", "unknown",
)

SCHEMA: tuple[Column, ...] = (
    Column("row_id", required=True),
    Column("study_id", "id", required=True),
    Column("report_id", "id", required=True),
    Column("design"),
    Column("comparison"),
    Column("arm", required=True),
    Column("arm_role", "choice", choices=("intervention", "comparator", "contrast")),
    Column("outcome", "id", required=True),
    Column("instrument"),
    Column("scale_min", "number"),
    Column("scale_max", "number"),
    Column("higher_is", "choice", choices=("better", "worse", "unknown")),
    Column("timepoint"),
    Column("timepoint_weeks", "number"),
    Column("value_type", "choice", required=True, choices=VALUE_TYPES),
    Column("n", "whole"),
    Column("mean", "number"),
    Column("sd", "positive"),
    Column("se", "positive"),
    Column("ci_low", "number"),
    Column("ci_high", "number"),
    Column("median", "number"),
    Column("q1", "number"),
    Column("q3", "number"),
    Column("range_low", "number"),
    Column("range_high", "number"),
    Column("events", "count"),
    Column("total", "whole"),
    Column("percent", "number"),
    Column("effect", "number"),
    Column("effect_measure"),
    Column("effect_ci_low", "number"),
    Column("effect_ci_high", "number"),
    Column("p_value_printed"),
    Column("p_kind", "choice", choices=("between", "within", "unknown")),
    Column("reported_direction", "choice", choices=DIRECTIONS),
    Column("unit"),
    Column("as_printed"),
    Column("number_status", "choice", required=True, choices=("seen", "derived", "assumed", "no number")),
    Column("n_status", "choice", choices=("seen", "derived", "assumed", "not visible")),
    Column("analysis_set", "id", required=True),
    Column("locator", required=True),
    Column("url"),
    Column("extractor", "id", required=True),
    Column("source_row"),
    Column("note"),
    Column("spread", "positive", optional=True),
    Column("n_intervention", "whole", optional=True),
    Column("n_comparator", "whole", optional=True),
    Column("person_time", "positive", optional=True),
    Column("quote", optional=True),
    Column("time", optional=True),
)
"""``spread``: a ± whose kind the report does not state; ``n_intervention`` and ``n_comparator``: sizes behind a
contrast; ``person_time``: of a rate, in the unit of ``unit``; ``quote``: at most 25 words; ``time``: when extracted."""

COLUMNS: tuple[str, ...] = tuple(column.name for column in SCHEMA if not column.optional)
OPTIONAL_COLUMNS: tuple[str, ...] = tuple(column.name for column in SCHEMA if column.optional)
NUMBERS: tuple[str, ...] = tuple(c.name for c in SCHEMA if c.kind in ("number", "positive", "count", "whole"))
"""Columns that hold numbers: none may be filled without a locator."""
