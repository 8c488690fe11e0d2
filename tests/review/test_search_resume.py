"""Interrupted, killed, doubled, on a full disk: a search goes on where it stopped, and nothing is half there."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.readers import read
from reviewkit.review.records.searches import parse_searches
from reviewkit.review.records.searching import SearchRun
from tests.review.searched import (
    DAY,
    HEAD,
    ROOT,
    files,
    planned,
    pubmed,
    results,
    run,
    searches,
    write,
)
from tests.sources.services import (
    Answer,
    Crossref,
    Request,
    article,
    europepmc,
    serving,
)


def test_without_network_nothing_changes(started: Path) -> None:
    write(started, searches(started) + planned("OpenAlex"))
    with serving(pubmed(1)) as server:
        address = server.address
    before = files(started)
    found = run(started, address)
    assert [(one.status, one.code) for one in found] == [("failed", "no-network")]
    assert files(started) == before and not (started / "references/q/.search").exists()


def test_a_service_that_fails_in_the_middle_is_taken_up_where_it_stopped(started: Path) -> None:
    service = pubmed(900)
    with serving(service) as server:
        fetched = 0

        def failing(request: Request) -> Answer:
            nonlocal fetched
            fetched += "efetch" in request.path
            return Answer("no", 500) if fetched > 2 else service(request)

        server.handler = failing
        (failed,) = run(started, server)
        assert failed.status == "failed" and "goes on where it stopped" in failed.reason
        assert [path.name for path in (started / "references/q").iterdir() if not path.name.startswith(".")] == [
            "searches.toml"]
        server.handler, before = service, len(server.requests)
        service.articles[999_999] = article(999_999)
        (done,) = run(started, server, day=DAY + dt.timedelta(days=1))
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
def test_a_killed_search_goes_on_where_it_stopped(started: Path, page: int) -> None:
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
        process = subprocess.Popen([sys.executable, "-c", KILLED], cwd=started, env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert reached.wait(30)
            process.send_signal(signal.SIGKILL)
        finally:
            process.wait(10)
            gate.set()
        assert parse_searches(searches(started), "").file == ()
        hidden = [path for path in (started / "references/q").rglob("*") if path.is_file()]
        assert [path.name for path in hidden if ".search" not in path.parts] == ["searches.toml"]
        assert not any(b"the-secret-key" in path.read_bytes() or b"a.person@" in path.read_bytes() for path in hidden)
        server.handler = service
        before = len(server.requests)
        (done,) = run(started, server, day=dt.date.today())
        assert len(server.requests) - before == 4 - (page - 1)
    assert (done.resumed, done.stored, done.hits) == (True, 800, 800)
    assert done.file == f"pubmed-{done.date}.xml" and read(started / "references/q" / done.file).entries == 800


def test_a_crash_before_the_entry_is_written_leaves_no_second_copy(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(pubmed(5)) as server:
        def full(*arguments: object) -> None:
            raise ReviewkitError("could not be written: No space left on device.")

        monkeypatch.setattr("reviewkit.review.records.searching.append", full)
        with pytest.raises(ReviewkitError, match="No space left"):
            run(started, server)
        assert parse_searches(searches(started), "").file == ()
        monkeypatch.undo()
        asked = len(server.requests)
        (done,) = run(started, server)
        assert len(server.requests) == asked and done.resumed and done.file == "pubmed-2026-11-21.xml"
    assert sorted(path.name for path in (started / "references/q").iterdir()) == [
        "pubmed-2026-11-21.xml", "searches.toml"]


def test_a_damaged_page_is_fetched_again(started: Path) -> None:
    service = pubmed(700)
    with serving(service) as server:
        server.handler = lambda request: (
            Answer("no", 500) if len(server.asked("efetch")) > 3 else service(request))
        assert run(started, server)[0].status == "failed"
        page = next((started / "references/q/.search").rglob("page-000002.json"))
        content = bytearray(page.read_bytes())
        content[len(content) // 2] ^= 1
        page.write_bytes(content)
        server.handler = service
        (done,) = run(started, server)
    assert done.stored == 700 and read(started / "references/q/pubmed-2026-11-21.xml").entries == 700


def test_a_cursor_that_has_expired_begins_the_search_anew(started: Path) -> None:
    write(started, HEAD + planned("Europe PMC"))
    service = europepmc(results(1700))
    with serving(service) as server:
        server.handler = lambda request: (
            Answer("no", 500) if request.parameters["cursorMark"] == "1000" else service(request))
        assert run(started, server)[0].status == "failed"
        server.handler = lambda request: (
            Answer("cursor unknown", 400) if len(server.requests) == before + 1 else service(request))
        before = len(server.requests)
        (done,) = run(started, server)
    assert (done.stored, done.warnings, done.resumed) == (1700, (), False)


def test_a_list_goes_on_at_its_cursor(started: Path) -> None:
    write(started, HEAD + planned("Europe PMC"))
    service = europepmc(results(1700))
    with serving(service) as server:
        server.handler = lambda request: (
            Answer("no", 500) if request.parameters["cursorMark"] == "1000" else service(request))
        assert run(started, server)[0].status == "failed"
        server.handler, before = service, len(server.requests)
        (done,) = run(started, server)
        assert [request.parameters["cursorMark"] for request in server.requests[before:]] == ["1000", "1500"]
    assert (done.stored, done.warnings, done.resumed) == (1700, (), True)


def test_a_cursor_known_to_live_five_minutes_is_not_used_later(started: Path) -> None:
    write(started, HEAD + planned("Crossref"))
    service = Crossref([{"DOI": f"10.1/{i}"} for i in range(450)])
    with serving(service) as server:
        server.handler = lambda request: Answer("no", 500) if len(server.requests) > 2 else service(request)
        assert run(started, server)[0].status == "failed"
        for path in (started / "references/q/.search").rglob("*.json"):
            os.utime(path, (time.time() - 301,) * 2)
        server.handler, before = service, len(server.requests)
        (done,) = run(started, server)
        assert [request.parameters.get("cursor") for request in server.requests[before:]] == [
            None, "*", "the-same-cursor", "the-same-cursor"]
    assert (done.stored, done.warnings, done.resumed) == (450, (), False)


def test_two_runs_at_once_do_the_work_once(started: Path) -> None:
    service = pubmed(300)

    def slowly(request: Request) -> Answer:
        time.sleep(0.05)
        return service(request)

    with serving(slowly) as server:
        found: list[SearchRun] = []
        threads = [threading.Thread(target=lambda: found.extend(run(started, server))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.asked("efetch")) == 2
    assert sorted(one.status for one in found) == ["done", "unchanged", "unchanged"]
    assert len(parse_searches(searches(started), "").file) == 1


def test_every_write_that_fails_leaves_the_old_or_the_new(started: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the first write, then at the second, and so on: nothing is half there, and all goes on."""
    service, real, before = pubmed(450), os.fsync, searches(started)
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
                run(started, server)
                break
            except (ReviewkitError, OSError) as error:
                assert "No space left" in str(error)
                stands = searches(started)
                assert stands == before or len(parse_searches(stands, "").file) == 1
                for path in (started / "references/q").glob("*.xml"):
                    assert read(path).entries == 450
                if stands != before:
                    break
            finally:
                monkeypatch.setattr(os, "fsync", real)
        (last,) = run(started, server)
    assert point > 3 and last.stored == 450 and len(parse_searches(searches(started), "").file) == 1
    assert len(list((started / "references/q").glob("*.xml"))) == 1


def test_a_file_in_the_way_is_said(started: Path) -> None:
    (started / "references/q/.search").write_text("in the way", encoding="utf-8")
    with serving(pubmed(3)) as server, pytest.raises(ReviewkitError, match="could not be written"):
        run(started, server)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_that_leads_out_is_not_followed(started: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (started / "references/q/.search").symlink_to(outside)
    with serving(pubmed(3)) as server:
        with pytest.raises(InputError, match="leads out of"):
            run(started, server)
        assert server.requests == [] and list(outside.iterdir()) == []
