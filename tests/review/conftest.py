"""A copy of the project's bundled questions to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reviewkit.review.starting import new_question
from tests.review.searched import HEAD, QUERY, planned, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """data/, references/ and notebooks/ of both bundled questions, in a folder of their own."""
    for name in ("data", "references", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A new question ``q`` with one planned search of PubMed."""
    new_question("q", tmp_path)
    write(tmp_path, HEAD + planned("PubMed", QUERY))
    return tmp_path
