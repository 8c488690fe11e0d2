"""Decisions in and out: what is exported comes back as it was; nothing is guessed and nothing overwritten."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.cli import cli
from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.readers import read_bytes
from reviewkit.review import Review, open_review
from reviewkit.review.screening.decisions_in import import_decisions
from reviewkit.review.screening.decisions_out import export_reports
from reviewkit.review.screening.desk import open_desk

from .made import QUESTION, make_project

FIRST = "title-abstract"
FORMS = ("ris", "bibtex", "csv", "endnote-xml", "asreview", "rayyan", "covidence")
COMPARED = [f.name for f in dataclasses.fields(Record) if f.name not in {"extra", "origin", "raw", "key"}]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    return make_project(tmp_path_factory.mktemp("made"), 12)


def fresh(review: Review) -> Review:
    for path in review.folder.glob("screening/*/*.jsonl"):
        path.unlink()
    return open_review(QUESTION, review.root)


def written(review: Review, text: str, name: str = "decisions.csv") -> Path:
    path = review.root / name
    path.write_text(text, encoding="utf-8")
    return path


votes = st.lists(st.tuples(st.sampled_from(["include", "exclude", "maybe", ""]), st.booleans()), min_size=12,
                 max_size=12)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(said=votes)
def test_exported_reports_and_labels_come_back(review: Review, form: str, said: list[tuple[str, bool]]) -> None:
    review = fresh(review)
    desk = open_desk(review, FIRST, "ada", ranked=False)
    meant: dict[str, tuple[str, str]] = {}
    for report, (word, reasoned) in zip(desk.reports, said, strict=True):
        if word:
            reason = "wrong-outcome" if word == "exclude" and reasoned else ""
            desk.decide(report, word, reason=reason)
            meant[report] = (word, reason)
    text = export_reports(review, form, reviewer="ada").text
    back = read_bytes(text.encode())
    assert not back.rejected and [r.key for r in back.records] == list(review.reports)
    for one in back.records:
        report = review.reports[one.key]
        assert {name: getattr(one, name) for name in COMPARED} == {name: getattr(report, name) for name in COMPARED}
    review = fresh(review)
    found = import_decisions(review, FIRST, "ada", written(review, text))
    kept = {report: pair for report, pair in meant.items()
            if form not in ("covidence", "asreview") or (form == "covidence" and pair[1])
            or (form == "asreview" and pair[0] != "maybe")}
    desk = open_desk(review, FIRST, "ada", ranked=False)
    standing = {report: (vote.decision, vote.reason) for report in desk.reports if (vote := desk.vote_on(report))}
    assert {report: word for report, (word, _) in standing.items()} == {r: w for r, (w, _) in kept.items()}
    if form != "asreview":
        assert standing == kept
    assert len(found.taken) == len(kept) and not found.problems and found.undecided == 12 - len(kept)


def test_rows_are_matched_by_identifier_or_title_and_the_rest_is_listed(review: Review) -> None:
    review = fresh(review)
    titles = {r: review.reports[r].title for r in review.reports}
    text = "title,year,doi,included\n" + "\n".join([
        f"{titles['vane0-1980'].upper()},1980,,1",
        "Another title altogether,1999,https://doi.org/10.1234/MADE.1,0",
        f"{titles['vane2-1982']},1999,,1",
        "A title that nobody knows here,2001,,1",
        f"{titles['vane3-1983']},1983,,often",
        f"{titles['vane4-1984']},1984,,",
    ])
    found = import_decisions(review, FIRST, "ada", written(review, text + "\n"))
    assert found.taken == (("vane0-1980", "include"), ("vane1-1981", "exclude"))
    assert [(p.line, p.code) for p in found.problems] == [(4, "unmatched"), (5, "unmatched"), (6, "label")]
    assert found.undecided == 1 and found.rows == 6
    log = (review.folder / f"screening/{FIRST}/ada.jsonl").read_text().splitlines()
    assert all(json.loads(line)["origin"] == "imported" for line in log) and len(log) == 2


def test_a_differing_vote_stays_unless_asked(review: Review) -> None:
    review = fresh(review)
    open_desk(review, FIRST, "ada", ranked=False).decide("vane0-1980", "include")
    path = written(review, "key,title,included\nvane0-1980,x,0\nvane1-1981,x,1\n")
    found = import_decisions(review, FIRST, "ada", path, dry_run=True)
    assert found.taken == (("vane1-1981", "include"),) and [p.code for p in found.problems] == ["differs"]
    assert len((review.folder / f"screening/{FIRST}/ada.jsonl").read_text().splitlines()) == 1
    import_decisions(review, FIRST, "ada", path)
    assert open_desk(review, FIRST, "ada", ranked=False).card("vane0-1980").status == "include"
    again = import_decisions(review, FIRST, "ada", path, replace=True)
    assert again.taken == (("vane0-1980", "exclude"),) and again.same == 1


def test_entries_that_contradict_each_other_are_not_taken(review: Review) -> None:
    review = fresh(review)
    path = written(review, "key,title,included\nvane0-1980,x,0\nvane0-1980,x,1\n")
    found = import_decisions(review, FIRST, "ada", path)
    assert not found.taken and [p.code for p in found.problems] == ["differs", "differs"]


def test_rayyan_members_and_reasons(review: Review) -> None:
    review = fresh(review)
    ris = "".join(
        f"TY  - JOUR\nID  - {n}\nTI  - x\nDO  - 10.1234/made.{n}\nN1  - RAYYAN-INCLUSION: "
        f'{{"Ann"=>"Excluded", "Bo"=>"Included"}} | RAYYAN-EXCLUSION-REASONS: {reason}\nER  - \n\n'
        for n, reason in ((1, "wrong outcome"), (2, "background article")))
    path = written(review, ris, "rayyan.ris")
    with pytest.raises(InputError, match="several people: Ann, Bo"):
        import_decisions(review, FIRST, "ada", path)
    with pytest.raises(InputError, match="decided nothing"):
        import_decisions(review, FIRST, "ada", path, member="Cy")
    found = import_decisions(review, FIRST, "ada", path, member="Ann")
    assert len(found.taken) == 2 and [p.code for p in found.problems] == ["reason"]
    desk = open_desk(review, FIRST, "ada", ranked=False)
    assert desk.card("vane1-1981").reason == "wrong-outcome"
    assert desk.card("vane2-1982").reason == "" and "background article" in desk.card("vane2-1982").note
    other = import_decisions(review, FIRST, "ben", path, member="Bo")
    assert {word for _, word in other.taken} == {"include"} and not other.problems


def test_covidence_lists_take_one_decision_for_all(review: Review) -> None:
    review = fresh(review)
    head = "Title,Authors,Published Year,DOI,Ref,Covidence #,Study,Notes,Tags\n"
    rows = "x,\"Vane, A\",1981,10.1234/made.1,1,#1,V 1981,,\ny,\"Vane, A\",1982,10.1234/made.2,2,#2,V 1982,,\n"
    found = import_decisions(review, FIRST, "ada", written(review, head + rows), every="include")
    assert found.taken == (("vane1-1981", "include"), ("vane2-1982", "include"))


def test_while_two_vote_an_export_says_nothing_of_it(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    review = fresh(review)
    monkeypatch.chdir(review.root)
    before = {form: export_reports(review, form).text for form in FORMS}
    open_desk(review, FIRST, "ben", ranked=False).decide("vane0-1980", "include")
    assert {form: export_reports(review, form).text for form in FORMS} == before
    with pytest.raises(InputError, match="still out"):
        export_reports(review, "ris", status="included")
    result = CliRunner().invoke(cli, ["export", QUESTION, "--format", "csv", "--reviewer", "ben", "--status",
                                      "included", "--out", "out.csv", "--json"])
    assert json.loads(result.stdout)["reports"] == 1
    assert "vane0-1980" in (review.root / "out.csv").read_text()


def test_the_command_lists_what_it_did_not_take(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    review = fresh(review)
    monkeypatch.chdir(review.root)
    written(review, "key,title,included\nvane0-1980,x,1\nnobody,Something that is not here,1\n", "in.csv")
    result = CliRunner().invoke(cli, ["screen", "import", QUESTION, "in.csv", "--reviewer", "ada", "--json"])
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert document["taken"] == [["vane0-1980", "include"]] and document["problems"][0]["line"] == 3


def test_settled_reports_are_exported_by_status(review: Review) -> None:
    review = fresh(review)
    for who in ("ada", "ben"):
        desk = open_desk(review, FIRST, who, ranked=False)
        for number, report in enumerate(desk.reports):
            desk.decide(report, "include" if number < 3 else "exclude")
    found = export_reports(review, "ris", status="included")
    assert found.reports == 3 and found.labelled and found.text.count("Screening: include") == 3
    with pytest.raises(InputError, match="unknown"):
        export_reports(review, "ris", status="nice")
