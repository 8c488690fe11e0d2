"""Effects as reported: precision from variance, SE, interval or p, and input that contradicts itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError

estimates = st.floats(-5, 5).filter(lambda x: abs(x) > 0.05)
errors = st.floats(0.05, 3)


@given(estimates, errors, st.floats(0.5, 0.999))
def test_every_way_of_saying_it_gives_the_same_variance(y, se, level):
    z = ndtri((1 + level) / 2)
    p = float(2 * ndtr(-abs(y) / se))
    ways = [{"vi": [se**2]}, {"sei": [se]}, {"ci_lb": [y - z * se], "ci_ub": [y + z * se]}]
    if 0 < p < 1:
        ways.append({"pval": [p]})
    for way in ways:
        found = effect_sizes("GEN", {"yi": [y]} | way, level=level)
        assert found.vi[0] == pytest.approx(se**2, rel=1e-6)


def test_the_most_direct_number_is_used_study_by_study():
    data = {"yi": [0.5, 0.5, 0.5], "vi": [0.04, None, None], "sei": [9, 0.3, None], "pval": [0.5, 0.5, None]}
    found = effect_sizes("GEN", data)
    assert found.vi[:2] == pytest.approx([0.04, 0.09])
    assert "reported" in found.dropped[0].reason
    assert found.notes == ("variance from vi in 1 of 3 studies", "variance from sei in 1 of 3 studies")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"vi": [0]}, "above 0"),
        ({"vi": [-0.1]}, "above 0"),
        ({"vi": [math.inf]}, "finite"),
        ({"sei": [0]}, "above 0"),
        ({"ci_lb": [2], "ci_ub": [1]}, "not below"),
        ({"ci_lb": [1], "ci_ub": [2]}, "outside its interval"),
        ({"pval": [1.5]}, "below 1"),
        ({"pval": [0]}, "above 0"),
    ],
)
def test_impossible_precision_is_refused_by_name(columns, told):
    with pytest.raises(InputError, match="Berg 2010") as error:
        effect_sizes("GEN", {"study": ["Berg 2010"], "yi": [0.5]} | columns)
    assert told in str(error.value)


def test_precision_must_be_said_somehow():
    with pytest.raises(InputError, match="precise"):
        effect_sizes("GEN", {"yi": [0.5]})


def test_no_studies_at_all():
    with pytest.raises(InputError, match="no study"):
        effect_sizes("GEN", {"yi": [], "vi": []})


@given(st.floats(0.1, 8), st.floats(0.05, 1.5))
def test_hazard_ratio_by_its_interval_and_by_o_minus_e(hr, se):
    limits = {"ci_lb": [hr * math.exp(-1.959963984540054 * se)], "ci_ub": [hr * math.exp(1.959963984540054 * se)]}
    by_interval = effect_sizes("HR", {"hr": [hr]} | limits)
    by_oe = effect_sizes("HR", {"oe": [math.log(hr) / se**2], "v": [1 / se**2]})
    assert by_interval.yi == pytest.approx(by_oe.yi, abs=1e-9)
    assert by_interval.vi == pytest.approx(by_oe.vi, rel=1e-6)
    assert by_oe.scale == "log"


def test_a_hazard_ratio_must_be_above_nought():
    with pytest.raises(InputError, match="logarithm"):
        effect_sizes("HR", {"hr": [-0.2], "sei": [0.3]})
