"""The protocol's screening part: enough reviewers for the votes wanted, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.review import open_review
from reviewkit.review.starting import new_question

NAMES = 'reviewers = ["reviewer-a", "reviewer-b"]'


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ('reviewers = ["reviewer-a"]', "2 votes are wanted but 1 reviewer"),
        ('reviewers = ["reviewer-a", "reviewer-a"]', "named twice"),
        ('reviewers = ["reviewer-a", "consensus"]', "choose another"),
        ("reviewers = []", "at least 1"),
    ],
)
def test_what_cannot_work_is_named_with_its_line(tmp_path: Path, names: str, match: str) -> None:
    new_question("sleep", tmp_path)
    path = tmp_path / "data/sleep/protocol.toml"
    text = path.read_text(encoding="utf-8")
    assert NAMES in text
    path.write_text(text.replace(NAMES, names), encoding="utf-8")
    with pytest.raises(InputError, match=match) as caught:
        _ = open_review("sleep", tmp_path).protocol
    assert all(problem.line and problem.file == "data/sleep/protocol.toml" for problem in caught.value.problems)


def test_three_reviewers_may_share_two_votes(tmp_path: Path) -> None:
    new_question("sleep", tmp_path)
    path = tmp_path / "data/sleep/protocol.toml"
    text = path.read_text(encoding="utf-8").replace(NAMES, 'reviewers = ["a", "b", "c"]')
    path.write_text(text.replace('consensus = "reviewer-c"', ""), encoding="utf-8")
    assert open_review("sleep", tmp_path).protocol.screening.votes("full-text") == 2
