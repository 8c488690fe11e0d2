"""The citation audit: what was found, in words that claim no more than was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.review.claims.auditing import audit

ROOT = Path(__file__).resolve().parents[2]


def test_each_reference_has_a_status_and_matches_by_doi_or_title() -> None:
    title = ("Chiropractic care using a functional neurologic approach for idiopathic cervical dystonia "
             "in a 59-year-old woman")
    found = {item.id: item for item in audit(ROOT, {
        "one": Record(title=title.upper()), "two": Record(doi="10.1016/J.SPINEE.2018.02.019"), "three": Record()})}
    assert len(found) == 12
    assert found["C08"].local == ("one",)
    assert found["C02"].local == ("two",)
    assert found["C01"].said.startswith("not found where we looked")
    assert all("not exist" not in item.said for item in found.values())


def test_a_wrong_status_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    text = (ROOT / "data" / "citations.csv").read_text(encoding="utf-8").replace("not found", "invented", 1)
    (tmp_path / "data" / "citations.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"data/citations.csv:2: .*invented"):
        audit(tmp_path, {})
