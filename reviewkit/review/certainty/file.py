"""``certainty.toml``: what persons judged of each outcome's certainty, and why.

    assessors = ["ak", "mr"]          who judged, by role id; the protocol names them
    origin = "review"                 or "demonstration"

    [outcomes.pain.indirectness]
    levels = 0
    reason = "People, massage and comparator are those of the question."
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reviewkit.certainty.rating import DOWN, UP, Judgement
from reviewkit.errors import InputError, Problem
from reviewkit.protocol import Identifier, Text
from reviewkit.store.files import read_text
from reviewkit.store.toml import Document, parse, validate

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

NAME = "certainty.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DomainJudgement(_Part):
    """Levels down (or up, for the last three domains) and the reason."""

    levels: Annotated[int, Field(ge=0, le=3)]
    reason: Text


class OutcomeJudgements(_Part):
    """One outcome; a domain that is left out keeps the rule's proposal."""

    risk_of_bias: DomainJudgement | None = None
    inconsistency: DomainJudgement | None = None
    indirectness: DomainJudgement | None = None
    imprecision: DomainJudgement | None = None
    publication_bias: DomainJudgement | None = None
    large_effect: DomainJudgement | None = None
    dose_response: DomainJudgement | None = None
    residual_confounding: DomainJudgement | None = None

    def judgements(self) -> dict[str, Judgement]:
        """By domain, in GRADE's order."""
        found = {}
        for domain in (*DOWN, *UP):
            entry: DomainJudgement | None = getattr(self, key_of(domain))
            if entry is not None:
                found[domain] = Judgement(entry.levels, entry.reason)
        return found


class CertaintyFile(_Part):
    """The whole file."""

    assessors: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    origin: Literal["review", "demonstration"]
    outcomes: dict[Identifier, OutcomeJudgements] = {}


class CertaintyJudgements:
    """The file as read, with the line of each entry; empty where there is no file."""

    def __init__(self, file: CertaintyFile | None, document: Document | None) -> None:
        self.file = file
        self._document = document

    @property
    def origin(self) -> str:
        """'review', 'demonstration', or empty where nobody has judged."""
        return self.file.origin if self.file else ""

    @property
    def assessors(self) -> tuple[str, ...]:
        """Who judged, by role id."""
        return self.file.assessors if self.file else ()

    def of(self, outcome: str) -> Mapping[str, Judgement]:
        """What was judged of an outcome, by domain."""
        entry = self.file.outcomes.get(outcome) if self.file else None
        return entry.judgements() if entry else {}

    def has(self, outcome: str) -> bool:
        """Whether the outcome has an entry."""
        return bool(self.file and outcome in self.file.outcomes)

    def line(self, outcome: str, domain: str = "") -> int:
        """Line of an outcome's entry, or of one domain in it."""
        path = ("outcomes", outcome, key_of(domain)) if domain else ("outcomes", outcome)
        return self._document.line(path) if self._document else 1


def key_of(domain: str) -> str:
    """The key of a domain in the file: ``risk_of_bias``."""
    return domain.replace(" ", "_")


def read_certainty(review: Review) -> CertaintyJudgements:
    """Read and check ``certainty.toml``; a missing file is an empty one.

    Raises
    ------
    InputError
        With every error of the file: unknown outcomes, domains or assessors, levels out of range, missing reasons.
    """
    path = review.folder / NAME
    if not path.exists():
        return CertaintyJudgements(None, None)
    document = parse(read_text(path, what="certainty judgements", root=review.root), review.name(NAME))
    file = validate(document, CertaintyFile)
    problems = [
        Problem(f"outcome {name!r} is unknown; the protocol has: {', '.join(review.protocol.outcome_ids)}.",
                document.file, document.line(("outcomes", name)), None, "unknown-outcome", "Correct or remove it.")
        for name in file.outcomes if name not in review.protocol.outcome_ids
    ]
    plan = review.protocol.certainty
    allowed = plan.assessors if plan else ()
    problems += [
        Problem(f"assessor {who!r} is not in the protocol.", document.file, document.line(("assessors",)), None,
                "assessor", "Name the assessors in [certainty] of protocol.toml.")
        for who in file.assessors if who not in allowed
    ]
    if file.origin == "review" and review.protocol.demonstration:
        problems.append(Problem(
            "origin is 'review', but the protocol's status is 'demonstration'.", document.file,
            document.line(("origin",)), None, "value", "Say origin = \"demonstration\", or change the status."))
    if problems:
        raise InputError(problems)
    return CertaintyJudgements(file, document)
