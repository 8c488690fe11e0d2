"""Traps of the evidence that no check of one number can see: who was compared, told twice, silent, changed, harmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.review import open_review
from reviewkit.review.opened import Review
from reviewkit.tables import read_csv

ROOT = Path(__file__).resolve().parents[2]
NECK, HEADACHE, BACK = "upper-cervical-neck-pain", "upper-cervical-headache", "upper-cervical-low-back-pain"
CACHE: dict[str, Review] = {}


def review(question: str) -> Review:
    """Opened once: reading eight reviews takes a while."""
    return CACHE.setdefault(question, open_review(question, ROOT))


def cells(question: str, name: str) -> list[dict[str, str]]:
    path = ROOT / "data" / question / name
    head = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    return [dict(row.cells) for row in read_csv(path, tuple(head), root=ROOT)]


@pytest.mark.parametrize(("question", "study", "reports"), [
    ("massage-ms", "isfahan-reflexology", 4), ("massage-ms", "sajadi2020", 2), (HEADACHE, "malourries2017", 2),
    (HEADACHE, "espilopez-n76", 2), (HEADACHE, "espilopez-n84", 2), (NECK, "ucla-neck-pain", 2),
    ("acupuncture-ms", "valiani2018", 2),
])
def test_6_one_study_with_several_reports_is_one_study(question: str, study: str, reports: int) -> None:
    found, = [item for item in review(question).all_studies if item.study_id == study]
    assert len(found.reports) >= reports
    owners = [item.study_id for item in review(question).all_studies if set(item.reports) & set(found.reports)]
    assert owners == [study]


@pytest.mark.parametrize("question", [NECK, HEADACHE])
def test_7_comparisons_that_answer_another_question_are_never_pooled(question: str) -> None:
    found = review(question)
    asides = {row.row_id for row in found.rows if row.analysis_set == "other-question"}
    assert asides
    for outcome in found.protocol.outcome_ids:
        analysis = found.synthesise(outcome)
        for item in (analysis.main, *analysis.sensitivity):
            used = {row.row_id for result in item.results if result.yi is not None for row in result.rows}
            assert not used & asides, (outcome, item.id)


def test_7_therapy_in_both_groups_is_excluded_for_its_comparator() -> None:
    reasons = {status.reason for name in ("massage-ms", HEADACHE) for status in
               review(name).screening.at("full-text", "exclude")}
    assert "wrong-comparator" in reasons


@pytest.mark.parametrize(("question", "outcome", "study"), [
    ("b12-ms", "homocysteine", "teunissen2008"), ("b12-ms", "homocysteine", "fahmy2018"),
    ("acupuncture-ms", "inflammation", "lynning2021"), ("massage-ms", "quality-of-life", "schroeder2014"),
])
def test_9_silent_null_results_stand_beside_the_pool(question: str, outcome: str, study: str) -> None:
    named = {(row["outcome"], row["study_id"]) for row in cells(question, "missing-results.csv")
             if row["status"] == "missing for what it showed"}
    assert (outcome, study) in named
    results = review(question).synthesise(outcome).main.results
    shown = [result for result in results if result.study_id == study]
    assert shown and all(result.yi is None and result.reason for result in shown)


@pytest.mark.parametrize(("question", "text", "reports"), [
    ("massage-ms", "Hughes", {"hughes-2008"}), (HEADACHE, "Bitterli", {"bitterli-1977"}),
    (BACK, "Rubinstein", {"rubinstein-2019", "rubinstein-2011"}),
])
def test_13_duplicates_that_defeat_simple_matching(question: str, text: str, reports: set[str]) -> None:
    rows = [row for row in cells(question, "records.csv") if row["first_author"] == text]
    assert {row["report_id"] for row in rows} == reports
    assert len(rows) > len(reports)


def test_13_two_papers_of_one_author_and_year_stay_two() -> None:
    names = {report for report, record in review("b12-ms").reports.items()
             if record.year == 1992 and "B12" in record.title and "ultiple" in record.title}
    assert len(names) >= 2


@pytest.mark.parametrize(("question", "study", "registered", "reported"), [
    ("acupuncture-ms", "selfacupressure2025", "40", "48"), ("acupuncture-ms", "pach2017", "141", "104"),
])
def test_14_registry_and_report_are_compared(question: str, study: str, registered: str, reported: str) -> None:
    rows = [row for row in cells(question, "registered.csv") if row["study_id"] == study and row["item"] == "n"]
    assert [(row["registered"], row["reported"], row["verdict"]) for row in rows] == [
        (registered, reported, "changed")]


@pytest.mark.parametrize("question", sorted(path.parent.name for path in (ROOT / "data").glob("*/protocol.toml")))
def test_16_every_review_has_harms_as_an_outcome(question: str) -> None:
    assert review(question).protocol.harms


def test_16_reactions_and_silence_are_told() -> None:
    for name in (NECK, HEADACHE, BACK):
        rows = [cells for _, cells in review(name).row_cells if cells["study_id"].startswith("eriksen")]
        assert any("31" in " ".join(row.values()) for row in rows), name
