"""The sign test: against scipy, by hand, bad input."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from reviewkit.errors import InputError
from reviewkit.synthesis.signs import sign_test, vote_count


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_sign_test_agrees_with_scipy(positive: int, negative: int, level: float) -> None:
    got = sign_test(positive, negative, level=level)
    if positive + negative == 0:
        assert (got.p, got.proportion, got.wilson, got.clopper_pearson) == (None, None, None, None)
        return
    want = binomtest(positive, positive + negative)
    assert got.p == pytest.approx(want.pvalue, rel=1e-9)
    for ours, method in ((got.wilson, "wilson"), (got.clopper_pearson, "exact")):
        theirs = want.proportion_ci(level, method=method)
        assert ours == pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-12)


def test_sign_test_by_hand() -> None:
    # 9 of 10: 2 * (C(10,0) + C(10,1)) / 2^10.
    assert sign_test(9, 1).p == pytest.approx(2 * (comb(10, 0) + comb(10, 1)) / 2**10)


def test_vote_count_leaves_null_estimates_out() -> None:
    result = vote_count([1.0, 1.2, 0.8, 1.0], null_value=1.0)
    assert (result.positive, result.negative, result.null, result.counted) == (1, 1, 2, 2)
    assert vote_count([]).counted == 0


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="estimate 2 is nan"):
        vote_count([0.1, np.nan])
    with pytest.raises(InputError, match="negative = -1"):
        sign_test(1, -1)
    with pytest.raises(InputError, match="level = 1"):
        sign_test(1, 1, level=1)
