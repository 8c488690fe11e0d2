"""What holds for any records: order has no say, an unrelated record changes nothing, a person's word wins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedup import Answer, Deduplication, deduplicate
from reviewkit.model import Author, Record

WORDS = ("copper", "sheep", "lambing", "water", "zinc", "trial", "weight", "birth", "winter", "pasture", "hay", "milk")
FAMILIES = ("Moradi", "Nowak", "Okafor", "Smith", "Li", "van Dijk")

titles = st.lists(st.sampled_from(WORDS), min_size=0, max_size=9).map(" ".join)
people = st.lists(st.sampled_from(FAMILIES), max_size=3).map(lambda names: tuple(Author(name, "A") for name in names))
records = st.builds(
    Record,
    title=titles,
    authors=people,
    year=st.sampled_from((None, 2013, 2014)),
    journal=st.sampled_from(("", "Wool Science", "J Imag Vet Med", "Journal of Imagined Veterinary Medicine")),
    volume=st.sampled_from(("", "1", "2")),
    issue=st.sampled_from(("", "1", "2")),
    pages=st.sampled_from(("", "3", "3-9", "12-18")),
    doi=st.sampled_from(("", "", "10.1234/a.1", "10.1234/a.2")),
)
lists = st.lists(records, max_size=9)
STRANGER = Record(
    title="Polyphony in the choir books of a northern cathedral, 1480 to 1520",
    authors=(Author("Quist", "Z"),),
    year=1971,
)


def run(found: list[Record], ids: list[str], answers: list[Answer] | None = None) -> Deduplication:
    return deduplicate(found, ids=ids, answers=answers or [])


def names(count: int) -> list[str]:
    return [f"r{i}" for i in range(count)]


def groups_of(found: Deduplication) -> set[frozenset[str]]:
    return {frozenset(group.members) for group in found.groups}


def pairs_of(found: Deduplication) -> set[frozenset[str]]:
    return {frozenset((pair.one, pair.other)) for pair in found.maybe}


@pytest.mark.slow
@given(lists, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_has_no_say(found: list[Record], rng: object) -> None:
    ids = names(len(found))
    order = list(range(len(found)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    one, other = run(found, ids), run([found[i] for i in order], [ids[i] for i in order])
    assert groups_of(one) == groups_of(other)
    assert {frozenset(group.members): group.rule for group in one.groups} == {
        frozenset(group.members): group.rule for group in other.groups
    }
    assert len(one.maybe) == len(other.maybe)
    assert len(one.related) == len(other.related)


@pytest.mark.slow
@given(lists)
@settings(max_examples=100, deadline=None)
def test_an_unrelated_record_changes_nothing(found: list[Record]) -> None:
    ids = names(len(found))
    one, other = run(found, ids), run([STRANGER, *found], ["stranger", *ids])
    assert (one.groups, one.maybe, one.related) == (other.groups, other.maybe, other.related)


@pytest.mark.slow
@given(lists)
@settings(max_examples=60, deadline=None)
def test_asking_twice_gives_the_same_answer(found: list[Record]) -> None:
    ids = names(len(found))
    one = run(found, ids)
    confirmed = [Answer(group.members[0], member, True) for group in one.groups for member in group.members[1:]]
    assert run(found, ids) == one
    assert groups_of(run(found, ids, confirmed)) == groups_of(one)


@pytest.mark.slow
@given(lists, st.data())
@settings(max_examples=150, deadline=None)
def test_a_persons_word_wins(found: list[Record], data: st.DataObject) -> None:
    ids = names(len(found))
    if len(ids) < 2:
        return
    one, other = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
    same = data.draw(st.booleans())
    answered = run(found, ids, [Answer(one, other, same)])
    together = any({one, other} <= group for group in groups_of(answered))
    assert together is same
    assert frozenset((one, other)) not in pairs_of(answered)


@pytest.mark.slow
@given(lists)
@settings(max_examples=60, deadline=None)
def test_answers_survive_a_new_import(found: list[Record]) -> None:
    ids = names(len(found))
    if len(ids) < 2:
        return
    answers = [Answer(ids[0], ids[1], False), Answer(ids[0], "gone", True)]
    later = run([*found, STRANGER, replace(STRANGER)], [*ids, "x", "y"], answers)
    assert not any({ids[0], ids[1]} <= group for group in groups_of(later))
    assert frozenset(("x", "y")) in groups_of(later)


@pytest.mark.slow
@given(lists)
@settings(max_examples=60, deadline=None)
def test_every_record_is_counted_once(found: list[Record]) -> None:
    ids = names(len(found))
    answer = run(found, ids)
    members = [member for group in answer.groups for member in group.members]
    assert len(members) == len(set(members))
    assert answer.unique == len(found) - len(members) + len(answer.groups)
    assert answer.records == len(found)
