"""The tutorial: a ninth question runs as far as its data go, in a folder of its own, and the project stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "tutorial.ipynb"
RUN = """
import sys, papermill
papermill.execute_notebook(sys.argv[1], sys.argv[2], parameters={"folder": sys.argv[3]}, kernel_name="python3",
                           cwd=sys.argv[4], progress_bar=False, record_timing=False)
"""


def test_its_cells_are_thin() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    lines = [line for cell in code for line in cell.splitlines() if line.strip()]
    assert len(lines) < 60
    assert max(len(cell.splitlines()) for cell in code) <= 8
    assert not any(line.startswith(("def ", "class ", "for ", "while ", "if ")) for line in lines)
    assert all(not cell.get("outputs") for cell in cells)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """The folder the tutorial worked in, and its executed cells."""
    folder = tmp_path_factory.mktemp("tutorial")
    output, work = folder / "tutorial.ipynb", folder / "work"
    before = {path: path.stat().st_mtime_ns for kind in ("data", "references") for path in (ROOT / kind).rglob("*")}
    ran = subprocess.run([sys.executable, "-c", RUN, str(NOTEBOOK), str(output), str(work), str(ROOT / "notebooks")],
                         env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert before == {path: path.stat().st_mtime_ns for kind in ("data", "references")
                      for path in (ROOT / kind).rglob("*")}
    return work, json.loads(output.read_text(encoding="utf-8"))["cells"]


def said(cells: list[Any], name: str) -> str:
    cell = next(cell for cell in cells if cell["id"] == name)
    return "".join("".join(out.get("text", "") or out.get("data", {}).get("text/html", "")) for out in cell["outputs"])


@pytest.mark.slow
def test_it_ends_in_a_report_and_a_page_over_all(done: tuple[Path, list[Any]]) -> None:
    work, cells = done
    results = json.loads((work / "reports/reflexology-ms/results.json").read_text(encoding="utf-8"))
    assert results["status"] == "demonstration"
    assert len(results["included"]) == 8
    page = (work / "reports/index.html").read_text(encoding="utf-8")
    assert "Does reflexology help people with multiple sclerosis?" in page
    assert "reviewkit run massage-ms" in page
    assert results["answer"]["sentence"].split(" reflexology")[0] in said(cells, "answer").replace("&#39;", "'")


@pytest.mark.slow
def test_nothing_is_settled_for_the_reader(done: tuple[Path, list[Any]]) -> None:
    work, cells = done
    assert "M027-1" in said(cells, "check")
    assert not (work / "data/reflexology-ms/settled.csv").exists()
    assert not (work / "data/reflexology-ms/risk-of-bias").exists()
    assert "appraise reflexology-ms" in " ".join(said(cells, "status-again").split())


@pytest.mark.slow
def test_every_number_keeps_the_place_it_was_read_from(done: tuple[Path, list[Any]]) -> None:
    from reviewkit.review import open_review

    work, _ = done
    rows = open_review("reflexology-ms", work).rows
    before = {row.row_id: row for row in open_review("massage-ms", ROOT).rows}
    assert {row.analysis_set for row in rows} == {"primary", "assumed"}
    for row in rows:
        assert (row.locator, row.url, row.as_printed) == \
            (before[row.row_id].locator, before[row.row_id].url, before[row.row_id].as_printed)
