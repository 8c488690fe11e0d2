"""The comparison itself: what passes, what fails, and that tiny numbers are not waved through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from reviewkit.errors import InputError
from tests.oracle import runner
from tests.oracle.case import Case
from tests.oracle.compare import Comparison

TOL = {"rel": 1e-6, "abs": 1e-8}


def passes(expected: Any, got: Any, variance: float = math.nan) -> bool:
    return not Comparison(TOL, variance).differences(expected, got)


def test_numbers_within_and_beyond_their_tolerance():
    assert passes({"a": 2.0}, {"a": 2.0000019, "more": 1})
    assert not passes({"a": 2.0}, {"a": 2.000003})
    assert not passes({"a": 2.0}, {})
    assert not passes({"a": 2.0}, {"a": math.nan})


def test_none_means_none():
    assert passes([None, 1.0], [math.nan, 1.0])
    assert passes([None], [None])
    assert not passes([None], [0.0])


def test_infinities_are_words():
    assert passes(["Infinity", "-Infinity"], [math.inf, -math.inf])
    assert not passes(["Infinity"], [1e308])


def test_lists_must_be_as_long_and_may_be_arrays():
    assert passes([1.0, 2.0], np.array([1.0, 2.0]))
    assert not passes([1.0, 2.0], [1.0])
    assert not passes([1.0], 1.0)


def test_tiny_numbers_have_no_absolute_tolerance():
    assert not passes({"estimate": 1e-9}, {"estimate": 0.0}, variance=1.0)
    assert not passes({"pval": 1e-30}, {"pval": 0.0}, variance=1.0)
    assert passes({"pval": 1e-30}, {"pval": 1.0000001e-30})
    assert passes({"estimate": 0}, {"estimate": 1e-9})


def test_a_tau2_that_no_number_feels_is_nought_beside_its_variances_only():
    assert passes({"tau2": 5e-15, "I2": 2e-11}, {"tau2": 0.0, "I2": 0.0}, variance=0.05)
    assert passes({"tau": 7e-8}, {"tau": 0.0}, variance=0.05)
    assert not passes({"tau2": 5e-15}, {"tau2": 0.0}, variance=1e-14)
    assert not passes({"tau2": 5e-15}, {"tau2": 0.0})
    assert not passes({"tau2": 5e-15}, {"tau2": 1e-4}, variance=0.05)
    assert not passes({"tau2": 2e-7}, {"tau2": 0.0}, variance=0.05)


def test_a_covariance_that_cancels_is_nought_beside_the_largest():
    assert passes({"vcov": [[0.2, 9e-17], [9e-17, 0.3]]}, {"vcov": [[0.2, 2e-16], [0.0, 0.3]]})
    assert not passes({"vcov": [[0.2, 9e-9], [9e-9, 0.3]]}, {"vcov": [[0.2, 0.0], [0.0, 0.3]]})


def outcome(monkeypatch: pytest.MonkeyPatch, expected: Any, answer: Any) -> runner.Outcome:
    def adapter(case: Case, result: dict[str, Any]) -> Any:
        assert "expected" not in result and "rid" not in result
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(runner, "adapters", lambda: {"pooled": adapter})
    result = {"rid": "x", "kind": "pooled", "spec": {}, "expected": expected, "tol": TOL}
    return runner.check(Case("c", {}, [result]), result)


def test_an_expected_error_must_be_refused_and_never_answered(monkeypatch):
    assert outcome(monkeypatch, {"error": "no"}, InputError("refused")).status == "passed"
    assert outcome(monkeypatch, {"error": "no"}, {"estimate": 1.0}).status == "failed"
    assert outcome(monkeypatch, {"error": "no"}, ValueError("a crash is not a refusal")).status == "failed"
    assert outcome(monkeypatch, {"estimate": 1.0}, InputError("refused")).status == "failed"


def test_a_crash_of_one_result_is_one_failure(monkeypatch):
    assert "ZeroDivisionError" in outcome(monkeypatch, {"estimate": 1.0}, ZeroDivisionError("oh")).reason


def test_effect_size_sets_by_the_words_of_the_format():
    data = {"yi": [0.1, 0.2, None, 0.4], "vi": [1, 2, 3, 4], "a": [1, None, 3, 4], "rows_used_b": [1, 4]}
    case = Case("c", data, [])
    assert case.es("given")[0][[0, 1, 3]].tolist() == [0.1, 0.2, 0.4]
    assert case.rows("given[b complete]").tolist() == [0, 3]
    assert case.rows("given[a complete]").tolist() == [0, 2, 3]
    assert case.es("first3")[1].tolist() == [1, 2, 3]
    assert case.rows("given.drop00").tolist() == [0, 1, 3]
    assert not case.has_es("nothing of that name")
