"""RO-Crate 1.1 metadata of a deposit (https://w3id.org/ro/crate/1.1), the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reviewkit.publishing.description import Contributor, Description

METADATA = "ro-crate-metadata.json"
_KINDS = {
    ".html": "text/html", ".json": "application/json", ".csv": "text/csv", ".svg": "image/svg+xml",
    ".toml": "application/toml", ".cff": "text/yaml", ".py": "text/x-python", ".md": "text/markdown",
    ".ipynb": "application/x-ipynb+json", ".bib": "text/x-bibtex", ".ris": "application/x-research-info-systems",
    ".jsonl": "application/jsonl", ".txt": "text/plain", ".css": "text/css", ".xml": "application/xml",
}  # fmt: skip


def metadata(found: Description, files: Mapping[str, int], report: str) -> str:
    """The text of ``ro-crate-metadata.json``.

    Parameters
    ----------
    files : mapping of str to int
        Path within the deposit to size in bytes.
    report : str
        Which of them is the report's page.
    """
    agents = [_agent(author) for author in found.authors]
    license_id = _license(found.license)
    root = {
        "@id": "./", "@type": "Dataset", "name": found.title, "description": found.abstract,
        "datePublished": found.date.isoformat(), "version": found.version, "creativeWorkStatus": found.status_words,
        "license": {"@id": license_id}, "author": [{"@id": agent["@id"]} for agent in agents],
        "keywords": ", ".join(found.keywords), "identifier": found.doi or found.report_id,
        "mainEntity": {"@id": report}, "hasPart": [{"@id": name} for name in files],
    }
    graph: list[Mapping[str, object]] = [
        {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        root,
        *agents,
        {"@id": license_id, "@type": "CreativeWork",
         "name": found.license or "No license is stated: ask the authors before reuse."},
        *[{"@id": name, "@type": "File", "name": name, "contentSize": str(size), **_kind(name)}
          for name, size in files.items()],
    ]
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}, ensure_ascii=False,
                      indent=1) + "\n"


def _agent(author: Contributor) -> dict[str, object]:
    if not author.is_person:
        return {"@id": "#project", "@type": "Organization", "name": author.name}
    return {"@id": f"https://orcid.org/{author.orcid}" if author.orcid else f"#{author.name}".replace(" ", "-"),
            "@type": "Person", "name": author.name,
            **({"affiliation": author.affiliation} if author.affiliation else {})}


def _license(text: str) -> str:
    if not text:
        return "#license"
    return text if "://" in text else f"https://spdx.org/licenses/{text}"


def _kind(name: str) -> dict[str, str]:
    kind = next((kind for ending, kind in _KINDS.items() if name.endswith(ending)), "")
    return {"encodingFormat": kind} if kind else {}
