"""retractions.csv: written whole, kept across runs, read into the review, its check and its report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.report.methods import searches_section
from reviewkit.report.retractions import retraction_status
from reviewkit.review import Review, open_review
from reviewkit.review.checking import check, findings
from reviewkit.review.records.retracting import RetractionCheck, check_retractions, reports_to_check
from reviewkit.sources import DATABASES, Client, ServiceError
from tests.sources.services import Answer, Crossref, Server, serving
from tests.sources.test_retractions import HEAD, update, watch_row

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 11, 21)


def review(root: Path) -> Review:
    return open_review("b12-ms", root)


def client(server: Server) -> Client:
    return Client(DATABASES["crossref"].access, environment={"REVIEWKIT_CROSSREF_URL": server.address},
                  sleep=lambda seconds: None, timeout=5)


def included(root: Path) -> tuple[str, str]:
    """An included report with a DOI."""
    found = review(root)
    return next((name, found.reports[name].doi) for name in found.screening.included if found.reports[name].doi)


def looked_up(root: Path, *kinds: str, day: dt.date = DAY) -> dict[str, RetractionCheck]:
    _, doi = included(root)
    everything = [{"DOI": record.doi} for record in review(root).reports.values() if record.doi and record.doi != doi]
    works = [*everything, {"DOI": doi, "updated-by": [update(kind, "10.1/notice", [2020, 1, 2]) for kind in kinds]}]
    with serving(Crossref(works)) as server:
        rows, _ = check_retractions(review(root), client=client(server), today=day)
    return {row.report: row for row in rows}


def test_the_bundled_reviews_say_that_nothing_was_checked() -> None:
    for question in ("b12-ms", "massage-ms"):
        found = open_review(question, ROOT)
        assert found.retractions == {}
        assert "not checked" in retraction_status(found) and "not checked" in str(searches_section(found))


@pytest.mark.slow
def test_a_retracted_included_report_waits_for_a_person(project: Path) -> None:
    name, _ = included(project)
    rows = looked_up(project, "retraction")
    assert rows[name].status == "retracted" and rows[name].checked == "2026-11-21"
    assert review(project).retractions.keys() == rows.keys()
    (problem,) = findings("b12-ms", project).waiting
    assert problem.code == "retracted" and name in problem.message
    assert problem.file == "data/b12-ms/retractions.csv" and problem.line is not None
    told = retraction_status(review(project))
    assert "Crossref on 2026-11-21" in told and "1 retracted" in told
    assert "10.1/notice" in str(searches_section(review(project)))


def test_only_reports_that_were_not_excluded_are_looked_up(project: Path) -> None:
    found = review(project)
    wanted = {item.report for item in reports_to_check(found)}
    assert set(found.screening.included) <= wanted
    assert not wanted & {status.report for stage in ("title-abstract", "full-text")
                         for status in found.screening.at(stage, "exclude")}


@pytest.mark.slow
def test_what_a_person_settled_stays_until_something_new_is_found(project: Path) -> None:
    name, _ = included(project)
    looked_up(project, "retraction")
    path = project / "data/b12-ms/retractions.csv"
    lines = [f"{line}kept; it was the journal that was retracted" if line.startswith(f"{name},") else line
             for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert check("b12-ms", project) == []
    assert looked_up(project, "retraction", day=DAY + dt.timedelta(days=30))[name].settled.startswith("kept")
    assert looked_up(project, "expression_of_concern")[name].settled == ""
    assert {problem.code for problem in check("b12-ms", project)} == {"retracted"}
    assert looked_up(project)[name].status == "nothing found" and check("b12-ms", project) == []


def test_what_one_source_found_another_does_not_take_back(project: Path) -> None:
    name, doi = included(project)
    file = project / "watch.csv"
    file.write_text(HEAD + watch_row("Retraction", doi, "0", "10.1/r"), encoding="utf-8")
    rows, watch = check_retractions(review(project), file=file, today=DAY)
    assert watch is not None and {row.report: row.status for row in rows}[name] == "retracted"
    assert "Retraction Watch file watch.csv" in retraction_status(review(project))
    for works in ([], [{"DOI": doi}]):
        # Unknown to Crossref, or known to it without a notice.
        with serving(Crossref(works)) as server:
            rows, _ = check_retractions(review(project), client=client(server), today=DAY + dt.timedelta(days=9))
        later = {row.report: row for row in rows}[name]
        assert (later.status, later.checked, later.notice) == ("retracted", "2026-11-21", "10.1/r")
    file.write_text(HEAD + watch_row("Correction", doi, "0", "10.1/r"), encoding="utf-8")
    rows, _ = check_retractions(review(project), file=file, today=DAY)
    assert {row.report: row.status for row in rows}[name] == "corrected"


def test_a_failure_changes_nothing(project: Path) -> None:
    looked_up(project, "retraction")
    path = project / "data/b12-ms/retractions.csv"
    before = path.read_bytes()
    with serving(lambda request: Answer("no", 503)) as server, pytest.raises(ServiceError):
        check_retractions(review(project), client=client(server))
    with pytest.raises(InputError):
        check_retractions(review(project), file=project / "none.csv")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nobody,retracted,,,,Crossref,2026-11-21,", "report 'nobody' is unknown"),
        ("{name},withdrawn,,,,Crossref,2026-11-21,", "status = 'withdrawn'; allowed: retracted, expression of concern"),
        ("{name},retracted,,,,Crossref,yesterday,", "checked = 'yesterday' is no day"),
        ("{name},nothing found,,,,Crossref,,", "checked = '' is no day"),
        ("{name},not checked,,,,,,\n{name},not checked,,,,,,", "stands twice"),
    ],
)
def test_a_wrong_row_is_named(project: Path, row: str, said: str) -> None:
    path = project / "data/b12-ms/retractions.csv"
    name, _ = included(project)
    head = "report_id,status,notice_doi,notice_kind,notice_date,source,checked,settled\n"
    path.write_text(head + row.format(name=name) + "\n", encoding="utf-8")
    problems = check("b12-ms", project)
    assert any(said in problem.message for problem in problems) and all(problem.line for problem in problems)
