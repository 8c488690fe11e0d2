"""PubMed through NCBI's E-utilities: ESearch for the ids, EFetch for the articles as PubMed XML.

ESearch gives no more than the first 9,999 ids of a PubMed query (E-utilities in depth, NBK25499), so a larger set is
split by ranges of PMID, which are disjoint and cover everything; the parts must add up to the whole. The ids found
are kept in the plan, so a search that was interrupted fetches the set that was found and not what a history server
holds a day later. Everything is sent as POST, as NCBI asks for long requests: the key then stands in no address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from reviewkit.sources.http import Access, BodyError, Client, ServiceError, plain
from reviewkit.sources.lists import Database, Page, Plan, Query, bounded, counted

LIMIT = 9_999
"""Ids that ESearch gives of one query."""
PAGE = 200
"""Articles fetched at once."""
HIGHEST = 99_999_999
"""Above every PMID."""

_ENTRY = re.compile(
    r"<(?P<name>PubmedArticle|PubmedBookArticle)(?=[\s>]).*?</(?P=name)\s*>", re.DOTALL)
_PMID = re.compile(r"<PMID\b[^>]*>\s*(\d+)\s*</PMID>")
_DECLARED = re.compile(r"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


def _common(client: Client) -> dict[str, str]:
    found = {"db": "pubmed", "tool": "reviewkit"}
    if client.email:
        found["email"] = client.email
    if client.key:
        found["api_key"] = client.key
    return found


def begin(client: Client, query: Query) -> Plan:
    """Search, and gather every id.

    Raises
    ------
    ServiceError
        If PubMed cannot run the query or cannot be reached.
    """
    hits, first = _search(client, query, query.text)
    bounded(hits, "PubMed")
    warnings = _warnings(first)
    ids = _ids(first)
    if hits > len(ids):
        found: dict[str, None] = {}
        for part in _split(client, query, 1, HIGHEST):
            found |= dict.fromkeys(part)
        ids = list(found)
    if len(ids) != hits:
        warnings.append(f"PubMed counts {hits} records but gave {len(ids)} ids")
    translation = plain(first.findtext("QueryTranslation") or "", 100_000)
    return Plan(hits, "0" if ids else None, tuple(warnings), translation, {"ids": ids})


def _split(client: Client, query: Query, low: int, high: int) -> Iterable[list[str]]:
    """The ids of a query by ranges of PMID, newest first, each small enough for one answer."""
    term = f"({query.text}) AND {low}:{high}[UID]"
    count, found = _search(client, query, term)
    ids = _ids(found)
    if count <= len(ids):
        yield ids
    elif low >= high:
        raise ServiceError(f"PubMed gives {count} records for the one PMID {low}.", code="bad-answer",
                           remedy="Narrow the query, for example by years.")
    else:
        middle = (low + high) // 2
        yield from _split(client, query, middle + 1, high)
        yield from _split(client, query, low, middle)


def _search(client: Client, query: Query, term: str) -> tuple[int, Element]:
    parameters = {**_common(client), **query.parameters, "term": term, "retmode": "xml", "retstart": "0",
                  "retmax": str(LIMIT)}
    return client.fetch("esearch.fcgi", parameters, _found, post=True)


def _found(body: bytes) -> tuple[int, Element]:
    """The number of hits, and the whole answer."""
    found = _parse(body, "eSearchResult")
    said = found.findtext("ERROR")
    if said and found.find("Count") is None:
        raise ServiceError(f"PubMed cannot run the query: {plain(said)}.", code="refused",
                           remedy="Try the query on the PubMed site, then mend it in searches.toml.")
    return counted(found.findtext("Count"), "Count"), found


def _ids(found: Element) -> list[str]:
    return [text for item in found.iterfind("IdList/Id") if (text := (item.text or "").strip()).isdigit()]


def _warnings(found: Element) -> list[str]:
    """What PubMed says of phrases and fields it did not find, in its own words."""
    said = {
        "PhraseNotFound": "PubMed did not find the phrase",
        "FieldNotFound": "PubMed does not know the field",
        "QuotedPhraseNotFound": "PubMed did not find the quoted phrase",
        "PhraseIgnored": "PubMed ignored",
        "OutputMessage": "PubMed says",
    }
    warnings = []
    for kind, lead in said.items():
        for item in (*found.iterfind(f"ErrorList/{kind}"), *found.iterfind(f"WarningList/{kind}")):
            text = plain("".join(item.itertext()))
            # A set that is too large for one answer is fetched in parts, and an empty one has its count.
            if text and not re.search(r"start and count adjusted|no items found", text, re.I):
                warnings.append(f"{lead}: {text}")
    return warnings


def _parse(body: bytes, root: str) -> Element:
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")[:1024]
    if re.match(rb"<!doctype\s+html|<html", start, re.I):
        raise BodyError("it answered with a web page instead of XML")
    try:
        found: Element = fromstring(body, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise BodyError("the answer defines XML entities") from None
    except (ParseError, ValueError, LookupError):
        raise BodyError("the answer is not well-formed XML, or was cut") from None
    if found.tag != root:
        raise BodyError(f"it answered with <{plain(str(found.tag), 40)}> instead of <{root}>")
    return found


def page(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next articles, each element's text as PubMed wrote it."""
    ids: list[str] = list(plan.data["ids"])
    start = int(position)
    wanted = ids[start : start + PAGE]
    parameters = {**_common(client), "id": ",".join(wanted), "retmode": "xml"}
    entries = client.fetch("efetch.fcgi", parameters, _entries, post=True)
    following = start + PAGE
    lost = sorted(set(wanted) - {identifier for identifier, _ in entries}, key=int)
    warnings = (f"PubMed gave no article for PMID {', '.join(lost)}",) if lost else ()
    return Page(entries, str(following) if following < len(ids) else None, plan.hits, warnings=warnings)


def _entries(body: bytes) -> tuple[tuple[str, str], ...]:
    root = _parse(body, "PubmedArticleSet")
    found = [child for child in root if child.tag in ("PubmedArticle", "PubmedBookArticle")]
    declared = _DECLARED.match(body[:200].decode("ascii", "replace"))
    try:
        text = body.decode(declared[1] if declared else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        raise BodyError("the answer is not in the encoding it declares") from None
    cut = [match[0] for match in _ENTRY.finditer(text)]
    if len(cut) != len(found):
        raise BodyError(f"{len(found)} articles in the answer, {len(cut)} in its text")
    entries = []
    for fragment in cut:
        # The first PMID of an article is its own; those of comments and references stand behind it.
        pmid = _PMID.search(fragment)
        if pmid is None:
            raise BodyError("an article in the answer has no PMID")
        entries.append((pmid[1], fragment))
    return tuple(entries)


DATABASE = Database(
    slug="pubmed", platform="NCBI E-utilities", format="pubmed-xml", suffix=".xml",
    access=Access("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "REVIEWKIT_PUBMED_URL", 0.34,
                  ("NCBI_EMAIL", "REVIEWKIT_EMAIL"), ("NCBI_API_KEY",), 0.1),
    begin=begin, page=page,
    head=(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
    ),
    foot="</PubmedArticleSet>\n",
    parameters=("datetype", "mindate", "maxdate", "reldate", "field"),
)
