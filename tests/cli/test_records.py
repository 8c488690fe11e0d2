"""`reviewkit records`: the contract outsiders rely on."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from reviewkit.cli.records import records_command

GOOD = (
    "TY  - JOUR\nTI  - A title\nAU  - Vane, Ann\nAU  - Cochrane Group\nPY  - 2001\nJO  - J\n"
    "DO  - 10.1234/X\nAB  - Text.\nN1  - PMID: 123\nER  - \n"
)
BAD = "@article{a,\n  title = {No end,\n  year = {2001},\n}\n\n@article{b,\n  title = {Fine},\n}\n"


def test_json_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    path.write_text(GOOD, encoding="utf-8")
    result = CliRunner().invoke(records_command, [str(path), "--json"])
    assert result.exit_code == 0
    (file,) = json.loads(result.stdout)["files"]
    assert (file["file"], file["format"], file["encoding"]) == (str(path), "ris", "utf-8")
    assert (file["entries"], file["accepted"], file["rejected"]) == (1, 1, [])
    assert file["records"] == [
        {
            "title": "A title",
            "year": 2001,
            "authors": ["Vane, Ann", "Cochrane Group"],
            "doi": "10.1234/x",
            "pmid": "123",
            "journal": "J",
            "abstract": "Text.",
            "source": {"line": 1},
        }
    ]


def test_rejected_entries_end_in_exit_code_3(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_text(BAD, encoding="utf-8")
    result = CliRunner().invoke(records_command, [str(path), "--json"])
    assert result.exit_code == 3
    (file,) = json.loads(result.stdout)["files"]
    assert (file["entries"], file["accepted"]) == (2, 1)
    assert file["rejected"][0]["line"] == 1 and "title" in file["rejected"][0]["reason"]
    people = CliRunner().invoke(records_command, [str(path)])
    assert people.exit_code == 3 and "2 entries = 1 read + 1 rejected" in people.stdout


def test_an_unreadable_file_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    good, nonsense = tmp_path / "good.ris", tmp_path / "nonsense"
    good.write_text(GOOD, encoding="utf-8")
    nonsense.write_text("nothing of the kind\n", encoding="utf-8")
    for name in (nonsense, tmp_path / "missing.ris", tmp_path):
        result = CliRunner().invoke(records_command, [str(good), str(name), "--json"])
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1 and "Traceback" not in result.output
        assert [file["file"] for file in json.loads(result.stdout)["files"]] == [str(good)]


def test_repairs_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.ris"
    path.write_text(GOOD.replace("ER  - \n", "") + GOOD, encoding="utf-8")
    result = CliRunner().invoke(records_command, [str(path), "--json"])
    assert result.exit_code == 0 and "no ER line" in result.stderr
    assert json.loads(result.stdout)["files"][0]["repairs"][0]["line"] == 10
