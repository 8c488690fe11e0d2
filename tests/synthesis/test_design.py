"""Design matrices: coding, order of columns, redundancy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.design import design_matrix, independent_columns


def test_levels_are_sorted_whatever_their_case():
    found = design_matrix({"arm": ["b", "A", "c", "A"]})
    assert found.terms == ("(Intercept)", "armb", "armc")
    assert found.matrix.tolist() == [[1, 1, 0], [1, 0, 0], [1, 0, 1], [1, 0, 0]]


def test_products_of_categories_follow_r():
    found = design_matrix({"a": ["x", "y", "z"] * 4, "b": ["p", "q"] * 6}, interactions=[("a", "b")], intercept=True)
    assert found.terms == ("(Intercept)", "ay", "az", "bq", "ay:bq", "az:bq")


def test_without_an_intercept():
    assert design_matrix({"x": [1, 2, 4]}, intercept=False).terms == ("x",)


def test_unknown_moderator_in_a_product():
    with pytest.raises(InputError, match="interaction with b"):
        design_matrix({"a": [1, 2, 3]}, interactions=[("a", "b")])


@given(st.integers(0, 1000), st.integers(1, 4))
def test_combinations_of_columns_are_found(seed, extra):
    draw = np.random.default_rng(seed)
    base = draw.normal(size=(9, 3))
    mixed = np.column_stack([base, base @ draw.normal(size=(3, extra))])
    assert independent_columns(mixed) == [0, 1, 2]
