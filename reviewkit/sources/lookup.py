"""One cited reference, looked up in Crossref, PubMed and OpenAlex: the few entries that each finds nearest.

By DOI where there is one, and always by title too: a page may give a DOI that belongs to another work. Crossref's
``query.bibliographic`` is made for whole references; PubMed and OpenAlex are asked for the words of the title.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewkit.sources import crossref, openalex, pubmed
from reviewkit.sources.http import Client
from reviewkit.sources.lists import Database, Query

MOST = 5
"""Entries asked for; the one that was meant stands at the head, or is not there."""
_WORD = re.compile(r"[^\W_]{3,}")
_STOP_WORDS = (
    "about after again all also among and another any are because been before being between both but can could does "
    "during each either for found from further had has have how however into its itself may might more most not "
    "our overall regarding several should show shown shows since some such than that the their them then there these "
    "they this those through upon use used using various very was were what when which while with within without would"
)
"""Words that PubMed leaves out of a search, so that none may be asked for."""
_LEFT_OUT = frozenset(_STOP_WORDS.split())
_LEAST_WORDS = 3
_WORDS = 14
"""Words of a title that are searched for: more make a search no sharper, and one misprint then hides the work."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reference as it is cited."""

    title: str
    author: str = ""
    year: str = ""
    journal: str = ""
    doi: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the title that a search can use."""
        found = (word for word in _WORD.findall(self.title.lower()) if word not in _LEFT_OUT)
        return tuple(dict.fromkeys(found))[:_WORDS]

    @property
    def has_title(self) -> bool:
        """Whether the title has words enough to find one work by."""
        return len(self.words) >= _LEAST_WORDS


@dataclass(frozen=True, slots=True)
class Service:
    """A database that references are looked up in, and how it is asked."""

    database: Database
    ask: Callable[[Client, Wanted], bytes]

    @property
    def name(self) -> str:
        """As people know it."""
        return self.database.name


def _of_crossref(client: Client, wanted: Wanted) -> bytes:
    found: list[str] = []
    if wanted.has_title:
        whole = " ".join(filter(None, (wanted.author, wanted.year, wanted.title, wanted.journal)))
        found += crossref.first(client, {"query.bibliographic": whole}, MOST)
    # A comma parts two filters, so a DOI that holds one is left to the title.
    if wanted.doi and "," not in wanted.doi:
        found += crossref.first(client, {"filter": f"doi:{wanted.doi}"}, 1)
    return _lines(found)


def _of_openalex(client: Client, wanted: Wanted) -> bytes:
    found: list[str] = []
    if wanted.has_title:
        found += openalex.first(client, {"filter": f"title.search:{' '.join(wanted.words)}"}, MOST)
    if wanted.doi and "," not in wanted.doi and "|" not in wanted.doi:
        found += openalex.first(client, {"filter": f"doi:{wanted.doi}"}, 1)
    return _lines(found)


def _of_pubmed(client: Client, wanted: Wanted) -> bytes:
    found: dict[str, str] = {}
    terms = [" AND ".join(f"{word}[ti]" for word in wanted.words)] if wanted.has_title else []
    terms += [f'"{wanted.doi}"[aid]'] if wanted.doi else []
    for term in terms:
        plan = pubmed.begin(client, Query(term))
        if plan.position is not None:
            few = replace(plan, data={"ids": list(plan.data["ids"])[:MOST]})
            found |= dict(pubmed.page(client, Query(term), few, plan.position).entries)
    if not found:
        return b""
    return f"{pubmed.DATABASE.head}{''.join(found.values())}{pubmed.DATABASE.foot}".encode()


def _lines(entries: list[str]) -> bytes:
    return "".join(f"{entry}\n" for entry in dict.fromkeys(entries)).encode()


SERVICES = (
    Service(crossref.DATABASE, _of_crossref), Service(pubmed.DATABASE, _of_pubmed),
    Service(openalex.DATABASE, _of_openalex),
)
"""In the order in which they are asked."""


def look_up(service: Service, client: Client, wanted: Wanted) -> bytes:
    """What a service finds nearest to a reference, as it came: an export that `reviewkit.readers` reads.

    Returns
    -------
    bytes
        Empty where the service finds nothing.

    Raises
    ------
    ServiceError
        If the service cannot be reached, refuses, or gives no usable answer.
    """
    return service.ask(client, wanted)
