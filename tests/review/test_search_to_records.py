"""What each service gives can be imported: as many records as hits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reviewkit.review.records.importing import import_records
from tests.review.searched import HEAD, planned, run, write
from tests.sources.services import Crossref, Handler, OpenAlex, PubMed, article, clinicaltrials, europepmc, serving

N = 30
TITLES = [f"Cobalamin in people, part {'abcdefghijklmnopqrstuvwxyzäöüß'[i]}: \u2028 “dose” {i}" for i in range(N)]


def _europepmc() -> list[dict[str, Any]]:
    return [{"id": str(1000 + i), "source": "MED", "pmid": str(1000 + i), "doi": f"10.1234/e{i}", "title": title,
             "authorString": "Vane A, Ödman B.", "pubYear": "2001", "abstractText": f"Text {i}."}
            for i, title in enumerate(TITLES)]


def _clinicaltrials() -> list[dict[str, Any]]:
    return [{"protocolSection": {"identificationModule": {"nctId": f"NCT{i:08d}", "briefTitle": title},
                                 "statusModule": {"startDateStruct": {"date": "2001-05"}}}, "hasResults": False}
            for i, title in enumerate(TITLES)]


def _openalex() -> list[dict[str, Any]]:
    return [{"id": f"https://openalex.org/W{i + 1}", "doi": f"https://doi.org/10.1234/o{i}", "title": title,
             "display_name": title, "publication_year": 2001, "type": "article", "ids": {},
             "authorships": [{"author": {"display_name": "Ann Vane"}}], "referenced_works": []}
            for i, title in enumerate(TITLES)]


def _crossref() -> list[dict[str, Any]]:
    return [{"DOI": f"10.1234/c{i}", "title": [title], "type": "journal-article", "container-title": ["J"],
             "author": [{"family": "Vane", "given": "Ann"}], "issued": {"date-parts": [[2001]]}}
            for i, title in enumerate(TITLES)]


SERVICES: list[tuple[str, Handler]] = [
    ("PubMed", PubMed({i + 1: article(i + 1, title.replace("\u2028", "")) for i, title in enumerate(TITLES)})),
    ("Europe PMC", europepmc(_europepmc())), ("ClinicalTrials.gov", clinicaltrials(_clinicaltrials())),
    ("OpenAlex", OpenAlex(_openalex())), ("Crossref", Crossref(_crossref())),
]


@pytest.mark.parametrize(("source", "service"), SERVICES, ids=[source for source, _ in SERVICES])
def test_as_many_records_as_hits(started: Path, source: str, service: Handler) -> None:
    if source != "PubMed":
        pytest.importorskip("reviewkit.readers.services", reason="no reader of the services' JSON lines here")
    write(started, HEAD + planned(source, "cobalamin"))
    with serving(service) as server:
        (done,) = run(started, server)
    assert (done.hits, done.stored, done.warnings) == (N, N, ())
    assert import_records("q", started).records == N
