"""A copy of the project's bundled questions to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """data/, references/ and notebooks/ of both bundled questions, in a folder of their own."""
    for name in ("data", "references", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path
