"""Replays: the figures by hand, the order whole, no look at labels that are not voted, the same for the same seed."""

from __future__ import annotations

import random

import pytest

from reviewkit.errors import InputError
from reviewkit.screening.features import Text
from reviewkit.screening.simulate import draw_priors, measured, simulate

TOPIC = ["wool", "fleece", "shearing", "lamb", "pasture", "ewe"]
OTHER = ["harbour", "cargo", "crane", "anchor", "freight", "port"]
PLAIN = ["study", "results", "method", "group", "analysis", "effect", "patients", "data"]


def corpus(seed: int, n: int = 200, includes: int = 20, empty: int = 10) -> tuple[list[Text], list[bool]]:
    draw = random.Random(seed)
    labels = [place < includes for place in range(n)]
    draw.shuffle(labels)
    without = set(draw.sample(range(n), empty))
    texts = []
    for place, label in enumerate(labels):
        body = draw.choices(PLAIN, k=15) + draw.choices(TOPIC if label else OTHER, k=3)
        body += draw.choices(TOPIC + OTHER, k=4)
        draw.shuffle(body)
        texts.append(Text() if place in without else Text(" ".join(body[:5]), " ".join(body[5:])))
    return texts, labels


def test_figures_by_hand() -> None:
    # 10 records, 4 includes at the ranks 1, 3, 4 and 8: 95 % of 4, rounded up, is 4.
    labels = [True, False, True, True, False, False, False, True, False, False]
    found = measured(range(10), labels)
    assert (found.n, found.included, found.n95, found.n100) == (10, 4, 8, 8)
    assert found.wss95 == pytest.approx((10 - 8) / 10 - 0.05)
    assert found.wss100 == pytest.approx(0.2)


def test_ninety_five_percent_is_rounded_up_but_not_past_a_whole_number() -> None:
    # 19 of 20 are exactly 95 %; 0.95 x 20 must not become 20 through rounding error.
    labels = [True] * 19 + [False] * 20 + [True]
    assert (measured(range(40), labels).n95, measured(range(40), labels).n100) == (19, 40)
    labels = [True] * 20 + [False] * 19 + [True]
    assert measured(range(40), labels).n95 == 20  # 21 includes: 19.95 is rounded up


def test_stops_give_reads_recall_and_what_is_saved() -> None:
    labels = [True] * 20 + [False] * 980
    found = measured(range(1000), labels)
    stop = found.stop["hypergeometric"]
    assert stop is not None
    assert 20 < stop.read < 1000 and stop.recall == 1
    assert stop.saved == pytest.approx((1000 - stop.read) / 1000)
    safe = found.stop["safe"]
    assert safe is not None and safe.read == 100


def test_the_order_holds_every_record_once_and_begins_with_the_prior_ones() -> None:
    texts, labels = corpus(1)
    found = simulate(texts, labels, seed=3)
    assert sorted(found.order) == list(range(200))
    assert found.order[:2] == draw_priors(labels, 3)
    assert labels[found.order[0]] and not labels[found.order[1]]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_another_seed_other_prior_records() -> None:
    texts, labels = corpus(2)
    assert simulate(texts, labels, seed=5) == simulate(texts, labels, seed=5)
    assert len({draw_priors(labels, seed) for seed in range(20)}) > 10


@pytest.mark.slow
def test_reading_by_rank_beats_chance() -> None:
    for seed in range(3):
        texts, labels = corpus(seed, empty=0)
        assert simulate(texts, labels, seed=seed).wss95 > 0.3  # by chance: 0 on average


@pytest.mark.slow
def test_labels_of_records_not_read_yet_do_not_matter() -> None:
    texts, labels = corpus(4)
    one = simulate(texts, labels, seed=1)
    half = one.order[:100]
    changed = [label if place in half else False for place, label in enumerate(labels)]
    kept = sum(changed)
    # Up to the last include that both know, nothing of the later labels may show.
    last = max(rank for rank, place in enumerate(one.order[:100]) if changed[place])
    other = simulate(texts, changed, seed=1, priors=one.order[:2])
    assert kept == other.included
    assert other.order[: last + 1] == one.order[: last + 1]


@pytest.mark.slow
def test_given_prior_records_lead() -> None:
    texts, labels = corpus(5)
    include, exclude = labels.index(True), labels.index(False)
    assert simulate(texts, labels, priors=[exclude, include]).order[:2] == (exclude, include)


@pytest.mark.parametrize("empty", [0, 60, 200])
def test_records_without_text_are_read_in_the_end(empty: int) -> None:
    texts, labels = corpus(6, empty=empty)
    found = simulate(texts, labels)
    assert sorted(found.order) == list(range(200))
    assert found.n100 <= 200


@pytest.mark.parametrize("labels", [[True] * 4, [False] * 4, []])
def test_labels_of_one_kind_are_refused(labels: list[bool]) -> None:
    with pytest.raises(InputError, match="none of"):
        simulate([Text("a title")] * len(labels), labels)


def test_texts_and_labels_must_go_together() -> None:
    with pytest.raises(InputError, match="3 labels for 2 records"):
        simulate([Text("one"), Text("two")], [True, False, True])
