"""A page checked against the repository: the same, another, altered, cut; and what changed between two reports."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.publishing.carried import findings_at, read_page
from reviewkit.publishing.findings import differences
from reviewkit.publishing.verifying import verify
from tests.publishing.conftest import QUESTION, page_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(demonstration: Path, tmp_path: Path) -> Path:
    shutil.copytree(demonstration, tmp_path / "copy")
    return tmp_path / "copy"


def test_the_same_files_give_the_same_page(demonstration: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "as-downloaded.html"
    shutil.copy(page_of(demonstration), elsewhere)
    found = verify(elsewhere, demonstration)
    assert (found.status, found.causes, found.changes) == ("identical", (), ())


def test_another_number_is_named_with_what_it_changed(copy: Path) -> None:
    path = copy / "data" / QUESTION / "extraction" / "demo-a.csv"
    text = path.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("M075"))
    changed = re.sub(r"\b(\d\d)\.(\d)", lambda m: f"{int(m[1]) + 9}.{m[2]}", row, count=1)
    assert changed != row
    path.write_text(text.replace(row, changed), encoding="utf-8")
    found = verify(page_of(copy), copy)
    assert found.status == "differs"
    assert f"input data/{QUESTION}/extraction/demo-a.csv: changed" in found.causes
    assert [c for c in found.changes if (c.what, c.subject) == ("effect", "homocysteine")]


def test_a_page_changed_by_hand_is_altered(copy: Path) -> None:
    page = page_of(copy)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("very uncertain", "very certain", 1), encoding="utf-8")
    found = verify(page, copy)
    assert (found.status, found.causes, found.changes) == ("altered", (), ())


@pytest.mark.parametrize("keep", [0.3, 0.999])
def test_a_page_cut_off_is_refused_or_altered(copy: Path, keep: float) -> None:
    page = page_of(copy)
    text = page.read_text(encoding="utf-8")
    page.write_text(text[:int(len(text) * keep)], encoding="utf-8")
    with pytest.raises(InputError, match="cut off"):
        verify(page, copy)


def test_a_page_that_is_not_ours_is_refused(tmp_path: Path, demonstration: Path) -> None:
    other = tmp_path / "page.html"
    other.write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
    with pytest.raises(InputError, match="no record"):
        verify(other, demonstration)
    with pytest.raises(InputError):
        verify(tmp_path / "none.html", demonstration)


def test_a_repository_that_cannot_make_it_says_why(copy: Path) -> None:
    log = copy / "data" / QUESTION / "studies.csv"
    log.write_text("study_id\nx\n", encoding="utf-8")
    found = verify(page_of(copy), copy)
    assert found.status == "not made"
    assert "studies.csv" in found.reason


def test_the_command_keeps_its_exit_codes(copy: Path) -> None:
    def call() -> tuple[int, dict[str, object]]:
        done = subprocess.run([sys.executable, "-m", "reviewkit", "verify", str(page_of(copy)), "--json"], cwd=copy,
                              capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
        return done.returncode, json.loads(done.stdout)

    code, found = call()
    assert (code, found["status"]) == (0, "identical")
    protocol = copy / "data" / QUESTION / "protocol.toml"
    protocol.write_text(protocol.read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    code, found = call()
    assert (code, found["status"], found["changes"]) == (3, "differs", [])


def test_nothing_differs_from_itself_whatever_it_is_read_from(demonstration: Path) -> None:
    folder = demonstration / "reports" / QUESTION
    for one in (folder, folder / "results.json", folder / "review.html"):
        for other in (folder / "results.json", folder / "review.html"):
            assert differences(findings_at(one), findings_at(other)) == ()


def test_every_kind_of_change_is_named(demonstration: Path) -> None:
    before = json.loads(json.dumps(findings_at(page_of(demonstration))))
    after = json.loads(json.dumps(before))
    gone = after["studies"].pop()
    after["studies"].append("another2027")
    after["records"]["identified"] += 1
    after["outcomes"]["homocysteine"]["estimate"] += 0.25
    after["outcomes"]["homocysteine"]["certainty"] = "low"
    after["claims"] = {**after["claims"], "X99": "supported"}
    named = {(change.what, change.subject) for change in differences(before, after)}
    assert named == {("study", gone), ("study", "another2027"), ("records", "identified"), ("effect", "homocysteine"),
                     ("certainty", "homocysteine"), ("verdict", "X99")}


def test_the_last_bit_of_a_sum_is_no_change(demonstration: Path) -> None:
    before = findings_at(page_of(demonstration))
    after = json.loads(json.dumps(before))
    after["outcomes"]["homocysteine"]["estimate"] *= 1 + 1e-13
    assert differences(before, after) == ()


def test_the_page_carries_the_digest_of_itself(demonstration: Path) -> None:
    assert read_page(page_of(demonstration)).whole
