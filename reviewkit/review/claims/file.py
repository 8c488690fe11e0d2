"""``data/claims.toml``: what public web pages claim, each claim tied to the question and outcome that test it.

    [[claims]]
    id = "M08"
    page = "Blog page on medical massage for MS"
    text = "Massage is said to make MS fatigue milder."
    kind = "effect"                   or "association", "mechanism", "statement"
    claimed = "benefit"               or "harm", "higher", "lower", "no difference"
    tests = [{ question = "massage-ms", outcome = "fatigue" }]
    not_tested = { verdict = "insufficient evidence", reason = "why no outcome truly tests it" }
    caveat = "what a reader should know about how it is tested"
    no_verdict = "why none, for a statement that no study could test"
    override = { verdict = "possibly", reason = "…", by = "ak" }

A claim with `not_tested` gets that verdict, whatever its nearest outcome shows: an outcome that measures something else
never lends it a firmer one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reviewkit.certainty.domains import share_without_information
from reviewkit.certainty.rating import NO_EVIDENCE as UNRATED
from reviewkit.claims import INSUFFICIENT, NO_EVIDENCE, VERDICTS, Basis, Kind, Position, Verdict, judge, position_of
from reviewkit.errors import InputError, Problem
from reviewkit.protocol import Identifier, Text
from reviewkit.store.files import read_text
from reviewkit.store.toml import parse, validate

if TYPE_CHECKING:
    from reviewkit.review.certainty.rating import Certainty
    from reviewkit.review.opened import Review

NAME = "data/claims.toml"
REMEDY = "Correct it; docs/claims.md shows every key."
AGREE = 2 / 3
"""Share of the studies with a known direction that must point one way before they are said to lean."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class TestedBy(_Part):
    """The question, and the outcome in it, that a claim is tested by."""

    question: Identifier
    outcome: str = ""


class NotTested(_Part):
    """Why no outcome truly tests a claim, and which of the two verdicts that say nothing of an effect it gets."""

    verdict: Literal["insufficient evidence", "no eligible evidence"]
    reason: Text


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
    not_tested: NotTested | None = None
    caveat: str = ""
    override: Override | None = None

    @model_validator(mode="after")
    def _has_a_verdict_or_a_reason(self) -> Claim:
        if (self.kind == "statement") != bool(self.no_verdict):
            raise ValueError("no_verdict, the reason why there is none, stands with kind 'statement' and only there")
        if self.kind in ("statement", "mechanism") and self.not_tested:
            raise ValueError(f"not_tested is for effects and associations, not for kind {self.kind!r}")
        if self.kind in ("effect", "association"):
            if not self.claimed:
                raise ValueError("needs claimed: which way the page says it goes")
            if not self.not_tested and any(not test.outcome for test in self.tests):
                raise ValueError("needs an outcome in every test, or not_tested with the reason")
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

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values: the claim, the verdict that counts, and how it came about."""
        claim, override = self.claim, self.claim.override
        return {
            "id": claim.id, "page": claim.page, "text": claim.text, "therapy": claim.therapy,
            "condition": claim.condition, "about": claim.about, "kind": claim.kind, "claimed": claim.claimed or None,
            "figure": claim.figure or None, "question": self.question, "outcome": self.outcome or None,
            "verdict": self.word or None, "computed": self.computed.word if self.computed else None,
            "why": self.computed.why if self.computed else self.reason, "tested": claim.not_tested is None,
            "caveat": claim.caveat or None, "override": override.model_dump() if override else None,
            "citation": claim.citation or None,
        }


def read_claims(root: Path) -> tuple[Claim, ...]:
    """Every claim of the ledger; none where there is no file.

    Raises
    ------
    InputError
        As `read_placed_claims`.
    """
    return tuple(claim for _, claim in read_placed_claims(root))


def read_placed_claims(root: Path) -> tuple[tuple[int, Claim], ...]:
    """Every claim of the ledger with the line of its ``tests``; none where there is no file.

    Raises
    ------
    InputError
        With every error of the file, each with its line: unknown keys, missing reasons, ids that stand twice.
    """
    path = root / NAME
    if not path.exists():
        return ()
    document = parse(read_text(path, what="claims", root=root), NAME)
    try:
        claims = validate(document, ClaimsFile).claims
    except InputError as error:
        raise InputError([replace(p, remedy=p.remedy or REMEDY) for p in error.problems]) from None
    twice = {name for name, number in Counter(claim.id for claim in claims).items() if number > 1}
    problems = [
        Problem(f"claim {claim.id!r} stands more than once.", NAME, document.line(("claims", place, "id")), None,
                "twice", "Give each claim an id of its own.")
        for place, claim in enumerate(claims) if claim.id in twice
    ]
    if problems:
        raise InputError(problems)
    return tuple((document.line(("claims", place, "tests")), claim) for place, claim in enumerate(claims))


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
    if claim.kind == "statement":
        return JudgedClaim(claim, test.question, test.outcome, None, claim.no_verdict)
    if claim.not_tested:
        verdict = _not_tested(review, claim.not_tested, certainty)
    else:
        known = certainty is not None and bool(review.studies)
        verdict = judge(claim.kind, _basis(claim, certainty) if known and certainty else Basis("unclear", UNRATED, 0))
        if verdict.word == NO_EVIDENCE:
            verdict = Verdict(NO_EVIDENCE, none_found(review))
    return JudgedClaim(claim, test.question, test.outcome, verdict, "")


def _not_tested(review: Review, said: NotTested, certainty: Certainty | None) -> Verdict:
    """The verdict on a claim that no outcome truly tests: a person's reason, and never more than 'insufficient'."""
    nearest = f" Nearest outcome of this review: {certainty.outcome.name}." if certainty else ""
    if said.verdict == INSUFFICIENT and review.studies:
        return Verdict(INSUFFICIENT, f"{said.reason}{nearest}")
    return Verdict(NO_EVIDENCE, f"{none_found(review)} {said.reason}{nearest}")


def none_found(review: Review) -> str:
    """What is said where no eligible study gives a result: never more than was looked at."""
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
