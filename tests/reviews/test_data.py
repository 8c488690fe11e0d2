"""The data of every bundled question: located, in our own words, and equal to the evidence they were made from."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from reviewkit.extraction.schema import NUMBERS
from reviewkit.review import open_review
from reviewkit.review.checking import check
from reviewkit.review.opened import questions

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
EVIDENCE = ROOT / ".." / "shared" / "evidence"
TABLES = sorted(DATA.rglob("*.csv"))
EXTRACTIONS = sorted(DATA.glob("*/extraction/*.csv"))
RESULTS = frozenset(NUMBERS) - {"scale_min", "scale_max", "timepoint_weeks"}
NEW = ("acupuncture-ms", "upper-cervical-dystonia", "upper-cervical-headache", "upper-cervical-low-back-pain",
       "upper-cervical-ms", "upper-cervical-neck-pain")
EMPTY = ("upper-cervical-dystonia", "upper-cervical-low-back-pain", "upper-cervical-ms")

SIZES = frozenset({"n_randomised", "n_analysed"})
WORDED = ("studies.csv", "missing-results.csv", "registered.csv", "risk-of-bias")

NO_OUTCOME = "no outcome of the protocol; the study stands in studies.csv"
LEFT_OUT: Mapping[str, str] = {
    "M002": NO_OUTCOME, "M026": NO_OUTCOME, "M030": NO_OUTCOME, "M031": NO_OUTCOME, "M032": NO_OUTCOME,
    "M034": NO_OUTCOME, "M065": NO_OUTCOME, "M066": NO_OUTCOME, "M067": NO_OUTCOME, "U041": NO_OUTCOME,
    "U146": NO_OUTCOME, "U151": NO_OUTCOME, "U078": "sizes of groups: they stand in studies.csv",
}
"""Evidence rows that were not extracted, and why."""

MAY_HOLD: Mapping[str, tuple[str, ...]] = {
    "n": ("n1", "n2", "total1", "total2"), "mean": ("mean1", "mean2", "percent1"), "sd": ("spread1", "spread2"),
    "se": ("spread1", "spread2"), "median": ("median1", "median2"), "range_low": ("range1_low", "range2_low"),
    "range_high": ("range1_high", "range2_high"), "events": ("events1", "events2"), "total": ("total1", "total2"),
    "percent": ("percent1", "percent2"), "effect": ("effect",), "effect_ci_low": ("ci_low", "ci_high"),
    "effect_ci_high": ("ci_low", "ci_high"), "n_intervention": ("n1",), "n_comparator": ("n2",),
}
"""Which cells of an evidence row a column may have come from."""


def name_of(path: Path) -> str:
    return str(path.relative_to(DATA))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def columns_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def test_all_eight_questions_are_there() -> None:
    assert {*NEW, "b12-ms", "massage-ms"} <= set(questions(ROOT))


@pytest.mark.parametrize("question", NEW)
def test_nothing_is_wrong_and_nothing_waits(question: str) -> None:
    assert check(question, ROOT) == []


@pytest.mark.parametrize(("question", "records", "reports", "studies"), [
    ("acupuncture-ms", 121, 6, 6), ("upper-cervical-ms", 66, 0, 0), ("upper-cervical-dystonia", 51, 0, 0),
    ("upper-cervical-neck-pain", 149, 7, 6), ("upper-cervical-headache", 214, 16, 13),
    ("upper-cervical-low-back-pain", 71, 0, 0),
])
def test_records_reports_and_studies(question: str, records: int, reports: int, studies: int) -> None:
    flow = open_review(question, ROOT).flow
    assert (flow.identified, flow.included_reports, flow.included_studies) == (records, reports, studies)


@pytest.mark.parametrize("question", EMPTY)
def test_a_review_without_studies_still_shows_what_there_is(question: str) -> None:
    review = open_review(question, ROOT)
    assert review.studies == ()
    assert {"descriptive", "near-miss", "harms"} <= {row.analysis_set for row in review.rows}
    assert all(status.reason for status in review.screening.at("full-text", "exclude"))


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_no_number_without_a_locator(path: Path) -> None:
    """Tables with results have a locator for each; the others hold no result at all."""
    columns = columns_of(path)
    held = [name for name in columns if name in RESULTS or name in SIZES]
    for row in rows_of(path) if held else ():
        if any(row[name] for name in held) or row.get("p_value_printed"):
            assert row["locator"].strip() and (row.get("extractor") or row["by"]).strip(), row
            assert row["url"].startswith("http") or "address was not kept" in row["locator"], row


@pytest.mark.parametrize("path", [p for p in TABLES if p.name in WORDED or p.parent.name in WORDED], ids=name_of)
def test_no_number_in_words_without_a_locator(path: Path) -> None:
    """Characteristics, ledgers and judgements tell numbers in words: each stands beside where it was read."""
    for row in rows_of(path):
        told = " ".join(row.get(name, "") for name in ("arms", "dates", "note", "registered", "reported", "reason",
                                                       "support"))
        if any(sign.isdigit() for sign in told):
            assert row["locator"].strip(), row
            place = row["url"].startswith("http") or "address was not kept" in row["locator"]
            assert place or (DATA / path.relative_to(DATA).parts[0] / row["locator"]).exists(), row


def test_sizes_that_are_analysed_are_told_apart_from_those_randomised() -> None:
    sizes = {row["study_id"]: (row["n_randomised"], row["n_analysed"])
             for path in DATA.glob("*/studies.csv") for row in rows_of(path) if row["n_analysed"]}
    assert sizes["sievner2003"] == ("71", "53")
    assert sizes["ucla-neck-pain"] == ("336", "280")
    assert sizes["karpatkin-crossover"] == ("12", "7")


@pytest.mark.parametrize("question", questions(ROOT))
def test_what_is_assumed_is_in_no_main_analysis(question: str) -> None:
    """Rows with an assumed size of a group, or a borrowed standard deviation, are in sensitivity sets only."""
    review = open_review(question, ROOT)
    for outcome in review.protocol.outcomes:
        used = {row.row_id for result in review.synthesise(outcome.id).main.usable for row in result.rows}
        assumed = {row.row_id for row in review.rows if "assumed" in (row.n_status, row.number_status)}
        assert not used & assumed, outcome.id


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_no_column_of_quotes(path: Path) -> None:
    assert not [name for name in columns_of(path) if "quote" in name]


@pytest.mark.parametrize("question", questions(ROOT))
def test_every_important_difference_has_a_source_or_a_reason(question: str) -> None:
    for outcome in open_review(question, ROOT).protocol.outcomes:
        important = outcome.important_difference
        assert "doi" in important.source if important else outcome.no_important_difference_because, outcome.id


@pytest.mark.parametrize("question", NEW)
def test_within_group_results_are_never_counted(question: str) -> None:
    for row in open_review(question, ROOT).rows:
        if row.p_kind == "within":
            assert row.reported_direction not in ("favours_intervention", "favours_comparator"), row.row_id


@pytest.fixture(scope="module")
def evidence() -> Mapping[str, Mapping[str, str]]:
    if not EVIDENCE.is_dir():
        pytest.skip("the evidence tables are not here")
    with (EVIDENCE / "extraction.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["row_id"]: row for row in csv.DictReader(stream)}


def numbers(cells: Mapping[str, str], names: tuple[str, ...]) -> Iterator[float]:
    for name in names:
        if cells[name]:
            yield float(cells[name])


@pytest.mark.parametrize("path", EXTRACTIONS, ids=name_of)
def test_every_number_is_that_of_the_evidence(path: Path, evidence: Mapping[str, Mapping[str, str]]) -> None:
    """A contrast may carry the sign turned (as_printed keeps the print); what was assumed is not in the evidence."""
    wrong = []
    for row in rows_of(path):
        if not row["source_row"]:
            assert row["value_type"] in ("none", "null", "direction") or "summary" in row["locator"], row["row_id"]
            continue
        source = evidence[row["source_row"]]
        assert (row["locator"], row["url"]) == (source["locator"], source["url"]), row["row_id"]
        assert row["p_value_printed"] in ("", source["p_value"]), row["row_id"]
        for name, cells in MAY_HOLD.items():
            if not row.get(name):
                continue
            if row["n_status"] == "assumed" and name in ("n", "n_intervention", "n_comparator"):
                continue
            if row["number_status"] == "assumed" and name == "sd":
                continue
            allowed = list(numbers(source, cells))
            if name == "n":
                allowed.append(sum(numbers(source, ("n1", "n2"))))
            value = float(row[name])
            turned = row["arm_role"] == "contrast" and row["as_printed"] and name.startswith("effect")
            if value not in allowed and not (turned and -value in allowed):
                wrong.append((row["row_id"], name, value, allowed))
    assert not wrong


def test_every_evidence_row_is_extracted_or_left_out_with_a_reason(evidence: Mapping[str, Mapping[str, str]]) -> None:
    for question in (*NEW, "massage-ms"):
        extracted = {row.source_row for row in open_review(question, ROOT).rows}
        asked = {name for name, row in evidence.items() if question in row["question"].split(";")}
        assert asked - extracted <= set(LEFT_OUT), question
        assert not extracted & set(LEFT_OUT), question


def test_no_quote_of_the_evidence_is_copied(evidence: Mapping[str, Mapping[str, str]]) -> None:
    quotes = [row["quote"] for row in evidence.values() if len(row["quote"].split()) >= 6]
    for question in NEW:
        for path in (DATA / question).rglob("*.*"):
            text = path.read_text(encoding="utf-8")
            assert not [quote for quote in quotes if quote in text], path
