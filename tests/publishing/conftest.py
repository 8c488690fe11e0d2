"""One demonstration and one made-up finished review, each built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reviewkit.run import run

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "b12-ms"
FINAL = """
doi = "10.5555/12345678"
url = "https://example.org/review"
license = "CC-BY-4.0"

[[question.authors]]
family = "Vane"
given = "Ann"
orcid = "0000-0002-1825-0097"
affiliation = "Institute of Made-up Reviews"
email = "ann@example.org"

[[question.authors]]
family = "O'Neill & Sons"
given = "Béla"
"""


def project(folder: Path) -> Path:
    """A project with one question."""
    for kind in ("data", "references"):
        shutil.copytree(ROOT / kind / QUESTION, folder / kind / QUESTION)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def built(folder: Path) -> Path:
    """The project with its report built."""
    report, = run([QUESTION], folder)
    assert report.status == "built", report.reason
    return folder


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose demonstration review was built."""
    return built(project(tmp_path_factory.mktemp("demonstration")))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as if two persons had finished it: synthetic, for what only a final review carries."""
    folder = project(tmp_path_factory.mktemp("finished"))
    path = folder / "data" / QUESTION / "protocol.toml"
    lines = path.read_text(encoding="utf-8").replace('status = "demonstration"', 'status = "final"').splitlines()
    lines = [line for line in lines if not line.startswith("license = ")]
    place = lines.index("[eligibility]")
    path.write_text("\n".join([*lines[:place], FINAL, *lines[place:]]) + "\n", encoding="utf-8")
    return built(folder)


def page_of(folder: Path) -> Path:
    """The page of the only report."""
    return folder / "reports" / QUESTION / "review.html"
