"""From the values an export prints to a :class:`~reviewkit.model.Record`: the one place where readers normalise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reviewkit.model import Author, Origin, Record
from reviewkit.readers.collect import MAX_FIELD_CHARS, EntryError
from reviewkit.readers.normalise import identifiers, names, types, values
from reviewkit.readers.normalise.journals import iso4
from reviewkit.readers.normalise.text import clean, one_line, said


@dataclass(slots=True)
class Printed:
    """The values of one entry as its file prints them; lists stand in order of trust."""

    title: str = ""
    authors: Sequence[str] = ()
    people: tuple[Author, ...] = ()
    """Authors whose names the format itself splits (XML, BibTeX); they win over ``authors``."""
    years: Sequence[str] = ()
    journal: str = ""
    volume: str = ""
    issue: str = ""
    start_page: str = ""
    end_page: str = ""
    dois: Sequence[str] = ()
    """Values that are a DOI or a link; the first that holds one wins."""
    notes: Sequence[str] = ()
    """Free text in which a DOI or a PubMed number counts only where it is called one."""
    pmids: Sequence[str] = ()
    pmcids: Sequence[str] = ()
    abstract: str = ""
    keywords: Iterable[str] = ()
    language: str = ""
    url: str = ""
    types: Sequence[str] = ()
    registry: Sequence[str] = ()
    key: str = ""
    is_set: bool = False
    """An entry that only groups others (BibLaTeX ``@set``) and need not say anything itself."""
    extra: dict[str, str] = field(default_factory=dict)


def record(printed: Printed, origin: Origin, raw: str) -> Record:
    """Normalise one entry.

    Raises
    ------
    EntryError
        When the entry says nothing that could identify it, or a field is absurdly long.
    """
    extra = printed.extra
    title = clean(printed.title)
    people = printed.people or names.authors(printed.authors)
    doi, doi_printed = _doi(printed)
    hints = "\n".join((*printed.notes, *printed.dois))
    pmid, pmcid = _pubmed(printed, hints)
    abstract = said(clean(printed.abstract))
    registry = identifiers.registry_ids((*printed.registry, title), f"{abstract}\n{hints}")
    if not (title or people or doi or pmid or abstract or registry or printed.is_set):
        raise EntryError("the entry has no title, no author, no abstract and no identifier")
    if len(raw) > MAX_FIELD_CHARS and max(len(title), len(abstract), *map(len, extra.values()), 0) > MAX_FIELD_CHARS:
        raise EntryError(f"a field is longer than {MAX_FIELD_CHARS} characters")
    year, year_printed = _year(printed.years)
    pages = said(values.pages(printed.start_page, printed.end_page))
    language = values.language(said(one_line(printed.language)))
    kind = types.record_type(*printed.types)
    _keep(extra, "title_printed", one_line(printed.title), title)
    _keep(extra, "year_printed", year_printed, "" if year is None else str(year))
    _keep(extra, "doi_printed", doi_printed, doi)
    _keep(extra, "language_printed", printed.language, language)
    _keep(extra, "type_printed", "; ".join(printed.types), kind)
    _keep(extra, "pages_printed", "-".join(part for part in (printed.start_page, printed.end_page) if part), pages)
    journal = said(clean(printed.journal))
    if journal:
        _keep(extra, "journal_iso4", iso4(journal), journal)
    if not printed.people:
        _keep(extra, "authors_printed", "; ".join(printed.authors), "; ".join(map(str, people)))
    return Record(
        title=title,
        authors=people,
        year=year,
        journal=journal,
        volume=said(one_line(printed.volume)),
        issue=said(one_line(printed.issue)),
        pages=pages,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        registry_ids=registry,
        abstract=abstract,
        keywords=_keywords(printed.keywords),
        language=language,
        url=said(one_line(printed.url)),
        record_type=kind,
        key=one_line(printed.key),
        extra=extra,
        origin=origin,
        raw=raw,
    )


def _keywords(printed: Iterable[str]) -> tuple[str, ...]:
    words = []
    for text in printed:
        for part in re.split(r"[;|]", text) if ";" in text or "|" in text else (text,):
            if word := said(clean(part)):
                words.append(word)
    return tuple(dict.fromkeys(words))


def _keep(extra: dict[str, str], name: str, printed: str, normal: str) -> None:
    if printed and printed != normal:
        extra.setdefault(name, printed)


def _doi(printed: Printed) -> tuple[str, str]:
    for text in printed.dois:
        found = identifiers.doi(text)
        if found:
            return found, text.strip()
    for text in printed.notes:
        found = identifiers.labelled_doi(text)
        if found:
            return found, found
    return "", ""


def _year(printed: Sequence[str]) -> tuple[int | None, str]:
    for text in printed:
        found = values.year(text)
        if found is not None:
            return found, text.strip()
    return None, next((text.strip() for text in printed if text.strip()), "")


def _pubmed(printed: Printed, hints: str) -> tuple[str, str]:
    """PubMed and PubMed Central numbers from their own fields, else from notes and links that name them."""
    low = hints.lower()
    pmid = next((found for text in printed.pmids if text and (found := identifiers.pmid(text))), "")
    if not pmid and ("pubmed" in low or "pmid" in low):
        pmid = identifiers.labelled_pmid(hints)
    pmcid = next((found for text in printed.pmcids if text and (found := identifiers.pmcid(text))), "")
    if not pmcid and "pmc" in low:
        pmcid = identifiers.pmcid(hints)
    return pmid, pmcid
