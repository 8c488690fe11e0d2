"""Europe PMC's RESTful search: pages by cursorMark, resultType=core, JSON.

The service ends a list by leaving nextCursorMark out (version 6.6 and later) or by repeating the cursor that was
sent (before); either ends it here.
"""

from __future__ import annotations

from reviewkit.sources.http import Access, BodyError, Client, ServiceError, plain
from reviewkit.sources.lists import Database, Page, Plan, Query, bounded, counted, document, items

PAGE = 500
"""Results on one page; the service allows 1,000."""


def _ask(client: Client, query: Query, cursor: str, size: int) -> tuple[str, int, str]:
    def read(body: bytes) -> tuple[str, int, str]:
        text, found = document(body)
        said = found.get("errMsg")
        if said:
            raise ServiceError(f"Europe PMC cannot run the query: {plain(str(said))}.", code="refused",
                               remedy="Try the query on the Europe PMC site, then mend it in searches.toml.")
        if not isinstance(found.get("resultList", {}), dict):
            raise BodyError("the answer has no list of results")
        return text, counted(found.get("hitCount"), "hitCount"), str(found.get("nextCursorMark") or "")

    parameters = {**query.parameters, "query": query.text, "format": "json", "resultType": "core",
                  "pageSize": str(size), "cursorMark": cursor}
    return client.fetch("search", parameters, read)


def begin(client: Client, query: Query) -> Plan:
    """How many results there are."""
    _, hits, _ = _ask(client, query, "*", 1)
    return Plan(bounded(hits, "Europe PMC"), "*" if hits else None)


def page(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next results, each as it stands in the answer."""
    text, hits, following = _ask(client, query, position, PAGE)
    entries = tuple((_identity(item), item) for item in items(text, "resultList", "result"))
    ends = not following or following == position or not entries
    return Page(entries, None if ends else following, hits)


def _identity(item: str) -> str:
    _, values = document(item.encode())
    return f"{values.get('source', '')}:{values.get('id', '')}"


DATABASE = Database(
    slug="europepmc", platform="Europe PMC RESTful Web Service", format="europepmc-json", suffix=".jsonl",
    access=Access("Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", "REVIEWKIT_EUROPEPMC_URL", 0.2),
    begin=begin, page=page, parameters=("synonym", "sort"),
)
