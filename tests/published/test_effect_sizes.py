"""Effect sizes of published meta-analyses and textbooks, re-computed.

Each test says what is published and where the numbers were seen; page and table only as that source gives them.
"""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.effects import back_transform, correction_factor, effect_sizes
from reviewkit.effects.conversions import correlation_from_t, fisher_z, log_odds_ratio_from_smd

BCG = {
    # cases and people, vaccinated and not: table in a worked Stata example of the BCG trials (doctorkid, public gist).
    "study": [
        "Frimodt-Moller 1973",
        "TPT Madras 1980",
        "Comstock 1974",
        "Vandiviere 1973",
        "Coetzee & Berjak 1968",
        "Comstock & Webster 1969",
        "Comstock 1976",
    ],
    "ai": [33, 505, 186, 8, 29, 5, 27],
    "n1i": [5069, 88391, 50634, 2545, 7499, 2498, 16913],
    "ci": [47, 499, 141, 10, 45, 3, 29],
    "n2i": [5808, 88391, 27338, 629, 7277, 2341, 17854],
}

STROKE = {
    # Length of hospital stay, specialist against routine stroke care (Normand 1999, Statistics in Medicine 18:321-359);
    # data as printed in van Lissa, Doing Meta-Analysis in R, section 4.1.
    "study": [
        "Edinburgh",
        "Orpington-Mild",
        "Orpington-Moderate",
        "Orpington-Severe",
        "Montreal-Home",
        "Montreal-Transfer",
        "Newcastle",
        "Umea",
        "Uppsala",
    ],
    "n1i": [155, 31, 75, 18, 8, 57, 34, 110, 60],
    "m1i": [55, 27, 64, 66, 14, 19, 52, 21, 30],
    "sd1i": [47, 7, 17, 20, 8, 7, 45, 16, 27],
    "n2i": [156, 32, 71, 18, 13, 52, 33, 183, 52],
    "m2i": [75, 29, 119, 137, 18, 18, 41, 31, 23],
    "sd2i": [64, 4, 29, 48, 11, 4, 34, 27, 20],
}


def test_bcg_log_risk_ratios():
    """Colditz et al. 1994, doi:10.1001/jama.1994.03510330076038.

    Seen: log risk ratios and variances printed by R package metagen for this data set (help page bcgVaccineData).
    """
    found = effect_sizes("RR", BCG)
    assert found.yi == pytest.approx(
        [-0.21754732, 0.01195233, -0.33935883, -1.62089822, -0.46941765, 0.44591340, -0.01731395], abs=5e-8
    )
    assert found.vi == pytest.approx(
        [0.051210172, 0.003961579, 0.012412214, 0.223017248, 0.056434210, 0.532505845, 0.071404660], abs=5e-9
    )


def test_bcg_first_trial_as_the_textbooks_print_it():
    """Aronson 1948: log RR -0.8893, variance 0.3256; seen in the tests of R package metafor for the BCG data."""
    found = effect_sizes("RR", {"ai": [4], "n1i": [123], "ci": [11], "n2i": [139]})
    assert found.yi.round(4) == -0.8893
    assert found.vi.round(4) == 0.3256


def test_stroke_stay_mean_differences_with_one_pooled_variance():
    """Normand 1999, Table VIII (p. 351); seen with page and table in metafor's tests (analysis example normand1999)."""
    found = effect_sizes("MD", STROKE, variance="HO")
    assert found.yi.tolist() == [-20, -2, -55, -71, -4, 1, 11, -10, 7]
    assert found.vi.round(2).tolist() == [40.59, 2.05, 15.28, 150.22, 20.19, 1.22, 95.38, 8.03, 20.69]


def test_stroke_stay_standardised():
    """Hedges g with exact correction as printed in van Lissa, Doing Meta-Analysis in R, section 4.1."""
    found = effect_sizes("SMD", STROKE)
    assert found.yi == pytest.approx(
        [-0.3551696, -0.3479400, -2.3175692, -1.8879823, -0.3839641, 0.1721487, 0.2720521, -0.4245963, 0.2895562],
        abs=5e-8,
    )
    assert found.vi == pytest.approx(
        [0.0130647, 0.0644689, 0.0458121, 0.1606177, 0.2054333, 0.0369106, 0.0602671, 0.0148630, 0.0362717], abs=5e-8
    )


@pytest.mark.parametrize(
    ("measure", "options", "yi", "vi"),
    [
        ("ROM", {}, [-0.3102, -0.0715, -0.6202, -0.7303], [0.0094, 0.0028, 0.0018, 0.0119]),
        ("CVR", {"correction": False}, [0.0014], [0.0159]),
        ("VR", {}, [-0.3087], [0.0065]),
    ],
)
def test_stroke_stay_other_measures(measure, options, yi, vi):
    """The same trials; seen in metafor's tests of escalc (printed to four decimals)."""
    found = effect_sizes(measure, STROKE, **options)
    assert found.yi[: len(yi)] == pytest.approx(yi, abs=6e-5)
    assert found.vi[: len(vi)] == pytest.approx(vi, abs=6e-5)


