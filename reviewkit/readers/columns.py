"""Which column of a table means what: the headings of the databases and screening tools, and their synonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reviewkit.errors import InputError

_SYNONYMS = {
    "title": "title,articletitle,documenttitle,studytitle,publictitle,primarytitle,ti,displayname,scientifictitle,"
    "officialtitle,papertitle,itemtitle,referencetitle,originaltitle,titulo,titel,titre",
    "authors": "authors,author,authornames,authorfullnames,au,af,authorsnames,autores,autor,autoren,auteurs,creators,"
    "authorlist,creator,authorsprimary,firstauthors,firstauthor,contributors",
    "year": "year,publicationyear,publishedyear,py,pubyear,publishyear,yearpublished,ano,jahr,annee,yr,dateyear",
    "date": "date,publicationdate,datepublished,pubdate,startdate,dateregistration,dateofregistration,published,"
    "coverdate,onlinedate,firstposted,da,dateadded,createdate",
    "journal": "sourcetitle,journal,publicationtitle,journaltitle,so,journalbook,pubtitle,publicationname,source,t2,"
    "jf,jo,"
    "journalname,secondarytitle,periodical,booktitle,venue,revista,containertitle,hostvenue,zeitschrift",
    "journal_other": "abbreviatedsourcetitle,journalabbreviation,ji,j9,isoabbreviation",
    "volume": "volume,vl,vol,volumen,band",
    "issue": "issue,issuenumber,number,is,no,numero,heft",
    "start_page": "pagestart,startpage,bp,firstpage,spage,sp,pages,pagination,pagenumbers,page,pagerange,"
    "paginas,seiten",
    "article_number": "artno,articlenumber,ar,articleno",
    "end_page": "pageend,endpage,ep,epage,lastpage",
    "doi": "doi,di,do,digitalobjectidentifier,doinumber,articledoi,doilink,doiurl",
    "pmid": "pmid,pubmedid,pm,medlineid,medlinepmid,pubmed,pubmedpmid",
    "pmcid": "pmcid,pmcidnumber,pmc,pubmedcentralid",
    "abstract": "abstract,ab,abstractnote,briefsummary,abstracts,abstracttext,summary,notesabstract,resumen,"
    "zusammenfassung,resume,description",
    "keywords": "authorkeywords,keywords,de,manualtags,automatictags,indexkeywords,conditions,condition,meshterms,"
    "keyword,subjects,emtreemedicalindexterms,emtreedrugindexterms,tags,kw",
    "language": "languageoforiginaldocument,language,la,idioma,languages,articlelanguage,sprache,lang",
    "url": "link,url,ur,openurllink,studyurl,sourceurls,externalurl,webaddress,pdflink,plink,articleurl,fulltextlink,"
    "urls,landingpageurl,embaselink,trialurl,permalink",
    "type": "documenttype,typeofreference,ty,itemtype,publicationtype,dt,studytype,doctype,type,recordtype,"
    "typeofwork,referencetype",
    "registry": "nctnumber,trialid,clinicaltrialnumbers,maintrialid,secondaryid,secondaryids,otherids,registrynumber,"
    "trialregistrationnumber,registryid,registryids,orgstudyid",
    "key": "ut,accession,key,"
    "recordid,id,accessionnumber,eid,lensid,pui,covidence,refid,exportkey,utuniquewosid,uid,"
    "documentidentifier,publicationid,nctnumber,trialid,an,openalexid,citationkey,storeid,referenceid,recordnumber,pmid",
    "notes": "notes,citation,extra,note,remarks,dateofpublication",
}
"""Headings in lower case without anything but letters and digits, in order of trust."""
_FIELD: dict[str, list[str]] = {}
for _field, _names in _SYNONYMS.items():
    for _name in _names.split(","):
        _FIELD.setdefault(_name, []).append(_field)
_TWO_LETTERS = frozenset(name for names in _SYNONYMS.values() for name in names.split(",") if len(name) == 2)


def folded(heading: str) -> str:
    """A heading in lower case, letters and digits of any script only."""
    return re.sub(r"[\W_]+", "", heading.lower())


def columns_of(headings: Sequence[str]) -> dict[str, list[int]]:
    """Field → column numbers, best first.

    >>> columns_of(["Document Title", "Authors", "Publication Year"])
    {'title': [0], 'authors': [1], 'year': [2]}
    """
    names = [folded(heading) for heading in headings]
    tagged = sum(name in _TWO_LETTERS for name in names) > len(names) / 2
    found: dict[str, list[tuple[int, int]]] = {}
    for number, name in enumerate(names):
        if len(name) == 2 and not tagged and name not in {"id", "no"}:
            continue
        for field in _FIELD.get(name, ()):
            rank = _SYNONYMS[field].split(",").index(name)
            found.setdefault(field, []).append((rank, number))
    return {field: [number for _, number in sorted(ranked)] for field, ranked in found.items()}


def is_header(headings: Sequence[str]) -> bool:
    """Whether a row can be the heading of a table of records: a title, and something more that we know."""
    found = columns_of(headings)
    return "title" in found and len(found) > 1 and len(headings) > 1


def mapped_columns(headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, list[int]]:
    """The columns a person chose (field → heading); the others stay as detected.

    Raises
    ------
    InputError
        When a heading or field does not exist.
    """
    columns = columns_of(headings)
    for field, heading in chosen.items():
        if field not in _SYNONYMS:
            raise InputError(
                f"no field {field!r}.", code="unknown-field", remedy=f"Fields are: {', '.join(sorted(_SYNONYMS))}."
            )
        if heading not in headings:
            raise InputError(
                f"no column {heading!r}.", code="unknown-column", remedy=f"Columns are: {', '.join(headings)}."
            )
        columns[field] = [headings.index(heading)]
    return columns
