"""How each report stands: current, stale, failed or missing, each with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewkit.portfolio import QuestionState, read_states, write_portfolio
from reviewkit.run import FAILED, STALE
from tests.portfolio.made import change_report, make_portfolio

QUESTION = "upper-cervical-low-back-pain"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_portfolio(tmp_path, (QUESTION,))


def only(root: Path) -> QuestionState:
    (state,) = read_states(root)
    return state


def test_a_report_that_matches_its_files_is_current(project: Path) -> None:
    assert (only(project).state, only(project).reason) == ("current", "")
    assert write_portfolio(project).current


def test_a_changed_file_makes_it_stale_and_is_named(project: Path) -> None:
    path = project / "data" / QUESTION / "studies.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert only(project).state == "stale"
    assert f"data/{QUESTION}/studies.csv" in only(project).reason
    page = (project / write_portfolio(project).html).read_text(encoding="utf-8")
    assert "Out of date" in page
    assert f"data/{QUESTION}/studies.csv" in page


def test_a_claim_changed_in_the_ledger_makes_it_stale(project: Path) -> None:
    path = project / "data" / "claims.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert "data/claims.toml" in only(project).reason


@pytest.mark.parametrize(("part", "word"), [("code", "program"), ("environment", "packages")])
def test_another_program_or_other_packages_make_it_stale(project: Path, part: str, word: str) -> None:
    found = only(project).results
    assert found is not None
    change_report(project, QUESTION, {"provenance": {**found["provenance"], part: "0" * 64, "report": "0" * 16}})
    assert only(project).state == "stale"
    assert word in only(project).reason


@pytest.mark.parametrize(("name", "state"), [(STALE, "stale"), (FAILED, "failed")])
def test_what_a_failed_run_left_behind_is_told(project: Path, name: str, state: str) -> None:
    folder = project / "reports" / QUESTION
    if name == FAILED:
        (folder / "results.json").unlink()
        (folder / "review.html").unlink()
    (folder / name).write_text(json.dumps({"reason": "cell 4 failed: x"}), encoding="utf-8")
    assert (only(project).state, only(project).reason) == (state, "cell 4 failed: x")
    page = (project / write_portfolio(project).html).read_text(encoding="utf-8")
    assert "cell 4 failed: x" in page


def test_a_question_without_a_report_says_how_to_build_it(project: Path) -> None:
    for path in (project / "reports" / QUESTION).iterdir():
        path.unlink()
    assert only(project).state == "missing"
    assert f"reviewkit run {QUESTION}" in only(project).reason
    assert only(project).title.startswith("Do upper cervical techniques help")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"x"', "\x00"])
def test_results_that_cannot_be_used_do_not_end_the_page(project: Path, content: str) -> None:
    (project / "reports" / QUESTION / "results.json").write_text(content, encoding="utf-8")
    assert only(project).state == "failed"
    assert "--force" in only(project).reason
    write_portfolio(project)


def test_a_broken_protocol_is_shown_under_its_name(project: Path) -> None:
    (project / "data" / QUESTION / "protocol.toml").write_text("[question\n", encoding="utf-8")
    (project / "reports" / QUESTION / "results.json").unlink()
    state = only(project)
    assert (state.state, state.title) == ("failed", QUESTION)
    assert "protocol.toml" in state.reason


def test_a_project_without_a_question_has_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert write_portfolio(tmp_path).states == ()
    assert "No question yet" in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
