"""``data/claims.toml``: what public web pages claim, each claim tied to the question and outcome that test it.

    [[claims]]
    id = "M08"
    page = "Blog page on medical massage for MS"
    text = "Massage is said to make MS fatigue milder."
    kind = "effect"                   or "association", "mechanism", "statement"
    claimed = "benefit"               or "harm", "higher", "lower", "no difference"
    tests = [{ question = "massage-ms", outcome = "fatigue" }]
    no_verdict = "why none, where there is none"
    override = { verdict = "possibly", reason = "…", by = "ak" }
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reviewkit.certainty.domains import share_without_information
from reviewkit.claims import NO_EVIDENCE, VERDICTS, Basis, Kind, Position, Verdict, judge, position_of
from reviewkit.errors import InputError, Problem
from reviewkit.protocol import Identifier, Text
from reviewkit.store.files import read_text
from reviewkit.store.toml import parse, validate

if TYPE_CHECKING:
    from reviewkit.review.certainty.rating import Certainty
    from reviewkit.review.opened import Review

NAME = "data/claims.toml"
AGREE = 2 / 3
"""Share of the studies with a known direction that must point one way before they are said to lean."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class TestedBy(_Part):
    """The question, and the outcome in it, that a claim is tested by."""

    question: Identifier
    outcome: str = ""


class Override(_Part):
    """A person's verdict in place of the rule's; both are shown."""

    verdict: Text
    reason: Text
    by: Identifier

    @model_validator(mode="after")
    def _known(self) -> Override:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict {self.verdict!r}: must be one of {'; '.join(VERDICTS)}")
        return self


class Claim(_Part):
    """One claim, in our own words."""

    id: Text
    page: Text
    text: Text
    therapy: Text
    condition: Text
    about: Text
    kind: Kind
    claimed: Literal["benefit", "harm", "higher", "lower", "no difference", ""] = ""
    figure: str = ""
    citation: str = ""
    tests: Annotated[tuple[TestedBy, ...], Field(min_length=1)]
    no_verdict: str = ""
    override: Override | None = None

    @model_validator(mode="after")
    def _has_a_verdict_or_a_reason(self) -> Claim:
        if self.kind == "statement" and not self.no_verdict:
            raise ValueError("a statement needs no_verdict: the reason why there is no verdict")
        if self.kind in ("effect", "association") and not self.no_verdict:
            if not self.claimed:
                raise ValueError("needs claimed: which way the page says it goes")
            if any(not test.outcome for test in self.tests):
                raise ValueError("needs an outcome in every test, or no_verdict with the reason")
        return self


class ClaimsFile(_Part):
    """The whole file."""

    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with what one question's evidence says of it.

    Attributes
    ----------
    computed : Verdict or None
        By the rule; None where there is no verdict, and then ``reason`` says why.
    """

    claim: Claim
    question: str
    outcome: str
    computed: Verdict | None
    reason: str

    @property
    def word(self) -> str:
        """The verdict that counts: a person's, else the rule's; empty where there is none."""
        if self.claim.override:
            return self.claim.override.verdict
        return self.computed.word if self.computed else ""


def read_claims(root: Path) -> tuple[Claim, ...]:
    """Every claim of the ledger; none where there is no file.

    Raises
    ------
    InputError
        With every error of the file, each with its line: unknown keys, missing reasons, ids that stand twice.
    """
    path = root / NAME
    if not path.exists():
        return ()
    document = parse(read_text(path, what="claims", root=root), NAME)
    claims = validate(document, ClaimsFile).claims
    twice = {name for name, number in Counter(claim.id for claim in claims).items() if number > 1}
    problems = [
        Problem(f"claim {claim.id!r} stands more than once.", NAME, document.line(("claims", place, "id")), None,
                "twice", "Give each claim an id of its own.")
        for place, claim in enumerate(claims) if claim.id in twice
    ]
    if problems:
        raise InputError(problems)
    return claims


def judged_claims(
    review: Review, claims: Sequence[Claim], certainties: Sequence[Certainty]
) -> tuple[JudgedClaim, ...]:
    """The verdict on each claim that this question tests, or the reason why there is none.

    Raises
    ------
    InputError
        If a claim names an outcome that the protocol does not have.
    """
    known = {certainty.outcome.id: certainty for certainty in certainties}
    found = []
    for claim in claims:
        for test in claim.tests:
            if test.question != review.protocol.question.id:
                continue
            if test.outcome and test.outcome not in known:
                raise InputError(f"claim {claim.id}: outcome {test.outcome!r} is not in the protocol of "
                                 f"{test.question}.", file=NAME, code="unknown-outcome",
                                 remedy=f"Use one of: {', '.join(known)}.")
            found.append(_judged(review, claim, test, known.get(test.outcome)))
    return tuple(found)


def _judged(review: Review, claim: Claim, test: TestedBy, certainty: Certainty | None) -> JudgedClaim:
    verdict: Verdict | None = None
    if claim.kind == "mechanism":
        verdict = judge("mechanism", Basis("unclear", "no evidence", 0))
    elif claim.kind != "statement" and (not review.studies or not claim.no_verdict):
        verdict = judge(claim.kind, _basis(claim, certainty) if certainty and review.studies
                        else Basis("unclear", "no evidence", 0))
    if verdict and verdict.word == NO_EVIDENCE:
        verdict = Verdict(NO_EVIDENCE, _none_found(review))
    return JudgedClaim(claim, test.question, test.outcome, verdict, "" if verdict else claim.no_verdict)


def _none_found(review: Review) -> str:
    if review.sources.searches.kind == "database-search":
        return "None was found by the search."
    return f"None among the {len(review.records)} records looked at; this was not a complete search."


def _basis(claim: Claim, certainty: Certainty) -> Basis:
    evidence = certainty.evidence
    return Basis(_position(claim, certainty), certainty.rating.level, len(evidence.reporting),
                 share_without_information(evidence) if evidence.informing else 1.0)


def _position(claim: Claim, certainty: Certainty) -> Position:
    outcome, effect = certainty.outcome, certainty.evidence.effect
    helps = -1 if outcome.better == "lower" else 1
    sign = {"benefit": helps, "harm": -helps, "higher": 1, "lower": -1}.get(claim.claimed, 0)
    if effect is not None:
        mid = outcome.important_difference
        fits = mid is not None and mid.measure == effect.measure
        return position_of(effect.ci_low, effect.ci_high, sign, mid.value if mid and fits else None)
    return _leaning(claim, certainty)


def _leaning(claim: Claim, certainty: Certainty) -> Position:
    """Where most studies point, by direction alone; a claim of 'no difference' is never borne out by direction."""
    said = Counter(study.direction for study in certainty.evidence.reporting)
    word, most = max(said.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if not most or most / sum(said.values()) < AGREE:
        return "unclear"
    if word == "no difference":
        return "unclear" if claim.claimed == "no difference" else "no difference"
    sides = {"benefit": ("intervention", "comparator"), "harm": ("comparator", "intervention"),
             "higher": ("higher", "lower"), "lower": ("lower", "higher")}.get(claim.claimed, ("", "comparator"))
    return "leaning" if word == sides[0] else "against" if word == sides[1] else "unclear"
