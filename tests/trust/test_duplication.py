from __future__ import annotations

from dataclasses import replace

import pytest

from reviewkit.errors import InputError
from reviewkit.trust import ArmRow, check_rows
from tests.trust.build import codes, contrast, only, vas


def _trial(study: str, report: str = "", note: str = "") -> list[ArmRow]:
    more = {"study": study, "report_id": report or study, "note": note}
    return [
        vas("yoga", 0, 31, "52.17", "18.22", **more), vas("usual care", 0, 33, "50.83", "17.15", **more),
        vas("yoga", 8, 30, "47.21", "19.07", **more), vas("usual care", 8, 32, "49.90", "16.61", **more),
    ]  # fmt: skip


def test_one_trial_under_two_names() -> None:
    finding = only(*_trial("a2010"), *_trial("b2012"))
    assert finding.code == "same_sample_twice"
    assert finding.study_id == "b2012|a2010"


def test_one_trial_with_fewer_decimals_and_ses() -> None:
    again = [
        vas("yoga", 0, 31, "52.2", "", se="3.27", study="b2012"),
        vas("usual care", 0, 33, "50.8", "", se="2.99", study="b2012"),
        vas("yoga", 8, 29, "47.2", "", se="3.48", study="b2012"),
        vas("usual care", 8, 32, "49.9", "", se="2.94", study="b2012"),
    ]  # fmt: skip
    assert codes(*_trial("a2010"), *again) == ["same_sample_twice"]


def test_two_reports_of_one_study() -> None:
    assert codes(*_trial("a2010"), *_trial("a2010", "a2011")) == ["same_sample_twice"]


def test_a_follow_up_report_may_repeat_the_baseline() -> None:
    later = [replace(row, timepoint_weeks=52.0) if row.timepoint_weeks else row for row in _trial("a2010", "a2011")]
    assert codes(*_trial("a2010"), *later) == []


def test_two_trials_of_one_author() -> None:
    other = [
        vas("yoga", 0, 31, "51.90", "18.40", study="a2012"), vas("usual care", 0, 33, "50.11", "17.90", study="a2012"),
        vas("yoga", 8, 30, "46.00", "18.02", study="a2012"), vas("usual care", 8, 32, "49.50", "17.30", study="a2012"),
    ]  # fmt: skip
    assert codes(*_trial("a2010"), *other) == []


def _beside(note: str = "", n: int = 24) -> list[ArmRow]:
    return [
        vas("yoga", 8, 24, "44.61", "18.22", study="c2016a"),
        vas("usual care", 8, n, "50.79", "17.20", study="c2016a", note=note),
        vas("qigong", 8, 25, "46.96", "17.03", study="c2016b"),
        vas("no treatment", 8, n, "50.8", "17.2", study="c2016b", note=note),
    ]


def test_one_comparator_beside_two_interventions() -> None:
    finding = only(*_beside())
    assert finding.code == "shared_comparator"
    assert "n=12" in finding.right_reading


def test_a_divided_comparator_is_innocent() -> None:
    assert codes(*_beside("control group divided between both comparisons", 12)) == []


def test_contrasts_with_the_same_people() -> None:
    def pair(note: str) -> list[ArmRow]:
        return [
            contrast("-1.84", "-5.02", "1.34", note=note),
            replace(contrast("-0.84", "-3.71", "2.03", note=note), arm="qigong vs usual care"),
        ]

    assert codes(*pair("n = 19 v 19")) == ["shared_comparator"]
    assert codes(*pair("n = 19 v 9; comparator divided")) == []


def test_three_arms_listed_once() -> None:
    rows = [
        vas("yoga", 8, 25, "44.6", "18.2"),
        vas("qigong", 8, 25, "46.9", "17.0"),
        vas("control", 8, 24, "50.7", "17.2"),
    ]
    assert codes(*rows) == []


def test_a_row_id_must_not_occur_twice() -> None:
    row = vas("yoga", 8, 25, "44.6", "18.2")
    with pytest.raises(InputError, match="occurs twice"):
        check_rows([row, row])


def test_nothing_in_nothing_out() -> None:
    assert check_rows([]) == ()
