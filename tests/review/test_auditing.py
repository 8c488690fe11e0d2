"""The citation audit: what was found, in words that claim no more than was looked at."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.review.claims.auditing import audit, read_citations

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


def test_the_words_claim_no_more_than_was_looked_at() -> None:
    """Not found is 'not found where we looked'; a work of the same author on something else is the nearest, no more."""
    found = {item.id: item for item in read_citations(ROOT)}
    status = {name: item.status for name, item in found.items()}
    assert status == {
        "C02": "found with different details", "C08": "found as cited", "C10": "not checked", "C12": "no citation",
        **dict.fromkeys(("C01", "C03", "C04", "C05", "C06", "C07", "C09", "C11"), "not found")}
    for item in found.values():
        assert not re.search(r"not exist|fabricat|invent|fake|made up", " ".join((item.said, item.why, item.nearest)))
        assert item.retraction == "not checked" and item.why
    assert "cannot be told" in found["C02"].why and "title" in found["C02"].differs
    assert "by the same author" in found["C03"].said
    assert "could not be read" in found["C10"].why and found["C10"].supports == "cannot tell"


def test_no_sentence_of_the_evidence_is_copied() -> None:
    evidence = ROOT / ".." / "shared" / "evidence" / "citation_audit.csv"
    if not evidence.exists():
        pytest.skip("the shared evidence is not here")
    with evidence.open(encoding="utf-8", newline="") as stream:
        rows = {row["citation_id"]: row for row in csv.DictReader(stream)}
    for item in read_citations(ROOT):
        source = rows[item.id]
        assert "; ".join(source["question"].split(";")) == item.question
        mine = runs(" | ".join((item.why, item.nearest)))
        assert not mine & runs(" | ".join((source["supports_the_sentence"], source["note"]))), item.id


def runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}


def changed(folder: Path, old: str, new: str) -> Path:
    (folder / "data").mkdir()
    text = (ROOT / "data" / "citations.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / "data" / "citations.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("old", "new", "said"), [
    (",not found,", ",invented,", r"citations.csv:2: status 'invented': must be one of"),
    (',no,"nothing was found', ',never,"nothing was found', r"citations.csv:2: supports 'never'"),
    (",,not checked\n", ",,perhaps\n", r"citations.csv:2: retraction 'perhaps'"),
    (",,not checked\n", ",yesterday,not checked\n", r"citations.csv:2: looked_on = 'yesterday' is no day"),
    ("title; year; condition; technique", "", r"citations.csv:3: differs = ''"),
    ("\nC02,", "\nC01,", r"citations.csv:3: id 'C01' stands on another line"),
    ("the page itself", "", r"citations.csv:13: where_looked is empty"),
])
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_citations(changed(tmp_path, old, new))


def test_no_file_is_no_audit(tmp_path: Path) -> None:
    assert read_citations(tmp_path) == ()
