from __future__ import annotations

from tests.trust.build import codes, contrast, only, vas


def _base(n: int = 36) -> list:
    return [vas("yoga", 0, n, "52.1", "18.2"), vas("usual care", 0, n, "50.8", "17.1")]


def test_standard_errors_in_the_sd_column() -> None:
    finding = only(
        *_base(), vas("yoga", 8, 36, "44.0", "3.1", p_value_printed="0.10", p_kind="between"),
        vas("usual care", 8, 36, "51.0", "3.0"),
    )  # fmt: skip
    assert finding.code == "se_as_sd"
    assert finding.right_reading == "SD = 18.6, 18"


def test_standard_errors_shown_by_the_interval_of_the_difference() -> None:
    rows = [
        vas("yoga", 8, 36, "44.0", "3.1", instrument="scale X", scale_max="", scale_min=""),
        vas("usual care", 8, 36, "51.0", "3.0", instrument="scale X", scale_max="", scale_min=""),
        contrast("-7.0", "-15.6", "1.6", instrument="scale X"),
    ]
    assert only(*rows).code == "se_as_sd"


def test_small_sds_that_their_p_confirms() -> None:
    rows = [
        vas("yoga", 8, 36, "44.0", "3.1", p_value_printed="<0.001", p_kind="between", instrument="scale X"),
        vas("usual care", 8, 36, "51.0", "3.0", instrument="scale X"),
    ]
    assert "se_as_sd" not in codes(*rows)


def test_small_sds_of_change_are_innocent() -> None:
    rows = [
        *_base(), vas("yoga", 8, 36, "-7.0", "3.1", value_type="change"),
        vas("usual care", 8, 36, "-6.0", "3.0", value_type="change"),
    ]  # fmt: skip
    assert codes(*rows) == []


def test_sds_in_the_se_column() -> None:
    finding = only(
        *_base(), vas("yoga", 8, 36, "40.0", "", se="18.0", p_value_printed="0.012", p_kind="between"),
        vas("usual care", 8, 36, "51.0", "", se="17.9"),
    )  # fmt: skip
    assert finding.code == "sd_as_se"


def test_true_standard_errors() -> None:
    rows = [*_base(), vas("yoga", 8, 36, "46.0", "", se="3.0"), vas("usual care", 8, 36, "51.0", "", se="2.9")]
    assert codes(*rows) == []


def test_one_sd_ten_times_too_large() -> None:
    finding = only(*_base(), vas("yoga", 8, 36, "46.0", "1.75"), vas("usual care", 8, 36, "51.0", "17.9"))
    assert finding.code == "decimal_shift"
    assert finding.right_reading == "17.5"


def test_one_mean_a_tenth() -> None:
    finding = only(*_base(), vas("yoga", 8, 36, "4.61", "17.5"), vas("usual care", 8, 36, "51.0", "17.9"))
    assert finding.code == "decimal_shift"
    assert finding.right_reading == "46.1"


def test_a_mean_that_truly_fell_takes_its_sd_along() -> None:
    rows = [*_base(), vas("yoga", 8, 36, "5.1", "4.0"), vas("usual care", 8, 36, "9.0", "6.0")]
    assert "decimal_shift" not in codes(*rows)
