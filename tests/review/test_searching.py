"""Searches run, resumed and written down: entries equal hits or it is said, and a person's file stays a person's."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.readers import read
from reviewkit.review import open_review
from reviewkit.review.checking import check
from reviewkit.review.importing import import_records
from reviewkit.review.recording import append
from reviewkit.review.searches import SearchFile, parse_searches
from reviewkit.review.searching import Searcher, SearchRun
from reviewkit.review.starting import new_question
from reviewkit.sources import Client, Database
from tests.sources.services import Answer, Handler, OpenAlex, PubMed, Request, Server, article, europepmc, serving

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 11, 21)
HEAD = '# Written by a person.\nkind = "database-search"   # kept\nnote = "Ünïcode"\n'
QUERY = '"multiple sclerosis"[tiab] AND\n  (cobalamin* OR "vitamin B12") \\ \x7f\u2028 \t“x”'


def planned(source: str, query: str = "x", **more: str) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in {"source": source, "query": query, **more}.items()]
    return "\n[[planned]]\n" + "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    new_question("q", tmp_path)
    write(tmp_path, HEAD + planned("PubMed", QUERY))
    return tmp_path


def write(root: Path, text: str) -> None:
    (root / "references/q/searches.toml").write_text(text, encoding="utf-8")


def searches(root: Path) -> str:
    return (root / "references/q/searches.toml").read_text(encoding="utf-8")


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*") if path.is_file()}


def searcher(root: Path, server: Server | str, day: dt.date = DAY, **environment: str) -> Searcher:
    address = server if isinstance(server, str) else server.address

    def client(database: Database, told: Callable[[str], None]) -> Client:
        values = {database.access.variable: address, **environment}
        return Client(database.access, environment=values, told=told, sleep=lambda seconds: None, timeout=5)

    return Searcher(open_review("q", root), client=client, today=lambda: day)


def run(root: Path, server: Server | str, *wanted: str, again: bool = False, **more: Any) -> list[SearchRun]:
    found = searcher(root, server, **more)
    return list(found.run(found.planned(wanted), again=again))


def pubmed(n: int, **choices: Any) -> PubMed:
    return PubMed({3 * i + 1: article(3 * i + 1) for i in range(n)}, **choices)


def results(n: int) -> list[dict[str, Any]]:
    return [{"id": str(i), "source": "MED", "title": f"Täytle \u2028 {i}"} for i in range(n)]


def test_a_search_is_stored_and_written_down(project: Path) -> None:
    before = searches(project)
    with serving(pubmed(450)) as server:
        (done,) = run(project, server)
    assert (done.status, done.hits, done.stored, done.warnings) == ("done", 450, 450, ())
    assert done.file == "pubmed-2026-11-21.xml"
    export = project / "references/q" / done.file
    result = read(export)
    assert (result.format, result.entries, len(result.records), result.rejected) == ("pubmed-xml", 450, 450, ())
    assert {record.pmid for record in result.records} == {str(3 * i + 1) for i in range(450)}
    assert result.records[0].title == f"Title of article {result.records[0].pmid}"
    assert all(article(3 * i + 1) in export.read_text(encoding="utf-8") for i in range(450))
    assert searches(project).startswith(before)
    (item,) = parse_searches(searches(project), "searches.toml").file
    assert (item.source, item.platform, item.date, item.hits, item.stored) == (
        "PubMed", "NCBI E-utilities", DAY, 450, 450)
    assert item.query == parse_searches(before, "").planned[0].query == QUERY
    assert item.sha256 == hashlib.sha256(export.read_bytes()).hexdigest()
    assert item.translation == '"translated"[All Fields]' and item.url == server.address
    assert not (project / "references/q/.search").exists()


def test_what_was_found_can_be_imported(project: Path) -> None:
    with serving(pubmed(12)) as server:
        run(project, server)
    assert import_records("q", project).records == 12
    review = open_review("q", project)
    assert review.flow.searched and review.flow.identified == 12
    assert not any(problem.code == "search-warning" for problem in check("q", project))


def test_a_finished_search_is_not_repeated_unless_asked(project: Path) -> None:
    with serving(pubmed(5)) as server:
        run(project, server)
        before, asked = files(project), len(server.requests)
        (same,) = run(project, server, day=dt.date(2027, 1, 1))
        assert (same.status, same.file, same.date) == ("unchanged", "pubmed-2026-11-21.xml", "2026-11-21")
        assert files(project) == before and len(server.requests) == asked
        (later,) = run(project, server, again=True, day=dt.date(2027, 1, 1))
        (twice,) = run(project, server, again=True, day=dt.date(2027, 1, 1))
    assert (later.file, twice.file) == ("pubmed-2027-01-01.xml", "pubmed-2027-01-01-2.xml")
    names = [item.name for item in parse_searches(searches(project), "").file]
    assert names == ["pubmed-2026-11-21.xml", "pubmed-2027-01-01.xml", "pubmed-2027-01-01-2.xml"]
    assert {name: digest for name, digest in files(project).items() if name in before} | {
        "references/q/searches.toml": before["references/q/searches.toml"]} == before


def test_a_changed_query_is_another_search(project: Path) -> None:
    with serving(pubmed(5)) as server:
        run(project, server)
        write(project, searches(project).replace("(cobalamin*", "(cobalamins", 1))
        (done,) = run(project, server)
    assert (done.status, done.file) == ("done", "pubmed-2026-11-21-2.xml")


def test_a_search_that_finds_nothing_is_written_down_without_a_file(project: Path) -> None:
    with serving(pubmed(0)) as server:
        (done,) = run(project, server)
        (same,) = run(project, server)
    assert (done.status, done.file, done.hits, done.stored) == ("done", None, 0, 0)
    assert same.status == "unchanged"
    assert import_records("q", project).records == 0
    assert [path.name for path in (project / "references/q").iterdir()] == ["searches.toml"]


def test_without_network_nothing_changes(project: Path) -> None:
    write(project, searches(project) + planned("OpenAlex"))
    with serving(pubmed(1)) as server:
        address = server.address
    before = files(project)
    found = run(project, address)
    assert [(one.status, one.code) for one in found] == [("failed", "no-network")]
    assert files(project) == before and not (project / "references/q/.search").exists()


def test_a_service_that_fails_in_the_middle_is_taken_up_where_it_stopped(project: Path) -> None:
    service = pubmed(900)
    with serving(service) as server:
        fetched = 0

        def failing(request: Request) -> Answer:
            nonlocal fetched
            fetched += "efetch" in request.path
            return Answer("no", 500) if fetched > 2 else service(request)

        server.handler = failing
        (failed,) = run(project, server)
        assert failed.status == "failed" and "goes on where it stopped" in failed.reason
        assert [path.name for path in (project / "references/q").iterdir() if not path.name.startswith(".")] == [
            "searches.toml"]
        server.handler, before = service, len(server.requests)
        service.articles[999_999] = article(999_999)
        (done,) = run(project, server, day=DAY + dt.timedelta(days=1))
        assert [request.path for request in server.requests[before:]] == ["/efetch.fcgi"] * 3
    assert (done.status, done.resumed, done.stored, done.date) == ("done", True, 900, "2026-11-21")
    assert done.warnings == ("begun on 2026-11-21, finished on 2026-11-22",)
    assert done.file == "pubmed-2026-11-21.xml"


KILLED = """
import sys
from reviewkit.cli import main
sys.argv = ["reviewkit", "search", "q"]
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a POSIX signal")
@pytest.mark.parametrize("page", [1, 3])
def test_a_killed_search_goes_on_where_it_stopped(project: Path, page: int) -> None:
    service, gate, reached = pubmed(800), threading.Event(), threading.Event()
    with serving(service) as server:
        def waiting(request: Request) -> Answer:
            if "efetch" in request.path and len(server.asked("efetch")) == page:
                reached.set()
                gate.wait(30)
            return service(request)

        server.handler = waiting
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "REVIEWKIT_PUBMED_URL": server.address,
                       "NCBI_API_KEY": "the-secret-key-42", "REVIEWKIT_EMAIL": "a.person@example.org"}
        process = subprocess.Popen([sys.executable, "-c", KILLED], cwd=project, env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert reached.wait(30)
            process.send_signal(signal.SIGKILL)
        finally:
            process.wait(10)
            gate.set()
        assert parse_searches(searches(project), "").file == ()
        hidden = [path for path in (project / "references/q").rglob("*") if path.is_file()]
        assert [path.name for path in hidden if ".search" not in path.parts] == ["searches.toml"]
        assert not any(b"the-secret-key" in path.read_bytes() or b"a.person@" in path.read_bytes() for path in hidden)
        server.handler = service
        before = len(server.requests)
        (done,) = run(project, server, day=dt.date.today())
        assert len(server.requests) - before == 4 - (page - 1)
    assert (done.resumed, done.stored, done.hits) == (True, 800, 800)
    assert done.file == f"pubmed-{done.date}.xml" and read(project / "references/q" / done.file).entries == 800


def test_a_crash_before_the_entry_is_written_leaves_no_second_copy(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(pubmed(5)) as server:
        def full(*arguments: object) -> None:
            raise ReviewkitError("could not be written: No space left on device.")

        monkeypatch.setattr("reviewkit.review.searching.append", full)
        with pytest.raises(ReviewkitError, match="No space left"):
            run(project, server)
        assert parse_searches(searches(project), "").file == ()
        monkeypatch.undo()
        asked = len(server.requests)
        (done,) = run(project, server)
        assert len(server.requests) == asked and done.resumed and done.file == "pubmed-2026-11-21.xml"
    assert sorted(path.name for path in (project / "references/q").iterdir()) == [
        "pubmed-2026-11-21.xml", "searches.toml"]


def test_a_damaged_page_is_fetched_again(project: Path) -> None:
    service = pubmed(700)
    with serving(service) as server:
        server.handler = lambda request: (
            Answer("no", 500) if len(server.asked("efetch")) > 3 else service(request))
        assert run(project, server)[0].status == "failed"
        page = next((project / "references/q/.search").rglob("page-000002.json"))
        content = bytearray(page.read_bytes())
        content[len(content) // 2] ^= 1
        page.write_bytes(content)
        server.handler = service
        (done,) = run(project, server)
    assert done.stored == 700 and read(project / "references/q/pubmed-2026-11-21.xml").entries == 700


def test_a_cursor_that_has_expired_begins_the_search_anew(project: Path) -> None:
    write(project, HEAD + planned("Europe PMC"))
    service = europepmc(results(1700))
    with serving(service) as server:
        server.handler = lambda request: (
            Answer("no", 500) if request.parameters["cursorMark"] == "1000" else service(request))
        assert run(project, server)[0].status == "failed"
        server.handler = lambda request: (
            Answer("cursor unknown", 400) if len(server.requests) == before + 1 else service(request))
        before = len(server.requests)
        (done,) = run(project, server)
    assert (done.stored, done.warnings, done.resumed) == (1700, (), False)


def test_entries_are_lines_as_the_service_gave_them(project: Path) -> None:
    write(project, HEAD + planned("Europe PMC"))
    with serving(europepmc(results(7))) as server:
        (done,) = run(project, server)
    assert done.file is not None
    lines = (project / "references/q" / done.file).read_bytes().decode().split("\n")
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
    project: Path, change: Callable[[Request, dict[str, Any]], None], stored: int, hits: int, said: str | None
) -> None:
    write(project, HEAD + planned("Europe PMC"))
    with serving(counting(results(1200), change)) as server:
        (done,) = run(project, server)
    assert (done.status, done.stored, done.hits) == ("done", stored, hits)
    (item,) = parse_searches(searches(project), "").file
    assert item.warnings == done.warnings and (item.hits, item.stored) == (hits, stored)
    if said is None:
        assert done.warnings == ()
    else:
        assert any(said in warning for warning in done.warnings)


def test_a_service_that_never_ends_is_stopped(project: Path) -> None:
    write(project, HEAD + planned("Europe PMC"))

    def endless(request: Request) -> Answer:
        mark = request.parameters["cursorMark"]
        return Answer(json.dumps({"hitCount": 9, "nextCursorMark": f"{mark}x", "resultList": {"result": results(3)}}))

    with serving(endless) as server:
        (done,) = run(project, server)
        assert len(server.requests) < 10
    assert done.stored == 3 and any("without an end" in warning for warning in done.warnings)


def test_a_warning_waits_for_a_person_until_it_is_settled(project: Path) -> None:
    said = "<ErrorList><PhraseNotFound>cobalamine</PhraseNotFound></ErrorList>"
    with serving(pubmed(4, said=said)) as server:
        (done,) = run(project, server)
    assert done.warnings == ("PubMed did not find the phrase: cobalamine",)
    import_records("q", project)
    waiting = [problem for problem in check("q", project) if problem.code == "search-warning"]
    assert len(waiting) == 1 and "cobalamine" in waiting[0].message
    with (project / "references/q/searches.toml").open("a", encoding="utf-8") as stream:
        stream.write('settled = "A spelling no record has."\n')
    assert not [problem for problem in check("q", project) if problem.code == "search-warning"]


def test_an_export_that_was_edited_is_found(project: Path) -> None:
    with serving(pubmed(4)) as server:
        (done,) = run(project, server)
    import_records("q", project)
    assert done.file is not None
    path = project / "references/q" / done.file
    path.write_bytes(path.read_bytes().replace(b"Journal", b"journal", 1))
    assert "export-changed" in {problem.code for problem in check("q", project)}


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
        (HEAD, r"needs a \[\[file\]\] for each export, or a \[\[planned\]\]"),
        (HEAD + 'file = [{ name = "", hits = 0, source = "a", date = 2020-01-01, query = "q" }]\n' + planned("PubMed"),
         "an entry cannot be appended"),
    ],
)
def test_what_cannot_be_searched_is_said_before_anything_is_asked(project: Path, text: str, said: str) -> None:
    write(project, text)
    before = files(project)
    with serving(pubmed(3)) as server:
        with pytest.raises(InputError, match=said):
            run(project, server)
        assert server.requests == [] and files(project) == before


