"""The published schema of results.json: every key described, its words those of the code, every kind of pool in it.

That every report follows it is tested in tests/publishing/test_results_schema.py.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from reviewkit.certainty.rating import DOWN, UP
from reviewkit.claims import VERDICTS
from reviewkit.protocol.parts import Kind, Measure, Status
from reviewkit.report import Report
from reviewkit.report.outputs import _json, results
from reviewkit.review import open_review
from reviewkit.synthesis import glmm, mantel_haenszel, pool
from tests.publishing.conftest import QUESTION, ROOT

SCHEMA: dict[str, Any] = json.loads((files("reviewkit.report") / "results.schema.json").read_text(encoding="utf-8"))


def validator(name: str = "") -> Draft202012Validator:
    asked = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]} if name else SCHEMA
    return Draft202012Validator(asked)


def problems(stated: object, name: str = "") -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(stated)]


@lru_cache(maxsize=1)
def example() -> str:
    return _json(results(Report(open_review(QUESTION, ROOT))))


def definitions(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from definitions(value)
    elif isinstance(part, list):
        for value in part:
            yield from definitions(value)


def test_every_key_and_every_section_is_described() -> None:
    for part in definitions(SCHEMA):
        if "properties" in part and part.get("type") == "object":
            for name, value in part["properties"].items():
                assert "description" in value or "$ref" in value, name
    assert all("description" in part for part in SCHEMA["$defs"].values())


def test_its_words_are_the_words_of_the_code() -> None:
    found = SCHEMA["$defs"]
    assert set(SCHEMA["properties"]["status"]["enum"]) == set(get_args(Status))
    assert set(found["asked"]["properties"]["kind"]["enum"]) == set(get_args(Kind))
    assert set(found["measure"]["enum"]) == set(get_args(Measure))
    assert set(found["claim"]["properties"]["verdict"]["enum"]) == {*VERDICTS, None}
    assert set(found["certainty_step"]["properties"]["domain"]["enum"]) == {*DOWN, *UP}


@pytest.mark.parametrize(("place", "value"), [
    (("surprise",), 1), (("schema",), "0.9"), (("status",), "finished"), (("flow", "screened"), -1),
    (("flow", "screened"), None), (("outcomes", 0, "main", "pooled", "i2_q"), 101), (("date",), "yesterday"),
    (("outcomes", 0, "certainty", "level"), "very high"), (("provenance", "inputs"), "abc"), (("people",), {}),
    (("outcomes", 0, "main", "studies", 0, "extra"), 0),
])
def test_what_is_wrong_is_refused(place: tuple[str | int, ...], value: object) -> None:
    stated = copy.deepcopy(json.loads(example()))
    inner: Any = stated
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert problems(stated)


@pytest.mark.slow
def test_no_section_may_be_missing() -> None:
    whole = json.loads(example())
    assert set(whole) == set(SCHEMA["required"])
    for name in whole:
        assert problems({key: value for key, value in whole.items() if key != name}), name


def test_every_kind_of_pool_follows_it() -> None:
    counts: dict[str, Any] = {"ai": [4, 6, 3], "bi": [119, 300, 228], "ci": [11, 29, 11], "di": [128, 274, 209]}
    yi, vi = [0.1, 0.4, -0.2], [0.02, 0.03, 0.05]
    pools = [pool(yi, vi, measure="SMD"), pool(yi, vi, measure="OR", model="common"),
             pool(yi[:1], vi[:1], measure="MD"),
             mantel_haenszel(*counts.values(), measure="OR"), mantel_haenszel(*counts.values(), measure="RD"),
             glmm(*counts.values())]
    for found in pools:
        assert problems(json.loads(_json(found.as_dict())), "pool") == [], found
