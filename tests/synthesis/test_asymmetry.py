"""The test that suits the measure is the one made, and the reason is given."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.synthesis.asymmetry import asymmetry_test
from reviewkit.synthesis.small_study import regression_test
from reviewkit.synthesis.table_asymmetry import pustejovsky_test, table_asymmetry_test

RNG = np.random.default_rng(5)
N1, N2 = RNG.integers(30, 300, 12), RNG.integers(30, 300, 12)
A, C = RNG.binomial(N1, 0.2), RNG.binomial(N2, 0.3)
V = 1 / A + 1 / C
Y = RNG.normal(0.1, np.sqrt(V))


@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_ratios_use_their_tables(measure) -> None:
    got = asymmetry_test(Y, V, measure=measure, tables=(A, N1, C, N2))
    assert got.p == table_asymmetry_test(A, N1, C, N2, method="Harbord", measure=measure).p
    assert "depends on the effect" in got.why


def test_smd_uses_its_sizes() -> None:
    got = asymmetry_test(Y, V, measure="SMD", sizes=(N1, N2))
    assert got.p == pustejovsky_test(Y, V, N1, N2).p and got.why


def test_egger_where_it_is_sound_and_with_a_caution_where_not() -> None:
    plain = asymmetry_test(Y, V, measure="MD")
    assert plain.p == regression_test(Y, V).p and not plain.caution
    doubtful = asymmetry_test(Y, V, measure="OR")
    assert doubtful.p == plain.p and "tables would allow" in doubtful.caution


def test_risk_difference_is_withheld() -> None:
    got = asymmetry_test(Y, V, measure="RD", even_if_few=True)
    assert got.p is None and got.k == 12 and "not made" in str(got)


def test_rule_of_ten_holds() -> None:
    few = (A[:5], N1[:5], C[:5], N2[:5])
    assert "13.3.5.4" in asymmetry_test(Y[:5], V[:5], measure="OR", tables=few).withheld
