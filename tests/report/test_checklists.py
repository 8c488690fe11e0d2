"""Reporting checklists: complete, never met by default, and honest about what a demonstration is."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reviewkit.report.checklists import CHECKLISTS, COLUMNS, checklist_rows, checklists_section, filled
from reviewkit.report.checklists.look import PLACES, STATES, Look
from reviewkit.report.opened import Report
from reviewkit.review import open_review
from reviewkit.review.records.searches import Searches, SearchFile
from reviewkit.tables import write_csv
from tests.report.pages import QUESTIONS, ROOT, report_of

BY_ID = {checklist.id: checklist for checklist in CHECKLISTS}
ALWAYS_OPEN = {
    "prisma-2020": ("1", "2", "6", "7", "8", "9", "11", "16a", "24a"), "prisma-2020-abstracts": ("1", "4", "12"),
    "prisma-s": tuple(str(n) for n in range(1, 16)),
}
"""What a demonstration from no search, on abstracts, by the project itself cannot meet."""


def states(report: Report, name: str) -> dict[str, str]:
    return {item.number: answer.state for item, answer in filled(report, BY_ID[name])}


def finished() -> Report:
    """The bundled review on vitamin B12 as it would stand had people done every step: nothing else is changed."""
    report = Report(open_review("b12-ms", ROOT))
    review = report.review
    _ = (review.rows, review.appraisal, review.flow, review.certainty_judgements)
    _ = (report.certainties, report.provenance)
    old = review.protocol
    asked = old.question.model_copy(update={
        "status": "final", "eligibility_basis": "full-text", "registration": "PROSPERO CRD1", "rationale": "Asked.",
        "title": "Do levels differ: a systematic review and meta-analysis?", "version": "1.0",
        "implications": ("Whether the levels matter to people is not known.",)})
    roles = ("ada", "ben")
    votes = {"votes_title_abstract": 2, "votes_full_text": 2, "reviewers": roles}
    review.__dict__["protocol"] = old.model_copy(update={
        "question": asked, "amendments": (),
        "screening": old.screening.model_copy(update=votes),
        "extraction": old.extraction.model_copy(update={"extractors": roles}),
        "appraisal": old.appraisal.model_copy(update={"assessors": roles}) if old.appraisal else None,
    })
    files = tuple(SearchFile.model_validate({
        "name": f.name, "source": "ClinicalTrials.gov" if place else "MEDLINE", "platform": "its own",
        "date": "2026-01-02", "query": "x", "hits": 9, "parameters": {"language": "any"}})
        for place, f in enumerate(review.sources.searches.file))
    note = ("Websites were browsed; no filter was used; strategies were adapted from an earlier review, peer review by "
            "PRESS; an update was made.")
    citation = SearchFile.model_validate({"name": "", "source": "MEDLINE", "date": "2026-01-03", "query": "y",
                                          "hits": 0, "method": "citation-searching"})
    searches = Searches(kind="database-search", note=note, file=(*files, citation))
    review.__dict__["sources"] = replace(review.sources, searches=searches)
    return report


def test_every_item_is_there_under_its_own_number() -> None:
    numbers = {name: [item.number for item in checklist.items] for name, checklist in BY_ID.items()}
    assert list(dict.fromkeys(n.rstrip("abcdef") for n in numbers["prisma-2020"])) == [str(n) for n in range(1, 28)]
    assert len(numbers["prisma-2020"]) == 42
    assert numbers["prisma-2020-abstracts"] == [str(n) for n in range(1, 13)]
    assert numbers["prisma-s"] == [str(n) for n in range(1, 17)]
    assert list(dict.fromkeys(n.rstrip("ab") for n in numbers["swim"])) == [str(n) for n in range(1, 10)]
    assert {checklist.doi for checklist in CHECKLISTS} == {
        "10.1136/bmj.n71", "10.1186/s13643-020-01542-z", "10.1136/bmj.l6890"}
    for checklist in CHECKLISTS:
        assert len({item.number for item in checklist.items}) == len(checklist.items)


@dataclass(frozen=True)
class Watched(Look):
    """Notes what a rule looks at."""

    seen: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_") and name != "seen":
            object.__getattribute__(self, "seen").append(name)
        return object.__getattribute__(self, name)


@pytest.mark.parametrize("checklist", CHECKLISTS, ids=lambda checklist: checklist.id)
def test_no_rule_answers_without_looking(checklist: object) -> None:
    report = report_of("massage-ms")
    for item in BY_ID[checklist.id].items:  # type: ignore[attr-defined]
        look = Watched(report)
        item.rule(look)
        assert look.seen, f"{checklist.id} {item.number}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_has_its_place_or_its_reason(question: str) -> None:
    for checklist in CHECKLISTS:
        for item, answer in filled(report_of(question), checklist):
            assert answer.state in STATES
            assert answer.places, item
            assert bool(answer.why) == (answer.state != "met"), item


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_demonstration_meets_nothing_on_search_two_people_and_full_text(question: str) -> None:
    report = report_of(question)
    assert report.review.protocol.demonstration
    for name, numbers in ALWAYS_OPEN.items():
        found = states(report, name)
        assert [number for number in numbers if found[number] != "not met"] == []


def test_the_same_items_are_met_once_people_have_done_them() -> None:
    report = finished()
    for name, numbers in ALWAYS_OPEN.items():
        found = states(report, name)
        # Nobody was written to, and two studies do not say how many people took part.
        open_still = {("prisma-s", "6"), ("prisma-2020", "2")}
        assert [number for number in numbers if found[number] != "met" and (name, number) not in open_still] == []
    assert states(report, "prisma-2020")["3"] == "met"
    assert states(report, "prisma-s")["6"] == "not met"


@pytest.mark.parametrize(("change", "number"), [
    ({"screening": {"votes_full_text": 1}}, "8"), ({"extraction": {"extractors": ("ada",)}}, "9"),
    ({"appraisal": {"assessors": ("ada",)}}, "11"), ({"question": {"status": "demonstration"}}, "8"),
    ({"question": {"eligibility_basis": "abstract"}}, "9"), ({"question": {"eligibility_basis": "abstract"}}, "16a"),
    ({"question": {"registration": "none"}}, "24a"), ({"question": {"rationale": ""}}, "3"),
    ({"question": {"version": "2.0"}}, "24c"), ({"question": {"limitations": ()}}, "23b"),
    ({"question": {"implications": ()}}, "23d"),
])  # fmt: skip
def test_one_step_left_out_is_one_item_not_met(change: dict[str, dict[str, object]], number: str) -> None:
    report = finished()
    assert states(report, "prisma-2020")[number] == "met"
    protocol = report.review.protocol
    part, update = next(iter(change.items()))
    changed = getattr(protocol, part).model_copy(update=update)
    report.review.__dict__["protocol"] = protocol.model_copy(update={part: changed})
    assert states(report, "prisma-2020")[number] == "not met"


@pytest.mark.parametrize(("change", "number"), [
    ({"platform": ""}, "1"), ({"hits": None}, "15"), ({"source": "MEDLINE"}, "3"),
])  # fmt: skip
def test_one_thing_left_out_of_a_search_is_found(change: dict[str, object], number: str) -> None:
    report = finished()
    assert states(report, "prisma-s")[number] == "met"
    searches = report.review.sources.searches
    files = tuple(f.model_copy(update=change) if f.method == "database" else f for f in searches.file)
    changed = searches.model_copy(update={"file": files})
    report.review.__dict__["sources"] = replace(report.review.sources, searches=changed)
    assert states(report, "prisma-s")[number] == "not met"


def test_swim_applies_where_something_was_not_pooled() -> None:
    assert states(report_of("massage-ms"), "swim")
    assert filled(report_of("upper-cervical-ms"), BY_ID["swim"]) == () or Look(report_of("upper-cervical-ms")).unpooled
    page = str(checklists_section(report_of("upper-cervical-low-back-pain")))
    assert "SWiM" in page


def test_the_table_on_disk_has_every_item(tmp_path: Path) -> None:
    report = report_of("massage-ms")
    for checklist in CHECKLISTS:
        path = tmp_path / f"{checklist.id}.csv"
        write_csv(path, COLUMNS, checklist_rows(report, checklist))
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["item"] for row in rows] == [item.number for item in checklist.items]
        assert {row["state"] for row in rows} <= set(STATES)


def test_places_have_names_and_anchors_of_their_own() -> None:
    assert len({anchor for _, anchor in PLACES.values()}) == len(PLACES)
