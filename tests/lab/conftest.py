"""A made-up question for sessions to answer from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewkit.review import Review
from tests.browser.project import make_project, records


@pytest.fixture
def question(tmp_path: Path) -> Callable[..., Review]:
    """Makes the question in a folder of its own; the arguments are those of `make_project`."""
    for name in ("data", "references"):
        (tmp_path / name).mkdir()
    return lambda *entries, count=8, **options: make_project(tmp_path, [*records(range(count)), *entries], **options)
