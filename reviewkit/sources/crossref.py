"""Crossref's REST API: searches by cursor, and the notices that update a work.

Documented: a cursor lives five minutes; a list ends with an empty or short page; an e-mail address in the agent
header gives the polite pool, whose limit is higher; ``updated-by`` of a work and ``update-to`` of a notice say what
was retracted or corrected, from publishers and from Retraction Watch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reviewkit.sources.http import Access, BodyError, Client
from reviewkit.sources.lists import Database, Page, Plan, Query, bounded, counted, document, items

PAGE = 200
"""Works on one page; the service allows 1,000."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that updates a work: its kind as printed, its DOI, its day (ISO, as far as known), who says so."""

    kind: str
    doi: str
    date: str
    source: str


def _headers(client: Client) -> dict[str, str]:
    return {"Crossref-Plus-API-Token": f"Bearer {client.key}"} if client.key else {}


def _list(client: Client, parameters: dict[str, str]) -> tuple[str, int, dict[str, Any]]:
    """The text of a list, the number of works in the whole list, and its values."""
    def read(body: bytes) -> tuple[str, int, dict[str, Any]]:
        text, found = document(body)
        message = found.get("message")
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise BodyError("the answer has no list of works")
        return text, counted(message.get("total-results"), "total-results"), message

    return client.fetch("works", parameters, read, headers=_headers(client))


def _parameters(query: Query) -> dict[str, str]:
    return {**query.parameters, **({"query": query.text} if query.text else {})}


def begin(client: Client, query: Query) -> Plan:
    """How many works there are."""
    _, hits, _ = _list(client, {**_parameters(query), "rows": "0"})
    return Plan(bounded(hits, "Crossref"), "*" if hits else None)


def page(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next works, each as it stands in the answer."""
    text, hits, message = _list(client, {**_parameters(query), "rows": str(PAGE), "cursor": position})
    entries = tuple((_identity(item), item) for item in items(text, "message", "items"))
    # The cursor may stay the same from page to page: only an empty or short page ends the list.
    following = str(message.get("next-cursor") or "")
    ends = not following or len(entries) < PAGE
    return Page(entries, None if ends else following, hits)


def first(client: Client, parameters: dict[str, str], rows: int) -> tuple[str, ...]:
    """The first works of a list, by relevance, each as it stands in the answer."""
    text, _, _ = _list(client, {**parameters, "rows": str(rows)})
    return tuple(items(text, "message", "items"))


def _identity(item: str) -> str:
    return str(document(item.encode())[1].get("DOI") or "").lower()


def notices(client: Client, doi: str) -> tuple[Notice, ...] | None:
    """What updates a work; None where Crossref does not know the DOI.

    Raises
    ------
    ServiceError
        If Crossref cannot be reached or gives no usable answer.
    """
    def read(body: bytes) -> dict[str, Any]:
        message = document(body)[1].get("message")
        if not isinstance(message, dict) or not message.get("DOI"):
            raise BodyError("the answer is no work")
        return message

    unknown: dict[str, Any] = {}
    work = client.fetch(f"works/{quote(doi, safe='')}", {}, read, headers=_headers(client), missing=unknown)
    if not work:
        return None
    found = [_notice(item, item.get("DOI")) for item in _dicts(work.get("updated-by"))]
    if not found and "," not in doi:
        # Notices deposited before works named them: the notice names the work instead. A comma parts filters.
        _, _, message = _list(client, {"filter": f"updates:{doi}", "rows": "100"})
        for notice in _dicts(message.get("items")):
            for update in _dicts(notice.get("update-to")):
                if str(update.get("DOI", "")).lower() == doi.lower():
                    found.append(_notice(update, notice.get("DOI")))
    return tuple(dict.fromkeys(found))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _notice(update: dict[str, Any], doi: object) -> Notice:
    return Notice(str(update.get("type") or update.get("label") or "update"), str(doi or "").lower(),
                  _day(update.get("updated")), str(update.get("source") or "publisher"))


def _day(value: object) -> str:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [part for part in first if isinstance(part, int)]
    return "-".join([f"{numbers[0]:04d}", *(f"{n:02d}" for n in numbers[1:3])]) if numbers else ""


DATABASE = Database(
    slug="crossref", platform="Crossref REST API", format="crossref-json", suffix=".jsonl",
    access=Access("Crossref", "https://api.crossref.org", "REVIEWKIT_CROSSREF_URL", 1.0,
                  ("CROSSREF_MAILTO", "REVIEWKIT_EMAIL"), ("CROSSREF_PLUS_TOKEN",), 0.34, "email"),
    begin=begin, page=page, patience=300,
    parameters=("filter", "query.bibliographic", "query.title", "query.author", "query.container-title"),
)
