"""Following a figure opens how it came about, in a browser with scripts switched off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.report.pages import page_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.parametrize("kind", ["numbers", "certainty", "origin", "report", "homocysteine"])
def test_a_link_opens_its_block_without_a_script(chromium: Any, tmp_path: Path, kind: str) -> None:
    body = page_of("b12-ms")
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>t</title>{body}", encoding="utf-8")
    anchor = re.findall(rf'href="#({kind}-[^"]+)"', body)[0]
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{path}#{anchor}")
    target = page.locator(f'[id="{anchor}"]')
    assert target.count() == 1
    assert target.is_visible()
    context.close()
