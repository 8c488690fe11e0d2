"""An update of a review: the PRISMA 2020 flow with the studies that were there before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reviewkit.report.methods import flow_figure, flow_section
from reviewkit.review import open_review
from reviewkit.store.files import read_text

ROOT = Path(__file__).resolve().parents[2]
LINE = 'previous = { reference = "Vane A. An earlier version. 2020.", studies = 7, reports = 9 }\n'


@pytest.fixture
def updated(tmp_path: Path) -> Path:
    for kind in ("data", "references"):
        shutil.copytree(ROOT / kind / "b12-ms", tmp_path / kind / "b12-ms")
    path = tmp_path / "data" / "b12-ms" / "protocol.toml"
    text = read_text(path)
    path.write_text(text.replace("[eligibility]", f"{LINE}\n[eligibility]", 1), encoding="utf-8")
    return tmp_path


def test_new_and_earlier_studies_stand_in_boxes_of_their_own_and_add_up(updated: Path) -> None:
    review = open_review("b12-ms", updated)
    new = review.flow.included_studies
    drawn = flow_figure(review)
    for text in ("New studies included", "Studies of the earlier version", "Studies in all", f">{new + 7}<"):
        assert text in drawn.svg, text
    page = str(flow_section(review))
    assert 'id="earlier-version"' in page and "An earlier version. 2020." in page and "7 studies in 9 reports" in page
    assert 'href="#earlier-version"' in page


def test_a_new_review_has_no_such_boxes() -> None:
    review = open_review("b12-ms", ROOT)
    assert "earlier version" not in flow_figure(review).svg
    assert "earlier-version" not in str(flow_section(review))
