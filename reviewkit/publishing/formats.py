"""A report's citation as BibTeX, RIS, CSL-JSON and CITATION.cff."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from reviewkit.model import Author, Record
from reviewkit.publishing.description import Contributor, Description
from reviewkit.writers import text_of


def bibtex(found: Description) -> str:
    """The citation as a BibTeX entry."""
    return text_of([_record(found)], "bibtex", note=lambda record: found.note)


def ris(found: Description) -> str:
    """The citation as a RIS entry."""
    return text_of([_record(found)], "ris", note=lambda record: found.note)


def csl(found: Description) -> str:
    """The citation as CSL-JSON (version 1.0.2), a list of one item."""
    day = found.date
    item = {
        "id": key_of(found), "type": "report", "title": found.title, "author": [_csl_name(a) for a in found.authors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]}, "version": found.version,
        "status": found.status_words, "abstract": found.abstract, "keyword": ", ".join(found.keywords),
        "number": found.report_id, "note": found.note, "language": "en", "DOI": found.doi, "URL": found.url,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


def cff(found: Description) -> str:
    """The citation as a Citation File Format file, version 1.2.0 (doi:10.5281/zenodo.5171937)."""
    lines = [
        "cff-version: 1.2.0",
        f"message: {_text(_MESSAGES[found.status])}",
        "type: dataset",
        f"title: {_text(found.title)}",
        f"abstract: {_text(found.abstract)}",
        "authors:",
    ]
    for author in found.authors:
        fields = ([("family-names", author.family), ("given-names", author.given)] if author.is_person
                  else [("name", author.family)])
        fields += [("orcid", f"https://orcid.org/{author.orcid}" if author.orcid else ""),
                   ("affiliation", author.affiliation if author.is_person else ""), ("email", author.email)]
        kept = [f"{name}: {_text(value)}" for name, value in fields if value]
        lines += [f"  - {kept[0]}", *(f"    {line}" for line in kept[1:])]
    lines += [
        f"version: {_text(found.version)}",
        f"date-released: {found.date.isoformat()}",
        "identifiers:",
        "  - type: other",
        f"    value: {_text(found.report_id)}",
        '    description: "Report id, derived from inputs, code and environment"',
        "keywords:",
        *(f"  - {_text(word)}" for word in found.keywords),
        *([f"doi: {_text(found.doi)}"] if found.doi else []),
        *([f"url: {_text(found.url)}"] if found.url else []),
        *([f"license: {_text(found.license)}"] if found.license else []),
    ]
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[Description], str]] = {"bibtex": bibtex, "ris": ris, "csl": csl}
"""What `reviewkit cite` writes."""

_MESSAGES = {
    "demonstration": "Cite it as what it is: a demonstration of software, not evidence.",
    "draft": "A draft: ask its authors before citing it.",
    "final": "If you use this review, please cite it as below.",
}


def key_of(found: Description) -> str:
    """Citation key: question and version."""
    return f"{found.question}-{found.version}"


def _record(found: Description) -> Record:
    return Record(
        title=found.title, authors=tuple(Author(a.family, a.given) for a in found.authors), year=found.date.year,
        doi=found.doi, url=found.url, abstract=found.abstract, keywords=found.keywords, language="en",
        record_type="report", key=key_of(found),
    )


def _csl_name(author: Contributor) -> dict[str, str]:
    if author.is_person:
        return {"family": author.family, "given": author.given}
    return {"literal": author.family}


def _text(value: str) -> str:
    """A YAML double-quoted scalar: JSON's strings are a part of YAML 1.2."""
    return json.dumps(value, ensure_ascii=False)
