"""results.json and its published schema: every report keeps it, and it lets nothing else through."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reviewkit.report import outputs
from reviewkit.report.opened import Report
from reviewkit.report.outputs import SCHEMA_VERSION, results
from reviewkit.review import open_review
from tests.publishing.conftest import QUESTION

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = sorted(path.parent.name for path in (ROOT / "data").glob("*/protocol.toml"))
SCHEMA: dict[str, Any] = json.loads(
    Path(outputs.__file__).with_name("results.schema.json").read_text(encoding="utf-8"))
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def complaints(document: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in CHECK.iter_errors(document)]


def objects(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for value in part.values():
            yield from objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects(value)


def test_it_is_a_schema_of_the_draft_it_names_and_of_the_version_in_the_results() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["schema"]["const"] == SCHEMA_VERSION
    assert SCHEMA_VERSION in SCHEMA["title"]
    assert SCHEMA["$id"].startswith("urn:uuid:")  # names no domain


def test_every_object_is_closed() -> None:
    found = list(objects(SCHEMA))
    assert len(found) > 20
    for part in found:
        free = part.get("additionalProperties")
        # A closed list of fields, a map whose values are of one kind, or an array that must stay empty.
        assert free is False or isinstance(free, dict) or "properties" not in part
        if "properties" in part:
            assert free is False
            assert set(part.get("required", ())) <= set(part["properties"])


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_results_of_every_question_are_valid(question: str) -> None:
    made = json.loads(outputs._json(results(Report(open_review(question, ROOT)))))
    assert complaints(made) == []


@pytest.mark.slow
def test_reports_as_they_were_written_are_valid(demonstration: Path, finished: Path) -> None:
    for folder in (demonstration, finished):
        written = json.loads((folder / "reports" / QUESTION / "results.json").read_text(encoding="utf-8"))
        assert complaints(written) == []


@pytest.mark.slow
def test_what_is_more_less_or_wrong_is_refused(demonstration: Path) -> None:
    whole = json.loads((demonstration / "reports" / QUESTION / "results.json").read_text(encoding="utf-8"))
    for name in SCHEMA["required"]:
        less = {key: value for key, value in whole.items() if key != name}
        assert complaints(less), name
    for change in ({"extra": 1}, {"status": "finished"}, {"schema": "0.9"}, {"date": "soon"}):
        assert complaints({**whole, **change}), change
    deep = copy.deepcopy(whole)
    deep["outcomes"][0]["main"]["studies"][0]["vi"] = -1
    assert complaints(deep)
    deep = copy.deepcopy(whole)
    deep["outcomes"][0]["main"]["pooled"]["i2_q"] = 101
    assert complaints(deep)
