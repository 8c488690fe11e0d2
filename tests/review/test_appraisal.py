"""Risk of bias of a question: demonstration judgements, templates, two assessors, what waits, what is wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewkit.appraisal import OVERALL
from reviewkit.appraisal.ledgers import CONTACT_COLUMNS, MISSING, REGISTERED
from reviewkit.appraisal.rows import COLUMNS
from reviewkit.cli import cli
from reviewkit.errors import InputError
from reviewkit.report.bias import bias_section, table_rows
from reviewkit.report.bias_figures import anchor, by_tool, forest_lights, summary_figure, traffic_figure
from reviewkit.review import open_review
from reviewkit.review.appraisal.ledger_templates import write_ledgers
from reviewkit.review.appraisal.template import write_template
from reviewkit.review.checking import check, findings
from reviewkit.review.extraction.double_reading import extraction_agreement, judgement_agreement
from reviewkit.review.provenance import input_files
from reviewkit.tables import read_csv, write_csv

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / ".." / "shared" / "evidence"


def rows_of(path: Path) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_csv(path, COLUMNS)]


def two_assessors(project: Path) -> Path:
    protocol = project / "data" / "b12-ms" / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    two = '[appraisal]\nassessors = ["demo-a", "demo-b"]\npilot = ["sener1996"]'
    protocol.write_text(text.replace('[appraisal]\nassessors = ["demo-a"]', two), encoding="utf-8")
    return project / "data" / "b12-ms" / "risk-of-bias"


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_every_included_study_is_appraised_as_a_demonstration(question: str) -> None:
    review = open_review(question, ROOT)
    for study in review.studies:
        item = review.appraisal.of(study.study_id)
        assert item is not None and item.demonstration and item.judgement(OVERALL), study.study_id
        assert not item.proposal.missing
        for row in item.answers.values():
            assert row.answer in ("NI", "NA") or (row.support and row.locator), (study.study_id, row.question)
    assert {row.origin for a in review.appraisal.assessments for row in a.answers.values()} == {"demonstration"}


def test_tools_follow_the_designs() -> None:
    b12, massage = (open_review(name, ROOT).appraisal for name in ("b12-ms", "massage-ms"))
    assert {a.tool.id for a in b12.assessments} == {"nos-case-control", "rob2", "rob-me"}
    assert {a.tool.id for a in massage.assessments} == {
        "rob2", "rob2-crossover", "robins-i", "jbi-case-series", "rob-me"}
    item = massage.of("zidan2022")
    assert item is not None and item.tool.id == "robins-i"


def test_no_sentence_of_the_material_stands_in_a_support() -> None:
    path = EVIDENCE / "extraction.csv"
    if not path.exists():
        pytest.skip("the material is not beside the project")
    with path.open(encoding="utf-8", newline="") as stream:
        quotes = {row["quote"].strip().lower() for row in csv.DictReader(stream) if len(row["quote"].split()) > 4}
    for file in (ROOT / "data").glob("*/risk-of-bias/*.csv"):
        for row in rows_of(file):
            said = f"{row['support']} {row['reason']} {row['note']}".lower()
            words = said.split()
            runs = {" ".join(words[i : i + 6]) for i in range(len(words) - 5)}
            assert not any(run in quote for run in runs for quote in quotes), row


def test_missing_evidence_of_the_pooled_outcome() -> None:
    found = open_review("b12-ms", ROOT).appraisal
    item = found.synthesis("homocysteine")
    assert item is not None and item.judgement(OVERALL) == "high"
    here = [m for m in found.missing if m.outcome == "homocysteine"]
    assert {m.study_id for m in here if m.status == "missing for what it showed"} == {"teunissen2008", "fahmy2018"}
    review = open_review("b12-ms", ROOT)
    unfinished = {study.study_id for study in review.unfinished}
    main = review.synthesise("homocysteine").main
    assert {r.study_id for r in main.unusable} == {m.study_id for m in here} - unfinished


def test_matrix_and_answers_must_say_the_same(project: Path) -> None:
    path = project / "data" / "b12-ms" / "missing-results.csv"
    text = path.read_text("utf-8").replace("missing for what it showed", "missing for another reason")
    path.write_text(text, "utf-8")
    found = [p for p in check("b12-ms", project) if p.code == "missing-results"]
    assert found and all("4.1" in problem.message and problem.line for problem in found)


def test_everything_wrong_is_told_at_once(project: Path) -> None:
    folder = project / "data" / "massage-ms"
    path = folder / "risk-of-bias" / "demo-a.csv"
    rows = rows_of(path)
    rows[0] |= {"study_id": "nobody"}
    rows[1] |= {"answer": "perhaps"}
    next(r for r in rows if r["study_id"] == "naderi2024" and not r["question"])["judgement"] = "high"
    rows.append(dict(rows[-1]))
    write_csv(path, COLUMNS, rows)
    (folder / "risk-of-bias" / "stranger.csv").write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    (folder / "author-contacts.csv").write_text(
        f"{','.join(CONTACT_COLUMNS)}\nghost,2026-01-01,SD,sent,,,,ak,\n", "utf-8")
    found = check("massage-ms", project)
    assert {"unknown-study", "answer", "no-reason", "double", "assessor"} <= {p.code for p in found}
    assert all(p.file and p.remedy for p in found)
    assert {p.file.rsplit("/", 1)[-1] for p in found if p.file} >= {"demo-a.csv", "stranger.csv", "author-contacts.csv"}
    assert next(p.line for p in found if p.code == "answer") == 3


@pytest.mark.slow
def test_an_unfinished_appraisal_waits_and_is_no_error(project: Path) -> None:
    path = project / "data" / "massage-ms" / "risk-of-bias" / "demo-a.csv"
    rows = [r for r in rows_of(path) if r["study_id"] != "naderi2024"]
    for row in rows:
        if row["study_id"] == "negahban2013" and row["question"] == "5.2":
            row["answer"] = ""
    write_csv(path, COLUMNS, rows)
    found = {p.code: p for p in check("massage-ms", project) if p.code.startswith(("not-app", "appraisal"))}
    assert set(found) == {"not-appraised", "appraisal-incomplete"}
    assert set(found) <= {p.code for p in findings("massage-ms", project).waiting}
    assert "naderi2024" in found["not-appraised"].message and "5.2" in found["appraisal-incomplete"].message
    assert open_review("massage-ms", project).appraisal.of("naderi2024") is None
    assert "Not appraised: Naderi 2024" in bias_section(open_review("massage-ms", project))


@pytest.mark.slow
def test_template_is_written_filled_in_and_kept(project: Path) -> None:
    path = project / "data" / "massage-ms" / "risk-of-bias" / "demo-a.csv"
    included = {study.study_id for study in open_review("massage-ms", project).studies}
    before = [row for row in rows_of(path) if row["study_id"] in included]
    path.unlink()
    done = write_template(open_review("massage-ms", project), "demo-a")
    assert (done.added, done.kept, done.without_tool) == (10, 0, ())
    assert {p.code for p in check("massage-ms", project) if "apprais" in p.code} == {"not-appraised"}
    key = ("study_id", "outcome", "tool", "domain", "question")
    assert [tuple(r[k] for k in key) for r in rows_of(path)] == [tuple(r[k] for k in key) for r in before]
    write_csv(path, COLUMNS, before[:32])
    again = write_template(open_review("massage-ms", project), "demo-a")
    assert again.kept == 32 and rows_of(path)[:32] == before[:32]
    third = write_template(open_review("massage-ms", project), "demo-a")
    assert third.added == 0
    with pytest.raises(InputError, match="not in the protocol"):
        write_template(open_review("massage-ms", project), "nobody")
    with pytest.raises(InputError, match="is unknown"):
        write_template(open_review("massage-ms", project), "demo-a", studies=["ghost"])


@pytest.mark.slow
def test_two_assessors_a_conflict_and_its_settling(project: Path) -> None:
    folder = two_assessors(project)
    rows = [r | {"assessor": "demo-b"} for r in rows_of(folder / "demo-a.csv")]
    for row in rows:
        if row["study_id"] == "sener1996" and row["question"] in ("C1", "C2"):
            row |= {"answer": "no", "support": "No matching is reported.", "locator": "abstract, results"}
    write_csv(folder / "demo-b.csv", COLUMNS, rows)
    review = open_review("b12-ms", project)
    assert [(m.assessment.study_id, m.conflicts) for m in review.appraisal.conflicts] == [
        ("sener1996", ("comparability", OVERALL))]
    assert "appraisal-conflict" in {p.code for p in check("b12-ms", project)}
    figures = {(a.tool, a.domain): a.figures for a in judgement_agreement(review)}
    said = figures["nos-case-control", "comparability"]
    assert (said.n, said.agreed) == (19, 18)
    pilot = {(a.tool, a.domain): a.figures for a in judgement_agreement(review, pilot=True)}
    assert pilot["nos-case-control", "comparability"].agreed == 0
    assert "Agreement of two people" in bias_section(review)
    settled = [r | {"assessor": "consensus"} for r in rows if r["study_id"] == "sener1996"]
    for row in settled:
        if row["domain"] == "comparability" and not row["question"]:
            row |= {"judgement": "good", "reason": "matched on age"}
    write_csv(folder / "consensus.csv", COLUMNS, [r | {"answer": ""} if r["question"] else r for r in settled])
    again = open_review("b12-ms", project)
    assert again.appraisal.conflicts == ()
    item = again.appraisal.of("sener1996")
    assert item is not None and item.judgement("comparability") == "good"
    assert "appraisal-conflict" not in {p.code for p in check("b12-ms", project)}


def test_nothing_of_an_assessment_shows_before_both_have_finished_it(project: Path) -> None:
    folder = two_assessors(project)
    rows = [r | {"assessor": "demo-b"} for r in rows_of(folder / "demo-a.csv")]
    for row in rows:
        if row["study_id"] == "sener1996" and row["question"] == "C1":
            row |= {"answer": "no", "support": "No matching is reported.", "locator": "abstract, results"}
        if row["study_id"] == "sener1996" and row["question"] == "C2":
            row |= {"answer": "", "support": "", "locator": ""}
        if row["study_id"] == "sener1996" and not row["question"]:
            row["judgement"] = ""
    write_csv(folder / "demo-b.csv", COLUMNS, rows)
    review = open_review("b12-ms", project)
    assert review.appraisal.of("sener1996") is None and review.appraisal.conflicts == ()
    waiting = [p for p in check("b12-ms", project) if p.code == "appraisal-unfinished"]
    assert [p.message.split(" (")[0] for p in waiting] == ["demo-b has not finished sener1996"]
    assert "not-appraised" not in {p.code for p in check("b12-ms", project)}
    assert {a.figures.n for a in judgement_agreement(review) if a.tool == "nos-case-control"} == {18}


def test_agreement_of_two_extractions(project: Path) -> None:
    folder = project / "data" / "b12-ms"
    assert extraction_agreement(open_review("b12-ms", project)) is None
    text = (folder / "protocol.toml").read_text("utf-8")
    (folder / "protocol.toml").write_text(
        text.replace('extractors = ["demo-a"]', 'extractors = ["demo-a", "demo-b"]'), "utf-8")
    first = (folder / "extraction" / "demo-a.csv").read_text("utf-8")
    (folder / "extraction" / "demo-b.csv").write_text(first.replace(",13.8,4.9,", ",13.8,2.9,"), "utf-8")
    assert first.count(",13.8,4.9,") == 1
    found = extraction_agreement(open_review("b12-ms", project))
    assert found is not None and found.only_one == found.only_other == 0
    assert [difference.column for difference in found.differences] == ["sd"]
    assert found.agreement is not None and 0.9 < found.agreement < 1


def test_an_own_checklist_is_read_from_the_question(project: Path) -> None:
    path = project / "data" / "massage-ms" / "risk-of-bias" / "own.toml"
    path.write_text('id = "own"\nname = "Ours"\noverall = "assessor"\n[source]\ncitation = "us"\n'
                    '[[levels]]\nword = "low"\nlight = "low"\n[[levels]]\nword = "high"\nlight = "high"\n'
                    '[[domains]]\nid = "A"\nname = "All"\n[[domains.questions]]\nid = "Q1"\ntext = "Sound?"\n', "utf-8")
    review = open_review("massage-ms", project)
    assert "own" in review.appraisal.tools
    assert write_template(review, "demo-a", tool="own", studies=["backus2016"]).added == 1
    path.write_text(path.read_text("utf-8").replace('light = "high"', 'light = "red"'), "utf-8")
    found = check("massage-ms", project)
    assert any(p.file and p.file.endswith("own.toml") and p.line == 11 for p in found), found


def test_a_checklist_of_the_project_serves_every_question_and_its_errors_have_a_place(project: Path) -> None:
    path = project / "data" / "checklists" / "ours.toml"
    path.parent.mkdir()
    path.write_text('id = "ours"\nname = "Ours"\noverall = "assessor"\n[source]\ncitation = "us"\n'
                    '[[levels]]\nword = "low"\nlight = "low"\n[[levels]]\nword = "high"\nlight = "high"\n'
                    '[[domains]]\nid = "A"\nname = "All"\n[[domains.questions]]\nid = "Q1"\ntext = "Sound?"\n', "utf-8")
    before = {name: open_review(name, project) for name in ("b12-ms", "massage-ms")}
    assert all("ours" in review.appraisal.tools for review in before.values())
    assert "data/checklists/ours.toml" in input_files("b12-ms", project)
    own = project / "data" / "massage-ms" / "risk-of-bias" / "own.toml"
    own.write_text(path.read_text("utf-8"), "utf-8")
    (double,) = [p for p in check("massage-ms", project) if p.code == "double"]
    assert (double.file, double.line) == ("data/massage-ms/risk-of-bias/own.toml", 1)
    own.unlink()
    path.write_text(path.read_text("utf-8").replace('light = "high"', 'light = "red"'), "utf-8")
    for question in before:
        assert ("data/checklists/ours.toml", 11) in {(p.file, p.line) for p in check(question, project)}


def test_ledgers_are_written_to_fill_in_and_wait_until_they_are(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("registered.csv", "missing-results.csv"):
        (project / "data" / "massage-ms" / name).unlink(missing_ok=True)
    judged = project / "data" / "massage-ms" / "risk-of-bias" / "demo-a.csv"
    write_csv(judged, COLUMNS, [row for row in rows_of(judged) if row["tool"] != "rob-me"])
    monkeypatch.chdir(project)
    run = CliRunner().invoke(cli, ["appraise", "massage-ms", "--ledgers", "--outcome", "fatigue"])
    assert run.exit_code == 0, run.output
    review = open_review("massage-ms", project)
    rows = read_csv(project / "data/massage-ms/missing-results.csv", MISSING.columns)
    used = {result.study_id for result in review.synthesise("fatigue").main.usable}
    assert {row["study_id"] for row in rows} == {study.study_id for study in review.studies} - used
    registered = {s.study_id for s in review.studies if s.registration}
    listed = read_csv(project / "data/massage-ms/registered.csv", REGISTERED.columns)
    assert {row["study_id"] for row in listed} == registered
    assert review.appraisal.missing == ()
    codes = {(p.code, p.file) for p in findings("massage-ms", project).waiting}
    assert ("ledger-unfilled", "data/massage-ms/missing-results.csv") in codes
    filled = [{**row.cells, "status": "unclear", "by": "demo-a", "reason": "kept"} for row in rows[:1]]
    write_csv(project / "data/massage-ms/missing-results.csv", MISSING.columns, filled)
    again = write_ledgers(open_review("massage-ms", project), outcomes=["fatigue"])
    assert again["missing-results.csv"] == len(rows) - 1 and again["registered.csv"] == 0
    kept = open_review("massage-ms", project).appraisal.missing
    assert [(m.study_id, m.status, m.reason) for m in kept] == [(rows[0]["study_id"], "unclear", "kept")]


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_report_shows_every_judgement_with_its_support(question: str) -> None:
    review = open_review(question, ROOT)
    page = bias_section(review)
    assert "Demonstration judgements." in page
    included = {study.study_id for study in review.studies}
    for item in review.appraisal.assessments:
        if item.tool.unit != "synthesis" and item.study_id not in included:
            continue
        assert f'href="#bias-{item.study_id}-' in page or item.tool.unit == "synthesis"
        for row in item.answers.values():
            assert not row.support or row.support.replace("'", "&#x27;") in page or row.support in page
    for tool, _ in by_tool(review):
        assert not tool.not_checked or tool.source.read.replace("'", "&#39;") in page, tool.id
        for name in tool.not_checked if tool.checked_against_source else ():
            assert name.lower() in page
    assert page.count("Not checked against the source") >= sum(bool(tool.not_checked) for tool, _ in by_tool(review))
    assert "No author was asked." in page and "Missing evidence was not assessed for" in page
    listed = {(r["study"], r["domain"]): r["judgement"] for r in table_rows(review)}
    for study in review.studies:
        assert listed[study.study_id, OVERALL]


def test_appraised_case_reports_stand_in_the_report_where_no_controlled_study_was_found() -> None:
    review = open_review("upper-cervical-dystonia", ROOT)
    assert not review.studies
    page = bias_section(review)
    assert "No controlled study was found: case reports and series" in page
    cases = [item for item in review.appraisal.assessments if item.tool.id == "jbi-case-report"]
    assert len(cases) == 2
    labels = {study.study_id: study.label for study in review.all_studies}
    for item in cases:
        assert f'href="#{anchor(item)}"' in page and f'id="{anchor(item)}"' in page
        assert labels[item.study_id] in page and item.judgement(OVERALL) in page.lower()
    assert "Case reports and series beside the answer" in bias_section(open_review("massage-ms", ROOT))
    assert "bias-cases" not in bias_section(open_review("b12-ms", ROOT))


def test_pictures_tell_without_colour() -> None:
    review = open_review("massage-ms", ROOT)
    for tool, items in by_tool(review):
        picture = traffic_figure(review, tool, items)
        texts = [box.text for box in picture.texts]
        for level in {tool.light(d.id, item.judgement(d.id)) for item in items for d in tool.domains}:
            assert {"low": "+", "some": "?", "high": "−", "critical": "!", "none": "∅"}[level] in texts
        assert all(item.judgement(OVERALL).capitalize() in texts for item in items)
        assert "Overall" in [box.text for box in summary_figure(review, tool, items).texts]


def test_forest_lights_are_those_of_the_studies() -> None:
    review = open_review("b12-ms", ROOT)
    heads, lights = forest_lights(review, "homocysteine", ["sener1996", "mititelu2021", "ghost"])
    assert heads == ("Selection", "Comparability", "Exposure", "over all")
    assert lights["mititelu2021"] == ("no information", "low", "no information", "no information")
    assert lights["ghost"] == ("no information",) * 4
    assert forest_lights(review, "homocysteine", ["ghost"]) == ((), {})


def test_command_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    run = CliRunner().invoke(cli, ["appraise", "b12-ms", "--json"])
    found = json.loads(run.stdout)
    assert run.exit_code == 0 and found["planned"] and found["not_appraised"] == []
    item = next(a for a in found["assessments"] if a["study"] == "nozari2019")
    assert (item["tool"], item["overall"], item["missing"]) == ("rob2", "high", [])
    tools = json.loads(CliRunner().invoke(cli, ["appraise", "b12-ms", "--tools", "--json"]).stdout)["tools"]
    assert {t["id"] for t in tools if not t["checked_against_source"]} == {
        "rob2-cluster", "rob2-crossover", "rob-me"}
    parts = {t["id"]: t["not_checked"] for t in tools}
    assert parts["jbi-case-report"] == [] and parts["robins-i"] == ["overall judgement"]
    assert "Randomisation process" not in parts["rob2"] and "Missing outcome data" in parts["rob2"]
    done = CliRunner().invoke(cli, ["appraise", "massage-ms", "--template", "demo-a", "--tool", "rob-me",
                                    "--outcome", "adverse-events", "--json"])
    written = json.loads(done.stdout)
    assert written.pop("kept_rows") > 300
    assert written == {"file": "data/massage-ms/risk-of-bias/demo-a.csv", "added": 1, "without_tool": []}
