"""How far two people agree: on judgements of risk of bias, and on extracted numbers; over all and in the pilot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.appraisal.merging import pairs
from reviewkit.extraction.compare import Comparison
from reviewkit.review.extraction.extracting import compare, table_of

if TYPE_CHECKING:
    from reviewkit.review.opened import Review
    from reviewkit.screening.agreement import Agreement


@dataclass(frozen=True, slots=True)
class JudgementAgreement:
    """Agreement of two assessors on one domain (or ``overall``) of one tool."""

    tool: str
    domain: str
    figures: Agreement

    def as_dict(self) -> dict[str, object]:
        """As plain JSON values; kappa is None where it is not defined."""
        return {"tool": self.tool, "domain": self.domain, "n": self.figures.n, "agreed": self.figures.agreed,
                "raw": self.figures.raw, "kappa": self.figures.kappa, "pabak": self.figures.pabak,
                "ac1": self.figures.ac1}


def judgement_agreement(review: Review, *, pilot: bool = False) -> tuple[JudgementAgreement, ...]:
    """Agreement of two assessors before any consensus, where both have finished; empty with one assessor.

    Parameters
    ----------
    pilot : bool
        Only the studies the protocol names as its pilot round.
    """
    from reviewkit.screening.agreement import agreement

    plan = review.protocol.appraisal
    if plan is None or len(plan.assessors) < 2:
        return ()
    first, second = ([item for item in review.appraisal.by_assessor[who] if item.finished] for who in plan.assessors)
    found = pairs(first, second, only=frozenset(plan.pilot) if pilot else None)
    return tuple(
        JudgementAgreement(tool, domain, agreement(
            said, categories=[level.word for level in review.appraisal.tools[tool].levels_of(domain)]))
        for (tool, domain), said in found.items()
    )


def extraction_agreement(review: Review, *, pilot: bool = False) -> Comparison | None:
    """Agreement of the first two extractors on their own tables; None where there are not two.

    Raises
    ------
    InputError
        If either table is wrong.
    """
    plan = review.protocol.extraction
    if len(plan.extractors) < 2 or not all(table_of(review, who).exists() for who in plan.extractors[:2]):
        return None
    return compare(review, only=plan.pilot if pilot else None)
