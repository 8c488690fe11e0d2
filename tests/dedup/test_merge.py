"""The merged record: the best of each field, where it came from, and nothing lost."""

from __future__ import annotations

import pytest

from reviewkit.dedup import merge_records
from reviewkit.errors import InputError
from reviewkit.model import Author, Origin, Record

PUBMED = Record(
    title="Copper and sheep: a trial.",
    authors=(Author("Moradi", "A"), Author("Nowak", "B")),
    year=2014,
    journal="J Imag Vet Med",
    pages="221-8",
    pmid="1234567",
    keywords=("Copper",),
    extra={"own": "1"},
    origin=Origin("a.nbib", 1, 20),
)
SCOPUS = Record(
    title="COPPER AND SHEEP: A TRIAL",
    authors=(Author("Moradi", "Aida"), Author("Nowak", "Bela")),
    year=2014,
    journal="Journal of Imagined Veterinary Medicine",
    pages="221-228",
    doi="10.1234/jivm.1",
    abstract="Sheep drank.",
    keywords=("Sheep", "Copper"),
    extra={"own": "2", "cited": "9"},
    origin=Origin("b.csv", 7, 7),
)
BROKEN = Record(
    title="Copper and sheep", year=2013, abstract="Sheep drank copper for a year.", origin=Origin("c.ris", 3, 9)
)


def test_best_of_each_field_with_its_origin() -> None:
    merged = merge_records([PUBMED, SCOPUS, BROKEN])
    record = merged.record
    assert record.title == "Copper and sheep: a trial."
    assert [author.given for author in record.authors] == ["Aida", "Bela"]
    assert (record.year, record.pages, record.doi, record.pmid) == (2014, "221-228", "10.1234/jivm.1", "1234567")
    assert record.journal == "Journal of Imagined Veterinary Medicine"
    assert record.abstract == "Sheep drank copper for a year."
    assert record.keywords == ("Copper", "Sheep")
    assert record.extra == {"own": "1", "cited": "9"}
    assert merged.chosen["doi"] == 1
    assert merged.chosen["pmid"] == 0
    assert merged.chosen["abstract"] == 2
    assert "volume" not in merged.chosen


def test_nothing_is_deleted() -> None:
    assert merge_records([PUBMED, SCOPUS, BROKEN]).sources == (PUBMED, SCOPUS, BROKEN)


def test_one_record_stays_itself() -> None:
    assert merge_records([PUBMED]).record == PUBMED


def test_merging_is_idempotent() -> None:
    merged = merge_records([PUBMED, SCOPUS, BROKEN]).record
    assert merge_records([merged, merged]).record == merged


def test_no_record_is_refused() -> None:
    with pytest.raises(InputError, match="No records"):
        merge_records([])
