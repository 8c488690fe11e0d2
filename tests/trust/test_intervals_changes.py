from __future__ import annotations

import pytest

from tests.trust.build import codes, contrast, events, only, vas


def test_a_limit_that_is_not_the_mirror_of_the_other() -> None:
    finding = only(
        vas("yoga", 8, 30, "44.0", "18.0"), vas("usual care", 8, 30, "50.0", "17.0"), contrast("-6.0", "-15.0", "1.0")
    )
    assert finding.code == "ci_asymmetric"
    assert finding.right_reading == "upper limit 3.0"


@pytest.mark.parametrize("note", ["percentile bootstrap", "Hodges-Lehmann estimate", "95% credible interval"])
def test_other_kinds_of_interval_need_no_middle(note: str) -> None:
    assert codes(contrast("-6.0", "-15.0", "1.0", note=note)) == []


def test_rounding_alone_is_no_asymmetry() -> None:
    assert codes(contrast("-0.5", "-1.2", "0.3")) == []


def test_a_ratio_is_centred_on_the_log_scale() -> None:
    assert codes(contrast("1.66", "0.93", "2.97", "RR")) == []
    rows = [
        events("yoga", 19, 40),
        events("usual care", 12, 42),
        contrast("1.66", "0.70", "2.62", "RR", outcome="relapse"),
    ]
    finding = only(*rows)
    assert finding.code == "ci_asymmetric"
    assert finding.right_reading.startswith("0.93 to 2.97")


def test_the_interval_of_an_arm_against_its_sd() -> None:
    finding = only(vas("yoga", 8, 34, "41.8", "15.2", ci_low="38.6", ci_high="47.1"))
    assert finding.code == "ci_asymmetric"
    assert finding.right_reading == "lower limit 36.5 (from the SD)"


@pytest.mark.parametrize(
    ("triple", "right"),
    [
        (("1.02", "-1.55", "-0.50"), "−1.02 (−1.55 to −0.50)"),
        (("-5.83", "13.49", "1.84"), "−5.83 (−13.49 to 1.84)"),
        (("-5.83", "-9.00", "2.66"), "−5.83 (−9.00 to −2.66)"),
    ],
)
def test_a_lost_minus_in_effect_or_limit(triple: tuple[str, str, str], right: str) -> None:
    finding = only(contrast(*triple))
    assert finding.code == "lost_minus"
    assert finding.right_reading == right


def _changes(first: str, second: str, note: str = "") -> list:
    return [
        vas("yoga", 0, 30, "52.0", "18.0"), vas("usual care", 0, 30, "51.0", "17.0"),
        vas("yoga", 8, 30, "44.0", "18.0"), vas("usual care", 8, 30, "47.0", "17.0"),
        vas("yoga", 8, 30, first, "15.0", value_type="change", note=note),
        vas("usual care", 8, 30, second, "14.0", value_type="change", note=note),
    ]  # fmt: skip


def test_changes_that_are_follow_up_minus_baseline() -> None:
    assert codes(*_changes("-8.0", "-4.0")) == []
    assert codes(*_changes("8.0", "4.0", "change printed as improvement")) == []


def test_a_lost_minus_in_one_change() -> None:
    finding = only(*_changes("8.0", "-4.0"))
    assert finding.code == "lost_minus"
    assert finding.right_reading == "−8.0"


def test_a_change_that_is_another_number() -> None:
    finding = only(*_changes("-11.3", "-4.0"))
    assert finding.code == "baseline_imbalance_change"
    assert finding.right_reading == "−8.0"


def test_an_adjusted_change_may_be_another_number() -> None:
    assert codes(*_changes("-11.3", "-4.6", "adjusted for baseline")) == []


def test_fewer_people_at_follow_up_may_shift_the_change() -> None:
    rows = _changes("-8.9", "-4.0")
    rows[4] = vas("yoga", 8, 27, "-8.9", "15.0", value_type="change")
    assert codes(*rows) == []


def test_arms_unlike_at_baseline() -> None:
    rows = [
        vas("yoga", 0, 30, "62.0", "14.0"), vas("usual care", 0, 30, "49.0", "14.0"),
        vas("yoga", 8, 30, "49.5", "14.0"), vas("usual care", 8, 30, "49.0", "14.0"),
        vas("yoga", 8, 30, "-12.5", "9.0", value_type="change"),
        vas("usual care", 8, 30, "0.0", "9.0", value_type="change"),
    ]  # fmt: skip
    finding = only(*rows)
    assert finding.code == "baseline_imbalance_change"
    assert finding.right_reading.startswith("use an analysis adjusted for baseline")


def test_a_mean_difference_labelled_smd() -> None:
    finding = only(
        vas("yoga", 8, 30, "44.0", "18.0"), vas("usual care", 8, 30, "50.0", "17.0"),
        contrast("-6.0", "-15.0", "3.0", "SMD"),
    )  # fmt: skip
    assert finding.code == "md_labelled_smd"
    assert finding.right_reading == "MD −6.0; SMD about −0.34"


def test_a_true_smd() -> None:
    rows = [vas("yoga", 8, 30, "44.0", "18.0"), vas("usual care", 8, 30, "50.0", "17.0")]
    assert codes(*rows, contrast("-0.34", "-0.85", "0.17", "SMD")) == []


def test_an_effect_too_large_to_be_believed() -> None:
    finding = only(
        vas("yoga", 0, 30, "52.0", "15.0"), vas("usual care", 0, 30, "51.0", "14.0"),
        vas("yoga", 8, 30, "18.0", "14.0"), vas("usual care", 8, 30, "50.0", "15.0"),
    )  # fmt: skip
    assert finding.code == "effect_implausible"
    assert finding.certainty == "possible"


def test_a_large_effect_on_a_small_sd_of_change_is_innocent() -> None:
    rows = [
        vas("yoga", 8, 30, "-9.0", "3.0", value_type="change"),
        vas("usual care", 8, 30, "-2.0", "3.0", value_type="change"),
    ]
    assert codes(*rows) == []
