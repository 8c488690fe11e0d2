"""The pipeline's choices: conversions a plan allows, several arms, the protocol's window, what stays out, lineage."""

from __future__ import annotations

import math
from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS, ArmRow, Known, StudyResult, Use, parse_rows, study_results
from reviewkit.protocol import Outcome

KNOWN = Known({"one": ("one",), "two": ("two",)}, ("pain",), ("primary",))
LESSER = ("se", "ci", "sizes", "t", "f", "p", "median", "percent")


def outcome(measure: str = "SMD", better: str = "lower", **more: Any) -> Outcome:
    plan = more.pop("plan", {})
    return Outcome.model_validate({
        "id": "pain", "name": "Pain", "better": better, "timepoint": "end", "no_important_difference_because": "test",
        "instruments": [{"name": "VAS"}, {"name": "NRS"}], **more, "plan": {"measure": measure, **plan},
    })  # fmt: skip


def rows(*changes: dict[str, Any]) -> tuple[ArmRow, ...]:
    base = {
        "study_id": "one", "report_id": "one", "arm": "massage", "arm_role": "intervention", "outcome": "pain",
        "instrument": "VAS", "value_type": "final", "number_status": "seen", "n_status": "seen",
        "analysis_set": "primary", "locator": "table 2", "extractor": "ak", "timepoint": "end",
    }  # fmt: skip
    cells = [
        {**dict.fromkeys((*COLUMNS, *OPTIONAL_COLUMNS), ""), **base, "row_id": f"r{i}",
         **{k: str(v) for k, v in change.items()}}
        for i, change in enumerate(changes)
    ]
    return parse_rows([(i + 2, row) for i, row in enumerate(cells)], KNOWN, file="x.csv")


def results(table: tuple[ArmRow, ...], plan: Outcome, **use: Any) -> tuple[StudyResult, ...]:
    use = {"conversions": plan.plan.conversions, "multi_arm": plan.plan.multi_arm, **use}
    return study_results(table, plan, Use(("primary",), plan.plan.measure, **use))


def one(table: tuple[ArmRow, ...], plan: Outcome, **use: Any) -> StudyResult:
    (found,) = results(table, plan, **use)
    return found


REST = {"arm": "rest", "arm_role": "comparator"}
CONTRAST = {"arm": "massage vs rest", "arm_role": "contrast", "value_type": "contrast"}


def test_an_interval_of_a_mean_gives_its_sd() -> None:
    """Handbook 6.5.2.2: n = 25, 95% interval 30.0 to 34.2 gives SD = √25 × 4.2 / (2 × 2.064) = 5.09."""
    arm = {"n": 25, "mean": 32.1, "ci_low": 30.0, "ci_high": 34.2}
    found = one(rows(arm, {**arm, **REST}), outcome("MD"))
    sd = math.sqrt(25) * 4.2 / (2 * 2.0638986)
    assert found.vi == pytest.approx(2 * sd**2 / 25, rel=1e-6)
    assert any(step.kind == "converted" and "6.5.2.2" in step.source for step in found.steps)


def test_a_plan_that_allows_no_conversion_gets_none() -> None:
    table = rows({"n": 25, "mean": 32, "se": 1}, {"n": 25, "mean": 30, "se": 1, **REST})
    assert one(table, outcome("MD")).usable
    assert not one(table, outcome("MD"), conversions=()).usable


def test_a_median_enters_only_where_the_plan_allows_it() -> None:
    arm = {"value_type": "median_iqr", "n": 54, "median": 18, "q1": 12, "q3": 25}
    table = rows(arm, {**arm, **REST})
    assert one(table, outcome("MD")).reason == "median without mean and standard deviation"
    found = one(table, outcome("MD"), conversions=LESSER)
    # Wan 2014, equation 16, as the doctest of the conversion has it: SD 9.90.
    assert found.vi == pytest.approx(2 * 9.90**2 / 54, rel=0.002)


