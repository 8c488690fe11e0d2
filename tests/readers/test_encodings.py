"""Encodings are decided before anything is parsed, and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.readers import read, read_bytes

TEXT = "TY  - JOUR\nTI  - Größe und Maß – naïve Ärzte\nAU  - Çelik, Ömer\nER  - \n"
LATIN = TEXT.replace("–", "-")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "codec,encoding,text",
    [
        ("utf-8", "utf-8", TEXT),
        ("utf-8-sig", "utf-8", TEXT),
        ("utf-16", "utf-16", TEXT),
        ("utf-16-le", "utf-16-le", TEXT),
        ("utf-16-be", "utf-16-be", TEXT),
        ("utf-32", "utf-32", TEXT),
        ("cp1252", "cp1252", TEXT),
        ("iso-8859-1", "iso-8859-1", LATIN),
    ],
)
def test_encoding_is_decided_and_said(codec: str, encoding: str, text: str, newline: str) -> None:
    result = read_bytes(text.replace("\n", newline).encode(codec))
    (record,) = result.records
    assert record.title == text.split("\n")[1][6:] and record.authors[0].family == "Çelik"
    assert result.encoding == encoding
    assert (not result.repairs) == (codec == "utf-8")


@pytest.mark.parametrize(
    "codec,title,family",
    [
        ("cp1256", "بررسي اثر تمرين بر بيماران مبتلا به سرطان", "احمدي"),
        ("cp1251", "Влияние ходьбы на больных рассеянным склерозом", "Иванов"),
        ("gb18030", "针灸治疗多发性硬化的随机对照试验", "王"),
    ],
)
def test_other_scripts_are_known_by_their_letters(codec: str, title: str, family: str) -> None:
    result = read_bytes(f"TY  - JOUR\nTI  - {title}\nAU  - {family}, A.\nPY  - 2011\nER  - \n".encode(codec))
    (record,) = result.records
    assert (record.title, record.authors[0].family, result.encoding) == (title, family, codec)
    assert codec.upper() in result.repairs[0].message


@pytest.mark.parametrize("word", ["Müller", "Øîë", "façade à la crème brûlée", "señor ñandú"])
def test_accented_latin_letters_are_no_other_script(word: str) -> None:
    result = read_bytes(f"TY  - JOUR\nTI  - {word} {word} and more\nER  - \n".encode("iso-8859-1"))
    assert result.records[0].title == f"{word} {word} and more"


def test_a_few_stray_bytes_do_not_spoil_the_rest() -> None:
    data = (TEXT * 3).encode() + b"TY  - JOUR\nTI  - Caf\xe9 \x96 bar\nER  - \n"
    result = read_bytes(data)
    assert [record.title for record in result.records] == ["Größe und Maß – naïve Ärzte"] * 3 + ["Café – bar"]
    assert "2 bytes are not UTF-8 (first in line 14)" in result.repairs[0].message


def test_a_character_cut_in_two_at_the_end_is_told() -> None:
    result = read_bytes((TEXT + "TY  - JOUR\nTI  - Ä b ü").encode()[:-1])
    assert result.entries == 2 and result.encoding == "utf-8" and result.records[0].title.startswith("Größe")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.ris").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 50)
    for name in ("empty.ris", "noise.bin", "missing.ris", "."):
        with pytest.raises(InputError) as caught:
            read(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_the_name_of_a_file_plays_no_part(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TEXT, encoding="utf-8")
    assert read(tmp_path / "x.csv").format == "ris"
