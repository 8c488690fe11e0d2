"""One door to pooling tables: which method is taken, and what it returns."""

from __future__ import annotations

import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import CountModel, Pooled, TablePool, pool_two_by_two, recommend_binary

COMMON = ([30, 25, 40], [70, 75, 60], [45, 33, 52], [55, 67, 48])
SPARSE = ([0, 2, 0, 1], [100, 118, 90, 60], [2, 5, 3, 0], [99, 115, 93, 61])
KEYS = {
    *("measure", "k", "model", "tau2_method", "ci_method", "scale", "estimate", "se", "ci_low", "ci_high", "p", "h2"),
    *("pi_low", "pi_high", "pi_method", "tau2", "tau2_ci_low", "tau2_ci_high", "i2_tau2", "i2_q", "q", "q_df", "q_p"),
    *("studies", "excluded", "coefficients", "subgroups", "warnings"),
}


def test_common_events_are_pooled_by_inverse_variance():
    found = pool_two_by_two(*COMMON, measure="RR")
    assert isinstance(found, Pooled) and found.model == "random"
    assert "inverse variance" in found.warnings[0]


def test_sparse_tables_are_pooled_without_correction_and_say_why():
    found = pool_two_by_two(*SPARSE, measure="OR")
    assert isinstance(found, TablePool) and found.method == "mh"
    assert found.explain().startswith(str(recommend_binary(*SPARSE)))
    assert "sensitivity: Peto, GLMM" in found.explain()


def test_every_method_answers_the_contract():
    for method, kind in (("iv", Pooled), ("mh", TablePool), ("peto", TablePool), ("glmm", CountModel)):
        found = pool_two_by_two(*SPARSE, measure="OR", method=method)
        assert isinstance(found, kind)
        assert set(found.as_dict()) >= KEYS
        assert found.estimate < 0


def test_random_effects_by_mantel_haenszel():
    found = pool_two_by_two(*COMMON, measure="OR", method="mh", model="random")
    assert isinstance(found, TablePool) and found.tau2 is not None and found.model == "random"


def test_a_difference_keeps_studies_without_events():
    found = pool_two_by_two([0, 3], [20, 27], [0, 5], [21, 25], measure="RD", method="iv")
    assert found.k == 2
    ratio = pool_two_by_two([0, 3], [20, 27], [0, 5], [21, 25], measure="RR", method="iv")
    assert ratio.k == 1 and "no events" in ratio.excluded[0][1]


@pytest.mark.parametrize("method", ["iv", "mh", "peto", "glmm"])
def test_no_events_in_any_study_is_refused_by_every_method(method):
    with pytest.raises(InputError) as caught:
        pool_two_by_two([0, 0], [20, 35], [0, 0], [22, 30], measure="OR", method=method)
    assert caught.value.problems[0].code == "undefined"


def test_a_method_is_refused_where_it_does_not_give_the_measure():
    with pytest.raises(InputError, match="odds ratio only"):
        pool_two_by_two(*SPARSE, measure="RR", method="peto")
    with pytest.raises(InputError, match="tau2: no option"):
        pool_two_by_two(*SPARSE, measure="RR", method="mh", tau2="DL")


def test_recommendation_for_a_risk_ratio_never_names_a_method_that_cannot_give_it():
    rare = ([1, 2, 1], [999, 998, 999], [2, 2, 1], [998, 998, 999])
    assert recommend_binary(*rare, measure="OR").method == "peto"
    assert recommend_binary(*rare, measure="RR").method == "mh"
    assert "Peto" not in recommend_binary(*rare, measure="RD").sensitivity
