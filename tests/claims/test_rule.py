"""The verdict rule: every cell, its limits, and what no change of evidence may do."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.claims import (
    ASSOCIATION,
    MECHANISM,
    NO_EVIDENCE,
    STRENGTH,
    VERDICTS,
    Basis,
    Position,
    judge,
    position_of,
)
from reviewkit.errors import InputError

LEVELS = ("very low", "low", "moderate", "high")
POSITIONS = get_args(Position)
U, P, N, C = "insufficient evidence", "possibly", "no difference shown", "contradicted"
CELLS = {
    "high": ("supported", "probably", P, N, C, U),
    "moderate": ("probably", P, P, N, C, U),
    "low": (P, P, P, N, C, U),
    "very low": (U,) * 6,
}


@pytest.mark.parametrize(
    ("level", "position", "word"),
    [(level, position, word) for level, words in CELLS.items()
     for position, word in zip(POSITIONS, words, strict=True)],
)
def test_every_cell(level: str, position: Position, word: str) -> None:
    assert judge("effect", Basis(position, level, 3)).word == word


bases = st.builds(Basis, st.sampled_from(POSITIONS), st.sampled_from(LEVELS), st.integers(0, 9), st.floats(0, 1))
kinds = st.sampled_from(("effect", "association", "mechanism"))


@given(bases, kinds, st.sampled_from(LEVELS))
def test_worse_certainty_never_says_more(basis: Basis, kind: str, other: str) -> None:
    low, high = sorted((basis.certainty, other), key=LEVELS.index)
    said = [STRENGTH.get(judge(kind, Basis(basis.position, level, basis.studies, basis.without_information)).word, 0)
            for level in (low, high)]
    assert said[0] <= said[1]


@given(bases, kinds)
def test_unknown_risk_of_bias_or_one_study_says_no_more_than_possibly(basis: Basis, kind: str) -> None:
    found = judge(kind, basis)
    assert found.word in VERDICTS
    assert found.why
    if basis.without_information > 0.5 or basis.studies < 2:
        assert STRENGTH.get(found.word, 0) <= STRENGTH["possibly"]


def test_kinds_that_are_not_effects() -> None:
    assert judge("mechanism", Basis("beyond", "high", 9)).word == MECHANISM
    assert judge("association", Basis("beyond", "low", 9)).word == ASSOCIATION
    assert judge("association", Basis("against", "low", 9)).word == C
    assert judge("effect", Basis("beyond", "high", 0)).word == NO_EVIDENCE
    with pytest.raises(InputError, match="no verdict"):
        judge("statement", Basis("beyond", "high", 9))
    with pytest.raises(InputError, match="certainty 'good'"):
        judge("effect", Basis("beyond", "good", 9))


@pytest.mark.parametrize(("low", "high", "sign", "important", "position"), [
    (0.6, 1.0, 1, 0.5, "beyond"), (0.2, 1.0, 1, 0.5, "towards"), (0.2, 1.0, 1, None, "towards"),
    (-1.0, -0.6, -1, 0.5, "beyond"), (0.1, 0.4, 1, 0.5, "no difference"), (-0.4, 0.4, 1, 0.5, "no difference"),
    (-0.4, 0.4, 1, None, "unclear"), (-0.2, 0.9, 1, 0.5, "unclear"), (-1.0, -0.2, 1, 0.5, "against"),
    (-0.4, 0.4, 0, 0.5, "beyond"), (0.6, 0.9, 0, 0.5, "against"), (-0.4, 0.4, 0, None, "unclear"),
])
def test_where_an_interval_lies(low: float, high: float, sign: int, important: float | None, position: str) -> None:
    assert position_of(low, high, sign, important) == position


def test_an_interval_needs_two_limits_in_order() -> None:
    with pytest.raises(InputError, match="finite"):
        position_of(1.0, 0.0, 1, None)
