"""Chromium and a JupyterLab server for tests of panels: one of each for a module, a fresh page for each test.

`lab` opens notebooks and presses keys; `question` makes a made-up question in a folder of its own under the server.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.review import Review
from tests.browser.lab_server import Lab, LabServer, lab_server, write_notebook
from tests.browser.project import make_project

CHROMIUM = Path(os.environ.get("REVIEWKIT_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def without(message: str) -> None:
    """Skip loudly; in CI, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        without(f"NO BROWSER at {CHROMIUM}: the panels were NOT tested (apt-get install chromium).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def server(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    root, scratch = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("server")
    with lab_server(root, scratch) as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[FAILED] = report.failed


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def lab(chromium: Any, server: LabServer, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    """A page of its own; of a test that fails a picture is kept."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = Lab(context.new_page(), server)
    yield opened
    if request.node.stash.get(FAILED, False):
        opened.page.screenshot(path=tmp_path / "failed.png")
        print(f"picture: {tmp_path / 'failed.png'}; server's log: {server.scratch / 'server.log'}")
    context.close()


@pytest.fixture
def question(server: LabServer, request: pytest.FixtureRequest) -> Callable[..., tuple[str, Review]]:
    """Makes a question with the records given; answers its folder's name under the server, and the review."""

    def make(*args: Any, cells: tuple[str, ...], **options: Any) -> tuple[str, Review]:
        root = server.root / request.node.name.split("[")[0].replace("_", "-")
        for name in ("data", "references"):
            (root / name).mkdir(parents=True)
        review = make_project(root, *args, **options)
        first = "import os\nimport reviewkit as rk\n\nreview = rk.open_review('music-sleep')\nprint('pid', os.getpid())"
        for place, cell in enumerate(cells):
            write_notebook(root / f"panel-{place}.ipynb", first, cell)
        return root.name, review

    return make


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, carried by a test package."""
    if importlib.util.find_spec("axe_playwright_python") is None:
        without("NO axe-playwright-python: the panels' accessibility was NOT tested.")
    from importlib.resources import files

    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
