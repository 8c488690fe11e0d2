"""pool(): its rules, its sentences, its errors. The numbers are tested by the oracle and in tests/published."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import EmptySynthesis, Pooled, Synthesis, pool, synthesise
from reviewkit.synthesis.intervals import PREDICTION_NAMES

Y = [0.1, 0.9, -0.4, 0.6, 1.4, 0.2]
V = [0.03, 0.05, 0.02, 0.08, 0.04, 0.03]
ALIKE = ([0.30, 0.31, 0.29, 0.30], [0.02, 0.03, 0.02, 0.024])

COMMAND_LINE_KEYS = [
    "measure",
    "k",
    "model",
    "tau2_method",
    "ci_method",
    "scale",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "p",
    "pi_low",
    "pi_high",
    "pi_method",
    "tau2",
    "tau2_ci_low",
    "tau2_ci_high",
    "i2_tau2",
    "i2_q",
    "q",
    "q_df",
    "q_p",
    "h2",
    "studies",
    "excluded",
    "coefficients",
    "subgroups",
    "warnings",
]


class TestDefaults:
    def test_reml_and_hartung_knapp(self):
        got = pool(Y, V)
        assert (got.preset, got.tau2_method, got.ci_method, got.pi_method) == ("cochrane", "REML", "hk", "k-2")
        assert got.df == 5

    def test_narrower_hartung_knapp_is_not_reported_but_named(self):
        got = pool(*ALIKE)
        assert got.ci_method == "normal"
        assert got.confidence("hk").width < got.confidence("normal").width
        assert any("narrower than Wald's" in warning and "reported: Wald" in warning for warning in got.warnings)

    def test_asked_for_hartung_knapp_is_kept_and_warned_about(self):
        got = pool(*ALIKE, ci="hk")
        assert got.ci_method == "hk"
        assert any("reported: Hartung-Knapp" in warning for warning in got.warnings)

    def test_two_studies(self):
        got = pool([0.1, 0.5], [0.04, 0.02])
        assert got.ci_method == "normal"
        assert (got.pi_low, got.pi_high, got.pi_method) == (None, None, "none")
        assert any("Two studies" in warning for warning in got.warnings)
        assert any("withheld" in warning for warning in got.warnings)

    @pytest.mark.parametrize(("k", "warned"), [(3, True), (4, True), (5, False)])
    def test_few_studies_warn_about_the_prediction_interval(self, k, warned):
        got = pool(Y[:k], V[:k])
        assert got.pi_low is not None
        assert any("Prediction interval from only" in warning for warning in got.warnings) is warned

    def test_several_peaks_are_named(self):
        got = pool([-0.03, 0.98, 0.12, 5.8, 1.06, 0.38], [0.204, 0.331, 0.116, 1.792, 1.051, 0.033])
        assert any("several peaks" in warning for warning in got.warnings)


class TestPresets:
    @pytest.mark.parametrize(
        ("preset", "tau2", "ci", "pi"),
        [
            ("cochrane", "REML", "hk", "k-2"),
            ("revman", "REML", "normal", "normal"),
            ("metafor", "REML", "normal", "normal"),
            ("handbook-classic", "DL", "normal", "k-2-wald"),
        ],
    )
    def test_choices_come_from_the_preset(self, preset, tau2, ci, pi):
        got = pool(Y, V, preset=preset)
        assert (got.tau2_method, got.ci_method, got.pi_method) == (tau2, ci, pi)

    def test_an_option_overrides_the_preset(self):
        got = pool(Y, V, preset="metafor", tau2="PM", ci="hk-adhoc", prediction="k-1-hk")
        assert (got.tau2_method, got.ci_method, got.pi_method) == ("PM", "hk-adhoc", "k-1-hk")

    def test_metafor_keeps_hartung_knapp_at_two_studies(self):
        assert pool([0.1, 0.5], [0.04, 0.02], preset="metafor", ci="hk").ci_method == "hk"


class TestFewStudies:
    def test_none_is_an_error_of_pool_and_an_empty_synthesis(self):
        with pytest.raises(InputError, match="no study to pool"):
            pool([], [])
        empty = synthesise([], [])
        assert isinstance(empty, EmptySynthesis)
        assert empty.k == 0
        assert "nothing to synthesise" in str(empty)
        data = json.loads(json.dumps(empty.as_dict()))
        assert data["k"] == 0
        assert [key for key in COMMAND_LINE_KEYS if key not in data] == []

    def test_all_dropped_is_empty_and_says_why(self):
        empty = synthesise([None, 0.2], [0.1, None], studies=["A", "B"], missing="drop")
        assert isinstance(empty, EmptySynthesis)
        assert "A: no effect estimate; B: no sampling variance" in str(empty)

    @pytest.mark.parametrize("model", ["random", "common"])
    @pytest.mark.parametrize("ci", [None, "hk", "t"])
    def test_one_study_is_itself_and_no_pool(self, model, ci):
        got = pool([0.5], [0.04], studies=["Ay 2001"], model=model, ci=ci)
        assert got.estimate == 0.5
        assert got.se == pytest.approx(0.2)
        assert got.ci_method == "normal"
        assert (got.tau2, got.q, got.q_df, got.i2_q, got.i2_tau2) == (0, 0, 0, 0, 0)
        assert str(got).startswith("1 study, so no pool; Ay 2001:")
        assert got.warnings[0].startswith("One study: no pool was made")
        assert got.as_dict()["tau2"] is None

    def test_every_result_has_the_common_interface(self):
        for result in (pool(Y, V), pool([0.5], [0.04]), synthesise([], [])):
            assert isinstance(result, Synthesis)


class TestPrediction:
    @pytest.mark.parametrize("name", [name for name in PREDICTION_NAMES if name != "none"])
    def test_every_convention_can_be_reached_at_any_k(self, name):
        for k in (2, 3, 6):
            interval = pool(Y[:k], V[:k]).prediction(name)
            assert interval.low < interval.high

    def test_conventions_differ_in_distribution_and_error(self):
        got = pool(Y, V, ci="hk")
        assert got.prediction("k-2").df == 4
        assert got.prediction("k-1-wald").se == pytest.approx(math.sqrt(got.tau2 + got.wald_se**2))
        assert got.prediction("k-1-hk").se == pytest.approx(math.sqrt(got.tau2 + got.se**2))
        assert got.prediction("normal-wald").df == math.inf
        assert got.prediction("metafor") == got.prediction("k-1")
        assert pool(Y, V, ci="normal").prediction("metafor").method == "normal"

    def test_no_interval_when_none_is_asked_for(self):
        got = pool(Y, V, prediction="none")
        assert (got.pi_low, got.pi_method) == (None, "none")


class TestCommonEffect:
    def test_has_no_heterogeneity_of_its_own(self):
        got = pool(Y, V, model="common")
        w = 1 / np.asarray(V)
        assert got.estimate == pytest.approx(w @ Y / w.sum())
        assert got.se == pytest.approx(w.sum() ** -0.5)
        assert (got.tau2, got.tau2_method, got.ci_method, got.pi_low) == (0.0, "", "normal", None)
        data = got.as_dict()
        assert data["tau2"] is None and data["i2_tau2"] is None and data["tau2_ci_low"] is None
        assert data["i2_q"] > 0


class TestOutput:
    def test_json_has_every_key_of_the_command_line(self):
        data = pool(Y, V, studies=list("ABCDEF")).as_dict()
        assert [key for key in COMMAND_LINE_KEYS if key not in data] == []
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["studies"][1] == {"study": "B", "yi": 0.9, "vi": 0.05, "weight": data["studies"][1]["weight"]}
        assert sum(row["weight"] for row in data["studies"]) == pytest.approx(100)
        assert 0 < data["tau2_ci_low"] < data["tau2"] < data["tau2_ci_high"]

    def test_ratios_are_told_by_the_measure_and_shown_back_from_the_log_scale(self):
        got = pool(np.log([0.5, 0.6, 0.4, 0.55, 0.5]), [0.04] * 5, measure="RR")
        assert got.scale == "log"
        assert "risk ratio 0.51" in str(got)
        assert pool(Y, V, measure="SMD").scale == "natural"
        assert "ratio" in str(pool(Y, V, scale="log"))

    def test_undefined_values_are_null(self):
        got = pool([0.2] * 4, [0.1, 0.2, 0.3, 0.4], ci="hk")
        assert got.se == 0.0 and got.statistic == math.inf and got.p == 0.0
        json.dumps(got.as_dict(), allow_nan=False)

    def test_results_compare_and_hash(self):
        assert pool(Y, V) == pool(Y, V)
        assert pool(Y, V) != pool(Y, V, ci="normal")
        assert len({pool(Y, V), pool(Y, V)}) == 1

    def test_a_result_does_not_change_with_the_callers_data(self):
        y, v = np.array(Y), np.array(V)
        got = pool(y, v)
        y[0] = 99.0
        assert got.yi[0] == Y[0]
        with pytest.raises(ValueError, match="read-only"):
            got.yi[0] = 1.0

    def test_frozen(self):
        with pytest.raises(AttributeError):
            pool(Y, V).estimate = 1.0


class TestErrors:
    @pytest.mark.parametrize("bad", [-0.01, 0.0, math.inf, math.nan])
    def test_a_bad_variance_names_the_study(self, bad):
        with pytest.raises(InputError, match=r"Be 2004: variance = .* finite and above 0") as caught:
            pool([0.1, 0.2, 0.3], [0.02, bad, 0.05], studies=["Ay 2001", "Be 2004", "Ce 2010"])
        assert caught.value.exit_code == 2
        assert len(caught.value.problems) == 1

    def test_all_faults_at_once(self):
        with pytest.raises(InputError) as caught:
            pool([math.inf, 0.2, 0.3], [0.02, 0.0, -1.0])
        assert [str(problem).split(":")[0] for problem in caught.value.problems] == ["study 1", "study 2", "study 3"]

    def test_a_missing_value_is_refused_unless_dropping_is_asked_for(self):
        with pytest.raises(InputError, match="study 2: effect = nan"):
            pool([0.1, None, 0.3], [0.02, 0.03, 0.04])
        got = pool([0.1, None, 0.3], [0.02, 0.03, 0.04], missing="drop")
        assert got.k == 2
        assert got.excluded == (("study 2", "no effect estimate"),)
        assert got.as_dict()["excluded"] == [{"study": "study 2", "reason": "no effect estimate"}]

    def test_dropping_does_not_hide_a_bad_variance(self):
        with pytest.raises(InputError, match="study 3"):
            pool([0.1, None, 0.3], [0.02, 0.03, -0.04], missing="drop")

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda: pool([0.1, 0.2], [0.1]), "yi has 2 values and vi has 1"),
            (lambda: pool([0.1, 0.2], [0.1, 0.2], studies=["A"]), "studies has 1 names"),
            (lambda: pool([[0.1, 0.2]], [[0.1, 0.2]]), "2 dimensions"),
            (lambda: pool(["a", "b"], [0.1, 0.2]), "must be numbers"),
            (lambda: pool(Y, V, model="mixed"), "model = 'mixed'"),
            (lambda: pool(Y, V, tau2="MM"), "tau2 = 'MM'"),
            (lambda: pool(Y, V, ci="bootstrap"), "ci = 'bootstrap'"),
            (lambda: pool(Y, V, prediction="k-3"), "prediction = 'k-3'"),
            (lambda: pool(Y, V, level=95), "level = 95"),
            (lambda: pool(Y, V, preset="house"), "preset = 'house'"),
            (lambda: pool(Y, V, scale="cubic"), "scale = 'cubic'"),
            (lambda: pool(Y, V, missing="impute"), "missing = 'impute'"),
        ],
    )
    def test_bad_options(self, call, words):
        with pytest.raises(InputError, match=words):
            call()


def test_a_value_beyond_floating_point_is_refused():
    with pytest.raises(InputError, match=r"study 1: effect = 0\.1, variance = 1e-300"):
        pool([0.1, 0.2], [1e-300, 1.0])
    with pytest.raises(InputError, match="study 2: effect"):
        pool([0.1, 1e90], [0.1, 1.0])


def test_any_unit_gives_the_same_answer():
    for scale in (1e-20, 1e-8, 1e8, 1e20):
        got = pool(np.asarray(Y) * scale, np.asarray(V) * scale**2)
        assert isinstance(got, Pooled)
        assert got.estimate / scale == pytest.approx(pool(Y, V).estimate, rel=1e-9)
