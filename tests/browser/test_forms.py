"""Extraction and risk of bias in a real JupyterLab: enter, break a rule, kill the kernel, reopen; compare, settle."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.appraisal.rows import COLUMNS as APPRAISED
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.review import Review
from reviewkit.review.extraction.edit import ALL_COLUMNS, add_rows, set_cells
from reviewkit.tables import read_csv, write_csv
from tests.browser.lab_server import Lab
from tests.browser.project import pdf, records
from tests.browser.test_other_panels import accessible, narrow
from tests.lab.made import STUDY, appraisers, include_study

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Question = Callable[..., tuple[str, Review]]
MUSIC, CARE = f"{STUDY}-pain-1", f"{STUDY}-pain-2"
ALONE: dict[str, Any] = {"votes": 1, "reviewers": ("ada",)}
HOSTILE = "<img src=http://evil.example/x onerror=alert(1)>"


def on_disk(review: Review, name: str = "ada") -> dict[str, dict[str, str]]:
    rows = read_csv(review.folder / "extraction" / f"{name}.csv", COLUMNS, optional=OPTIONAL_COLUMNS)
    return {row["row_id"]: dict(row.cells) for row in rows}


def put(panel: Any, label: str, text: str) -> None:
    """Fill one cell of the form and leave it."""
    found = panel.get_by_label(label, exact=True)
    if found.evaluate("e => e.tagName") == "SELECT":
        found.select_option(text)
    else:
        found.fill(text)
        found.blur()


def saved(lab: Lab) -> Any:
    return lab.panel("saved")


def picture(lab: Lab, name: str) -> None:
    """Keep a picture where the variable REVIEWKIT_PICTURES names a folder."""
    folder = os.environ.get("REVIEWKIT_PICTURES")
    if folder:
        lab.page.locator(".rk-panel").last.screenshot(path=Path(folder) / f"{name}.png")


def test_a_study_is_entered_and_survives_the_kernel(lab: Lab, question: Question, axe: str) -> None:
    folder, made = question(records(range(6)), cells=(f"rk.lab.extract(review, '{STUDY}', 'ada')",), **ALONE)
    review = include_study(made.root)
    (review.folder / "fulltext").mkdir()
    (review.folder / "fulltext" / f"{review.studies[0].reports[0]}.pdf").write_bytes(pdf("Table 2"))
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    assert "No row yet" in panel.inner_text()
    panel.get_by_role("button", name="Add a row for each arm").click()
    panel.get_by_label("arm, row 2").wait_for()
    for row in (1, 2):
        for name, text in (("kind of value", "final"), ("weeks", "4"), ("timepoint", "week 4"), ("n", "30"),
                           ("n is", "seen"), ("numbers are", "seen"),
                           ("page, table, sentence", "table 2")):  # fmt: skip
            put(panel, f"{name}, row {row}", text)
    put(panel, "mean, row 1", "41.2")
    put(panel, "SE, row 1", "2")
    put(panel, "mean, row 2", "52.4")
    put(panel, "SD, row 2", "10.1")
    put(panel, "note, row 1", HOSTILE)
    saved(lab)
    panel.locator('.rk-steps li[data-kind="converted"]').first.wait_for()
    assert "10.95" in panel.locator(".rk-effects").inner_text()
    put(panel, "n, row 1", "61")
    panel.get_by_text(re.compile("n = 61 is above the 60 people")).first.wait_for()
    assert panel.get_by_label("n, row 1", exact=True).get_attribute("aria-invalid") == "true"
    put(panel, "as printed, row 2", "74/3 ± 16/41")
    panel.get_by_role("button", name="mean 74.3, SD 16.41").wait_for()
    saved(lab)
    picture(lab, "extract-light")
    accessible(lab, axe)
    lab.theme("JupyterLab Dark")
    picture(lab, "extract-dark")
    narrow(lab)
    lab.page.evaluate("document.querySelector('.rk-panel').style.width = '360px'")
    picture(lab, "extract-narrow")
    lab.page.evaluate("document.querySelector('.rk-panel').style.width = ''")
    panel.get_by_role("button", name="mean 74.3, SD 16.41").click()
    panel.get_by_role("button", name="mean 74.3, SD 16.41").wait_for(state="detached")
    panel.get_by_role("button", name="Duplicate row 2").click()
    panel.get_by_label("arm, row 3").wait_for()
    panel.get_by_role("button", name="Delete row 3").click()
    panel.get_by_label("arm, row 3").wait_for(state="detached")
    # Another kernel wrote the same cell: nothing of either is lost, and other cells go on being saved.
    before = on_disk(review)[CARE]
    set_cells(review, "ada", CARE, {"sd": "11"}, was=before)
    put(panel, "SD, row 2", "12")
    panel.get_by_text("was changed meanwhile to '11'").wait_for()
    put(panel, "weeks, row 2", "5")
    lab.panel("unsaved")
    lab.page.wait_for_function("document.querySelector('.rk-saying').textContent.startsWith('Saved: ')")
    assert on_disk(review)[CARE]["sd"] == "11"
    assert panel.get_by_label("SD, row 2", exact=True).input_value() == "12"
    panel.get_by_role("button", name="Try again").click()
    saved(lab)
    assert on_disk(review)[CARE]["sd"] == "12"
    # A cell that was typed and never left is saved as well.
    panel.get_by_label("mean, row 1", exact=True).click()
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.type("43.5")
    lab.page.wait_for_function("document.querySelector('.rk-panel').dataset.state === 'saved'")
    pid = int(re.findall(r"pid (\d+)", lab.page.locator(".jp-OutputArea").first.inner_text())[0])
    os.kill(pid, signal.SIGKILL)
    found = on_disk(review)
    assert [found[row]["mean"] for row in (MUSIC, CARE)] == ["43.5", "74.3"]
    assert found[MUSIC]["note"] == HOSTILE and found[MUSIC]["n"] == "61"
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    assert panel.get_by_label("mean, row 1", exact=True).input_value() == "43.5"
    assert panel.get_by_label("note, row 1", exact=True).input_value() == HOSTILE
    assert "n = 61 is above" in panel.inner_text()
    assert lab.alerts == []
    assert lab.outside == []


def test_two_extractors_settle_and_the_consensus_is_written(lab: Lab, question: Question, axe: str) -> None:
    folder, made = question(records(range(6)), cells=(f"rk.lab.compare(review, '{STUDY}')",), **ALONE)
    review = include_study(made.root, extractors=("ada", "ben"))
    add_rows(review, "ada", STUDY, "pain")
    add_rows(review, "ada", STUDY, "pain")
    for row, mean in ((MUSIC, "41.2"), (CARE, "52.4")):
        cells = {"value_type": "final", "n": "30", "n_status": "seen", "number_status": "seen", "locator": "table 2",
                 "mean": mean, "sd": "9", "unit": ""}  # fmt: skip
        set_cells(review, "ada", row, cells, was=on_disk(review)[row])
    rows = [row | {"extractor": "ben"} for row in on_disk(review).values()]
    rows[0] |= {"mean": "42.1", "unit": HOSTILE}
    rows[1] |= {"sd": "8.5", "unit": HOSTILE}
    write_csv(review.folder / "extraction" / "ben.csv", ALL_COLUMNS, rows)
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    picture(lab, "compare-light")
    accessible(lab, axe)
    narrow(lab)
    lab.theme("JupyterLab Dark")
    picture(lab, "compare-dark")

    def settle(left: int, name: str, at: int = 0) -> None:
        panel.get_by_role("button", name=name).nth(at).click()
        lab.page.wait_for_selector(f'.rk-panel[data-open="{left}"]')

    panel.get_by_role("button", name="mean: Take ben's").click()
    lab.panel("unsaved")
    assert "reason is empty" in panel.locator(".rk-warning").inner_text()
    panel.get_by_label("Because").fill("table 2 read again")
    settle(3, "mean: Take ben's")
    panel.get_by_label("Agreed sd").fill("8.8")
    settle(2, "sd: Take what is typed")
    settle(1, "unit: Take ada's", 0)
    settle(0, "unit: Take ada's", 1)
    consensus = on_disk(review, "consensus")
    assert (consensus[MUSIC]["mean"], consensus[CARE]["sd"], consensus[MUSIC]["unit"]) == ("42.1", "8.8", "")
    assert "table 2 read again" in (review.folder / "extraction" / "differences.csv").read_text("utf-8")
    assert lab.alerts == []
    assert lab.outside == []


def judged(review: Review, name: str = "ada") -> dict[str, dict[str, str]]:
    rows = read_csv(review.folder / "risk-of-bias" / f"{name}.csv", APPRAISED)
    return {row["question"] or f"= {row['domain']}": dict(row.cells) for row in rows}


def test_a_study_is_appraised_by_keyboard_and_survives_the_kernel(lab: Lab, question: Question, axe: str) -> None:
    folder, made = question(records(range(6)), cells=(f"rk.lab.appraise(review, '{STUDY}', 'ada')",), **ALONE)
    include_study(made.root)
    review = appraisers(made.root, "ada", "ben")
    other = review.folder / "risk-of-bias" / "ben.csv"
    other.parent.mkdir(exist_ok=True)
    other.write_text("SECRET OF BEN\n", encoding="utf-8")
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    assert "SECRET" not in panel.inner_text()
    first = panel.locator('.rk-question[data-question="1.1"]')
    first.get_by_label("open").focus()
    lab.page.keyboard.press("n")
    lab.page.keyboard.press("5")
    panel.get_by_text("Still asked for: 1.3").wait_for()
    lab.page.keyboard.press("n")
    lab.page.keyboard.press("4")
    proposal = panel.locator('.rk-proposal[data-domain="D1"]')
    proposal.get_by_text("some concerns").wait_for()
    assert "1.2 no information → 1.3 no" in proposal.inner_text()
    third = panel.locator('.rk-question[data-question="1.3"]')
    third.get_by_text("without support or locator").wait_for()
    assert first.get_attribute("data-asked") == "no" and third.get_attribute("data-asked") == "yes"
    lab.page.keyboard.press("s")
    lab.page.keyboard.type(HOSTILE)
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.type("table 1")
    third.get_by_text("without support or locator").wait_for(state="detached")
    panel.get_by_label("Judgement: Randomisation process").select_option("low")
    panel.get_by_text("the answers lead to 'some concerns'").first.wait_for()
    put(panel, "D1: Reason, where you decide otherwise", "the registry says how")
    panel.get_by_text("the answers lead to 'some concerns'").wait_for(state="detached")
    saved(lab)
    picture(lab, "appraise-light")
    accessible(lab, axe)
    lab.theme("JupyterLab Dark")
    picture(lab, "appraise-dark")
    narrow(lab)
    lab.page.evaluate("document.querySelector('.rk-panel').style.width = '360px'")
    picture(lab, "appraise-narrow")
    lab.page.evaluate("document.querySelector('.rk-panel').style.width = ''")
    pid = int(re.findall(r"pid (\d+)", lab.page.locator(".jp-OutputArea").first.inner_text())[0])
    os.kill(pid, signal.SIGKILL)
    found = judged(review)
    assert [found[place]["answer"] for place in ("1.1", "1.2", "1.3")] == ["", "no information", "no"]
    assert (found["1.3"]["support"], found["1.3"]["locator"]) == (HOSTILE, "table 1")
    assert (found["= D1"]["judgement"], found["= D1"]["reason"]) == ("low", "the registry says how")
    assert other.read_text("utf-8") == "SECRET OF BEN\n"
    lab.open(f"{folder}/panel-0.ipynb")
    panel = lab.run()
    third = panel.locator('.rk-question[data-question="1.3"]')
    assert third.get_by_label("no", exact=True).is_checked()
    assert third.locator("textarea").first.input_value() == HOSTILE
    assert lab.alerts == []
    assert lab.outside == []
