"""Figures of a report: what stands in them follows from the numbers; hostile words stay words."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from reviewkit.report.albatross import albatross_of, printed_p
from reviewkit.report.figure_files import figures_of
from reviewkit.report.forests import forest_figure, subgroup_forests
from reviewkit.report.multiverse import multiverse_of
from reviewkit.report.opened import Report
from reviewkit.report.robustness import robustness_figures, robustness_section
from reviewkit.review import Review, open_review
from reviewkit.synthesis import cumulative, leave_one_out
from tests.report.made import make_review

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e "


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    root = tmp_path_factory.mktemp("made")
    for name in ("data", "references"):
        (root / name).mkdir()
    return make_review(root, 12, 4)


def texts(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("outcome", ["o0", "o1", "o2", "o3"])
def test_a_forest_has_what_a_cochrane_review_shows(review: Review, outcome: str) -> None:
    found = review.synthesise(outcome)
    pooled = found.main.pooled
    assert pooled is not None
    words = texts(forest_figure(found, review).svg)
    heads = {"Mean", "SD", "Total"} if found.main.measure in ("SMD", "MD") else {"Events", "Total"}
    heads |= {"Study", "Weight", "Risk of bias", "Walking", "Waiting list", "Total (95% CI)", "100.0%"}
    assert heads <= set(words)
    for role in ("intervention", "comparator"):
        total = sum(row.n or row.total or 0 for r in found.main.usable for row in r.rows if row.arm_role == role)
        assert str(total) in words
    said = " ".join(words).replace("\u00a0", " ")
    assert re.search(r"Heterogeneity: τ² [=<] [\d.]+; Q = [\d.]+, df = 11, p [=<>] [\d.]+; I² = [\d.]+%", said)
    assert re.search(r"Test for overall effect: t = [\d.]+, df = 11, p [=<] [\d.]+", said)
    assert "95% prediction interval" in said
    assert "favours comparator" in said and "favours walking" in said


def test_subgroups_of_the_plan_have_pools_and_a_test_between_them(review: Review) -> None:
    from reviewkit.synthesis import subgroups

    found = review.synthesise("o0")
    pooled = found.main.pooled
    assert pooled is not None
    (shown,) = subgroup_forests(found, review)
    assert shown.picture is not None
    words = texts(shown.picture.svg)
    assert [w for w in words if w.startswith("Country: ")] == ["Country: Chile", "Country: Ghana", "Country: Norway"]
    assert words.count("Subtotal (95% CI)") == 3
    country = {s.study_id: s.country for s in review.all_studies}
    test = subgroups(pooled.yi, pooled.vi, [country[r.study_id] for r in found.main.usable])
    said = " ".join(words).replace("\u00a0", " ")
    assert f"Test for subgroup differences: Q = {test.q_between:.2f}, df = 2" in said


@pytest.mark.parametrize(("factor", "reason"), [("shoe size", "no table of this review has a column"),
                                                ("design", "all pooled studies are in one")])
def test_subgroups_that_cannot_be_formed_say_why(review: Review, factor: str, reason: str) -> None:
    from dataclasses import replace

    found = review.synthesise("o0")
    plan = found.outcome.plan.model_copy(update={"subgroups": (factor,)})
    changed = replace(found, outcome=found.outcome.model_copy(update={"plan": plan}))
    (shown,) = subgroup_forests(changed, review)
    assert shown.picture is None
    assert reason in shown.said


def test_a_pool_of_twelve_has_every_further_figure(review: Review) -> None:
    found = review.synthesise("o1")
    shown = {item.name: item for item in robustness_figures(found, review)}
    assert list(shown) == ["leave-one-out", "cumulative", "baujat", "funnel", "multiverse"]
    pooled = found.main.pooled
    assert pooled is not None
    lows = leave_one_out(pooled).estimate
    assert len(re.findall("Without ", " ".join(texts(shown["leave-one-out"].picture.svg)))) == len(lows) == 12
    years = [int(w.split()[-1]) for w in texts(shown["cumulative"].picture.svg) if w.startswith("+ ")]
    assert years == sorted(years)
    last = cumulative(pooled).estimate[-1]
    assert last == pytest.approx(pooled.estimate)
    assert "p of a study there" in texts(shown["funnel"].picture.svg)
    tried = multiverse_of(found, review)
    assert tried is not None
    assert tried.chosen.estimate == pytest.approx(pooled.estimate, abs=1e-9)
    assert tried.chosen.ci_low == pytest.approx(pooled.ci_low, abs=1e-9)
    assert f"of {tried.n_distinct} different analyses" in shown["multiverse"].caption


def test_few_studies_have_no_funnel_and_the_page_says_why() -> None:
    review = open_review("b12-ms", ROOT)
    page = str(robustness_section(review, review.synthesise("homocysteine")))
    assert "No funnel plot and no test of small-study effects: 4 studies, fewer than 10" in page
    assert 'id="leave-one-out-homocysteine"' in page and 'id="funnel-' not in page
    two = str(robustness_section(review, review.synthesise("vitamin-b12")))
    assert "<svg" not in two and "shows nothing" in two


def test_an_albatross_stands_in_for_numbers_that_are_not_there() -> None:
    drawn = 0
    for question in ("massage-ms", "acupuncture-ms", "upper-cervical-headache", "upper-cervical-neck-pain"):
        review = open_review(question, ROOT)
        for name in review.protocol.outcome_ids:
            found = review.synthesise(name)
            wings = albatross_of(found, review)
            if wings is not None:
                drawn += 1
                assert found.main.pooled is None
                assert wings.picture.svg.count("<circle") >= 3
                assert "Albatross plot" in wings.caption
    assert drawn > 0


@pytest.mark.parametrize(("text", "wanted"), [
    ("0.03", (0.03, False)), ("P = .03", (0.03, False)), ("<0.001", (0.001, True)), ("p ≤ 0.01", (0.01, True)),
    ("p<=0.004", (0.004, True)), (">0.05", None), ("NS", None), ("0", None), ("1.5", None), ("0·04", (0.04, False)),
])  # fmt: skip
def test_printed_p_values(text: str, wanted: tuple[float, bool] | None) -> None:
    assert printed_p(text) == wanted


def test_hostile_words_stay_words_in_every_figure(tmp_path: Path) -> None:
    for name in ("data", "references"):
        (tmp_path / name).mkdir()
    report = Report(make_review(tmp_path, 11, 2, words=HOSTILE))
    pictures = dict(figures_of(report))
    assert {"flow", "o0", "o0-by-country", "o0-funnel", "o1-multiverse", "risk-of-bias-rob2"} <= set(pictures)
    for picture in pictures.values():
        for markup in (picture.svg, f"<div>{picture.in_page}</div>"):
            for element in ElementTree.fromstring(markup).iter():
                assert element.tag.rsplit("}", 1)[-1] not in ("script", "img")
                assert not [name for name in element.attrib if name.startswith("on")]
        assert "\u202e" not in picture.svg
