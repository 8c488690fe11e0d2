"""The page printed by Chromium: tagged, titled, the same bytes; a clear word where there is no browser."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
import pytest
from pdfminer.pdftypes import resolve1

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.exports.pdf import write_pdf
from tests.publishing.conftest import QUESTION, ROOT


def test_a_question_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no-such"):
        write_pdf("no-such", ROOT, tmp_path / "x.pdf")


@pytest.mark.slow
def test_without_a_browser_the_error_names_the_way_out(
    reported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEWKIT_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReviewkitError, match=r"no Chromium was found .* Install Chromium"):
        write_pdf(QUESTION, reported, tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.e2e
@pytest.mark.slow
def test_the_pdf_is_tagged_titled_and_the_same_each_time(chromium: str, reported: Path, tmp_path: Path) -> None:
    paths = (tmp_path / "one.pdf", tmp_path / "two.pdf")
    for path in paths:
        write_pdf(QUESTION, reported, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with pdfplumber.open(paths[0]) as printed:
        assert printed.metadata["Title"].startswith("Demonstration review: ")
        assert printed.metadata["CreationDate"].startswith("D:2026")
        assert resolve1(printed.doc.catalog["MarkInfo"])["Marked"] is True
        assert "StructTreeRoot" in printed.doc.catalog and "Outlines" in printed.doc.catalog
        text = "".join(one.extract_text() for one in printed.pages[:3])
    assert "This is a demonstration" in text and "report.cite()" not in text
