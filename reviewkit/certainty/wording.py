"""What may be said: one sentence for each size of effect and each level of certainty.

After GRADE guidelines 26 (Santesso 2020, doi:10.1016/j.jclinepi.2019.10.014): size and certainty together decide the
verb. High states, moderate says 'probably' or 'likely', low says 'may', very low says only that the evidence is very
uncertain. The sentences are our own but for these marks, and each reads at a Flesch–Kincaid grade of 8 at most where a
name counts as one short word. An association never reads as an effect: it has a table of its own.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from reviewkit.certainty.evidence import RATIOS, RISKS
from reviewkit.certainty.rating import NO_EVIDENCE

Size = Literal["large", "important", "little", "unknown", "either way"]
SIZES: tuple[Size, ...] = ("large", "important", "little", "unknown", "either way")
CITED = "GRADE guidelines 26 (Santesso 2020), doi:10.1016/j.jclinepi.2019.10.014"

LARGE_SMD = 0.8
"""Cohen's mark of a large difference (Statistical Power Analysis for the Behavioral Sciences, 1988)."""
LARGE_RATIO = 2.0
"""GRADE guidelines 9 (doi:10.1016/j.jclinepi.2011.06.004): a two-fold change is large."""

_UNKNOWN = "whether the size matters was not judged"
EFFECT: dict[tuple[str, Size], str] = {
    ("high", "large"): "{Therapy} {result} in a large {noun} in {outcome}.",
    ("high", "important"): "{Therapy} {verbs} {outcome}.",
    ("high", "little"): "{Therapy} {make} little or no difference to {outcome}.",
    ("high", "unknown"): "{Therapy} {verbs} {outcome}; " + _UNKNOWN + ".",
    ("moderate", "large"): "{Therapy} probably {result} in a large {noun} in {outcome}.",
    ("moderate", "important"): "{Therapy} {be} likely to {verb} {outcome}.",
    ("moderate", "little"): "{Therapy} probably {make} little or no difference to {outcome}.",
    ("moderate", "unknown"): "{Therapy} {be} likely to {verb} {outcome}; " + _UNKNOWN + ".",
    ("low", "large"): "{Therapy} may result in a large {noun} in {outcome}.",
    ("low", "important"): "{Therapy} may {verb} {outcome}.",
    ("low", "little"): "{Therapy} may make little or no difference to {outcome}.",
    ("low", "unknown"): "{Therapy} may {verb} {outcome}; " + _UNKNOWN + ".",
    **{("very low", size): "The evidence is very uncertain about the effect of {therapy} on {outcome}."
       for size in SIZES},
    **{(level, "either way"): "It is uncertain whether {therapy} {make} a difference to {outcome}: studies point "
       "both ways." for level in ("high", "moderate", "low")},
}  # fmt: skip
ASSOCIATION: dict[tuple[str, Size], str] = {
    ("high", "large"): "{Outcome} {are} much {more} in people with {condition} than in people without.",
    ("high", "important"): "{Outcome} {are} {more} in people with {condition} than in people without.",
    ("high", "little"): "{Measured} {differ} little or not at all in people with and without {condition}.",
    ("high", "unknown"): "{Outcome} {are} {more} in people with {condition} than in people without; " + _UNKNOWN + ".",
    ("moderate", "large"): "{Outcome} {are} probably much {more} in people with {condition} than in people without.",
    ("moderate", "important"): "{Outcome} {are} probably {more} in people with {condition} than in people without.",
    ("moderate", "little"): "{Measured} probably {differ} little or not at all in people with and without "
                            "{condition}.",
    ("moderate", "unknown"): "{Outcome} {are} likely to be {more} in people with {condition} than without; "
                             + _UNKNOWN + ".",
    ("low", "large"): "{Outcome} may be much {more} in people with {condition} than in people without.",
    ("low", "important"): "{Outcome} may be {more} in people with {condition} than in people without.",
    ("low", "little"): "{Measured} may differ little or not at all in people with and without {condition}.",
    ("low", "unknown"): "{Outcome} may be {more} in people with {condition} than in people without; " + _UNKNOWN + ".",
    **{("very low", size): "The evidence is very uncertain about a link between {condition} and {outcome}."
       for size in SIZES},
    **{(level, "either way"): "It is uncertain whether there is a link between {condition} and {outcome}: studies "
       "point both ways." for level in ("high", "moderate", "low")},
}  # fmt: skip
NOTHING_SEARCHED = "We found no study on {outcome} that fits the question."
NOTHING_FOUND = (
    "We found no study on {outcome} that fits: none among the {records} records looked at; this was not a complete "
    "search."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence speaks of.

    Attributes
    ----------
    towards : {'benefit', 'harm', 'higher', 'lower', ''}
        Side the finding lies on; higher and lower where the outcome has no good end (and for harms); empty where the
        studies point both ways.
    association : bool
        True for a comparison of people with and without the condition: nothing was given to anyone.
    counts : bool
        True where the outcome is a number of people with an event.
    records : int or None
        Records looked at, where no database was searched; None for a complete search.
    """

    outcome: str
    therapy: str
    condition: str
    size: Size
    towards: str = ""
    association: bool = False
    counts: bool = False
    records: int | None = None


def size_class(
    measure: str, estimate: float | None, *, important: float | None = None, large: float | None = None
) -> Size:
    """The size of an effect in words.

    Parameters
    ----------
    measure : str
        RR, OR, HR, RD, MD, SMD or ROM.
    estimate : float or None
        Pooled effect on the analysis scale (ratios as logarithms); None where nothing is pooled.
    important, large : float, optional
        Minimal important and large difference on the natural scale. Without a large one, an SMD of 0.8 and a ratio of
        risks or odds of 2 (or 0.5) are large; other measures have no such mark.

    Examples
    --------
    >>> size_class("SMD", 0.3, important=0.2), size_class("MD", -4.0), size_class("MD", -4.0, important=10)
    ('important', 'unknown', 'little')
    """
    if estimate is None or important is None:
        return "unknown"
    ratio = measure in RATIOS
    mark = abs(math.log(important)) if ratio else abs(important)
    if abs(estimate) < mark:
        return "little"
    if large is not None:
        top = abs(math.log(large)) if ratio else abs(large)
    elif measure == "SMD":
        top = LARGE_SMD
    else:
        top = math.log(LARGE_RATIO) if measure in RISKS and ratio else math.inf
    return "large" if abs(estimate) >= top else "important"


def statement(level: str, finding: Finding) -> str:
    """The sentence for a finding at a level of certainty.

    Parameters
    ----------
    level : {'high', 'moderate', 'low', 'very low', 'no evidence'}

    References
    ----------
    Santesso N et al. J Clin Epidemiol 2020;119:126-135. doi:10.1016/j.jclinepi.2019.10.014

    Examples
    --------
    >>> statement("low", Finding("Pain", "massage", "multiple sclerosis", "important", "benefit"))
    'Massage may improve pain.'
    """
    outcome = in_sentence(finding.outcome.removesuffix(f" of {finding.therapy}"))
    if level == NO_EVIDENCE:
        text = NOTHING_SEARCHED if finding.records is None else NOTHING_FOUND
        return text.format(outcome=outcome, records=finding.records)
    size: Size = finding.size if finding.towards or finding.size == "little" else "either way"
    verb, verbs, noun = _VERBS[finding.towards or "higher"]
    table = ASSOCIATION if finding.association else EFFECT
    more = ("more frequent", "less frequent") if finding.counts else ("higher", "lower")
    measured = f"the share with {outcome}" if finding.counts else outcome
    many, several = _plural(finding.therapy), _plural(measured)
    return table[level, size].format(
        Therapy=_upper(finding.therapy), therapy=in_sentence(finding.therapy), outcome=outcome, Outcome=_upper(outcome),
        measured=measured, Measured=_upper(measured), verb=verb, verbs=verb if many else verbs, noun=noun,
        condition=finding.condition, more=more[finding.towards == "lower"],
        result="result" if many else "results", make="make" if many else "makes",
        be="are" if many else "is", are="are" if several else "is", differ="differ" if several else "differs",
    )


_VERBS = {
    "benefit": ("improve", "improves", "improvement"),
    "harm": ("worsen", "worsens", "worsening"),
    "higher": ("increase", "increases", "increase"),
    "lower": ("reduce", "reduces", "reduction"),
}


def in_sentence(text: str) -> str:
    """A name as it stands within a sentence: first letter small, unless the first word is an abbreviation.

    >>> in_sentence("Vitamin B12 level"), in_sentence("MSQOL-54, mental")
    ('vitamin B12 level', 'MSQOL-54, mental')
    """
    first = text.split(" ")[0]
    return text if any(c.isupper() for c in first[1:]) else text[:1].lower() + text[1:]


def _plural(name: str) -> bool:
    """Whether a name wants a verb in the plural, by its head noun.

    >>> _plural("upper cervical techniques"), _plural("signs of disease"), _plural("massage"), _plural("stress")
    (True, True, False, False)
    """
    head = re.split(r" of | in | with |,| \(", name)[0].casefold()
    return head.endswith("people") or (head.endswith("s") and not head.endswith(("ss", "us", "is")))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
