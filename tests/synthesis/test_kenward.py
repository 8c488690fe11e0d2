"""Kenward-Roger where it is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis import kenward_roger


@given(st.lists(st.floats(-2, 2), min_size=3, max_size=12), st.floats(0.01, 1))
def test_equal_variances_give_the_t_interval(effects, v):
    """With equal weights the correction vanishes and k − 1 degrees of freedom are left."""
    found = kenward_roger(effects, [v] * len(effects))
    assert found.df == pytest.approx(len(effects) - 1)
    assert found.se == pytest.approx(np.sqrt((v + found.tau2) / len(effects)))


def test_one_study_is_refused():
    with pytest.raises(InputError, match="at least two"):
        kenward_roger([0.2], [0.1])
