"""Agreement between the reviewers of a stage, shown when those who look have finished it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.review.screening.consensus import check_finished, check_stage
from reviewkit.review.screening.voting import every_line, read_logs
from reviewkit.screening import RELEVANT, standing_votes
from reviewkit.screening.agreement import Agreement, agreement

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two reviewers on the reports both voted on.

    Attributes
    ----------
    voted : Agreement
        Of the words as they were said.
    kept : Agreement
        Of whether the report goes on: 'maybe' counts with 'include', all else is 'exclude'.
    """

    reviewers: tuple[str, str]
    voted: Agreement
    kept: Agreement


def agreements(review: Review, stage: str, *, reader: str = "") -> tuple[PairAgreement, ...]:
    """Agreement of every pair of reviewers who share reports, by their own votes, before any consensus.

    Parameters
    ----------
    reader : str, optional
        Who looks; a reviewer who has not finished sees nothing. Without a name all must have finished.

    Raises
    ------
    InputError
        If the stage is unknown, one vote is wanted, or votes are still out.
    """
    check_stage(stage)
    wanted = review.protocol.screening
    if wanted.votes(stage) == 1:
        raise InputError(f"one vote a report is wanted at {stage}; there is no agreement to measure.", code="one-vote")
    lines = every_line(review, read_logs(review))
    check_finished(review, stage, (reader,) if reader else wanted.reviewers, lines)
    votes = {who: standing_votes(lines[stage, who].decisions) if (stage, who) in lines else {}
             for who in wanted.reviewers}
    found = []
    for one, other in combinations(wanted.reviewers, 2):
        both = [(votes[one][r].decision, votes[other][r].decision) for r in votes[one] if r in votes[other]]
        if both:
            kept = [(_kept(mine), _kept(theirs)) for mine, theirs in both]
            found.append(PairAgreement((one, other), agreement(both),
                                       agreement(kept, categories=("include", "exclude"))))
    return tuple(found)


def _kept(word: str) -> str:
    return "include" if word in RELEVANT else "exclude"