def test_stroke_stay_with_unequal_spreads():
    """Bonett's SMDH for the first four trials; seen in metafor's tests of escalc, of a version before 5.

    That version multiplied Bonett's variance by J², which metafor has given up since.
    """
    found = effect_sizes("SMDH", STROKE)
    shrink = correction_factor(np.add(STROKE["n1i"], STROKE["n2i"]) - 2) ** 2
    assert found.yi[:4] == pytest.approx([-0.3553, -0.3465, -2.3018, -1.8880], abs=6e-5)
    assert (found.vi * shrink)[:4] == pytest.approx([0.0131, 0.0657, 0.0509, 0.1874], abs=6e-5)


def test_double_arcsine_and_its_inverse():
    """Miller 1978, The inverse of the Freeman-Tukey double arcsine transformation, p. 138.

    Seen with the page in metafor's tests (analysis example miller1978); the paper's scale is twice ours.
    """
    found = effect_sizes("PFT", {"xi": [3, 6, 10, 1], "ni": [11, 17, 21, 6]})
    assert (2 * found.yi).round(4).tolist() == [1.1391, 1.2888, 1.5253, 0.9515]
    assert (4 * found.vi).round(4).tolist() == [0.0870, 0.0571, 0.0465, 0.1538]
    sizes = np.array([11, 17, 21, 6])
    unweighted = back_transform("PFT", [found.yi.mean()], size=sizes)
    weighted = back_transform("PFT", [np.average(found.yi, weights=1 / found.vi)], size=sizes)
    assert (unweighted.round(4)[0], weighted.round(4)[0]) == (0.3164, 0.3595)


PRE_POST = {
    # Morris 2008, doi:10.1177/1094428106291059, table 5, as printed in metafor's tests: treatment, then control.
    "before": ([30.6, 23.5, 0.5, 53.4, 35.6], [23.1, 24.9, 0.6, 55.7, 34.8]),
    "after": ([38.5, 26.8, 0.7, 75.9, 36.0], [19.7, 25.3, 0.6, 60.7, 33.4]),
    "sd_before": ([15.0, 3.1, 0.1, 14.5, 4.7], [13.8, 4.1, 0.2, 17.3, 3.1]),
    "sd_after": ([11.6, 4.1, 0.1, 4.4, 4.6], [14.8, 3.3, 0.2, 17.9, 6.9]),
    "n": ([20, 50, 9, 10, 14], [20, 42, 9, 11, 14]),
}


@pytest.mark.parametrize(
    ("measure", "difference", "variance"),
    [
        ("SMCR", [0.74, 0.95, 1.81, 1.15, 0.51], [0.1138, 0.0426, 0.2833, 0.1458, 0.1667]),
        ("SMCC", [0.76, 0.90, 2.66, 1.35, 0.29], [0.1086, 0.0544, 0.6159, 0.3872, 0.1447]),
    ],
)
def test_pretest_posttest_control_designs(measure, difference, variance):
    """Morris 2008: the SMCR differences are its results on p. 368; SMCC and variances are metafor's, same tests."""
    arms = [
        effect_sizes(
            measure,
            {
                "m1i": PRE_POST["after"][arm],
                "m2i": PRE_POST["before"][arm],
                "sd1i": PRE_POST["sd_before"][arm],
                "sd2i": PRE_POST["sd_after"][arm],
                "ni": PRE_POST["n"][arm],
                "ri": [0.47, 0.64, 0.77, 0.89, 0.44],
            },
        )
        for arm in (0, 1)
    ]
    assert (arms[0].yi - arms[1].yi).round(2).tolist() == difference
    assert (arms[0].vi + arms[1].vi).round(4).tolist() == variance


@pytest.mark.parametrize(
    ("measure", "estimate", "se"),
    [
        ("YUQ", 0.3846, 0.1901),
        ("YUY", 0.2000, 0.1071),
        ("PBIT", 0.4399, 0.2456),
        ("OR2D", 0.4471, 0.2460),
        ("OR2DN", 0.4915, 0.2704),
        ("PHI", 0.1309, 0.0789),
    ],
)
def test_one_table_on_six_scales(measure, estimate, se):
    """The Handbook of Research Synthesis and Meta-Analysis, table 13.4 (p. 242), as cited in metafor's tests."""
    options = {"variance": "CS"} if measure == "PHI" else {}
    found = effect_sizes(measure, {"ai": [135], "bi": [15], "ci": [40], "di": [10]}, **options)
    assert found.yi[0] == pytest.approx(estimate, abs=6e-5)
    assert found.sei[0] == pytest.approx(se, abs=6e-5)


