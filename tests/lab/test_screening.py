"""The session behind the screening panel: what it answers, and that nothing but words comes of a bad request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

import reviewkit as rk
from reviewkit.errors import InputError
from reviewkit.lab.pdfs import PIECE
from reviewkit.lab.screening import ScreenSession, reason_keys
from reviewkit.protocol import ExclusionReason
from reviewkit.review import Review
from reviewkit.review.screening.desk import open_desk
from tests.browser.project import HOSTILE, hostile_reports, pdf

Question = Callable[..., Review]


def session(review: Review, who: str = "ada", stage: str = "title-abstract") -> ScreenSession:
    return ScreenSession(review, stage, who, open_desk(review, stage, who))


def ask(session: ScreenSession, op: str, *, buffers: tuple[bytes, ...] = (), **values: Any) -> dict[str, Any]:
    answer, out = session.answer({"op": op, "nonce": values.pop("nonce", "n"), **values}, buffers)
    json.dumps(answer)
    return {**answer, "buffers": out}


def decide(session: ScreenSession, report: str, decision: str, *, reason: str = "", nonce: str = "") -> dict[str, Any]:
    return ask(session, "decide", report=report, decision=decision, reason=reason, note="", nonce=nonce)


def log_lines(review: Review, who: str, stage: str = "title-abstract") -> list[dict[str, str]]:
    path = review.folder / "screening" / stage / f"{who}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_decision_is_on_disk_when_the_next_card_comes(question: Question) -> None:
    review = question()
    panel = session(review)
    first = ask(panel, "hello")["card"]["report"]
    answer = decide(panel, first, "exclude", reason="wrong-population", nonce="one")
    assert answer["ok"]
    assert answer["moved"]
    assert answer["card"]["report"] != first
    (line,) = log_lines(review, "ada")
    assert (line["report"], line["decision"], line["reason"], line["nonce"]) == (
        first, "exclude", "wrong-population", "one")  # fmt: skip


def test_the_same_nonce_counts_once(question: Question) -> None:
    review = question()
    panel = session(review)
    first = ask(panel, "hello")["card"]["report"]
    for _ in range(3):
        assert decide(panel, first, "include", nonce="one")["ok"]
    assert len(log_lines(review, "ada")) == 1


def test_a_full_disk_becomes_words_and_the_card_stays(question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    review = question()
    panel = session(review)
    first = ask(panel, "hello")["card"]["report"]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    answer = decide(panel, first, "include", nonce="one")
    assert not answer["ok"]
    assert "No space left" in answer["message"]
    assert answer["remedy"]
    assert "card" not in answer
    monkeypatch.undo()
    assert log_lines(review, "ada") == []
    assert decide(panel, first, "include", nonce="one")["ok"]


def test_undo_brings_the_record_back(question: Question) -> None:
    panel = session(question())
    assert "Nothing to undo" in ask(panel, "undo")["said"]
    first = ask(panel, "hello")["card"]["report"]
    decide(panel, first, "include", nonce="one")
    answer = ask(panel, "undo", nonce="two")
    assert answer["undone"]
    assert answer["card"]["report"] == first
    assert answer["card"]["status"] == "unscreened"


def test_skip_find_and_open(question: Question) -> None:
    panel = session(question())
    first = ask(panel, "hello")["card"]
    assert ask(panel, "skip", report=first["report"])["card"]["report"] != first["report"]
    (hit,) = ask(panel, "find", text="tai chi", status="")["hits"]
    assert "Tai chi" in hit["title"]
    assert ask(panel, "find", text="", status="skipped")["hits"][0]["report"] == first["report"]
    decide(panel, hit["report"], "maybe", nonce="one")
    again = ask(panel, "open", report=hit["report"])["card"]
    assert again["standing"].startswith("You decided: maybe")


@pytest.mark.parametrize(
    "content",
    [
        {}, {"op": "rm"}, {"op": "open"}, {"op": "open", "report": 3}, {"op": "open", "report": "../../x"},
        {"op": "decide", "report": "haddad-1994", "decision": "include"}, {"op": "whole", "report": "x", "part": "raw"},
        {"op": "pdf", "report": "x", "start": 0, "size": 1}, {"op": "attach", "report": "x"}, {"op": ["a"]},
    ],
)  # fmt: skip
def test_a_bad_request_becomes_words(question: Question, content: dict[str, Any]) -> None:
    answer, _ = session(question()).answer({**content, "nonce": "x"})
    assert answer["ok"] is False
    assert answer["nonce"] == "x"
    assert answer["message"]


def test_hostile_records_stay_plain_and_small(question: Question) -> None:
    review = question()
    review.__dict__["reports"] = hostile_reports(review.reports)
    panel = session(review)
    for hit in ask(panel, "find", text="", status="")["hits"]:
        card = ask(panel, "open", report=hit["report"])["card"]
        assert len(json.dumps(card)) < 60_000
        assert all(address.startswith("https://") for _, address in card["links"])
        assert not any('"' in address for _, address in card["links"])
        whole = ask(panel, "whole", report=hit["report"], part="abstract")["text"]
        assert "".join(text for text, _ in whole["segments"]) in HOSTILE


def test_ten_threads_lose_nothing(question: Question) -> None:
    review = question(count=40)
    panel = session(review)
    reports = list(review.reports)

    def work(mine: list[str]) -> None:
        for report in mine:
            assert decide(panel, report, "include", nonce=report)["ok"]

    threads = [threading.Thread(target=work, args=(reports[place::10],)) for place in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line["report"] for line in log_lines(review, "ada")) == sorted(reports)


def test_progress_hides_conflicts_until_the_end(question: Question) -> None:
    review = question(count=3)
    for report in review.reports:
        open_desk(review, "title-abstract", "ada").decide(report, "include")
    panel = session(review, "ben")
    words = [label for _, label in ask(panel, "hello")["progress"]["counts"]]
    assert "conflicts: hidden until you finish" in words
    for report in review.reports:
        answer = decide(panel, report, "exclude", nonce=report)
    assert answer["card"] is None
    assert ("3", "conflicts") in answer["progress"]["counts"]


def test_full_text_needs_a_reason_and_attaches(question: Question) -> None:
    review = question(count=3, votes=1, reviewers=("ada",), third=None)
    for report in review.reports:
        open_desk(review, "title-abstract", "ada").decide(report, "include")
    panel = session(review, stage="full-text")
    hello = ask(panel, "hello")
    assert hello["config"]["reasonRequired"]
    report = hello["card"]["report"]
    assert hello["card"]["pdf"]["size"] == 0
    refused = decide(panel, report, "exclude", nonce="one")
    assert not refused["ok"]
    assert "reason" in refused["message"]
    content = pdf("Sleep")
    half = len(content) // 2
    for piece, part in enumerate((content[:half], content[half:])):
        answer = ask(panel, "attach", buffers=(part,), report=report, upload="u", piece=piece, pieces=2, replace=False)
        assert answer["ok"]
    assert answer["pdf"]["size"] == len(content)
    assert ask(panel, "pdf", report=report, start=0, size=PIECE * 9)["buffers"] == [content]
    broken = ask(panel, "attach", buffers=(b"x",), report=report, upload="other", piece=1, pieces=2, replace=False)
    assert "broken off" in broken["message"]
    assert decide(panel, report, "not-retrieved", nonce="two")["ok"]


def test_every_reason_has_a_key_of_its_own() -> None:
    made = [ExclusionReason(id=f"r{n}", label=f"reason {n}", key=key) for n, key in enumerate(["e", "", "p", "p", "1"])]
    listed, without = reason_keys(made)
    keys = [reason["key"] for reason in listed]
    assert keys[0] == "e"
    assert keys[2] == "p"
    assert len(set(keys)) == 5
    assert all(keys)
    assert without == "0"


def test_the_public_calls_name_what_is_wrong(question: Question) -> None:
    review = question()
    with pytest.raises(InputError, match="no reviewer is named"):
        rk.lab.screen(review)
    with pytest.raises(InputError, match="stage"):
        rk.lab.screen(review, "abstracts", "ada")
    with pytest.raises(InputError, match="zoe"):
        rk.lab.screen(review, reviewer="zoe")
    with pytest.raises(InputError, match="zoe"):
        rk.lab.duplicates(review, by="zoe")
