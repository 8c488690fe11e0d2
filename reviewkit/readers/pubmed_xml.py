"""PubMed XML: articles and books, as E-utilities and the PubMed site hand them out."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from reviewkit.model import Author, ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.normalise.text import clean
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.xml_entries import check_prolog, count_entries, every, first, fragments, parse, text_of

_ENTRIES = "PubmedArticle|PubmedBookArticle"


def read_pubmed_xml(source: Source) -> ReadResult:
    """Read PubMed XML.

    Raises
    ------
    InputError
        When the file defines entities, or accepted and rejected entries do not add up.
    """
    check_prolog(source)
    collector = Collector(source, "pubmed-xml")
    for fragment in fragments(source, _ENTRIES):
        origin = collector.origin(fragment.line, fragment.line_end)
        try:
            element = parse(fragment)
            printed = _book(element) if element.tag == "PubmedBookArticle" else _article(element)
            collector.records.append(record(printed, origin, fragment.text))
        except EntryError as error:
            collector.reject(error.reason, origin, raw=fragment.text)
    return collector.result(count_entries(source, _ENTRIES))


def _people(element: Element, path: str) -> tuple[Author, ...]:
    found = []
    for author in element.iterfind(path):
        family, given = first(author, "LastName"), first(author, "ForeName", "Initials")
        suffix, group = first(author, "Suffix"), first(author, "CollectiveName")
        if family:
            found.append(Author(clean(family), clean(" ".join(part for part in (given, suffix) if part))))
        elif group:
            found.append(Author(clean(group)))
    return tuple(found)


def _abstract(element: Element) -> str:
    parts = []
    for part in element.iterfind("AbstractText"):
        label, text = part.get("Label", ""), text_of(part)
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return " ".join(parts)


def _article(element: Element) -> Printed:
    article = element.find("MedlineCitation/Article")
    if article is None:
        raise EntryError("the entry has no Article element")
    ids = {found.get("IdType", ""): text_of(found) for found in element.iterfind("PubmedData/ArticleIdList/ArticleId")}
    located = {found.get("EIdType", ""): text_of(found) for found in article.iterfind("ELocationID")}
    abstract = article.find("Abstract")
    pmid = first(element, "MedlineCitation/PMID") or ids.get("pubmed", "")
    extra = {
        name: text
        for name, text in (
            ("journal_other", first(article, "Journal/ISOAbbreviation")),
            ("ISSN", "; ".join(every(article, "Journal/ISSN"))),
            ("VernacularTitle", first(article, "VernacularTitle")),
            ("pii", located.get("pii", "")),
        )
        if text
    }
    pages = first(article, "Pagination/MedlinePgn")
    return Printed(
        title=first(article, "ArticleTitle", "VernacularTitle"),
        people=_people(article, "AuthorList/Author"),
        years=[
            first(article, "Journal/JournalIssue/PubDate/Year"),
            first(article, "Journal/JournalIssue/PubDate/MedlineDate"),
            first(article, "ArticleDate/Year"),
            first(element, "PubmedData/History/PubMedPubDate/Year"),
        ],
        journal=first(article, "Journal/Title", "Journal/ISOAbbreviation")
        or first(element, "MedlineCitation/MedlineJournalInfo/MedlineTA"),
        volume=first(article, "Journal/JournalIssue/Volume"),
        issue=first(article, "Journal/JournalIssue/Issue"),
        start_page=pages or first(article, "Pagination/StartPage"),
        end_page="" if pages else first(article, "Pagination/EndPage"),
        dois=[ids.get("doi", ""), located.get("doi", "")],
        pmids=[pmid],
        pmcids=[ids.get("pmc", "")],
        abstract=_abstract(abstract) if abstract is not None else "",
        keywords=every(
            element, "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName", "MedlineCitation/KeywordList/Keyword"
        ),
        language=first(article, "Language"),
        types=every(article, "PublicationTypeList/PublicationType"),
        registry=every(article, "DataBankList/DataBank/AccessionNumberList/AccessionNumber"),
        key=pmid,
        extra=extra,
    )


def _book(element: Element) -> Printed:
    document = element.find("BookDocument")
    if document is None:
        raise EntryError("the entry has no BookDocument element")
    ids = {found.get("IdType", ""): text_of(found) for found in document.iterfind("ArticleIdList/ArticleId")}
    title = first(document, "ArticleTitle")
    abstract = document.find("Abstract")
    return Printed(
        title=title or first(document, "Book/BookTitle"),
        people=_people(document, "AuthorList/Author") or _people(document, "Book/AuthorList/Author"),
        years=[
            first(document, "Book/PubDate/Year"),
            first(document, "ContributionDate/Year"),
            first(document, "Book/BeginningDate/Year"),
        ],
        journal=first(document, "Book/BookTitle") if title else first(document, "Book/CollectionTitle"),
        volume=first(document, "Book/Volume"),
        dois=[ids.get("doi", ""), *every(document, "Book/ELocationID")],
        pmids=[first(document, "PMID")],
        pmcids=[ids.get("pmc", "")],
        abstract=_abstract(abstract) if abstract is not None else "",
        keywords=every(document, "KeywordList/Keyword"),
        language=first(document, "Language"),
        types=["chapter" if title else "book", *every(document, "PublicationType")],
        key=first(document, "PMID"),
        extra={
            name: text
            for name, text in (
                ("publisher", first(document, "Book/Publisher/PublisherName")),
                ("isbn", first(document, "Book/Isbn")),
            )
            if text
        },
    )
