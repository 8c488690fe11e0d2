"""Agreement, against published figures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.screening.agreement import agreement

SETS = Path(__file__).resolve().parents[2] / ".." / "shared" / "screening"


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    words = "abcdef"
    return [(words[i], words[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


@pytest.mark.skipif(not SETS.is_dir(), reason="../shared/screening is not there")
@pytest.mark.parametrize(("name", "kappa"), [("systematic-reviews", 0.778), ("rodents", 0.770), ("trials", 0.361)])
def test_kappa_of_two_real_reviewers_as_published(name: str, kappa: float) -> None:
    with (SETS / f"dual_reviewers_{name}.csv").open(encoding="utf-8", newline="") as stream:
        found = agreement((row["reviewer_c_round1"], row["reviewer_w_round1"]) for row in csv.DictReader(stream))
    assert found.kappa == pytest.approx(kappa, abs=5e-4)
    assert found.kappa_low is not None and found.kappa_high is not None and found.raw is not None
    assert found.kappa_low < found.kappa < found.kappa_high
    assert found.pabak == pytest.approx(2 * found.raw - 1)


def test_three_words_as_in_the_irrcac_vignette() -> None:
    """Gwet's ectopic pregnancy table; the R package irrCAC prints these figures in its overview vignette."""
    found = agreement(pairs([[13, 0, 0], [0, 20, 7], [0, 4, 56]]))
    assert found.raw == pytest.approx(0.89)
    assert found.kappa == pytest.approx(0.7964094, abs=5e-8)
    assert found.pabak == pytest.approx(0.835)
    assert found.ac1 == pytest.approx(0.8493305, abs=5e-8)
    assert found.ac1_low == pytest.approx(0.764, abs=5e-4) and found.ac1_high == pytest.approx(0.935, abs=5e-4)
    assert found.ac1_high is not None
    assert (found.ac1_high - 0.8493305482) / 1.9842169516 == pytest.approx(0.04321747, abs=5e-8)


def test_the_kappa_paradox_as_gwet_printed_it() -> None:
    """Gwet 2002, 'Kappa statistic is not satisfactory': 118, 5, 2, 0 of 125."""
    found = agreement(pairs([[118, 5], [2, 0]]))
    assert found.raw == pytest.approx(0.944) and found.kappa == pytest.approx(-0.0234, abs=5e-5)
    assert found.ac1 == pytest.approx(0.9408, abs=5e-5)


def test_what_is_not_defined_is_none() -> None:
    nothing = agreement([])
    assert (nothing.raw, nothing.kappa, nothing.pabak, nothing.ac1) == (None, None, None, None)
    same = agreement([("include", "include")] * 9, categories=("include", "exclude"))
    assert same.kappa is None and same.raw == same.pabak == same.ac1 == 1


def test_a_word_that_cannot_be_said_is_refused() -> None:
    with pytest.raises(InputError, match="perhaps"):
        agreement([("include", "perhaps")], categories=("include", "exclude"))
    with pytest.raises(InputError, match="level"):
        agreement([], level=95)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=40))
def test_figures_stay_in_bounds_and_do_not_depend_on_who_is_first(both: list[tuple[str, str]]) -> None:
    one = agreement(both, categories="abc")
    other = agreement([(b, a) for a, b in both], categories="abc")
    for name in ("raw", "kappa", "pabak", "ac1", "kappa_low", "kappa_high", "ac1_low", "ac1_high"):
        value, turned = getattr(one, name), getattr(other, name)
        assert (value is None) == (turned is None)
        if value is not None:
            assert -1 <= value <= 1 and value == pytest.approx(turned, abs=1e-9)
    assert sum(map(sum, one.table)) == one.n == len(both)
