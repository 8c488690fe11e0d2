"""Printed figures: what is clear is read, what is ambiguous is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.extraction.printed import read_figure, read_pair

PERSIAN, ARABIC = "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"
numbers = st.decimals(min_value=-9999, max_value=9999, places=2, allow_nan=False)


@pytest.mark.parametrize(("text", "value"), [
    ("0. 80", 0.8), ("0 .80", 0.8), ("0,001", 0.001), ("0/004", 0.004), ("−3.2", -3.2), ("– 3.2", -3.2), ("-.5", -0.5),
    ("1 234", 1234), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("12'345", 12345), ("٧٤٫٣", 74.3), ("۷۴/۳", 74.3),
    ("１２．５", 12.5), ("7", 7), ("12.", 12), ("3·4", 3.4), ("1,234,567", 1234567), ("1.234", 1.234),
])  # fmt: skip
def test_a_clear_figure_is_read(text: str, value: float) -> None:
    assert read_figure(text).value == pytest.approx(value)


def test_a_thousand_or_a_decimal_is_asked() -> None:
    figure = read_figure("1,234")
    assert set(figure.readings) == {1234.0, 1.234}
    with pytest.raises(InputError, match="which does the report mean"):
        _ = figure.value


@pytest.mark.parametrize("text", ["", "abc", "1..2", "1-2", "--3", "1/2/3", "12 34", "nan", "inf", "1e5", "1_0", "½x",
                                  "1,2,3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no number"):
        _ = read_figure(text).value


def test_a_slashed_pair_of_a_right_to_left_page_is_asked() -> None:
    """Trap 12 of the evidence: '74/3 ± 16/41' stands for 41.16 ± 3.74."""
    pair = read_pair("74/3 ± 16/41")
    assert (pair.first.readings, pair.second.readings) == ((74.3, 41.16), (16.41, 3.74))
    with pytest.raises(InputError, match="right to left"):
        _ = pair.first.value


@pytest.mark.parametrize(("text", "mark"), [("13.8 ± 4.9", "±"), ("13.8 (4.9)", "()"), ("13.8+/-4.9", "±"),
                                            ("13,8 ± 4,9", "±"), ("۱۳٫۸ ± ۴٫۹", "±")])
def test_a_pair_is_read(text: str, mark: str) -> None:
    pair = read_pair(text)
    assert (pair.first.value, pair.second.value, pair.mark) == (13.8, 4.9, mark)


@given(numbers)
def test_a_value_printed_in_any_dress_is_the_same_value(number: object) -> None:
    text = str(number)
    persian = str.maketrans("0123456789", PERSIAN)
    arabic = str.maketrans("0123456789.", ARABIC + "٫")
    forms = [text, text.replace("-", "−"), text.replace(".", ","), text.replace(".", "/"), text.replace(".", ". "),
             text.translate(persian), text.translate(arabic)]
    for form in forms:
        assert float(text) in read_figure(form).readings, form
        assert read_figure(form).value == float(text), form
