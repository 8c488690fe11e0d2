"""``reviewkit simulate`` keeps its contract: one JSON document, row numbers, clear errors, any usual heading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reviewkit.cli.simulate import read_labelled, simulate_command
from reviewkit.errors import InputError
from tests.screening.test_simulate import corpus


def run(*arguments: str) -> Result:
    return CliRunner().invoke(simulate_command, list(arguments))


def write(path: Path, head: str, rows: list[str]) -> str:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    texts, labels = corpus(7, n=80, includes=8, empty=3)
    pairs = zip(texts, labels, strict=True)
    rows = [f'{i},"{text.title}","{text.abstract}",{int(label)}' for i, (text, label) in enumerate(pairs)]
    rows.insert(10, "x,not judged,never,")
    return write(tmp_path / "set.csv", "record_id,title,abstract,label_included", rows)


def document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.slow
def test_the_contract(table: str) -> None:
    result = run(table, "--seed", "3", "--json")
    found = document(result)
    assert {"n", "included", "order", "n95", "n100", "wss95", "wss100", "stop", "seconds"} <= set(found)
    assert (found["n"], found["included"], found["unlabelled"]) == (80, 8, 1)
    assert sorted(found["order"]) == [row for row in range(81) if row != 10]
    labels = read_labelled(table)
    by_row = dict(zip(labels.rows, labels.labels, strict=True))
    decisions = [by_row[row] for row in found["order"]]
    assert decisions[:2] == [True, False]
    ranks = [rank for rank, include in enumerate(decisions, start=1) if include]
    assert (found["n95"], found["n100"]) == (ranks[7], ranks[7])
    assert found["wss95"] == pytest.approx((80 - found["n95"]) / 80 - 0.05)
    assert "hypergeometric" in found["stop"] and "safe" in found["stop"]
    assert "1 rows without a label" in result.stderr
    again = document(run(table, "--seed", "3", "--json"))
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


def test_for_people(table: str) -> None:
    result = run(table)
    assert result.exit_code == 0
    assert "80 records, 8 included (label_included); 3 without title and abstract." in result.stdout
    assert "work saved over sampling" in result.stdout


@pytest.mark.parametrize(("head", "values"), [
    ("Title,Abstract,included", "1 0"), ("TITLE,AbstractNote,label", "yes no"),
    ("primary_title,abstract,asreview_label", "1.0 0.0"), ("Title,Abstract,Decision", "Included Excluded"),
    ("title,abstract,Relevant", "TRUE false"), ("title,abstract,label_abstract_screening", "Relevant irrelevant"),
    ("article title;abstract;final_included", "1 0"), ("title\tabstract\tinclude", "include exclude"),
    ("title,abstract,status", "Included Not-relevant"),
])
def test_headings_and_values_of_other_programs(tmp_path: Path, head: str, values: str) -> None:
    mark = next(mark for mark in "\t;," if mark in head)
    yes, no = values.split()
    rows = [mark.join(("wool of sheep", "fleece", yes)), mark.join(("cargo ships", "port", no))]
    found = read_labelled(write(tmp_path / "t.csv", head, rows))
    assert found.labels == (True, False)
    assert found.texts[0].title == "wool of sheep" and found.texts[0].abstract == "fleece"


def test_the_final_label_goes_before_that_on_title_and_abstract(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "title,label_abstract_screening,label_included", ["a b,1,0", "c d,1,1"])
    assert read_labelled(file).labels == (False, True)
    assert read_labelled(file, "label_abstract_screening").labels == (True, True)


def test_blank_lines_are_no_rows_and_quoted_line_ends_are_none(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "title,abstract,included", ['"a\nb",x,1', "", "c,y,-1", "d,z,0"])
    found = read_labelled(file)
    assert (found.rows, found.labels, found.unlabelled) == ((0, 2), (True, False), 1)


@pytest.mark.parametrize(("text", "said"), [
    ("", "empty"), ("title,abstract,included\n", "no row"), ("title,abstract\na,b\n", "--label"),
    ("name,included\na,1\n", "neither a title nor an abstract"), ("title,title,included\na,b,1\n", "stands 2 times"),
    ("title,included\na,1\nb,perhaps so\n", "perhaps so"), ("title,included\na,1\nb,1\n", "exclude"),
    ("title,included\na,1,2,3\nb,0\n", "4 cells"), ('title,included\n"a,1\n', "CSV"),
    ("title,included\na,\nb,\n", "none of 0"),
])
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    result = run(str(path), "--json")
    assert isinstance(result.exception, InputError), result.output
    assert said in str(result.exception) and "bad.csv" in str(result.exception)
    assert "\n" not in str(result.exception)
    assert result.stdout == ""


def test_a_missing_file_or_column_ends_with_code_2(table: str) -> None:
    for arguments in ((f"{table}.gone",), (table, "--label", "nothing")):
        result = subprocess.run([sys.executable, "-m", "reviewkit", "simulate", *arguments, "--json"],
                                capture_output=True, text=True, check=False)
        assert result.returncode == 2
        assert result.stdout == "" and len(result.stderr.strip().splitlines()) == 1
        assert "Traceback" not in result.stderr
