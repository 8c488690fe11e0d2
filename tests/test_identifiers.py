"""Identifiers are safe in file names, logs and links on every system."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.identifiers import check_identifier, slug


@pytest.mark.parametrize("name", ["a", "b12-ms", "0", "x" * 64])
def test_good_names_are_given_back(name: str) -> None:
    assert check_identifier(name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", "a_b", "a b", "../x", "a\n", "x" * 65, "con", "lpt1", "é", "a/b"])
def test_bad_names_are_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not an identifier") as caught:
        check_identifier(name)
    assert repr(name) in str(caught.value)


@given(st.text(max_size=80))
def test_a_slug_is_an_identifier_or_nothing(text: str) -> None:
    made = slug(text)
    assert made == "" or check_identifier(made) == made
    assert bool(made) >= bool(re.search(r"[A-Za-z0-9]", text))
