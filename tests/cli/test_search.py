"""`reviewkit search` and `reviewkit retractions`: exit codes, one JSON document, nothing secret on disk."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from reviewkit.cli import cli, main
from reviewkit.review.starting import new_question
from reviewkit.sources import DATABASES
from tests.sources.services import Answer, Crossref, OpenAlex, PubMed, Server, article, clinicaltrials, serving

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"NCBI_API_KEY": "ncbi-secret-1234", "OPENALEX_API_KEY": "openalex-secret-1234",
           "REVIEWKIT_EMAIL": "a.person@example.org"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    new_question("q", tmp_path)
    (tmp_path / "references/q/searches.toml").write_text(
        'kind = "database-search"\n[[planned]]\nsource = "PubMed"\nquery = "cobalamin"\n[[planned]]\n'
        'source = "ClinicalTrials.gov"\nquery = "cobalamin"\n', encoding="utf-8")
    return _ready(tmp_path, monkeypatch)


def _ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("reviewkit.sources.http.time",
                        SimpleNamespace(sleep=lambda seconds: None, monotonic=time.monotonic))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return folder


def at(monkeypatch: pytest.MonkeyPatch, **servers: Server | str) -> None:
    for slug, server in servers.items():
        address = server if isinstance(server, str) else server.address
        monkeypatch.setenv(DATABASES[slug].access.variable, address)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def trials(n: int) -> list[dict[str, object]]:
    return [{"protocolSection": {"identificationModule": {"nctId": f"NCT{i:08d}"}}} for i in range(n)]


def test_json_is_one_document_and_exit_0(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(PubMed({n: article(n) for n in range(1, 6)})) as one, serving(clinicaltrials(trials(450))) as two:
        at(monkeypatch, pubmed=one, clinicaltrials=two)
        done = call("search", "q", "--json")
        same = call("search", "q")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["question"], found["dry_run"]) == ("q", False)
    assert [(s["search"], s["status"], s["hits"], s["stored"]) for s in found["searches"]] == [
        ("pubmed", "done", 5, 5), ("clinicaltrials", "done", 450, 450)]
    assert all((project / "references/q" / s["file"]).is_file() for s in found["searches"])
    assert same.exit_code == 0 and "finished before" in same.stdout and "reviewkit import" not in same.stdout
    for path in filter(Path.is_file, project.rglob("*")):
        assert not any(secret.encode() in path.read_bytes() for secret in SECRETS.values()), path
    assert not any(secret in text for secret in SECRETS.values() for text in (done.output, done.stderr, same.output))


def test_a_dry_run_only_asks(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(project.rglob("*"))
    with serving(PubMed({1: article(1)})) as server:
        at(monkeypatch, pubmed=server)
        done = call("search", "q", "--source", "pubmed", "--dry-run", "--json")
    assert done.exit_code == 0 and sorted(project.rglob("*")) == before
    (found,) = json.loads(done.stdout)["searches"]
    assert (found["status"], found["hits"], found["file"]) == ("planned", 1, None)


def test_no_network_is_one_sentence_and_exit_1(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(PubMed({})) as server:
        address = server.address
    at(monkeypatch, pubmed=address, clinicaltrials=address, crossref=address)
    before = sorted(project.rglob("*"))
    done = call("search", "q", "--json")
    assert done.exit_code == 1 and sorted(project.rglob("*")) == before
    said = [line for line in done.stderr.splitlines() if "trying again" not in line and line.strip()]
    assert len(said) == 1 and "there seems to be no network" in said[0]
    assert json.loads(done.stdout)["searches"][0]["code"] == "no-network"


def test_a_warning_is_exit_3_and_one_failed_service_exit_1(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "<ErrorList><PhraseNotFound>cobalamin</PhraseNotFound></ErrorList>"
    with serving(PubMed({1: article(1)}, said=said)) as one, serving(lambda request: Answer("no", 500)) as two:
        at(monkeypatch, pubmed=one, clinicaltrials=two)
        warned = call("search", "q", "--source", "PubMed")
        failed = call("search", "q")
    assert warned.exit_code == 3 and "WARNING: PubMed did not find the phrase: cobalamin" in warned.stderr
    assert failed.exit_code == 1 and "ClinicalTrials.gov gave no usable answer" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "b12-ms"], "kind is 'not-a-database-search'"),
        (["search", "b12-ms", "--chase", "both", "--source", "pubmed"], "takes no --source"),
        (["search", "nowhere"], "question 'nowhere' is unknown"),
        (["search", "b12-ms", "--chase", "sideways"], "sideways"),
        (["retractions", "b12-ms", "--file", "none.csv"], "none.csv"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    _ready(tmp_path, monkeypatch)
    monkeypatch.setattr("sys.argv", ["reviewkit", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    lines = capsys.readouterr().err.strip().splitlines()
    assert caught.value.code == 2 and len(lines) == 1 and said in lines[0]


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return _ready(tmp_path, monkeypatch)


def test_citation_chasing(bundled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(OpenAlex([], key=SECRETS["OPENALEX_API_KEY"])) as server:
        at(monkeypatch, openalex=server)
        done = call("search", "b12-ms", "--chase", "both", "--json")
    assert done.exit_code == 3, done.stderr
    found = json.loads(done.stdout)["searches"]
    assert [one["search"] for one in found] == ["citations-backward", "citations-forward"]
    assert all("seed not found in OpenAlex: " in " ".join(one["warnings"]) for one in found)


def test_retractions(bundled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Crossref([])) as server:
        at(monkeypatch, crossref=server)
        done = call("retractions", "b12-ms", "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["counts"]) == {"not checked"} and (bundled / "data/b12-ms/retractions.csv").is_file()
    assert {row["source"] for row in found["reports"]} == {"Crossref does not know the DOI", "no DOI"}


def test_retractions_without_network(bundled: Path, monkeypatch: pytest.MonkeyPatch,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Crossref([])) as server:
        address = server.address
    at(monkeypatch, crossref=address)
    monkeypatch.setattr("sys.argv", ["reviewkit", "retractions", "b12-ms"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1 and "no network" in capsys.readouterr().err
    assert not (bundled / "data/b12-ms/retractions.csv").exists()
