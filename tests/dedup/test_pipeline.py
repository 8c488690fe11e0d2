"""One call over records: what is grouped, what is not, and that order and repetition change nothing."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from reviewkit.dedup import Answer, Settings, deduplicate, pipeline
from reviewkit.errors import InputError
from reviewkit.model import Author, Record

TRIAL = Record(
    title="Massage for fatigue in a chronic illness: a randomised trial",
    authors=(Author("Moradi", "A"), Author("Nowak", "B")),
    year=2014,
    journal="Journal of Imagined Medicine",
    volume="12",
    pages="221-8",
    doi="10.1234/jim.2014.12",
)


def groups(records: list[Record], ids: list[str], **options: object) -> list[set[str]]:
    return [set(group.members) for group in deduplicate(records, ids=ids, **options).groups]  # type: ignore[arg-type]


def test_same_doi_and_title_in_another_spelling_are_one_report() -> None:
    copy = replace(
        TRIAL, title="MASSAGE FOR FATIGUE in a chronic illness - a randomised trial.", doi="10.1234/JIM.2014.12"
    )
    assert groups([TRIAL, copy], ["a", "b"]) == [{"a", "b"}]


def test_same_doi_with_an_unlike_title_is_not_enough() -> None:
    other = replace(TRIAL, title="Echocardiography of the hibernating brown bear", authors=(Author("Olsen"),))
    assert groups([TRIAL, other], ["a", "b"]) == []


def test_a_persons_word_wins_both_ways() -> None:
    copy = replace(TRIAL)
    other = Record(title="Something else altogether about soil", authors=(Author("Zeta"),), year=1999)
    apart = groups([TRIAL, copy, other], ["a", "b", "c"], answers=[Answer("a", "b", False), Answer("b", "c", True)])
    assert apart == [{"b", "c"}]


def test_contradicting_answers_are_refused() -> None:
    answers = [Answer("a", "b", True), Answer("b", "c", True), Answer("c", "a", False)]
    with pytest.raises(InputError, match="contradict"):
        deduplicate([TRIAL, TRIAL, TRIAL], ids=["a", "b", "c"], answers=answers)


def test_threads_do_not_change_the_answer() -> None:
    records = [replace(TRIAL, title=f"{TRIAL.title} {word}", doi="") for word in ("one", "two", "one", "three", "two")]
    ids = list("abcde")
    assert deduplicate(records, ids=ids, settings=Settings(workers=2)) == deduplicate(records, ids=ids)


def test_no_records() -> None:
    found = deduplicate([])
    assert (found.records, found.unique, found.groups, found.maybe, found.related) == (0, 0, (), (), ())


def test_settings_and_ids_are_checked() -> None:
    with pytest.raises(InputError, match="block_limit = 0"):
        Settings(block_limit=0)
    with pytest.raises(InputError, match="2 ids for 1 records"):
        deduplicate([TRIAL], ids=["a", "b"])


def test_the_doctest_runs() -> None:
    assert doctest.testmod(pipeline).failed == 0


def test_ids_must_differ() -> None:
    with pytest.raises(InputError, match="twice"):
        deduplicate([TRIAL, TRIAL], ids=["a", "a"])
