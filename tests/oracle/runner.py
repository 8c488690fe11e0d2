"""Run case files through the public functions: one runner for the command and for pytest."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from reviewkit.errors import InputError
from tests.oracle.case import Case, Result, as_floats
from tests.oracle.compare import Comparison

ADAPTERS = ("adapters_effects", "adapters_pool", "adapters_models", "adapters_bias")

Adapter = Callable[[Case, Result], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expected result."""

    case: str
    rid: str
    kind: str
    status: Literal["passed", "failed", "not built"]
    excess: float = 0.0
    reason: str = ""
    zeros: int = 0
    """Numbers that passed because both sides are 0 but for rounding or a stopping rule."""


@cache
def adapters() -> dict[str, Adapter]:
    """Kind of result -> function (case, result) that answers it; from the adapter modules that exist."""
    kinds: dict[str, Adapter] = {}
    for name in ADAPTERS:
        if importlib.util.find_spec(f"tests.oracle.{name}") is not None:
            kinds.update(importlib.import_module(f"tests.oracle.{name}").KINDS)
    return kinds


def read_cases(folder: Path) -> Iterator[Case]:
    """Every case file of a folder, by name; ``index.json`` is a list of cases and not one itself."""
    for path in sorted(folder.glob("*.json")):
        if path.name != "index.json":
            yield Case.read(path)


def check(case: Case, result: Result) -> Outcome:
    """Answer one result by the words of its ``spec`` and compare; the adapter never sees ``expected``."""
    rid, kind, expected = result["rid"], result["kind"], result["expected"]
    adapter = adapters().get(kind)
    if adapter is None:
        return Outcome(case.id, rid, kind, "not built")
    question = {key: value for key, value in result.items() if key not in ("expected", "rid")}
    wants_error = isinstance(expected, dict) and "error" in expected
    try:
        got = adapter(case, question)
    except InputError as error:
        if wants_error:
            return Outcome(case.id, rid, kind, "passed")
        return Outcome(case.id, rid, kind, "failed", float("inf"), f"refused: {error}")
    except Exception as error:  # noqa: BLE001 -- one result that crashes must not hide the others
        return Outcome(case.id, rid, kind, "failed", float("inf"), f"{type(error).__name__}: {error}")
    if wants_error:
        return Outcome(case.id, rid, kind, "failed", float("inf"), "a number was returned where none exists")
    comparison = Comparison(result.get("tol", {}), typical_variance(case, result["spec"]))
    found = comparison.differences(expected, got)
    if not found:
        return Outcome(case.id, rid, kind, "passed", zeros=len(comparison.zeros))
    excess, reason = max(found, key=lambda one: one[0])
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Outcome(case.id, rid, kind, "failed", excess, reason + more)


def typical_variance(case: Case, spec: dict[str, Any]) -> float:
    """Median sampling variance of the studies a result is about; NaN if it is about none."""
    if "vi" in spec:
        vi = as_floats(spec["vi"])
    elif isinstance(spec.get("es"), str) and case.has_es(spec["es"]):
        vi = case.es(spec["es"])[1]
    else:
        return float("nan")
    known = vi[np.isfinite(vi) & (vi > 0)]
    return float(np.median(known)) if len(known) else float("nan")
