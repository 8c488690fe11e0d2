"""Published meta-analyses computed again.

Every test says where its numbers were seen: as a rule the test files of metafor (github.com/wviechtb/metafor,
tests/testthat), which cite page and table of the paper and say where the paper itself differs. The data are the small
tables printed in those papers, as the metadat package carries them. Differences between the paper and the value that
its data give are noted, never loosened away.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from reviewkit.synthesis import estimate_tau2, influence, leave_one_out, pool, study_effects, tau2_interval

BCG = {
    "tpos": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "tneg": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
    "cpos": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "cneg": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
}
TEACHER_Y = [
    *(0.03, 0.12, -0.14, 1.18, 0.26, -0.06, -0.02, -0.32, 0.27, 0.80),
    *(0.54, 0.18, -0.02, 0.23, -0.18, -0.06, 0.30, 0.07, -0.07),
]
TEACHER_V = [
    *(0.0156, 0.0216, 0.0279, 0.1391, 0.1362, 0.0106, 0.0106, 0.0484, 0.0269, 0.0630),
    *(0.0912, 0.0497, 0.0835, 0.0841, 0.0253, 0.0279, 0.0193, 0.0088, 0.0303),
]


def _bcg():
    return (np.asarray(BCG[name], dtype=float) for name in ("tpos", "tneg", "cpos", "cneg"))


def _log_risk_ratio(a, n1, c, n2):
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def _log_odds_ratio(a, b, c, d):
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


class TestRaudenbushBryk1985:
    """J Educ Stat 10:75-98, doi:10.3102/10769986010002075; metafor's test_analysis_example_raudenbush1985.r."""

    def test_random_effects(self):
        got = pool(TEACHER_Y, TEACHER_V, preset="metafor")  # pages 83, 85, 86
        assert got.tau2 == pytest.approx(0.0188, abs=5e-5)
        assert got.estimate == pytest.approx(0.0837, abs=5e-5)
        assert got.statistic == pytest.approx(1.6208, abs=5e-5)
        assert got.q == pytest.approx(35.8295, abs=5e-5)  # 35.85 in the paper

    def test_shrunken_effects(self):
        got = study_effects(pool(TEACHER_Y, TEACHER_V, preset="metafor"))  # Figure 2
        # Seen to four digits from a search for tau² that stops after the fifth.
        assert got.effect[:6] == pytest.approx([0.0543, 0.1006, -0.0064, 0.2144, 0.1051, -0.0082], abs=2e-4)
        assert got.low[3:5] == pytest.approx([-0.0533, -0.1622], abs=2e-4)
        assert got.high[3:5] == pytest.approx([0.4821, 0.3724], abs=2e-4)
        assert (got.effect.min().round(2), got.effect.max().round(2)) == (-0.03, 0.25)


class TestRaudenbush2009:
    """Handbook of Research Synthesis, 2nd ed., Table 16.3, page 309; metafor's ..._raudenbush2009.r."""

    WALD = {
        None: (0.0, 0.060, 0.036, 1.655, -0.011, 0.132),
        "ML": (0.013, 0.078, 0.047, 1.637, -0.015, 0.171),
        "REML": (0.019, 0.084, 0.052, 1.621, -0.018, 0.185),
        "DL": (0.026, 0.089, 0.056, 1.601, -0.020, 0.199),
        "HE": (0.080, 0.114, 0.079, 1.443, -0.041, 0.270),
    }
    KNAPP_HARTUNG = {
        None: (0.0, 0.060, 0.051, 1.173, -0.048, 0.168),
        "ML": (0.013, 0.078, 0.059, 1.311, -0.047, 0.202),
        "REML": (0.019, 0.084, 0.062, 1.359, -0.046, 0.213),
        "DL": (0.026, 0.089, 0.064, 1.405, -0.044, 0.223),
        "HE": (0.080, 0.114, 0.071, 1.608, -0.035, 0.264),
    }

    @pytest.mark.parametrize("method", WALD)
    @pytest.mark.parametrize("ci", ["normal", "hk"])
    def test_table_16_3(self, method, ci):
        model = "common" if method is None else "random"
        got = pool(TEACHER_Y, TEACHER_V, model=model, tau2=method, ci=ci)
        found = (got.tau2, got.estimate, got.se, got.statistic, got.ci_low, got.ci_high)
        expected = (self.WALD if ci == "normal" else self.KNAPP_HARTUNG)[method]
        assert found == pytest.approx(expected, abs=5.01e-4)

    def test_prediction_interval(self):
        got = pool(TEACHER_Y, TEACHER_V, preset="metafor")
        assert (got.pi_low, got.pi_high) == pytest.approx((-0.204, 0.371), abs=5e-4)  # page 302: -0.19 and 0.35
        # the chapter leaves the error of the mean out


