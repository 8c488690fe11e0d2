"""Tables proposed from small PDFs made by hand: ruled, unruled, none, damaged, locked; and the command."""

from __future__ import annotations

import builtins
import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reviewkit.cli.extract import extract_command
from reviewkit.errors import InputError
from reviewkit.readers.pdf_tables import tables

pytest.importorskip("pdfplumber", reason="the optional extra pdf is not installed")
CELLS = (("Group", "n", "Mean (SD)"), ("Massage", "24", "4.1 (1.2)"), ("Usual care", "25", "5.3 (1.4)"))
LEFTS, WIDTH, HEIGHT = (72, 200, 300), 420, 20


def pdf(*pages: str, trailer: str = "", extra: str = "") -> bytes:
    """A PDF of text pages; ``trailer`` and ``extra`` add entries and objects."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for i, content in enumerate(pages):
        objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
                       f"/Contents {5 + 2 * i} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects += [extra] if extra else []
    out, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def word(left: float, bottom: float, text: str) -> str:
    escaped = text.replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 10 Tf {left} {bottom} Td ({escaped}) Tj ET"


def page(*, ruled: bool) -> str:
    parts = [word(72, 780, "Results of the trial are given below.")]
    for i, row in enumerate(CELLS):
        parts += [word(left, 700 - HEIGHT * i, text) for left, text in zip(LEFTS, row, strict=True)]
    if ruled:
        top, low = 715, 715 - HEIGHT * len(CELLS)
        parts += [f"{x} {low} m {x} {top} l S" for x in (*(left - 4 for left in LEFTS), WIDTH)]
        parts += [f"{LEFTS[0] - 4} {top - HEIGHT * i} m {WIDTH} {top - HEIGHT * i} l S" for i in range(len(CELLS) + 1)]
    return "\n".join(parts)


PROSE = "\n".join(word(72, 780 - 14 * i, "People were asked how they slept, and what they thought of it.")
                  for i in range(12))


def written(folder: Path, content: bytes) -> Path:
    file = folder / "paper.pdf"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_is_proposed_as_printed(ruled: bool, tmp_path: Path) -> None:
    (found,) = tables(written(tmp_path, pdf(PROSE, page(ruled=ruled))))
    assert (found.page, found.number, found.rows) == (2, 1, CELLS)


def test_prose_is_no_table(tmp_path: Path) -> None:
    assert tables(written(tmp_path, pdf(PROSE))) == ()


def test_only_the_pages_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, pdf(page(ruled=True), PROSE, page(ruled=False)))
    assert [found.page for found in tables(file)] == [1, 3]
    assert [found.page for found in tables(file, [3])] == [3]
    with pytest.raises(InputError, match="page 4 does not exist; the file has 3"):
        tables(file, [4])


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.4\n%%EOF\n", pdf(PROSE)[:200]])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        tables(written(tmp_path, content))
    assert caught.value.problems[0].code == "not-a-pdf"
    assert caught.value.problems[0].remedy


def test_a_locked_file_is_named(tmp_path: Path) -> None:
    key = hashlib.sha256(b"locked").hexdigest()
    lock = f"<< /Filter /Standard /V 1 /R 2 /Length 40 /O <{key}> /U <{key}> /P -4 >>"
    content = pdf(PROSE, trailer="/Encrypt 6 0 R /ID [<00> <00>]", extra=lock)
    with pytest.raises(InputError, match="password"):
        tables(written(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        tables(tmp_path / "none.pdf")


def test_without_pdfplumber_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("pdfplumber"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="needs pdfplumber") as caught:
        tables(written(tmp_path, pdf(PROSE)))
    assert "reviewkit[pdf]" in caught.value.problems[0].remedy


def test_the_command_proposes_and_writes(tmp_path: Path) -> None:
    file, out = written(tmp_path, pdf(page(ruled=True))), tmp_path / "proposed.csv"
    said = CliRunner().invoke(extract_command, ["pdf", str(file), "--page", "1", "--out", str(out)])
    assert said.exit_code == 0
    assert "Compare each with its page" in said.output
    rows = list(csv.reader(out.open(encoding="utf-8")))
    assert rows[0] == ["page", "table", "column_1", "column_2", "column_3"]
    assert rows[2] == ["1", "1", "Massage", "24", "4.1 (1.2)"]
    again = CliRunner().invoke(extract_command, ["pdf", str(file), "--out", str(out)])
    assert isinstance(again.exception, InputError)


def test_the_command_says_that_there_is_none(tmp_path: Path) -> None:
    file, out = written(tmp_path, pdf(PROSE)), tmp_path / "proposed.csv"
    said = CliRunner().invoke(extract_command, ["pdf", str(file), "--out", str(out), "--json"])
    assert said.exit_code == 3
    assert json.loads(said.output)["tables"] == []
    assert not out.exists()
