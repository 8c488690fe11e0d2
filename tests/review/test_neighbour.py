"""A question that starts from another's analysis set, and the fields that `new` fills in or leaves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.review import open_review
from reviewkit.review.neighbour import question_from_set
from reviewkit.review.progress import status
from reviewkit.review.starting import FIELDS, left_to_fill, new_question, protocol_text, set_value
from reviewkit.store.toml import parse

ROOT = Path(__file__).resolve().parents[2]
TOLD = {"title": "Does pressure help?", "therapy": "pressure on points", "intervention": "Pressure on points."}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for question in ("massage-ms", "acupuncture-ms"):
        for kind in ("data", "references"):
            shutil.copytree(ROOT / kind / question, tmp_path / kind / question)
    return tmp_path


@pytest.mark.parametrize(("source", "name"), [("massage-ms", "sensitivity"), ("acupuncture-ms", "pressure")])
def test_reports_studies_and_numbers_come_over_and_decisions_do_not(project: Path, source: str, name: str) -> None:
    old = open_review(source, project)
    taken = question_from_set("ninth", project, source, name, values=TOLD, reviewers=["you"])
    review = open_review("ninth", project)
    wanted = [row for row in old.rows if row.analysis_set == name]
    assert [row.row_id for row in review.rows] == [row.row_id for row in wanted]
    assert taken.rows == len(wanted)
    assert {study.study_id for study in review.all_studies} == {row.study_id for row in wanted}
    titles = {old.reports[report].title for study in old.all_studies for report in study.reports
              if study.study_id in {row.study_id for row in wanted}}
    assert {record.title for record in review.reports.values()} == titles
    assert not review.decisions
    assert review.protocol.question.status == old.protocol.question.status
    assert left_to_fill("ninth", project) == ()
    assert status("ninth", project)["next"].startswith(f"decide {len(review.reports)} reports")


def test_each_row_names_the_report_it_named(project: Path) -> None:
    question_from_set("ninth", project, "massage-ms", "sensitivity", values=TOLD)
    old, new = open_review("massage-ms", project), open_review("ninth", project)
    before = {row.row_id: old.reports[row.report_id].title for row in old.rows}
    assert all(new.reports[row.report_id].title == before[row.row_id] for row in new.rows)


def test_assumed_numbers_stand_in_a_sensitivity_analysis_only(project: Path) -> None:
    question_from_set("ninth", project, "massage-ms", "sensitivity", values=TOLD)
    review = open_review("ninth", project)
    for row in review.rows:
        assert (row.analysis_set == "assumed") == ("assumed" in (row.number_status, row.n_status)), row.row_id
    quality = review.protocol.outcome("quality-of-life")
    assert [item.id for item in quality.plan.sensitivity] == ["with-assumed"]
    assert review.protocol.outcome("pain").plan.sensitivity == ()


def test_the_harm_outcome_bears_the_new_name(project: Path) -> None:
    question_from_set("ninth", project, "massage-ms", "sensitivity", values=TOLD)
    harm = open_review("ninth", project).protocol.outcome("adverse-events")
    assert harm.name == "Adverse events of pressure on points"


@pytest.mark.parametrize(("source", "name"), [("massage-ms", "primray"), ("massage-ms", ""), ("nothing", "primary")])
def test_an_unknown_source_or_set_writes_nothing(project: Path, source: str, name: str) -> None:
    with pytest.raises(InputError):
        question_from_set("ninth", project, source, name, values=TOLD)
    assert not (project / "data" / "ninth").exists()
    assert not (project / "references" / "ninth").exists()


def test_status_names_what_is_still_to_fill_in(tmp_path: Path) -> None:
    new_question("q", tmp_path, values={"therapy": "tea"})
    assert left_to_fill("q", tmp_path) == tuple(name for name in FIELDS if name != "therapy")
    found = status("q", tmp_path)
    assert found["stage"] == "protocol"
    assert "data/q/protocol.toml: title, condition" in found["next"]


def test_one_reviewer_wants_one_vote(tmp_path: Path) -> None:
    new_question("q", tmp_path, reviewers=["ann"])
    wanted = open_review("q", tmp_path).protocol.screening
    assert (wanted.reviewers, wanted.votes_title_abstract, wanted.consensus) == (("ann",), 1, None)


def test_a_field_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="colour"):
        new_question("q", tmp_path, values={"colour": "red"})
    assert not (tmp_path / "data").exists()


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip)


@given(st.dictionaries(st.sampled_from(FIELDS), WORDS))
def test_any_words_come_back_as_they_were_said(values: dict[str, str]) -> None:
    found = parse(protocol_text("q", values, ()), "protocol.toml").data["question"]
    assert {name: found[name] for name in values} == values


def test_a_comment_stays_in_its_column() -> None:
    line = 'status = "draft"                        # draft or final\n'
    assert set_value(line, "status", "final") == 'status = "final"                        # draft or final\n'
    assert set_value(line, "status", "x" * 60).endswith(f'"{"x" * 60}" # draft or final\n')
