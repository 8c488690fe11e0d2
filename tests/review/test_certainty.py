"""certainty.toml: read with places, checked against the rules, written as a template; assumed numbers kept out."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewkit.cli import cli
from reviewkit.errors import InputError, Problem
from reviewkit.report.opened import Report
from reviewkit.review import open_review
from reviewkit.review.certainty.rating import Appraised, certainty_of
from reviewkit.review.checking import check, findings

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'assessors = ["demo-a"]\norigin = "demonstration"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def judged(root: Path, text: str, question: str = "b12-ms") -> list[Problem]:
    (root / "data" / question / "certainty.toml").write_text(text, encoding="utf-8")
    return check(question, root)


def test_the_bundled_questions_are_judged_and_nothing_waits() -> None:
    for question in ("b12-ms", "massage-ms"):
        assert not [p for p in check(question, ROOT) if p.code.startswith("certainty")]
        review = open_review(question, ROOT)
        for name in review.protocol.outcome_ids:
            certainty = review.certainty(name)
            assert certainty.origin == ("" if certainty.rating.level == "no evidence" else "demonstration")


def test_silent_appraisals_lower_every_rating() -> None:
    review = open_review("b12-ms", ROOT)
    homocysteine = review.certainty("homocysteine")
    step = next(s for s in homocysteine.rating.steps if s.domain == "risk of bias")
    assert (step.least, step.levels) == (1, 1)


def test_studies_that_nobody_appraised_count_as_without_information() -> None:
    review = open_review("b12-ms", ROOT)
    found = certainty_of(review, review.synthesise("homocysteine"), appraised={})
    assert "100% without information" in next(s.reason for s in found.rating.steps if s.domain == "risk of bias")
    low = {study.study_id: Appraised("low", "nos-case-control") for study in review.studies}
    better = certainty_of(review, review.synthesise("homocysteine"), appraised=low)
    assert next(s.proposed for s in better.rating.steps if s.domain == "risk of bias") == 0


@pytest.mark.parametrize(("text", "line", "words"), [
    (HEAD + "[outcomes.pain]\n", 3, "outcome 'pain' is unknown"),
    (HEAD + "[outcomes.homocysteine]\nbias = { levels = 1, reason = \"so\" }\n", 4, "is no key"),
    (HEAD + "[outcomes.homocysteine]\nimprecision = { levels = 4, reason = \"so\" }\n", 4, "less than or equal to 3"),
    (HEAD + "[outcomes.homocysteine]\nimprecision = { levels = 1, reason = \"\" }\n", 4, "at least 1 character"),
    (HEAD + "[outcomes.homocysteine]\nimprecision = { levels = 1 }\n", 4, "is missing"),
    ('assessors = ["ak"]\norigin = "demonstration"\n', 1, "assessor 'ak' is not in the protocol"),
    ('assessors = ["demo-a"]\norigin = "review"\n', 2, "status is 'demonstration'"),
    ('assessors = ["demo-a"\n', 1, "not valid TOML"),
])  # fmt: skip
def test_what_is_wrong_in_the_file_is_named_with_its_line(project: Path, text: str, line: int, words: str) -> None:
    found = [p for p in judged(project, text) if p.file == "data/b12-ms/certainty.toml"]
    assert any(words in p.message for p in found), found
    assert all(p in findings("b12-ms", project).errors for p in found)
    if "TOML" not in words:
        assert found[0].line == line


def test_a_judgement_better_than_the_hard_rule_is_an_error_with_its_line(project: Path) -> None:
    text = HEAD + '[outcomes.homocysteine]\nindirectness = { levels = 0, reason = "so" }\n' \
        'risk_of_bias = { levels = 0, reason = "The studies look sound." }\n'
    found = [p for p in judged(project, text) if p.code == "certainty-hard-rule"]
    assert [(p.file, p.line) for p in found] == [("data/b12-ms/certainty.toml", 5)]
    with pytest.raises(InputError):
        open_review("b12-ms", project).certainty("homocysteine")


def test_what_nobody_judged_waits_for_a_person(project: Path) -> None:
    found = judged(project, HEAD + '[outcomes.homocysteine]\nimprecision = { levels = 1, reason = "Wide." }\n')
    codes = {p.code for p in found}
    assert codes == {"certainty-missing", "certainty-incomplete"}
    assert codes <= {p.code for p in findings("b12-ms", project).waiting}
    assert not any("adverse-events" in p.message for p in found)
    (project / "data" / "b12-ms" / "certainty.toml").unlink()
    assert {p.code for p in check("b12-ms", project)} == {"certainty-missing"}


def test_the_template_adds_what_is_missing_and_keeps_the_rest(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project / "data" / "b12-ms" / "certainty.toml"
    start = HEAD + '\n[outcomes.homocysteine]\nindirectness = { levels = 0, reason = "As asked." }\n'
    path.write_text(start, encoding="utf-8")
    monkeypatch.chdir(project)
    done = CliRunner().invoke(cli, ["certainty", "b12-ms", "--template", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert said["kept"] == ["homocysteine"]
    assert said["without_evidence"] == ["adverse-events"]
    assert "vitamin-b12" in said["added"]
    written = path.read_text(encoding="utf-8")
    assert written.startswith(start)
    assert {p.code for p in check("b12-ms", project)} == {"certainty-incomplete"}
    filled = re.sub(r"# (indirectness = \{ levels = 0, reason = )\"\"", r'\1"so"', written)
    path.write_text(filled, encoding="utf-8")
    assert check("b12-ms", project) == []
    before = path.read_bytes()
    CliRunner().invoke(cli, ["certainty", "b12-ms", "--template"])
    assert path.read_bytes() == before


def test_a_new_file_is_a_valid_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "data" / "massage-ms" / "certainty.toml").unlink()
    monkeypatch.chdir(project)
    assert CliRunner().invoke(cli, ["certainty", "massage-ms", "--template"]).exit_code == 0
    assert {p.code for p in check("massage-ms", project)} == {"certainty-incomplete"}


def test_the_command_prints_one_document(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = CliRunner().invoke(cli, ["certainty", "b12-ms", "--json"])
    found = {item["id"]: item for item in json.loads(done.output)["outcomes"]}
    assert found["homocysteine"]["level"] == "very low"
    assert found["adverse-events"]["level"] == "no evidence"
    plain = CliRunner().invoke(cli, ["certainty", "b12-ms"]).output
    assert "proposed 1, judged 0" in plain


def test_an_assumed_number_enters_a_sensitivity_set_only(project: Path) -> None:
    path = project / "data" / "b12-ms" / "extraction" / "demo-a.csv"
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    columns = lines[0].strip().split(",")
    assert columns.index("n_status") < columns.index("analysis_set")
    for number, line in enumerate(lines):
        if line.startswith("M079-1,"):
            lines[number] = line.replace(",seen,seen,primary,", ",seen,assumed,primary,")
    path.write_text("".join(lines), encoding="utf-8")
    found = [p for p in check("b12-ms", project) if p.code == "assumed-in-main"]
    assert ["M079-1" in p.message for p in found] == [True]
    main = open_review("b12-ms", project).synthesise("homocysteine").main
    assert main.pooled is not None
    assert main.pooled.k == 3
    assert any("rests on an assumed n" in r.reason for r in main.unusable)
    moved = [line.replace(",seen,assumed,primary,", ",seen,assumed,converted,").replace(",seen,seen,primary,",
             ",seen,seen,converted,") if line.startswith("M079-") else line for line in lines]
    path.write_text("".join(moved), encoding="utf-8")
    assert not [p for p in check("b12-ms", project) if p.code == "assumed-in-main"]
    analysis = open_review("b12-ms", project).synthesise("homocysteine")
    assert analysis.main.assumed == ()
    assert next(a.assumed for a in analysis.sensitivity if a.id == "se-read") == ("masoud-kashan",)


def test_a_protocol_without_harms_waits_for_one(project: Path) -> None:
    path = project / "data" / "b12-ms" / "protocol.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:text.index('[[outcomes]]\nid = "adverse-events"')], encoding="utf-8")
    assert [p.code for p in check("b12-ms", project)] == ["no-harm-outcome"]


@pytest.mark.parametrize(("said", "codes"), [
    ("Vitamin B12 lowers disability.", ["strong-words"]),
    ("Whether vitamin B12 lowers disability is not known; trials should measure it.", []),
])
def test_implications_say_no_more_than_the_certainty_allows(project: Path, said: str, codes: list[str]) -> None:
    path = project / "data" / "b12-ms" / "protocol.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[question]\n", f"[question]\nimplications = [\"{said}\"]\n", 1), encoding="utf-8")
    assert [p.code for p in check("b12-ms", project)] == codes
    page = Report(open_review("b12-ms", project)).limitations()
    assert said in page and 'id="implications"' in page


def test_parameters_of_the_rules_come_from_the_protocol(project: Path) -> None:
    path = project / "data" / "massage-ms" / "protocol.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(
        '[certainty]\n', '[certainty]\nnon_randomised_start = "high-with-robins-i"\nalpha = 0.01\n'), encoding="utf-8")
    from reviewkit.review.certainty.rating import settings_of

    settings = settings_of(open_review("massage-ms", project))
    assert (settings.alpha, settings.power, settings.non_randomised_start) == (0.01, 0.80, "high-with-robins-i")