def test_one_source_can_be_chosen_by_its_name(project: Path) -> None:
    write(project, HEAD + planned("PubMed", id="broad") + planned("PubMed", "y", id="narrow") + planned("Europe PMC"))
    found = searcher(project, "http://127.0.0.1:9")
    assert [task.name for task in found.planned(["narrow"])] == ["narrow"]
    assert [task.name for task in found.planned(["pubmed"])] == ["broad", "narrow"]
    assert [task.name for task in found.planned(["europe pmc", "broad"])] == ["broad", "europepmc"]
    with pytest.raises(InputError, match="no planned search is called 'scopus'"):
        found.planned(["scopus"])


def test_hits_can_be_asked_for_alone(project: Path) -> None:
    before = files(project)
    with serving(pubmed(33)) as server:
        found = searcher(project, server)
        (counted,) = found.count(found.planned())
    assert (counted.status, counted.hits) == ("planned", 33) and files(project) == before


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_an_entry_is_appended_to_the_bytes_that_are_there(project: Path, end: str) -> None:
    text = (HEAD + planned("PubMed") + '# the last line').replace("\n", end or "\n") + end
    path = project / "references/q/searches.toml"
    path.write_bytes(text.encode())
    item = SearchFile(name="a.xml", source="S\u007f\"\\", date=DAY, query="a\n\tb\u0001", hits=0,
                      parameters={"query.cond": "x = \"y\""}, warnings=("one", "two\n"), method="citation-searching")
    append(path, item, project)
    assert path.read_bytes().startswith(text.encode())
    assert parse_searches(path.read_bytes().decode(), "").file == (item,)
    if end == "\r\n":
        assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")


