"""Citations and page heads, read by parsers that are not ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import bibtexparser
import extruct
import html5lib
import pytest
import rispy

from reviewkit.publishing.description import describe
from reviewkit.publishing.formats import bibtex, csl, ris
from reviewkit.publishing.standing import standing_results
from reviewkit.readers import read
from tests.publishing.conftest import QUESTION, page_of

pytestmark = pytest.mark.slow
TITLE = "Do people with multiple sclerosis differ in homocysteine and vitamin B12, and does vitamin B12 help them?"


def linked(folder: Path) -> dict[str, Any]:
    found = extruct.extract(page_of(folder).read_text(encoding="utf-8"), syntaxes=["json-ld"])["json-ld"]
    assert len(found) == 1
    return dict(found[0])


def tags(folder: Path) -> list[tuple[str, str]]:
    page = html5lib.parse(page_of(folder).read_text(encoding="utf-8"), namespaceHTMLElements=False)
    return [(tag.get("name"), tag.get("content")) for tag in page.iter("meta") if tag.get("name")]


def described(folder: Path) -> Any:
    return describe(standing_results(QUESTION, folder))


def test_a_demonstration_says_so_and_is_not_offered_to_reference_managers(demonstration: Path) -> None:
    found = linked(demonstration)
    assert found["creativeWorkStatus"] == "Demonstration review"
    assert found["name"] == f"Demonstration review: {TITLE}"
    assert found["author"] == [{"@type": "Organization", "name": "The reviewkit project"}]
    names = dict(tags(demonstration))
    assert names["robots"] == "noindex"
    assert not [name for name in names if name.startswith(("citation_", "DC."))]
    about = described(demonstration)
    for text in (bibtex(about), ris(about), csl(about)):
        assert "Demonstration review" in text
    assert "demonstration" in (demonstration / "reports" / QUESTION / "CITATION.cff").read_text(encoding="utf-8")


def test_a_finished_review_is_read_whole(finished: Path) -> None:
    found = linked(finished)
    assert found["creativeWorkStatus"] == "Published"
    assert found["name"] == TITLE
    assert [author["name"] for author in found["author"]] == ["Ann Vane", "Béla O'Neill & Sons"]
    assert found["author"][0]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    identifiers = {item["propertyID"]: item["value"] for item in found["identifier"]}
    assert identifiers["doi"] == "10.5555/12345678"
    pairs = tags(finished)
    assert [text for name, text in pairs if name == "citation_author"] == ["Vane, Ann", "O'Neill & Sons, Béla"]
    single = dict(pairs)
    assert single["citation_title"] == single["DC.title"] == TITLE
    assert single["citation_publication_date"] == "2026/11/21"
    assert single["citation_doi"] == "10.5555/12345678"
    assert "robots" not in single
    core = extruct.extract(page_of(finished).read_text(encoding="utf-8"), syntaxes=["dublincore"])["dublincore"][0]
    assert {item["content"] for item in core["elements"] if item["name"].lower() == "dc.creator"} == {
        "Ann Vane", "Béla O'Neill & Sons"}


def test_bibtex_and_ris_come_back_as_they_were(finished: Path, tmp_path: Path) -> None:
    about = described(finished)
    entry, = bibtexparser.parse_string(bibtex(about)).entries
    assert entry["title"] == TITLE
    assert entry["author"] == r"Vane, Ann and O'Neill \& Sons, Béla"
    assert entry["doi"] == "10.5555/12345678"
    item, = rispy.loads(ris(about))
    assert item["authors"] == ["Vane, Ann", "O'Neill & Sons, Béla"]
    assert (item.get("title") or item.get("primary_title")) == TITLE
    for name, text in (("a.bib", bibtex(about)), ("a.ris", ris(about))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        record, = read(tmp_path / name).records
        assert (record.title, record.doi, record.year) == (TITLE, "10.5555/12345678", 2026)
        assert [str(author) for author in record.authors] == ["Vane, Ann", "O'Neill & Sons, Béla"]


def test_csl_has_names_and_date_as_csl_wants_them(finished: Path, demonstration: Path) -> None:
    item, = json.loads(csl(described(finished)))
    assert item["author"][1] == {"family": "O'Neill & Sons", "given": "Béla"}
    assert item["issued"] == {"date-parts": [[2026, 11, 21]]}
    item, = json.loads(csl(described(demonstration)))
    assert item["author"] == [{"literal": "The reviewkit project"}]


def test_the_citation_file_is_valid(finished: Path, demonstration: Path) -> None:
    """cffconvert wants an older jsonschema than JupyterLab does, so it lives in an environment of its own."""
    own = Path(__file__).resolve().parents[2] / ".venv-cff" / "bin" / "cffconvert"
    program = str(own) if own.exists() else shutil.which("cffconvert")
    if program is None:
        pytest.skip("cffconvert is not here: python3 -m venv .venv-cff && .venv-cff/bin/pip install cffconvert")
    for folder in (finished, demonstration):
        path = folder / "reports" / QUESTION / "CITATION.cff"
        done = subprocess.run([program, "--validate", "-i", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl"])
def test_the_command_prints_the_citation(demonstration: Path, form: str) -> None:
    done = subprocess.run([sys.executable, "-m", "reviewkit", "cite", QUESTION, "--format", form], cwd=demonstration,
                          capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])})
    assert done.returncode == 0
    assert f"Demonstration review: {TITLE}" in done.stdout.replace("\\", "")
