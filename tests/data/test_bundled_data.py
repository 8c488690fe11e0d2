"""The bundled questions' files: every number has its place, every log is whole, the counts add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.extraction.schema import COLUMNS, NUMBERS, OPTIONAL_COLUMNS
from reviewkit.extraction.studies import OPTIONAL_STUDY_COLUMNS, STUDY_COLUMNS
from reviewkit.review.opened import Review, open_review, questions
from reviewkit.review.records.importing import read_record_rows
from reviewkit.store.log import read_log
from reviewkit.tables import read_csv

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
QUESTIONS = ("b12-ms", "massage-ms")


@pytest.fixture(scope="module", params=QUESTIONS)
def review(request: pytest.FixtureRequest) -> Review:
    return open_review(request.param, ROOT)


def test_both_questions_are_there() -> None:
    assert set(QUESTIONS) <= set(questions(ROOT))


def test_nothing_keeps_a_review_from_running(review: Review) -> None:
    assert review.problems() == []


@pytest.mark.parametrize("path", sorted(DATA.glob("*/extraction/*.csv")), ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_no_extracted_number_without_locator_and_extractor(path: Path) -> None:
    rows = list(read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS, root=ROOT))
    assert rows
    for row in rows:
        filled = [name for name in NUMBERS if row.cells.get(name)] + (["p"] if row["p_value_printed"] else [])
        assert not filled or (row["locator"].strip() and row["extractor"].strip()), (path.name, row.line, filled)


@pytest.mark.parametrize("path", sorted(DATA.glob("*/studies.csv")), ids=lambda p: p.parts[-2])
def test_no_study_size_without_locator_and_extractor(path: Path) -> None:
    for row in read_csv(path, STUDY_COLUMNS, optional=OPTIONAL_STUDY_COLUMNS, root=ROOT):
        assert not row["n_randomised"] or (row["locator"].strip() and row["extractor"].strip()), row.line


@pytest.mark.parametrize("path", sorted(DATA.glob("*/screening/*/*.jsonl")), ids=lambda p: "-".join(p.parts[-4:]))
def test_every_log_chain_is_sound(path: Path) -> None:
    log = read_log(path, ROOT)
    assert not log.problems
    assert len(log.entries) == len(path.read_text(encoding="utf-8").splitlines()) > 0
    # Votes came in from tables; conflicts were settled one by one, each with a note.
    settled = path.stem == "consensus"
    assert {entry.values["origin"] for entry in log.entries} == {"command" if settled else "imported"}
    assert not settled or all(entry.values["note"] for entry in log.entries)


def test_every_entry_is_accepted_or_settled(review: Review) -> None:
    sources = review.sources
    entries = sum(len(result.records) + len(result.rejected) for result in sources.results)
    accepted = sum(len(result.records) for result in sources.results)
    assert sources.unsettled == ()
    assert accepted + len(sources.settled) == entries == len(sources.records)
    assert len(read_record_rows(review.folder / "records.csv", ROOT)) == entries


@pytest.mark.parametrize(("question", "studies", "settled"), [("b12-ms", 20, 0), ("massage-ms", 10, 1)])
def test_studies_included(question: str, studies: int, settled: int) -> None:
    review = open_review(question, ROOT)
    assert len(review.studies) == studies
    assert len(review.sources.settled) == settled


def test_every_report_is_screened_once(review: Review) -> None:
    screened = [decision.report for decision in review.decisions["title-abstract", "demo-a"]]
    assert sorted(screened) == sorted(review.reports)


def test_homocysteine_primary_means_are_the_four_clean_studies() -> None:
    rows = [r for r in open_review("b12-ms", ROOT).rows if r.outcome == "homocysteine" and r.analysis_set == "primary"]
    whole = [r.study_id for r in rows if r.n is not None and r.mean is not None and r.sd is not None]
    both_arms = {study for study in whole if whole.count(study) == 2}
    assert both_arms == {"ramsaransing2006", "triantafyllou2008", "oalib-hcy", "masoud-kashan"}


def test_the_doubtful_spread_is_never_in_the_primary_set() -> None:
    rows = [r for r in open_review("b12-ms", ROOT).rows if r.study_id == "zhang2014cn" and r.outcome == "homocysteine"]
    spread = {r.analysis_set: (r.sd is not None, r.se is not None) for r in rows if r.arm_role != "contrast"}
    assert spread == {"converted": (False, True), "as-printed": (True, False)}
    assert any(r.analysis_set == "primary" and r.value_type == "direction" for r in rows)


def test_the_two_reynolds_papers_of_1992_stay_apart() -> None:
    rows = read_record_rows(DATA / "b12-ms" / "records.csv", ROOT)
    report_of = {row["key"]: row["report_id"] for row in rows}
    assert report_of["B12-0005-2"] != report_of["B12-0061"]
