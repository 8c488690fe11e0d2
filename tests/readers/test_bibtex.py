"""BibTeX and BibLaTeX: macros, inheritance, LaTeX, and the damages that other parsers pass over in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewkit.model import ReadResult
from reviewkit.readers import read, read_bytes

IMPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "imports"
NEXT = "\n@article{next,\n  title = {The next},\n  year = {2002},\n}\n"


def parse(text: str) -> ReadResult:
    return read_bytes(text.encode("utf-8"))


def told(result: ReadResult) -> str:
    return "; ".join(repair.message for repair in result.repairs)


def test_macros_are_joined_and_undefined_ones_named() -> None:
    result = parse(
        '@string{j = "Journal"}\n@string(k:x = j # { of X})\n'
        '@article(a, title = {A} # " b" # { c}, journal = k:x, author = NOBODY, month = may, year = 1999)\n'
    )
    (record,) = result.records
    assert (record.title, record.journal, record.year) == ("A b c", "Journal of X", 1999)
    assert record.authors[0].family == "NOBODY" and record.extra["month"] == "May"


def test_a_missing_comma_is_told_and_costs_no_field() -> None:
    result = parse("@article{a,\n  title = {A}\n  author = {Vane, Ann},\n  year = 1999\n}\n")
    (record,) = result.records
    assert (record.title, record.authors[0].family, record.year) == ("A", "Vane", 1999)
    assert "comma after field 'title'" in told(result)


def test_a_field_name_with_a_space_is_told() -> None:
    (record,) = parse("@article{a,\n  title = {A},\n  key words = {x, y},\n  year = {1999},\n}\n").records
    assert record.extra["key words"] == "x, y" and record.year == 1999


def test_a_missing_at_is_told() -> None:
    result = parse("@article{a,\n title={A}\n}\n\narticle{b,\n  title = {B},\n}\n" + NEXT)
    assert [record.title for record in result.records] == ["A", "B", "The next"] and "@ before article" in told(result)


@pytest.mark.parametrize(
    "damaged",
    [
        "@article{a,\n  title = {No end,\n  year = {2001},\n}\n",
        '@article{a,\n  title = "No end,\n  year = {2001},\n}\n',
        "@article{a,\n  title = {Two ends}},\n  year = {2001},\n}\n",
        "@article{a,\n  title {No sign},\n  year = {2001},\n}\n",
        "@article{a,\n  title = ,\n  = {2001},\n}\n",
        "@article{a,\n  title = {Cut in the mid",
    ],
)
def test_a_damaged_entry_is_rejected_with_its_key_and_the_next_is_read(damaged: str) -> None:
    result = parse("@article{first,\n  title = {The first},\n}\n\n" + damaged + "\n" + NEXT)
    assert [record.key for record in result.records] == ["first", "next"]
    (rejected,) = result.rejected
    assert (rejected.key, rejected.origin.line) == ("a", 5) and rejected.reason


def test_an_entry_without_its_last_brace_is_mended() -> None:
    result = parse("@article{a,\n  title = {A},\n  year = {2001},\n" + NEXT)
    assert [record.year for record in result.records] == [2001, 2002] and "closing brace" in told(result)


def test_keys_and_fields_that_stand_twice_are_kept() -> None:
    result = parse(
        "@article{a, title={One}, note={x}, note={y}}\n@article{a, title={Two}}\n@article{a-2, title={Three}}\n"
    )
    assert [record.key for record in result.records] == ["a", "a-3", "a-2"]
    assert result.records[0].extra["note"] == "x" and result.records[0].extra["note_2"] == "y"
    assert "used twice" in told(result) and "stands twice" in told(result)


def test_crossref_and_xdata_are_inherited() -> None:
    result = parse(
        "@incollection{c, title={Chapter}, crossref={b}, xdata={x}}\n"
        "@book{b, title={Book}, editor={Oss, K}, date={2001-05}}\n"
        "@xdata{x, publisher={P}, title={ignored}}\n@misc{loop, title={L}, crossref={loop}}\n"
    )
    chapter = result.records[0]
    assert (chapter.title, chapter.journal, chapter.year) == ("Chapter", "Book", 2001)
    assert chapter.extra["publisher"] == "P" and chapter.record_type == "chapter" and result.format == "biblatex"


def test_comments_preambles_and_percent_signs_are_no_entries() -> None:
    result = parse(
        "% Encoding: UTF-8\n@comment{jabref-meta: databaseType:bibtex;}\n@comment{@article{no, title={No}}}\n"
        '@preamble{"\\newcommand{\\x}{@article{no,}}"}\nfree text @ home\n'
        "@article{a,\n  % a remark = {no},\n  title = {50% @home {of} it},\n}\n"
    )
    (record,) = result.records
    assert record.title == "50% @home of it" and not result.rejected


def test_names() -> None:
    (record,) = parse(
        r"@book{a, title={A}, author={{World Health Organization} and de la Vall{\'e}e Poussin, Charles and "
        r"Ludwig van Beethoven and King, Jr., Martin Luther and family=Oss, given=Karl and others}}"
    ).records
    assert [str(author) for author in record.authors] == [
        "World Health Organization",
        "de la Vallée Poussin, Charles",
        "van Beethoven, Ludwig",
        "King, Martin Luther Jr.",
        "Oss, Karl",
    ]


def test_a_declared_encoding_is_used_where_utf8_fails() -> None:
    result = read_bytes("% Encoding: MacRoman\n@article{a, title={Café}}\n".encode("mac_roman"))
    assert result.records[0].title == "Café" and result.encoding == "mac-roman" and "as the file says" in told(result)


@pytest.mark.skipif(not IMPORTS.is_dir(), reason="../shared/imports is not there")
def test_fields_are_those_of_bibtexparser_where_it_reads_an_entry() -> None:
    bibtexparser = pytest.importorskip("bibtexparser")
    path = IMPORTS / "zotero_1000.bib"
    theirs = bibtexparser.parse_string(path.read_text(encoding="utf-8"), parse_stack=[]).entries_dict
    ours = read(path).records
    compared = 0
    for record in ours:
        entry = theirs.get(record.key)
        if entry is None or "abstract" not in entry.fields_dict:
            continue
        printed = re.sub(r"[{}\\\s]|^\"|\"$", "", str(entry["abstract"]))
        if "$" in printed or "\\" in str(entry["abstract"]) or "<" in printed or "&" in printed:
            continue
        compared += 1
        assert re.sub(r"\s", "", record.abstract) == printed.replace("\u00ad", "").replace("\ufeff", "")
    assert compared > 300
