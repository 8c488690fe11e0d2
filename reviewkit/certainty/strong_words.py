"""Words stronger than a rating allows: a reader of sentences that a test runs over every built report.

A sentence has a strength: 3 where it states an effect ('reduces'), 2 with 'probably' or 'likely', 1 with 'may', 0 where
it only says that something is uncertain or not known. A level of certainty allows so much and no more.
"""

from __future__ import annotations

import re

from reviewkit.certainty.rating import LEVELS, NO_EVIDENCE
from reviewkit.errors import Problem

ALLOWED = {"high": 3, "moderate": 2, "low": 1, "very low": 0, NO_EVIDENCE: 0}
"""Strength each level allows."""
NAMES = {0: "only that it is uncertain", 1: "'may'", 2: "'probably'", 3: "a plain statement"}

CLAIMS = (
    "results? in", "lead(?:s|ing)? to", "reduc(?:e|es|ed|ing)", "increas(?:e|es|ed|ing)", "improv(?:e|es|ed|ing)",
    "worsen(?:s|ed|ing)?", "lower(?:s|ed|ing)", "rais(?:e|es|ed|ing)", "reliev(?:e|es|ed|ing)", "eas(?:e|es|ed|ing)",
    "help(?:s|ed|ing)?", "benefit(?:s|ed|ing)?", "prevent(?:s|ed|ing)?", "protect(?:s|ed|ing)?", "treat(?:s|ed|ing)?",
    "restor(?:e|es|ed|ing)", "slow(?:s|ed|ing)?", "stop(?:s|ped|ping)?", "caus(?:e|es|ed|ing)", "works?", "affects?",
    "changes", "differs?", "makes? (?:a|no|little) (?:\\w+ ){0,3}difference", "has (?:an?|no) effect", "boosts?",
    "(?:is|are|be) (?:\\w+ ){0,2}(?:in)?effective", "(?:is|are|be) (?:\\w+ ){0,2}(?:more|less|higher|lower)",
)  # fmt: skip
"""Verbs that state a finding."""
NEVER = ("prov(?:e|es|ed|en)", "proof", "cur(?:e|es|ed)", "guarantee[sd]?", "definitely", "undoubtedly", "certainly",
         "clearly", "always", "miracle", "breakthrough", "without doubt", "(?:is|are) (?:completely |entirely )?safe")
"""Words that no level of certainty allows."""
CAUSAL = ("results? in", "leads? to", "reduc(?:e|es|ed)", "increas(?:e|es|ed)", "improv(?:e|es|ed)", "caus(?:e|es|ed)",
          "prevent(?:s|ed)?", "(?:is|are) effective", "effect of")
"""Words that make an effect of an association."""

_UNCERTAIN = re.compile(
    r"very uncertain|uncertain (?:about |whether )|\bwhether\b|not known|unknown|no (?:included |eligible )?study|"
    r"none among|nobody|no evidence|cannot|not judged|does not say|no advice", re.IGNORECASE)
_HEDGES = ((1, re.compile(r"\b(?:may|might|could|possibly|perhaps|suggests?)\b", re.IGNORECASE)),
           (2, re.compile(r"\b(?:probably|likely)\b", re.IGNORECASE)))
_SENTENCE = re.compile(r"[^.!?]+(?:\.(?=\d)[^.!?]*)*[.!?]?")
_CLAIM = re.compile(rf"\b(?:{'|'.join(CLAIMS)})\b", re.IGNORECASE)
_NEVER = re.compile(rf"\b(?:{'|'.join(NEVER)})\b", re.IGNORECASE)
_CAUSAL = re.compile(rf"\b(?:{'|'.join(CAUSAL)})\b", re.IGNORECASE)
_SPLIT = re.compile(r";|:| but | although ", re.IGNORECASE)


def strength(clause: str) -> int:
    """Strength of one clause, 0 to 3; 0 where it states no finding.

    >>> strength("Massage improves pain"), strength("Massage may improve pain")
    (3, 1)
    """
    if not _CLAIM.search(clause) or _UNCERTAIN.search(clause):
        return 0
    return next((rank for rank, pattern in _HEDGES if pattern.search(clause)), 3)


def overclaims(text: str, level: str, *, association: bool = False) -> tuple[Problem, ...]:
    """Everything in a text that says more than the rating allows.

    Parameters
    ----------
    text : str
        Sentences on one outcome, without markup; questions are passed over.
    level : {'high', 'moderate', 'low', 'very low', 'no evidence'}
    association : bool
        True where nothing was given to anyone: causal words are then found at every level.

    Returns
    -------
    tuple of Problem
        Code 'overclaim'; empty where nothing is too strong.

    Examples
    --------
    >>> [p.message for p in overclaims("Massage reduces pain.", "low")]
    ["'reduces' in “Massage reduces pain.” is a plain statement; low certainty allows 'may'."]
    """
    if level not in (*LEVELS, NO_EVIDENCE):
        allowed = ", ".join((*LEVELS, NO_EVIDENCE))
        return (Problem(f"level {level!r} is none of GRADE.", code="level", remedy=f"Use {allowed}."),)
    found = []
    for sentence in (match[0].strip() for match in _SENTENCE.finditer(text)):
        if not sentence or sentence.endswith("?"):
            continue
        found += [_problem(word[0], sentence, "no level of certainty allows it") for word in _NEVER.finditer(sentence)]
        if association and not _UNCERTAIN.search(sentence):
            found += [_problem(word[0], sentence, "an association is no effect") for word in _CAUSAL.finditer(sentence)]
        for clause in _SPLIT.split(sentence):
            rank = strength(clause)
            if rank > ALLOWED[level]:
                claim = _CLAIM.search(clause)
                word = claim[0] if claim else clause
                found.append(_problem(word, sentence, f"is {NAMES[rank]}; {level} certainty allows "
                                                      f"{NAMES[ALLOWED[level]]}", verb=True))
    return tuple(found)


def _problem(word: str, sentence: str, why: str, *, verb: bool = False) -> Problem:
    joined = f" {why}" if verb else f": {why}"
    return Problem(f"'{word}' in “{sentence}”{joined}.", code="overclaim",
                   remedy="Say no more than the wording table allows.")
