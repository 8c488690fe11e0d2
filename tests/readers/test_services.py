"""JSON of online services and ClinicalTrials.gov's XML and CSV: every field, every shape, damage told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.readers import read_bytes


def study(number: int) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT{number:08d}", "orgStudyIdInfo": {"id": "ABC-1"},
                "secondaryIdInfos": [{"id": "2015-001234-56", "type": "EUDRACT_NUMBER"}, {"id": "ISRCTN12345678"}],
                "briefTitle": f"Walking {number}", "officialTitle": "A Randomised Trial of Walking", "acronym": "WALK",
            },
            "statusModule": {
                "overallStatus": "COMPLETED", "startDateStruct": {"date": "2015-03"},
                "completionDateStruct": {"date": "2017-01-31", "type": "ACTUAL"}, "studyFirstSubmitDate": "2014-12-01",
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "University of Oss", "class": "OTHER"},
                                           "collaborators": [{"name": "Vane Trust"}]},
            "descriptionModule": {"briefSummary": "People walk.\n\nOthers \"rest\"."},
            "conditionsModule": {"conditions": ["Multiple Sclerosis"], "keywords": ["gait"]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2", "PHASE3"],
                             "enrollmentInfo": {"count": 120, "type": "ACTUAL"}},
            "armsInterventionsModule": {"interventions": [{"type": "BEHAVIORAL", "name": "Walking"}]},
        },
        "derivedSection": {}, "hasResults": False,
    }


def work(number: int) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{number}", "doi": f"https://doi.org/10.1234/W.{number}",
        "title": "Effect of <i>walking</i>", "display_name": "Effect of walking", "publication_year": 2001,
        "ids": {"openalex": f"https://openalex.org/W{number}", "pmid": "https://pubmed.ncbi.nlm.nih.gov/123456",
                "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/7654321"},
        "language": "en", "type": "article", "is_retracted": False,
        "primary_location": {"landing_page_url": "https://doi.org/10.1234/w", "source": {
            "id": "https://openalex.org/S1", "display_name": "Journal of Walking", "issn": ["1234-5678"]}},
        "authorships": [{"author": {"id": "https://openalex.org/A1", "display_name": "Ann B. Vane"}},
                        {"author": {"display_name": "Jan de Vries"}}],
        "biblio": {"volume": "3", "issue": "2", "first_page": "11", "last_page": "19"},
        "keywords": [{"id": "https://openalex.org/keywords/gait", "display_name": "Gait"}],
        "topics": [{"id": "https://openalex.org/T1"}, {"id": "https://openalex.org/T2"}],
        "abstract_inverted_index": {"Twenty": [0], "people": [1, 3], "met": [2], "walked.": [4]},
    }


def item(number: int) -> dict[str, Any]:
    return {
        "indexed": {"date-parts": [[2024, 1, 1]]}, "DOI": f"10.1234/C.{number}", "type": "journal-article",
        "title": ["Effect of <jats:italic>walking</jats:italic> &amp; rest"], "subtitle": ["a trial"],
        "author": [{"given": "Ann B.", "family": "Vane", "suffix": "Jr", "sequence": "first", "affiliation": []},
                   {"name": "The Walking Group", "sequence": "additional"}],
        "issued": {"date-parts": [[2001, 4]]}, "container-title": ["Journal of Walking"],
        "short-container-title": ["J Walk"], "volume": "3", "issue": "2", "page": "11-9", "ISSN": ["1234-5678"],
        "abstract": "<jats:title>Aim</jats:title><jats:p>People walked.</jats:p>", "language": "en",
        "update-to": [{"DOI": "10.1234/old", "type": "erratum", "updated": {"date-parts": [[2001, 5, 1]]}}],
        "reference": [{"key": "1", "DOI": "10.9999/other"}],
    }


def result(number: int) -> dict[str, Any]:
    return {
        "id": str(number), "source": "MED", "pmid": str(number), "pmcid": "PMC7654321", "doi": f"10.1234/e.{number}",
        "title": "Effect of walking.", "authorString": "Vane AB, de Vries J.",
        "authorList": {"author": [{"fullName": "Vane AB", "firstName": "Ann B", "lastName": "Vane", "initials": "AB"},
                                  {"collectiveName": "The Walking Group"}]},
        "journalInfo": {"issue": "2", "volume": "3", "yearOfPublication": 2001, "journal": {
            "title": "Journal of walking", "isoabbreviation": "J Walk", "issn": "1234-5678"}},
        "pubYear": "2001", "pageInfo": "11-19", "abstractText": "<h4>Aim</h4>People walked.", "language": "eng",
        "pubTypeList": {"pubType": ["Randomized Controlled Trial", "Journal Article"]},
        "keywordList": {"keyword": ["gait"]},
        "meshHeadingList": {"meshHeading": [{"majorTopic_YN": "N", "descriptorName": "Humans"}]},
    }


MAKERS = {"clinicaltrials-json": study, "openalex-json": work, "crossref-json": item, "europepmc-json": result}


def answer(form: str, entries: list[Any]) -> dict[str, Any]:
    return {
        "clinicaltrials-json": {"totalCount": 3, "studies": entries, "nextPageToken": "x"},
        "openalex-json": {"meta": {"count": 3, "groups_count": None}, "results": entries, "group_by": []},
        "crossref-json": {"status": "ok", "message-type": "work-list", "message": {
            "facets": {}, "total-results": 3, "items": entries, "items-per-page": 20}},
        "europepmc-json": {"version": "6.9", "hitCount": 3, "request": {"queryString": 'a "b" [c'},
                           "resultList": {"result": entries}},
    }[form]


def shapes(form: str, entries: list[Any]) -> dict[str, str]:
    return {
        "answer": json.dumps(answer(form, entries)),
        "pretty": json.dumps(answer(form, entries), indent=2, ensure_ascii=False),
        "array": json.dumps(entries, indent=1),
        "lines": "\n".join(json.dumps(entry) for entry in entries) + "\n",
    }


@pytest.mark.parametrize("form", sorted(MAKERS))
@pytest.mark.parametrize("shape", ["answer", "pretty", "array", "lines"])
def test_every_shape_gives_the_same_records(form: str, shape: str) -> None:
    entries = [MAKERS[form](number) for number in (1000001, 1000002, 1000003)]
    text = shapes(form, entries)[shape]
    found = read_bytes(b"\xef\xbb\xbf" + text.encode() if shape == "array" else text.encode())
    assert (found.format, found.entries, len(found.records), found.rejected) == (form, 3, 3, ())
    for record, entry in zip(found.records, entries, strict=True):
        lines = text.split("\n")[record.origin.line - 1 : record.origin.line_end]
        assert json.loads(record.raw) == entry and record.raw in "\n".join(lines)
    assert [record.origin.entry for record in found.records] == [1, 2, 3] and len(found.digest) == 64


@pytest.mark.parametrize("form", sorted(MAKERS))
def test_one_entry_alone(form: str) -> None:
    for text in (json.dumps(MAKERS[form](7), indent=2), json.dumps(MAKERS[form](7))):
        assert read_bytes(text.encode()).entries == 1


def test_a_study() -> None:
    (record,) = read_bytes(json.dumps(study(1234567)).encode()).records
    assert (record.title, record.year, record.record_type, record.key) == (
        "Walking 1234567", 2015, "registration", "NCT01234567")
    assert record.registry_ids[0] == "NCT01234567" and "ISRCTN12345678" in record.registry_ids
    assert record.abstract == 'People walk. Others "rest".' and record.keywords == ("Multiple Sclerosis", "gait")
    wanted = {"sponsor": "University of Oss", "status": "COMPLETED", "start_date": "2015-03", "enrolment": "120",
              "completion_date": "2017-01-31", "phase": "PHASE2; PHASE3", "acronym": "WALK",
              "official_title": "A Randomised Trial of Walking",
              "secondary_ids": "ABC-1; 2015-001234-56; ISRCTN12345678"}
    assert wanted.items() <= record.extra.items()


def test_an_openalex_work() -> None:
    (record,) = read_bytes(json.dumps(work(9)).encode()).records
    assert (record.title, record.year, record.doi, record.pmid, record.pmcid, record.key) == (
        "Effect of walking", 2001, "10.1234/w.9", "123456", "PMC7654321", "W9")
    assert [str(author) for author in record.authors] == ["Vane, Ann B.", "de Vries, Jan"]
    assert (record.journal, record.volume, record.issue, record.pages) == ("Journal of Walking", "3", "2", "11-19")
    assert record.abstract == "Twenty people met people walked." and record.record_type == "article"
    assert record.language == "en" and record.keywords == ("Gait",)


def test_a_crossref_work() -> None:
    (record,) = read_bytes(json.dumps(item(9)).encode()).records
    assert record.title == "Effect of walking & rest: a trial" and (record.year, record.doi) == (2001, "10.1234/c.9")
    assert [str(author) for author in record.authors] == ["Vane, Ann B. Jr", "The Walking Group"]
    assert (record.journal, record.volume, record.issue, record.pages) == ("Journal of Walking", "3", "2", "11-19")
    assert record.abstract == "Aim People walked." and record.record_type == "erratum"
    assert record.extra["update_to"] == "erratum 10.1234/old" and record.extra["journal_other"] == "J Walk"


def test_a_europe_pmc_result() -> None:
    (record,) = read_bytes(json.dumps(result(99)).encode()).records
    assert (record.title, record.year, record.doi, record.pmid, record.pmcid) == (
        "Effect of walking.", 2001, "10.1234/e.99", "99", "PMC7654321")
    assert [str(author) for author in record.authors] == ["Vane, Ann B", "The Walking Group"]
    assert (record.journal, record.volume, record.pages) == ("Journal of walking", "3", "11-19")
    assert record.abstract == "Aim People walked." and record.keywords == ("Humans", "gait") and record.language == "en"


@pytest.mark.parametrize("form", sorted(MAKERS))
@pytest.mark.parametrize("shape", ["answer", "pretty", "array", "lines"])
def test_a_damaged_entry_costs_itself_only(form: str, shape: str) -> None:
    text = shapes(form, [MAKERS[form](number) for number in (1000001, 1000002, 1000003)])[shape]
    place = text.index("1000002") + len("1000002")
    quote = text.index('"', place)
    found = read_bytes((text[:quote] + text[quote + 1 :]).encode())
    assert found.entries == 3 and len(found.records) == 2 and len(found.rejected) == 1
    rejected = found.rejected[0]
    assert "1000002" in rejected.raw and "not valid JSON" in rejected.reason
    assert rejected.origin.line <= text.count("\n", 0, quote) + 1 <= rejected.origin.line_end


@pytest.mark.parametrize("form", sorted(MAKERS))
@pytest.mark.parametrize("shape", ["answer", "array", "lines"])
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_cut_anywhere_keeps_what_is_whole(form: str, shape: str, data: st.DataObject) -> None:
    text = shapes(form, [MAKERS[form](number) for number in (1000001, 1000002, 1000003)])[shape]
    cut = data.draw(st.integers(1, len(text) - 1))
    whole = read_bytes(text.encode()).records
    ends = [text.index(record.raw) + len(record.raw) for record in whole]
    complete = [record.key for record, end in zip(whole, ends, strict=True) if end <= cut]
    try:
        found = read_bytes(text[:cut].encode())
    except InputError:
        assert not complete
        return
    assert [record.key for record in found.records] == complete
    assert found.entries == len(found.records) + len(found.rejected)
    if shape != "lines" and cut < ends[-1]:
        assert found.rejected or any("not closed" in repair.message for repair in found.repairs)


def test_json_of_something_else_is_no_export() -> None:
    for text in ('{"a": 1}', "[1, 2]", "[[[[", '{"studies": []}', "[" * 100_000):
        with pytest.raises(InputError):
            read_bytes(text.encode())


STUDY_XML = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study rank="1">
  <required_header><url>https://clinicaltrials.gov/show/NCT01234567</url></required_header>
  <id_info><org_study_id>ABC-1</org_study_id><secondary_id>ISRCTN12345678</secondary_id>
  <nct_id>NCT01234567</nct_id></id_info>
  <brief_title>Walking</brief_title><official_title>A Trial of Walking</official_title>
  <sponsors><lead_sponsor><agency>University of Oss</agency></lead_sponsor></sponsors>
  <brief_summary><textblock>
      People walk.
  </textblock></brief_summary>
  <overall_status>Completed</overall_status><start_date>March 2015</start_date><phase>Phase 2</phase>
  <enrollment type="Actual">120</enrollment><condition>Multiple Sclerosis</condition>
</clinical_study>
"""
LIST_XML = """<?xml version="1.0" encoding="UTF-8"?>
<search_results count="2"><query>walking</query>
<study rank="1"><nct_id>NCT01234567</nct_id><title>Walking</title><status open="N">Completed</status>
<conditions><condition>Multiple Sclerosis</condition></conditions>
<sponsors><lead_sponsor>University of Oss</lead_sponsor></sponsors><phases><phase>Phase 2</phase></phases>
<enrollment>120</enrollment><start_date>March 2015</start_date></study>
<study rank="2"><nct_id>NCT01234568</nct_id><title>Resting</title><start_date>2016</start_date></study>
</search_results>
"""


