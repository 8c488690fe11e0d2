"""Median, quartiles and range of the effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.effect_summary import summarise_effects


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_five_numbers_are_ordered_and_turn_with_the_sign(yi: list[float]) -> None:
    got, turned = summarise_effects(yi), summarise_effects([-y for y in yi])
    assert got.minimum <= got.q1 <= got.median <= got.q3 <= got.maximum
    assert (got.minimum, got.maximum) == (min(yi), max(yi))
    assert turned.median == pytest.approx(-got.median, rel=1e-12, abs=1e-9)
    assert turned.q1 == pytest.approx(-got.q3, rel=1e-12, abs=1e-9)


def test_none_and_one() -> None:
    assert summarise_effects([]).median is None
    assert str(summarise_effects([])) == "No effect to summarise."
    assert str(summarise_effects([0.25], measure="SMD")) == "A single SMD: 0.25."


def test_bad_estimate_is_named() -> None:
    with pytest.raises(InputError, match="study Be: nan"):
        summarise_effects([1, np.nan], studies=["Ay", "Be"])
    with pytest.raises(InputError, match="estimate 1: inf"):
        summarise_effects([np.inf])
    with pytest.raises(InputError, match="1 study names for 2"):
        summarise_effects([1, 2], studies=["Ay"])
