"""The page in a real browser: nothing runs, nothing is asked for, nothing overflows, text fits its estimate."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat.v4 as v4
import pytest

from reviewkit.figures.svg import TextBox
from reviewkit.render import Column, Row, badge, definition_list, details, el, figure, link, notice, table
from reviewkit.render.page import export_html, meta

CHROMIUM = Path(os.environ.get("REVIEWKIT_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\"'><svg onload=alert(3)>"
    "<iframe src=javascript:alert(4)></iframe><style>@import 'http://evil.example/y'</style> \u202egnp "
)
pytestmark = [pytest.mark.e2e, pytest.mark.slow]

_spec = importlib.util.spec_from_file_location(
    "figure_examples", Path(__file__).resolve().parents[1] / "figures" / "conftest.py"
)
assert _spec is not None
assert _spec.loader is not None
examples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(examples)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        message = f"NO BROWSER at {CHROMIUM}: the report page was NOT tested (apt-get install chromium)."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGUMENTS)
        yield running
        running.close()


def _html(value: str) -> Any:
    return v4.new_output("display_data", data={"text/html": value, "text/plain": "<object at 0x7f>"})


def _page() -> str:
    columns = [Column("Study"), Column(HOSTILE, numeric=True, unit="mg"), "Risk of bias", "Where"]
    rows = [Row([HOSTILE + "é" * 80, 12345.678, badge("high"), link(HOSTILE, "javascript:alert(5)")], id="row-1")] * 1
    cells = [
        v4.new_code_cell(HOSTILE, outputs=[_html(notice(HOSTILE, title=HOSTILE, kind="demonstration"))]),
        v4.new_markdown_cell(f"## One {HOSTILE}\n\n{HOSTILE}\n\n[x](javascript:alert(6)) ![y](http://evil.example/z)"),
        v4.new_code_cell("t", outputs=[_html(table(columns, rows, caption=HOSTILE, notes=[HOSTILE]))]),
        v4.new_code_cell("d", outputs=[_html(details(HOSTILE, definition_list([(HOSTILE, HOSTILE)])))]),
    ]
    for name, make in examples.MAKERS.items():
        cells.append(v4.new_markdown_cell(f"### {name}"))
        cells.append(v4.new_code_cell(name, outputs=[_html(figure(make(HOSTILE).svg, HOSTILE))]))
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["reviewkit"] = {"status": "demonstration", "json_ld": {"name": "</script>" + HOSTILE}}
    return export_html(notebook, title=HOSTILE, head=[meta("description", HOSTILE)])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "review.html"
    path.write_text(_page(), encoding="utf-8")
    return path


def test_the_alarm_works(browser: Any) -> None:
    """The same listeners do hear a script on a page without our policy."""
    page = browser.new_page()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.set_content("<img src=data:, onerror=alert(1)>")
    page.wait_for_timeout(200)
    page.close()
    assert alerts == ["1"]


@pytest.mark.parametrize("width", [360, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_and_nothing_is_asked_for(browser: Any, report: Path, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    alerts: list[str] = []
    requests: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    outside = [url for url in requests if url != report.as_uri() and not url.startswith("data:")]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert alerts == []
    assert outside == []
    assert overflow <= 0


def test_one_switch_opens_all_code(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.goto(report.as_uri())
    code = page.locator("details.code pre")
    assert not any(code.nth(place).is_visible() for place in range(3))
    page.check("#show-code")
    assert all(code.nth(place).is_visible() for place in range(3))
    page.close()


def test_contents_stand_at_the_left_or_fold_above(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.goto(report.as_uri())
    first = page.locator(".contents a").first
    assert first.is_visible()
    assert page.locator("main").bounding_box()["x"] > first.bounding_box()["x"] + 150
    page.set_viewport_size({"width": 800, "height": 900})
    assert not first.is_visible()
    page.click(".contents summary")
    assert first.is_visible()
    page.close()


def test_every_link_within_the_page_that_it_writes_itself_leads_somewhere(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    lost = page.evaluate(
        "[...document.querySelectorAll('.contents a, .anchor, .skip')]"
        ".filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length"
    )
    repeated = page.evaluate("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                             " return ids.length - new Set(ids).size; })()")  # fmt: skip
    page.close()
    assert (lost, repeated) == (0, 0)


@pytest.mark.parametrize("name", sorted(examples.MAKERS))
def test_text_is_no_wider_than_estimated(browser: Any, name: str) -> None:
    """Measured in this machine's system sans; a figure's layout rests on the estimate."""
    made = examples.MAKERS[name]("Lüdenscheidt WMW 2013, ")
    page = browser.new_page()
    page.set_content(el("div", made.svg))
    lengths = page.evaluate("[...document.querySelectorAll('svg text')].map(t => t.getComputedTextLength())")
    page.close()
    boxes: list[TextBox] = list(made.texts)
    assert len(lengths) == len(boxes)
    for box, length in zip(boxes, lengths, strict=True):
        estimate = max(box.right - box.left, box.bottom - box.top)
        assert length <= estimate * 1.03 + 1, box.text
