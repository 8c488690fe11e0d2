"""Where Chromium is needed, and one project whose report was built."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from reviewkit.errors import ReviewkitError
from reviewkit.exports.chromium import find_chromium
from tests.publishing.conftest import built, project


@pytest.fixture(scope="session")
def browser() -> str:
    """The browser's program; empty where there is none."""
    try:
        return find_chromium()
    except ReviewkitError:
        return ""


@pytest.fixture(scope="session")
def chromium(browser: str) -> str:
    """The same; without it the tests that need it are skipped."""
    if not browser:
        pytest.skip("NO BROWSER: figures and PDF were NOT tested (apt-get install chromium).")
    return browser


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the report of b12-ms."""
    return built(project(tmp_path_factory.mktemp("reported")))


@pytest.fixture(scope="session")
def metafor() -> None:
    """R with metafor; asked for when a test needs it, because starting R takes seconds."""
    found = shutil.which("Rscript") is not None and subprocess.run(
        ["Rscript", "-e", "library(metafor)"], capture_output=True, check=False).returncode == 0
    if not found:
        pytest.skip("R with metafor is not here")
