"""Bodies of evidence for the tests."""

from __future__ import annotations

import math
from typing import Any

from reviewkit.certainty import Effect, Evidence, StudyEvidence


def studies(*judgements: str, n: int | None = 500, **more: Any) -> tuple[StudyEvidence, ...]:
    """Randomised studies of equal weight, by default in favour of the intervention."""
    values = {"design": "randomised", "weight": 100 / len(judgements), "direction": "intervention", "n": n, **more}
    return tuple(StudyEvidence(f"Study {i}", judgement=word, **values) for i, word in enumerate(judgements, 1))


def smd(low: float, middle: float, high: float, *, k: int = 3, **more: Any) -> Effect:
    """A standardised mean difference."""
    return Effect("SMD", middle, low, high, k, **more)


def ratio(low: float, middle: float, high: float, *, measure: str = "RR", k: int = 3, **more: Any) -> Effect:
    """A ratio, given on its natural scale."""
    return Effect(measure, math.log(middle), math.log(low), math.log(high), k, **more)


def body(effect: Effect | None = None, **more: Any) -> Evidence:
    """Three large trials at low risk that agree."""
    values: dict[str, Any] = {"studies": studies("low", "low", "low"), "effect": effect or smd(0.3, 0.4, 0.5),
                              "important_difference": 0.2, **more}
    return Evidence("Pain", **values)