def test_two_runs_at_once_do_the_work_once(project: Path) -> None:
    service = pubmed(300)

    def slowly(request: Request) -> Answer:
        time.sleep(0.05)
        return service(request)

    with serving(slowly) as server:
        found: list[SearchRun] = []
        threads = [threading.Thread(target=lambda: found.extend(run(project, server))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.asked("efetch")) == 2
    assert sorted(one.status for one in found) == ["done", "unchanged", "unchanged"]
    assert len(parse_searches(searches(project), "").file) == 1


# --- Citation chasing --------------------------------------------------------------------------------------------


def work(number: int, references: list[int] | None = None, doi: str = "", pmid: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"https://openalex.org/W{number}", "display_name": f"Work {number}",
                             "referenced_works": [f"https://openalex.org/W{n}" for n in references or []]}
    if doi:
        found["doi"] = f"https://doi.org/{doi}"
    if pmid:
        found["ids"] = {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}"}
    return found


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    import shutil

    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def chased(root: Path, server: Server, *directions: str) -> list[SearchRun]:
    def client(database: Database, told: Callable[[str], None]) -> Client:
        return Client(database.access, environment={database.access.variable: server.address}, told=told,
                      sleep=lambda seconds: None, timeout=5)

    found = Searcher(open_review("b12-ms", root), client=client, today=lambda: DAY)
    return list(found.run([found.chase(direction) for direction in directions]))


def seeds(root: Path) -> list[tuple[str, str, str]]:
    review = open_review("b12-ms", root)
    return [(name, review.reports[name].doi, review.reports[name].pmid) for name in review.screening.included]


def test_citations_are_followed_both_ways(bundled: Path) -> None:
    known = [(name, doi, pmid) for name, doi, pmid in seeds(bundled) if doi or pmid]
    bare = [name for name, doi, pmid in seeds(bundled) if not (doi or pmid)]
    assert len(known) > 3
    # Each seed cites 60 works of a common stock of 260; the last seed is unknown; ten works cited are gone.
    works = [work(i, [1000 + (40 * i + j) % 260 for j in range(60)], doi, pmid)
             for i, (_, doi, pmid) in enumerate(known[:-1])]
    cited = sorted({name for one in works for name in one["referenced_works"]})
    stock = [work(int(name.rpartition("W")[2])) for name in cited[10:]]
    citing = [work(5000 + i, [i % len(works), (i + 1) % len(works)]) for i in range(150)]
    with serving(OpenAlex([*works, *stock, *citing])) as server:
        backward, forward = chased(bundled, server, "backward", "forward")
    assert backward.stored == len(stock) == len(cited) - 10
    assert forward.stored == forward.hits == 150
    assert f"10 of {len(cited)} works cited are not in OpenAlex" in backward.warnings
    for found in (backward, forward):
        assert f"seed not found in OpenAlex: {known[-1][0]}" in found.warnings
        assert all(f"no DOI or PMID, so its citations were not followed: {name}" in found.warnings for name in bare)
    text = (bundled / "references/b12-ms/searches.toml").read_text(encoding="utf-8")
    items = parse_searches(text, "").file[-2:]
    assert [item.method for item in items] == ["citation-searching"] * 2
    assert [item.name for item in items] == [
        "citations-backward-2026-11-21.jsonl", "citations-forward-2026-11-21.jsonl"]
    assert items[0].query.startswith("references of: ") and items[1].query.startswith("works that cite: ")
    lines = (bundled / "references/b12-ms/citations-forward-2026-11-21.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [one["id"] for one in citing]


def test_many_works_cited_are_asked_for_in_batches(bundled: Path) -> None:
    _, doi, pmid = next(one for one in seeds(bundled) if one[1] or one[2])
    works = [work(1, list(range(1000, 1345)), doi, pmid), *(work(n) for n in range(1000, 1345))]
    with serving(OpenAlex(works)) as server:
        (found,) = chased(bundled, server, "backward")
        assert all(len(request.url) < 4000 for request in server.requests)
    assert found.stored == found.hits == 345


def test_seeds_without_anything_to_follow(bundled: Path) -> None:
    with serving(OpenAlex([])) as server:
        (found,) = chased(bundled, server, "forward")
    assert (found.status, found.file, found.stored) == ("done", None, 0)
    assert sum("not found in OpenAlex" in warning for warning in found.warnings) == sum(
        1 for _, doi, pmid in seeds(bundled) if doi or pmid)


def test_citations_of_nothing_cannot_be_followed(project: Path) -> None:
    with serving(pubmed(3)) as server:
        run(project, server)
        import_records("q", project)
        with pytest.raises(InputError, match="no report is included yet"):
            searcher(project, server).chase("backward")


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
    with pytest.raises(InputError, match="no search was run yet"):
        import_records("q", tmp_path)
    with serving(pubmed(3)) as server:
        run(tmp_path, server)
    assert status("q", tmp_path)["next"] == "reviewkit import q"


def test_every_write_that_fails_leaves_the_old_or_the_new(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the first write, then at the second, and so on: nothing is half there, and all goes on."""
    service, real, before = pubmed(450), os.fsync, searches(project)
    with serving(service) as server:
        for point in range(1, 50):
            calls = 0

            def full(handle: int, point: int = point) -> None:
                nonlocal calls
                calls += 1
                if calls == point:
                    raise OSError(28, "No space left on device")
                real(handle)

            monkeypatch.setattr(os, "fsync", full)
            try:
                run(project, server)
                break
            except (ReviewkitError, OSError) as error:
                assert "No space left" in str(error)
                stands = searches(project)
                assert stands == before or len(parse_searches(stands, "").file) == 1
                for path in (project / "references/q").glob("*.xml"):
                    assert read(path).entries == 450
                if stands != before:
                    break
            finally:
                monkeypatch.setattr(os, "fsync", real)
        (last,) = run(project, server)
    assert point > 3 and last.stored == 450 and len(parse_searches(searches(project), "").file) == 1
    assert len(list((project / "references/q").glob("*.xml"))) == 1


def test_a_file_in_the_way_is_said(project: Path) -> None:
    (project / "references/q/.search").write_text("in the way", encoding="utf-8")
    with serving(pubmed(3)) as server, pytest.raises(ReviewkitError, match="could not be written"):
        run(project, server)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_that_leads_out_is_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project / "references/q/.search").symlink_to(outside)
    with serving(pubmed(3)) as server:
        with pytest.raises(InputError, match="leads out of"):
            run(project, server)
        assert server.requests == [] and list(outside.iterdir()) == []


def test_what_a_service_says_cannot_steer_a_terminal(project: Path) -> None:
    with serving(lambda request: Answer("no\x1b[2J\x07\r\nsuch", 400)) as server:
        (failed,) = run(project, server)
    assert "(no [2J such)" in failed.reason
