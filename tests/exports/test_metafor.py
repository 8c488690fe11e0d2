"""The exported script, run by R and metafor, gives the pools of the review."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest

from reviewkit.exports.metafor import write_metafor
from reviewkit.review import open_review

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = sorted(path.parent.name for path in (ROOT / "data").glob("*/protocol.toml"))
TIGHT = 1e-6


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
@pytest.mark.usefixtures("metafor")
@pytest.mark.parametrize("question", QUESTIONS)
def test_metafor_gives_the_same_pools(question: str, tmp_path: Path) -> None:
    write_metafor(open_review(question, ROOT), tmp_path)
    done = subprocess.run(["Rscript", "analysis.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours, theirs = rows(tmp_path / "plan.csv"), rows(tmp_path / "metafor.csv")
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert (one["outcome"], one["analysis"], one["k"]) == (other["outcome"], other["analysis"], other["k"])
        for name in ("estimate", "ci_low", "ci_high"):
            assert float(other[name]) == pytest.approx(float(one[name]), rel=TIGHT, abs=TIGHT), (one, other)
        if one["tau2"]:
            assert float(other["tau2"]) == pytest.approx(float(one["tau2"]), rel=1e-5, abs=TIGHT), (one, other)


def test_an_effect_from_two_plain_groups_brings_their_numbers(tmp_path: Path) -> None:
    write_metafor(open_review("b12-ms", ROOT), tmp_path)
    row = next(r for r in rows(tmp_path / "effects.csv") if r["outcome"] == "homocysteine" and r["analysis"] == "main")
    sd = ((int(row["n1i"]) - 1) * float(row["sd1i"]) ** 2 + (int(row["n2i"]) - 1) * float(row["sd2i"]) ** 2)
    sd = (sd / (int(row["n1i"]) + int(row["n2i"]) - 2)) ** 0.5
    d = (float(row["m1i"]) - float(row["m2i"])) / sd
    assert float(row["yi"]) == pytest.approx(d, rel=0.02)  # g is d less its small-sample correction
    assert abs(float(row["yi"])) < abs(d)


def test_a_review_without_a_pool_writes_tables_without_rows(tmp_path: Path) -> None:
    write_metafor(open_review("upper-cervical-ms", ROOT), tmp_path)
    assert rows(tmp_path / "plan.csv") == []
    assert (tmp_path / "effects.csv").read_text(encoding="utf-8").startswith("outcome,analysis,study")
