"""Deposits: whole, checked, the same bytes, made again from nothing but themselves."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from reviewkit.errors import InputError, UnsettledError
from reviewkit.publishing.deposit import MANIFEST, deposit
from tests.publishing.conftest import QUESTION

pytestmark = pytest.mark.slow


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deposit(QUESTION, demonstration, tmp_path_factory.mktemp("deposit") / "one").folder


def test_every_file_is_in_the_manifest_and_as_it_says(made: Path) -> None:
    found = contents(made)
    found.pop(MANIFEST)
    listed = dict(reversed(line.split("  ", 1)) for line in (made / MANIFEST).read_text().splitlines())
    assert listed == found


def test_the_same_bytes_twice(made: Path, demonstration: Path, tmp_path: Path) -> None:
    assert contents(deposit(QUESTION, demonstration, tmp_path / "two").folder) == contents(made)


def test_the_crate_is_read_by_its_own_library(made: Path) -> None:
    crate = ROCrate(str(made))
    assert crate.name.startswith("Demonstration review:")
    assert crate.mainEntity.id == "report/review.html"
    assert crate.license["@id"].startswith("https://spdx.org/licenses/")
    parts = {part.id for part in crate.root_dataset["hasPart"]}
    on_disk = set(contents(made)) - {MANIFEST, "ro-crate-metadata.json"}
    assert parts == on_disk
    assert [author["name"] for author in crate.root_dataset["author"]] == ["The reviewkit project"]


def test_zenodo_metadata_names_the_status(made: Path) -> None:
    values = json.loads((made / ".zenodo.json").read_text(encoding="utf-8"))
    assert values["title"].startswith("Demonstration review:")
    assert "Demonstration review" in values["notes"]
    assert values["creators"] == [{"name": "The reviewkit project"}]


def test_a_deposit_makes_its_own_report_again(made: Path) -> None:
    project = made / "project"
    done = subprocess.run([sys.executable, "-m", "reviewkit", "verify", "../report/review.html"], cwd=project,
                          capture_output=True, text=True, check=False, env={"PYTHONPATH": str(project)})
    assert done.returncode == 0, done.stdout + done.stderr
    for cache in project.rglob("__pycache__"):
        shutil.rmtree(cache)


def test_a_stale_report_is_not_deposited(demonstration: Path, tmp_path: Path) -> None:
    shutil.copytree(demonstration, tmp_path / "copy")
    studies = tmp_path / "copy" / "data" / QUESTION / "protocol.toml"
    studies.write_text(studies.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    with pytest.raises(UnsettledError, match="stale"):
        deposit(QUESTION, tmp_path / "copy", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(demonstration: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="no deposit"):
        deposit(QUESTION, demonstration, tmp_path / "letters")
    assert (tmp_path / "letters" / "a.txt").read_text(encoding="utf-8") == "dear"
