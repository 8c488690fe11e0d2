"""Honest data, drawn person by person and rounded, is not accused; every kind of fault put in is found."""

from __future__ import annotations

import statistics
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.trust import check_rows
from reviewkit.trust.grim import possible_sums, sd_fits_whole_scores
from reviewkit.trust.printed import Printed
from reviewkit.trust.spread import largest_sd, smallest_sd
from tests.trust.simulated import FAULTS, dressed, faulty_table, honest_table, rows_of

NEVER = {"grim_fail", "sd_impossible", "p_mismatch"}

scores = st.lists(st.integers(0, 21), min_size=2, max_size=60)


@given(scores, st.integers(0, 3))
def test_whole_scores_always_pass_grim_and_grimmer(people: list[int], places: int) -> None:
    mean = Printed(round(statistics.fmean(people), places), places)
    assert len(possible_sums(mean, len(people), 1))
    for deviation in (statistics.stdev, statistics.pstdev):
        sd = Printed(round(deviation(people), places), places)
        assert sd_fits_whole_scores(mean, sd, len(people), 1)


@given(st.lists(st.lists(st.integers(1, 7), min_size=9, max_size=9), min_size=2, max_size=40), st.integers(1, 3))
def test_item_means_always_pass(people: list[list[int]], places: int) -> None:
    values = [sum(items) / 9 for items in people]
    mean = Printed(round(statistics.fmean(values), places), places)
    sd = Printed(round(statistics.stdev(values), places), places)
    assert len(possible_sums(mean, len(values), 9))
    assert sd_fits_whole_scores(mean, sd, len(values), 9)


@given(scores, st.integers(0, 3))
def test_sds_lie_between_their_bounds(people: list[int], places: int) -> None:
    mean = Printed(round(statistics.fmean(people), places), places)
    assert statistics.stdev(people) <= largest_sd(mean, 0, 21, len(people)) + 1e-9
    assert statistics.pstdev(people) >= smallest_sd(mean, len(people), 1) - 1e-9


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_honest_trials_give_no_arithmetic_finding(seed: int) -> None:
    trials = honest_table(np.random.default_rng(seed), 20)
    assert not [finding for finding in check_rows(rows_of(trials)) if finding.code in NEVER]


@pytest.mark.slow
def test_honest_trials_are_rarely_accused_of_anything() -> None:
    accused: set[str] = set()
    size = 400
    accused |= {finding.study_id for finding in check_rows(rows_of(honest_table(np.random.default_rng(7), size)))}
    assert len(accused) <= 0.02 * size


@pytest.mark.slow
def test_honest_contrasts_counts_and_intervals_are_rarely_accused() -> None:
    rng = np.random.default_rng(11)
    trials = [dressed(rng, trial) for trial in honest_table(rng, 300)]
    accused = {finding.study_id for finding in check_rows(rows_of(trials))}
    assert len(accused) <= 0.02 * len(trials)


@pytest.mark.parametrize("seed", [101, 102])
def test_faults_put_into_honest_trials_are_found(seed: int) -> None:
    trials, faults = faulty_table(np.random.default_rng(seed), 200, 6)
    found: dict[str, set[str]] = {}
    for finding in check_rows(rows_of(trials)):
        for study in finding.study_id.split("|"):
            found.setdefault(study, set()).add(finding.code)
    put, seen = Counter(faults.values()), Counter(c for s, c in faults.items() if c in found.get(s, set()))
    assert set(put) == {name.partition(" ")[0] for name in FAULTS}
    assert sum(seen.values()) >= 0.92 * sum(put.values())
