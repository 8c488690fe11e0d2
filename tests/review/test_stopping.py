"""A stop: a person's decision with its figures, counted as PRISMA asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.report.methods import flow_figure, flow_section
from reviewkit.review import Review, open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.screening.consensus import conflicts
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.screening.stopping import describe_stop, resume, stop

from .made import QUESTION, make_project, ris

FIRST = "title-abstract"


def vote(review: Review, who: str, words: str) -> list[str]:
    """Votes on the first reports of a reviewer's share: i, e or m each."""
    desk = open_desk(review, FIRST, who, ranked=False)
    met = [report for report in review.reports if report in desk.reports][: len(words)]
    for report, letter in zip(met, words, strict=True):
        desk.decide(report, {"i": "include", "e": "exclude", "m": "maybe"}[letter])
    return met


def fresh(review: Review) -> Review:
    return open_review(review.question, review.root)


def test_the_unread_rest_counts_as_stopped_and_the_flow_adds_up(tmp_path: Path) -> None:
    review = make_project(tmp_path, 24, votes=1, reviewers=("ada",), third=None)
    vote(review, "ada", "eieeeeeeeeee")
    mark = stop(review, FIRST, "ada", "nothing new for a week")
    flow = fresh(review).flow
    assert (flow.screened, flow.stopped, flow.unscreened, flow.excluded_title_abstract) == (12, 12, 0, 11)
    assert mark.figures["read"] == 12 and mark.figures["left"] == 12 and mark.figures["kept"] == 1
    assert {rule["rule"] for rule in mark.figures["rules"]} == {"hypergeometric", "safe", "knee"}
    assert fresh(review).stops == (mark,)
    assert "stopped by rule" in flow_figure(fresh(review)).description
    assert "nothing new for a week" in describe_stop(mark) and "12 of 24" in describe_stop(mark)
    assert "nothing new for a week" in str(flow_section(fresh(review)))


def test_records_imported_later_are_not_left_out(tmp_path: Path) -> None:
    review = make_project(tmp_path, 6, votes=1, reviewers=("ada",), third=None)
    vote(review, "ada", "ie")
    stop(review, FIRST, "ada", "enough")
    (tmp_path / f"references/{QUESTION}/export-1.ris").write_text(ris(range(8)), encoding="utf-8")
    import_records(QUESTION, tmp_path)
    flow = fresh(review).flow
    assert (flow.stopped, flow.unscreened) == (4, 2)


def test_a_stop_can_be_taken_back_and_a_vote_after_it_counts(tmp_path: Path) -> None:
    review = make_project(tmp_path, 6, votes=1, reviewers=("ada",), third=None)
    vote(review, "ada", "ie")
    stop(review, FIRST, "ada", "enough")
    vote(review, "ada", "iee")
    assert fresh(review).flow.stopped == 3
    resume(review, FIRST, "ada")
    assert fresh(review).flow.stopped == 0 and fresh(review).stops == ()
    with pytest.raises(InputError, match="not stopped"):
        resume(review, FIRST, "ada")


def test_with_two_votes_wanted_a_report_somebody_kept_goes_to_consensus(tmp_path: Path) -> None:
    review = make_project(tmp_path, 6)
    met = vote(review, "ada", "iiee")
    vote(review, "ben", "iee")
    stop(review, FIRST, "ada", "enough")
    stop(review, FIRST, "ben", "enough")
    at = fresh(review).screening.stages[FIRST]
    assert [at[report].outcome for report in met] == ["include", "conflict", "exclude", "exclude"]
    assert sorted(status.outcome for status in at.values()).count("stopped") == 2
    assert [conflict.report for conflict in conflicts(review, FIRST, reader="ada")] == [met[1]]


@pytest.mark.parametrize(
    ("words", "stage", "by", "note", "match"),
    [("", FIRST, "ada", "x", "nothing was read"), ("iiiiii", FIRST, "ada", "x", "nothing is left"),
     ("i", "full-text", "ada", "x", "title-abstract only"), ("i", FIRST, "ada", " ", "needs a note"),
     ("i", FIRST, "cleo", "x", "not in the protocol")],
)
def test_what_cannot_be_stopped(tmp_path: Path, words: str, stage: str, by: str, note: str, match: str) -> None:
    review = make_project(tmp_path, 6)
    vote(review, "ada", words)
    with pytest.raises(InputError, match=match):
        stop(review, stage, by, note)
