"""Citations followed both ways, and seeds that cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.review import open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.records.searches import parse_searches
from reviewkit.review.records.searching import Searcher, SearchRun
from reviewkit.sources import Client, Database
from tests.review.searched import (
    DAY,
    pubmed,
    run,
    searcher,
)
from tests.sources.services import (
    OpenAlex,
    Server,
    serving,
)


def work(number: int, references: list[int] | None = None, doi: str = "", pmid: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"https://openalex.org/W{number}", "display_name": f"Work {number}",
                             "referenced_works": [f"https://openalex.org/W{n}" for n in references or []]}
    if doi:
        found["doi"] = f"https://doi.org/{doi}"
    if pmid:
        found["ids"] = {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}"}
    return found


def chased(root: Path, server: Server, *directions: str) -> list[SearchRun]:
    def client(database: Database, told: Callable[[str], None]) -> Client:
        return Client(database.access, environment={database.access.variable: server.address}, told=told,
                      sleep=lambda seconds: None, timeout=5)

    found = Searcher(open_review("b12-ms", root), client=client, today=lambda: DAY)
    return list(found.run([found.chase(direction) for direction in directions]))


def seeds(root: Path) -> list[tuple[str, str, str]]:
    review = open_review("b12-ms", root)
    return [(name, review.reports[name].doi, review.reports[name].pmid) for name in review.screening.included]


def test_citations_are_followed_both_ways(project: Path) -> None:
    known = [(name, doi, pmid) for name, doi, pmid in seeds(project) if doi or pmid]
    bare = [name for name, doi, pmid in seeds(project) if not (doi or pmid)]
    assert len(known) > 3
    # Each seed cites 60 works of a common stock of 260; the last seed is unknown; ten works cited are gone.
    works = [work(i, [1000 + (40 * i + j) % 260 for j in range(60)], doi, pmid)
             for i, (_, doi, pmid) in enumerate(known[:-1])]
    cited = sorted({name for one in works for name in one["referenced_works"]})
    stock = [work(int(name.rpartition("W")[2])) for name in cited[10:]]
    citing = [work(5000 + i, [i % len(works), (i + 1) % len(works)]) for i in range(150)]
    with serving(OpenAlex([*works, *stock, *citing])) as server:
        backward, forward = chased(project, server, "backward", "forward")
    assert backward.stored == len(stock) == len(cited) - 10
    assert forward.stored == forward.hits == 150
    assert f"10 of {len(cited)} works cited are not in OpenAlex" in backward.warnings
    for found in (backward, forward):
        assert f"seed not found in OpenAlex: {known[-1][0]}" in found.warnings
        assert all(f"no DOI or PMID, so its citations were not followed: {name}" in found.warnings for name in bare)
    text = (project / "references/b12-ms/searches.toml").read_text(encoding="utf-8")
    items = parse_searches(text, "").file[-2:]
    assert [item.method for item in items] == ["citation-searching"] * 2
    assert [item.name for item in items] == [
        "citations-backward-2026-11-21.jsonl", "citations-forward-2026-11-21.jsonl"]
    assert items[0].query.startswith("references of: ") and items[1].query.startswith("works that cite: ")
    lines = (project / "references/b12-ms/citations-forward-2026-11-21.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [one["id"] for one in citing]


def test_many_works_cited_are_asked_for_in_batches(project: Path) -> None:
    _, doi, pmid = next(one for one in seeds(project) if one[1] or one[2])
    works = [work(1, list(range(1000, 1345)), doi, pmid), *(work(n) for n in range(1000, 1345))]
    with serving(OpenAlex(works)) as server:
        (found,) = chased(project, server, "backward")
        assert all(len(request.url) < 4000 for request in server.requests)
    assert found.stored == found.hits == 345


def test_seeds_without_anything_to_follow(project: Path) -> None:
    with serving(OpenAlex([])) as server:
        (found,) = chased(project, server, "forward")
    assert (found.status, found.file, found.stored) == ("done", None, 0)
    assert sum("not found in OpenAlex" in warning for warning in found.warnings) == sum(
        1 for _, doi, pmid in seeds(project) if doi or pmid)


def test_citations_of_nothing_cannot_be_followed(started: Path) -> None:
    with serving(pubmed(3)) as server:
        run(started, server)
        import_records("q", started)
        with pytest.raises(InputError, match="no report is included yet"):
            searcher(started, server).chase("backward")
