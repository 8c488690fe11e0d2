"""``reviewkit dedup`` keeps its contract: ids, groups, exit codes, one JSON document and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reviewkit.cli.dedup import dedup_command

HEAD = "Label,Title,Authors,Year,Journal,Volume,Pages,DOI\n"
COPPER = 'Copper in the drinking water of sheep,"Moradi, A; Nowak, B",2014,Wool Science,12,221-228,10.1234/w.1\n'
ZINC = 'Zinc and the hoof in winter pastures,"Okafor, D",2011,Wool Science,9,3-9,10.1234/w.2\n'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(dedup_command, list(arguments))


def answer(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}x1,{COPPER}x2,{ZINC}x3,{COPPER.upper()}", encoding="utf-8")
    return path


def test_ids_from_the_named_column(table: Path) -> None:
    result = run(str(table), "--id", "Label", "--json")
    assert result.exit_code == 0
    document = answer(result)
    assert document["records"] == 3
    assert document["groups"] == [["x1", "x3"]]
    assert document["maybe"] == []
    assert document["seconds"] >= 0


def test_the_named_column_wins_over_one_that_we_would_take_as_the_key(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    rows = [("Key", "ID", "Title", "Year"), ("k1", "7", "Zinc and the hoof", "2011"), ("k2", "8", "Copper", "2012")]
    rows.append(("k3", "9", "Zinc and the hoof", "2011"))
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    document = answer(run(str(path), "--id", "ID", "--json"))
    assert (document["groups"], document["maybe"]) == ([], [["7", "9"]])


def test_ids_are_file_and_line_by_default(table: Path) -> None:
    assert answer(run(str(table), "--json"))["groups"] == [[f"{table}:2", f"{table}:4"]]


def test_across_files_of_two_formats(table: Path, tmp_path: Path) -> None:
    ris = tmp_path / "b.ris"
    ris.write_text(
        "TY  - JOUR\nTI  - Zinc and the hoof in winter pastures\nAU  - Okafor, D.\nPY  - 2011\nJO  - Wool Sci\n"
        "VL  - 9\nSP  - 3\nEP  - 9\nER  - \n",
        encoding="utf-8",
    )
    document = answer(run(str(table), str(ris), "--json"))
    assert document["records"] == 4
    assert [f"{table}:3", f"{ris}:1"] in document["groups"]


def test_people_read_counts_that_add_up(table: Path) -> None:
    result = run(str(table), "--id", "Label")
    assert result.exit_code == 0
    assert "3 records = 2 reports + 1 duplicates in 1 groups" in result.stdout
    assert "same DOI, like title" in result.stdout


def test_an_unknown_column_is_one_clear_line(table: Path) -> None:
    result = run(str(table), "--id", "Nope", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Nope" in result.stderr


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}x1,{COPPER}x1,{ZINC}", encoding="utf-8")
    result = run(str(path), "--id", "Label", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'x1' stands twice" in result.stderr


def test_a_missing_file(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.ris"), "--json")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_rejected_entry_is_told_and_needs_a_person(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}x1,{COPPER}x2,,,,,,,\nx3,{COPPER}", encoding="utf-8")
    result = run(str(path), "--id", "Label", "--json")
    assert result.exit_code == 3
    assert answer(result)["groups"] == [["x1", "x3"]]
    assert f"{path}:3: rejected" in result.stderr
