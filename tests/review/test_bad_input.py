"""Bad input: one clear line each, a non-zero exit, and the report that stands stays whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.review.checking import check
from reviewkit.run import check_parameters

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
EXTRACTION = "data/b12-ms/extraction/demo-a.csv"


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reviewkit", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True,
        check=False,
    )


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        file = root / path
        text = file.read_bytes()
        assert old.encode() in text, f"{old!r} is not in {path}"
        file.write_bytes(text.replace(old.encode(), new.encode(), 1))

    return change


def edit_cell(row_id: str, column: str, value: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        import csv

        file = root / EXTRACTION
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            names, rows = list(reader.fieldnames or ()), list(reader)
        next(row for row in rows if row["row_id"] == row_id)[column] = value
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change


def cut_ris(root: Path) -> None:
    file = root / "references/massage-ms/massage-ms-2.ris"
    content = file.read_bytes()
    file.write_bytes(content[: content.rindex(b"TI  -") - 40])


CASES = [
    ("b12-ms", lambda root: (root / "references/b12-ms/b12-ms-3.nbib").unlink(), "missing", "b12-ms-3.nbib"),
    ("b12-ms", replace("references/b12-ms/b12-ms-1.bib", "sclerosis patients, their siblings, and healthy controls},",
                       "sclerosis patients, their siblings, and healthy controls,"), "never closed", "b12-ms-1.bib"),
    ("massage-ms", cut_ris, "stands in no export any more", "records.csv"),
    ("b12-ms", edit_cell("M075-1", "outcome", "homocystein"), "outcome = 'homocystein' is unknown", "demo-a.csv"),
    ("b12-ms", edit_cell("M075-1", "sd", "0"), "must be > 0", "demo-a.csv:"),
    ("b12-ms", edit_cell("M075-1", "sd", "-4.9"), "must be > 0", "demo-a.csv:"),
    ("b12-ms", edit_cell("M075-1", "n", "88.5"), "whole number", "demo-a.csv:"),
    ("b12-ms", edit_cell("M093-1", "events", "99"), "above total", "demo-a.csv:"),
    ("b12-ms", replace("data/b12-ms/screening/title-abstract/demo-a.jsonl", '"wrong-outcome"', '"wrong-moon"'),
     "changed after it was written", "demo-a.jsonl:"),
    ("b12-ms", replace("data/b12-ms/protocol.toml", 'id = "wrong-outcome"', 'id = "wrong-result"'),
     "reason 'wrong-outcome' is not in the protocol's list", "demo-a.jsonl:"),
    ("b12-ms", replace("data/b12-ms/protocol.toml", 'kind = "association"', 'kind = "asociation"'),
     "found 'asociation'", "protocol.toml:"),
    ("b12-ms", replace("data/b12-ms/protocol.toml", "[eligibility]", "[eligibility"), "not valid TOML",
     "protocol.toml:"),
    ("massage-ms", lambda root: (root / "data/massage-ms/import-corrections.toml").unlink(),
     "MAS-0005) stands in no export any more", "records.csv"),
]


@pytest.mark.parametrize(("question", "damage", "message", "place"), CASES, ids=[case[2] for case in CASES])
def test_each_fault_is_named_with_its_place(
    project: Path, question: str, damage: Callable[[Path], None], message: str, place: str
) -> None:
    damage(project)
    problems = check(question, project)
    lines = [" ".join(str(problem).split()) for problem in problems]
    assert any(message in line and place in line for line in lines), lines


def test_a_byte_order_mark_does_no_harm(project: Path) -> None:
    for name in (EXTRACTION, "data/b12-ms/protocol.toml", "data/b12-ms/studies.csv"):
        path = project / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check("b12-ms", project) == []


def test_all_errors_of_a_file_come_at_once(project: Path) -> None:
    edit_cell("M075-1", "sd", "0")(project)
    edit_cell("M077-2", "n", "x")(project)
    assert len([p for p in check("b12-ms", project) if "demo-a.csv" in (p.file or "")]) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [({"modle": "random"}, "'modle' is unknown"), ({"model": "fixed"}, "allowed: random, common"),
     ({"tau2": "007"}, "allowed: REML")],
)
def test_parameters_are_checked_by_name_and_value(given: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_parameters(given)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "b13-ms"], 2, "question 'b13-ms' is unknown"),
        (["run", "../b12-ms"], 2, "not an identifier"),
        (["run", "b12-ms", "-p", "modle=random"], 2, "'modle' is unknown"),
        (["run", "b12-ms", "-p", "tau2=1"], 2, "allowed: REML"),
        (["run"], 2, "name one question"),
        (["check", "nothing"], 2, "unknown"),
        (["runn"], 2, "No such command"),
    ],
)
def test_the_command_line_ends_in_one_line(project: Path, arguments: list[str], code: int, message: str) -> None:
    done = command(project, *arguments)
    said = done.stderr + done.stdout
    assert done.returncode == code
    assert message in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_failed_run_leaves_the_report_that_stands(project: Path) -> None:
    folder = project / "reports" / "b12-ms"
    folder.mkdir(parents=True)
    (folder / "review.html").write_text("the old report", encoding="utf-8")
    edit_cell("M075-1", "sd", "0")(project)
    done = command(project, "run", "b12-ms")
    assert done.returncode == 3
    assert "must be > 0" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert (folder / "review.html").read_text(encoding="utf-8") == "the old report"
    assert (folder / "stale.json").exists()
