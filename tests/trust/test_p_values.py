from __future__ import annotations

import pytest
from scipy import stats

from reviewkit.trust.printed import Span
from reviewkit.trust.testing import Sample, difference_p, hedges_j, one_sample_p, table_p
from tests.trust.build import codes, contrast, events, only, vas


def _point(mean: float, sd: float, n: int) -> Sample:
    return Sample(Span(mean, mean), Span(sd, sd), n)


def test_p_holds_both_t_tests_of_scipy() -> None:
    span = difference_p(_point(5.1, 2.0, 20), _point(6.3, 3.1, 31))
    assert span is not None
    for equal in (True, False):
        assert span.holds(float(stats.ttest_ind_from_stats(5.1, 2.0, 20, 6.3, 3.1, 31, equal_var=equal).pvalue))


def test_p_of_a_table_holds_the_usual_tests_of_scipy() -> None:
    span = table_p(12, 40, 5, 42)
    table = [[12, 28], [5, 37]]
    assert span.holds(float(stats.chi2_contingency(table, correction=True).pvalue))
    assert span.holds(float(stats.chi2_contingency(table, correction=False).pvalue))
    assert span.holds(float(stats.fisher_exact(table).pvalue))


def test_paired_p_is_that_of_scipy() -> None:
    span = one_sample_p(Span(-1.5, -1.5), Span(2.3, 2.3), 21)
    t = -1.5 / (2.3 / 21**0.5)
    assert span is not None
    assert span.holds(float(2 * stats.t.sf(abs(t), 20)))


def test_hedges_factor() -> None:
    """Hedges 1981, table 1: c(10) = 0.9228."""
    assert hedges_j(10) == pytest.approx(0.9228, abs=5e-4)


def _pair(p: str, **values: object) -> list:
    return [
        vas("yoga", 8, 30, "44.0", "18.0", p_value_printed=p, p_kind="between", **values),
        vas("usual care", 8, 30, "50.0", "17.0"),
    ]


@pytest.mark.parametrize("p", ["0.190", "NS", ">0.05", "0.19", "p=0.2"])
def test_a_p_that_fits(p: str) -> None:
    assert codes(*_pair(p)) == []


@pytest.mark.parametrize("p", ["0.004", "<0.01", "0.72"])
def test_a_p_that_the_numbers_exclude(p: str) -> None:
    finding = only(*_pair(p))
    assert finding.code == "p_mismatch"
    assert finding.right_reading == "p about 0.19"


@pytest.mark.parametrize("note", ["ANCOVA", "Mann-Whitney U test", "t test on log-transformed values", "mixed model"])
def test_a_p_of_another_test_is_not_judged(note: str) -> None:
    assert codes(*_pair("0.004", note=note)) == []


def test_a_one_sided_p_is_doubled() -> None:
    assert codes(*_pair("0.095", note="one-sided test")) == []
    assert codes(*_pair("0.190", note="one-sided test")) == ["p_mismatch"]


def test_a_multiplied_p_is_divided() -> None:
    assert codes(*_pair("0.57", note="Bonferroni, multiplied by 3")) == []


def test_a_before_after_p_between_the_arms() -> None:
    rows = [
        vas("yoga", 8, 30, "44.0", "18.0", p_value_printed="0.006", p_kind="between"),
        vas("usual care", 8, 30, "46.0", "17.0"),
        vas("yoga", 8, 30, "-8.0", "14.8", value_type="change"),
        vas("usual care", 8, 30, "-5.0", "15.0", value_type="change"),
    ]
    finding = only(*rows)
    assert finding.code == "within_p_as_between"
    assert "no difference shown" in finding.right_reading


def test_a_p_labelled_as_within_is_innocent() -> None:
    rows = [
        vas("yoga", 8, 30, "-8.0", "14.8", value_type="change", p_value_printed="0.006", p_kind="within"),
        vas("usual care", 8, 30, "-5.0", "15.0", value_type="change"),
    ]
    assert codes(*rows) == []


def test_counts_against_their_p() -> None:
    assert only(events("yoga", 13, 36, p_value_printed="0.004", p_kind="between"), events("control", 12, 37)).code == (
        "p_mismatch"
    )
    assert codes(events("yoga", 4, 15, p_value_printed=">0.05", p_kind="between"), events("control", 0, 13)) == []


def test_a_claim_that_depends_on_the_test() -> None:
    """Chi-square 0.053, with correction 0.097, Fisher 0.095; only the z test without pooling is under 0.05."""
    found = only(events("yoga", 4, 60, p_value_printed="<0.05", p_kind="between"), events("control", 11, 60))
    assert (found.code, found.certainty) == ("p_depends_on_test", "possible")
    assert "to 0.0977: it depends on the test" in found.message


@pytest.mark.parametrize(
    ("events_treated", "p"), [(4, "0.053"), (4, "0.0496"), (4, "NS"), (4, ">0.05"), (1, "<0.05"), (4, "")]
)
def test_counts_whose_p_names_its_test_or_hangs_on_none(events_treated: int, p: str) -> None:
    rows = [events("yoga", events_treated, 60, p_value_printed=p, p_kind="between"), events("control", 11, 60)]
    assert codes(*rows) == []


def test_interval_against_p() -> None:
    finding = only(contrast("-0.71", "-1.91", "0.49", p_value_printed="0.002", note="n = 24 v 25"))
    assert finding.code == "ci_vs_p_conflict"
    assert finding.right_reading == "p about 0.24"


def test_limits_one_standard_error_away() -> None:
    finding = only(contrast("-0.56", "-0.94", "-0.18", p_value_printed="0.145", note="n = 43 v 43"))
    assert "one SE" in finding.right_reading


@pytest.mark.parametrize(
    ("p", "note"), [("0.049", ""), ("0.055", ""), ("0.10", "90% confidence interval"), ("0.025", "one-sided p")]
)
def test_borderline_intervals_are_innocent(p: str, note: str) -> None:
    limits = ("-2.01", "0.01") if "90" in note else ("-2.00", "0.00")
    assert codes(contrast("-1.00", *limits, p_value_printed=p, note=note)) == []


def test_the_p_of_a_contrast_against_the_arms() -> None:
    rows = [vas("yoga", 8, 30, "44.0", "18.0"), vas("usual care", 8, 30, "50.0", "17.0")]
    bare = contrast("-6.0", "", "", p_value_printed="0.002")
    assert codes(*rows, bare) == ["p_mismatch"]
    assert codes(*rows, contrast("-6.0", "", "", p_value_printed="0.19")) == []
    assert codes(*rows, contrast("-8.5", "", "", p_value_printed="0.002")) == []
