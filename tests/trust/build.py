"""Hand-made rows for the tests of single checks."""

from __future__ import annotations

from reviewkit.trust import ArmRow, Finding, check_rows, row_from_mapping

_COUNTER = iter(range(1, 10**9))


def arm(arm_name: str = "yoga", week: object = 8, study: str = "a2010", **values: object) -> ArmRow:
    """An arm row; ``yoga`` is the intervention, every other arm the comparator."""
    given: dict[str, object] = {
        "row_id": f"r{next(_COUNTER)}",
        "study_id": study,
        "report_id": study,
        "design": "RCT",
        "arm": arm_name,
        "arm_role": "intervention" if arm_name in {"yoga", "qigong"} else "comparator",
        "outcome": "pain",
        "value_type": "final",
        "timepoint_weeks": week,
        "higher_is": "worse",
    }
    return row_from_mapping({**given, **values})


def vas(arm_name: str, week: object, n: int, mean: str, sd: str, **values: object) -> ArmRow:
    """A row of a 0-100 visual analogue scale."""
    given = {
        "instrument": "VAS 0-100",
        "scale_min": "0",
        "scale_max": "100",
        "unit": "mm",
        "n": n,
        "mean": mean,
        "sd": sd,
    }
    return arm(arm_name, week, **{**given, **values})


def psqi(arm_name: str, week: object, n: int, mean: str, sd: str, **values: object) -> ArmRow:
    """A row of the PSQI, 0-21 in whole points."""
    given = {
        "instrument": "PSQI",
        "scale_min": "0",
        "scale_max": "21",
        "n": n,
        "mean": mean,
        "sd": sd,
        "outcome": "sleep",
    }
    return arm(arm_name, week, **{**given, **values})


def contrast(effect: str, low: str, high: str, measure: str = "MD", **values: object) -> ArmRow:
    """A contrast of yoga with usual care at week 8."""
    given = {
        "value_type": "contrast", "arm_role": "intervention", "effect": effect, "effect_ci_low": low,
        "effect_ci_high": high, "effect_measure": measure, "p_kind": "between",
    }  # fmt: skip
    return arm("yoga vs usual care", 8, **{**given, **values})


def events(arm_name: str, count: object, total: object, **values: object) -> ArmRow:
    """A row of people with an event."""
    given = {"value_type": "events", "events": count, "total": total, "n": total, "outcome": "relapse"}
    return arm(arm_name, 8, **{**given, **values})


def codes(*rows: ArmRow) -> list[str]:
    """The codes found in a table."""
    return [finding.code for finding in check_rows(rows)]


def only(*rows: ArmRow) -> Finding:
    """The one finding of a table."""
    (finding,) = check_rows(rows)
    return finding
