"""The exported script under every setting that a protocol allows, and for pools of counts."""

from __future__ import annotations

import csv
import itertools
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from reviewkit.exports import metafor
from reviewkit.exports.metafor import write_metafor
from reviewkit.exports.pools import Entry, PooledTable
from reviewkit.protocol.parts import Interval, Tau2
from reviewkit.review import Review, open_review
from reviewkit.synthesis import pool, pool_two_by_two

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("metafor")]
# Made-up trials: one without events in either group, two with one empty group.
TABLES = {"ai": [0, 2, 1, 7, 0], "bi": [100, 118, 89, 60, 40], "ci": [1, 3, 2, 12, 0], "di": [99, 115, 93, 52, 41]}


@pytest.fixture(scope="module")
def review() -> Review:
    return open_review("b12-ms", ROOT)


def table(review: Review, name: str, measure: str, made: Any, columns: dict[str, list[float]]) -> PooledTable:
    """A pool as the export takes it, of numbers that are in no review."""
    found = review.synthesise("homocysteine")
    k = len(next(iter(columns.values())))
    entries = tuple(
        Entry(f"s{i}", f"Study {i}", columns.get("yi", [None] * k)[i], columns.get("vi", [None] * k)[i],
              {key: values[i] for key, values in columns.items() if key not in ("yi", "vi")}, found.main.results[0])
        for i in range(k))
    said = made.as_dict()
    return PooledTable(found.outcome, replace(found.main, id=name, measure=measure), False,
                       str(said.get("method") or "iv"), said, entries)


def ran(pools: list[PooledTable], review: Review, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(metafor, "pooled_tables", lambda _: pools)
    write_metafor(review, folder)
    done = subprocess.run(["Rscript", "analysis.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DIFFERENT" not in done.stdout
    return done.stdout


def test_every_estimator_and_interval(review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(20261121)
    vi = rng.uniform(0.02, 0.3, 9)
    yi = rng.normal(0.3, np.sqrt(vi + 0.15))
    columns = {"yi": yi.tolist(), "vi": vi.tolist()}
    pools = [table(review, f"{tau2}-{ci}", "MD", pool(yi, vi, model="random", tau2=tau2, ci=ci, measure="MD"), columns)
             for tau2, ci in itertools.product(get_args(Tau2), get_args(Interval))]
    pools.append(table(review, "common", "MD", pool(yi, vi, model="common", ci="normal", measure="MD"), columns))
    said = ran(pools, review, tmp_path, monkeypatch)
    assert said.count("metafor") == len(pools) == 33


@pytest.mark.parametrize(("method", "measure"), [("mh", "RR"), ("mh", "OR"), ("mh", "RD"), ("peto", "OR"),
                                                 ("iv", "OR"), ("iv", "RR")])
def test_counts(method: str, measure: str, review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: values if method != "iv" else values[:4] for name, values in TABLES.items()}
    made = pool_two_by_two(*given.values(), measure=measure, method=method)  # type: ignore[arg-type]
    columns: dict[str, list[float]] = dict(given)
    if method == "iv":
        columns |= {"yi": made.yi.tolist(), "vi": made.vi.tolist()}  # type: ignore[union-attr]
    said = ran([table(review, method, measure, made, columns)], review, tmp_path, monkeypatch)
    assert f"homocysteine, {method}: reviewkit" in said


def test_a_figure_that_is_not_metafors_is_told(review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_metafor(review, tmp_path)
    with (tmp_path / "plan.csv").open(encoding="utf-8", newline="") as stream:
        plan = list(csv.DictReader(stream))
    plan[0]["ci_high"] = str(float(plan[0]["ci_high"]) + 1e-4)
    with (tmp_path / "plan.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(plan[0]))
        writer.writeheader()
        writer.writerows(plan)
    done = subprocess.run(["Rscript", "analysis.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].endswith("DIFFERENT")


def test_a_pool_that_metafor_has_not_is_left_out_and_said(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pool_two_by_two(*TABLES.values(), measure="OR", method="mh")  # type: ignore[arg-type]
    other = replace(table(review, "counts", "OR", made, dict(TABLES)), method="UM.FS")
    assert "not pooled again (UM.FS)" in ran([other], review, tmp_path, monkeypatch)
    assert shutil.which("Rscript")
