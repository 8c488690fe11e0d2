"""OpenAlex: searches by cursor, and citation chasing both ways.

Documented: at most 100 works on a page and 100 values joined by ``|`` in a filter; a key is wanted for anything but
a trial. The key goes into the Authorization header, so that it stands in no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reviewkit.sources.http import Access, BodyError, Client
from reviewkit.sources.lists import Database, Page, Plan, Query, bounded, counted, document, items

PAGE = 100
"""Works on one page, and values in one filter."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A report whose citations are followed, by what identifies it."""

    report: str
    doi: str = ""
    pmid: str = ""

    def __str__(self) -> str:
        return f"doi:{self.doi}" if self.doi else f"pmid:{self.pmid}"


def _headers(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.key}"} if client.key else {}


def _list(client: Client, parameters: dict[str, str]) -> tuple[str, int, str]:
    """The text of a list, the number of works in the whole list, and the next cursor."""
    def read(body: bytes) -> tuple[str, int, str]:
        text, found = document(body)
        meta = found.get("meta")
        if not isinstance(meta, dict) or not isinstance(found.get("results"), list):
            raise BodyError("the answer has no list of works")
        return text, counted(meta.get("count"), "meta.count"), str(meta.get("next_cursor") or "")

    return client.fetch("works", parameters, read, headers=_headers(client))


def _works(client: Client, parameters: dict[str, str], cursor: str, part: str = "") -> Page:
    text, hits, following = _list(client, {**parameters, "per_page": str(PAGE), "cursor": cursor})
    entries = tuple((_identity(item), item) for item in items(text, "results"))
    ends = not following or following == cursor or not entries
    return Page(entries, None if ends else following, hits, part)


def first(client: Client, parameters: dict[str, str], rows: int) -> tuple[str, ...]:
    """The first works of a list, by relevance, each as it stands in the answer."""
    text, _, _ = _list(client, {**parameters, "per_page": str(rows)})
    return tuple(items(text, "results"))


def _identity(item: str) -> str:
    return str(document(item.encode())[1].get("id") or "")


def _parameters(query: Query) -> dict[str, str]:
    return {**query.parameters, **({"search": query.text} if query.text else {})}


def begin(client: Client, query: Query) -> Plan:
    """How many works there are."""
    _, hits, _ = _list(client, {**_parameters(query), "per_page": "1"})
    return Plan(bounded(hits, "OpenAlex"), "*" if hits else None)


def page(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next works, each as it stands in the answer."""
    return _works(client, _parameters(query), position)


def chasing(seeds: Sequence[Seed], direction: str) -> Database:
    """Citation chasing from some seeds as a search of its own.

    Parameters
    ----------
    seeds : sequence of Seed
        Each with a DOI or a PMID.
    direction : {'backward', 'forward'}
        The works the seeds cite, or the works that cite them.
    """
    return Database(
        slug=f"citations-{direction}", platform="OpenAlex", format="openalex-json", suffix=".jsonl",
        access=ACCESS, begin=lambda client, query: _find_seeds(client, seeds, direction), page=_chased,
    )


def _find_seeds(client: Client, seeds: Sequence[Seed], direction: str) -> Plan:
    """Look up every seed, and write down the lists to fetch."""
    cited: dict[str, None] = {}
    works: list[str] = []
    lost: list[str] = []
    bare: list[str] = []
    for seed in seeds:
        found = _find(client, seed)
        if not found:
            lost.append(seed.report)
            continue
        works.append(_short(found.get("id")))
        references = [_short(work) for work in found.get("referenced_works") or ()]
        cited |= dict.fromkeys(filter(None, references))
        if not references:
            bare.append(seed.report)
    wanted = sorted(cited) if direction == "backward" else sorted(set(works))
    name = "openalex" if direction == "backward" else "cites"
    filters = [f"{name}:{'|'.join(wanted[i : i + PAGE])}" for i in range(0, len(wanted), PAGE)]
    warnings = [f"seed not found in OpenAlex: {report}" for report in lost]
    if direction == "backward":
        warnings += [f"OpenAlex lists no references of {report}" for report in bare]
    return Plan(len(wanted) if direction == "backward" else None, "0 *" if filters else None, tuple(warnings),
                data={"filters": filters, "lost": lost})


def _find(client: Client, seed: Seed) -> dict[str, Any]:
    """The work of a seed, or nothing where OpenAlex does not know it."""
    def read(body: bytes) -> dict[str, Any]:
        found = document(body)[1]
        if not _short(found.get("id")):
            raise BodyError("the answer is no work")
        return found

    nothing: dict[str, Any] = {}
    for kind, value in (("doi", seed.doi), ("pmid", seed.pmid)):
        if value:
            path = f"works/{kind}:{quote(value, safe='/:;()')}"
            asked = {"select": "id,referenced_works"}
            found = client.fetch(path, asked, read, headers=_headers(client), missing=nothing)
            if found:
                return found
    return {}


def _short(value: object) -> str:
    """``https://openalex.org/W123`` as ``W123``; nothing for anything else."""
    name = str(value or "").rsplit("/", 1)[-1]
    return name if name[:1] == "W" and name[1:].isdigit() else ""


def _chased(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next page of the lists written down; a position is the number of the list and its cursor."""
    place, _, cursor = position.partition(" ")
    filters = plan.data["filters"]
    found = _works(client, {"filter": filters[int(place)]}, cursor, place)
    following = f"{place} {found.position}" if found.position is not None else (
        f"{int(place) + 1} *" if int(place) + 1 < len(filters) else None)
    return Page(found.entries, following, found.hits, place)


ACCESS = Access("OpenAlex", "https://api.openalex.org", "REVIEWKIT_OPENALEX_URL", 0.1,
                ("OPENALEX_MAILTO", "REVIEWKIT_EMAIL"), ("OPENALEX_API_KEY",))

DATABASE = Database(
    slug="openalex", platform="OpenAlex API", format="openalex-json", suffix=".jsonl", access=ACCESS, begin=begin,
    page=page, parameters=("filter", "search.exact", "search.title", "search.title_and_abstract"),
)
