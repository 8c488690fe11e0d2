"""Each database against a server that answers as its documentation says, whole and damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reviewkit.sources import DATABASES, Client, Database, Page, Plan, Query, ServiceError
from reviewkit.sources.lists import items
from tests.sources.services import (
    Answer,
    Crossref,
    Handler,
    OpenAlex,
    PubMed,
    article,
    clinicaltrials,
    europepmc,
    serving,
)

Connect = Callable[..., Client]
ODD = "Ünïcode \u2028 \U0001f9ec \"quoted\" \\ back"


def works(n: int) -> list[dict[str, Any]]:
    return [{"id": f"https://openalex.org/W{i}", "display_name": f"{ODD} {i}", "score": 1.0} for i in range(n)]


def results(n: int) -> list[dict[str, Any]]:
    return [{"id": str(i), "source": "MED", "title": f"{ODD} {i}"} for i in range(n)]


def studies(n: int) -> list[dict[str, Any]]:
    return [{"protocolSection": {"identificationModule": {"nctId": f"NCT{i:08d}", "briefTitle": ODD}}}
            for i in range(n)]


def deposits(n: int) -> list[dict[str, Any]]:
    return [{"DOI": f"10.1234/{i}", "title": [ODD]} for i in range(n)]


SERVICES: list[tuple[str, Callable[[int], list[dict[str, Any]]], Callable[[list[dict[str, Any]]], Handler]]] = [
    ("europepmc", results, europepmc), ("clinicaltrials", studies, clinicaltrials), ("openalex", works, OpenAlex),
    ("crossref", deposits, Crossref),
]


def collect(database: Database, client: Client, query: Query) -> tuple[Plan, list[Page]]:
    plan, pages = database.begin(client, query), []
    position = plan.position
    while position is not None:
        pages.append(database.page(client, query, plan, position))
        position = pages[-1].position
    return plan, pages


def entries(pages: list[Page]) -> list[str]:
    return [text for page in pages for _, text in page.entries]


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "make", "service"), SERVICES)
@pytest.mark.parametrize("n", [1, 499, 1000, 1203])
def test_every_page_is_fetched(
    connect: Connect, slug: str, make: Callable[[int], list[dict[str, Any]]],
    service: Callable[[list[dict[str, Any]]], Handler], n: int,
) -> None:
    database = DATABASES[slug]
    with serving(service(make(n))) as server, connect(database, server) as client:
        plan, pages = collect(database, client, Query("cobalamin AND “sclerosis”"))
        assert plan.hits == n and all(page.hits in (n, None) for page in pages)
        assert [json.loads(text) for text in entries(pages)] == make(n)
        assert not any("\n" in text or "\r" in text for text in entries(pages))
        identities = [identity for page in pages for identity, _ in page.entries]
        assert len(set(identities)) == n and "" not in identities
        assert "cobalamin AND “sclerosis”" in server.requests[-1].parameters.values()


@pytest.mark.parametrize(("slug", "make", "service"), SERVICES)
def test_nothing_found(connect: Connect, slug: str, make: Any, service: Any) -> None:
    database = DATABASES[slug]
    with serving(service([])) as server, connect(database, server) as client:
        plan, pages = collect(database, client, Query("x"))
        assert (plan.hits, pages, len(server.requests)) == (0, [], 1)


@pytest.mark.parametrize("slug", ["europepmc", "clinicaltrials", "openalex", "crossref"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><body>Down for maintenance</body></html>", "a web page instead of JSON"),
        ('{"meta": {"count": 3', "not JSON, or was cut"),
        ("[]", "no JSON object"),
        ("{}", "the answer has no"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
        ("", "not JSON"),
    ],
    ids=["html", "cut", "list", "empty-object", "bytes", "deep", "empty"],
)
def test_what_is_no_answer_is_said_and_bounded(connect: Connect, slug: str, body: bytes | str, said: str) -> None:
    database = DATABASES[slug]
    with serving(lambda request: Answer(body)) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match=said):
            database.begin(client, Query("x"))
        assert 1 < len(server.requests) <= 6


@pytest.mark.parametrize(("slug", "make", "service"), SERVICES)
def test_an_error_page_in_the_middle_is_asked_again(connect: Connect, slug: str, make: Any, service: Any) -> None:
    database = DATABASES[slug]
    with serving(service(make(700))) as server, connect(database, server) as client:
        plan = database.begin(client, Query("x"))
        server.faults = [Answer("<html>proxy error</html>"), Answer('{"results": [', cut=5), Answer("", 502)]
        first = database.page(client, Query("x"), plan, str(plan.position))
        assert [json.loads(text) for text in entries([first])] == make(700)[: len(first.entries)]


def test_europe_pmc_ends_in_both_ways(connect: Connect) -> None:
    database = DATABASES["europepmc"]
    for echo in (False, True):
        with serving(europepmc(results(1000), echo=echo)) as server, connect(database, server) as client:
            _, pages = collect(database, client, Query("x"))
            assert len(entries(pages)) == 1000 and len(server.requests) <= 4


def test_europe_pmc_says_why_a_query_cannot_be_run(connect: Connect) -> None:
    database = DATABASES["europepmc"]
    said = Answer('{"version": "6.9", "errCode": 404, "errMsg": "Invalid query: ("}')
    with serving(lambda request: said) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match="cannot run the query: Invalid query"):
            database.begin(client, Query("("))
        assert len(server.requests) == 1


def test_further_parameters_are_sent(connect: Connect) -> None:
    database = DATABASES["clinicaltrials"]
    with serving(clinicaltrials(studies(2))) as server, connect(database, server) as client:
        collect(database, client, Query("", {"query.cond": "multiple sclerosis"}))
        assert all(request.parameters["query.cond"] == "multiple sclerosis" for request in server.requests)
        assert all("query.term" not in request.parameters for request in server.requests)


def test_an_element_keeps_every_character() -> None:
    text = '{ "x": [1], "a": {"b": [ {"n": 1.50, "e": "\\u00e9\\ud83e", "big": 12345678901234567890},\n\t[ ] , "s" ]}}'
    assert items(text, "a", "b") == ['{"n": 1.50, "e": "\\u00e9\\ud83e", "big": 12345678901234567890}', "[ ]", '"s"']
    assert items('{"a": {}}', "a", "b") == items('{"a": 3}', "a") == items("{}", "a") == []
    assert items('{"a": [1], "a": [2]}', "a") == ["2"]


# --- PubMed ------------------------------------------------------------------------------------------------------


def pubmed(n: int, **choices: Any) -> PubMed:
    return PubMed({7 * i + 1: article(7 * i + 1) for i in range(n)}, **choices)


@pytest.mark.parametrize("n", [1, 200, 201, 603])
def test_articles_come_as_they_are(connect: Connect, n: int) -> None:
    database, service = DATABASES["pubmed"], pubmed(n)
    with serving(service) as server, connect(database, server, REVIEWKIT_EMAIL="a@example.org") as client:
        plan, pages = collect(database, client, Query("x"))
        assert plan.hits == n and plan.warnings == () and plan.translation == '"translated"[All Fields]'
        found = dict(entry for page in pages for entry in page.entries)
        assert found == {str(pmid): text for pmid, text in service.articles.items()}
        assert {request.method for request in server.requests} == {"POST"}
        assert all(request.parameters["tool"] == "reviewkit" and request.parameters["email"] == "a@example.org"
                   for request in server.requests)


@pytest.mark.parametrize(("n", "limit"), [(101, 100), (1000, 100), (1000, 37), (10, 1)])
def test_more_than_one_answer_holds_is_fetched_in_ranges(connect: Connect, n: int, limit: int) -> None:
    database = DATABASES["pubmed"]
    with serving(pubmed(n, limit=limit)) as server, connect(database, server) as client:
        plan = database.begin(client, Query("a OR b"))
        assert plan.hits == n and plan.warnings == ()
        assert sorted(map(int, plan.data["ids"])) == [7 * i + 1 for i in range(n)]
        assert all(request.parameters["term"].startswith("(a OR b) AND ") for request in server.requests[1:])
        assert len(server.requests) < 30 + 4 * n // limit + (4 * n if limit == 1 else 0) + 60


def test_ranges_that_are_not_understood_are_not_trusted(connect: Connect) -> None:
    """A service that ignores the range gives the same set for every part: the sum cannot be right."""
    database, service = DATABASES["pubmed"], pubmed(50, limit=10)

    def deaf(request: Any) -> Answer:
        request.parameters["term"] = request.parameters.get("term", "").split(" AND ")[0]
        return service(request)

    with serving(deaf) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match="for the one PMID"):
            database.begin(client, Query("a"))
        assert len(server.requests) < 40


def test_what_pubmed_did_not_find_is_said(connect: Connect) -> None:
    said = (
        "<ErrorList><PhraseNotFound>cobalamine[mh]</PhraseNotFound><FieldNotFound>xy</FieldNotFound></ErrorList>"
        "<WarningList><QuotedPhraseNotFound>\"pain of life\"</QuotedPhraseNotFound>"
        "<PhraseIgnored>of</PhraseIgnored><OutputMessage>No items found.</OutputMessage></WarningList>"
    )
    database = DATABASES["pubmed"]
    with serving(pubmed(3, said=said)) as server, connect(database, server) as client:
        assert database.begin(client, Query("x")).warnings == (
            "PubMed did not find the phrase: cobalamine[mh]", "PubMed does not know the field: xy",
            'PubMed did not find the quoted phrase: "pain of life"', "PubMed ignored: of",
        )


def test_an_article_that_is_not_given_is_named(connect: Connect) -> None:
    database, service = DATABASES["pubmed"], pubmed(5)
    with serving(service) as server, connect(database, server) as client:
        plan = database.begin(client, Query("x"))
        del service.articles[8]
        page = database.page(client, Query("x"), plan, "0")
        assert page.warnings == ("PubMed gave no article for PMID 8",) and len(page.entries) == 4


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html>\n<html><head><title>Error</title></head><br></html>", "a web page instead of XML"),
        ("<eSearchResult><Count>3</Count>", "not well-formed XML, or was cut"),
        ('{"error": "API rate limit exceeded"}', "not well-formed XML"),
        ("<Other/>", "<Other> instead of <eSearchResult>"),
        ("<eSearchResult><Count>many</Count></eSearchResult>", "no number of hits"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><eSearchResult><Count>&a;</Count></eSearchResult>', "defines XML entities"),
    ],
    ids=["html", "cut", "json", "other", "count", "entities"],
)
def test_what_is_no_xml_answer_is_said(connect: Connect, body: str, said: str) -> None:
    database = DATABASES["pubmed"]
    with serving(lambda request: Answer(body)) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match=said):
            database.begin(client, Query("x"))
        assert len(server.requests) <= 6


def test_a_query_that_cannot_be_run_is_said(connect: Connect) -> None:
    said = Answer("<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>")
    database = DATABASES["pubmed"]
    with serving(lambda request: said) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match="cannot run the query: Empty term"):
            database.begin(client, Query(""))
        assert len(server.requests) == 1


def test_a_cut_page_of_articles_is_asked_again(connect: Connect) -> None:
    database, service = DATABASES["pubmed"], pubmed(30)
    with serving(service) as server, connect(database, server) as client:
        plan = database.begin(client, Query("x"))
        whole = service(type(server.requests[0])("POST", "/efetch.fcgi", {"id": ",".join(plan.data["ids"])}, {}, ""))
        assert isinstance(whole.body, bytes)
        server.faults = [Answer(whole.body, cut=40), Answer(whole.body[:-60]), Answer(b"")]
        assert len(database.page(client, Query("x"), plan, "0").entries) == 30


def test_books_and_other_encodings(connect: Connect) -> None:
    book = ('<PubmedBookArticle><BookDocument><PMID Version="1">9</PMID><ArticleTitle>Écoute</ArticleTitle>'
            "</BookDocument></PubmedBookArticle>")
    service = PubMed({9: book, 5: article(5, "naïve")}, encoding="iso-8859-1")
    database = DATABASES["pubmed"]
    with serving(service) as server, connect(database, server) as client:
        _, pages = collect(database, client, Query("x"))
        assert entries(pages) == [book, article(5, "naïve")]


@pytest.mark.parametrize("slug", ["pubmed", "europepmc", "clinicaltrials", "openalex", "crossref"])
def test_a_stock_that_nobody_could_screen_is_not_fetched(connect: Connect, slug: str) -> None:
    many = 10**9

    def handler(request: Any) -> Answer:
        if slug == "pubmed":
            return Answer(f"<eSearchResult><Count>{many}</Count><IdList><Id>1</Id></IdList></eSearchResult>")
        return Answer(json.dumps({
            "hitCount": many, "resultList": {"result": []}, "totalCount": many, "studies": [{}], "results": [],
            "meta": {"count": many}, "message": {"total-results": many, "items": []},
        }))

    database = DATABASES[slug]
    with serving(handler) as server, connect(database, server) as client:
        with pytest.raises(ServiceError, match=r"states 1,000,000,000 hits; more than 500,000 are not fetched"):
            database.begin(client, Query("x"))
        assert len(server.requests) == 1
