"""The counts of the PRISMA 2020 flow diagram, taken from what a review holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem
from reviewkit.flow import Flow

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


def count_flow(review: Review) -> Flow:
    """Count records, reports and studies at every box of the flow diagram.

    Raises
    ------
    InputError
        If an included report belongs to no study.
    ReviewkitError
        If the counts do not add up.
    """
    def label(reason: str) -> str:
        return review.protocol.reasons.get(reason, reason or "no reason given")

    first, second = review.screening.at("title-abstract"), review.screening.at("full-text")
    stopped = sum(s.outcome == "stopped" for s in first)
    screened = sum(s.settled for s in first) - stopped
    excluded = review.screening.at("full-text", "exclude")
    included = review.screening.included
    owners = {report for study in review.all_studies for report in study.reports}
    without = [r for r in included if r not in owners] if review.all_studies else []
    if without:
        raise InputError([Problem(f"included report {r!r} belongs to no study.", review.name("studies.csv"), None,
                                  None, "no-study", "Add its study.") for r in without])
    flow = Flow(
        searched=review.sources.searches.kind == "database-search",
        eligibility_basis=review.protocol.question.eligibility_basis,
        by_source=dict(Counter(r.origin.file for r in review.sources.records)),
        identified=len(review.sources.records),
        duplicates=len(review.sources.records) - len(review.reports),
        screened=screened,
        excluded_title_abstract=sum(s.outcome == "exclude" for s in first),
        assessed=sum(s.outcome != "not-retrieved" for s in second),
        not_retrieved=sum(s.outcome == "not-retrieved" for s in second),
        awaiting=sum(s.outcome == "awaiting-classification" for s in second),
        excluded=len(excluded),
        excluded_by_reason=dict(sorted(Counter(label(s.reason) for s in excluded).items())),
        included_reports=len(included),
        included_studies=len(review.studies),
        unscreened=len(first) - screened - stopped,
        stopped=stopped,
        undecided=sum(not s.settled for s in second),
        unsettled_entries=len(review.sources.unsettled),
        screened_by_reason=dict(sorted(Counter(
            label(s.reason) for s in first if s.outcome == "exclude").items())),
    )
    flow.check()
    return flow
