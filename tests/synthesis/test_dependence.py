"""Covariances of dependent effects, and collapsing them."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import (
    aggregate_effects,
    correlated_covariance,
    gls,
    shared_control_covariance,
    shared_control_smd_covariance,
)

Y, V, TRIAL = [0.2, 0.5, 0.1, 0.9], [0.1, 0.2, 0.15, 0.05], ["a", "a", "b", "b"]


def test_collapsing_first_or_pooling_all_at_once_is_the_same():
    matrix = correlated_covariance(V, TRIAL, 0.6)
    whole = gls(Y, matrix)
    found = aggregate_effects(Y, V, TRIAL, rho=0.6)
    parts = gls(found.yi, found.vi)
    assert found.clusters == ("a", "b") and found.sizes == (2, 2)
    assert parts.estimate == pytest.approx(whole.estimate)
    assert parts.se == pytest.approx(whole.se)


def test_shared_control_of_mean_differences_is_its_squared_error():
    """Two comparisons with one control: the variance of their difference does not contain the control."""
    first, second, control = 0.04, 0.05, 0.03
    matrix = shared_control_covariance([first + control, second + control], ["t", "t"], [control, control])
    contrast = np.array([1.0, -1.0])
    assert contrast @ matrix @ contrast == pytest.approx(first + second)


def test_shared_control_of_standardised_differences():
    matrix = shared_control_smd_covariance([0.4, 0.6], [0.05, 0.06], ["t", "t"], [50, 50], [150, 150])
    assert matrix[0, 1] == matrix[1, 0] == pytest.approx(1 / 50 + 0.4 * 0.6 / 300)
    assert shared_control_smd_covariance([0.4, 0.6], [0.05, 0.06], ["s", "t"], [50, 50], [150, 150])[0, 1] == 0


def test_bad_input_is_refused():
    with pytest.raises(InputError, match=r"rho = 1\.0 with 2 effects"):
        correlated_covariance(V, TRIAL, 1.0)
    with pytest.raises(InputError, match="between -1 and 1"):
        correlated_covariance(V, TRIAL, 1.5)
    with pytest.raises(InputError, match="clusters has 1 values for 4"):
        correlated_covariance(V, ["a"], 0.5)
    with pytest.raises(InputError, match=r"comparison 2: shared = 0\.3"):
        shared_control_covariance([0.5, 0.2], ["t", "t"], [0.3, 0.3])
    with pytest.raises(InputError, match="differs between comparisons"):
        shared_control_covariance([0.5, 0.6], ["t", "t"], [0.3, 0.2])
