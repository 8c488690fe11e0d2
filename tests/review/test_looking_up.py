"""citations-looked-up.csv: a proposal beside a judgement, which it never overwrites; nothing lost on failure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.review.checking import findings
from reviewkit.review.claims.auditing import COLUMNS, read_citations
from reviewkit.review.claims.looking_up import (
    PROPOSALS,
    Connect,
    LookUp,
    Proposal,
    look_up_citations,
    read_proposals,
    unsettled_proposals,
)
from reviewkit.sources import Client, ServiceError
from reviewkit.sources.lookup import SERVICES, Service
from reviewkit.tables import csv_text, read_csv
from tests.sources.references import Stock, Work
from tests.sources.services import Answer, Handler, Server, serving

pytestmark = pytest.mark.slow  # together they take seconds

DAY = dt.date(2026, 11, 21)
CASE = Work(11, "Care of the neck for idiopathic cervical dystonia in one woman", "Bova", 2013,
            "Journal of Chiropractic Medicine", "10.1016/j.jcm.2013")
TRIAL = Work(12, "Dose response and efficacy of manipulation for cervicogenic headache", "Haas", 2018,
             "The Spine Journal", "10.1016/j.spinee.2018")
ROW = {"id": "C1", "question": "b12-ms", "author": "Bova JA", "year": "2013", "title": CASE.title,
       "journal": "J Chiropr Med", "status": "found as cited", "supports": "no", "why": "w", "where_looked": "pages",
       "retraction": "not checked"}


@contextmanager
def services(stock: Stock, broken: tuple[str, ...] = ()) -> Iterator[tuple[Connect, list[Server]]]:
    """Clients of the three services over a stock; those in ``broken`` answer 500."""
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for service in SERVICES:
            slug = service.database.slug
            handler: Handler = (lambda request: Answer("no", 500)) if slug in broken else getattr(stock, slug)
            servers[slug] = stack.enter_context(serving(handler))

        def connect(service: Service) -> Client:
            access = service.database.access
            return Client(access, environment={access.variable: servers[service.database.slug].address},
                          sleep=lambda seconds: None, timeout=5)

        yield connect, list(servers.values())


def project_of(folder: Path, *rows: dict[str, str]) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/citations.csv").write_text(csv_text(COLUMNS, rows), encoding="utf-8")
    return folder


def looked_up(root: Path, *works: Work, broken: tuple[str, ...] = ()) -> LookUp:
    with services(Stock(list(works)), broken) as (connect, _):
        return look_up_citations(root, connect=connect, today=DAY)


def one(folder: Path, *works: Work, **changes: str) -> Proposal:
    (found,) = looked_up(project_of(folder, {**ROW, **changes}), *works).proposals
    return found


def test_a_work_found_as_cited(tmp_path: Path) -> None:
    found = one(tmp_path, CASE, TRIAL)
    assert (found.status, found.differs, found.doi, found.pmid) == ("found as cited", "", CASE.doi, "11")
    assert (found.looked_on, found.where_looked) == ("2026-11-21", "Crossref, PubMed, OpenAlex, by title")
    assert found.agrees and "Bova" in found.found and found.retraction == "nothing found"


@pytest.mark.parametrize(("changes", "differs"), [
    ({"year": "2014"}, "year"), ({"author": "Smith K"}, "author"), ({"journal": "The Lancet"}, "journal"),
    ({"year": "2014", "journal": "The Lancet", "author": "Smith K"}, "author; year; journal"),
    ({"title": CASE.title.replace("woman", "womann")}, ""), ({"year": "", "journal": ""}, ""),
])
def test_details_that_differ_are_named(tmp_path: Path, changes: dict[str, str], differs: str) -> None:
    found = one(tmp_path, CASE, **changes)
    assert found.differs == differs
    assert found.status == ("found with different details" if differs else "found as cited")


def test_a_doi_that_belongs_to_another_title(tmp_path: Path) -> None:
    found = one(tmp_path, TRIAL, title="Effectiveness of upper neck care for chronic pain", author="Haas M",
                year="2020", journal="Spine Journal", doi=TRIAL.doi)
    assert (found.status, found.differs) == ("found with different details", "title; year")
    assert found.where_looked.endswith("by title and DOI")


def test_what_is_not_found_is_not_found_where_we_looked(tmp_path: Path) -> None:
    found = one(tmp_path, CASE, title="Care of the neck for headache and pain of everybody", author="Nobody Q")
    assert found.status == "not found" and not found.found and not found.doi
    assert found.said.startswith("not found where we looked (Crossref, PubMed, OpenAlex, by title; 2026-11-21)")
    assert found.retraction == "not checked" and not found.agrees


def test_a_work_of_the_same_author_on_something_else_is_only_the_nearest(tmp_path: Path) -> None:
    found = one(tmp_path, TRIAL, title="Dose and efficacy of manipulation for chronic pain of the lower back in nurses",
                author="Haas M", year="2020")
    assert found.status == "not found"
    assert TRIAL.title in found.nearest and "nearest" in found.said


@pytest.mark.parametrize(("kind", "status"), [("retraction", "retracted"), ("correction", "corrected"),
                                              ("expression_of_concern", "expression of concern")])
def test_a_notice_on_the_work_is_named(tmp_path: Path, kind: str, status: str) -> None:
    noticed = Work(CASE.pmid, CASE.title, CASE.family, CASE.year, CASE.journal, CASE.doi, (kind,))
    found = one(tmp_path, noticed)
    assert found.retraction == status and found.agrees == (status == "corrected")


def test_a_persons_judgement_is_never_overwritten(tmp_path: Path) -> None:
    root = project_of(tmp_path, {**ROW, "status": "not found"}, {**ROW, "id": "C2", "author": "not named"},
                      {**ROW, "id": "C3", "author": "none", "status": "no citation", "supports": "not applicable"})
    before = (root / "data/citations.csv").read_bytes()
    found = looked_up(root, CASE)
    assert (root / "data/citations.csv").read_bytes() == before
    assert [(item.id, item.status, item.judged) for item in found.proposals] == [("C1", "found as cited", "not found")]
    assert found.nameless == ("C2",) and read_proposals(root) == found.proposals
    (problem,) = unsettled_proposals(root)
    assert problem.code == "citation-differs" and "A person said: not found" in problem.message and problem.remedy
    # A person who judges on that day or later has seen it, whatever the judgement.
    project_of(tmp_path, {**ROW, "status": "not found", "looked_on": "2026-11-21"})
    assert unsettled_proposals(root) == []


def test_a_look_up_that_agrees_waits_for_nobody(tmp_path: Path) -> None:
    root = project_of(tmp_path, ROW)
    looked_up(root, CASE)
    assert unsettled_proposals(root) == []
    noticed = Work(CASE.pmid, CASE.title, CASE.family, CASE.year, CASE.journal, CASE.doi, ("retraction",))
    looked_up(root, noticed)
    (problem,) = unsettled_proposals(root)
    assert "retracted" in problem.message


def test_a_service_that_fails_is_left_out_and_named(tmp_path: Path) -> None:
    found = looked_up(project_of(tmp_path, ROW), CASE, broken=("pubmed",))
    assert found.proposals[0].where_looked == "Crossref, OpenAlex, by title"
    (error,) = found.failures
    assert "PubMed gave no usable answer" in str(error)
    without = looked_up(project_of(tmp_path, ROW), CASE, broken=("crossref",))
    assert without.proposals[0].retraction == "not checked" and without.proposals[0].status == "found as cited"


def test_where_every_service_fails_nothing_is_lost(tmp_path: Path) -> None:
    root = project_of(tmp_path, ROW)
    looked_up(root, CASE)
    before = {path: path.read_bytes() for path in (root / "data").iterdir()}
    with pytest.raises(ServiceError, match="Crossref"):
        looked_up(root, broken=("crossref", "pubmed", "openalex"))
    assert {path: path.read_bytes() for path in (root / "data").iterdir()} == before


def test_a_wrong_audit_asks_nobody(tmp_path: Path) -> None:
    root = project_of(tmp_path, {**ROW, "status": "invented"})
    with services(Stock([CASE])) as (connect, servers), pytest.raises(InputError, match="invented"):
        look_up_citations(root, connect=connect)
    assert not any(server.requests for server in servers) and not (root / PROPOSALS).exists()


def test_a_hostile_title_becomes_no_formula(tmp_path: Path) -> None:
    evil = Work(13, "=HYPERLINK(1) care of the neck for idiopathic cervical dystonia in one woman", "=Bova", 2013,
                "J", "10.1/evil")
    found = one(tmp_path, evil, title=evil.title)
    text = (tmp_path / PROPOSALS).read_text(encoding="utf-8")
    assert ",=" not in text and '"=' not in text
    assert read_proposals(tmp_path) == (found,)


def test_check_tells_of_look_ups_that_wait(project: Path) -> None:
    """Of the bundled audit: found where a person had found nothing."""
    wanted = next(item for item in read_citations(project) if item.id == "C06")
    looked_up(project, Work(14, wanted.title, "Brennan", 2022, wanted.journal, "10.1/brennan"))
    waiting = findings("b12-ms", project).waiting
    assert {problem.code for problem in waiting} >= {"citation-differs"}
    assert any("C06" in problem.message and "A person said: not found" in problem.message for problem in waiting)
    rows = read_csv(project / PROPOSALS, (
        "id", "status", "differs", "found", "doi", "pmid", "nearest", "retraction", "where_looked", "looked_on",
        "judged", "agrees"))
    assert {row["id"] for row in rows} == {"C01", "C02", "C03", "C05", "C06", "C08"}