class TestBerkey1995:
    """Stat Med 14:395-411, page 408 (empirical Bayes, smoothed variances); metafor's ..._berkey1995.r."""

    def test_empirical_bayes(self):
        a, b, c, d = _bcg()
        y, _ = _log_risk_ratio(a, a + b, c, c + d)
        v = np.sum(b / a) / (13 * (a + b)) + np.sum(d / c) / (13 * (c + d))
        got = pool(y, v, tau2="EB", ci="normal")
        assert got.estimate == pytest.approx(-0.5429, abs=5e-5)
        assert got.se == pytest.approx(0.1842, abs=5e-5)
        assert got.tau2 == pytest.approx(0.268, abs=5e-4)


class TestVanHouwelingen2002:
    """Stat Med 21:589-624, doi:10.1002/sim.1040, pages 596 to 599; metafor's ..._vanhouwelingen2002.r."""

    def test_common_effect(self):
        got = pool(*_log_odds_ratio(*_bcg()), model="common", measure="OR")
        low, high = math.exp(got.ci_low), math.exp(got.ci_high)
        assert (math.exp(got.estimate), low, high) == pytest.approx((0.647, 0.595, 0.702), abs=5e-4)  # 0.703 in paper

    def test_maximum_likelihood(self):
        got = pool(*_log_odds_ratio(*_bcg()), tau2="ML", ci="normal", measure="OR", prediction="metafor")
        found = tuple(map(math.exp, (got.estimate, got.ci_low, got.ci_high)))
        assert found == pytest.approx((0.476, 0.336, 0.675), abs=5e-4)
        assert got.tau2 == pytest.approx(0.302, abs=5e-4)
        # page 597 gives 0.135 to 1.181 by an approximation; by Q-profile:
        assert (got.tau2_ci_low, got.tau2_ci_high) == pytest.approx((0.130, 1.181), abs=5e-4)
        assert (got.pi_low, got.pi_high) == pytest.approx((-1.875, 0.391), abs=5e-4)

    def test_knapp_hartung(self):
        got = pool(*_log_odds_ratio(*_bcg()), tau2="ML", ci="hk", measure="OR")
        assert (math.exp(got.ci_low), math.exp(got.ci_high)) == pytest.approx((0.318, 0.714), abs=5e-4)


class TestColditz1994:
    """JAMA 271:698-702, doi:10.1001/jama.1994.03510330076038, by REML; metafor's test_misc_influence.r."""

    def test_first_deletion(self):
        a, b, c, d = _bcg()
        y, v = _log_risk_ratio(a, a + b, c, c + d)
        one = leave_one_out(pool(y, v, preset="metafor"))
        assert one.estimate[0] == pytest.approx(-0.707083788, rel=1e-5)
        assert one.se[0] == pytest.approx(0.189961025, rel=1e-5)
        assert one.q[0] == pytest.approx(151.582572747, rel=1e-9)
        assert one.i2[0] == pytest.approx(93.22593491, rel=1e-5)
        first = influence(y, v)
        assert first.rstudent[0] == pytest.approx(-0.218142474, rel=1e-5)
        assert first.cook_d[0] == pytest.approx(0.00171654, rel=1e-5)
        assert first.hat[0] == pytest.approx(0.05059483, rel=1e-5)
        assert first.flagged == ()


