"""`reviewkit audit`: offline from our own records, online as a proposal; exit codes, one JSON document."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from reviewkit.cli import cli, main
from reviewkit.review.claims.looking_up import PROPOSALS
from reviewkit.sources.lookup import SERVICES
from tests.sources.references import Stock, Work
from tests.sources.services import Answer, Handler, serving

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"NCBI_API_KEY": "ncbi-secret-1234", "OPENALEX_API_KEY": "openalex-secret-1234",
           "REVIEWKIT_EMAIL": "a.person@example.org"}
CASE = Work(24294147, "Chiropractic care using a functional neurologic approach for idiopathic cervical dystonia in a "
            "59-year-old woman", "Bova", 2013, "Journal of Chiropractic Medicine", "10.1016/j.jcm.2013.06.004")
TRIAL = Work(29481979, "Dose-response and efficacy of spinal manipulation for care of cervicogenic headache", "Haas",
             2018, "The Spine Journal", "10.1016/j.spinee.2018.02.019")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reviewkit.sources.http.time",
                        SimpleNamespace(sleep=lambda seconds: None, monotonic=time.monotonic))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@contextmanager
def at(monkeypatch: pytest.MonkeyPatch, stock: Stock, broken: tuple[str, ...] = ()) -> Iterator[None]:
    with ExitStack() as stack:
        for service in SERVICES:
            slug = service.database.slug
            handler: Handler = (lambda request: Answer("no", 500)) if slug in broken else getattr(stock, slug)
            server = stack.enter_context(serving(handler))
            monkeypatch.setenv(service.database.access.variable, server.address)
        yield


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *arguments])


@pytest.mark.slow
def test_offline_it_says_what_a_person_found_and_which_claims_lean_on_it(project: Path) -> None:
    before = sorted(project.rglob("*"))
    done, as_json = call(), call("--json")
    assert done.exit_code == as_json.exit_code == 0 and sorted(project.rglob("*")) == before
    assert "not found where we looked" in done.stdout and "Claims: 001-08, 001-09." in done.stdout
    assert "upper-cervical-dystonia/bova-2013" in done.stdout
    found = {item["id"]: item for item in json.loads(as_json.stdout)["citations"]}
    assert len(found) == 12 and found["C05"]["claims"] == ["001-08", "001-09"]
    assert found["C05"]["looked_up"] is None and found["C08"]["local"] == ["upper-cervical-dystonia/bova-2013"]


@pytest.mark.slow
def test_online_it_proposes_and_overwrites_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (project / "data/citations.csv").read_bytes()
    with at(monkeypatch, Stock([CASE, TRIAL])):
        done = call("--online", "--json")
    assert done.exit_code == 0, done.stderr
    found = {item["id"]: item["looked_up"] for item in json.loads(done.stdout)["citations"]}
    assert (project / "data/citations.csv").read_bytes() == before
    assert found["C08"]["status"] == "found as cited" and found["C08"]["pmid"] == "24294147"
    assert (found["C02"]["status"], found["C02"]["differs"]) == ("found with different details", "title; year")
    assert found["C01"]["status"] == "not found" and found["C04"] is None
    assert "Written: data/citations-looked-up.csv" in done.stderr and "C04" in done.stderr
    assert "Looked up: found as cited" in call().stdout
    for path in filter(Path.is_file, project.rglob("*")):
        assert not any(secret.encode() in path.read_bytes() for secret in SECRETS.values()), path
    assert not any(secret in done.output + done.stderr for secret in SECRETS.values())


@pytest.mark.slow
def test_a_look_up_that_says_otherwise_needs_a_person(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Work(5, "Impact of Upper Cervical Adjustment on Low Back Pain and Sciatica", "Brennan", 2022,
                 "Clinical Chiropractic", "10.1/brennan")
    with at(monkeypatch, Stock([CASE, TRIAL, found])):
        done = call("--online")
    assert done.exit_code == 3 and "1 look-up says otherwise" in done.stderr
    checked = CliRunner().invoke(cli, ["check", "--all"])
    assert checked.exit_code == 3 and checked.stdout.count("reference C06 was looked up") == 1


@pytest.mark.slow
def test_one_service_that_fails_is_exit_1_and_the_rest_is_written(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(monkeypatch, Stock([CASE, TRIAL]), broken=("pubmed",)):
        done = call("--online")
    assert done.exit_code == 1 and "PubMed gave no usable answer" in done.stderr
    assert "Crossref, OpenAlex, by title" in (project / PROPOSALS).read_text(encoding="utf-8")
    assert "Traceback" not in done.stderr


def test_no_network_is_one_sentence_and_exit_1(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with at(monkeypatch, Stock()):
        pass
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    monkeypatch.setattr("sys.argv", ["reviewkit", "audit", "--online"])
    with pytest.raises(SystemExit) as caught:
        main()
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip() and "trying again" not in line]
    assert caught.value.code == 1 and len(lines) == 1 and "there seems to be no network" in lines[0]
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_wrong_audit_is_exit_2(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "data/citations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",not found,", ",invented,", 1), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["reviewkit", "audit"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2 and "data/citations.csv:2: status 'invented'" in capsys.readouterr().err
