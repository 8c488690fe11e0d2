from __future__ import annotations

import pytest

from tests.trust.build import arm, codes, events, only, psqi, vas


def test_a_percentage_of_no_whole_number() -> None:
    finding = only(events("yoga", "", 54, percent="30.2"))
    assert finding.code == "percent_not_whole"
    assert finding.right_reading.startswith("16/54 = 29.6%")


def test_a_percentage_against_its_count() -> None:
    assert only(events("yoga", 7, 27, percent="30.2")).right_reading == "7/27 = 25.9%"


@pytest.mark.parametrize(
    ("count", "total", "percent"), [(7, 27, "25.9"), (7, 27, "26"), ("", 44, "47.7"), (1, 8, "12.5")]
)
def test_percentages_that_fit(count: object, total: int, percent: str) -> None:
    assert codes(events("yoga", count, total, percent=percent)) == []


def test_more_events_than_people() -> None:
    assert codes(events("yoga", 46, 43)) == ["events_gt_n"]
    assert codes(events("yoga", 46, "", n=43)) == ["events_gt_n"]
    assert codes(events("yoga", 46, 43, note="episodes, several per person")) == []


def test_exclusive_categories_that_add_up_to_too_many() -> None:
    def answers(*counts: int) -> list:
        names = ("rating: improved", "rating: unchanged", "rating: worse")
        return [events("yoga", k, 27, outcome=name) for k, name in zip(counts, names, strict=True)]

    assert codes(*answers(9, 10, 8)) == []
    assert set(codes(*answers(9, 12, 8))) == {"events_gt_n"}


def test_more_analysed_than_randomised() -> None:
    rows = [vas("yoga", 0, 16, "52.0", "18.0"), vas("usual care", 0, 16, "51.0", "17.0")]
    assert codes(*rows, vas("yoga", 8, 18, "50.0", "18.0"), vas("usual care", 8, 15, "51.0", "17.0")) == [
        "n_gt_randomised"
    ]
    assert codes(*rows, vas("yoga", 8, 16, "50.0", "18.0"), vas("usual care", 8, 15, "51.0", "17.0")) == []
    assert codes(vas("yoga", 8, 24, "50.0", "18.0", note="randomised to this arm: 19")) == ["n_gt_randomised"]


def _others(label: str = "worse") -> list:
    return [
        psqi(name, 0, 20, "9.50", "3.40", study=f"s{k}", higher_is=label, outcome="sleep")
        for k in range(4)
        for name in ("yoga", "control")
        if (k, name) != (9, "")
    ]


def test_a_label_against_the_instrument() -> None:
    rows = [
        psqi("yoga", 8, 20, "8.50", "3.40", higher_is="better"),
        psqi("control", 8, 20, "9.50", "3.50", higher_is="better"),
    ]
    finding = only(*rows)
    assert (finding.code, finding.right_reading) == ("scale_reversed", "higher = worse")


def test_a_declared_reversal_is_innocent() -> None:
    note = "10 = no pain, 0 = worst pain"
    rows = [vas(name, 8, 20, "48.5", "18.4", higher_is="better", note=note) for name in ("yoga", "control")]
    assert codes(*rows) == []


def test_values_against_the_reported_direction() -> None:
    rows = [
        vas("yoga", 8, 40, "70.1", "17.5", reported_direction="favours_intervention", p_value_printed="0.002"),
        vas("usual care", 8, 40, "58.0", "17.4"),
    ]
    assert codes(*rows) == ["scale_reversed"]
    rows[0] = vas("yoga", 8, 40, "70.1", "17.5", reported_direction="favours_comparator", p_value_printed="0.002")
    assert codes(*rows) == []


def _fss(name: str, week: int, mean: str, sd: str, low: str = "1", high: str = "7", **more: object) -> object:
    return arm(
        name, week, instrument="FSS", outcome="fatigue", scale_min=low, scale_max=high, n=30, mean=mean, sd=sd, **more
    )


def test_two_metrics_between_the_rows() -> None:
    rows = [_fss("yoga", 0, "4.9", "1.2"), _fss("control", 0, "5.0", "1.3")]
    finding = only(*rows, _fss("yoga", 8, "38.5", "11.5"), _fss("control", 8, "43.2", "11.9"))
    assert (finding.code, finding.right_reading) == ("metric_mixed", "divide by 9")
    assert codes(*rows, _fss("yoga", 8, "4.3", "1.2"), _fss("control", 8, "4.8", "1.2")) == []


def test_item_means_under_the_range_of_the_sum() -> None:
    rows = [_fss("yoga", 0, "4.9", "1.2", "9", "63"), _fss("control", 0, "5.0", "1.3", "9", "63")]
    assert only(*rows).right_reading == "the range is 1 to 7"
    sums = [_fss("yoga", 0, "42.9", "11.2", "9", "63"), _fss("control", 0, "45.0", "11.3", "9", "63")]
    assert codes(*sums) == []


def _b12(name: str, week: int, mean: str, sd: str, unit: str = "pg/mL") -> object:
    return arm(
        name, week, instrument="vitamin B12", outcome="B12", higher_is="better", n=40, mean=mean, sd=sd, unit=unit
    )


def test_a_unit_a_thousandfold_off() -> None:
    assert (
        only(_b12("yoga", 8, "381", "144", "ng/mL"), _b12("control", 8, "388", "128", "ng/mL")).right_reading == "pg/mL"
    )


def test_a_follow_up_in_another_unit() -> None:
    rows = [_b12("yoga", 0, "478.6", "169.2"), _b12("control", 0, "482.4", "178.9")]
    finding = only(*rows, _b12("yoga", 8, "354.0", "123.0"), _b12("control", 8, "354.0", "140.0"))
    assert finding.code == "unit_wrong"
    assert finding.right_reading.startswith("pmol/L")
    assert codes(*rows, _b12("yoga", 8, "554.0", "173.0"), _b12("control", 8, "454.0", "160.0")) == []
    assert codes(_b12("yoga", 0, "319", "176", "pmol/L"), _b12("control", 0, "337", "162", "pmol/L")) == []


def _quartiles(name: str, median: str, q1: str, q3: str) -> object:
    return arm(name, 8, instrument="vitamin B12", outcome="B12", higher_is="better", n=40, median=median, q1=q1, q3=q3,
               unit="pg/mL", value_type="median_iqr")  # fmt: skip


def test_medians_printed_as_means() -> None:
    skewed = [_quartiles("yoga", "292.0", "208.0", "449.0"), _quartiles("control", "288.0", "201.0", "456.0")]
    finding = only(_b12("yoga", 8, "292.0", "230.0"), _b12("control", 8, "288.0", "225.0"), *skewed)
    assert finding.code == "median_as_mean"
    assert codes(_b12("yoga", 8, "352.0", "230.0"), _b12("control", 8, "348.0", "225.0"), *skewed) == []
    even = [_quartiles("yoga", "292.0", "201.0", "384.0"), _quartiles("control", "288.0", "201.0", "376.0")]
    assert codes(_b12("yoga", 8, "292.0", "130.0"), _b12("control", 8, "288.0", "125.0"), *even) == []


def test_a_blank_scale_of_something_good_may_run_upwards() -> None:
    rows = [vas(name, 8, 20, "48.5", "18.4", higher_is="better", outcome="wellbeing") for name in ("yoga", "control")]
    assert codes(*rows) == []
