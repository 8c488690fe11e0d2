"""Conflicts: who may settle them, when, and what stands afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.review import Review, open_review
from reviewkit.review.checking import check
from reviewkit.review.screening.consensus import conflicts, resolve
from reviewkit.review.screening.desk import open_desk
from reviewkit.store.log import read_log

from .made import make_project

FIRST = "title-abstract"


def vote_all(review: Review, who: str, word: str, stage: str = FIRST, **more: str) -> None:
    desk = open_desk(review, stage, who, ranked=False)
    for report in desk.reports:
        desk.decide(report, word, **more)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    made = make_project(tmp_path, 4)
    vote_all(made, "ada", "include")
    return made


def test_nothing_is_settled_while_votes_are_missing(review: Review) -> None:
    report = next(iter(review.reports))
    with pytest.raises(InputError, match="missing"):
        resolve(review, FIRST, report, "include", by="cleo")
    assert not (review.folder / f"screening/{FIRST}/consensus.jsonl").exists()


def test_the_third_person_settles_and_takes_back(review: Review) -> None:
    vote_all(review, "ben", "exclude")
    first, second = list(review.reports)[:2]
    saved = resolve(review, FIRST, first, "include", by="cleo", note="eligible", nonce="n")
    assert resolve(review, FIRST, first, "include", by="cleo", nonce="n").hash == saved.hash
    resolve(review, FIRST, second, "exclude", by="cleo", reason="wrong-outcome")
    at = open_review(review.question, review.root).screening.stages[FIRST]
    assert (at[first].outcome, at[second].outcome, at[second].reason) == ("include", "exclude", "wrong-outcome")
    assert len(conflicts(review, FIRST)) == 2
    resolve(review, FIRST, first, "undo", by="cleo")
    assert first in {conflict.report for conflict in conflicts(review, FIRST)}
    log = read_log(review.folder / f"screening/{FIRST}/consensus.jsonl")
    assert len(log.entries) == 3 and not log.problems
    heads = dict(part.split(":") for part in log.entries[0].values["heads"].split())
    assert heads == {who: read_log(review.folder / f"screening/{FIRST}/{who}.jsonl").head for who in ("ada", "ben")}


def test_it_shows_when_a_log_was_cut_after_a_conflict_was_settled(review: Review) -> None:
    vote_all(review, "ben", "exclude")
    resolve(review, FIRST, next(iter(review.reports)), "include", by="cleo")
    path = review.folder / f"screening/{FIRST}/ben.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = [problem for problem in check(review.question, review.root) if problem.code == "log-cut"]
    assert [problem.file for problem in found] == [f"data/{review.question}/screening/{FIRST}/ben.jsonl"]


@pytest.mark.parametrize("by", ["ada", "ben", "zoe", ("ada", "ben")])
def test_nobody_but_the_third_person(review: Review, by: str | tuple[str, ...]) -> None:
    vote_all(review, "ben", "exclude")
    with pytest.raises(InputError, match="third person, 'cleo'"):
        resolve(review, FIRST, next(iter(review.reports)), "include", by=by)


def test_without_a_third_person_both_together(tmp_path: Path) -> None:
    review = make_project(tmp_path, 3, third=None)
    vote_all(review, "ada", "include")
    vote_all(review, "ben", "maybe")
    report = next(iter(review.reports))
    with pytest.raises(InputError, match="all who voted, together: ada, ben"):
        resolve(review, FIRST, report, "include", by="ada")
    resolve(review, FIRST, report, "exclude", by=["ben", "ada"])
    status = open_review(review.question, review.root).screening.stages[FIRST][report]
    assert status.outcome == "exclude" and status.consensus is not None and status.consensus.reviewer == "ada+ben"


def test_two_unsure_votes_want_settling_and_agreeing_ones_a_note(review: Review) -> None:
    desk = open_desk(review, FIRST, "ben", ranked=False)
    first, second, *rest = desk.reports
    open_desk(review, FIRST, "ada", ranked=False).decide(first, "maybe")
    for report, word in ((first, "maybe"), (second, "include"), *((r, "include") for r in rest)):
        desk.decide(report, word)
    assert [(c.report, c.outcome) for c in conflicts(review, FIRST)] == [(first, "maybe")]
    with pytest.raises(InputError, match="agree"):
        resolve(review, FIRST, second, "exclude", by="cleo")
    resolve(review, FIRST, second, "exclude", by="cleo", note="a protocol, seen late")
    with pytest.raises(InputError, match="settles nothing"):
        resolve(review, FIRST, first, "maybe", by="cleo")
    with pytest.raises(InputError, match="settles nothing"):
        resolve(review, FIRST, first, "undo", by="cleo")


def test_full_text_counts_not_retrieved_and_awaiting_as_prisma_does(review: Review) -> None:
    vote_all(review, "ben", "include")
    ada, ben = (open_desk(review, "full-text", who, ranked=False) for who in ("ada", "ben"))
    words = ("not-retrieved", "awaiting-classification", "exclude", "include")
    with pytest.raises(InputError, match="without a reason"):
        ada.decide(ada.reports[2], "exclude")
    for report, word in zip(ada.reports, words, strict=True):
        for desk in (ada, ben):
            desk.decide(report, word, reason="wrong-outcome" if word == "exclude" else "")
    (review.folder / "studies.csv").unlink(missing_ok=True)
    flow = open_review(review.question, review.root).flow
    assert (flow.not_retrieved, flow.awaiting, flow.assessed, flow.excluded, flow.included_reports) == (1, 1, 3, 1, 1)
