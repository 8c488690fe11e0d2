from __future__ import annotations

import pytest

from reviewkit.errors import InputError
from reviewkit.trust import row_from_mapping
from reviewkit.trust.notes import read_note
from reviewkit.trust.printed import Span, read_number, read_p


def test_a_printed_number_stands_for_its_rounding_interval() -> None:
    span = read_number("12.3").span
    assert (span.low, span.high) == pytest.approx((12.25, 12.35))


@pytest.mark.parametrize(("text", "value"), [("−0,4", -0.4), ("0·7", 0.7), (".5", 0.5), ("1e-3", 0.001), ("45%", 45)])
def test_decimal_signs_and_minus_signs(text: str, value: float) -> None:
    assert read_number(text).value == value


@pytest.mark.parametrize("text", ["abc", "1,234.5", "nan", "inf", "12..3", ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.012", 0.0115, 0.0125),
        ("p = 0,03", 0.025, 0.035),
        ("<0.05", 0, 0.05),
        ("P<.001", 0, 0.001),
        ("NS", 0.05, 1),
        ("n.s.", 0.05, 1),
        (">0.05", 0.05, 1),
        ("0.000", 0, 0.001),
        ("1.00", 0.995, 1),
    ],
)
def test_printed_p(text: str, low: float, high: float) -> None:
    span = read_p(text)
    assert span is not None
    assert (span.low, span.high) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["see text", "3.2", "*"])
def test_what_is_no_p_says_nothing(text: str) -> None:
    assert read_p(text) is None


def test_spans_that_touch_overlap() -> None:
    assert Span(0, 1).overlaps(Span(1, 2))
    assert not Span(0, 1).overlaps(Span(1.001, 2))


@pytest.mark.parametrize(
    ("note", "fact"),
    [
        ("difference adjusted for baseline", "adjusted"),
        ("multiple imputation", "imputed"),
        ("Wilcoxon rank-sum test", "rank"),
        ("geometric mean", "log"),
        ("BCa bootstrap", "other_interval"),
        ("one-tailed p", "one_sided"),
        ("Holm correction", "multiple"),
        ("positive values show improvement; baseline minus week 8", "improvement_positive"),
        ("0 = worst, 100 = best", "reversed_scale"),
        ("control group split in two", "divided"),
    ],
)
def test_general_words_of_notes(note: str, fact: str) -> None:
    assert getattr(read_note(note), fact)
    assert not getattr(read_note("table 2; completers"), fact)


def test_numbers_in_notes() -> None:
    assert read_note("40 patients were randomised to this group").randomised_arm == 40
    assert read_note("randomized: 83 in total").randomised_all == 83
    assert read_note("n = 20 vs 21").pair_n == (20, 21)
    assert read_note("90% confidence interval").level == 0.9
    assert read_note("NCT01234567").registration == "NCT01234567"


def test_a_wrong_number_names_its_column() -> None:
    row = {"row_id": "1", "study_id": "a", "arm": "x", "outcome": "o", "value_type": "final"}
    with pytest.raises(InputError, match="sd = 'x' is not a number"):
        row_from_mapping({**row, "sd": "x"})
    with pytest.raises(InputError, match=r"n = '2\.5' is not a whole number"):
        row_from_mapping({**row, "n": "2.5"})
    with pytest.raises(InputError, match="study_id is empty"):
        row_from_mapping({**row, "study_id": ""})
