"""Reports gathered into studies: what stands apart though it belongs together, and studies that are not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewkit.errors import Problem

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


def related_apart(review: Review) -> list[Problem]:
    """Pairs of included reports that belong together but stand in different studies, for a person to settle.

    A link between the two studies (``companion_of``) says that a person has looked.
    """
    included = set(review.screening.included)
    owners = {report: {s.study_id for s in review.all_studies if report in s.reports} for report in included}
    companions = {frozenset((s.study_id, s.companion_of)) for s in review.all_studies if s.companion_of}
    found = []
    for one, other, kind in review.related:
        first, second = sorted((review.report_now.get(one, one), review.report_now.get(other, other)))
        if not {first, second} <= included or first == second:
            continue
        left, right = owners[first], owners[second]
        linked = any(frozenset((a, b)) in companions for a in left for b in right)
        if not left or not right or left & right or linked:
            continue
        found.append(Problem(
            f"reports {first} and {second} belong together ({kind}), but stand in the studies "
            f"{', '.join(sorted(left))} and {', '.join(sorted(right))}.", review.name("studies.csv"), None, None,
            "related-apart", "Join them in one study, name one study as companion_of the other, or settle it in "
            f"settled.csv with subject {first}|{second}.", subject=f"{first}|{second}",
        ))
    return found


def unfinished_included(review: Review) -> list[Problem]:
    """Reports included at full text whose only study is ongoing or awaits classification: a contradiction."""
    included = set(review.screening.included)
    finished = {report for study in review.all_studies if not study.status for report in study.reports}
    return [
        Problem(f"report {report} is included, but its study {study.study_id} is {study.status}.",
                review.name("studies.csv"), study.line, None, "status",
                "Empty the status, or decide the report anew at full text.")
        for study in review.all_studies if study.status
        for report in study.reports if report in included and report not in finished
    ]
