"""Searches run and written down: entries equal hits or it is said, and a person's file stays a person's."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.readers import read
from reviewkit.review import open_review
from reviewkit.review.checking import check
from reviewkit.review.records.importing import import_records
from reviewkit.review.records.recording import append
from reviewkit.review.records.searches import SearchFile, parse_searches
from reviewkit.review.starting import new_question
from tests.review.searched import (
    DAY,
    HEAD,
    QUERY,
    files,
    planned,
    pubmed,
    results,
    run,
    searcher,
    searches,
    write,
)
from tests.sources.services import (
    Answer,
    Handler,
    Request,
    article,
    europepmc,
    serving,
)


def test_a_search_is_stored_and_written_down(started: Path) -> None:
    before = searches(started)
    with serving(pubmed(450)) as server:
        (done,) = run(started, server)
    assert (done.status, done.hits, done.stored, done.warnings) == ("done", 450, 450, ())
    assert done.file == "pubmed-2026-11-21.xml"
    export = started / "references/q" / done.file
    result = read(export)
    assert (result.format, result.entries, len(result.records), result.rejected) == ("pubmed-xml", 450, 450, ())
    assert {record.pmid for record in result.records} == {str(3 * i + 1) for i in range(450)}
    assert result.records[0].title == f"Title of article {result.records[0].pmid}"
    assert all(article(3 * i + 1) in export.read_text(encoding="utf-8") for i in range(450))
    assert searches(started).startswith(before)
    (item,) = parse_searches(searches(started), "searches.toml").file
    assert (item.source, item.platform, item.date, item.hits, item.stored) == (
        "PubMed", "NCBI E-utilities", DAY, 450, 450)
    assert item.query == parse_searches(before, "").planned[0].query == QUERY
    assert item.sha256 == hashlib.sha256(export.read_bytes()).hexdigest()
    assert item.translation == '"translated"[All Fields]' and item.url == server.address
    assert not (started / "references/q/.search").exists()


def test_what_was_found_can_be_imported(started: Path) -> None:
    with serving(pubmed(12)) as server:
        run(started, server)
    assert import_records("q", started).records == 12
    review = open_review("q", started)
    assert review.flow.searched and review.flow.identified == 12
    assert not any(problem.code == "search-warning" for problem in check("q", started))


def test_a_finished_search_is_not_repeated_unless_asked(started: Path) -> None:
    with serving(pubmed(5)) as server:
        run(started, server)
        before, asked = files(started), len(server.requests)
        (same,) = run(started, server, day=dt.date(2027, 1, 1))
        assert (same.status, same.file, same.date) == ("unchanged", "pubmed-2026-11-21.xml", "2026-11-21")
        assert files(started) == before and len(server.requests) == asked
        (later,) = run(started, server, again=True, day=dt.date(2027, 1, 1))
        (twice,) = run(started, server, again=True, day=dt.date(2027, 1, 1))
    assert (later.file, twice.file) == ("pubmed-2027-01-01.xml", "pubmed-2027-01-01-2.xml")
    names = [item.name for item in parse_searches(searches(started), "").file]
    assert names == ["pubmed-2026-11-21.xml", "pubmed-2027-01-01.xml", "pubmed-2027-01-01-2.xml"]
    assert {name: digest for name, digest in files(started).items() if name in before} | {
        "references/q/searches.toml": before["references/q/searches.toml"]} == before


def test_a_changed_query_is_another_search(started: Path) -> None:
    with serving(pubmed(5)) as server:
        run(started, server)
        write(started, searches(started).replace("(cobalamin*", "(cobalamins", 1))
        (done,) = run(started, server)
    assert (done.status, done.file) == ("done", "pubmed-2026-11-21-2.xml")


def test_a_search_that_finds_nothing_is_written_down_without_a_file(started: Path) -> None:
    with serving(pubmed(0)) as server:
        (done,) = run(started, server)
        (same,) = run(started, server)
    assert (done.status, done.file, done.hits, done.stored) == ("done", None, 0, 0)
    assert same.status == "unchanged"
    assert import_records("q", started).records == 0
    assert [path.name for path in (started / "references/q").iterdir()] == ["searches.toml"]


def test_entries_are_lines_as_the_service_gave_them(started: Path) -> None:
    write(started, HEAD + planned("Europe PMC"))
    with serving(europepmc(results(7))) as server:
        (done,) = run(started, server)
    assert done.file is not None
    lines = (started / "references/q" / done.file).read_bytes().decode().split("\n")
    assert lines == [*(json.dumps(one, ensure_ascii=False) for one in results(7)), ""]


def counting(records: list[dict[str, Any]], change: Callable[[Request, dict[str, Any]], None]) -> Handler:
    service = europepmc(records)

    def handler(request: Request) -> Answer:
        found = json.loads(service(request).body)
        change(request, found)
        return Answer(json.dumps(found))

    return handler


@pytest.mark.parametrize(
    ("change", "stored", "hits", "said"),
    [
        (lambda request, found: found.update(hitCount=1200 if request.parameters["cursorMark"] != "500" else 1201),
         1200, 1200, None),
        (lambda request, found: found.update(hitCount=1200 + (request.parameters["cursorMark"] == "1000")),
         1200, 1201, "states 1201 hits, but 1200 entries were stored"),
        (lambda request, found: found.update(hitCount=1500), 1200, 1500, "states 1500 hits, but 1200"),
        (lambda request, found: found["resultList"]["result"].reverse()
         or found["resultList"].update(result=(found["resultList"]["result"] * 2)[:600]),
         1200, 1200, "entries came more than once and are stored once"),
    ],
    ids=["count-wavers", "count-grows", "too-few", "doubles"],
)
def test_what_does_not_add_up_is_said_and_written_down(
    started: Path, change: Callable[[Request, dict[str, Any]], None], stored: int, hits: int, said: str | None
) -> None:
    write(started, HEAD + planned("Europe PMC"))
    with serving(counting(results(1200), change)) as server:
        (done,) = run(started, server)
    assert (done.status, done.stored, done.hits) == ("done", stored, hits)
    (item,) = parse_searches(searches(started), "").file
    assert item.warnings == done.warnings and (item.hits, item.stored) == (hits, stored)
    if said is None:
        assert done.warnings == ()
    else:
        assert any(said in warning for warning in done.warnings)


def test_a_service_that_never_ends_is_stopped(started: Path) -> None:
    write(started, HEAD + planned("Europe PMC"))

    def endless(request: Request) -> Answer:
        mark = request.parameters["cursorMark"]
        return Answer(json.dumps({"hitCount": 9, "nextCursorMark": f"{mark}x", "resultList": {"result": results(3)}}))

    with serving(endless) as server:
        (done,) = run(started, server)
        assert len(server.requests) < 10
    assert done.stored == 3 and any("without an end" in warning for warning in done.warnings)


def test_a_warning_waits_for_a_person_until_it_is_settled(started: Path) -> None:
    said = "<ErrorList><PhraseNotFound>cobalamine</PhraseNotFound></ErrorList>"
    with serving(pubmed(4, said=said)) as server:
        (done,) = run(started, server)
    assert done.warnings == ("PubMed did not find the phrase: cobalamine",)
    import_records("q", started)
    waiting = [problem for problem in check("q", started) if problem.code == "search-warning"]
    assert len(waiting) == 1 and "cobalamine" in waiting[0].message
    with (started / "references/q/searches.toml").open("a", encoding="utf-8") as stream:
        stream.write('settled = "A spelling no record has."\n')
    assert not [problem for problem in check("q", started) if problem.code == "search-warning"]


def test_an_export_that_was_edited_is_found(started: Path) -> None:
    with serving(pubmed(4)) as server:
        (done,) = run(started, server)
    import_records("q", started)
    assert done.file is not None
    path = started / "references/q" / done.file
    path.write_bytes(path.read_bytes().replace(b"Journal", b"journal", 1))
    assert "export-changed" in {problem.code for problem in check("q", started)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "not-a-database-search"\n[[file]]\nname = "x.ris"\n' + planned("PubMed"), "no database is searched"),
        ('kind = "database-search"\n[[file]]\nname="x.ris"\nsource="a"\ndate=2020-01-01\nquery="q"\n', "no search is"),
        (HEAD + planned("PubMed") + planned("pubmed"), "two planned searches are called 'pubmed'"),
        (HEAD + planned("MEDLINE"), "source 'MEDLINE' cannot be searched from here; these can: PubMed, Europe PMC"),
        (HEAD + planned("PubMed", ""), "needs a query"),
        (HEAD + planned("PubMed", id="../x"), "is not an identifier"),
        (HEAD + '\n[[planned]]\nsource = "OpenAlex"\nquery = "x"\nparameters = { api_key = "k" }\n',
         "OpenAlex allows no parameter 'api_key'"),
        (HEAD, r"no search is planned"),
        (HEAD + 'file = [{ name = "", hits = 0, source = "a", date = 2020-01-01, query = "q" }]\n' + planned("PubMed"),
         "an entry cannot be appended"),
    ],
)
def test_what_cannot_be_searched_is_said_before_anything_is_asked(started: Path, text: str, said: str) -> None:
    write(started, text)
    before = files(started)
    with serving(pubmed(3)) as server:
        with pytest.raises(InputError, match=said):
            run(started, server)
        assert server.requests == [] and files(started) == before


def test_one_source_can_be_chosen_by_its_name(started: Path) -> None:
    write(started, HEAD + planned("PubMed", id="broad") + planned("PubMed", "y", id="narrow") + planned("Europe PMC"))
    found = searcher(started, "http://127.0.0.1:9")
    assert [task.name for task in found.planned(["narrow"])] == ["narrow"]
    assert [task.name for task in found.planned(["pubmed"])] == ["broad", "narrow"]
    assert [task.name for task in found.planned(["europe pmc", "broad"])] == ["broad", "europepmc"]
    with pytest.raises(InputError, match="no planned search is called 'scopus'"):
        found.planned(["scopus"])


def test_hits_can_be_asked_for_alone(started: Path) -> None:
    before = files(started)
    with serving(pubmed(33)) as server:
        found = searcher(started, server)
        (counted,) = found.count(found.planned())
    assert (counted.status, counted.hits) == ("planned", 33) and files(started) == before


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_an_entry_is_appended_to_the_bytes_that_are_there(started: Path, end: str) -> None:
    text = (HEAD + planned("PubMed") + '# the last line').replace("\n", end or "\n") + end
    path = started / "references/q/searches.toml"
    path.write_bytes(text.encode())
    item = SearchFile(name="a.xml", source="S\u007f\"\\", date=DAY, query="a\n\tb\u0001", hits=0,
                      parameters={"query.cond": "x = \"y\""}, warnings=("one", "two\n"), method="citation-searching")
    append(path, [item], started)
    assert path.read_bytes().startswith(text.encode())
    assert parse_searches(path.read_bytes().decode(), "").file == (item,)
    if end == "\r\n":
        assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")


def test_the_template_can_be_searched_once_its_plan_is_filled_in(tmp_path: Path) -> None:
    from reviewkit.review.progress import status

    new_question("q", tmp_path)
    text = searches(tmp_path)
    plan = text[text.index("# [[planned]]"):].replace("# [[", "[[").replace("# source", "source")
    plan = plan.replace("# query", "query")
    write(tmp_path, text.replace(text[text.index("# [[planned]]"):], plan))
    assert [p.name for p in parse_searches(searches(tmp_path), "").planned] == ["pubmed"]
    write(tmp_path, HEAD + planned("PubMed"))
    assert status("q", tmp_path)["next"] == "reviewkit search q"
    with pytest.raises(InputError, match="there is no export yet"):
        import_records("q", tmp_path)
    with serving(pubmed(3)) as server:
        run(tmp_path, server)
    assert status("q", tmp_path)["next"] == "reviewkit import q"


def test_what_a_service_says_cannot_steer_a_terminal(started: Path) -> None:
    with serving(lambda request: Answer("no\x1b[2J\x07\r\nsuch", 400)) as server:
        (failed,) = run(started, server)
    assert "(no [2J such)" in failed.reason