class TestNormand1999:
    """Stat Med 18:321-359; metafor's ..._normand1999.r."""

    def test_lidocaine(self):
        a, n1 = np.array([2, 4, 6, 7, 7, 11.0]), np.array([39, 44, 107, 103, 110, 154.0])
        c, n2 = np.array([1, 4, 4, 5, 3, 4.0]), np.array([43, 44, 110, 100, 106, 146.0])
        p1, p2 = a / n1, c / n2
        y, v = 100 * (p1 - p2), 1e4 * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        for options in ({"model": "common"}, {"tau2": "REML"}, {"tau2": "DL"}):  # page 349, Table VII
            got = pool(y, v, ci="normal", measure="RD", **options)
            assert (round(got.estimate, 2), round(got.ci_low, 1), round(got.ci_high, 1)) == (2.94, 0.4, 5.5)
            assert round(got.tau2, 3) == 0.0

    @pytest.mark.parametrize(
        ("method", "expected"),
        [
            (None, (-3.49, -5.03, -1.96, 0.0)),
            ("DL", (-14.10, -24.45, -3.75, 218.72)),
            ("REML", (-15.12, -32.67, 2.43, 685.20)),
        ],
    )
    def test_stroke_stay(self, method, expected):
        n1, n2 = np.array([155, 31, 75, 18, 8, 57, 34, 110, 60.0]), np.array([156, 32, 71, 18, 13, 52, 33, 183, 52.0])
        m1, m2 = np.array([55, 27, 64, 66, 14, 19, 52, 21, 30.0]), np.array([75, 29, 119, 137, 18, 18, 41, 31, 23.0])
        s1, s2 = np.array([47, 7, 17, 20, 8, 7, 45, 16, 27.0]), np.array([64, 4, 29, 48, 11, 4, 34, 27, 20.0])
        pooled = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)
        model = "common" if method is None else "random"
        got = pool(m1 - m2, pooled * (1 / n1 + 1 / n2), model=model, tau2=method, ci="normal")  # page 352, Table IX
        assert (got.estimate, got.ci_low, got.ci_high, got.tau2) == pytest.approx(expected, abs=5.01e-3)


class TestViechtbauer2005:
    """J Educ Behav Stat 30:261-293, doi:10.3102/10769986030003261; metafor's ..._viechtbauer2005.r."""

    METHODS = ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
    FIRST = (
        [-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232],
        [0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040],
    )
    SECOND = (
        [
            *(0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134),
            *(0.019, 0.175, 0.056, 0.045, 0.103, 0.121, -0.482, 0.290, 0.342),
        ],
        [
            *(0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034),
            *(0.033, 0.031, 0.034, 0.039, 0.167, 0.134, 0.096, 0.016, 0.035),
        ],
    )

    def test_first_example(self):
        got = [pool(*self.FIRST, tau2=method) for method in self.METHODS]  # page 271
        assert [round(one.tau2, 3) for one in got] == [0.228, 0.148, 0.277, 0.197, 0.223, 0.192, 0.199]
        assert [round(one.i2_tau2, 2) for one in got] == [77.23, 68.80, 80.44, 74.51, 76.84, 74.05, 74.75]
        assert [round(one.h2, 2) for one in got] == [4.39, 3.21, 5.11, 3.92, 4.32, 3.85, 3.96]

    def test_second_example(self):
        got = [pool(*self.SECOND, tau2=method) for method in self.METHODS]  # page 272
        assert [round(one.tau2, 3) for one in got] == [0.010, 0.000, 0.013, 0.013, 0.016, 0.010, 0.025]
        assert [round(one.i2_tau2, 2) for one in got] == [22.93, 0.00, 27.53, 28.45, 32.02, 23.72, 42.67]


