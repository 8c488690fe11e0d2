"""Reports that a person joins while screening is under way keep their votes."""

from __future__ import annotations

from pathlib import Path

from reviewkit.review import open_review
from reviewkit.review.checking import check
from reviewkit.review.records.importing import DUPLICATE_COLUMNS, import_records
from reviewkit.review.screening.desk import open_desk
from reviewkit.tables import write_csv

from .made import QUESTION, make_project

FIRST = "title-abstract"


def said(root: Path, one: str, other: str, verdict: str) -> None:
    row = {"record_a": one, "record_b": other, "verdict": verdict, "by": "ada", "note": ""}
    write_csv(root / "data" / QUESTION / "duplicates.csv", DUPLICATE_COLUMNS, [row])
    import_records(QUESTION, root)


def test_votes_on_a_report_that_was_joined_follow_it(tmp_path: Path) -> None:
    review = make_project(tmp_path, 6, votes=1, reviewers=("ada",), third=None)
    desk = open_desk(review, FIRST, "ada", ranked=False)
    desk.decide("vane0-1980", "exclude")
    desk.decide("vane3-1983", "include")
    records = {report: record for record, report in review.report_of.items()}
    said(tmp_path, records["vane0-1980"], records["vane3-1983"], "same")
    joined = open_review(QUESTION, tmp_path)
    assert len(joined.reports) == 5 and "vane3-1983" not in joined.reports
    assert not [problem for problem in check(QUESTION, tmp_path) if problem.code == "unknown-report"]
    assert joined.screening.stages[FIRST]["vane0-1980"].outcome == "include"
    desk = open_desk(joined, FIRST, "ada", ranked=False)
    assert desk.card("vane0-1980").status == "include" and desk.progress.done == 1
    said(tmp_path, records["vane0-1980"], records["vane3-1983"], "different")
    apart = open_review(QUESTION, tmp_path)
    assert len(apart.reports) == 6 and not apart.problems()
    at = apart.screening.stages[FIRST]
    assert at["vane0-1980"].outcome == "exclude"
    assert at[apart.report_of[records["vane3-1983"]]].outcome == "include"
