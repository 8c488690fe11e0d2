"""Duplicates, conflicts and full texts in a real JupyterLab; every panel against axe-core, in both themes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

from reviewkit.review import Review
from reviewkit.review.screening.desk import open_desk
from tests.browser.lab_server import Lab
from tests.browser.project import duplicate_records, pdf, records

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Question = Callable[..., tuple[str, Review]]


def violations(lab: Lab, axe: str) -> list[str]:
    """What axe-core finds in the panel: rule and element."""
    if not lab.page.evaluate("typeof window.axe === 'object'"):
        lab.page.evaluate(axe)
    found = lab.page.evaluate("axe.run('.rk-panel', {resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for rule in found["violations"] for node in rule["nodes"]]  # fmt: skip


def accessible(lab: Lab, axe: str) -> None:
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        assert violations(lab, axe) == [], theme


def narrow(lab: Lab) -> None:
    """In a column of 360 px nothing is wider than the panel."""
    wide = lab.page.evaluate("""() => {
        const panel = document.querySelector('.rk-panel');
        panel.style.width = '360px';
        const edge = panel.getBoundingClientRect().right;
        const seen = e => e.getClientRects().length && !e.closest('thead, dialog');
        const parts = [...panel.querySelectorAll('*')].filter(seen);
        const over = parts.filter(e => e.getBoundingClientRect().right > edge + 1).map(e => e.outerHTML.slice(0, 120));
        panel.style.width = '';
        return over;
    }""")
    assert wide == []


def test_possible_duplicates(lab: Lab, question: Question, axe: str) -> None:
    folder, review = question([*records(range(20)), *duplicate_records()], cells=("rk.lab.duplicates(review)",))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    accessible(lab, axe)
    narrow(lab)
    panel.locator(".rk-card").click()
    lab.page.keyboard.press("s")
    lab.panel("unsaved")
    assert "Choose your name" in panel.locator(".rk-warning").inner_text()
    panel.get_by_label("Your name in the protocol").select_option("ben")
    lab.panel("ready", "saved")
    pairs = [lab.record().split()]
    panel.locator(".rk-card").click()
    lab.press("s")
    pairs.append(lab.record().split())
    lab.press("l")
    lab.page.keyboard.press("n")
    lab.page.keyboard.type("two trials")
    lab.page.keyboard.press("Escape")
    pairs.append(lab.record().split())
    lab.press("d")
    assert lab.record().split() == pairs[1]
    assert lab.press("u").split() == pairs[2]
    lab.press("d")
    lab.press("s")
    assert "No pair waits" in panel.inner_text()
    with (review.folder / "duplicates.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["verdict"]]
    assert [[row["record_a"], row["record_b"], row["verdict"], row["by"]] for row in rows] == [
        [*pairs[0], "same", "ben"], [*pairs[2], "different", "ben"], [*pairs[1], "same", "ben"]]  # fmt: skip
    assert lab.outside == []


def test_conflicts(lab: Lab, question: Question, axe: str) -> None:
    folder, review = question(records(range(6)), cells=("rk.lab.resolve(review)",))
    reports = sorted(review.reports)
    for who in ("ada", "ben"):
        desk = open_desk(review, "title-abstract", who, ranked=False)
        for place, report in enumerate(reports):
            exclude = who == "ben" and place < 2
            desk.decide(report, "exclude" if exclude else "include", reason="wrong-outcome" if exclude else "",
                        note=f"{who} looked at {place}")  # fmt: skip
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    accessible(lab, axe)
    narrow(lab)
    sides = panel.locator(".rk-side-vote")
    assert [sides.nth(place).locator(".rk-side-decision").inner_text().split("\n")[0] for place in (0, 1)] == [
        "✓ included", "✕ excluded · wrong outcome"]  # fmt: skip
    first = lab.record()
    assert f"ada looked at {reports.index(first)}" in sides.nth(0).inner_text()
    assert f"ben looked at {reports.index(first)}" in sides.nth(1).inner_text()
    panel.locator(".rk-card").click()
    lab.press("e", "p")
    assert lab.press("u") == first
    lab.press("i")
    lab.press("e", "e")
    assert "No conflict is open" in panel.inner_text()
    lines = (review.folder / "screening" / "title-abstract" / "consensus.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [(line["decision"], line["reviewer"]) for line in told] == [
        (word, "cleo") for word in ("exclude", "undo", "include", "exclude")]  # fmt: skip


def test_full_texts(lab: Lab, question: Question, axe: str) -> None:
    cell = "rk.lab.screen(review, 'full-text', 'ada')"
    folder, review = question(records(range(4)), votes=1, reviewers=("ada",), third=None, cells=(cell,))
    desk = open_desk(review, "title-abstract", "ada", ranked=False)
    for report in review.reports:
        desk.decide(report, "include")
    texts = review.folder / "fulltext"
    texts.mkdir()
    (texts / "some name.pdf").write_bytes(pdf("Found in the folder"))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    accessible(lab, axe)
    narrow(lab)
    first = lab.record()
    panel.locator("input[type=file]").set_input_files(
        {"name": "evil.pdf", "mimeType": "application/pdf", "buffer": b"<script>alert(1)</script>"})  # fmt: skip
    lab.page.wait_for_function("document.querySelector('.rk-warning').innerText.includes('no PDF')")
    assert [path.name for path in texts.iterdir()] == ["some name.pdf"]
    large = pdf("Sleep") + b"%" + b"x" * 3_000_000
    panel.locator("input[type=file]").set_input_files(
        {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": large})  # fmt: skip
    lab.page.wait_for_selector("iframe.rk-pdf")
    assert (texts / f"{first}.pdf").stat().st_size > 3_000_000
    size = lab.page.evaluate("fetch(document.querySelector('iframe.rk-pdf').src).then(r => r.blob()).then(b => b.size)")
    assert size == (texts / f"{first}.pdf").stat().st_size
    panel.locator(".rk-card").click()
    lab.page.keyboard.press("e")
    lab.page.keyboard.press("e")
    assert lab.record() == first
    assert "No reason" not in panel.locator(".rk-reasons").inner_text()
    second = lab.press("c")
    panel.get_by_role("button", name="Use this").click()
    lab.page.wait_for_selector("iframe.rk-pdf")
    assert (texts / f"{second}.pdf").read_bytes() == pdf("Found in the folder")
    panel.locator(".rk-card").click()
    lab.press("i")
    lab.press("r")
    panel.get_by_role("button", name="Awaiting").click()
    lab.panel("done")
    lines = (review.folder / "screening" / "full-text" / "ada.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["decision"] for line in lines] == [
        "exclude", "include", "not-retrieved", "awaiting-classification"]  # fmt: skip
    assert lab.alerts == []
    assert lab.outside == []


def test_every_part_of_the_screening_panel_is_accessible(lab: Lab, question: Question, axe: str) -> None:
    folder, _ = question(records(range(14)), cells=("rk.lab.screen(review, reviewer='ada')",))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    accessible(lab, axe)
    narrow(lab)
    panel.locator(".rk-card").click()
    lab.press("m")
    steps: dict[str, Any] = {
        "f": "document.querySelectorAll('.rk-hit').length > 5", "e": "!document.querySelector('.rk-reasons').hidden",
        "?": "document.querySelector('.rk-help').open",
    }  # fmt: skip
    for key, there in steps.items():
        panel.locator(".rk-card").click()  # a change of theme may take the focus away
        lab.page.keyboard.press(key)
        lab.page.wait_for_function(there)
        accessible(lab, axe)
        narrow(lab)
        lab.page.keyboard.press("Escape")
    motion = lab.page.evaluate("getComputedStyle(document.querySelector('.rk-bar-done')).transitionDuration")
    assert motion == "0s"
