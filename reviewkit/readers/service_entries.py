"""What the fields of an online service's entry mean: ClinicalTrials.gov, OpenAlex, Crossref, Europe PMC (JSON).

Field names are those of the services' documentation: ClinicalTrials.gov's study data structure (API version 2),
OpenAlex's work object, Crossref's REST API format (CSL-JSON reads the same way), Europe PMC's RESTful service
(``resultType=core``).
"""

from __future__ import annotations

from typing import Any

from reviewkit.model import Author
from reviewkit.readers.collect import EntryError
from reviewkit.readers.normalise.text import clean, one_line
from reviewkit.readers.printed import Printed

MAX_POSITION = 100_000
"""Words of an abstract at most; an index with a higher place is damage or an attack."""


def printed_of(entry: dict[str, Any]) -> Printed:
    """The values of one entry, whichever service it is from.

    Raises
    ------
    EntryError
        When the entry is from no service that we know.
    """
    if "protocolSection" in entry:
        return _study(entry)
    if "authorships" in entry or "openalex.org/" in _text(entry.get("id")):
        return _openalex(entry)
    if "DOI" in entry or "container-title" in entry or "issued" in entry:
        return _crossref(entry)
    if "source" in entry or "pubYear" in entry or "authorString" in entry:
        return _europepmc(entry)
    raise EntryError("the object is no study, work or result of a service that we know")


