"""explain() and differences(): every choice is named with its reason."""

from __future__ import annotations

import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import PRESETS, choose_table_method, pool

Y = [0.1, 0.9, -0.4, 0.6, 1.4, 0.2]
V = [0.03, 0.05, 0.02, 0.08, 0.04, 0.03]


def test_explain_names_each_choice_and_its_source():
    text = pool(Y, V).explain()
    assert "restricted maximum likelihood (Cochrane Methods" in text
    assert "Hartung-Knapp-Sidik-Jonkman interval (Cochrane Methods" in text
    assert "k − 2 degrees of freedom" in text and "not read" in text
    assert "% from tau²" in text and "% from Q" in text


def test_explain_says_what_was_asked_for_against_the_preset():
    text = pool(Y, V, tau2="PM", ci="normal", prediction="k-1").explain()
    assert text.count("(asked for)") == 3


def test_explain_says_why_the_interval_is_not_the_presets():
    assert (
        "Wald's is reported and both are named" in pool([0.30, 0.31, 0.29, 0.30], [0.02, 0.03, 0.02, 0.024]).explain()
    )
    assert "with two studies Wald's interval" in pool([0.1, 0.5], [0.04, 0.02]).explain()


def test_explain_of_one_study_and_of_a_common_effect():
    assert "no pool was made" in pool([0.1], [0.04]).explain()
    assert "tau²" not in pool(Y, V, model="common").explain()


def test_differences_cover_every_other_preset_with_reasons():
    found = pool(Y, V).differences()
    assert [one.preset for one in found] == [name for name in PRESETS if name != "cochrane"]
    classic = found[-1]
    assert classic.pooled.tau2_method == "DL"
    assert classic.pooled.estimate == pool(Y, V, preset="handbook-classic").estimate
    assert any("DerSimonian-Laird" in reason for reason in classic.reasons)
    assert any("Wald interval" in reason for reason in classic.reasons)
    assert "Because: tau² by DerSimonian-Laird" in str(classic)


def test_no_difference_is_said():
    same = pool([0.1], [0.04]).differences()[0]
    assert "the same choices" in str(same) or same.reasons


def test_differences_keep_studies_level_and_measure():
    found = pool(Y, V, studies=list("ABCDEF"), level=0.9, measure="RR").differences()[0].pooled
    assert (found.studies[0], found.level, found.scale) == ("A", 0.9, "log")


@pytest.mark.parametrize(
    ("tables", "method", "words"),
    [
        (([0, 2, 0], [100, 120, 90], [1, 3, 2], [100, 118, 95]), "mh", "2 with a zero cell"),
        (([1, 2, 1], [1000, 1200, 900], [1, 3, 2], [1000, 1180, 950]), "peto", "arms of like size: Peto"),
        (([1, 2, 1], [1000, 1200, 900], [1, 9, 2], [100, 1180, 950]), "mh", "rare events"),
        (([10, 20], [100, 120], [15, 30], [100, 118]), "iv", "inverse variance"),
        (([0, 20], [100, 120], [0, 30], [100, 118]), "mh", "1 without information on a ratio"),
    ],
)
def test_table_method(tables, method, words):
    choice = choose_table_method(*tables)
    assert choice.method == method
    assert words in str(choice)
    assert "sensitivity: " in str(choice)


def test_bad_tables():
    with pytest.raises(InputError, match="study 1: events"):
        choose_table_method([11], [10], [1], [10])
    with pytest.raises(InputError, match="one value for each"):
        choose_table_method([1, 2], [10], [1], [10])