class TestViechtbauer2007:
    """Stat Med 26:37-52, doi:10.1002/sim.2514, Table II, page 44 (diuretics, Collins 1985); ..._viechtbauer2007a.r."""

    EVENTS = ([14, 21, 14, 6, 12, 138, 15, 6, 65], [131, 385, 57, 38, 1011, 1370, 506, 108, 153])
    CONTROL = ([14, 17, 24, 18, 35, 175, 20, 2, 40], [136, 134, 48, 40, 760, 1336, 524, 103, 102])

    @pytest.fixture
    def trials(self):
        (a, n1), (c, n2) = (tuple(np.asarray(x, dtype=float) for x in arm) for arm in (self.EVENTS, self.CONTROL))
        return _log_odds_ratio(a, n1 - a, c, n2 - c)

    @pytest.mark.parametrize(("method", "tau2"), [("DL", 0.230), ("ML", 0.239), ("REML", 0.301), ("SJ", 0.456)])
    def test_estimates(self, trials, method, tau2):
        assert estimate_tau2(*trials, method=method).tau2 == pytest.approx(tau2, abs=5.01e-4)

    @pytest.mark.parametrize(
        ("options", "bounds"),
        [
            ({"kind": "q-profile"}, (0.072, 2.203)),
            ({"kind": "profile-likelihood", "method": "ML"}, (0.027, 1.131)),
            ({"kind": "profile-likelihood", "method": "REML"}, (0.043, 1.475)),
        ],
    )
    def test_intervals(self, trials, options, bounds):
        assert tau2_interval(*trials, **options).tau2 == pytest.approx(bounds, abs=5.01e-4)

    @pytest.mark.parametrize(("method", "bounds"), [("ML", (-0.101, 0.578)), ("REML", (-0.131, 0.732))])
    def test_wald_intervals_of_the_paper(self, trials, method, bounds):
        got = estimate_tau2(*trials, method=method)
        assert (got.tau2 - 1.96 * got.se, got.tau2 + 1.96 * got.se) == pytest.approx(bounds, abs=5.01e-4)


class TestLinde2005:
    """St John's wort, as Viechtbauer 2007 (Z Psychol 215:104-121) pools it; metafor's ..._viechtbauer2007b.r."""

    RESPONSE = (
        [20, 14, 4, 20, 28, 34, 35, 24, 45, 67, 34, 46, 55, 23, 26, 46, 98],
        [25, 20, 25, 32, 50, 48, 53, 49, 80, 106, 60, 70, 123, 37, 98, 113, 186],
        [11, 9, 2, 6, 13, 25, 12, 16, 12, 22, 17, 34, 57, 15, 19, 56, 80],
        [25, 20, 25, 33, 55, 49, 54, 49, 79, 47, 59, 70, 124, 35, 102, 116, 189],
    )

    def test_pages_107_and_109(self):
        trials = _log_risk_ratio(*(np.asarray(column, dtype=float) for column in self.RESPONSE))
        common = pool(*trials, model="common", measure="RR")
        found = tuple(map(math.exp, (common.estimate, common.ci_low, common.ci_high)))
        assert found == pytest.approx((1.3840, 1.2599, 1.5204), abs=5e-5)
        assert common.q == pytest.approx(51.5454, abs=5e-5)  # 55.54 in the article
        got = pool(*trials, tau2="DL", ci="normal", prediction="metafor", measure="RR")
        found = tuple(map(math.exp, (got.estimate, got.ci_low, got.ci_high)))
        assert found == pytest.approx((1.5722, 1.3103, 1.8864), abs=5e-5)  # 1.90 in the article
        assert got.tau2 == pytest.approx(0.0903, abs=5e-5)  # 0.091 in the article
        assert (math.exp(got.pi_low), math.exp(got.pi_high)) == pytest.approx((0.8488, 2.9120), abs=5e-5)


class TestMiller1978:
    """Am Stat 32:138, doi:10.1080/00031305.1978.10479283 (Freeman-Tukey); metafor's ..._miller1978.r."""

    def test_weighted_mean_of_double_arcsines(self):
        x, n = np.array([3, 6, 10, 1.0]), np.array([11, 17, 21, 6.0])
        y = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
        got = pool(y, 1 / (n + 0.5), model="common")
        assert y.round(4).tolist() == [1.1391, 1.2888, 1.5253, 0.9515]
        assert got.estimate == pytest.approx(1.3093, abs=5e-5)