@pytest.mark.parametrize(("kind", "printed", "value"), [("t", "t", 2.5), ("f", "F", 6.25)])
def test_a_test_statistic_gives_an_effect(kind: str, printed: str, value: float) -> None:
    """Borenstein 2009, table 4.1: d = t √(1/n1 + 1/n2); an F of two groups is t²."""
    row = {**CONTRAST, "value_type": "test", "effect": value, "effect_measure": printed, "n_intervention": 20,
           "n_comparator": 30, "reported_direction": "higher", "n": 50}
    found = one(rows(row), outcome(), conversions=LESSER)
    j = math.exp(math.lgamma(24) - math.lgamma(23.5)) / math.sqrt(24)
    assert found.yi == pytest.approx(j * 2.5 * math.sqrt(1 / 20 + 1 / 30), rel=1e-6)
    assert one(rows({**row, "n_comparator": ""}), outcome(), conversions=LESSER).reason.startswith("the sizes of both")


def test_a_printed_d_becomes_g_by_the_exact_correction() -> None:
    """Hedges 1981, equation 6e, df = 48; the variance is that of a printed g (Borenstein 2009, equation 4.24)."""
    row = {**CONTRAST, "effect": 0.8, "effect_measure": "Cohen d", "n_intervention": 20, "n_comparator": 30, "n": 50}
    j = math.exp(math.lgamma(24) - math.lgamma(23.5)) / math.sqrt(24)
    found = one(rows(row), outcome())
    assert found.yi == pytest.approx(j * 0.8)
    assert found.vi == pytest.approx(1 / 20 + 1 / 30 + (j * 0.8) ** 2 / 100)
    assert "Hedges' g from Cohen's d" in found.lineage()
    printed_g = one(rows({**row, "effect_measure": "Hedges g"}), outcome())
    assert printed_g.yi == 0.8 and "Cohen" not in printed_g.lineage()


def test_the_interval_of_a_d_shrinks_with_it_and_needs_the_number_of_people_only() -> None:
    row = {**CONTRAST, "effect": 0.8, "effect_measure": "d", "effect_ci_low": 0.212, "effect_ci_high": 1.388, "n": 50}
    j = math.exp(math.lgamma(24) - math.lgamma(23.5)) / math.sqrt(24)
    found = one(rows(row), outcome())
    assert (found.yi, found.vi) == (pytest.approx(j * 0.8), pytest.approx((j * 0.3) ** 2, rel=1e-3))
    assert "J × SE of d" in found.lineage()


def test_a_d_without_sizes_stays_out_and_says_why() -> None:
    row = {**CONTRAST, "effect": 0.8, "effect_measure": "Cohen's d", "effect_ci_low": 0.2, "effect_ci_high": 1.4,
           "n_status": ""}  # fmt: skip
    assert one(rows(row), outcome()).reason.startswith("Cohen's d without the number of people")
    sized = {**row, "n": 50, "n_status": "seen", "effect_ci_low": "", "effect_ci_high": ""}
    assert one(rows(sized), outcome()).reason == "SMD without standard error or interval"


def test_an_f_or_p_without_direction_has_no_sign() -> None:
    row = {**CONTRAST, "value_type": "p", "p_value_printed": "0.03", "n_intervention": 20, "n_comparator": 20, "n": 40}
    assert one(rows(row), outcome(), conversions=LESSER).reason == "the direction of the test is not stated"
    down = one(rows({**row, "reported_direction": "favours_intervention", "higher_is": "worse"}), outcome(),
               conversions=LESSER)
    assert down.yi is not None and down.yi < 0
    assert one(rows({**row, "p_value_printed": "<0.05"}), outcome(), conversions=LESSER).reason == (
        "only a p value is printed")
    assert not one(rows({**row, "reported_direction": "lower"}), outcome()).usable


