"""What is wrong between the claims ledger, the audit of citations and the questions that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewkit.errors import Problem, ReviewkitError
from reviewkit.review.claims.auditing import NAME as CITATIONS
from reviewkit.review.claims.auditing import Citation, read_citations
from reviewkit.review.claims.file import NAME as CLAIMS
from reviewkit.review.claims.file import Claim, read_placed_claims

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


def ledger_problems(review: Review) -> list[Problem]:
    """Errors of ``data/claims.toml`` and ``data/citations.csv``, each with its line, as far as this question tells.

    Both files belong to the whole project: names of questions are checked always, names of outcomes for this one.
    """
    from reviewkit.review.opened import questions

    known = questions(review.root)
    problems: list[Problem] = []
    claims: tuple[tuple[int, Claim], ...] = ()
    citations: tuple[Citation, ...] = ()
    try:
        claims = read_placed_claims(review.root)
    except ReviewkitError as error:
        problems += error.problems
    try:
        citations = read_citations(review.root)
    except ReviewkitError as error:
        return problems + list(error.problems)
    audited = {item.id for item in citations}
    for line, claim in claims:
        problems += _of_claim(review, claim, line, known)
        if claim.citation and claim.citation not in audited:
            problems.append(Problem(f"claim {claim.id}: citation {claim.citation!r} is not audited.", CLAIMS, line,
                                    None, "unknown-citation", f"Add it to {CITATIONS}, or correct the id."))
    problems += [
        Problem(f"citation {item.id}: question {name!r} is unknown.", CITATIONS, item.line, None, "unknown-question",
                f"Use one of: {', '.join(known)}.")
        for item in citations for name in item.questions if name not in known
    ]
    return problems


def _of_claim(review: Review, claim: Claim, line: int, known: tuple[str, ...]) -> list[Problem]:
    found = []
    for test in claim.tests:
        if test.question not in known:
            found.append(Problem(f"claim {claim.id}: question {test.question!r} is unknown.", CLAIMS, line, None,
                                 "unknown-question", f"Use one of: {', '.join(known)}."))
        elif test.question == review.question and test.outcome and test.outcome not in review.protocol.outcome_ids:
            found.append(Problem(f"claim {claim.id}: outcome {test.outcome!r} is not in the protocol of "
                                 f"{test.question}.", CLAIMS, line, None, "unknown-outcome",
                                 f"Use one of: {', '.join(review.protocol.outcome_ids)}."))
    return found