@pytest.mark.parametrize("text,entries", [(STUDY_XML, 1), (LIST_XML, 2)])
def test_older_xml_of_clinicaltrials_gov(text: str, entries: int) -> None:
    found = read_bytes(text.encode())
    record = found.records[0]
    assert (found.format, found.entries, len(found.records)) == ("clinicaltrials-xml", entries, entries)
    assert (record.title, record.year, record.key, record.record_type) == (
        "Walking", 2015, "NCT01234567", "registration")
    wanted = {"sponsor": "University of Oss", "status": "Completed", "phase": "Phase 2", "enrolment": "120"}
    assert wanted.items() <= record.extra.items() and record.keywords == ("Multiple Sclerosis",)


def test_csv_of_clinicaltrials_gov_version_2() -> None:
    text = (
        "NCT Number,Study Title,Study URL,Acronym,Study Status,Brief Summary,Study Results,Conditions,Interventions,"
        "Sponsor,Collaborators,Sex,Age,Phases,Enrollment,Funder Type,Study Type,Study Design,Other IDs,Start Date,"
        "Completion Date,First Posted,Locations\n"
        'NCT01234567,"Walking, a Trial",https://clinicaltrials.gov/study/NCT01234567,WALK,COMPLETED,People walk.,NO,'
        "Multiple Sclerosis|Gait,BEHAVIORAL: Walking,University of Oss,,ALL,ADULT,PHASE2,120,OTHER,INTERVENTIONAL,"
        "Allocation: RANDOMIZED,ABC-1|ISRCTN12345678,2015-03,2017-01-31,2014-12-01,\n"
    )
    (record,) = read_bytes(text.encode()).records
    assert (record.title, record.year, record.record_type) == ("Walking, a Trial", 2015, "registration")
    assert record.registry_ids == ("NCT01234567", "ISRCTN12345678") and record.abstract == "People walk."
    assert record.keywords == ("Multiple Sclerosis", "Gait") and record.extra["Sponsor"] == "University of Oss"