def test_before_against_after_never_enters() -> None:
    row = {**CONTRAST, "effect": -2, "effect_measure": "MD", "effect_ci_low": -3, "effect_ci_high": -1, "n": 30}
    assert one(rows(row), outcome("MD")).usable
    assert one(rows({**row, "p_kind": "within"}), outcome("MD")).reason == (
        "a comparison within one group, before against after")


def test_an_assumed_number_enters_sensitivity_analyses_only() -> None:
    table = rows({"n": 20, "mean": 4, "sd": 1, "n_status": "assumed"}, {"n": 20, "mean": 5, "sd": 1, **REST})
    assert one(table, outcome("MD")).reason == "rests on an assumed n: sensitivity analyses only"
    assert one(table, outcome("MD"), assumed=True).yi == pytest.approx(-1)


def test_units_that_differ_are_refused() -> None:
    with pytest.raises(InputError, match="unit = 'cm', but the other arm has 'mm'"):
        rows({"n": 20, "mean": 4, "sd": 1, "unit": "mm"}, {"n": 20, "mean": 5, "sd": 1, "unit": "cm", **REST})


def test_the_window_decides_which_time_counts() -> None:
    table = rows(*({"n": 20, "mean": mean, "sd": 1, "timepoint": f"week {week}", "timepoint_weeks": week, **role}
                   for week, mean in ((2, 1), (6, 2), (12, 3), (52, 4)) for role in ({}, {**REST, "mean": 0})))
    for prefer, value in (({"prefer": "last"}, 3), ({"prefer": "first"}, 2),
                          ({"prefer": "nearest", "nearest": 7}, 2)):
        found = one(table, outcome("MD", window={"start": 4, "end": 26, **prefer}))
        assert found.yi == pytest.approx(value)
        assert sum("outside the protocol's window" in text for text in found.unused) == 2


def test_final_values_go_before_changes_and_the_protocol_orders_instruments() -> None:
    arms = [{"n": 20, "mean": 4, "sd": 1}, {"n": 20, "mean": 5, "sd": 1, **REST}]
    changes = [{**arm, "value_type": "change", "mean": arm["mean"] - 9} for arm in arms]
    other = [{**arm, "instrument": "NRS"} for arm in arms]
    found = one(rows(*other, *changes, *arms), outcome("MD"))
    assert {row.instrument for row in found.rows} == {"VAS"}
    assert {row.value_type for row in found.rows} == {"final"}
    assert len(found.unused) == 2


THREE = (
    {"arm": "Swedish massage", "n": 12, "mean": 3.0, "sd": 1.0}, {"arm": "deep massage", "n": 14, "mean": 4.0, "sd": 2},
    {"n": 16, "mean": 5.0, "sd": 1.5, **REST},
)


def test_arms_of_one_comparison_are_combined() -> None:
    """Handbook table 6.5.a, computed here by its own formula."""
    found = one(rows(*THREE), outcome("MD"))
    mean = (12 * 3 + 14 * 4) / 26
    sd = math.sqrt((11 * 1 + 13 * 4 + 12 * 14 / 26 * 1) / 25)
    assert found.yi == pytest.approx(mean - 5)
    assert found.vi == pytest.approx(sd**2 / 26 + 1.5**2 / 16)
    assert [step.kind for step in found.steps].count("combined") == 1


def compared(*arms: dict[str, Any], versus: dict[str, Any], label: str) -> list[dict[str, Any]]:
    return [{**row, "comparison": label} for row in (*arms, versus)]


def test_separate_comparisons_never_count_a_comparator_twice() -> None:
    swedish, deep, rest = THREE
    table = rows(*compared(swedish, versus=rest, label="Swedish v rest"),
                 *compared(deep, versus=rest, label="deep v rest"))
    found = one(table, outcome("MD"))
    assert found.yi == pytest.approx(-2)
    assert "one contrast a study" in found.unused[0]
    both = results(table, outcome("MD"), multi_arm="split")
    assert [result.part for result in both] == ["Swedish massage", "deep massage"]
    assert [result.yi for result in both] == pytest.approx([-2, -1])
    assert both[0].vi == pytest.approx(1 / 12 + 1.5**2 / 8)
    assert not any(result.unused for result in both)


