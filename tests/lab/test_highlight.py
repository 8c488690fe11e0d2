"""Marked terms: the pieces give the text back, whole words only, the longer term first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.lab.highlight import Terms
from reviewkit.lab.text import authors, shown

texts = st.text(alphabet=st.sampled_from("ab *.\n\u202e<>é(["), max_size=60)


@given(texts, st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_pieces_give_the_text_back(text: str, include: list[str], exclude: list[str]) -> None:
    pieces = Terms(include, exclude).split(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("A trial of MUSIC", [("MUSIC", "include")]),
        ("musical", []),
        ("randomised, randomly", [("randomised", "include"), ("randomly", "include")]),
        ("sleep\n quality", [("sleep\n quality", "include")]),
        ("review protocol, review", [("review protocol", "exclude"), ("review", "include")]),
        ("C++ and c", [("C++", "exclude")]),
    ],
)
def test_terms(text: str, marked: list[tuple[str, str]]) -> None:
    terms = Terms(["music", "random*", "sleep quality", "review"], ["review protocol", "c++", "*", " "])
    assert [piece for piece in terms.split(text) if piece[1]] == marked


def test_a_megabyte_is_cut_and_says_how_long_it_is() -> None:
    found = shown("music " * 180_000, Terms(["music"], []), 600)
    assert found["hidden"]
    assert found["length"] == 1_080_000
    assert sum(len(piece) for piece, _ in found["segments"]) == 600


def test_many_authors_are_counted() -> None:
    assert authors(tuple(f"Name{n}, A." for n in range(23))).endswith("; and 3 more")
