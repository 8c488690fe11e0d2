"""ClinicalTrials.gov, API version 2: pages by pageToken, the number of studies by countTotal."""

from __future__ import annotations

from reviewkit.sources.http import Access, BodyError, Client
from reviewkit.sources.lists import Database, Page, Plan, Query, bounded, counted, document, items

PAGE = 200
"""Studies on one page; the service allows 1,000, and a study with results is large."""


def _ask(client: Client, query: Query, token: str, size: int) -> tuple[str, int | None, str]:
    """The text of a page, the number of studies (the first page alone says it), and the next token."""
    def read(body: bytes) -> tuple[str, int | None, str]:
        text, found = document(body)
        if not isinstance(found.get("studies"), list):
            raise BodyError("the answer has no list of studies")
        hits = None if token else counted(found.get("totalCount"), "totalCount")
        return text, hits, str(found.get("nextPageToken") or "")

    parameters = {**query.parameters, "format": "json", "pageSize": str(size)}
    if query.text:
        parameters["query.term"] = query.text
    parameters |= {"pageToken": token} if token else {"countTotal": "true"}
    return client.fetch("studies", parameters, read)


def begin(client: Client, query: Query) -> Plan:
    """How many studies there are."""
    _, hits, _ = _ask(client, query, "", 1)
    return Plan(bounded(hits or 0, "ClinicalTrials.gov"), "" if hits else None)


def page(client: Client, query: Query, plan: Plan, position: str) -> Page:
    """The next studies, each as it stands in the answer."""
    text, hits, following = _ask(client, query, position, PAGE)
    entries = tuple((_identity(item), item) for item in items(text, "studies"))
    ends = not following or following == position or not entries
    return Page(entries, None if ends else following, hits)


def _identity(item: str) -> str:
    _, values = document(item.encode())
    try:
        return str(values["protocolSection"]["identificationModule"]["nctId"])
    except (KeyError, TypeError):
        return ""


DATABASE = Database(
    slug="clinicaltrials", platform="ClinicalTrials.gov API v2", format="clinicaltrials-json", suffix=".jsonl",
    access=Access("ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", "REVIEWKIT_CLINICALTRIALS_URL", 1.2),
    begin=begin, page=page,
    parameters=("query.cond", "query.intr", "query.titles", "query.outc", "query.spons", "query.lead", "query.id",
                "query.patient", "query.locn", "filter.overallStatus", "filter.advanced", "filter.ids", "aggFilters"),
)
