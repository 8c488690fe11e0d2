"""The multiverse: every combination once, nothing in silence, the share as counted by hand."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.multiverse import Choice, StudyData, run_multiverse
from reviewkit.synthesis.multiverse_choices import standard_settings
from reviewkit.synthesis.multiverse_result import Conclusion
from reviewkit.synthesis.pooling import pool

Y, V = [-0.9, -1.5, -0.4, -0.2, -0.6], [0.3, 0.2, 0.02, 0.05, 0.1]
NAMES = ["Ay", "Be", "Ce", "De", "Ef"]
DATA = StudyData.of(Y, V, studies=NAMES, measure="RR")
HIGH_RISK = Choice("high risk", {"in": [True] * 5, "out": [True, False, True, True, True]}, "studies")
READING = Choice("Ef's SD", {"as SD": lambda d: d, "as SE": lambda d: d.with_study("Ef", -0.6, 1.0)}, "data")


def outliers(data: StudyData) -> np.ndarray:
    return np.abs(data.yi - np.median(data.yi)) < 0.8


OUTLIERS = Choice("outliers", {"in": lambda d: np.ones(d.yi.size), "out": outliers}, "studies")


def test_every_combination_agrees_with_its_own_pool() -> None:
    result = run_multiverse(DATA, [HIGH_RISK, READING, *standard_settings()])
    assert result.n == 2 * 2 * 2 * 4 * 2
    for row in result.rows:
        data = DATA.with_study("Ef", -0.6, 1.0) if row.choices["Ef's SD"] == "as SE" else DATA
        data = data.keep([True, row.choices["high risk"] == "in", True, True, True])
        options = {"model": row.choices["model"], "tau2": row.choices["estimator"], "ci": row.choices["interval"]}
        want = pool(data.yi, data.vi, **options)
        assert (row.estimate, row.ci_low, row.ci_high) == pytest.approx((want.estimate, want.ci_low, want.ci_high))
        assert (row.k, row.p) == (want.k, pytest.approx(want.p))


def test_same_analysis_counts_once() -> None:
    result = run_multiverse(DATA, list(standard_settings(models=("random", "common"), intervals=("normal",))))
    assert (result.n, result.n_distinct) == (8, 5)
    common = [i for i, row in enumerate(result.rows) if row.choices["model"] == "common"]
    assert [result.rows[i].duplicate_of for i in common] == [None, common[0], common[0], common[0]]
    no_outlier = Choice("outliers", {"in": [True] * 5, "out": lambda d: d.yi < 10}, "studies")
    assert run_multiverse(DATA, [no_outlier]).n_distinct == 1


def test_share_by_hand() -> None:
    result = run_multiverse(DATA, [HIGH_RISK, OUTLIERS, *standard_settings()], conclusion=Conclusion("below"))
    below = [row.ci_high < 0 for row in result.distinct]
    assert result.share == pytest.approx(np.mean(below))
    assert f"{sum(below)} of {len(below)} different analyses" in str(result)
    for effect in result.by_option():
        with_option = [row for row in result.rows if row.choices[effect.choice] == effect.option]
        rows = {(row.estimate, row.ci_low, row.choices["estimator"], row.choices["model"]): row for row in with_option}
        rows = [row for key, row in rows.items() if key[3] == "random" or key[2] == "REML"]
        if effect.choice == "estimator" and effect.option != "REML":
            continue
        assert effect.n == len(rows) and effect.share == pytest.approx(np.mean([row.ci_high < 0 for row in rows]))


def test_conclusion_of_the_chosen_analysis() -> None:
    choices = list(standard_settings())
    chosen = {"model": "common", "interval": "normal"}
    result = run_multiverse(DATA, choices, chosen=chosen)
    assert result.chosen.choices == {"model": "common", "estimator": "REML", "interval": "normal"}
    assert result.conclusion == Conclusion("below") and result.chosen.supports
    assert sum(row.chosen for row in result.rows) == 1


@pytest.mark.parametrize(
    ("conclusion", "expected"),
    [
        (Conclusion("below"), True),
        (Conclusion("below", -0.4), False),
        (Conclusion("below", -0.4, by="estimate"), True),
        (Conclusion("above"), False),
        (Conclusion("includes"), False),
        (Conclusion("includes", -0.4), True),
    ],
)
def test_what_supports_a_conclusion(conclusion, expected) -> None:
    options = {"common": {"model": "common", "ci": "normal"}}
    result = run_multiverse(DATA, [Choice("model", options, "setting")], conclusion=conclusion)
    assert result.rows[0].supports is expected and result.share == float(expected)


def test_what_cannot_be_done_is_shown_with_its_reason() -> None:
    nobody = Choice("studies", {"all": [True] * 5, "none": [False] * 5}, "studies")
    broken = Choice("reading", {"as is": lambda d: d, "zero": lambda d: d.with_study("Be", 0.1, 0.0)}, "data")
    result = run_multiverse(DATA, [nobody, broken])
    assert result.n_failed == 3 and result.n_distinct == 1
    errors = [row.error for row in result.rows if row.error]
    assert any("no study is left" in e for e in errors) and any("Be: variance = 0" in e for e in errors)
    assert "3 could not be carried out" in str(result)
    assert all(row.supports is None for row in result.rows if row.error)


def test_measures_stand_side_by_side() -> None:
    other = StudyData.of(np.array(Y) / 4, np.array(V) / 16, studies=NAMES, measure="RD")
    result = run_multiverse(DATA, [Choice("measure", {"RR": DATA, "RD": other}, "data")])
    assert [row.measure for row in result.rows] == ["RR", "RD"]
    assert "RD from" in str(result) and "RR from" in str(result)
    assert f"{np.exp(result.rows[0].estimate):.3g}" in str(result)


def test_own_analysis_is_called_with_the_settings() -> None:
    def analyse(data: StudyData, *, power: float) -> SimpleNamespace:
        mean = float(np.average(data.yi, weights=data.vi**-power))
        return SimpleNamespace(k=data.yi.size, estimate=mean, ci_low=mean - 1, ci_high=mean + 1, p=0.5)

    powers = Choice("weights", {"equal": {"power": 0.0}, "inverse": {"power": 1.0}}, "setting")
    result = run_multiverse(DATA, [powers], analyse=analyse)
    assert result.rows[0].estimate == pytest.approx(np.mean(Y)) and result.rows[0].tau2 is None


def test_curve_is_ordered_and_marks_one_option_of_each_choice() -> None:
    result = run_multiverse(DATA, [HIGH_RISK, *standard_settings()])
    curve = result.curve()
    estimates = [point["estimate"] for point in curve]
    assert estimates == sorted(estimates) and [point["rank"] for point in curve] == list(range(1, len(curve) + 1))
    for point in curve:
        for name, options in result.choices.items():
            assert any(point["marks"][f"{name}: {option}"] for option in options)
    common = [point for point in curve if point["marks"]["model: common"]]
    assert all(point["marks"][f"estimator: {name}"] for point in common for name in result.choices["estimator"])
    assert sum(point["chosen"] for point in curve) == 1
    json.dumps(result.as_dict())


def test_decisive_choice() -> None:
    shifted = Choice("reading", {"a": lambda d: d, "b": lambda d: StudyData.of(-d.yi, d.vi)}, "data")
    result = run_multiverse(DATA, [shifted, *standard_settings(intervals=("normal",))], conclusion=Conclusion("below"))
    assert result.decisive() == "reading" and "choice of reading" in str(result)


@pytest.mark.slow
@settings(max_examples=20)
@given(st.permutations([HIGH_RISK, READING, OUTLIERS, *standard_settings()]))
def test_order_of_the_choices_changes_nothing(choices: list[Choice]) -> None:
    base = run_multiverse(DATA, [HIGH_RISK, READING, OUTLIERS, *standard_settings()], conclusion=Conclusion("below"))
    other = run_multiverse(DATA, choices, conclusion=Conclusion("below"))
    assert (other.n, other.n_distinct, other.share) == (base.n, base.n_distinct, base.share)


def test_bad_choices() -> None:
    with pytest.raises(InputError, match="there twice"):
        run_multiverse(DATA, [HIGH_RISK, HIGH_RISK])
    with pytest.raises(InputError, match="no such choice or option"):
        run_multiverse(DATA, [HIGH_RISK], chosen={"high risk": "maybe"})
    with pytest.raises(InputError, match="32 combinations: more than the limit of 10"):
        run_multiverse(DATA, [HIGH_RISK, *standard_settings()], limit=10)
    with pytest.raises(InputError, match="has no option"):
        Choice("empty", {}, "setting")
    with pytest.raises(InputError, match="kind"):
        Choice("x", {"a": {}}, "settings")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="study Zed: not among"):
        DATA.with_study("Zed", 0, 1)
    with pytest.raises(InputError, match="mask has shape"):
        DATA.keep([True])
    with pytest.raises(InputError, match="chosen analysis cannot be carried out"):
        run_multiverse(DATA, [Choice("studies", {"none": [False] * 5}, "studies")])
