"""2x2 measures: symmetries, the zero-cell conventions, and tables that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError

counts = st.integers(1, 500)
tables = st.tuples(counts, counts, counts, counts)
RATIOS = ("RR", "OR", "PETO")


def sizes(measure: str, table: tuple[float, float, float, float], **options: object):
    return effect_sizes(
        measure, {name: [x] for name, x in zip(("ai", "bi", "ci", "di"), table, strict=True)}, **options
    )


@given(tables)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO", "AS", "PHI", "YUQ", "YUY", "PBIT", "OR2DN"])
def test_swapping_the_groups_changes_the_sign_only(measure, table):
    a, b, c, d = table
    one, other = sizes(measure, table), sizes(measure, (c, d, a, b))
    assert one.yi == pytest.approx(-other.yi, rel=1e-9, abs=1e-12)
    assert one.vi == pytest.approx(other.vi, rel=1e-9)


@given(tables)
@pytest.mark.parametrize("measure", ["OR", "RD", "PETO", "AS", "PHI"])
def test_counting_the_others_changes_the_sign_only(measure, table):
    a, b, c, d = table
    one, other = sizes(measure, table), sizes(measure, (b, a, d, c))
    assert one.yi == pytest.approx(-other.yi, rel=1e-9, abs=1e-12)
    assert one.vi == pytest.approx(other.vi, rel=1e-9)


@given(tables)
def test_totals_say_the_same_as_non_events(table):
    a, b, c, d = table
    by_total = effect_sizes("OR", {"ai": [a], "n1i": [a + b], "ci": [c], "n2i": [c + d]})
    assert by_total.yi == pytest.approx(sizes("OR", table).yi)


@given(tables, st.integers(2, 30))
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "AS", "PHI"])
def test_more_people_with_the_same_risks_means_less_variance(measure, table, times):
    one, many = sizes(measure, table), sizes(measure, tuple(times * x for x in table))
    assert many.yi == pytest.approx(one.yi, abs=1e-9)
    assert many.vi == pytest.approx(one.vi / times, rel=1e-6)


@given(tables)
def test_variance_of_phi_by_group_is_the_delta_method(table):
    found = sizes("PHI", table, variance="ST")
    a, b, c, d = map(float, table)
    n1, n2 = a + b, c + d

    def phi(p1: float, p2: float) -> float:
        mean = (n1 * p1 + n2 * p2) / (n1 + n2)
        return (p1 - p2) * np.sqrt(n1 * n2) / (n1 + n2) / np.sqrt(mean * (1 - mean))

    p1, p2, h = a / n1, c / n2, 1e-6
    slopes = (phi(p1 + h, p2) - phi(p1 - h, p2)) / (2 * h), (phi(p1, p2 + h) - phi(p1, p2 - h)) / (2 * h)
    expected = slopes[0] ** 2 * p1 * (1 - p1) / n1 + slopes[1] ** 2 * p2 * (1 - p2) / n2
    assert found.vi[0] == pytest.approx(expected, rel=1e-3)


ONE_ZERO = {"study": ["A", "B"], "ai": [0, 5], "n1i": [20, 20], "ci": [3, 4], "n2i": [20, 20]}


def test_by_default_a_half_is_added_only_where_a_zero_is():
    found = effect_sizes("OR", ONE_ZERO)
    assert found.natural[0] == pytest.approx((0.5 / 20.5) / (3.5 / 17.5))
    assert found.natural[1] == pytest.approx((5 / 15) / (4 / 16))
    assert found.notes == ("0.5 added to every cell of 1 of 2 studies (rule only0)",)


@pytest.mark.parametrize("rule", ["all", "if0all"])
def test_rules_that_reach_every_study(rule):
    found = effect_sizes("OR", ONE_ZERO, to=rule)
    assert found.natural[1] == pytest.approx((5.5 / 15.5) / (4.5 / 16.5))


def test_if0all_leaves_studies_alone_when_no_study_has_a_zero():
    full = {name: values[1:] for name, values in ONE_ZERO.items()}
    assert effect_sizes("OR", full, to="if0all").yi == effect_sizes("OR", full, to="none").yi


def test_without_correction_the_study_is_dropped_and_named():
    found = effect_sizes("OR", ONE_ZERO, to="none")
    assert [one.study for one in found.dropped] == ["A"]
    assert "zero" in found.dropped[0].reason
    assert np.isnan(found.yi[0]) and found.k == 1


def test_double_zero_studies_can_be_dropped():
    data = {"ai": [0, 2], "bi": [10, 8], "ci": [0, 3], "di": [10, 7]}
    assert effect_sizes("RD", data).k == 2
    found = effect_sizes("RD", data, drop00=True)
    assert found.dropped[0].index == 0 and "both groups" in found.dropped[0].reason


def test_a_risk_difference_of_two_empty_arms_is_nought_with_nothing_added():
    found = effect_sizes("RD", {"ai": [0], "bi": [10], "ci": [0], "di": [10]}, to="none")
    assert found.yi[0] == 0 and found.vi[0] == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ai": [30]}, "more events"),
        ({"ai": [-1]}, "at least 0"),
        ({"ai": [2.5]}, "whole number"),
        ({"n1i": [0]}, "at least 1"),
        ({"n1i": [float("inf")]}, "finite"),
        ({"ai": ["many"]}, "must be a number"),
        ({"bi": [3]}, "n1i = 20"),
    ],
)
def test_impossible_tables_are_refused_by_name(change, told):
    data = {"study": ["Smith 2001"], "ai": [5], "n1i": [20], "ci": [4], "n2i": [20]} | change
    with pytest.raises(InputError, match="Smith 2001") as error:
        effect_sizes("RR", data)
    assert told in str(error.value)


def test_every_impossible_study_is_named_at_once():
    data = {"study": ["A", "B", "C"], "ai": [30, 2, -1], "n1i": [20, 20, 20], "ci": [1, 2, 3], "n2i": [20, 20, 0]}
    with pytest.raises(InputError) as error:
        effect_sizes("RR", data)
    assert {problem.message[0] for problem in error.value.problems} == {"A", "C"}
    assert len(error.value.problems) >= 3


def test_fractions_only_when_they_are_asked_for():
    data = {"ai": [4.5], "n1i": [70], "ci": [23], "n2i": [140]}
    with pytest.raises(InputError):
        effect_sizes("OR", data)
    assert effect_sizes("OR", data, fractional=True).k == 1


def test_a_missing_number_drops_the_study_with_the_reason():
    found = effect_sizes("RR", {"ai": [5, None], "n1i": [20, 20], "ci": [4, 4], "n2i": [20, 20]})
    assert found.dropped[0].reason == "ai is not reported"
    assert found.dropped[0].study == "study 2"
    assert found.as_dict()["yi"][1] is None
