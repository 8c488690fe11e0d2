"""PET-PEESE: recovery, the rule, bad input. Numbers: see the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.precision_effect import pet_peese

V = np.linspace(0.01, 0.4, 12)
NOISE = 0.5 * np.sqrt(V) * np.tile([1.0, -1.0, -1.0, 1.0], 3)


def test_lines_are_recovered() -> None:
    assert pet_peese(0.2 + 1.5 * np.sqrt(V), V).pet.estimate == pytest.approx(0.2)
    assert pet_peese(0.2 + 1.5 * V, V).peese.estimate == pytest.approx(0.2)


def test_rule_takes_pet_without_an_effect_and_peese_with_one() -> None:
    none = pet_peese(1.5 * np.sqrt(V) + NOISE, V)
    some = pet_peese(0.8 + 0.5 * np.sqrt(V) + NOISE, V)
    assert none.chosen == "PET" and none.estimate == none.pet.estimate and none.ci == none.pet.ci
    assert some.chosen == "PEESE" and some.estimate == some.peese.estimate
    assert pet_peese(0.8 + 0.5 * np.sqrt(V) + NOISE, V, expected="negative").chosen == "PET"


@given(st.integers(0, 10_000))
def test_sign(seed: int) -> None:
    y = np.random.default_rng(seed).normal(0.2, np.sqrt(V))
    for model in ("multiplicative", "additive", "common"):
        there, back = pet_peese(y, V, model=model), pet_peese(-y, V, model=model)
        assert back.estimate == pytest.approx(-there.estimate, rel=1e-6, abs=1e-9)
        assert back.chosen == there.chosen


def test_few_studies_are_warned_about_and_two_refused() -> None:
    assert "power is low" in str(pet_peese([0.1, 0.2, 0.4], [0.01, 0.02, 0.05]))
    with pytest.raises(InputError, match="at least three"):
        pet_peese([0.1, 0.2], [0.01, 0.02])
    with pytest.raises(InputError, match="same in every study"):
        pet_peese([0.1, 0.2, 0.3], [0.01] * 3)
    with pytest.raises(InputError, match="Be: effect = nan"):
        pet_peese([0.1, float("nan"), 0.3], [0.01, 0.02, 0.03], studies=["Ay", "Be", "Ce"])
