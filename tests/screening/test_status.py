"""Status from votes: a conflict opens only when all have voted."""

import pytest

from reviewkit.screening.decisions import Decision
from reviewkit.screening.status import derive


def vote(who, word):
    return Decision("2024-01-01T00:00:00Z", who, "title-abstract", "r", word)


@pytest.mark.parametrize(
    ("votes", "agreed", "wanted", "outcome"),
    [
        ([], [], 2, "unscreened"),
        (["a include"], [], 1, "include"),
        (["a include"], [], 2, "awaiting second vote"),
        (["a include", "b exclude"], [], 2, "conflict"),
        (["a include", "b include"], [], 2, "include"),
        (["a maybe", "b maybe"], [], 2, "maybe"),
        (["a include", "a undo"], [], 1, "unscreened"),
        (["a include", "b exclude"], ["c exclude"], 2, "exclude"),
        (["a include", "b exclude"], ["c exclude", "c undo"], 2, "conflict"),
    ],
)
def test_outcome(votes, agreed, wanted, outcome):
    cast, settled = ([vote(*text.split()) for text in texts] for texts in (votes, agreed))
    screening = derive(["r"], cast, settled, {"title-abstract": wanted, "full-text": wanted})
    assert screening.at("title-abstract")[0].outcome == outcome
