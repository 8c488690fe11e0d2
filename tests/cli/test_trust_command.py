from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewkit.cli.trust import trust_command, trust_file
from reviewkit.errors import InputError

HEADER = "row_id,study_id,arm,arm_role,outcome,value_type,instrument,scale_min,scale_max,timepoint_weeks,n,mean,sd\n"
GOOD = "1,a2010,yoga,intervention,sleep,final,PSQI,0,21,8,34,8.12,3.40\n"
FAULTY = "2,b2011,yoga,intervention,sleep,final,PSQI,0,21,8,34,8.13,3.40\n"


def _table(folder: Path, text: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_findings_go_to_the_named_file(tmp_path: Path) -> None:
    out = tmp_path / "findings.csv"
    result = CliRunner().invoke(trust_command, [str(_table(tmp_path, HEADER + GOOD + FAULTY)), "--out", str(out)])
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert list(found) == ["row_id", "study_id", "outcome", "code", "message", "right_reading", "certainty"]
    assert (found["row_id"], found["study_id"], found["code"]) == ("2", "b2011", "grim_fail")


def test_json_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    result = CliRunner().invoke(trust_command, [str(_table(tmp_path, HEADER + FAULTY)), "--json"])
    document = json.loads(result.stdout)
    assert [found["code"] for found in document["findings"]] == ["grim_fail"]
    assert document["findings"][0]["row_ids"] == ["2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("row_id,arm,outcome,value_type\n1,x,o,final\n", "rows.csv:1: column study_id is missing."),
        (HEADER + GOOD + FAULTY.replace("8.13", "8.1.3"), "rows.csv:3: mean = '8.1.3' is not a number."),
        (HEADER + GOOD + GOOD, "rows.csv:3: row_id '1' occurs twice"),
        (HEADER + GOOD.replace(",34,", ",-3,"), "rows.csv:2: n = '-3' is not a whole number"),
        (HEADER + GOOD.replace("a2010", ""), "rows.csv:2: study_id is empty."),
        (HEADER + GOOD.replace("3.40", "3.40,7"), "rows.csv:2: the row has more fields"),
        ("", "is missing"),
    ],
)
def test_wrong_input_is_one_clear_line_and_exit_code_2(tmp_path: Path, text: str, words: str) -> None:
    result = CliRunner().invoke(trust_command, [str(_table(tmp_path, text))])
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_no_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(trust_command, [str(tmp_path / "nothing.csv")])
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_an_out_that_cannot_be_written_is_exit_code_1(tmp_path: Path) -> None:
    out = tmp_path / "no-folder" / "findings.csv"
    result = CliRunner().invoke(trust_command, [str(_table(tmp_path, HEADER + GOOD)), "--out", str(out)])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = HEADER + GOOD.replace("8.12", "x") + FAULTY.replace("3.40", "y")
    with pytest.raises(InputError) as caught:
        trust_file(_table(tmp_path, text), None)
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_semicolons_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\ufeff" + (HEADER + FAULTY).replace(",", ";"), encoding="utf-8")
    assert [finding.code for finding in trust_file(path, None)] == ["grim_fail"]
