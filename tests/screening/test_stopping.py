"""Stopping rules: against scipy's hypergeometric distribution, by hand, and by how often they err."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from reviewkit.errors import InputError
from reviewkit.screening.stopping import advise, estimate_recall, first_stops, hypergeometric_p

votes = st.lists(st.booleans(), min_size=1, max_size=80)


def smallest_p(decisions: list[bool], n_total: int, recall: float) -> float:
    """Every sample of last reads, one after the other, as Callaghan & Müller-Hansen (2020) write it."""
    found = sum(decisions)
    best = 1.0
    for size in range(1, len(decisions) + 1):
        inside = sum(decisions[-size:])
        least = math.floor(found / recall - (found - inside) + 1 + 1e-9)
        unread = n_total - (len(decisions) - size)
        best = min(best, hypergeom.cdf(inside, unread, least, size) if least <= unread else 0.0)
    return best


@settings(max_examples=60, deadline=None)
@given(votes, st.integers(1, 200), st.sampled_from([0.8, 0.9, 0.95]))
def test_p_is_the_smallest_of_all_samples(decisions: list[bool], more: int, recall: float) -> None:
    if not any(decisions):
        decisions = [*decisions, True]
    expected = smallest_p(decisions, len(decisions) + more, recall)
    assert hypergeometric_p(decisions, len(decisions) + more, recall=recall) == pytest.approx(expected, abs=1e-9)


def test_p_by_hand() -> None:
    # One include, then two excludes, of four: a second include is missed if it is the one left of three.
    assert hypergeometric_p([True, False, False], 4, recall=0.95) == pytest.approx(1 / 3)


def test_p_without_includes_or_with_everything_read() -> None:
    assert hypergeometric_p([False] * 5, 100) == 1
    assert hypergeometric_p([True, False], 2) == 0
    assert hypergeometric_p([], 10) == 1


def test_a_random_order_rarely_stops_below_the_target() -> None:
    # Read at random, one look at the end: the test may err in 5 % of the runs.
    draw = random.Random(1)
    wrong = 0
    for _ in range(300):
        labels = [True] * 20 + [False] * 380
        draw.shuffle(labels)
        part = labels[:380]
        wrong += hypergeometric_p(part, 400, recall=0.95) < 0.05 and sum(part) < 19
    assert wrong / 300 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def prioritised(seed: int, n: int = 600, includes: int = 40) -> list[bool]:
    """An order in which the chance of an include falls exponentially with the rank, as a good ranking's does."""
    draw = np.random.default_rng(seed)
    weight = np.exp(-np.arange(n) / (n / 12)) + 0.002
    places = draw.choice(n, includes, replace=False, p=weight / weight.sum())
    labels = np.zeros(n, dtype=bool)
    labels[places] = True
    return labels.tolist()


@pytest.mark.slow
def test_on_ranked_orders_the_hypergeometric_rule_keeps_its_promise() -> None:
    below = 0
    for seed in range(40):
        order = prioritised(seed)
        read = first_stops(order, len(order), every=5)["hypergeometric"]
        below += read is not None and sum(order[:read]) < 0.95 * sum(order)
    assert below / 40 <= 0.15  # 5 % promised; 15 % is what 40 runs of a true 5 % stay under


@settings(max_examples=40, deadline=None)
@given(votes, st.integers(0, 100))
def test_recall_lies_between_its_ends(decisions: list[bool], more: int) -> None:
    found = estimate_recall(decisions, len(decisions) + more)
    assert 0 <= found.low <= found.high <= 1
    assert math.isnan(found.estimate) or found.low <= found.estimate <= found.high


def test_recall_is_1_when_all_is_read_and_unknown_without_includes() -> None:
    done = estimate_recall([True, False], 2)
    assert (done.estimate, done.low, done.high) == (1, 1, 1)
    nothing = estimate_recall([False, False], 9)
    assert math.isnan(nothing.estimate) and (nothing.low, nothing.high) == (0, 1)


def test_the_recall_interval_holds_the_truth_on_ranked_orders() -> None:
    held = total = 0
    for seed in range(40):
        order = prioritised(seed)
        for share in (0.15, 0.3, 0.6):
            read = int(share * len(order))
            found = estimate_recall(order[:read], len(order))
            held += found.low <= sum(order[:read]) / sum(order) <= found.high
            total += 1
    assert held / total > 0.85


def rule(name: str, decisions: list[bool], n_total: int, **options: object) -> tuple[bool, str]:
    found = {advice.rule: advice for advice in advise(decisions, n_total, **options)}  # type: ignore[arg-type]
    return found[name].stop, found[name].why


def test_safe_wants_all_its_conditions() -> None:
    enough = [True] * 10 + [False] * 50
    assert rule("safe", enough, 600)[0]
    assert not rule("safe", enough, 601)[0]  # under 10 % of the records
    assert not rule("safe", enough[:-1], 500)[0]  # 49 excludes in a row
    assert not rule("safe", enough, 600, expected=31)[0]  # fewer than twice the includes expected
    assert not rule("safe", enough, 600, key_found=False)[0]
    assert rule("safe", enough, 600, key_found=True, expected=30)[0]
    assert not rule("safe", [False] * 60, 600)[0]


def test_knee_by_hand() -> None:
    # 160 includes, then nothing: slope 1 before, 1 / since after; the limit is 6 from 150 includes on.
    assert not rule("knee", [True] * 160 + [False] * 839, 5000)[0]  # fewer than 1000 read
    stop, why = rule("knee", [True] * 160 + [False] * 840, 5000)
    assert stop and "840-fold" in why
    few = [True] * 10 + [False] * 1500
    assert rule("knee", few, 5000)[0]  # 1000-fold, 146 wanted
    assert not rule("knee", ([True] + [False] * 9) * 150, 5000)[0]


def test_advice_says_why_in_a_sentence_with_its_figures() -> None:
    for advice in advise([True] * 5 + [False] * 20, 400):
        assert advice.why.endswith(".") and advice.why[0].isupper()
        assert advice.figures and all(np.isfinite(value) for value in advice.figures.values())
        assert not advice.stop


def test_first_stops_are_what_advise_says_at_each_read() -> None:
    order = prioritised(3, n=300, includes=20)
    stops = first_stops(order, 300)
    for name, read in stops.items():
        if read is not None:
            assert rule(name, order[:read], 300)[0]
            assert not rule(name, order[: read - 1], 300)[0]


@pytest.mark.parametrize(
    ("decisions", "n_total", "recall"), [([True] * 3, 2, 0.95), ([True], 2, 1.0), ([True], 2, 0.0)]
)
def test_impossible_input_is_refused(decisions: list[bool], n_total: int, recall: float) -> None:
    with pytest.raises(InputError):
        hypergeometric_p(decisions, n_total, recall=recall)
