"""Blinding: nothing that A can call or read changes with B's votes before A has voted on everything."""

from __future__ import annotations

import builtins
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review import Review, open_review
from reviewkit.review.checking import check
from reviewkit.review.progress import status
from reviewkit.review.screening.agreeing import agreements
from reviewkit.review.screening.consensus import conflicts, resolve
from reviewkit.review.screening.decisions_out import export_reports
from reviewkit.review.screening.desk import Desk, open_desk
from reviewkit.review.screening.sharing import join, submit
from reviewkit.review.screening.stopping import resume, stop

from .made import QUESTION, make_project

FIRST = "title-abstract"
words = st.sampled_from(["include", "exclude", "maybe"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Review:
    return make_project(tmp_path_factory.mktemp("made"), 10)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tried")


def copied(made: Review, place: Path) -> Review:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(made.root, place)
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
    return open_review(QUESTION, place)


def vote(review: Review, who: str, votes: list[tuple[int, str]], stage: str = FIRST) -> Desk:
    desk = open_desk(review, stage, who, ranked=False)
    names = sorted(desk.reports)
    for number, word in votes:
        desk.decide(names[number % len(names)], word)
    return desk


def tried(call: Any) -> object:
    try:
        return call()
    except ReviewkitError as error:
        return [problem.as_dict() for problem in error.problems]


def everything(review: Review, own: list[tuple[int, str]]) -> list[object]:
    """All that A's calls give while A votes, with the times left out."""
    desk = open_desk(review, FIRST, "ada")
    names = sorted(desk.reports)
    seen: list[object] = []
    for number, word in own:
        card = desk.next()
        seen += [card and asdict(card), asdict(desk.progress), desk.find(""), desk.complete]
        seen.append(desk.decide(names[number % len(names)], word).decision)
        desk.settle()
    seen += [desk.undo(), desk.refresh(), [asdict(desk.card(name)) for name in names], asdict(desk.progress)]
    seen.append(tried(lambda: conflicts(review, FIRST, reader="ada")))
    seen.append(tried(lambda: open_desk(review, "full-text", "ada")))
    seen.append(tried(lambda: agreements(review, FIRST, reader="ada")))
    seen += [tried(lambda: resolve(review, FIRST, names[0], "include", by="ada", note="x")), desk.outlook().figures()]
    again = open_review(QUESTION, review.root)
    seen += [again.flow.as_dict(), again.screening.at(FIRST), again.screening.at("full-text"), again.stops]
    seen += [export_reports(review, "csv").text, tried(lambda: export_reports(review, "ris", status="included"))]
    seen += [[p.as_dict() for p in check(QUESTION, review.root)], status(QUESTION, review.root)]
    seen += [tried(lambda: submit(review, FIRST, "ada")), tried(lambda: join(review, FIRST, "ada"))]
    path = review.folder / f"screening/{FIRST}/ada.jsonl"
    seen.append([line.split('"time"')[0].split('"hash"')[0] for line in path.read_text().splitlines()])
    return seen


@pytest.mark.slow
@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(own=st.lists(st.tuples(st.integers(0, 8), words), min_size=1, max_size=9),
       others=st.lists(st.tuples(st.integers(0, 9), words), max_size=14))
def test_every_call_of_a_is_unchanged_by_the_votes_of_b(
    made: Review, place: Path, own: list[tuple[int, str]], others: list[tuple[int, str]]
) -> None:
    alone = everything(copied(made, place), own)
    together = copied(made, place)
    vote(together, "ben", others)
    assert everything(together, own) == alone


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of every file opened while the test runs."""
    names: list[str] = []
    for module, name in ((builtins, "open"), (io, "open"), (os, "open")):
        real = getattr(module, name)

        def noting(path: Any, *args: Any, _real: Any = real, **kwargs: Any) -> Any:
            names.append(str(path))
            return _real(path, *args, **kwargs)

        monkeypatch.setattr(module, name, noting)
    yield names


def test_the_desk_opens_no_other_log_before_the_last_vote(made: Review, place: Path, opened: list[str]) -> None:
    review = copied(made, place)
    vote(review, "ben", [(n, "include") for n in range(10)])
    desk = open_desk(review, FIRST, "ada")
    names = list(desk.reports)
    opened.clear()
    for report in names[:-1]:
        desk.decide(report, "exclude")
        assert desk.progress.conflicts is None
    desk.undo()
    desk.find("walking")
    desk.settle()
    assert not [name for name in opened if "ben.jsonl" in name] and [n for n in opened if "ada.jsonl" in n]
    for report in names[-2:]:
        desk.decide(report, "exclude")
    assert desk.progress.conflicts == 10 and [name for name in opened if "ben.jsonl" in name]


def test_conflicts_open_for_a_report_when_all_have_voted(made: Review, place: Path) -> None:
    review = copied(made, place)
    vote(review, "ben", [(n, "include") for n in range(10)])
    vote(review, "ada", [(0, "exclude"), (1, "include"), (2, "maybe")])
    assert [(c.report, c.outcome) for c in conflicts(review, FIRST, reader="cleo")] == [
        (report, "conflict") for report in (sorted(review.reports)[0], sorted(review.reports)[2])]
    for who, left in (("ada", True), ("ben", False)):
        if left:
            with pytest.raises(InputError, match="7 reports left"):
                conflicts(review, FIRST, reader=who)
        else:
            assert len(conflicts(review, FIRST, reader=who)) == 2


def test_a_vote_that_may_have_been_seen_to_differ_is_settled_by_consensus(made: Review, place: Path) -> None:
    review = copied(made, place)
    vote(review, "ben", [(n, "include") for n in range(10)])
    desk = vote(review, "ada", [(0, "exclude"), *[(n, "include") for n in range(1, 10)]])
    first, second = sorted(review.reports)[:2]
    with pytest.raises(InputError, match="can no longer be changed"):
        desk.decide(first, "include")
    desk.decide(second, "maybe")
    with pytest.raises(InputError, match="can no longer be changed"):
        desk.undo()
    resolve(review, FIRST, second, "include", by="cleo")
    with pytest.raises(InputError, match="can no longer be changed"):
        open_desk(review, FIRST, "ada").decide(second, "include")


def test_an_agreeing_vote_taken_back_after_the_end_hides_the_conflicts_and_keeps_the_lock(
    made: Review, place: Path
) -> None:
    review = copied(made, place)
    vote(review, "ben", [(n, "include") for n in range(10)])
    desk = vote(review, "ada", [(0, "exclude"), *[(n, "include") for n in range(1, 10)]])
    assert desk.undo() == sorted(review.reports)[9]
    assert desk.progress.conflicts is None
    with pytest.raises(InputError, match="can no longer be changed"):
        desk.decide(sorted(review.reports)[0], "include")


def test_who_stopped_may_have_seen_the_conflicts(made: Review, place: Path) -> None:
    review = copied(made, place)
    vote(review, "ben", [(n, "include") for n in range(10)])
    desk = vote(review, "ada", [(0, "exclude"), (1, "include")])
    stop(review, FIRST, "ada", "enough")
    assert desk.refresh() and desk.progress.conflicts is not None and desk.progress.conflicts >= 1
    resume(review, FIRST, "ada")
    desk.refresh()
    assert desk.progress.conflicts is None
    with pytest.raises(InputError, match="can no longer be changed"):
        desk.decide(sorted(review.reports)[0], "include")
    desk.decide(sorted(review.reports)[2], "include")


def test_the_full_text_stage_opens_when_title_and_abstract_is_done(made: Review, place: Path) -> None:
    review = copied(made, place)
    vote(review, "ada", [(n, "include") for n in range(9)])
    with pytest.raises(InputError, match="1 reports left"):
        open_desk(review, "full-text", "ada")
    vote(review, "ada", [(9, "exclude")])
    vote(review, "ben", [(0, "include"), (1, "exclude"), (9, "include")])
    desk = open_desk(review, "full-text", "ada")
    assert desk.reports == (sorted(review.reports)[0],)
    resolve(review, FIRST, sorted(review.reports)[1], "include", by="cleo")
    assert len(open_desk(review, "full-text", "ada").reports) == 2
