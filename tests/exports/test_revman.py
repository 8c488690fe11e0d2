"""Cochrane's data package: the documented columns, and numbers that fit each other."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from reviewkit.exports.revman import ROWS, SETTINGS, SUBGROUPS, write_revman
from reviewkit.readers import read
from reviewkit.review import open_review

ROOT = Path(__file__).resolve().parents[2]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("revman")
    write_revman(open_review("b12-ms", ROOT), folder)
    return folder


def test_the_columns_are_those_of_the_specification(written: Path) -> None:
    heads = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in
             (written / "b12-ms-analysis-data").iterdir()}
    assert heads["b12-ms-data-rows.csv"] == ",".join(ROWS)
    assert heads["b12-ms-subgroup-estimates.csv"] == ",".join(SUBGROUPS)
    assert heads["b12-ms-overall-estimates-and-settings.csv"] == ",".join(SETTINGS)


def test_every_analysis_has_rows_and_weights_of_a_hundred(written: Path) -> None:
    data = rows(written / "b12-ms-analysis-data" / "b12-ms-data-rows.csv")
    for item in rows(written / "b12-ms-analysis-data" / "b12-ms-overall-estimates-and-settings.csv"):
        mine = [r for r in data if (r["Analysis group"], r["Analysis number"]) == (
            item["Analysis group"], item["Analysis number"])]
        assert mine
        if item["Overall estimates"] == "TRUE":
            assert sum(float(r["Weight"]) for r in mine) == pytest.approx(100)
            low, high = min(float(r["Mean"]) for r in mine), max(float(r["Mean"]) for r in mine)
            assert low <= float(item["Mean"]) <= high


def test_ratios_are_logarithms_in_giv_columns_and_ratios_beside(written: Path) -> None:
    data = rows(written / "b12-ms-analysis-data" / "b12-ms-data-rows.csv")
    settings = rows(written / "b12-ms-analysis-data" / "b12-ms-overall-estimates-and-settings.csv")
    logs = {(s["Analysis group"], s["Analysis number"]) for s in settings if s["Log-scale data"] == "TRUE"}
    assert logs
    for row in data:
        given = float(row["GIV Mean"])
        if (row["Analysis group"], row["Analysis number"]) in logs:
            given = math.exp(given)
        assert float(row["Mean"]) == pytest.approx(given)
        assert float(row["CI start"]) < float(row["Mean"]) < float(row["CI end"])


def test_the_references_come_along(written: Path) -> None:
    found = read(written / "b12-ms-included.ris")
    assert not found.rejected
    assert len(found.records) >= 20
