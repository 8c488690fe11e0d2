"""The demonstration exports as a further labelled set: four files a question, with copies and damage."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import pytest

from reviewkit.dedup import deduplicate
from reviewkit.readers import read

EVIDENCE = Path(__file__).resolve().parents[2] / ".." / "shared" / "evidence"
pytestmark = pytest.mark.skipif(
    not EVIDENCE.is_dir(), reason="the demonstration evidence is not here (../shared/evidence)"
)

Pairs = set[frozenset[str]]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def answers() -> list[tuple[Pairs, Pairs, Pairs, Pairs]]:
    """For each question: pairs found, true pairs, pairs of one study, and pairs left to a person (whole groups)."""
    key = {row["export_key"]: row for row in _rows(EVIDENCE / "exports" / "key.csv")}
    copies = {row["record_id"]: row for row in _rows(EVIDENCE / "records.csv")}

    def first(name: str, kinds: tuple[str, ...]) -> str:
        while copies[name]["duplicate_of"] and copies[name]["duplicate_kind"] in kinds:
            name = copies[name]["duplicate_of"]
        return name

    found = []
    for folder in sorted(path for path in (EVIDENCE / "exports").iterdir() if path.is_dir()):
        records, ids = [], []
        for record in (record for path in sorted(folder.iterdir()) for record in read(path).records):
            name = next((text for text in (record.key, *record.extra.values()) if text in key), "")
            if name and name not in ids:
                records.append(record)
                ids.append(name)
        result = deduplicate(records, ids=ids)
        home = {member: group.members for group in result.groups for member in group.members}
        open_pairs = {
            frozenset((a, b))
            for pair in result.maybe
            for a in home.get(pair.one, (pair.one,))
            for b in home.get(pair.other, (pair.other,))
        }
        report = {name: first(key[name]["record_id"], ("same report",)) for name in ids}
        study = {
            name: first(
                key[name]["record_id"], ("same report", "other report of the same study", "web page about the report")
            )
            for name in ids
        }
        pairs = [frozenset(pair) for pair in combinations(ids, 2)]
        found.append(
            (
                {frozenset(pair) for group in result.groups for pair in combinations(group.members, 2)},
                {pair for pair in pairs if len({report[name] for name in pair}) == 1},
                {pair for pair in pairs if len({study[name] for name in pair}) == 1},
                open_pairs,
            )
        )
    return found


def test_no_two_studies_are_merged(answers: list[tuple[Pairs, Pairs, Pairs, Pairs]]) -> None:
    # The key calls a protocol's copies 'other report of the same study'; beyond those nothing may be joined.
    assert [merged - study for merged, _, study, _ in answers] == [set()] * len(answers)


def test_nine_in_ten_true_pairs_are_joined_or_shown(answers: list[tuple[Pairs, Pairs, Pairs, Pairs]]) -> None:
    true = sum(len(truth) for _, truth, _, _ in answers)
    joined = sum(len(merged & truth) for merged, truth, _, _ in answers)
    shown = sum(len((merged | maybe) & truth) for merged, truth, _, maybe in answers)
    assert joined / true >= 0.7
    assert shown / true >= 0.9
