"""What changed between two runs is named, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.run import changed_parts
from tests.portfolio.made import stated

LEAVES = st.none() | st.integers() | st.sampled_from(["a", "b"])
VALUES = st.recursive(LEAVES, lambda value: st.lists(value, max_size=3), max_leaves=5)
RESULTS = st.dictionaries(st.sampled_from(["answer", "harms", "included", "flow"]), VALUES)


@given(RESULTS)
def test_the_same_results_have_not_changed(found: dict[str, Any]) -> None:
    assert changed_parts(found, json.loads(json.dumps(found))) == ()


@given(RESULTS, RESULTS)
def test_a_part_is_named_where_it_differs_and_only_there(one: dict[str, Any], other: dict[str, Any]) -> None:
    named = set(changed_parts(one, other))
    assert named == {name for name in {*one, *other} if one.get(name) != other.get(name)}
    assert named == set(changed_parts(other, one))


@pytest.mark.parametrize("part", ["provenance", "none"])
def test_digests_are_no_change(part: str) -> None:
    found = json.loads(stated("upper-cervical-low-back-pain"))
    assert changed_parts(found, {**found, part: None} if part == "provenance" else found) == ()


def test_an_outcome_is_named_by_its_id() -> None:
    found = json.loads(stated("massage-ms"))
    other = json.loads(json.dumps(found))
    other["outcomes"][1]["certainty"]["level"] = "low"
    del other["outcomes"][2]
    assert changed_parts(found, other) == ("outcome pain", "outcome quality-of-life")
