"""Small texts in every format, each with the same three entries, for damage and round-trip tests."""

from __future__ import annotations

TITLES = ("Alpha trial of walking", "Beta study of {sleep} & rest: 5% better", "Gamma review of warm baths")

RIS = """TY  - JOUR
ID  - k1
TI  - Alpha trial of walking
AU  - Vane, Ann B.
AU  - Oss, Karl
PY  - 2001
JO  - Journal of Walking
VL  - 3
SP  - 11
EP  - 19
DO  - 10.1234/alpha.1
AB  - Twenty people walked.
Ten did not.
ER  -

TY  - JOUR
ID  - k2
TI  - Beta study of {sleep} & rest: 5% better
AU  - de Vries, Jan
PY  - 2002
DO  - 10.1234/beta.2
ER  -

TY  - CHAP
ID  - k3
TI  - Gamma review of warm baths
AU  - Çelik, Ömer
PY  - 2003
DO  - 10.1234/gamma.3
ER  -
"""

NBIB = """PMID- 1000001
OWN - NLM
DP  - 2001 Mar
TI  - Alpha trial of
      walking
LID - 10.1234/alpha.1 [doi]
AB  - Twenty people walked. Ten
      did not.
FAU - Vane, Ann B
AU  - Vane AB
JT  - Journal of Walking
SO  - J Walk. 2001.

PMID- 1000002
OWN - NLM
DP  - 2002
TI  - Beta study of {sleep} & rest: 5% better
LID - 10.1234/beta.2 [doi]
FAU - de Vries, Jan
JT  - Journal of Sleep
SO  - J Sleep. 2002.

PMID- 1000003
OWN - NLM
DP  - 2003
TI  - Gamma review of warm baths
LID - 10.1234/gamma.3 [doi]
FAU - Çelik, Ömer
JT  - Journal of Baths
SO  - J Baths. 2003.
"""

BIB = r"""@string{jw = "Journal of Walking"}

@article{k1,
  title = {Alpha trial of walking},
  author = {Vane, Ann B. and Karl Oss},
  journal = jw,
  year = 2001,
  doi = {10.1234/alpha.1},
  abstract = "Twenty people walked. Ten {did} not."
}

@article{k2,
  title = {Beta study of \{sleep\} \& rest: 5\% better},
  author = {Jan de Vries},
  year = {2002},
  doi = {10.1234/beta.2}
}

@incollection{k3,
  title = {Gamma review of warm baths},
  author = {{\c C}elik, {\"O}mer},
  year = {2003},
  doi = {10.1234/gamma.3},
}
"""

CSV = """Accession,Authors,Title,Year,DOI,Abstract
k1,"Vane, Ann B.; Oss, Karl",Alpha trial of walking,2001,10.1234/alpha.1,"Twenty people walked.
Ten did not."
k2,"de Vries, Jan",Beta study of {sleep} & rest: 5% better,2002,10.1234/beta.2,
k3,"Çelik, Ömer","Gamma review of warm baths",2003,10.1234/gamma.3,"A ""warm"" bath."
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Vane, AB
   Oss, K
TI Alpha trial
   of walking
SO JOURNAL OF WALKING
PY 2001
DI 10.1234/alpha.1
UT WOS:1
ER

PT J
AU de Vries, J
TI Beta study of {sleep} & rest: 5% better
PY 2002
DI 10.1234/beta.2
UT WOS:2
ER

PT J
AU Çelik, Ö
TI Gamma review of warm baths
PY 2003
DI 10.1234/gamma.3
UT WOS:3
ER

EF
"""

REFER = """%0 Journal Article
%T Alpha trial of walking
%A Vane, Ann B.
%A Oss, Karl
%D 2001
%R 10.1234/alpha.1

%0 Journal Article
%T Beta study of {sleep} & rest: 5% better
%A de Vries, Jan
%D 2002
%R 10.1234/beta.2

%0 Book Section
%T Gamma review of warm baths
%A Çelik, Ömer
%D 2003
%R 10.1234/gamma.3
"""

OVID = """<1>
Accession Number
  k1
Author
  Vane, Ann B.;  Oss, Karl
Title
  Alpha trial of walking
Source
  Journal of Walking. 3(2):11-19, March 2001.
DOI Number
  10.1234/alpha.1

<2>
Author
  de Vries, Jan
Title
  Beta study of {sleep} & rest: 5% better
Source
  Journal of Sleep. 4(1):1-2, 2002.
DOI Number
  10.1234/beta.2

<3>
Author
  Çelik, Ömer
Title
  Gamma review of warm baths
Source
  Journal of Baths. 5:7-8, 2003.
DOI Number
  10.1234/gamma.3
"""


def _endnote(key: int, title: str, author: str, year: int, doi: str) -> str:
    title = title.replace("&", "&amp;")
    return f"""<record>
<rec-number>{key}</rec-number><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">{author}</style></author></authors></contributors>
<titles><title>{title}</title></titles>
<dates><year>{year}</year></dates>
<electronic-resource-num>{doi}</electronic-resource-num>
</record>
"""


_ROWS = (
    (1, TITLES[0], "Vane, Ann B.", 2001, "10.1234/alpha.1"),
    (2, TITLES[1], "de Vries, Jan", 2002, "10.1234/beta.2"),
    (3, TITLES[2], "Çelik, Ömer", 2003, "10.1234/gamma.3"),
)
ENDNOTE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    + "".join(_endnote(*row) for row in _ROWS)
    + "</records></xml>\n"
)


def _pubmed(key: int, title: str, author: str, year: int, doi: str) -> str:
    family, given = author.split(", ")
    title = title.replace("&", "&amp;")
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">100000{key}</PMID>
<Article><Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate></JournalIssue><Title>J</Title></Journal>
<ArticleTitle>{title}</ArticleTitle>
<AuthorList><Author><LastName>{family}</LastName><ForeName>{given}</ForeName></Author></AuthorList>
</Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle>
"""


PUBMED = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2024//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_240101.dtd">\n<PubmedArticleSet>\n'
    + "".join(_pubmed(*row) for row in _ROWS)
    + "</PubmedArticleSet>\n"
)

SAMPLES = {
    "ris": RIS,
    "nbib": NBIB,
    "bibtex": BIB,
    "csv": CSV,
    "wos": WOS,
    "refer": REFER,
    "ovid-text": OVID,
    "endnote-xml": ENDNOTE,
    "pubmed-xml": PUBMED,
}
