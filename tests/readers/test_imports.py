"""Every export in ../shared/imports: count of records, and title, year, author and DOI of the first and last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.readers import read

IMPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "imports"
pytestmark = pytest.mark.skipif(not IMPORTS.is_dir(), reason="../shared/imports is not there")
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((IMPORTS / "expected.json").read_text(encoding="utf-8")) if IMPORTS.is_dir() else {}
)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_export_is_read_right_on_every_field(name: str) -> None:
    expected = EXPECTED[name]
    result = read(IMPORTS / name)
    assert result.format == expected["format"]
    assert not result.rejected
    assert len(result.records) == result.entries == expected["records"]
    for record, wanted in ((result.records[0], expected["first"]), (result.records[-1], expected["last"])):
        assert record.title == " ".join((wanted["title"] or "").split())
        assert record.year == wanted["year"]
        assert record.doi == (wanted["doi"] or "").lower()
        family = record.authors[0].family if record.authors else None
        assert family == wanted["first_author_family"]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_record_knows_its_lines_and_keeps_its_text(name: str) -> None:
    result = read(IMPORTS / name)
    lines = (IMPORTS / name).read_text(encoding="utf-8-sig").split("\n")
    for number, record in enumerate(result.records, 1):
        origin = record.origin
        assert origin.file == name and origin.digest == result.digest and origin.entry == number
        assert 1 <= origin.line <= origin.line_end <= len(lines)
        if len(lines) < 9:
            continue  # all entries in one line
        stretch = "".join("".join(lines[origin.line - 1 : origin.line_end]).split())
        assert "".join(record.raw.split()) in stretch


@pytest.mark.slow
def test_bom_and_encoding_are_told() -> None:
    for name, expected in EXPECTED.items():
        result = read(IMPORTS / name)
        assert result.encoding == expected["encoding"]
        assert any("byte order mark" in repair.message for repair in result.repairs) == expected["bom"]
