"""PDFs of reports: inside their folder, PDFs only, nothing overwritten unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.lab.fulltext import FullTexts
from tests.browser.project import pdf


@pytest.fixture
def texts(tmp_path: Path) -> FullTexts:
    return FullTexts(tmp_path / "fulltext")


def test_attach_and_read_in_pieces(texts: FullTexts) -> None:
    content = pdf("Sleep")
    assert texts.size("haddad-1994") == 0
    texts.attach("haddad-1994", content)
    assert texts.size("haddad-1994") == len(content)
    pieces = [texts.piece("haddad-1994", start, 100) for start in range(0, len(content), 100)]
    assert b"".join(pieces) == content


def test_what_is_no_pdf_is_refused(texts: FullTexts) -> None:
    with pytest.raises(InputError, match="no PDF"):
        texts.attach("haddad-1994", b"<html><script>alert(1)</script>")
    texts.folder.mkdir()
    (texts.folder / "haddad-1994.pdf").write_bytes(b"<html>")
    with pytest.raises(InputError, match="no PDF"):
        texts.piece("haddad-1994", 0, 10)


def test_another_pdf_is_replaced_only_when_asked_and_the_old_one_stays(texts: FullTexts) -> None:
    texts.attach("haddad-1994", pdf("One"))
    texts.attach("haddad-1994", pdf("One"))
    with pytest.raises(InputError, match="another PDF is there"):
        texts.attach("haddad-1994", pdf("Two"))
    texts.attach("haddad-1994", pdf("Two"), replace=True)
    assert texts.piece("haddad-1994", 0, 10_000) == pdf("Two")
    (kept,) = texts.loose(frozenset({"haddad-1994"}))
    assert (texts.folder / kept).read_bytes() == pdf("One")


@pytest.mark.parametrize("report", ["../x", "/etc/passwd", "con", "A b", "", "x\0y", "x/../../y"])
def test_ids_that_lead_elsewhere(texts: FullTexts, report: str) -> None:
    with pytest.raises(InputError):
        texts.path(report)


def test_a_link_that_leads_out_is_refused(texts: FullTexts, tmp_path: Path) -> None:
    texts.folder.mkdir()
    (tmp_path / "secret.pdf").write_bytes(pdf("Secret"))
    (texts.folder / "haddad-1994.pdf").symlink_to(tmp_path / "secret.pdf")
    with pytest.raises(InputError, match="leads out"):
        texts.piece("haddad-1994", 0, 100)


def test_a_loose_pdf_gets_the_reports_name(texts: FullTexts) -> None:
    texts.folder.mkdir()
    (texts.folder / "Haddad 1994 final.PDF").write_bytes(pdf("Sleep"))
    assert texts.loose(frozenset({"haddad-1994"})) == ["Haddad 1994 final.PDF"]
    with pytest.raises(InputError, match="holds a path"):
        texts.adopt("haddad-1994", "../Haddad 1994 final.PDF")
    with pytest.raises(InputError, match="no PDF of this folder"):
        texts.adopt("haddad-1994", "gone.pdf")
    texts.adopt("haddad-1994", "Haddad 1994 final.PDF")
    assert texts.loose(frozenset({"haddad-1994"})) == []
    assert texts.size("haddad-1994") > 0
