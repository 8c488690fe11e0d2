"""Studies without numbers: the what-if is the pool of all with zeros, assumptions are named, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.base import EmptySynthesis
from reviewkit.synthesis.pooling import pool
from reviewkit.synthesis.unreported import SilentStudy, what_if_null

Y, V, NAMES = [0.5, 0.4, 0.6], [0.04, 0.05, 0.06], ["Ay", "Be", "Ce"]


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=5), st.floats(-0.2, 0.2))
def test_is_the_pool_with_nulls_added(variances: list[float], null: float) -> None:
    silent = [SilentStudy(f"S{i}", variance=v) for i, v in enumerate(variances)]
    got = what_if_null(Y, V, silent, null=null, model="common")
    want = pool([*Y, *[null] * len(silent)], [*V, *variances], model="common")
    assert got.with_null.estimate == pytest.approx(want.estimate)
    assert got.reported.estimate == pytest.approx(pool(Y, V, model="common").estimate)
    assert min(null, got.reported.estimate) <= got.with_null.estimate <= got.reported.estimate
    assert {one.assumption for one in got.assumed} == {"stated"}


def test_variance_from_size_or_from_the_others() -> None:
    silent = [SilentStudy("S1", n=50), SilentStudy("S2")]
    got = what_if_null(Y, V, silent, ni=[100, 80, 70])
    assert [one.variance for one in got.assumed] == pytest.approx([np.median([4, 4, 4.2]) / 50, 0.05])
    assert [one.assumption for one in got.assumed] == ["from sample size", "median of the reported studies"]


def test_change_of_the_conclusion_is_said() -> None:
    silent = [SilentStudy(f"S{i}", variance=0.001) for i in range(4)]
    got = what_if_null(Y, V, silent, model="common")
    assert got.changes_conclusion and "would change the conclusion" in str(got)
    kept = what_if_null(Y, V, [SilentStudy("S1", variance=10)], model="common")
    assert not kept.changes_conclusion and "1 study reports no difference" in str(kept)


def test_ratio_is_printed_as_a_ratio() -> None:
    got = what_if_null(Y, V, [SilentStudy("S1", variance=0.05)], model="common", measure="RR")
    assert f"{np.exp(got.with_null.estimate):.3g}" in str(got)


def test_nothing_but_silent_studies() -> None:
    got = what_if_null([], [], [SilentStudy("S1", variance=0.1), SilentStudy("S2", variance=0.1)])
    assert isinstance(got.reported, EmptySynthesis) and got.changes_conclusion is None
    assert "there is no pool" in str(got) and got.with_null.estimate == 0
    with pytest.raises(InputError, match="study S1: no study with numbers"):
        what_if_null([], [], [SilentStudy("S1", n=40)])


def test_bad_input() -> None:
    with pytest.raises(InputError, match="study Ay is there twice"):
        what_if_null(Y, V, [SilentStudy("Ay")], studies=NAMES)
    with pytest.raises(InputError, match="study S: variance = 0"):
        what_if_null(Y, V, [SilentStudy("S", variance=0)])
    with pytest.raises(InputError, match="study S: n = 0"):
        what_if_null(Y, V, [SilentStudy("S", n=0)])
    with pytest.raises(InputError, match="no silent study"):
        what_if_null(Y, V, [])
    with pytest.raises(InputError, match="ni"):
        what_if_null(Y, V, [SilentStudy("S", n=5)], ni=[1, 2])
