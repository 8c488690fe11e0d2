"""Reference values, computed apart from this project, from the questions' own data files.

The values are those that the material the reviews were made from gives as its own computation: DerSimonian–Laird with
a normal interval unless named, Hedges' g with the approximate J = 1 - 3/(4 df - 1). The variance of g is the one with
2(n1 + n2 - 3.94) for homocysteine and vitamin B12, and the one with 2(n1 + n2) for headache. The reviews themselves
use the protocols' choices (restricted likelihood, Hartung and Knapp's interval, exact J).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from reviewkit.effects import correction_factor, effect_sizes
from reviewkit.effects.conversions import ratio_from_ci, sd_from_difference_p, sd_from_se, se_from_ci, se_from_p
from reviewkit.extraction import ArmRow
from reviewkit.report.opened import Report
from reviewkit.review import open_review
from reviewkit.synthesis import pool
from reviewkit.synthesis.pooled import Pooled

ROOT = Path(__file__).resolve().parents[2]
Effect = tuple[float, float]
"""Effect and variance, ratios as logarithms."""

TWO_DECIMALS = 0.005 + 1e-9
B12, ACUPUNCTURE, HEADACHE = "b12-ms", "acupuncture-ms", "upper-cervical-headache"
HOMOCYSTEINE = ("M075", "M077", "M078", "M079")


@cache
def rows_of(question: str) -> dict[str, ArmRow]:
    return {row.row_id: row for row in open_review(question, ROOT).rows}


def arms(question: str, name: str, ending: str = "") -> tuple[ArmRow, ArmRow]:
    rows = rows_of(question)
    return rows[f"{name}-1{ending}"], rows[f"{name}-2{ending}"]


def means(question: str, name: str, variance: str, *, measure: str = "SMD", ending: str = "") -> Effect:
    """Effect of two arms with mean and SD; an SE is converted."""
    pair = arms(question, name, ending)
    spread = [row.sd if row.sd is not None else sd_from_se(float(row.se or 0), float(row.n or 0))["sd"] for row in pair]
    return from_means([row.mean for row in pair], spread, [row.n for row in pair], variance, measure)


def from_means(
    mean: Sequence[float | None], sd: Sequence[float], n: Sequence[int | None], variance: str, measure: str = "SMD"
) -> Effect:
    columns = {f"{name}{arm}i": [values[arm - 1]] for name, values in (("m", mean), ("sd", sd), ("n", n))
               for arm in (1, 2)}
    options = {"correction": "approx", "variance": variance} if measure == "SMD" else {}
    found = effect_sizes(measure, columns, **options)  # type: ignore[arg-type]
    return float(found.yi[0]), float(found.vi[0])


def g_of_printed_d(question: str, name: str) -> Effect:
    """g of a printed d, with the variance 1/n1 + 1/n2 + g²/(2(n1 + n2))."""
    row = rows_of(question)[name]
    assert row.effect is not None and row.n_intervention and row.n_comparator
    n1, n2 = row.n_intervention, row.n_comparator
    g = float(correction_factor(n1 + n2 - 2, "approx")) * row.effect
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def difference(question: str, name: str) -> Effect:
    """A printed mean difference with the standard error that its interval, or else its p value, gives."""
    row = rows_of(question)[name]
    assert row.effect is not None
    if row.effect_ci_low is not None and row.effect_ci_high is not None:
        return row.effect, se_from_ci(row.effect_ci_low, row.effect_ci_high)["se"] ** 2
    return row.effect, se_from_p(row.effect, float(row.p_value_printed))["se"] ** 2


def counts(question: str, name: str, measure: str) -> Effect:
    one, two = arms(question, name)
    columns = {"ai": [one.events], "n1i": [one.total], "ci": [two.events], "n2i": [two.total]}
    found = effect_sizes(measure, columns)
    return float(found.yi[0]), float(found.vi[0])


def pooled(effects: Sequence[Effect], interval: str = "normal", model: str = "random") -> Pooled:
    tau2 = {"tau2": "DL"} if model == "random" else {}
    return pool([e for e, _ in effects], [v for _, v in effects], model=model, ci=interval, **tau2)  # type: ignore[arg-type]


def homocysteine() -> list[Effect]:
    return [means(B12, name, "LS3") for name in HOMOCYSTEINE]


def with_zhang() -> list[Effect]:
    return [*homocysteine(), means(B12, "M080", "LS3", ending="-converted")]


def with_vrethem() -> list[Effect]:
    """The means differ with p = 0.002 (two-sided t), which gives the common standard deviation."""
    one, two = arms(B12, "M082")
    assert one.mean is not None and two.mean is not None and one.n and two.n
    sd = sd_from_difference_p(one.mean - two.mean, float(one.p_value_printed), one.n, two.n)["sd"]
    return [*with_zhang(), from_means([one.mean, two.mean], [sd, sd], [one.n, two.n], "LS3")]


def with_teunissen() -> list[Effect]:
    """A study that says 'no difference' and prints no number, taken as g = 0: an assumption."""
    study = next(s for s in open_review(B12, ROOT).all_studies if s.study_id == "teunissen2008")
    n1, n2 = (int(size) for size in re.findall(r"\((\d+)\)", study.arms))
    return [*with_vrethem(), (0.0, 1 / n1 + 1 / n2)]


def check(found: Pooled, estimate: float, low: float, high: float, *, ratio: bool = False) -> None:
    values = [found.estimate, found.ci_low, found.ci_high]
    if ratio:
        values = [math.exp(value) for value in values]
    assert values == pytest.approx([estimate, low, high], abs=TWO_DECIMALS)


def test_homocysteine_effect_of_each_study() -> None:
    assert [g for g, _ in homocysteine()] == pytest.approx([0.89, 1.24, 0.60, 0.45], abs=TWO_DECIMALS)


def test_homocysteine_four_studies_common_effect() -> None:
    check(pooled(homocysteine(), model="common"), 0.88, 0.67, 1.09)


def test_homocysteine_four_studies_random_effects() -> None:
    found = pooled(homocysteine())
    check(found, 0.84, 0.51, 1.17)
    assert found.q == pytest.approx(6.82, abs=TWO_DECIMALS)
    assert found.i2_q == pytest.approx(56, abs=0.5)
    assert found.tau2 == pytest.approx(0.062, abs=0.0005)


def test_homocysteine_four_studies_hartung_knapp() -> None:
    check(pooled(homocysteine(), "hk"), 0.84, 0.30, 1.38)


def test_homocysteine_five_studies_standard_error_converted() -> None:
    found = pooled(with_zhang())
    check(found, 0.90, 0.62, 1.18)
    assert found.i2_q == pytest.approx(50, abs=0.5)
    check(pooled(with_zhang(), "hk"), 0.90, 0.50, 1.31)


def test_homocysteine_standard_error_used_as_standard_deviation_is_wrong() -> None:
    wrong = means(B12, "M080", "LS3", ending="-as-printed")
    assert wrong[0] == pytest.approx(7.46, abs=TWO_DECIMALS)
    found = pooled([*homocysteine(), wrong])
    check(found, 1.95, 0.78, 3.12)
    assert found.i2_q == pytest.approx(96, abs=0.5)


def test_homocysteine_six_studies_one_from_its_p_value() -> None:
    found = pooled(with_vrethem())
    check(found, 0.88, 0.65, 1.12)
    assert found.i2_q == pytest.approx(40, abs=0.5)
    check(pooled(with_vrethem(), "hk"), 0.88, 0.57, 1.20)


def test_homocysteine_seven_studies_the_silent_null_as_zero() -> None:
    found = pooled(with_teunissen())
    check(found, 0.72, 0.30, 1.15)
    assert found.i2_q == pytest.approx(88, abs=0.5)


def test_vitamin_b12_two_studies() -> None:
    effects = [means(B12, name, "LS3") for name in ("M092", "M094")]
    found = pooled(effects)
    check(found, -0.34, -1.48, 0.81)
    assert found.i2_q == pytest.approx(89, abs=0.5)
    check(pooled(effects, "hk"), -0.34, -7.75, 7.07)


def test_low_vitamin_b12_two_studies() -> None:
    found = pooled([counts(B12, name, "OR") for name in ("M093", "M095")])
    check(found, 1.90, 0.22, 16.33, ratio=True)
    assert found.i2_q == pytest.approx(71, abs=0.5)


def test_fatigue_needles_and_pressure() -> None:
    found = pooled([difference(ACUPUNCTURE, "M049"), means(ACUPUNCTURE, "M068", "", measure="MD")])
    check(found, -1.17, -1.57, -0.78)
    assert found.i2_q == pytest.approx(0, abs=0.5)


def test_rotation_test() -> None:
    check(pooled([means(HEADACHE, "U049", "LS"), g_of_printed_d(HEADACHE, "U051")]), 0.98, 0.48, 1.47)


def test_headache_days() -> None:
    """Given as -2.2 [-3.0, -1.3]; to two decimals -2.17 [-3.03, -1.31]."""
    check(pooled([difference(HEADACHE, "U059"), difference(HEADACHE, "U088")]), -2.17, -3.03, -1.31)


def test_migraine_days() -> None:
    """Given as -1.2 [-2.9, 0.4]; to two decimals -1.22 [-2.85, 0.41]."""
    effects = [means(HEADACHE, "U118", "", measure="MD"), difference(HEADACHE, "U140")]
    check(pooled(effects), -1.22, -2.85, 0.41)


def test_migraine_intensity_from_the_means_of_a_review_table() -> None:
    found = pooled([means(HEADACHE, name, "LS") for name in ("U126", "U137")])
    check(found, -0.74, -2.01, 0.54)
    assert found.i2_q == pytest.approx(91, abs=0.5)


def test_migraine_intensity_with_the_d_of_the_paper() -> None:
    check(pooled([means(HEADACHE, "U126", "LS"), g_of_printed_d(HEADACHE, "U135")]), -0.60, -1.61, 0.41)


def test_people_with_any_adverse_event() -> None:
    row = rows_of(HEADACHE)["U157"]
    assert row.effect is not None and row.effect_ci_low is not None and row.effect_ci_high is not None
    se = ratio_from_ci(row.effect, row.effect_ci_low, row.effect_ci_high)["se"]
    found = pooled([(math.log(row.effect), se**2), counts(HEADACHE, "U141", "RR")])
    check(found, 1.31, 0.95, 1.80, ratio=True)


@pytest.mark.parametrize(("outcome", "analysis", "values"), [
    ("headache-days", "wide-dl", (-2.17, -3.03, -1.31)),
    ("migraine-days", "wide-dl", (-1.22, -2.85, 0.41)),
    ("migraine-intensity", "wide-dl", (-0.74, -2.01, 0.54)),
])
def test_the_review_shows_the_wide_analyses_of_headache(
    outcome: str, analysis: str, values: tuple[float, float, float]
) -> None:
    """Within 0.02, as the reviews take the exact J."""
    found = next(a for a in open_review(HEADACHE, ROOT).synthesise(outcome).sensitivity if a.id == analysis).pooled
    assert found is not None
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(values, abs=0.02)


def test_the_set_decides_whether_headache_can_be_pooled() -> None:
    """Under the rule no outcome of headache can be pooled; with manipulation at any level some can."""
    review = open_review(HEADACHE, ROOT)
    for name in ("headache-days", "migraine-days", "migraine-intensity"):
        found = review.synthesise(name)
        assert found.main.pooled is None
        assert next(a for a in found.sensitivity if a.id == "wide-dl").pooled is not None


@pytest.mark.parametrize("question", ["upper-cervical-neck-pain", "upper-cervical-ms", "upper-cervical-dystonia",
                                      "upper-cervical-low-back-pain"])
def test_no_patient_outcome_can_be_pooled(question: str) -> None:
    review = open_review(question, ROOT)
    for name in review.protocol.outcome_ids:
        assert review.synthesise(name).main.pooled is None, name


@pytest.mark.parametrize(("analysis", "k", "values", "i2"), [
    ("dersimonian-laird", 4, (0.84, 0.51, 1.17), 56), ("se-read", 5, (0.90, 0.62, 1.18), 50),
    ("se-read-and-p", 6, (0.88, 0.65, 1.12), 40), ("null-as-zero", 7, (0.72, 0.30, 1.15), 88),
    ("as-printed", 5, (1.95, 0.78, 3.12), 96),
])
def test_the_review_shows_the_variants_of_homocysteine(
    analysis: str, k: int, values: tuple[float, float, float], i2: float
) -> None:
    """Within 0.02 (I² within 1), as the reviews take the exact J; the wrong one, which is far off, within 0.03."""
    shown = open_review(B12, ROOT).synthesise("homocysteine", tau2="DL", interval="normal")
    found = next(a for a in shown.sensitivity if a.id == analysis).pooled
    assert found is not None and found.k == k
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(
        values, abs=0.03 if analysis == "as-printed" else 0.02)
    assert found.i2_q == pytest.approx(i2, abs=1)


@pytest.mark.parametrize(("analysis", "low", "high"), [("se-read", 0.50, 1.31), ("se-read-and-p", 0.57, 1.20)])
def test_the_review_shows_hartung_and_knapps_interval_of_the_variants(analysis: str, low: float, high: float) -> None:
    shown = open_review(B12, ROOT).synthesise("homocysteine", tau2="DL")
    found = next(a for a in shown.sensitivity if a.id == analysis).pooled
    assert found is not None
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=0.02)


def test_only_the_four_clean_studies_are_in_the_main_pool_of_homocysteine() -> None:
    main = open_review(B12, ROOT).synthesise("homocysteine").main
    assert {row.source_row for result in main.usable for row in result.rows} == set(HOMOCYSTEINE)
    assert {row.analysis_set for result in main.results for row in result.rows} == {"primary"}
    assert {"zhang2014cn", "vrethem2003", "teunissen2008"} <= {result.study_id for result in main.unusable}


def test_the_silent_null_enters_marked_as_an_assumption() -> None:
    shown = open_review(B12, ROOT).synthesise("homocysteine")
    assumed = {analysis.id: analysis.assumed for analysis in shown.sensitivity}
    assert assumed == {**dict.fromkeys(assumed, ()), "null-as-zero": ("teunissen2008",)}


def test_the_standard_error_printed_as_a_standard_deviation_is_caught_and_shown() -> None:
    """Trap 1: found by the checks, settled in words, out of the main pool, and shown in both readings."""
    review = open_review(B12, ROOT)
    subject = "M080-1-as-printed|M080-2-as-printed"
    assert ("se_as_sd", subject) in {(found.code, "|".join(found.row_ids)) for found in review.trust}
    assert any((item.code, item.subject) == ("se_as_sd", subject) and item.reason for item in review.settlements)
    page = str(Report(review).results())
    table = page[page.index('id="sensitivity-homocysteine"'):]
    table = table[:table.index("</table>")]
    assert "wrong on purpose" in table and "read as a standard error" in table
    assert "rests on assumed numbers: Teunissen 2008" in table
