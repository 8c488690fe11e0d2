"""A small stock of works, answered for as Crossref, OpenAlex and PubMed document it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.sources.services import Answer, PubMed, Request


@dataclass(frozen=True)
class Work:
    """One work of the stock; ``notices`` are the kinds of notice that Crossref has on it."""

    pmid: int
    title: str
    family: str
    year: int
    journal: str
    doi: str
    notices: tuple[str, ...] = ()

    def holds(self, words: list[str], most: float = 1.0) -> bool:
        """Whether the title holds at least that share of the words."""
        title = set(re.findall(r"\w+", self.title.lower()))
        return bool(words) and sum(word in title for word in words) >= most * len(words)


@dataclass
class Stock:
    """The three services over the same works."""

    works: list[Work] = field(default_factory=list)

    def crossref(self, request: Request) -> Answer:
        asked = request.parameters
        if not request.path.endswith("/works"):
            doi = request.path.rpartition("/works/")[2].lower()
            found = [work for work in self.works if work.doi == doi]
            if not found:
                return Answer("Resource not found.", 404)
            return Answer(json.dumps({"status": "ok", "message-type": "work", "message": _crossref(found[0])}))
        kind, _, value = asked.get("filter", "").partition(":")
        if kind == "doi":
            works = [work for work in self.works if work.doi == value.lower()]
        elif kind == "updates":
            works = []
        else:
            words = re.findall(r"\w{4,}", asked["query.bibliographic"].lower())
            works = [work for work in self.works if work.holds(words, 0.2)]
        page = [_crossref(work) for work in works[: int(asked["rows"])]]
        return Answer(json.dumps({"status": "ok", "message-type": "work-list",
                                  "message": {"total-results": 2_000_000 + len(works), "items": page}}))

    def openalex(self, request: Request) -> Answer:
        kind, _, value = request.parameters["filter"].partition(":")
        if kind == "doi":
            works = [work for work in self.works if work.doi == value.lower()]
        else:
            assert kind == "title.search" and "," not in value
            works = [work for work in self.works if work.holds(value.split())]
        page = [_openalex(work) for work in works[: int(request.parameters["per_page"])]]
        return Answer(json.dumps({"meta": {"count": len(works), "next_cursor": None}, "results": page}))

    def pubmed(self, request: Request) -> Answer:
        if request.path.endswith("esearch.fcgi"):
            term = request.parameters["term"]
            words = re.findall(r"(\w+)\[ti\]", term)
            doi = re.match(r'"(.+)"\[aid\]$', term)
            works = [work for work in self.works if work.holds(words) or (doi and work.doi == doi[1].lower())]
        else:
            works = self.works
        return PubMed({work.pmid: _pubmed(work) for work in works})(request)


def _crossref(work: Work) -> dict[str, Any]:
    notices = [{"type": kind, "DOI": f"10.1/n{n}", "updated": {"date-parts": [[2020, 1, 2]]}, "source": "publisher"}
               for n, kind in enumerate(work.notices)]
    return {"indexed": {}, "DOI": work.doi, "type": "journal-article", "title": [work.title],
            "author": [{"family": work.family, "given": "A. B."}], "container-title": [work.journal],
            "issued": {"date-parts": [[work.year]]}, **({"updated-by": notices} if notices else {})}


def _openalex(work: Work) -> dict[str, Any]:
    return {"id": f"https://openalex.org/W{work.pmid}", "doi": f"https://doi.org/{work.doi}", "title": work.title,
            "display_name": work.title, "publication_year": work.year, "type": "article",
            "authorships": [{"author": {"display_name": f"Ada B. {work.family}"}}],
            "primary_location": {"source": {"display_name": work.journal}}}


def _pubmed(work: Work) -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{work.pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>{work.year}</Year></PubDate></JournalIssue>"
        f"<Title>{work.journal}</Title></Journal><ArticleTitle>{work.title}</ArticleTitle>"
        f"<AuthorList><Author><LastName>{work.family}</LastName><ForeName>Ada</ForeName></Author></AuthorList>"
        f'<ELocationID EIdType="doi">{work.doi}</ELocationID></Article></MedlineCitation></PubmedArticle>')
