"""Ranking: deterministic, blind to what is not voted yet, better than chance, and text-less records last."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.screening.features import Text
from reviewkit.screening.ranking import Ranker, queue_due

SHEEP = ["wool", "fleece", "shearing", "lamb", "pasture", "ewe", "grazing", "meadow"]
SHIPS = ["harbour", "cargo", "crane", "anchor", "freight", "port", "vessel", "tide"]
PLAIN = ["study", "results", "method", "group", "analysis", "effect", "patients", "data"]


def corpus(seed: int = 0, n: int = 120, share: float = 0.15) -> tuple[list[Text], list[bool]]:
    draw = random.Random(seed)
    labels = [place < share * n for place in range(n)]
    draw.shuffle(labels)
    texts = []
    for label in labels:
        topic = SHEEP if label else SHIPS
        body = draw.choices(PLAIN, k=20) + draw.choices(topic, k=4) + draw.choices(SHEEP + SHIPS, k=3)
        draw.shuffle(body)
        texts.append(Text(" ".join(body[:6]), " ".join(body[6:])))
    return texts, labels


TEXTS, LABELS = corpus()
RANKER = Ranker([*TEXTS, Text(), Text(" ", "\n")])
SOME = {place: LABELS[place] for place in range(0, 120, 4)}


def test_includes_come_first() -> None:
    order = [place for place in RANKER.rank(SOME).order if place < len(LABELS)]
    ranks = [rank for rank, place in enumerate(order) if LABELS[place]]
    by_chance = (len(order) - 1) / 2
    assert np.mean(ranks) < 0.4 * by_chance


def test_every_record_without_a_vote_stands_once_and_none_with_one() -> None:
    order = RANKER.rank(SOME).order
    assert sorted([*order, *SOME]) == list(range(122))


def test_records_without_text_are_last_and_named() -> None:
    ranking = RANKER.rank(SOME)
    assert set(ranking.without_text) == {120, 121} == set(ranking.order[-2:])
    assert ranking.score[[120, 121]] == pytest.approx(0)
    assert RANKER.rank({**SOME, 120: True}).without_text == (121,)


def test_votes_on_records_without_text_teach_nothing() -> None:
    with_votes = RANKER.rank({**SOME, 120: True, 121: False}).order
    assert with_votes == tuple(place for place in RANKER.rank(SOME).order if place < 120)


def test_scores_lie_between_0_and_1_and_fall_along_the_order() -> None:
    ranking = RANKER.rank(SOME)
    along = ranking.score[list(ranking.order)]
    assert ranking.score.shape == (122,)
    assert (along >= 0).all() and (along <= 1).all()
    assert (np.diff(along) <= 1e-12).all()


def test_the_order_in_which_votes_are_handed_over_does_not_matter() -> None:
    backwards = dict(reversed(list(SOME.items())))
    one, other = RANKER.rank(SOME), RANKER.rank(backwards)
    assert one.order == other.order
    assert np.array_equal(one.score, other.score)


def test_nothing_is_kept_from_one_ranking_to_the_next() -> None:
    before = RANKER.rank(SOME).order
    RANKER.rank({place: not label for place, label in enumerate(LABELS)})
    assert RANKER.rank(SOME).order == before == Ranker([*TEXTS, Text(), Text(" ", "\n")]).rank(SOME).order


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_records_in_another_order_rank_the_same(draw: random.Random) -> None:
    places = list(range(60))
    draw.shuffle(places)
    texts = TEXTS[:60]
    votes = {place: LABELS[place] for place in range(0, 60, 2)}
    plain = Ranker(texts).rank(votes)
    moved_votes = {places.index(place): vote for place, vote in votes.items()}
    moved = Ranker([texts[place] for place in places]).rank(moved_votes)
    assert [places[place] for place in moved.order] == list(plain.order)


def test_only_the_votes_given_are_seen() -> None:
    # Labels stand nowhere but in the votes: two corpora that differ in later labels only rank alike.
    early = {place: LABELS[place] for place in range(30)}
    assert RANKER.rank(early).order == Ranker([*TEXTS, Text(), Text(" ", "\n")]).rank(dict(early)).order


def test_before_there_is_an_include_and_an_exclude_the_question_ranks() -> None:
    ranker = Ranker(TEXTS, question="fleece and wool of the lamb", exclude_terms=("harbour", "cargo"))
    for votes in ({}, {0: False}, {0: False, 1: False}):
        ranking = ranker.rank(votes)
        assert ranking.basis == "question"
        top = ranking.order[:8]
        assert sum(LABELS[place] for place in top) > 4
    assert set(ranker.rank({}).why(ranker.rank({}).order[0])) & {"fleece", "wool", "lamb"}


def test_without_question_or_votes_the_order_says_that_it_rests_on_nothing() -> None:
    ranking = Ranker(TEXTS).rank({})
    assert ranking.basis == "none"
    assert sorted(ranking.order) == list(range(120))


def test_why_names_words_of_the_record_that_the_includes_share() -> None:
    ranking = RANKER.rank(SOME)
    assert ranking.basis == "votes"
    first = ranking.order[0]
    terms = ranking.why(first, 5)
    said = f"{TEXTS[first].title} {TEXTS[first].abstract}".split()
    assert 0 < len(terms) <= 5
    assert all(word in said for term in terms for word in term.split())
    assert {word for term in terms for word in term.split()} & set(SHEEP)
    assert ranking.why(120) == ()


@pytest.mark.parametrize("texts", [[], [Text()], [Text("one word")], [Text("same"), Text("same")]])
def test_few_records_are_ranked(texts: list[Text]) -> None:
    ranking = Ranker(texts, question="one same").rank({})
    assert sorted(ranking.order) == list(range(len(texts)))


def test_all_voted_leaves_nothing() -> None:
    assert Ranker(TEXTS[:20]).rank(dict(enumerate(LABELS[:20]))).order == ()


def test_a_vote_on_no_record_is_refused() -> None:
    with pytest.raises(InputError, match="vote on record 122"):
        RANKER.rank({122: True})


def test_the_queue_without_text_waits_while_ranking_yields() -> None:
    found = [True] * 5
    assert not queue_due([], [], 100)
    assert not queue_due([False] * 90, [], 100)
    assert not queue_due(found + [False] * 30, [], 100)
    assert queue_due(found + [False] * 60, [], 100)
    assert queue_due(found + [False] * 60, [False] * 5, 100)
    assert not queue_due(found + [False] * 60, [False] * 20, 100)
    assert queue_due(found + [False] * 60, [False] * 19 + [True], 100)
