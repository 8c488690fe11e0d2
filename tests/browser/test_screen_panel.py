"""Screening in a real JupyterLab: by keyboard, through kills and stalls, blind, and unmoved by hostile records."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable

import pytest

from reviewkit.review import Review
from reviewkit.review.screening.desk import open_desk
from tests.browser.lab_server import Lab
from tests.browser.project import HOSTILE, records

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Question = Callable[..., tuple[str, Review]]
SCREEN = "rk.lab.screen(review, reviewer='ada')"


def votes(review: Review, who: str = "ada", stage: str = "title-abstract") -> list[dict[str, str]]:
    path = review.folder / "screening" / stage / f"{who}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def kernel_pid(lab: Lab) -> int:
    told = lab.page.locator(".jp-OutputArea-output").first.inner_text()
    return int(re.search(r"pid (\d+)", told)[1])  # type: ignore[index]


def tab_into(lab: Lab) -> None:
    """From the notebook into the record by Tab alone."""
    for _ in range(40):
        lab.page.keyboard.press("Tab")
        if lab.page.evaluate("document.activeElement.matches('.rk-card')"):
            return
    raise AssertionError("the record cannot be reached by Tab")


def test_ten_by_keyboard_undo_and_a_kill(lab: Lab, question: Question) -> None:
    folder, review = question(records(range(40)), cells=(SCREEN,))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    lab.page.keyboard.press("Escape")
    tab_into(lab)
    seen = [lab.record()]
    for keys in (["i"], ["e", "o"], ["m"], ["e", "e"], ["i"], ["e", "p"], ["i"], ["m"], ["e", "d"], ["i"]):
        seen.append(lab.press(*keys))
    assert len(set(seen)) == 11
    assert [vote["report"] for vote in votes(review)] == seen[:10]
    assert [vote.get("reason", "") for vote in votes(review)] == [
        "", "wrong-outcome", "", "", "", "wrong-population", "", "", "wrong-study-design", ""]  # fmt: skip
    assert lab.press("u") == seen[9]
    assert "Undone" in lab.said()
    assert votes(review)[-1]["decision"] == "undo"
    assert "9 of 40 decided" in panel.inner_text()
    lab.page.keyboard.press("n")
    lab.page.keyboard.type("include me later")
    lab.page.keyboard.press("Escape")
    lab.press("i")
    assert votes(review)[-1]["note"] == "include me later"

    lab.page.keyboard.press("m")
    os.kill(kernel_pid(lab), signal.SIGKILL)
    lab.page.wait_for_timeout(300)
    acknowledged = len(votes(review))
    lab.open(f"{folder}/panel-0.ipynb")
    lab.run()
    lines = votes(review)
    assert len(lines) >= acknowledged
    standing = {line["report"]: line["decision"] for line in lines if line["decision"] != "undo"}
    assert f"{len(standing)} of 40 decided" in lab.page.locator(".rk-panel").inner_text()
    assert lab.record() not in standing
    assert not (set(seen[:9]) - set(standing))
    assert lab.alerts == []
    assert lab.outside == []


def test_a_stalled_kernel_is_told_and_a_late_answer_counts_once(lab: Lab, question: Question) -> None:
    folder, review = question(records(range(8)), cells=(SCREEN,))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    panel.locator(".rk-card").click()
    first, pid = lab.record(), kernel_pid(lab)
    os.kill(pid, signal.SIGSTOP)
    try:
        lab.page.keyboard.press("i")
        lab.panel("unsaved")
        assert lab.record() == first
        warning = panel.locator(".rk-warning")
        assert "Not saved yet" in warning.inner_text()
        warning.get_by_role("button", name="Try again").click()
        lab.page.keyboard.press("i")
    finally:
        os.kill(pid, signal.SIGCONT)
    lab.panel("saved")
    lab.page.wait_for_timeout(500)
    assert [vote["report"] for vote in votes(review)] == [first]
    assert lab.record() != first
    assert warning.inner_text() == ""


def test_jupyterlabs_keys_stay_quiet_and_the_panel_has_its_own(lab: Lab, question: Question) -> None:
    folder, review = question(records(range(12)), cells=(SCREEN,))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    shape = "[...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(c => c.className.match(/jp-\\w+Cell/)[0])"
    before = lab.page.evaluate(shape)
    for place in (".rk-card", ".rk-moves button"):
        panel.locator(place).first.click() if place == ".rk-card" else panel.locator(place).nth(2).focus()
        for key in ("a", "x", "d", "d", "y", "c", "v", "z", "j", "k", "l", "Shift+M", "0", "0", "1", "Control+s"):
            lab.page.keyboard.press(key)
            lab.page.wait_for_timeout(20)
        lab.panel()
    assert lab.page.evaluate(shape) == before
    assert lab.page.locator(".jp-Dialog").count() == 0
    assert all(vote["decision"] == "maybe" for vote in votes(review))

    panel.locator(".rk-card").click()
    lab.page.keyboard.press("f")
    lab.page.keyboard.type("tai chi")
    lab.page.wait_for_function("document.querySelectorAll('.rk-hit').length === 1")
    lab.page.keyboard.press("Enter")
    wanted = lab.page.locator(".rk-hit").get_attribute("data-report")
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_function("id => document.querySelector('.rk-panel').dataset.record === id", arg=wanted)
    lab.panel()
    lab.press("s")
    lab.page.keyboard.press("f")
    panel.get_by_label("Status").select_option("skipped")
    lab.page.wait_for_function("document.querySelectorAll('.rk-hit').length === 1")
    assert lab.page.locator(".rk-hit").get_attribute("data-report") == wanted
    lab.page.keyboard.press("Escape")

    lab.page.keyboard.press("?")
    dialog = panel.locator("dialog")
    assert "wrong comparator" in dialog.inner_text()
    lab.page.keyboard.press("i")
    lab.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    counted = len(votes(review))
    lab.page.keyboard.press("e")
    assert lab.page.evaluate("document.activeElement.matches('.rk-reasons')")
    lab.page.keyboard.press("Escape")
    assert lab.page.evaluate("document.activeElement.matches('.rk-card')")
    order = []
    for _ in range(8):
        order.append(lab.page.evaluate("(document.activeElement.innerText || document.activeElement.tagName).trim()"))
        lab.page.keyboard.press("Tab")
    names = [re.sub(r"\s+", " ", name) for name in order[1:]]
    assert names[0] == "DOI"
    assert names[1:7] == ["✓ Include i", "✕ Exclude e", "? Maybe m", "TEXTAREA", "Skip s", "Undo last u"]
    assert len(votes(review)) == counted


def test_the_second_reviewer_is_blind(lab: Lab, question: Question) -> None:
    folder, review = question(records(range(12)), cells=("rk.lab.screen(review, reviewer='ben')",))
    lab.open(f"{folder}/panel-0.ipynb")
    before = lab.run().inner_text()
    reports = list(review.reports)
    desk = open_desk(review, "title-abstract", "ada")
    for place, report in enumerate(reports):
        desk.decide(report, "include" if place % 2 else "exclude", note="ada's secret note")
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    assert panel.inner_text() == before
    panel.locator(".rk-card").click()
    for _ in range(3):
        lab.press("i")
    page = lab.page.evaluate("document.body.innerText") + lab.page.content()
    for word in ("secret note", ">ada<", "1 conflict", "2 conflict"):
        assert word not in page
    assert "conflicts: hidden until you finish" in panel.inner_text()


def test_hostile_records_are_text(lab: Lab, question: Question) -> None:
    hostile = "from tests.browser.project import hostile_reports\n" \
              "review.__dict__['reports'] = hostile_reports(review.reports)\n"
    folder, review = question(records(range(6)), cells=(hostile + SCREEN,))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    panel.locator(".rk-card").click()
    shown = []
    for _ in range(6):
        shown.append(panel.locator(".rk-title").text_content())
        inside = lab.page.evaluate("""() => {
            const card = document.querySelector('.rk-card');
            const addresses = [...card.querySelectorAll('a')].map(a => a.getAttribute('href'));
            const alien = [...card.querySelectorAll('script, img, svg, iframe, style, math, form, object')].length;
            const names = [...card.querySelectorAll('*')].flatMap(e => e.getAttributeNames());
            const handlers = names.filter(name => name.startsWith('on'));
            const panel = document.querySelector('.rk-panel');
            const wide = panel.scrollWidth > panel.clientWidth;
            const outer = getComputedStyle(card.querySelector('.rk-title bdi')).unicodeBidi;
            return [addresses, alien, handlers.length, wide, outer];
        }""")  # fmt: skip
        assert inside[1:4] == [0, 0, False]
        assert inside[4] == "isolate"
        assert all(address.startswith("https://") for address in inside[0])
        whole = panel.get_by_role("button", name="Show all of the abstract")
        if whole.count():
            whole.click()
            lab.page.wait_for_function("document.querySelector('.rk-abstract').innerText.length > 1000000")
        lab.press("i")
    assert {text for text in shown if "Show all" not in text} == {text for text in HOSTILE if len(text) < 600}
    assert len(votes(review)) == 6
    assert lab.alerts == []
    assert lab.outside == []
