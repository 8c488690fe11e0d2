"""Whole reports in Chromium: one full of hostile words, and one without a study. No script, no request, WCAG."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from reviewkit.run import run
from tests.report.made import QUESTION, make_review

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\"'><svg onload=alert(3)> "
EMPTY = "upper-cervical-dystonia"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("reports")
    for kind in ("data", "references"):
        shutil.copytree(ROOT / kind / EMPTY, root / kind / EMPTY)
    make_review(root, 11, 2, words=HOSTILE)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), before)))
    try:
        built = run([QUESTION, EMPTY], root)
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    assert [report.status for report in built] == ["built", "built"], [report.reason for report in built]
    return {report.question: root / str(report.html) for report in built}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("question", [QUESTION, EMPTY])
def test_a_report_keeps_to_wcag(chromium: Any, axe: str, pages: dict[str, Path], question: str, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(pages[question].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    context.close()
    assert [(v["id"], len(v["nodes"]), v["nodes"][0]["html"][:200]) for v in found["violations"]] == []


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("question", [QUESTION, EMPTY])
def test_nothing_runs_is_asked_for_or_overflows(
    chromium: Any, pages: dict[str, Path], question: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    alerts: list[str] = []
    requests: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(pages[question].as_uri(), wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    captions = page.evaluate(
        "[...document.querySelectorAll('caption, figcaption')]"
        ".filter(caption => caption.getBoundingClientRect().width > innerWidth).length"
    )
    page.close()
    assert alerts == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert overflow <= 0
    assert captions == 0


def test_sections_figures_and_rows_have_anchors_seen_on_focus(chromium: Any, pages: dict[str, Path]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages[QUESTION].as_uri())
    bare = page.evaluate(
        "[...document.querySelectorAll('main h2, main h3, main figure')]"
        ".filter(part => !part.querySelector('.anchor')).length"
    )
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    row = page.locator("#included tbody tr .anchor").first
    hidden = row.evaluate("a => getComputedStyle(a).opacity")
    page.keyboard.press("Tab")
    row.focus()
    seen = row.evaluate("a => getComputedStyle(a).opacity")
    page.close()
    assert bare == 0
    assert lost == []
    assert (hidden, seen) == ("0", "1")


def test_print_holds_every_figure_and_cuts_no_table(chromium: Any, pages: dict[str, Path]) -> None:
    page = chromium.new_page(viewport={"width": 686, "height": 1000})
    page.goto(pages[QUESTION].as_uri())
    page.emulate_media(media="print")
    wide = page.evaluate(
        "[...document.querySelectorAll('main table, main svg')]"
        ".filter(part => part.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 150))"
    )
    shown = page.evaluate("[...document.querySelectorAll('.robustness svg')].every(e => e.checkVisibility())")
    sticky = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => ['sticky', 'fixed'].includes(getComputedStyle(e).position)"
        " && e.checkVisibility()).length"
    )
    page.close()
    assert wide == []
    assert shown
    assert sticky == 0
