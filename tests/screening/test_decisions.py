"""A line of a log: only what a decision may hold."""

from __future__ import annotations

from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.screening import Decision, parse_decision

LINE = {"time": "2026-11-21T00:00:00Z", "reviewer": "ak", "stage": "full-text", "report": "backus-2016",
        "decision": "exclude", "reason": "wrong-population", "protocol": "1.0", "origin": "panel"}


def test_what_is_written_is_read_back() -> None:
    decision = Decision(**LINE)
    assert parse_decision(decision.as_dict(), ["wrong-population"]) == decision


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": "wrong-moon"}, "not in the protocol's list"),
        ({"reason": ""}, "excluded without a reason"),
        ({"decision": "includ"}, "allowed: include, exclude"),
        ({"stage": "abstract"}, "allowed: title-abstract, full-text"),
        ({"report": ""}, "'report' is missing"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"note": 3}, "is text"),
    ],
)
def test_anything_else_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_decision({**LINE, **change}, ["wrong-population"])