def test_partial_and_semi_partial_correlations():
    """Aloe and Thompson 2013, first study (t = 4.61, n = 218, 4 predictors, R² = .240); seen in metafor's tests."""
    t, n, m, r2 = 4.61, 218, 4, 0.240
    r = correlation_from_t(t, n - m - 1)["r"]
    columns = {"ri": [r], "mi": [m], "ni": [n]}
    assert effect_sizes("PCOR", columns).yi[0] == pytest.approx(0.3012, abs=6e-5)
    assert effect_sizes("PCOR", columns).vi[0] == pytest.approx(0.0039, abs=6e-5)
    assert effect_sizes("ZPCOR", columns).yi[0] == pytest.approx(0.3108, abs=6e-5)
    assert fisher_z(r)["z"] == pytest.approx(0.3108, abs=6e-5)
    semi = t * np.sqrt(1 - r2) / np.sqrt(n - m - 1)
    found = effect_sizes("SPCOR", {"ri": [semi], "mi": [m], "ni": [n], "r2i": [r2]})
    assert (found.yi[0], found.vi[0]) == pytest.approx((0.2754, 0.0033), abs=6e-5)


@pytest.mark.parametrize(
    ("measure", "estimate", "variance"),
    [("MC", 4.0, 0.2618), ("SMCRH", 0.7210, 0.0129), ("ROMC", 0.1671, 0.0004)],
)
def test_paired_means(measure, estimate, variance):
    """Bonett's and Lajeunesse's paired measures on one worked example; seen in metafor's tests, of a version before 5.

    That version multiplied the variance of SMCRH by J², which metafor has given up since.
    """
    columns = {"m1i": [26], "m2i": [22], "sd1i": [np.sqrt(30)], "sd2i": [np.sqrt(20)], "ni": [60], "ri": [0.7]}
    found = effect_sizes(measure, columns)
    shrink = float(correction_factor(59)) ** 2 if measure == "SMCRH" else 1.0
    assert (found.yi[0], found.vi[0] * shrink) == pytest.approx((estimate, variance), abs=6e-5)


@pytest.mark.parametrize(
    ("measure", "estimate", "variance"),
    [
        ("MPRD", 0.0909, 0.0048),
        ("MPRR", 0.1823, 0.0200),
        ("MPOR", 0.3646, 0.0782),
        ("MPORC", 0.6931, 0.3000),
        ("MPPETO", 0.6667, 0.2667),
    ],
)
def test_matched_pairs(measure, estimate, variance):
    """Matched-pairs measures on one worked table; seen in metafor's tests of escalc."""
    found = effect_sizes(measure, {"ai": [20], "bi": [10], "ci": [5], "di": [20]})
    assert (found.yi[0], found.vi[0]) == pytest.approx((estimate, variance), abs=6e-5)


def test_point_biserial_and_biserial():
    """Twenty people on two scales, one split at its median; seen in metafor's tests of escalc."""
    x = np.array([20, 31, 18, 22, 30, 16, 28, 24, 23, 27, 1, 4, 8, 15, 9, 11, 11, 6, 8, 4])
    y = np.array([3, 3, 4, 5, 6, 4, 7, 6, 5, 4, 3, 5, 1, 5, 2, 4, 6, 4, 2, 4])
    high, low = y[x > np.median(x)], y[x <= np.median(x)]
    columns = {"m1i": [high.mean()], "sd1i": [high.std(ddof=1)], "n1i": [len(high)]}
    columns |= {"m2i": [low.mean()], "sd2i": [low.std(ddof=1)], "n2i": [len(low)]}
    for measure, estimate, variance in (("RPB", 0.3685, 0.0384), ("RBIS", 0.4619, 0.0570)):
        found = effect_sizes(measure, columns)
        assert (found.yi[0], found.vi[0]) == pytest.approx((estimate, variance), abs=6e-5)


@pytest.mark.parametrize(
    ("measure", "columns", "estimate", "variance"),
    [
        ("PAS", {"xi": [10], "ni": [20]}, 0.7854, 0.0125),
        ("IRS", {"xi": [10], "ti": [20]}, 0.7071, 0.0125),
        ("IRFT", {"xi": [10], "ti": [20]}, 0.7244, 0.0125),
        ("IRSD", {"x1i": [10], "x2i": [6], "t1i": [20], "t2i": [20]}, 0.1594, 0.0250),
        ("MNLN", {"mi": [10], "sdi": [2], "ni": [20]}, 2.3026, 0.0020),
        ("CVLN", {"mi": [10], "sdi": [2], "ni": [20]}, -1.5831, 0.0283),
        ("SDLN", {"sdi": [2], "ni": [20]}, 0.7195, 0.0263),
    ],
)
def test_one_group_measures(measure, columns, estimate, variance):
    """Worked values; seen in metafor's tests of escalc."""
    found = effect_sizes(measure, columns)
    assert (found.yi[0], found.vi[0]) == pytest.approx((estimate, variance), abs=6e-5)


def test_a_log_odds_ratio_is_1_81_standard_deviations():
    """Chinn 2000: divide a log odds ratio by 1.81; the factor is cited so in the Cochrane Handbook 10.6."""
    assert round(log_odds_ratio_from_smd(1.0, 0.5)["log_odds_ratio"], 2) == 1.81
