"""The two bundled questions, against figures stated by the material they were made from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from reviewkit.extraction.schema import NUMBERS
from reviewkit.review import open_review
from reviewkit.review.checking import check

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_nothing_is_wrong(question: str) -> None:
    assert check(question, ROOT) == []


@pytest.mark.parametrize(("question", "records", "studies"), [("b12-ms", 102, 20), ("massage-ms", 114, 10)])
def test_every_record_and_study_is_there(question: str, records: int, studies: int) -> None:
    review = open_review(question, ROOT)
    entries = sum(result.entries for result in review.sources.results)
    assert entries == records == review.flow.identified
    assert len(review.studies) == review.flow.included_studies == studies


def test_the_settled_entry_is_an_included_study() -> None:
    review = open_review("massage-ms", ROOT)
    assert [rejected.key for rejected, _ in review.sources.settled] == ["MAS-0005"]
    assert "hernandezreif1998" in {study.study_id for study in review.studies}


def test_homocysteine_by_restricted_likelihood() -> None:
    """k = 4: 0.84 [0.50, 1.17] with the normal interval, [0.29, 1.38] with Hartung and Knapp's."""
    found = open_review("b12-ms", ROOT).synthesise("homocysteine")
    pooled = found.main.pooled
    assert pooled is not None
    assert pooled.k == 4
    assert (pooled.estimate, pooled.ci_low, pooled.ci_high) == pytest.approx((0.84, 0.29, 1.38), abs=0.005)
    normal = next(a.pooled for a in found.sensitivity if a.id == "normal")
    assert normal is not None
    assert (normal.ci_low, normal.ci_high) == pytest.approx((0.50, 1.17), abs=0.005)


def test_a_standard_error_printed_as_sd_stays_out_of_the_primary_pool() -> None:
    """Read as a standard error it gives k = 5 and about 0.90; as printed the study alone has g about 7.5."""
    found = open_review("b12-ms", ROOT).synthesise("homocysteine")
    assert "zhang2014cn" in {r.study_id for r in found.main.unusable}
    read = next(a for a in found.sensitivity if a.id == "se-read")
    assert read.pooled is not None
    assert read.pooled.k == 5
    assert read.pooled.estimate == pytest.approx(0.90, abs=0.01)
    wrong = next(a for a in found.sensitivity if a.id == "as-printed")
    zhang = next(r for r in wrong.results if r.study_id == "zhang2014cn")
    assert zhang.yi == pytest.approx(7.46, abs=0.05)


def test_no_study_of_an_outcome_is_left_out() -> None:
    for question in ("b12-ms", "massage-ms"):
        review = open_review(question, ROOT)
        for name in review.protocol.outcome_ids:
            found = review.synthesise(name)
            extracted = {r.study_id for r in review.rows if r.outcome == name and r.analysis_set == "primary"}
            assert {r.study_id for r in found.main.results} == extracted
            assert found.direction.k == len(extracted)


def test_massage_is_not_pooled() -> None:
    review = open_review("massage-ms", ROOT)
    for name in review.protocol.outcome_ids:
        assert review.synthesise(name).main.pooled is None


@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*/extraction/*.csv")), ids=str)
def test_no_number_without_a_locator(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if any(row.get(name) for name in NUMBERS):
                assert row["locator"], row["row_id"]
                assert row["extractor"], row["row_id"]
                assert row["url"].startswith("http"), row["row_id"]


@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*/studies.csv")), ids=str)
def test_no_study_size_without_a_locator(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["n_randomised"]:
                assert row["locator"] and row["extractor"], row["study_id"]
                assert row["url"].startswith("http") or "address was not kept" in row["locator"], row["study_id"]
