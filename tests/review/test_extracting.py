"""Extraction in spreadsheets by two people, settled findings, the lineage of a number, what keeps a row out."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.review import open_review
from reviewkit.review.checking import findings
from reviewkit.review.extraction.extracting import (
    compare,
    settle_difference,
    unfinished,
    write_consensus,
    write_template,
)
from reviewkit.review.extraction.lineage import lineage
from reviewkit.tables import read_csv, write_csv

pytestmark = pytest.mark.slow  # together they take seconds


def change(project: Path, row_id: str, **cells: str) -> None:
    """Edit one row of the bundled extraction table."""
    path = project / "data/b12-ms/extraction/demo-a.csv"
    rows = [dict(row.cells) for row in read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS)]
    next(row for row in rows if row["row_id"] == row_id).update(cells)
    write_csv(path, (*COLUMNS, *OPTIONAL_COLUMNS), rows)


def protocol(project: Path, old: str, new: str) -> None:
    path = project / "data/b12-ms/protocol.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def command(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "reviewkit", *arguments], cwd=project, capture_output=True, text=True,
                          check=False, env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": ""})


def test_a_pooled_number_leads_back_to_the_line_of_its_search_file(project: Path) -> None:
    review = open_review("b12-ms", project)
    found = lineage(review, "homocysteine", "ramsaransing2006")
    text = str(found)
    kinds = [step.kind for step in found.steps]
    assert kinds.index("printed") < kinds.index("read") < kinds.index("contrast") < kinds.index("weight")
    assert "13.8 ± 4.9" in text and "include by demo-a" in text
    (source,) = found.sources
    lines = (project / source.file).read_bytes().decode("latin-1").splitlines()[source.line - 1:source.line_end]
    assert any(source.key in line for line in lines), "the lines named hold the entry named"
    row = re.search(r"line (\d+): row M075-1", text)
    assert row is not None
    table = (project / "data/b12-ms/extraction/demo-a.csv").read_text(encoding="utf-8").splitlines()
    assert table[int(row[1]) - 1].startswith("M075-1,")
    total = sum(float(one.weight or 0) for one in (
        lineage(review, "homocysteine", r.study_id) for r in review.synthesise("homocysteine").main.usable))
    assert total == pytest.approx(100)


def test_the_lineage_says_what_there_is(project: Path) -> None:
    review = open_review("b12-ms", project)
    with pytest.raises(InputError, match="has no result"):
        lineage(review, "homocysteine", "nobody")
    with pytest.raises(InputError, match="dersimonian-laird"):
        lineage(review, "homocysteine", "ramsaransing2006", analysis="x")


@pytest.mark.parametrize(("edit", "message"), [
    (lambda p: change(p, "M075-1", study_id="unknown2000"), "study_id = 'unknown2000' is unknown"),
    (lambda p: change(p, "M075-1", outcome="hcy"), "outcome = 'hcy' is unknown"),
    (lambda p: change(p, "M075-1", n="500"), "n = 500 is above the 145 people of ramsaransing2006"),
    (lambda p: change(p, "M075-2", unit="mmol/L"), "unit = 'mmol/L', but the other arm has 'umol/L'"),
    (lambda p: change(p, "M075-2", arm="MS", arm_role="intervention"), "has this outcome on line 2 too"),
    (lambda p: change(p, "M075-1", mean="1,234"), "which does the report mean?"),
    (lambda p: (protocol(p, 'timepoint = "at the time of sampling"\nno_important', 'timepoint = "at the time of '
                            'sampling"\nwindow = { start = 1, end = 4 }\nno_important'),
                change(p, "M075-1", timepoint_weeks="9")), "outside the protocol's window (week 1 to 4)"),
], ids=["study", "outcome", "size", "unit", "two rows", "ambiguous", "timepoint"])  # fmt: skip
def test_a_wrong_row_is_named_with_line_and_remedy(project: Path, edit: Callable[[Path], object], message: str) -> None:
    edit(project)
    problems = [p for p in findings("b12-ms", project).errors if message in p.message]
    assert problems, findings("b12-ms", project).errors
    assert problems[0].file == "data/b12-ms/extraction/demo-a.csv"
    assert problems[0].line in (2, 3) and (problems[0].remedy or "which does" in message)


def test_all_of_them_come_at_once(project: Path) -> None:
    change(project, "M075-1", study_id="unknown2000")
    change(project, "M077-1", n="999")
    change(project, "M078-2", unit="kg")
    change(project, "M079-1", mean="x")
    lines = {p.line for p in findings("b12-ms", project).errors}
    assert {2, 5, 8, 9} <= lines


def test_a_finding_waits_until_a_person_settles_it(project: Path) -> None:
    assert not findings("b12-ms", project).open
    settled = project / "data/b12-ms/settled.csv"
    text = settled.read_text(encoding="utf-8")
    settled.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    found = findings("b12-ms", project)
    assert {p.code for p in found.waiting} == {"p_mismatch", "percent_not_whole", "se_as_sd"} and not found.errors
    assert command(project, "check", "b12-ms").returncode == 3
    settled.write_text(text + "grim_fail,M999,explained,demo-a,because\n", encoding="utf-8")
    assert [p.code for p in findings("b12-ms", project).waiting] == ["settled-nothing"]
    settled.write_text(text + "p_mismatch,M1,shrugged,demo-a,x\np_mismatch,M2,accepted,,x\n", encoding="utf-8")
    lines = len(text.splitlines())
    assert [p.line for p in findings("b12-ms", project).errors] == [lines + 1, lines + 2]


def test_one_sample_never_enters_a_pool_twice(project: Path) -> None:
    """The four numbers of one study entered again under another study: both stay out until somebody decides."""
    before = open_review("b12-ms", project).synthesise("homocysteine").main
    for row, other in (("M077-1", "M075-1"), ("M077-2", "M075-2")):
        path = project / "data/b12-ms/extraction/demo-a.csv"
        cells = next(r.cells for r in read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS) if r["row_id"] == other)
        change(project, row, **{name: cells[name] for name in ("mean", "sd", "n", "arm", "comparison", "as_printed")})
    studies = project / "data/b12-ms/studies.csv"
    studies.write_text(studies.read_text(encoding="utf-8").replace(",125,", ",145,"), encoding="utf-8")
    codes = {p.code for p in findings("b12-ms", project).waiting}
    assert "same_sample_twice" in codes
    main = open_review("b12-ms", project).synthesise("homocysteine").main
    assert len(main.usable) < len(before.usable)
    assert any("not settled" in result.reason for result in main.unusable)


@pytest.fixture
def two(project: Path) -> Path:
    """Two extractors: the bundled table, and a copy with three differences."""
    protocol(project, 'extractors = ["demo-a"]', 'extractors = ["demo-a", "demo-b"]')
    folder = project / "data/b12-ms/extraction"
    rows = [dict(row.cells) for row in read_csv(folder / "demo-a.csv", COLUMNS, optional=OPTIONAL_COLUMNS)]
    for row in rows:
        row["extractor"] = "demo-b"
    rows[0]["mean"] = "13.9"
    rows[1]["sd"] = ""
    rows.pop()
    write_csv(folder / "demo-b.csv", (*COLUMNS, *OPTIONAL_COLUMNS), rows)
    return project


def test_two_extractions_end_in_a_consensus(two: Path) -> None:
    review = open_review("b12-ms", two)
    found = compare(review)
    assert [d.column for d in found.differences] == ["mean", "sd", ""]
    done = command(two, "extract", "consensus", "b12-ms")
    assert done.returncode == 3 and done.stdout.count("\nopen: ") == 3
    path = two / "data/b12-ms/extraction/differences.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row, answer in zip(rows, ("13.8", "2.5", "keep"), strict=True):
        row |= {"consensus": answer, "by": "demo-a and demo-b", "reason": "read again together"}
    write_csv(path, list(rows[0]), rows)
    assert write_consensus(open_review("b12-ms", two)) == ()
    assert command(two, "extract", "compare", "b12-ms").returncode == 0
    agreed = open_review("b12-ms", two)
    assert agreed.extraction_file.name == "consensus.csv"
    assert {row.extractor for row in agreed.rows} == {"consensus"}
    main = agreed.synthesise("homocysteine").main
    assert main.pooled is not None and main.pooled.k == 4


def edit_row(project: Path, extractor: str, row_id: str, **cells: str) -> None:
    path = project / f"data/b12-ms/extraction/{extractor}.csv"
    rows = [dict(row.cells) for row in read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS)]
    next(row for row in rows if row["row_id"] == row_id).update(cells)
    write_csv(path, (*COLUMNS, *OPTIONAL_COLUMNS), rows)


def test_nothing_is_compared_before_both_have_finished_a_study(two: Path) -> None:
    edit_row(two, "demo-b", "M075-2", number_status="")
    review = open_review("b12-ms", two)
    assert unfinished(review) == {"ramsaransing2006": ("demo-b",)}
    assert {d.key[0] for d in compare(review).differences}.isdisjoint({"ramsaransing2006"})
    done = command(two, "extract", "compare", "b12-ms")
    assert done.returncode == 3 and "ramsaransing2006: not compared, demo-b not finished" in done.stdout
    assert "13.9" not in done.stdout
    write_consensus(review)
    folder = two / "data/b12-ms/extraction"
    assert "13.9" not in (folder / "differences.csv").read_text(encoding="utf-8")
    assert "ramsaransing2006" not in (folder / "consensus.csv").read_text(encoding="utf-8")


def test_what_was_agreed_stays_while_a_study_is_open_again(two: Path) -> None:
    review = open_review("b12-ms", two)
    for item, answer in zip(compare(review).differences, ("13.8", "2.5", "keep"), strict=True):
        settle_difference(review, item, answer, by="demo-a and demo-b", reason="read again")
    assert write_consensus(review) == ()
    folder = two / "data/b12-ms/extraction"
    before = {name: sorted((folder / name).read_text("utf-8").splitlines()) for name in
              ("consensus.csv", "differences.csv")}
    edit_row(two, "demo-b", "M075-2", number_status="")
    assert write_consensus(open_review("b12-ms", two)) == ()
    assert {name: sorted((folder / name).read_text("utf-8").splitlines()) for name in before} == before


def test_check_reads_each_extractors_own_table(two: Path) -> None:
    for item, answer in zip(compare(open_review("b12-ms", two)).differences, ("13.8", "2.5", "keep"), strict=True):
        settle_difference(open_review("b12-ms", two), item, answer, by="demo-a and demo-b", reason="read again")
    write_consensus(open_review("b12-ms", two))
    assert not findings("b12-ms", two).open
    edit_row(two, "demo-b", "M077-1", sd="9000")
    own = [p for p in findings("b12-ms", two).open if p.code != "settled-nothing"]
    assert own and {p.file for p in own} == {"data/b12-ms/extraction/demo-b.csv"}
    path = two / "data/b12-ms/extraction/demo-b.csv"
    line = next(row.line for row in read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS) if row["row_id"] == "M077-1")
    assert line in {p.line for p in own} and any("M077-1" in p.subject for p in own)
    edit_row(two, "demo-b", "M077-2", n="999")
    errors = findings("b12-ms", two).errors
    assert [(p.file, p.code) for p in errors] == [("data/b12-ms/extraction/demo-b.csv", "n-above-randomised")]


def test_check_counts_what_one_found_while_the_other_works(two: Path) -> None:
    for item, answer in zip(compare(open_review("b12-ms", two)).differences, ("13.8", "2.5", "keep"), strict=True):
        settle_difference(open_review("b12-ms", two), item, answer, by="demo-a and demo-b", reason="read again")
    write_consensus(open_review("b12-ms", two))
    edit_row(two, "demo-b", "M077-1", sd="9000")
    edit_row(two, "demo-a", "M077-2", locator="")
    open_ones = findings("b12-ms", two).open
    assert {p.code for p in open_ones} == {"extraction-unfinished", "trust-unfinished"}
    assert not any("9000" in p.message for p in open_ones)


def test_one_extractors_findings_stand_once(project: Path) -> None:
    (project / "data/b12-ms/settled.csv").unlink()
    subjects = [(p.code, p.subject) for p in findings("b12-ms", project).waiting]
    assert subjects and len(subjects) == len(set(subjects))


def test_a_settled_difference_says_who_and_why(two: Path) -> None:
    write_consensus(open_review("b12-ms", two))
    path = two / "data/b12-ms/extraction/differences.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["consensus"] = "13.8"
    rows[2] |= {"consensus": "perhaps", "by": "x", "reason": "y"}
    write_csv(path, list(rows[0]), rows)
    with pytest.raises(InputError) as caught:
        write_consensus(open_review("b12-ms", two))
    assert [p.line for p in caught.value.problems] == [2, 4]


def test_a_template_is_written_once_and_is_no_valid_table_until_filled(project: Path) -> None:
    (project / "data/b12-ms/extraction/demo-a.csv").unlink()
    review = open_review("b12-ms", project)
    path = write_template(review, "demo-a")
    rows = read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS)
    assert {row["study_id"] for row in rows} == {study.study_id for study in review.studies}
    assert any("must be filled" in p.message for p in findings("b12-ms", project).errors)
    with pytest.raises(InputError, match="exists already"):
        write_template(open_review("b12-ms", project), "demo-a")
    with pytest.raises(InputError, match="not in the protocol"):
        write_template(open_review("b12-ms", project), "somebody")
