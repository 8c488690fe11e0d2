"""One reference looked up in three services: few requests, what was found as it came, nothing but the title's words."""

from __future__ import annotations

import pytest

from reviewkit.readers import read_bytes
from reviewkit.sources import ServiceError
from reviewkit.sources.lookup import MOST, SERVICES, Service, Wanted, look_up
from tests.sources.conftest import Connect
from tests.sources.references import Stock, Work
from tests.sources.services import Answer, serving

CASE = Work(24294147, "Chiropractic care using a functional approach for cervical dystonia in a woman", "Bova", 2013,
            "Journal of Chiropractic Medicine", "10.1016/j.jcm.2013.06.004")
OTHER = Work(1, "Vitamin B12 in hospital staff", "Kara", 2001, "A Journal", "10.1/kara")
STOCK = Stock([CASE, OTHER])
ENGLISH = Wanted(CASE.title, "Bova JA", "2013", CASE.journal)


def handler(stock: Stock, service: Service) -> object:
    return getattr(stock, service.database.slug)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_work_is_found_by_its_title(service: Service, connect: Connect) -> None:
    with serving(handler(STOCK, service)) as server:  # type: ignore[arg-type]
        export = look_up(service, connect(service.database, server), ENGLISH)
    (record,) = read_bytes(export).records
    assert (record.title, record.year, record.journal, record.doi) == (CASE.title, 2013, CASE.journal, CASE.doi)
    assert record.authors[0].family == "Bova"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_doi_finds_the_work_that_it_names_and_each_work_stands_once(service: Service, connect: Connect) -> None:
    with serving(handler(STOCK, service)) as server:  # type: ignore[arg-type]
        client = connect(service.database, server)
        another = look_up(service, client, Wanted("Something else altogether about nothing", "Kara", doi=CASE.doi))
        both = look_up(service, client, Wanted(CASE.title, "Bova", doi=CASE.doi))
    assert [record.doi for record in read_bytes(another).records] == [CASE.doi]
    assert [record.doi for record in read_bytes(both).records] == [CASE.doi]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_nothing_found_is_nothing(service: Service, connect: Connect) -> None:
    with serving(handler(Stock(), service)) as server:  # type: ignore[arg-type]
        assert look_up(service, connect(service.database, server), ENGLISH) == b""


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_few_entries_are_asked_for_however_many_there_are(service: Service, connect: Connect) -> None:
    many = Stock([Work(n, CASE.title, "Bova", 2013, "J", f"10.1/{n}") for n in range(1, 40)])
    with serving(handler(many, service)) as server:  # type: ignore[arg-type]
        export = look_up(service, connect(service.database, server), ENGLISH)
        assert len(server.requests) <= 2
    assert len(read_bytes(export).records) == MOST


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_title_of_a_word_or_two_is_not_searched_for(service: Service, connect: Connect) -> None:
    """It would find half of the stock."""
    with serving(handler(STOCK, service)) as server:  # type: ignore[arg-type]
        assert look_up(service, connect(service.database, server), Wanted("The pain")) == b""
        assert not server.requests


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_marks_of_a_search_language_in_a_title_are_words_at_most(service: Service, connect: Connect) -> None:
    hostile = Wanted('chiropractic"[ti]) OR 1:9999[UID], care|dystonia: cervical & woman', "Bova")
    with serving(handler(STOCK, service)) as server:  # type: ignore[arg-type]
        look_up(service, connect(service.database, server), hostile)
        for request in server.requests:
            value = request.parameters.get("term") or request.parameters.get("filter") or ""
            assert "UID]" not in value and ")" not in value and "|" not in value and "," not in value


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_that_fails_says_so(service: Service, connect: Connect) -> None:
    with serving(lambda request: Answer("no", 500)) as server, pytest.raises(ServiceError, match=service.name):
        look_up(service, connect(service.database, server), ENGLISH)
