"""How a judgement shows itself: always a symbol and a word, never a colour alone.

Hues after Okabe M, Ito K (2008), Color Universal Design. Domain judgements after RoB 2
(doi:10.1136/bmj.l4898) and ROBINS-I (doi:10.1136/bmj.i4919); certainty after GRADE
(doi:10.1136/bmj.39489.470347.AD).
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewkit.errors import InputError


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement's key, word, letter, symbol and fill colour."""

    key: str
    word: str
    letter: str
    symbol: str
    colour: str


LOW = Judgement("low", "Low", "L", "+", "#009E73")
SOME = Judgement("some", "Some concerns", "S", "?", "#E69F00")
HIGH = Judgement("high", "High", "H", "\u2212", "#D55E00")
CRITICAL = Judgement("critical", "Critical", "C", "!", "#CC79A7")
NONE = Judgement("none", "No information", "N", "∅", "#8a9099")
RISK_OF_BIAS = (LOW, SOME, HIGH, NONE)
LIGHTS = (LOW, SOME, HIGH, CRITICAL, NONE)
"""Every light, in the order in which a bar shows them; critical stands in ROBINS-I and AMSTAR 2 only."""

_ALIASES = {
    "low": LOW, "low risk": LOW, "yes": LOW,
    "some": SOME, "some concerns": SOME, "unclear": SOME, "unclear risk": SOME, "moderate": SOME,
    "high": HIGH, "high risk": HIGH, "serious": HIGH, "critical": CRITICAL, "no": HIGH,
    "": NONE, "none": NONE, "no information": NONE, "not assessed": NONE, "not reported": NONE,
}  # fmt: skip

CERTAINTY = {
    "high": ("⊕⊕⊕⊕", "High"),
    "moderate": ("⊕⊕⊕○", "Moderate"),
    "low": ("⊕⊕○○", "Low"),
    "very low": ("⊕○○○", "Very low"),
    "no evidence": ("∅", "No evidence"),
}


def risk_of_bias(word: str) -> Judgement:
    """The judgement that a tool's word stands for (RoB 2, ROBINS-I, the older Cochrane tool).

    Raises
    ------
    InputError
        If the word belongs to none of them.
    """
    found = _ALIASES.get(word.strip().lower().replace("_", " ").replace("-", " "))
    if found is None:
        raise InputError(
            f"risk of bias = {word!r}: no tool's judgement.",
            code="judgement",
            remedy="Use low, some concerns, high or no information.",
        )
    return found
