"""Reports end to end: the same bytes anywhere, nothing claimed that did not happen, no request."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def build(folder: Path, zone: str, language: str = "C.UTF-8") -> Path:
    for name in ("data", "references", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    environment = {**os.environ, "TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "reviewkit", "run", "b12-ms", "massage-ms", "--json"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert [report["status"] for report in json.loads(done.stdout)["reports"]] == ["built", "built"]
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("one"), "UTC")


def test_same_inputs_same_bytes(built: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = build(tmp_path_factory.mktemp("another-folder"), "Asia/Tehran", "tr_TR.UTF-8")
    for question in ("b12-ms", "massage-ms"):
        folder = Path("reports") / question
        names = [path.relative_to(built) for kind in ("figures/*.svg", "tables/*.csv", "review.html", "results.json")
                 for path in sorted((built / folder).glob(kind))]
        assert len([name for name in names if name.suffix == ".svg"]) > 10
        for path in names:
            assert (built / path).read_bytes() == (other / path).read_bytes(), path
        assert sorted(p.name for p in (built / folder).rglob("*")) == sorted(
            p.name for p in (other / folder).rglob("*"))


def test_a_second_run_changes_nothing(built: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reviewkit", "run", "b12-ms", "--json"], cwd=built, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert json.loads(done.stdout)["reports"][0]["status"] == "unchanged"


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_the_page_says_what_it_is(built: Path, question: str) -> None:
    page = (built / "reports" / question / "review.html").read_text(encoding="utf-8")
    assert "<title>Demonstration review:" in page
    assert "This is a demonstration, not a finished review" in page
    assert "full-text reports assessed" not in page.lower()
    assert "Sought for full text: 0" in page
    assert "ssessed on abstract or web page" in page
    assert "not searched" in page
    assert "No database or register was searched" in page
    assert "default-src 'none'" in page
    # Two blocks of data, which no browser runs: what the page is, and what a later check needs.
    kinds = re.findall(r"<script\b([^>]*)>", page)
    assert kinds == [' type="application/ld+json"', ' type="application/json" id="reviewkit-record"']
    assert "No description has been provided" not in page
    assert str(built) not in page


def test_results_outside_the_analyses_are_shown(built: Path) -> None:
    """A null result of a neighbouring technique (total fatigue, p 0.134) stands in the page, outside the answer."""
    page = (built / "reports" / "massage-ms" / "review.html").read_text(encoding="utf-8")
    assert "Results outside every analysis" in page
    assert "M036" in page


def test_results_hold_the_pool_and_the_heads_of_the_logs(built: Path) -> None:
    results = json.loads((built / "reports" / "b12-ms" / "results.json").read_text(encoding="utf-8"))
    assert results["status"] == "demonstration"
    homocysteine = next(o for o in results["outcomes"] if o["id"] == "homocysteine")["main"]["pooled"]
    assert homocysteine["k"] == 4
    assert homocysteine["estimate"] == pytest.approx(0.84, abs=0.005)
    assert set(results["log_heads"]) == {f"{stage}/{who}" for stage in ("title-abstract", "full-text")
                                          for who in ("demo-a", "demo-b", "consensus")}
    assert (built / "reports" / "b12-ms" / "figures" / "homocysteine.svg").exists()
    assert (built / "reports" / "b12-ms" / "tables" / "effects.csv").exists()


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_no_plain_sentence_of_a_built_page_is_stronger_than_its_rating(built: Path, question: str) -> None:
    from reviewkit.certainty import overclaims

    folder = built / "reports" / question
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    levels = {outcome["id"]: outcome["certainty"]["level"] for outcome in results["outcomes"]}
    page = (folder / "review.html").read_text(encoding="utf-8")
    found = re.findall(r'<span class="plain-language" data-outcome="([^"]+)">([^<]+)</span>', page)
    assert {name for name, _ in found} == set(levels)
    for name, sentence in found:
        assert overclaims(html.unescape(sentence), levels[name]) == (), sentence
    for line in re.findall(r'<p class="harms-line">([^<]+)</p>', page):
        assert overclaims(html.unescape(line), "no evidence") == (), line
    assert overclaims(results["answer"]["sentence"], results["answer"]["certainty"]) == ()


def test_a_cut_log_is_found_against_the_report(built: Path, tmp_path: Path) -> None:
    from reviewkit.review.checking import check

    shutil.copytree(built, tmp_path / "copy")
    log = tmp_path / "copy" / "data/b12-ms/screening/full-text/demo-a.jsonl"
    kept = log.read_text(encoding="utf-8").splitlines(keepends=True)
    # An excluded report at the end: without it the flow would still add up but for the head.
    log.write_text("".join(kept[:-1]), encoding="utf-8")
    codes = {problem.code for problem in check("b12-ms", tmp_path / "copy")}
    assert "log-cut" in codes
