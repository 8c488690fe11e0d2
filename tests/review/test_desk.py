"""One reviewer's desk: votes are on disk, undone by new lines, found again, and blind."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review import Review
from reviewkit.review.screening.desk import Desk, open_desk
from reviewkit.store.log import read_log

from .made import make_project

FIRST = "title-abstract"


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return make_project(tmp_path)


def log_of(desk: Desk) -> list[dict[str, str]]:
    return [entry.values for entry in read_log(desk.review.folder / f"screening/{desk.stage}/{desk.reviewer}.jsonl")
            .entries]


def test_every_report_is_met_once_and_progress_adds_up(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    met = []
    while (card := desk.next()) is not None:
        met.append(card.report)
        desk.decide(card.report, ("include", "exclude", "maybe")[len(met) % 3])
        done = desk.progress
        assert done.done == len(met) and done.done + done.left == done.total == 12
        assert done.included + done.excluded + done.maybe == done.done
    assert sorted(met) == sorted(review.reports) and desk.complete


def test_a_vote_is_in_the_file_when_decide_returns(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    card = desk.next()
    assert card is not None and card.status == "unscreened" and card.position == 1
    saved = desk.decide(card.report, "exclude", reason="wrong-outcome", note="no sleep", nonce="n1")
    (line,) = log_of(desk)
    assert read_log(review.folder / "screening/title-abstract/ada.jsonl").head == saved.hash
    assert (line["report"], line["decision"], line["reason"], line["note"], line["protocol"]) == (
        card.report, "exclude", "wrong-outcome", "no sleep", "1.0")
    after = desk.card(card.report)
    assert (after.status, after.reason, after.note, after.queue) == ("exclude", "wrong-outcome", "no sleep", "voted")


def test_the_same_nonce_writes_one_line_also_after_a_reopen(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    first = desk.decide("vane0-1980", "include", nonce="x1")
    again = desk.decide("vane0-1980", "include", nonce="x1")
    later = open_desk(review, FIRST, "ada").decide("vane0-1980", "include", nonce="x1")
    assert first.hash == again.hash == later.hash and len(log_of(desk)) == 1
    assert not first.repeated and again.repeated and later.repeated
    assert desk.undo(nonce="u1") == desk.undo(nonce="u1") == "vane0-1980" and len(log_of(desk)) == 2


@pytest.mark.parametrize(
    ("report", "decision", "reason", "match"),
    [
        ("nobody-1900", "include", "", "unknown"),
        ("vane0-1980", "perhaps", "", "allowed"),
        ("vane0-1980", "undo", "", "allowed"),
        ("vane0-1980", "not-retrieved", "", "full-text stage only"),
        ("vane0-1980", "exclude", "too-long", "not in the protocol"),
        ("vane0-1980", "include", "wrong-outcome", "only an exclusion"),
    ],
)
def test_what_may_not_be_voted_is_refused_and_writes_nothing(
    review: Review, report: str, decision: str, reason: str, match: str
) -> None:
    desk = open_desk(review, FIRST, "ada")
    with pytest.raises(InputError, match=match):
        desk.decide(report, decision, reason=reason)
    assert log_of(desk) == [] and desk.progress.done == 0


@pytest.mark.parametrize("note", ["\ud800", "a\udfffb"])
def test_half_a_character_is_refused(review: Review, note: str) -> None:
    desk = open_desk(review, FIRST, "ada")
    with pytest.raises(InputError, match="half a character"):
        desk.decide("vane0-1980", "include", note=note)
    assert log_of(desk) == [] and desk.next() is not None


def test_undo_takes_back_the_last_standing_vote_by_a_new_line(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    assert desk.undo() is None
    desk.decide("vane0-1980", "include")
    desk.decide("vane1-1981", "exclude")
    desk.decide("vane0-1980", "exclude")
    assert desk.undo() == "vane0-1980" and desk.undo() == "vane1-1981" and desk.undo() is None
    assert [line["decision"] for line in log_of(desk)] == ["include", "exclude", "exclude", "undo", "undo"]
    card = desk.next()
    assert card is not None and card.report == "vane1-1981"


def test_a_skipped_report_comes_last_in_this_sitting_only(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    card = desk.next()
    assert card is not None
    desk.skip(card.report)
    order = []
    while (other := desk.next()) is not None:
        order.append(other.report)
        if other.report == card.report:
            assert other.queue == "skipped"
        desk.decide(other.report, "exclude")
    assert order[-1] == card.report and len(order) == 12
    assert log_of(desk)[-1]["finishes"] == "12"


def test_search_folds_case_and_accents_and_filters(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    desk.decide("vane3-1983", "maybe", note="Écrire à l'auteur")
    assert [hit.report for hit in desk.find("ecrire AUTEUR")] == ["vane3-1983"]
    assert [hit.report for hit in desk.find("", "maybe")] == ["vane3-1983"]
    assert len(desk.find("", "unscreened")) == 11 and len(desk.find("")) == 12
    assert [hit.report for hit in desk.find("10.1234/made.5")] == ["vane5-1985"]


def test_another_kernel_of_the_same_reviewer_is_read_in(review: Review) -> None:
    one, other = open_desk(review, FIRST, "ada"), open_desk(review, FIRST, "ada")
    one.decide("vane0-1980", "include")
    other.decide("vane1-1981", "include")
    assert other.progress.done == 2 and one.refresh() and one.progress.done == 2 and not one.refresh()
    one.decide("vane2-1982", "include")
    other.decide("vane3-1983", "include")
    assert other.card("vane2-1982").status == "include"
    assert len(log_of(one)) == 4 and not read_log(review.folder / "screening/title-abstract/ada.jsonl").problems


def test_a_damaged_log_is_named_not_opened(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    for report in ("vane0-1980", "vane1-1981", "vane2-1982"):
        desk.decide(report, "include")
    path = review.folder / "screening/title-abstract/ada.jsonl"
    path.write_bytes(path.read_bytes().replace(b"include", b"exclude", 1))
    with pytest.raises(ReviewkitError, match=r"ada\.jsonl:1"):
        open_desk(review, FIRST, "ada")


@pytest.mark.parametrize(
    ("stage", "who", "match"), [(FIRST, "zoe", "not in the protocol"), ("third", "ada", "unknown")]
)
def test_unknown_stage_or_reviewer(review: Review, stage: str, who: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        open_desk(review, stage, who)


def test_one_vote_wanted_divides_the_work(tmp_path: Path) -> None:
    review = make_project(tmp_path, 20, votes=1)
    one, other = (open_desk(review, FIRST, who) for who in ("ada", "ben"))
    assert not set(one.reports) & set(other.reports) and set(one.reports) | set(other.reports) == set(review.reports)
    assert len(one.reports) == 10
    with pytest.raises(InputError, match="not ada's to read"):
        one.decide(other.reports[0], "include")


def test_links_lead_to_web_addresses_only(review: Review) -> None:
    card = open_desk(review, FIRST, "ada").card("vane4-1984")
    assert [link.url for link in card.links] == ["https://doi.org/10.1234/made.4"]


def test_records_without_text_have_a_queue_of_their_own(tmp_path: Path) -> None:
    review = make_project(tmp_path, 60, votes=1, reviewers=("ada",), third=None, bare=frozenset(range(50, 60)))
    desk = open_desk(review, FIRST, "ada")
    assert desk.progress.without_text == 10
    read = []
    while (card := desk.next()) is not None:
        assert card.position == 1
        read.append((card.queue, card.abstract == ""))
        desk.decide(card.report, "include" if len(read) < 6 else "exclude")
        desk.settle()
    assert [queue for queue, _ in read[:30]] == ["ranked"] * 30
    assert {(queue, bare) for queue, bare in read} == {("ranked", False), ("without-text", True)}
    first = [queue for queue, _ in read].index("without-text")
    assert "ranked" in [queue for queue, _ in read[first:]]


def test_a_desk_that_does_not_wait_gets_its_order_later(review: Review) -> None:
    now, later = open_desk(review, FIRST, "ada"), open_desk(review, FIRST, "ada", wait=False)
    assert later.next() is not None and later.settle(60)
    assert later.queue.order == now.queue.order


def test_the_order_follows_from_the_votes_alone(review: Review) -> None:
    desk = open_desk(review, FIRST, "ada")
    for report, word in zip(desk.reports[:6], ("include", "exclude") * 3, strict=True):
        desk.decide(report, word)
    desk.settle()
    one, other = open_desk(review, FIRST, "ada"), open_desk(review, FIRST, "ada")
    assert one.queue.order == other.queue.order and one.find("") == other.find("")
