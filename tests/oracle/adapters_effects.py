"""Oracle kinds of effect sizes and conversions; ``spec`` is read by its words, ``expected`` never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reviewkit.effects import MEASURES, EffectSizes, effect_sizes
from tests.oracle import adapters_conversions
from tests.oracle.case import Case, Result, as_floats


def escalc(case: Case, result: Result) -> Result:
    found = escalc_sizes(case, result["spec"])
    return {"yi": found.yi, "vi": found.vi}


def escalc_sizes(case: Case, spec: dict[str, Any]) -> EffectSizes:
    """Effect sizes by the words of an ``escalc`` spec; what it leaves out is the reference's own default."""
    measure = spec["measure"]
    columns = {
        name: case.column(given) if isinstance(given, str) else as_floats(given)
        for name, given in spec["columns"].items()
    }
    options: dict[str, Any] = {name: spec[name] for name in ("add", "to", "drop00") if name in spec}
    if "vtype" in spec:
        options["variance"] = spec["vtype"]
    if "exact" in spec:
        options["variance"] = "meta_exact" if spec["exact"] else "revman"
        options["correction"] = "exact" if spec["exact"] else "approx"
    elif MEASURES[measure].corrections != ("none",):
        options["correction"] = spec.get("correct", True)
    return effect_sizes(measure, columns, **options)


def from_observed_expected(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The effect-size set ``OE``: (O-E)/V and 1/V, of the columns that the case's own conversion names."""
    named = [result["spec"]["columns"] for result in case.results if "(O-E)/V" in result["spec"].get("what", "")]
    oe, v = next((columns for columns in named if len(columns) == 2), ("OmE", "V"))
    found = effect_sizes("HR", {"oe": case.column(oe), "v": case.column(v)})
    return found.yi, found.vi


def prepost_diff(case: Case, result: Result) -> Result:
    """Difference of the arms' changes (treatment ``t.``, control ``c.``); variances add up."""
    name = result["spec"]["es"].removeprefix("diff.")
    treated, control = case.es(f"t.{name}"), case.es(f"c.{name}")
    return {"yi": treated[0] - control[0], "vi": treated[1] + control[1]}


KINDS: dict[str, Callable[[Case, Result], Any]] = {
    "escalc": escalc,
    "prepost_diff": prepost_diff,
    **adapters_conversions.KINDS,
}