def test_the_protocol_orders_comparators() -> None:
    swedish, deep, rest = THREE
    table = rows(*compared(swedish, versus={**deep, **REST, "arm": "exercise"}, label="massage v exercise"),
                 *compared(swedish, versus=rest, label="massage v rest"))
    assert one(table, outcome("MD")).yi == pytest.approx(-1)
    assert one(table, outcome("MD", plan={"comparators": ["rest"]})).yi == pytest.approx(-2)


def test_a_count_for_one_group_only_is_told_with_its_people() -> None:
    plan = outcome("RR")
    single = {"value_type": "events", "events": 338, "total": 1090, "n": 1090}
    found = one(rows(single), plan)
    assert (found.usable, found.direction, found.one_group) == (False, "not stated", "338 of 1090 (31%) with massage")
    assert found.told == found.one_group
    assert one(rows({**single, "value_type": "percent", "events": "", "total": "", "percent": "11.3"}), plan).told == (
        "11.3% with massage")
    worded = one(rows({**single, "reported_direction": "higher"}), plan)
    assert worded.told == "higher"


def test_what_has_a_second_group_or_no_count_is_not_told_as_one_group() -> None:
    pair = one(rows({"value_type": "events", "events": 3, "total": 20, "n": 20},
                    {"value_type": "events", "events": 5, "total": 20, "n": 20, **REST}), outcome("RR"))
    assert pair.usable and pair.one_group == ""
    assert one(rows({"n": 20, "mean": 5, "sd": 1}), outcome()).one_group == ""
    assert one(rows({**CONTRAST, "effect": 2, "effect_measure": "MD", "n": 20}), outcome("RR")).one_group == ""


def test_rates_and_hazard_ratios() -> None:
    table = rows({"value_type": "rate", "events": 10, "total": 20, "person_time": 100, "n": 20},
                 {"value_type": "rate", "events": 20, "total": 20, "person_time": 100, "n": 20, **REST})
    assert one(table, outcome("IRR")).yi == pytest.approx(math.log(0.5))
    row = {**CONTRAST, "effect": 0.5, "effect_measure": "HR", "effect_ci_low": 0.25, "effect_ci_high": 1, "n": 99}
    found = one(rows(row), outcome("HR"))
    assert (found.yi, found.vi) == (pytest.approx(math.log(0.5)), pytest.approx((math.log(4) / 2 / 1.959964) ** 2))


def test_a_percentage_is_a_count_only_where_the_plan_says_so() -> None:
    table = rows({"value_type": "percent", "percent": 25, "total": 20}, {"value_type": "percent", "percent": 50,
                 "total": 20, **REST})
    assert not one(table, outcome("RR")).usable
    assert one(table, outcome("RR"), conversions=LESSER).yi == pytest.approx(math.log(0.5))


def test_a_spread_of_unknown_kind_is_not_taken_for_an_sd() -> None:
    table = rows({"n": 20, "mean": 4, "spread": 1}, {"n": 20, "mean": 5, "spread": 1, **REST})
    assert one(table, outcome("MD")).reason == "a ± of a kind that the report does not state (SD or SE)"


def test_the_lineage_runs_from_the_print_to_the_contrast() -> None:
    table = rows({"n": 16, "mean": 4, "se": 0.5, "as_printed": "4 ± 0.5 (SE)", "higher_is": "better"},
                 {"n": 16, "mean": 5, "sd": 2, "as_printed": "5 (2)", "higher_is": "better", **REST})
    found = one(table, outcome())
    kinds = [step.kind for step in found.steps]
    assert kinds == ["printed", "converted", "read", "printed", "read", "contrast", "aligned"]
    text = found.lineage()
    for part in ("4 ± 0.5 (SE)", "table 2", "row r0, line 2", "SD = SE × √n", "SMD = −0.", "sign turned"):
        assert part in text, part
