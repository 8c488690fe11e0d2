"""The page over all in a real browser: it narrows the claims down, reads whole without script, asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.portfolio import write_portfolio
from tests.portfolio.made import make_portfolio

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SHOWN = "[...document.querySelectorAll('#claims tbody tr')].filter(row => row.offsetParent).length"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = make_portfolio(tmp_path_factory.mktemp("portfolio"))
    return (root / write_portfolio(root).html).as_uri()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def test_a_list_narrows_the_claims_down_and_says_how_many(page: Any) -> None:
    every = page.evaluate(SHOWN)
    page.select_option("select[data-name=therapy]", "massage")
    assert 0 < page.evaluate(SHOWN) < every
    assert page.inner_text("#shown") == f"{page.evaluate(SHOWN)} of {every} claims."
    page.select_option("select[data-name=verdict]", "mechanism, not tested in trials")
    both = page.evaluate(SHOWN)
    texts = page.locator("#claims tbody tr:visible").all_inner_texts()
    assert both == len(texts) > 0
    assert all("mechanism" in text and "Massage" in text for text in texts)
    page.click("#filter button")
    assert page.evaluate(SHOWN) == every


def test_the_keyboard_alone_suffices(page: Any) -> None:
    page.focus("select[data-name=page]")
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.querySelector('select[data-name=page]').value")
    assert first
    assert page.evaluate(SHOWN) == page.locator(f'#claims tr[data-page="{first}"]').count()


def test_a_card_leads_to_the_claims_on_its_question(page: Any) -> None:
    page.click("#question-upper-cervical-low-back-pain a[data-pick]")
    assert page.url.endswith("#claims")
    rows = page.evaluate("[...document.querySelectorAll('#claims tbody tr')].filter(row => row.offsetParent)"
                         ".map(row => row.dataset.question)")
    assert rows
    assert all("upper-cervical-low-back-pain" in row.split("|") for row in rows)


def test_a_link_to_a_claim_that_is_filtered_out_brings_it_back(page: Any) -> None:
    page.select_option("select[data-name=therapy]", "acupuncture")
    assert not page.locator("#claim-m05").is_visible()
    page.evaluate("location.hash = '#claim-m05'")
    page.wait_for_function("document.getElementById('claim-m05').offsetParent !== null")


def test_without_script_everything_can_be_read(chromium: Any, address: str, page: Any) -> None:
    every = page.evaluate(SHOWN)
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator("#claims tbody tr:visible").count() == every
    assert not plain.locator("#filter").is_visible()
    context.close()


def test_another_script_may_not_run(chromium: Any, address: str, tmp_path: Path) -> None:
    source = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
    changed = tmp_path / "index.html"
    changed.write_text(source.replace("</main>", "<script>document.title = 'run'</script></main>"), encoding="utf-8")
    opened = chromium.new_page()
    opened.goto(changed.as_uri())
    assert opened.title() != "run"
    assert opened.locator("#filter").is_visible()
    opened.close()


@pytest.mark.parametrize("width", [320, 360, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_nothing_is_asked_for(chromium: Any, address: str, axe: str, width: int, scheme: str,
                                                    ) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    requests: list[str] = []
    faults: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(address, wait_until="load")
    overflow = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert [url for url in requests if url != address and not url.startswith("data:")] == []
    assert faults == []
    assert overflow <= 0
    if width in (360, 1600):
        opened.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        opened.evaluate(axe)
        found = opened.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        assert [(item["id"], node["html"][:150]) for item in found["violations"] for node in item["nodes"]] == []
    context.close()


def test_printed_it_shows_no_controls_and_cuts_nothing_off(page: Any) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})
    assert not page.locator("#filter").is_visible()
    assert not page.locator(".contents").is_visible()
    wide = page.evaluate("[...document.querySelectorAll('main table, main figure')]"
                         ".filter(item => item.getBoundingClientRect().right > innerWidth + 1).map(item => item.id)")
    assert wide == []
