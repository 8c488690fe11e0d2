"""A question of one's own: from `new` to a report that says how far it is."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.report.methods import flow_figure
from reviewkit.review import open_review
from reviewkit.review.progress import status
from reviewkit.review.records.adding import SearchDetails, add_exports
from reviewkit.review.records.importing import import_records
from reviewkit.review.starting import new_question

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(tmp_path: Path) -> Path:
    new_question("acupressure-ms", tmp_path)
    shutil.copy(ROOT / "references/b12-ms/b12-ms-2.ris", tmp_path / "export-1.ris")
    details = SearchDetails("MEDLINE", "Ovid", dt.date(2026, 1, 1), "acupressure and sclerosis")
    add_exports("acupressure-ms", tmp_path, [tmp_path / "export-1.ris"], details)
    return tmp_path


def test_the_template_is_a_valid_protocol(started: Path) -> None:
    assert open_review("acupressure-ms", started).protocol.question.status == "draft"


def test_nothing_is_overwritten(started: Path) -> None:
    before = (started / "data/acupressure-ms/protocol.toml").read_bytes()
    with pytest.raises(InputError, match="exists already"):
        new_question("acupressure-ms", started)
    assert (started / "data/acupressure-ms/protocol.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["../x", "Big", "con", "a b", ""])
def test_a_name_must_be_an_identifier(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        new_question(name, tmp_path)


def test_an_unscreened_question_shows_its_flow(started: Path) -> None:
    import_records("acupressure-ms", started)
    review = open_review("acupressure-ms", started)
    assert review.flow.unscreened == len(review.reports) == 25
    assert "Not decided yet" in flow_figure(review).description
    assert status("acupressure-ms", started)["stage"] == "screening"
