"""The verdict on a public claim, by a stated rule: where the interval lies, how many studies, and GRADE certainty.

GRADE's levels set how firmly anything may be said (Guyatt 2011, https://doi.org/10.1016/j.jclinepi.2010.04.026).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from reviewkit.errors import InputError

Kind = Literal["effect", "association", "mechanism", "statement"]
Position = Literal["beyond", "towards", "leaning", "no difference", "against", "unclear"]

SUPPORTED, PROBABLY, POSSIBLY = "supported", "probably", "possibly"
NO_DIFFERENCE, CONTRADICTED = "no difference shown", "contradicted"
INSUFFICIENT, NO_EVIDENCE = "insufficient evidence", "no eligible evidence"
MECHANISM, ASSOCIATION = "mechanism, not tested in trials", "association, not effect"
VERDICTS = (SUPPORTED, PROBABLY, POSSIBLY, NO_DIFFERENCE, CONTRADICTED, INSUFFICIENT, NO_EVIDENCE, MECHANISM,
            ASSOCIATION)
STRENGTH = {SUPPORTED: 3, CONTRADICTED: 3, PROBABLY: 2, POSSIBLY: 1, NO_DIFFERENCE: 1, ASSOCIATION: 1}
"""How much a verdict says; the others say nothing of an effect (0)."""
LEAST_STUDIES = 2
"""Studies below which nothing firmer than 'possibly' is said."""
MOST = 0.5
"""Share of the weight without information on risk of bias above which nothing firmer than 'possibly' is said."""

RULE: dict[str, dict[Position, str]] = {
    "high": {"beyond": SUPPORTED, "towards": PROBABLY, "leaning": POSSIBLY, "no difference": NO_DIFFERENCE,
             "against": CONTRADICTED, "unclear": INSUFFICIENT},
    "moderate": {"beyond": PROBABLY, "towards": POSSIBLY, "leaning": POSSIBLY, "no difference": NO_DIFFERENCE,
                 "against": CONTRADICTED, "unclear": INSUFFICIENT},
    "low": {"beyond": POSSIBLY, "towards": POSSIBLY, "leaning": POSSIBLY, "no difference": NO_DIFFERENCE,
            "against": CONTRADICTED, "unclear": INSUFFICIENT},
    "very low": dict.fromkeys(("beyond", "towards", "leaning", "no difference", "against", "unclear"), INSUFFICIENT),
}
"""Verdict by certainty and position, before the limits for few studies and unknown risk of bias."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict rests on.

    Attributes
    ----------
    position : Position
        Where the evidence lies, seen from the claim.
    certainty : str
        'high', 'moderate', 'low', 'very low' or 'no evidence'.
    studies : int
        Studies of which a result is known.
    without_information : float
        Share (0 to 1) of the weight whose risk of bias is 'no information'.
    """

    position: Position
    certainty: str
    studies: int
    without_information: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and the sentence that says why."""

    word: str
    why: str


def position_of(low: float, high: float, sign: int, important: float | None) -> Position:
    """Where an interval lies, seen from the claim.

    Parameters
    ----------
    low, high : float
        Limits of the interval; ratios as logarithms.
    sign : {1, -1, 0}
        The side the claim names: above nought, below, or 'no difference' (0).
    important : float or None
        Minimal important difference on the same scale, above 0; without one an interval is never "beyond", and none
        is narrow enough to show that there is no difference.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(f"interval [{low:g}, {high:g}]: needs two finite limits in order.", code="interval")
    edge = important or 0.0
    within = bool(edge) and -edge < low and high < edge
    if sign == 0:
        return "beyond" if within else "against" if low > edge or high < -edge else "unclear"
    one, other = (low, high) if sign > 0 else (-high, -low)
    if within:
        return "no difference"
    if edge and one > edge:
        return "beyond"
    if one > 0:
        return "towards"
    return "against" if other < 0 else "unclear"


def judge(kind: Kind, basis: Basis) -> Verdict:
    """The verdict on a claim.

    Raises
    ------
    InputError
        For a statement, on which no verdict is possible, and for a certainty that GRADE does not have.
    """
    if kind == "statement":
        raise InputError("a statement has no verdict.", code="claim", remedy="Say why in no_verdict.")
    if kind == "mechanism":
        return Verdict(MECHANISM, "The page says how it might work; no trial of this review measures that.")
    if basis.studies == 0 or basis.certainty == "no evidence":
        return Verdict(NO_EVIDENCE, "No eligible study gives a result.")
    if basis.certainty not in RULE:
        raise InputError(f"certainty {basis.certainty!r}: must be one of {', '.join(RULE)}.", code="certainty")
    word = RULE[basis.certainty][basis.position]
    said = _OF_ONE.get(basis.position, _WORDS[basis.position]) if basis.studies == 1 else _WORDS[basis.position]
    why = f"{said}; {basis.certainty} certainty; {_studies(basis.studies)} with a result."
    if kind == "association" and word in (SUPPORTED, PROBABLY, POSSIBLY):
        return Verdict(ASSOCIATION, f"{why} Studies of this design show what goes together, not what causes what.")
    limits = [text for text, holds in (
        ("only one study gives a result", basis.studies < LEAST_STUDIES),
        ("risk of bias is 'no information' for most of the weight", basis.without_information > MOST),
    ) if holds]
    if limits and STRENGTH.get(word, 0) > STRENGTH[POSSIBLY]:
        word = INSUFFICIENT if word == CONTRADICTED else POSSIBLY
        why += f" Nothing firmer is said, for {' and '.join(limits)}."
    return Verdict(word, why)


_WORDS = {
    "beyond": "The whole interval lies where the claim says, beyond the smallest difference that matters",
    "towards": "The interval lies on the claim's side, though not beyond a smallest difference that matters",
    "leaning": "Most studies point where the claim says, but they could not be pooled",
    "no difference": "What there is shows no difference",
    "against": "The evidence points the other way",
    "unclear": "The evidence points to no one side",
}
_OF_ONE = {
    "leaning": "The only study with a result points where the claim says, without an effect that could be used",
    "no difference": "The only study with a result shows no difference",
    "against": "The only study with a result points the other way",
    "unclear": "The only study with a result points to no one side",
}


def _studies(number: int) -> str:
    return "1 study" if number == 1 else f"{number} studies"
