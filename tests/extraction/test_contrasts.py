"""From rows to effects: published figures, alignment, conversions, one contrast a study, reasons for the rest."""

from __future__ import annotations

from typing import Any

import pytest

from reviewkit.extraction import COLUMNS, ArmRow, Known, Use, parse_rows, study_results
from reviewkit.protocol import Outcome

KNOWN = Known({"one": ("one",), "two": ("two",)}, ("pain",), ("primary", "other"))


def outcome(better: str = "lower", measure: str = "SMD") -> Outcome:
    return Outcome.model_validate({
        "id": "pain", "name": "Pain", "better": better, "timepoint": "end", "no_important_difference_because": "test",
        "instruments": [{"name": "VAS"}, {"name": "NRS"}], "plan": {"measure": measure},
    })  # fmt: skip


def rows(*changes: dict[str, Any]) -> tuple[ArmRow, ...]:
    base = {
        "study_id": "one", "report_id": "one", "arm": "massage", "arm_role": "intervention", "outcome": "pain",
        "instrument": "VAS", "value_type": "final", "number_status": "seen", "n_status": "seen",
        "analysis_set": "primary", "locator": "table 2", "extractor": "ak", "timepoint": "end",
    }  # fmt: skip
    cells = [
        {**dict.fromkeys(COLUMNS, ""), **base, "row_id": f"r{i}", **{k: str(v) for k, v in change.items()}}
        for i, change in enumerate(changes)
    ]
    return parse_rows([(i + 2, row) for i, row in enumerate(cells)], KNOWN, file="x.csv")


ARMS = ({"n": 88, "mean": 13.8, "sd": 4.9}, {"n": 57, "mean": 10.1, "sd": 2.5, "arm_role": "comparator", "arm": "rest"})


def one(table: tuple[ArmRow, ...], plan: Outcome, measure: str = "SMD", **options: Any) -> Any:
    (found,) = study_results(table, plan, Use(("primary",), measure, **options))
    return found


def test_hedges_g_of_two_arms() -> None:
    """Ramsaransing 2006: 13.8 (4.9), n = 88, against 10.1 (2.5), n = 57, gives g = 0.89 (own-computed reference)."""
    found = one(rows(*ARMS), outcome("neither"))
    assert found.yi == pytest.approx(0.89, abs=0.005)
    assert (found.direction, found.favours, found.n) == ("higher", "not stated", 145)


def test_a_difference_of_means() -> None:
    found = one(rows(*ARMS), outcome(), "MD")
    assert found.yi == pytest.approx(3.7)
    assert found.vi == pytest.approx(4.9**2 / 88 + 2.5**2 / 57)
    assert found.favours == "comparator"


def test_a_standard_error_is_converted_and_the_step_is_kept() -> None:
    changed = [{**arm, "se": arm["sd"] / arm["n"] ** 0.5, "sd": ""} for arm in ARMS]
    found = one(rows(*changed), outcome())
    assert found.yi == pytest.approx(one(rows(*ARMS), outcome()).yi)
    assert any("SD = SE" in str(step) for step in found.steps)


def test_a_scale_that_runs_the_other_way_turns_the_sign() -> None:
    turned = one(rows(*[{**arm, "higher_is": "better"} for arm in ARMS]), outcome("lower"))
    assert turned.yi == pytest.approx(-one(rows(*ARMS), outcome("lower")).yi)
    assert turned.favours == "intervention"
    unusable = one(rows(*[{**arm, "higher_is": "better"} for arm in ARMS]), outcome("lower"), "MD")
    assert not unusable.usable


def test_counts_give_an_odds_ratio() -> None:
    """13 of 60 against 10 of 38: odds ratio 13*28 / (47*10) = 0.7745."""
    table = rows(
        {"value_type": "events", "events": 13, "total": 60},
        {"value_type": "events", "events": 10, "total": 38, "arm_role": "comparator", "arm": "rest"},
    )
    found = one(table, outcome(measure="OR"), "OR")
    assert 2.718281828459045**found.yi == pytest.approx(13 * 28 / (47 * 10))


def test_a_published_contrast_with_its_interval() -> None:
    table = rows({"arm": "a vs b", "arm_role": "contrast", "value_type": "contrast", "effect": -2.0,
                  "effect_measure": "MD", "effect_ci_low": -2.98, "effect_ci_high": -1.02, "n_status": ""})
    found = one(table, outcome(measure="MD"), "MD")
    assert (found.yi, found.vi**0.5) == pytest.approx((-2.0, 0.5), abs=1e-3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"value_type": "direction", "number_status": "no number"}, "only the direction"),
        ({"value_type": "null", "number_status": "no number"}, "without numbers"),
        ({"value_type": "p", "p_value_printed": "<0.05"}, "only a p value"),
        ({"value_type": "test", "effect": 5.4, "effect_measure": "F"}, "only a test statistic"),
        ({"value_type": "contrast", "effect": 0.5, "effect_measure": "Hedges g"}, "without standard error"),
        ({"value_type": "contrast", "effect": 0.5, "effect_measure": "MD"}, "the analysis needs SMD"),
    ],
)
def test_what_cannot_be_used_says_why(change: dict[str, Any], reason: str) -> None:
    table = rows({"arm": "a vs b", "arm_role": "contrast", "reported_direction": "favours_intervention",
                  "n_status": "", **change})
    found = one(table, outcome())
    assert not found.usable
    assert reason in found.reason
    assert found.favours == "intervention"


def test_one_contrast_a_study_by_the_protocols_order_of_instruments() -> None:
    second = [{**arm, "instrument": "NRS", "mean": arm["mean"] * 2} for arm in ARMS]
    found = one(rows(*second, *ARMS), outcome())
    assert {row.instrument for row in found.rows} == {"VAS"}
    assert any("one contrast a study" in text for text in found.unused)


def test_sets_and_exclusions_keep_rows_out() -> None:
    table = rows(*[{**arm, "analysis_set": "other"} for arm in ARMS])
    assert study_results(table, outcome(), Use(("primary",), "SMD")) == ()
    assert study_results(rows(*ARMS), outcome(), Use(("primary",), "SMD", exclude=("one",))) == ()
