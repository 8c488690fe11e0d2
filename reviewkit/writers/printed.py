"""What all writers share: names, pages and the printed types of publication."""

from __future__ import annotations

import re

from reviewkit.model import Author, Record

_RANGE = re.compile(r"^([A-Za-z]*\d+)-([A-Za-z]*\d+)$")
WORDS = {
    "review": "Review",
    "registration": "Trial registration",
    "letter": "Letter",
    "editorial": "Editorial",
    "erratum": "Erratum",
    "retraction": "Retraction",
    "protocol": "Protocol",
}
"""Types that RIS, BibTeX and EndNote have no kind of their own for."""


def name(author: Author) -> str:
    """``Family, Given``; a name that is one unit ends in a comma, as EndNote has it.

    >>> name(Author("Vane", "Ann B.")), name(Author("Cochrane Group")), name(Author("Plato"))
    ('Vane, Ann B.', 'Cochrane Group,', 'Plato')
    """
    if author.given:
        return f"{author.family}, {author.given}"
    return f"{author.family}," if " " in author.family and "," not in author.family else author.family


def page_range(pages: str) -> tuple[str, str]:
    """First and last page; the last is empty when there is no plain range."""
    match = _RANGE.match(pages)
    return (match.group(1), match.group(2)) if match else (pages, "")


def notes(record: Record) -> list[str]:
    """Identifiers for which a format has no field."""
    found = []
    if record.pmid:
        found.append(f"PMID: {record.pmid}")
    if record.pmcid:
        found.append(f"PMCID: {record.pmcid}")
    if record.registry_ids:
        found.append(f"Registry: {', '.join(record.registry_ids)}")
    return found


def no_note(record: Record) -> str:
    """Nothing to say beside a record."""
    return ""


def one_line(text: str) -> str:
    """A value without line ends."""
    return " ".join(text.split())