def _text(value: object) -> str:
    """A text or number as text; of a list, what its first element says."""
    if isinstance(value, list):
        return next((text for part in value if (text := _text(part))), "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | float) else ""


def _at(value: object, *path: str) -> Any:
    """What stands at a path of keys, None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _dicts(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [text for part in parts if (text := _text(part))]


def _said(**values: object) -> dict[str, str]:
    """Fields kept as printed, those that say anything."""
    joined = {name: one_line("; ".join(_texts(value))) for name, value in values.items()}
    return {name: text for name, text in joined.items() if text}


def _study(entry: dict[str, Any]) -> Printed:
    section = entry["protocolSection"]
    named, status, design = (_at(section, f"{name}Module") for name in ("identification", "status", "design"))
    sponsor, conditions = _at(section, "sponsorCollaboratorsModule"), _at(section, "conditionsModule")
    trial = _text(_at(named, "nctId"))
    brief, official = _text(_at(named, "briefTitle")), _text(_at(named, "officialTitle"))
    start = _text(_at(status, "startDateStruct", "date"))
    other = [_text(part.get("id")) for part in _dicts(_at(named, "secondaryIdInfos"))]
    arms = _dicts(_at(section, "armsInterventionsModule", "interventions"))
    extra = _said(
        official_title=official if official != brief else "",
        acronym=_at(named, "acronym"),
        sponsor=_at(sponsor, "leadSponsor", "name"),
        collaborators=[_text(part.get("name")) for part in _dicts(_at(sponsor, "collaborators"))],
        status=_at(status, "overallStatus"),
        start_date=start,
        primary_completion_date=_at(status, "primaryCompletionDateStruct", "date"),
        completion_date=_at(status, "completionDateStruct", "date"),
        study_type=_at(design, "studyType"),
        phase=_at(design, "phases"),
        enrolment=_at(design, "enrollmentInfo", "count"),
        allocation=_at(design, "designInfo", "allocation"),
        interventions=[_text(part.get("name")) for part in arms],
        secondary_ids=[_text(_at(named, "orgStudyIdInfo", "id")), *other],
        results=entry.get("hasResults"),
    )
    return Printed(
        title=brief or official,
        years=[start, _text(_at(status, "studyFirstSubmitDate"))],
        abstract=_text(_at(section, "descriptionModule", "briefSummary")),
        keywords=[*_texts(_at(conditions, "conditions")), *_texts(_at(conditions, "keywords"))],
        url=f"https://clinicaltrials.gov/study/{trial}" if trial else "",
        types=["Trial registration"],
        registry=[trial, *_texts(_at(named, "nctIdAliases")), _text(_at(named, "orgStudyIdInfo", "id")), *other],
        key=trial,
        extra=extra,
    )


def _abstract_of(index: object) -> str:
    """The abstract that an inverted index (word → places) stands for.

    >>> _abstract_of({"walked.": [2], "people": [1], "Twenty": [0]})
    'Twenty people walked.'
    """
    if not isinstance(index, dict):
        return ""
    words = [
        (place, word) for word, places in index.items() if isinstance(places, list)
        for place in places if isinstance(place, int) and 0 <= place < MAX_POSITION
    ]
    return " ".join(word for _, word in sorted(words))


def _openalex(entry: dict[str, Any]) -> Printed:
    place = entry.get("primary_location") if isinstance(entry.get("primary_location"), dict) else None
    journal = place.get("source") if place else entry.get("host_venue")
    ids, biblio = entry.get("ids"), entry.get("biblio")
    people = [
        _text(_at(part, "author", "display_name")) or _text(part.get("raw_author_name"))
        for part in _dicts(entry.get("authorships"))
    ]
    topics = _dicts(entry.get("keywords")) or _dicts(entry.get("concepts"))
    number = _text(entry.get("id")) or _text(_at(ids, "openalex"))
    return Printed(
        title=_text(entry.get("title")) or _text(entry.get("display_name")),
        authors=[name for name in people if name],
        years=[_text(entry.get("publication_year")), _text(entry.get("publication_date"))],
        journal=_text(_at(journal, "display_name")) or _text(_at(place, "raw_source_name")),
        volume=_text(_at(biblio, "volume")),
        issue=_text(_at(biblio, "issue")),
        start_page=_text(_at(biblio, "first_page")),
        end_page=_text(_at(biblio, "last_page")),
        dois=[_text(entry.get("doi")), _text(_at(ids, "doi"))],
        pmids=[_text(_at(ids, "pmid")).rstrip("/").rpartition("/")[2]],
        pmcids=[_pmcid(_text(_at(ids, "pmcid")))],
        abstract=_abstract_of(entry.get("abstract_inverted_index")),
        keywords=[_text(part.get("display_name")) or _text(part.get("keyword")) for part in topics],
        language=_text(entry.get("language")),
        url=_text(_at(place, "landing_page_url")),
        types=[kind for kind in (_kind(entry.get("type")),) if kind],
        key=number.rpartition("/")[2],
        extra=_said(
            openalex_id=number, publication_date=entry.get("publication_date"), retracted=entry.get("is_retracted"),
            ISSN=_at(journal, "issn") or _at(journal, "issn_l"), version=_at(place, "version"),
            mag=_at(ids, "mag"), cited_by_count=entry.get("cited_by_count"),
        ),
    )


def _pmcid(text: str) -> str:
    """A PubMed Central number, also where a service prints it without its letters."""
    last = text.rstrip("/").rpartition("/")[2]
    return f"PMC{last}" if last.isdigit() else last


def _kind(value: object) -> str:
    """A type as printed; a peer review is not a review article, and its words must not say so."""
    text = _text(value).replace("-", " ")
    return "peer report" if text == "peer review" else text


def _person(part: dict[str, Any]) -> Author | None:
    """One name of Crossref or CSL: family, given, particle and suffix, or a group."""
    family, given = clean(_text(part.get("family"))), clean(_text(part.get("given")))
    particle = clean(_text(part.get("non-dropping-particle")) or _text(part.get("dropping-particle")))
    if family:
        family = f"{particle} {family}" if particle else family
        return Author(family, " ".join(text for text in (given, clean(_text(part.get("suffix")))) if text))
    group = clean(_text(part.get("name")) or _text(part.get("literal"))) or given
    return Author(group) if group else None


def _day(value: object) -> str:
    """A date as ISO has it, as far as it is known; its parts may be numbers or texts.

    >>> _day({"date-parts": [[2011, 4]]}), _day({"date-parts": [[None]]})
    ('2011-04', '')
    """
    parts = _at(value, "date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    numbers = [text for text in _texts(first) if text.isdigit()][:3] if first else []
    return "-".join(number.zfill(2) for number in numbers) or _text(_at(value, "raw")) or _text(_at(value, "literal"))


def _crossref(entry: dict[str, Any]) -> Printed:
    updates = _dicts(entry.get("update-to"))
    kinds = [_kind(entry.get("type")), _kind(entry.get("subtype")), *(_kind(part.get("type")) for part in updates)]
    title, subtitle = _text(entry.get("title")), _text(entry.get("subtitle"))
    if subtitle and clean(subtitle).lower() not in clean(title).lower():
        title = f"{title.rstrip(' .:')}: {subtitle}" if title else subtitle
    people = tuple(one for part in _dicts(entry.get("author")) if (one := _person(part)) is not None)
    trials = [_text(part.get("clinical-trial-number")) for part in _dicts(entry.get("clinical-trial-number"))]
    dates = [_day(entry.get(name)) for name in ("issued", "published-print", "published-online", "published", "posted")]
    journals = _texts(entry.get("container-title"))
    return Printed(
        title=title or _text(entry.get("original-title")),
        people=people,
        years=[day for day in dates if day],
        journal=journals[0] if journals else _text(entry.get("short-container-title")),
        volume=_text(entry.get("volume")),
        issue=_text(entry.get("issue")) or _text(_at(entry, "journal-issue", "issue")),
        start_page=_text(entry.get("page")) or _text(entry.get("article-number")),
        dois=[_text(entry.get("DOI"))],
        pmids=[_text(entry.get("PMID"))],
        pmcids=[_text(entry.get("PMCID"))],
        abstract=_text(entry.get("abstract")),
        keywords=[*_texts(entry.get("subject")), *_texts(entry.get("keyword"))],
        language=_text(entry.get("language")),
        url=_text(entry.get("URL")),
        types=[kind for kind in kinds if kind],
        registry=trials,
        key=_text(entry.get("DOI")).lower() or _text(entry.get("id")),
        extra=_said(
            update_to=[" ".join(filter(None, (_text(part.get("type")), _text(part.get("DOI"))))) for part in updates],
            journal_other=[*journals[1:], *(_texts(entry.get("short-container-title")) if journals else [])],
            ISSN=entry.get("ISSN"), ISBN=entry.get("ISBN"), publisher=entry.get("publisher"),
            issued=dates[0], original_title=entry.get("original-title") if title else None,
            funders=[_text(part.get("name")) for part in _dicts(entry.get("funder"))],
        ),
    )


def _europepmc(entry: dict[str, Any]) -> Printed:
    info = entry.get("journalInfo")
    journal = _at(info, "journal")
    people = []
    for part in _dicts(_at(entry, "authorList", "author")):
        family, given = _text(part.get("lastName")), _text(part.get("firstName")) or _text(part.get("initials"))
        if family:
            people.append(Author(clean(family), clean(given)))
        elif group := _text(part.get("collectiveName")) or _text(part.get("fullName")):
            people.append(Author(clean(group)))
    kinds = _texts(_at(entry, "pubTypeList", "pubType")) or _texts(entry.get("pubType"))
    mesh = [_text(part.get("descriptorName")) for part in _dicts(_at(entry, "meshHeadingList", "meshHeading"))]
    source, book = _text(entry.get("source")), entry.get("bookOrReportDetails")
    links = [_text(part.get("url")) for part in _dicts(_at(entry, "fullTextUrlList", "fullTextUrl"))]
    return Printed(
        title=_text(entry.get("title")),
        people=tuple(people),
        authors=[] if people else _texts(entry.get("authorString")),
        years=[_text(entry.get("pubYear")), _text(_at(info, "yearOfPublication")),
               _text(entry.get("firstPublicationDate"))],
        journal=_text(_at(journal, "title")) or _text(entry.get("journalTitle")) or _text(_at(book, "publisher")),
        volume=_text(_at(info, "volume")) or _text(entry.get("journalVolume")),
        issue=_text(_at(info, "issue")) or _text(entry.get("issue")),
        start_page=_text(entry.get("pageInfo")),
        dois=[_text(entry.get("doi"))],
        pmids=[_text(entry.get("pmid")) or (_text(entry.get("id")) if source == "MED" else "")],
        pmcids=[_text(entry.get("pmcid")) or (_pmcid(_text(entry.get("id"))) if source == "PMC" else "")],
        abstract=_text(entry.get("abstractText")),
        keywords=[*mesh, *_texts(_at(entry, "keywordList", "keyword"))],
        language=_text(entry.get("language")),
        url=links[0] if links else "",
        types=["Preprint", *kinds] if source == "PPR" else kinds,
        key=":".join(filter(None, (source, _text(entry.get("id"))))),
        extra=_said(
            journal_other=_at(journal, "isoabbreviation") or _at(journal, "medlineAbbreviation"),
            ISSN=[_text(_at(journal, "issn")), _text(_at(journal, "essn"))],
            first_publication_date=entry.get("firstPublicationDate"), cited_by_count=entry.get("citedByCount"),
            grants=[_text(part.get("grantId")) for part in _dicts(_at(entry, "grantsList", "grant"))],
            corrections=[" ".join(filter(None, (_text(part.get("type")), _text(part.get("source")),
                                                _text(part.get("id")), _text(part.get("reference")))))
                         for part in _dicts(_at(entry, "commentCorrectionList", "commentCorrection"))],
        ),
    )
