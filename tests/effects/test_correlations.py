"""Correlations and alpha: symmetry, the way back, and the unbiased correlation against its integral."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta

from reviewkit.effects import back_transform, effect_sizes
from reviewkit.effects.correlations import unbiased_correlation
from reviewkit.errors import InputError

correlations = st.floats(-0.99, 0.99)


@given(correlations, st.integers(5, 2000), st.sampled_from(["COR", "UCOR", "ZCOR"]))
def test_the_sign_turns_the_estimate_only(r, n, measure):
    one = effect_sizes(measure, {"ri": [r], "ni": [n]})
    other = effect_sizes(measure, {"ri": [-r], "ni": [n]})
    assert one.yi == pytest.approx(-other.yi)
    assert one.vi == pytest.approx(other.vi)


@given(correlations, st.integers(4, 2000))
def test_fisher_leads_back(r, n):
    found = effect_sizes("ZCOR", {"ri": [r], "ni": [n]})
    assert back_transform("ZCOR", found.yi)[0] == pytest.approx(r)
    assert found.vi[0] == pytest.approx(1 / (n - 3))


@pytest.mark.parametrize("n", [6, 12, 27, 60, 326, 5000])
@pytest.mark.parametrize("r", [0.01, 0.3, 0.9])
def test_unbiased_correlation_is_euler_s_integral(r, n):
    """2F1(1/2, 1/2; c; z) = ∫ t^-1/2 (1 - t)^(c - 3/2) (1 - z t)^-1/2 dt / B(1/2, c - 1/2), with t = sin² u."""
    c, z = (n - 2) / 2, 1 - r**2
    area = quad(lambda u: 2 * np.cos(u) ** (2 * c - 2) / np.sqrt(1 - z * np.sin(u) ** 2), 0, np.pi / 2, epsrel=1e-11)[0]
    found = unbiased_correlation(np.array([r]), np.array([float(n)]))
    assert found[0] == pytest.approx(r * area / beta(0.5, c - 0.5), rel=1e-9)


@given(correlations, st.integers(6, 1000))
def test_the_unbiased_correlation_lies_further_out_but_below_one(r, n):
    found = unbiased_correlation(np.array([r]), np.array([float(n)]))[0]
    assert abs(r) <= abs(found) + 1e-12
    assert abs(found) < 1


@pytest.mark.parametrize(
    ("r", "n", "told"), [(1.2, 20, "between -1 and 1"), (0.2, 1, "at least 2"), (0.2, 0, "at least")]
)
def test_impossible_correlations_are_refused(r, n, told):
    with pytest.raises(InputError, match=told):
        effect_sizes("ZCOR", {"ri": [r], "ni": [n]})


def test_what_has_no_variance_is_dropped():
    found = effect_sizes("ZCOR", {"ri": [0.3, 1.0, 0.2], "ni": [3, 30, 40]})
    assert [one.index for one in found.dropped] == [0, 1]
    assert found.k == 1


@given(st.floats(0, 0.99), st.integers(2, 40), st.integers(10, 800))
def test_alpha_leads_back(alpha, items, n):
    for measure in ("ARAW", "AHW", "ABT"):
        found = effect_sizes(measure, {"ai": [alpha], "mi": [items], "ni": [n]})
        assert back_transform(measure, found.yi)[0] == pytest.approx(alpha, abs=1e-9)
        assert found.vi[0] > 0


def test_partial_correlation_needs_people_left():
    with pytest.raises(InputError, match="leaves nothing"):
        effect_sizes("PCOR", {"ri": [0.3], "mi": [10], "ni": [11]})
