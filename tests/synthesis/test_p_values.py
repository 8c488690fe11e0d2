"""Combining p values: against scipy and exact fractions, properties, bad input."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import combine_pvalues

from reviewkit.errors import InputError
from reviewkit.synthesis.direction import DirectedStudy
from reviewkit.synthesis.p_values import (
    P_METHODS,
    PMethod,
    combine_directed_p,
    combine_p,
    edgington_conservative_p,
    one_sided_p,
    uniform_sum_cdf,
)

inner = st.floats(1e-6, 1 - 1e-6)
p_lists = st.lists(inner, min_size=1, max_size=25)
PLAIN: list[PMethod] = [m for m in P_METHODS if m != "stouffer_weighted"]


@given(p_lists)
def test_agrees_with_scipy(p: list[float]) -> None:
    for ours, theirs in (("fisher", "fisher"), ("stouffer", "stouffer"), ("tippett", "tippett"),
                         ("logit", "mudholkar_george"), ("pearson", "pearson")):  # fmt: skip
        assert combine_p(p, ours).p == pytest.approx(combine_pvalues(p, theirs).pvalue, rel=1e-7, abs=1e-300)


@given(st.lists(st.tuples(inner, st.floats(0.1, 50)), min_size=1, max_size=15))
def test_weighted_stouffer_agrees_with_scipy(rows: list[tuple[float, float]]) -> None:
    p, w = zip(*rows, strict=True)
    want = combine_pvalues(p, "stouffer", weights=w).pvalue
    assert combine_p(p, "stouffer_weighted", weights=w).p == pytest.approx(want, rel=1e-9)


def exact_uniform_sum(total: Fraction, k: int) -> float:
    terms = ((-1) ** j * math.comb(k, j) * (total - j) ** k for j in range(math.floor(total) + 1))
    return float(sum(terms) / math.factorial(k))


@given(st.integers(1, 40), st.integers(0, 1000))
def test_sum_of_uniforms_is_exact(k: int, thousandth: int) -> None:
    total = Fraction(thousandth * k, 1000)
    assert uniform_sum_cdf(float(total), k) == pytest.approx(exact_uniform_sum(total, k), rel=1e-9, abs=1e-300)


def test_sum_of_many_uniforms_keeps_its_tail() -> None:
    # 400 numbers with mean 0.4: the alternating sum of the textbooks has no correct digit left here.
    assert uniform_sum_cdf(160.0, 400) == pytest.approx(exact_uniform_sum(Fraction(160), 400), rel=1e-9)


@given(p_lists)
def test_smaller_p_values_never_weaken_the_evidence(p: list[float]) -> None:
    smaller = [x * 0.9 for x in p]
    for method in PLAIN:
        now, then = combine_p(smaller, method).p, combine_p(p, method).p
        assert now is not None and then is not None and now <= then + 1e-12


@given(p_lists)
def test_turning_every_study_round_swaps_the_sides(p: list[float]) -> None:
    turned = [1 - x for x in p]
    for method in ("stouffer", "logit", "edgington"):
        assert combine_p(turned, method).p == pytest.approx(combine_p(p, method).p_opposite, rel=1e-6, abs=1e-9)


def test_one_value_is_itself_and_none_says_so() -> None:
    for method in PLAIN:
        # The logit statistic is t only nearly, so one value does not come back exactly.
        assert combine_p([0.03], method).p == pytest.approx(0.03, rel=0.05 if method == "logit" else 1e-9)
        empty = combine_p([], method)
        assert (empty.k, empty.p, str(empty)) == (0, None, "No p value to combine.")
    assert "nothing to combine" in str(combine_p([0.03], studies=["Ay"]))


def test_direction_makes_the_p_one_sided() -> None:
    assert one_sided_p(0.04, "benefit") == pytest.approx(0.02)
    assert one_sided_p(0.04, "harm") == pytest.approx(0.98)
    assert one_sided_p(0.7, "no difference") == 0.5
    with pytest.raises(InputError, match="needs a direction"):
        one_sided_p(0.04, "unclear")


def test_studies_that_cannot_be_combined_are_named() -> None:
    rows = [
        DirectedStudy("Ay", "benefit", n=100, p=0.02),
        DirectedStudy("Be", "harm", n=50, p=0.5),
        DirectedStudy("Ce", "unclear", p=0.1),
        DirectedStudy("De", "benefit"),
        DirectedStudy("Ef", "benefit", p=0.4),
    ]
    plain = combine_directed_p(rows, "stouffer")
    assert plain.studies == ("Ay", "Be", "Ef") and plain.left_out == ("Ce", "De")
    assert plain.p == pytest.approx(combine_p([0.01, 0.75, 0.2], "stouffer").p)
    weighted = combine_directed_p(rows, weight_by_n=True)
    assert weighted.left_out == ("Ce", "De", "Ef") and weighted.method == "stouffer_weighted"
    assert "Left out: Ce, De, Ef." in str(weighted)


def test_conservative_bound_is_a_bound() -> None:
    p = np.array([0.1, 0.2, 0.3, 0.05])
    assert edgington_conservative_p(p) == pytest.approx(0.65**4 / 24)
    assert combine_p(p, "edgington").p <= edgington_conservative_p(p) + 1e-15


def test_bad_input_names_the_study() -> None:
    with pytest.raises(InputError, match=r"study Be: p = 0 cannot enter fisher.*0\.001"):
        combine_p([0.2, 0.0], "fisher", studies=["Ay", "Be"])
    with pytest.raises(InputError, match="study Be: p = nan"):
        combine_p([0.2, float("nan")], studies=["Ay", "Be"])
    with pytest.raises(InputError, match="study Ay: weight = 0"):
        combine_p([0.2], "stouffer_weighted", weights=[0], studies=["Ay"])
    with pytest.raises(InputError, match="needs weights"):
        combine_p([0.2], "stouffer_weighted")
    with pytest.raises(InputError, match="takes no weights"):
        combine_p([0.2], "fisher", weights=[1])
    with pytest.raises(InputError, match="2 study names for 1"):
        combine_p([0.2], studies=["Ay", "Be"])
    with pytest.raises(InputError, match="method"):
        combine_p([0.2], "bonferroni")  # type: ignore[arg-type]
