"""The polite client: what is asked again, how long is waited, and that it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from reviewkit.sources import DATABASES, Client, Query, ServiceError
from reviewkit.sources.http import ATTEMPTS, FAILURES, LONGEST_WAIT, BodyError
from tests.sources.conftest import Time
from tests.sources.services import Answer, Request, serving

Connect = Callable[..., Client]
PUBMED, OPENALEX, CROSSREF = DATABASES["pubmed"], DATABASES["openalex"], DATABASES["crossref"]


def fine(request: Request) -> Answer:
    return Answer("fine")


def text(body: bytes) -> str:
    if body != b"fine":
        raise BodyError("it is not fine")
    return body.decode()


def test_429_waits_as_long_as_it_is_asked(connect: Connect, time: Time) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("slow down", 429, {"Retry-After": "17"})]
        assert client.fetch("x", {}, text) == "fine"
        assert 17.0 in time.slept and len(server.requests) == 2


def test_retry_after_may_be_a_date(connect: Connect, time: Time) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("", 503, {"Retry-After": then})]
        assert client.fetch("x", {}, text) == "fine"
        assert 45 < max(time.slept) <= 50


def test_a_service_that_asks_for_more_than_can_be_waited_is_left_alone(connect: Connect, time: Time) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("", 429, {"Retry-After": str(int(LONGEST_WAIT) + 1)})]
        with pytest.raises(ServiceError, match="asks to wait 121 s") as caught:
            client.fetch("x", {}, text)
        assert caught.value.exit_code == 1 and len(server.requests) == 1


def test_a_wait_that_is_no_wait_is_not_trusted(connect: Connect, time: Time) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("", 429, {"Retry-After": "soon"})]
        assert client.fetch("x", {}, text) == "fine"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_fault_is_asked_again_and_the_pauses_grow(connect: Connect, time: Time, status: int) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("no", status)] * 4
        assert client.fetch("x", {}, text) == "fine"
        pauses = [pause for pause in time.slept if pause >= 1]
        assert len(pauses) == 4 and pauses == sorted(pauses)
        assert all(2**n <= pause <= 1.25 * 2**n for n, pause in enumerate(pauses))


def test_a_lasting_fault_ends_after_a_bounded_number_of_attempts(connect: Connect) -> None:
    with serving(lambda request: Answer("no", 500)) as server, connect(PUBMED, server) as client:
        with pytest.raises(ServiceError, match=f"no usable answer in {ATTEMPTS} attempts: it answered 500") as caught:
            client.fetch("x", {}, text)
        assert len(server.requests) == ATTEMPTS
        assert "goes on where it stopped" in caught.value.problems[0].remedy


def test_all_requests_of_a_search_together_have_a_bound(connect: Connect) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        with pytest.raises(ServiceError):
            for _ in range(FAILURES):
                server.faults = [Answer("no", 500)] * (ATTEMPTS - 1)
                client.fetch("x", {}, text)
        assert sum(1 for _ in server.requests) <= FAILURES + FAILURES // (ATTEMPTS - 1)


def test_a_body_cut_in_the_middle_is_asked_again(connect: Connect) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        server.faults = [Answer("fine" * 1000, cut=100), Answer("fi")]
        assert client.fetch("x", {}, text) == "fine"
        assert len(server.requests) == 3


def test_a_silent_service_times_out(connect: Connect) -> None:
    gate = threading.Event()
    with serving(fine) as server, connect(PUBMED, server) as client:
        client.timeout = 0.1
        server.faults = [Answer("late", wait=gate)]
        assert client.fetch("x", {}, text) == "fine"
        gate.set()
        assert len(server.requests) == 2


def test_a_refusal_is_not_asked_again(connect: Connect) -> None:
    with serving(lambda request: Answer("Bad filter: abc", 400)) as server, connect(CROSSREF, server) as client:
        with pytest.raises(ServiceError, match=r"refuses the request: it answered 400 \(Bad filter: abc\)"):
            client.fetch("x", {}, text)
        assert len(server.requests) == 1


def test_no_network_is_one_sentence_at_once(connect: Connect, time: Time) -> None:
    with serving(fine) as server:
        address = server.address
    with connect(PUBMED, address) as client, pytest.raises(ServiceError) as caught:
        client.fetch("x", {}, text)
    (problem,) = caught.value.problems
    assert problem.code == "no-network" and "there seems to be no network" in problem.message
    assert sum(time.slept) < 3


def test_requests_keep_their_distance(connect: Connect, time: Time) -> None:
    with serving(fine) as server, connect(PUBMED, server) as client:
        for _ in range(3):
            client.fetch("x", {}, text)
        assert time.slept == pytest.approx([0.34, 0.34])


def test_a_key_or_an_address_shortens_the_distance_where_the_service_says_so(connect: Connect, time: Time) -> None:
    with serving(fine) as server:
        for database, values, distance in (
            (PUBMED, {"NCBI_API_KEY": "k-123456"}, 0.1), (CROSSREF, {}, 1.0),
            (CROSSREF, {"REVIEWKIT_EMAIL": "a@example.org"}, 0.34),
        ):
            time.slept.clear()
            with connect(database, server, **values) as client:
                client.fetch("x", {}, text)
                client.fetch("x", {}, text)
            assert time.slept == pytest.approx([distance])


def test_an_address_names_the_person_who_asks(connect: Connect) -> None:
    with serving(fine) as server, connect(CROSSREF, server, CROSSREF_MAILTO="a@example.org") as client:
        client.fetch("x", {}, text)
        assert "mailto:a@example.org" in server.requests[0].headers["User-Agent"]


def test_a_key_stands_in_no_address_no_message_and_no_log(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    key = "secret-key-0123456789"
    caplog.set_level(logging.DEBUG)
    echo = Answer(f'{{"error": "API key invalid", "api-key": "{key}"}}', 400)
    for database, name in ((PUBMED, "NCBI_API_KEY"), (OPENALEX, "OPENALEX_API_KEY"), (CROSSREF, "CROSSREF_PLUS_TOKEN")):
        with serving(lambda request: echo) as server, connect(database, server, **{name: key}) as client:
            with pytest.raises(ServiceError) as caught:
                database.begin(client, Query("x"))
            sent = server.requests[0]
            assert key in [*sent.parameters.values()] or any(key in value for value in sent.headers.values())
            assert key not in sent.url and key not in str(caught.value) and key not in repr(client)
    assert key not in caplog.text


def test_a_key_that_is_wanted_is_named(connect: Connect) -> None:
    with serving(lambda request: Answer("no", 401)) as server, connect(OPENALEX, server) as client:
        with pytest.raises(ServiceError) as caught:
            client.fetch("x", {}, text)
        assert "set OPENALEX_API_KEY" in caught.value.problems[0].remedy


def test_an_answer_without_an_end_is_refused(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewkit.sources.http.MAX_BODY", 1000)
    with (
        serving(lambda request: Answer(b"x" * 5000)) as server, connect(PUBMED, server) as client,
        pytest.raises(ServiceError, match="larger than"),
    ):
        client.fetch("x", {}, text)
