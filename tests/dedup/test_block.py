"""Blocks: true pairs meet, and the work grows with the number of records, not with its square."""

from __future__ import annotations

import pytest

from reviewkit.dedup.block import candidate_pairs, pairs_of_keys, title_rank
from reviewkit.dedup.prep import prepare
from reviewkit.model import Author, Record


def test_a_shared_key_makes_a_pair_once() -> None:
    records = [Record(title="Copper and sheep in winter", year=2014, doi="10.1234/a")] * 2
    assert candidate_pairs(prepare(records, ids=["a", "b"])).tolist() == [[0, 1]]


def test_empty_fields_join_nothing() -> None:
    records = [Record(abstract="x"), Record(url="y"), Record(key="z")]
    assert candidate_pairs(prepare(records, ids=["a", "b", "c"])).shape == (0, 2)


def test_no_records_no_pairs() -> None:
    assert candidate_pairs(prepare([], ids=[])).shape == (0, 2)


@pytest.mark.parametrize("count", [50, 500, 2_000])
def test_a_large_block_is_cut_to_neighbours(count: int) -> None:
    records = [
        Record(title=f"Copper {i:05d}", authors=(Author("Smith", "J"),), year=2014, doi="10.1234/supplement")
        for i in range(count)
    ]
    columns = prepare(records, ids=[str(i) for i in range(count)])
    pairs = pairs_of_keys(columns.doi, title_rank(columns), limit=40)
    assert count - 1 <= len(pairs) <= 8 * count
    assert len(candidate_pairs(columns)) <= 5 * 8 * count


def test_neighbours_of_a_large_block_are_alike() -> None:
    records = [
        Record(title=f"{chr(97 + i % 26)}{i // 2:05d} copper", authors=(Author("Smith", "J"),), year=2014)
        for i in range(500)
    ]
    twin = Record(title=records[77].title, authors=(Author("Smith", "John"),), year=2014)
    columns = prepare([*records, twin], ids=[str(i) for i in range(501)])
    assert [77, 500] in candidate_pairs(columns).tolist()
