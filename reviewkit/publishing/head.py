"""What the page's head says to machines: schema.org JSON-LD, and for finished reviews Highwire and Dublin Core tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewkit.publishing.description import Contributor, Description, describe
from reviewkit.render import Safe
from reviewkit.render.page import meta


def citation_tags(found: Description) -> tuple[Safe, ...]:
    """Highwire ``citation_*`` and Dublin Core tags; none unless the review is final.

    Reference managers and search engines for scholarship import a page by these tags, so a demonstration or a
    draft must not carry them.
    """
    if not found.citable:
        return ()
    pairs = [("citation_title", found.title)]
    for author in found.authors:
        pairs.append(("citation_author", f"{author.family}, {author.given}" if author.is_person else author.family))
        pairs += [(f"citation_author_{name}", value) for name, value in (
            ("institution", author.affiliation),
            ("orcid", f"https://orcid.org/{author.orcid}" if author.orcid else ""), ("email", author.email)) if value]
    pairs += [
        ("citation_publication_date", found.date.strftime("%Y/%m/%d")),
        ("citation_doi", found.doi), ("citation_public_url", found.url), ("citation_language", "en"),
        ("citation_abstract", found.abstract), *(("citation_keywords", word) for word in found.keywords),
        ("DC.title", found.title), *(("DC.creator", author.name) for author in found.authors),
        ("DC.date", found.date.isoformat()), ("DC.type", "Text"), ("DC.format", "text/html"), ("DC.language", "en"),
        ("DC.identifier", f"doi:{found.doi}" if found.doi else found.url or found.report_id),
        ("DC.description", found.abstract), *(("DC.subject", word) for word in found.keywords),
        ("DC.rights", found.license),
    ]
    return tuple(meta(name, value) for name, value in pairs if value)


def json_ld(results: Mapping[str, Any]) -> dict[str, object]:
    """schema.org description of a report (ScholarlyArticle), with the digests a re-run is compared with."""
    found, made = describe(results), results["provenance"]
    description: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "name": found.title,
        "headline": found.title,
        "abstract": found.abstract,
        "creativeWorkStatus": found.status_words,
        "author": [_agent(author) for author in found.authors],
        "datePublished": found.date.isoformat(),
        "version": found.version,
        "inLanguage": "en",
        "keywords": list(found.keywords),
        "isAccessibleForFree": True,
        "identifier": [
            *([_property("doi", found.doi)] if found.doi else []),
            _property("reviewkit:report", found.report_id),
            _property("reviewkit:question", found.question),
            *(_property(f"reviewkit:{name}", made[name]) for name in ("inputs", "code", "environment")),
        ],
        "hasPart": [{"@type": "MediaObject", "name": name, "sha256": digest} for name, digest in
                    made["files"].items()],
        "softwareRequirements": [f"{name} {number}" for name, number in made["versions"].items()],
        **({"url": found.url} if found.url else {}),
        **({"license": found.license} if found.license else {}),
    }
    return description


def _agent(author: Contributor) -> dict[str, object]:
    if not author.is_person:
        return {"@type": "Organization", "name": author.name}
    agent: dict[str, object] = {"@type": "Person", "name": author.name, "familyName": author.family,
                                "givenName": author.given}
    if author.orcid:
        agent["sameAs"] = f"https://orcid.org/{author.orcid}"
    if author.affiliation:
        agent["affiliation"] = {"@type": "Organization", "name": author.affiliation}
    return agent


def _property(name: str, value: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}
