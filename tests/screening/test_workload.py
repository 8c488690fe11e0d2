"""The split of the work: enough votes, even, and no report ever moves."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.screening.workload import split

NAMES = ("ada", "ben", "cleo", "dina", "emil")


@given(st.integers(1, 5), st.data(), st.integers(0, 200))
def test_each_report_has_its_votes_and_each_reviewer_the_same_work(people: int, data: st.DataObject, n: int) -> None:
    votes = data.draw(st.integers(1, people))
    found = split({f"r{number}": number for number in range(1, n + 1)}, NAMES[:people], votes)
    assert all(len(set(names)) == votes for names in found.values())
    work = Counter(name for names in found.values() for name in names)
    counts = [work[name] for name in NAMES[:people]]
    assert max(counts) - min(counts) <= votes


@given(st.sets(st.integers(1, 400), max_size=60), st.sets(st.integers(1, 400), max_size=60))
def test_reports_added_or_joined_move_no_other(kept: set[int], others: set[int]) -> None:
    few = split({f"r{n}": n for n in kept}, NAMES, 2)
    many = split({f"r{n}": n for n in kept | others}, NAMES, 2)
    assert all(many[report] == names for report, names in few.items())


def test_every_pair_works_together_equally_often() -> None:
    pairs = Counter(split({str(n): n for n in range(20)}, NAMES, 2).values())
    assert set(pairs) == set(combinations(NAMES, 2)) and set(pairs.values()) == {2}


@pytest.mark.parametrize(("names", "votes"), [(("a", "a"), 1), (("a",), 2), (("a", "b"), 0)])
def test_what_cannot_be_split_is_refused(names: tuple[str, ...], votes: int) -> None:
    with pytest.raises(InputError):
        split({"r": 1}, names, votes)
