"""The report's section on searches: every search, its hits, what is not settled; citation searching marked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reviewkit.report.methods import flow_figure, searches_section
from reviewkit.review import open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.records.recording import append
from reviewkit.review.records.searches import SearchFile
from reviewkit.review.starting import new_question
from tests.sources.services import article

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def section(tmp_path: Path) -> tuple[str, str]:
    """The section and the flow's description of a question with three searches."""
    new_question("q", tmp_path)
    folder = tmp_path / "references/q"
    path = folder / "searches.toml"
    path.write_text('kind = "database-search"\n[[planned]]\nsource = "PubMed"\nquery = "x"\n', encoding="utf-8")
    for name, pmids in (("a.xml", (1, 2)), ("b.xml", (3,))):
        articles = "\n".join(article(pmid) for pmid in pmids)
        (folder / name).write_text(f"<PubmedArticleSet>\n{articles}\n</PubmedArticleSet>\n", encoding="utf-8")
    day = dt.date(2026, 11, 21)
    append(path, [SearchFile(name="a.xml", source="PubMed", platform="NCBI E-utilities", date=day, query=f"q {HOSTILE}",
                            hits=3, stored=2, translation="as <b>understood</b>", parameters={"mindate": "2001"},
                            warnings=(f"PubMed states 3 hits {HOSTILE}",))], tmp_path)
    append(path, [SearchFile(name="b.xml", source="OpenAlex", date=day, query="references of: doi:10.1/x", hits=1,
                            method="citation-searching")], tmp_path)
    append(path, [SearchFile(source="Crossref", date=day, query="nothing", hits=0, stored=0)], tmp_path)
    import_records("q", tmp_path)
    review = open_review("q", tmp_path)
    return str(searches_section(review)), flow_figure(review).description


def test_every_search_has_its_row(section: tuple[str, str]) -> None:
    text, _ = section
    assert "PubMed (NCBI E-utilities)" in text and "OpenAlex, citation searching" in text and "Crossref" in text
    assert "mindate = 2001" in text and "references of: doi:10.1/x" in text
    assert "Query: OpenAlex, citation searching" in text


def test_warnings_wait_and_nothing_runs(section: tuple[str, str]) -> None:
    text, _ = section
    assert "waits for a person" in text and "<script>" not in text and "<b>understood" not in text
    assert "The database understood it as: as &lt;b&gt;understood" in text


def test_the_flow_marks_what_came_from_citations(section: tuple[str, str]) -> None:
    _, flow = section
    assert "b.xml, citation searching" in flow and "a.xml, citation" not in flow


def test_retractions_are_not_checked_until_somebody_looked(section: tuple[str, str]) -> None:
    text, _ = section
    assert "Retraction status of the included reports: not checked." in text
