"""The protocol's own contradictions, each at its key; the window of an outcome."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reviewkit.protocol import Outcome, Plan, Question, Window

QUESTION = {
    "id": "x", "title": "t", "kind": "intervention", "condition": "c", "therapy": "t", "population": "p",
    "comparator": "c", "status": "draft", "eligibility_basis": "abstract", "version": "1.0", "date": "2026-01-01",
    "registration": "none", "funding": "none", "conflicts": "none",
}  # fmt: skip


def test_a_question_names_what_is_studied() -> None:
    with pytest.raises(ValidationError, match="needs an intervention or an exposure"):
        Question.model_validate(QUESTION)
    assert Question.model_validate({**QUESTION, "exposure": "e"}).exposure == "e"


@pytest.mark.parametrize(("change", "message"), [
    ({"id": "../x"}, "is not an identifier"), ({"version": "one"}, "pattern"), ({"status": "done"}, "demonstration"),
    ({"unknown": 1}, "not permitted"), ({"date": "soon"}, "date"),
])
def test_a_wrong_value_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Question.model_validate({**QUESTION, "intervention": "i", **change})


def test_no_pool_needs_a_reason_and_no_difference_needs_one() -> None:
    with pytest.raises(ValidationError, match="needs why_not_pooled"):
        Plan.model_validate({"measure": "MD", "pool": False})
    with pytest.raises(ValidationError, match="no_important_difference_because"):
        Outcome.model_validate({"id": "a", "name": "A", "better": "lower", "timepoint": "end",
                                "plan": {"measure": "MD"}})


@pytest.mark.parametrize(("window", "message"), [
    ({"start": 5, "end": 4}, "is before start"), ({"start": 0, "end": 4, "prefer": "nearest"}, "go together"),
    ({"start": 0, "end": 4, "nearest": 2}, "go together"), ({"start": -1, "end": 4}, "greater than or equal to 0"),
])
def test_a_window_must_make_sense(window: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Window.model_validate(window)


def test_a_window_prefers_as_it_says() -> None:
    weeks = (4.0, 8.0, 12.0)
    for prefer, best in (({"prefer": "first"}, 4.0), ({"prefer": "last"}, 12.0),
                         ({"prefer": "nearest", "nearest": 9}, 8.0)):
        window = Window.model_validate({"start": 4, "end": 12, **prefer})
        assert min(weeks, key=window.distance) == best
        assert all(window.holds(week) for week in weeks) and not window.holds(12.5)
        assert window.distance(None) == float("inf")
