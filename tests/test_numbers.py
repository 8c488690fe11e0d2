"""One formatter: rounding as a reader does it, real minus signs, nothing that reads -0.00 or p = 0.000."""

from __future__ import annotations

import doctest
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit import numbers
from reviewkit.numbers import (
    count,
    decimals_for,
    estimate,
    estimate_in_words,
    heterogeneity,
    interval,
    mean_sd,
    named,
    number,
    p_value,
    percent,
    plain,
    share,
    tidy,
    working,
)


def test_doctests() -> None:
    assert doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (-0.125, 2, "−0.13"),
        (-0.004, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-0.005, 2, "−0.01"),
        (0.995, 2, "1.00"),
        (9999.5, 0, "10\u202f000"),
        (1234.5678, 1, "1234.6"),
        (-1234567.891, 2, "−1\u202f234\u202f567.89"),
        (2e9, 0, "2 × 10⁹"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (math.nan, 2, "–"),
        (None, 2, "–"),
    ],
)
def test_number_rounds_half_away_from_zero(value: float | None, places: int, text: str) -> None:
    assert number(value, places) == text


def test_sign_is_shown_on_demand_and_never_on_zero() -> None:
    assert [number(x, 2, signed=True) for x in (0.5, -0.5, 0.001, -0.001)] == ["+0.50", "−0.50", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("value", "places"),
    [(0, 2), (0.84, 2), (-9.99, 2), (9.996, 1), (99.94, 1), (99.96, 0), (0.0994, 3), (0.0996, 2), (0.001, 3)],
)
def test_decimals_by_size(value: float, places: int) -> None:
    assert decimals_for(value) == places


def test_intervals() -> None:
    assert interval(0.498, 1.1748) == "[0.50, 1.17]"
    assert interval(-5.04, -1.3, words=True) == "−5.04 to −1.30"
    assert interval(-math.inf, 3.0) == "[−∞, 3.00]"
    assert estimate(1.9, 0.000001, 2143995.43) == "1.90 [0.00, 2\u202f143\u202f995]"
    assert interval(-1000.0, 999.4, places=1) == "[−1000, 999.4]"
    assert estimate(-0.001, -0.2, 0.2, places=2) == "0.00 [−0.20, 0.20]"
    assert estimate_in_words(0.8365, 0.498, 1.1748) == "0.84 (95% CI 0.50 to 1.17)"
    assert estimate_in_words(0.8, 0.4, 1.6, level=99.5) == "0.80 (99.5% CI 0.40 to 1.60)"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.0099, "p = 0.010"), (0.0449, "p = 0.04"),
        (0.0451, "p = 0.045"), (0.05, "p = 0.050"), (0.055, "p = 0.06"), (0.99, "p = 0.99"), (0.9901, "p > 0.99"),
        (1.0, "p > 0.99"),
    ],
)  # fmt: skip
def test_p_values(p: float, text: str) -> None:
    assert p_value(p) == text


@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_p_outside_its_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        p_value(p)


def test_counts_percentages_and_lines() -> None:
    assert [count(n) for n in (0, 9999, 10000, 1234567)] == ["0", "9999", "10\u202f000", "1\u202f234\u202f567"]
    assert [percent(x) for x in (0, 0.4, 9.94, 9.95, 42.5, 99.49, 99.5, 100)] == [
        "0%", "0.4%", "9.9%", "10%", "43%", "99%", "99.5%", "100%",
    ]  # fmt: skip
    assert (share(12, 48), share(0, 0), share(1, 3, 1)) == ("12/48 (25%)", "0/0", "1/3 (33.3%)")
    assert mean_sd(12.44, 3.12) == "12.4 (SD 3.1)"
    assert heterogeneity(tau2=0, i2=0, q=1.0, df=3, p=0.8) == "τ² = 0; Q = 1.00, df = 3, p = 0.80; I² = 0%"
    assert heterogeneity(i2=61.2) == "I² = 61%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.30000000000000004, "0.3"), (1.0, "1"), (-0.25, "−0.25"), (1000.0, "1000"), (20000.0, "20\u202f000"),
     (0.0, "0"), (1e-7, "1 × 10⁻⁷"), (100.0, "100")],
)  # fmt: skip
def test_plain_ticks(value: float, text: str) -> None:
    assert plain(value) == text


@given(st.floats(-1e8, 1e8), st.integers(0, 6))
def test_text_reads_back_within_half_a_unit(value: float, places: int) -> None:
    text = number(value, places)
    assert "-" not in text
    back = Decimal(text.replace("−", "-").replace("\u202f", ""))
    assert abs(back - Decimal(repr(value))) <= Decimal("0.5").scaleb(-places)
    assert not (back == 0 and "−" in text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_has_more_than_three_decimals(value: float) -> None:
    for text in (number(value), working(value)):
        assert len(text.split(" ×")[0].partition(".")[2]) <= 3, text
        assert "-" not in text
    if value and abs(value) < 1e9:
        assert any(digit in "123456789" for digit in number(value)), "a number that is not zero does not read as zero"


@pytest.mark.parametrize(("value", "text"), [
    (0.0004, "< 0.001"), (-0.0004, "> −0.001"), (0.0005, "0.001"), (0.0042, "0.004"), (0.0, "0.00"),
])  # fmt: skip
def test_tiny_numbers_say_that_they_are(value: float, text: str) -> None:
    assert number(value) == text


def test_names_with_values() -> None:
    assert named("τ²", 0.25) == "τ² = 0.25"
    assert named("τ²", 1e-7) == "τ² < 0.001"
    assert heterogeneity(tau2=1e-7, i2=0.0) == "τ² < 0.001; I² = 0%"
    assert heterogeneity(tau2=0.0) == "τ² = 0"


def test_numbers_of_a_calculation() -> None:
    assert [working(x) for x in (36, -0.2, 1.959964, 13826.8257, 0.0, None, 100.0)] == [
        "36", "−0.2", "1.96", "13\u202f826.826", "0", "–", "100"]


@pytest.mark.parametrize(("text", "tidied"), [
    ("-0.76", "−0.76"), ("(-1.2 to -0.3)", "(−1.2 to −0.3)"), ("[-1, 2]", "[−1, 2]"), ("= -.5", "= −.5"),
    ("2026-11-21", "2026-11-21"), ("0-100", "0-100"), ("M024-1", "M024-1"), ("MSQOL-54", "MSQOL-54"),
    ("a well-known 3-arm trial", "a well-known 3-arm trial"), ("doi:10.1/a-1", "doi:10.1/a-1"),
])  # fmt: skip
def test_hyphens_before_numbers_become_minus_signs(text: str, tidied: str) -> None:
    assert tidy(text) == tidied
    assert tidy(tidied) == tidied
