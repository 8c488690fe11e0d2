"""The damaged files of ../shared/evidence/exports: each damage told with its line, nothing else lost."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from reviewkit.model import ReadResult
from reviewkit.readers import read

EXPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "evidence" / "exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="../shared/evidence/exports is not there")
ROWS: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
if EXPORTS.is_dir():
    with (EXPORTS / "key.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            ROWS[row["question"], row["file"]].append(row)


@pytest.mark.parametrize("question,name", sorted(ROWS))
def test_every_record_is_there_or_rejected_with_its_line(question: str, name: str) -> None:
    rows = ROWS[question, name]
    path = EXPORTS / question / name
    result = read(path)
    assert result.entries == len(rows) == len(result.records) + len(result.rejected)
    done = sorted([*result.records, *result.rejected], key=lambda one: one.origin.line)
    for row, one in zip(rows, done, strict=True):
        lost_its_key = row["damage"] == "cut" or one.key.startswith(f"{_before(rows, row)}-")
        assert one.key == row["export_key"] or lost_its_key, row
    damaged = {row["export_key"] for row in rows if row["damage"] == "brace"}
    assert {one.key for one in result.rejected} == damaged


def _before(rows: list[dict[str, str]], row: dict[str, str]) -> str:
    place = rows.index(row)
    return rows[place - 1]["export_key"] if place else ""


def _told(result: ReadResult, *words: str) -> list[int]:
    return [repair.line for repair in result.repairs if all(word in repair.message for word in words)]


def test_missing_brace_rejects_that_entry_only() -> None:
    result = read(EXPORTS / "massage-ms" / "massage-ms-1.bib")
    (rejected,) = result.rejected
    assert (rejected.key, rejected.origin.line) == ("MAS-0005", 42)
    assert "title" in rejected.reason and "never closed" in rejected.reason
    assert result.records[4].key == "MAS-0006" and result.records[4].origin.line == rejected.origin.line_end + 2


def test_missing_er_starts_a_new_record_and_is_told() -> None:
    result = read(EXPORTS / "acupuncture-ms" / "acupuncture-ms-2.ris")
    assert _told(result, "no ER line") == [53]
    result = read(EXPORTS / "upper-cervical-neck-pain" / "upper-cervical-neck-pain-2.ris")
    assert len(_told(result, "no ER line", "ends with the file")) == 1


def test_cut_file_keeps_the_last_record_as_incomplete() -> None:
    result = read(EXPORTS / "acupuncture-ms" / "acupuncture-ms-3.nbib")
    assert result.records[-1].pmid == "22132755" and result.records[-1].abstract.startswith("26 people")
    assert _told(result, "incomplete") == [result.records[-1].origin.line]


def test_latin1_is_said() -> None:
    for question, name in (("b12-ms", "b12-ms-2.ris"), ("upper-cervical-headache", "upper-cervical-headache-1.bib")):
        result = read(EXPORTS / question / name)
        assert result.encoding == "iso-8859-1" and _told(result, "ISO-8859-1")
    result = read(EXPORTS / "upper-cervical-neck-pain" / "upper-cervical-neck-pain-4.csv")
    assert result.encoding == "iso-8859-1" and _told(result, "separated by ';'")


def test_same_citation_key_twice_keeps_both() -> None:
    result = read(EXPORTS / "b12-ms" / "b12-ms-1.bib")
    first, second = (record for record in result.records if record.key.startswith("B12-0005"))
    assert (first.year, second.year) == (1996, 1992) and first.key != second.key
    assert _told(result, "used twice") == [second.origin.line]


def test_byte_order_mark_does_not_hide_the_first_column() -> None:
    result = read(EXPORTS / "massage-ms" / "massage-ms-4.csv")
    assert result.records[0].key == "MAS-0081" and _told(result, "byte order mark")


def test_stray_quote_is_mended_or_rejected_with_its_line() -> None:
    result = read(EXPORTS / "upper-cervical-low-back-pain" / "upper-cervical-low-back-pain-4.csv")
    record = next(record for record in result.records if record.key == "UCL-0056")
    assert (record.year, record.doi, record.pages) == (2018, "10.3233/bmr-171016", "1025-1034")
    assert record.title.endswith("A randomized controlled trial") and _told(result, "quotation mark") == [8]


def test_one_space_before_the_hyphen_is_read_and_told() -> None:
    result = read(EXPORTS / "upper-cervical-low-back-pain" / "upper-cervical-low-back-pain-2.ris")
    record = next(record for record in result.records if record.key == "UCL-0028")
    assert record.doi and record.abstract and len(record.authors) > 3
    assert _told(result, "space", "hyphen")
