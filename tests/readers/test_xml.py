"""XML: PubMed articles and books, EndNote, ICTRP; damaged fragments cost only themselves."""

from __future__ import annotations

import pytest

from reviewkit.readers import read_bytes

ARTICLE = """<PubmedArticle><MedlineCitation><PMID>123</PMID><Article><Journal><ISSN>1-2</ISSN><JournalIssue>
<Volume>7</Volume><Issue>2</Issue><PubDate><MedlineDate>2001 Nov-Dec</MedlineDate></PubDate></JournalIssue>
<Title>Journal of X</Title><ISOAbbreviation>J X</ISOAbbreviation></Journal>
<ArticleTitle>Role of <i>ABCA7</i> &amp; H<sub>2</sub>O</ArticleTitle>
<Pagination><MedlinePgn>1126-36</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.1234/X</ELocationID>
<Abstract><AbstractText Label="AIM">One.</AbstractText><AbstractText Label="RESULTS">Two.</AbstractText></Abstract>
<AuthorList><Author><LastName>de Vries</LastName><ForeName>Jan</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>The X Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<DataBankList><DataBank><AccessionNumberList><AccessionNumber>NCT01234567</AccessionNumber>
</AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC99999</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9999/other</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>
"""
BOOK = """<PubmedBookArticle><BookDocument><PMID>456</PMID>
<Book><BookTitle>The book</BookTitle>
<PubDate><Year>2010</Year></PubDate></Book><ArticleTitle>The chapter</ArticleTitle><Language>eng</Language>
<AuthorList><Author><LastName>Oss</LastName><Initials>K</Initials></Author></AuthorList></BookDocument>
</PubmedBookArticle>
"""


def pubmed(*entries: str) -> bytes:
    return f"<?xml version='1.0'?>\n<PubmedArticleSet>\n{''.join(entries)}</PubmedArticleSet>\n".encode()


def test_pubmed_article() -> None:
    (record,) = read_bytes(pubmed(ARTICLE)).records
    assert record.title == "Role of ABCA7 & H2O" and record.year == 2001 and record.doi == "10.1234/x"
    assert (record.volume, record.issue, record.pages, record.journal) == ("7", "2", "1126-1136", "Journal of X")
    assert [str(author) for author in record.authors] == ["de Vries, Jan Jr", "The X Group"]
    assert record.abstract == "AIM: One. RESULTS: Two." and record.keywords == ("Humans",)
    assert (record.pmid, record.pmcid, record.registry_ids) == ("123", "PMC99999", ("NCT01234567",))
    assert record.origin.line == 3 and record.raw.startswith("<PubmedArticle>")


def test_pubmed_book() -> None:
    (record,) = read_bytes(pubmed(BOOK)).records
    assert (record.title, record.journal, record.year, record.pmid) == ("The chapter", "The book", 2010, "456")
    assert record.record_type == "chapter" and record.authors[0].family == "Oss"


def test_damaged_fragments_cost_only_themselves() -> None:
    broken = ARTICLE.replace("</LastName>", "", 1)
    without_end = ARTICLE.replace("</PubmedArticle>", "")
    result = read_bytes(pubmed(ARTICLE, broken, BOOK, without_end, BOOK))
    assert [record.pmid for record in result.records] == ["123", "456", "456"] and result.entries == 5
    first, second = result.rejected
    assert "mismatched tag" in first.reason and first.origin.line == 19
    assert "end tag is missing" in second.reason


@pytest.mark.slow
def test_pubmed_file_larger_than_a_block() -> None:
    result = read_bytes(pubmed(*[ARTICLE, BOOK] * 900))
    assert result.entries == len(result.records) == 1800
    assert [record.origin.line for record in result.records[-2:]] == [3 + 899 * 21, 3 + 899 * 21 + 16]


def test_endnote_styles_are_joined() -> None:
    text = """<xml><records><record><rec-number>9</rec-number><ref-type name="Journal">17</ref-type>
<contributors><authors><author><style>Vane, </style><style face="bold">Ann</style></author></authors></contributors>
<titles><title><style>Effect of </style><style face="italic">E. coli</style></title>
<secondary-title>J X</secondary-title>
</titles><keywords><keyword>a&#xD;b</keyword></keywords><dates><year>2001</year></dates>
<electronic-resource-num>https://doi.org/10.1234/X</electronic-resource-num></record></records></xml>"""
    (record,) = read_bytes(text.encode()).records
    assert (record.title, record.key, record.doi) == ("Effect of E. coli", "9", "10.1234/x")
    assert str(record.authors[0]) == "Vane, Ann" and record.keywords[0][0] == "a"


def test_ictrp_trials_are_registrations() -> None:
    text = """<?xml version="1.0"?><Trials_downloaded_from_ICTRP>
<Trial><TrialID>IRCT20150519022320N3</TrialID>
<Public_title>Massage</Public_title><Scientific_title>Effect of massage</Scientific_title>
<Date_registration>2018-03-12</Date_registration><Source_Register>IRCT</Source_Register>
<Secondary_ID>NCT01234567</Secondary_ID></Trial></Trials_downloaded_from_ICTRP>"""
    (record,) = read_bytes(text.encode()).records
    assert (record.record_type, record.key, record.year) == ("registration", "IRCT20150519022320N3", 2018)
    assert record.registry_ids == ("IRCT20150519022320N3", "NCT01234567")
