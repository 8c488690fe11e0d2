"""How reports were judged: votes, agreement of the reviewers before consensus, and the conflicts settled."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.numbers import coefficient, share
from reviewkit.render import Column, Safe, details, el, join, table
from reviewkit.render.html import Child
from reviewkit.report.words import PASSES, count_words
from reviewkit.review import Review
from reviewkit.review.screening.agreeing import agreements
from reviewkit.review.screening.consensus import under_way
from reviewkit.screening import STAGES, Decision, ReportStatus

STAGE_NAMES = {"title-abstract": "title and abstract", "full-text": "eligibility"}


def judged(review: Review) -> Safe:
    """How many looked at each report, how far they agreed, and how conflicts were settled."""
    open_stages = [stage for stage in STAGES if review.protocol.screening.votes(stage) > 1
                   and not under_way(review, stage, review.lines)]
    return join(_votes(review), _agreement(review, open_stages), _settled(review))


def _votes(review: Review) -> Safe:
    wanted = review.protocol.screening
    one = wanted.votes_title_abstract == 1 and wanted.votes_full_text == 1
    both = wanted.votes_title_abstract == wanted.votes_full_text == 2
    imported = any(d.origin == "imported" for lines in review.decisions.values() for d in lines)
    return el(
        "p",
        "Each report was judged in one pass, by one role; no second vote was cast, so there is no agreement to report."
        if one else "Each report had two votes, each cast without sight of the other." if both
        else "One stage wanted two votes on each report, the other one.",
        f" {PASSES}" if review.protocol.demonstration and not one else "",
        " Decisions were imported from a table; the times in the logs say when the lines were written, not when the "
        "decisions were made." if imported else "",
        id="votes",
    )


def _agreement(review: Review, stages: Sequence[str]) -> Safe | None:
    rows: list[Sequence[Child]] = []
    for stage in stages:
        for pair in agreements(review, stage):
            kept = pair.kept
            rows.append([STAGE_NAMES[stage], " and ".join(pair.reviewers), kept.n, share(kept.agreed, kept.n),
                         coefficient(kept.kappa, kept.kappa_low, kept.kappa_high), coefficient(kept.pabak),
                         coefficient(kept.ac1, kept.ac1_low, kept.ac1_high)])
    if not rows:
        return None
    caption = ("Agreement between two passes of one project, not inter-rater reliability; before any consensus."
               if review.protocol.demonstration else "Agreement of two reviewers before any consensus.")
    return table(
        ["Stage", "Who", *[Column(head, numeric=True) for head in (
            "Reports both judged", "Agreed", "Cohen's κ [95% interval]", "PABAK", "Gwet's AC1 [95% interval]")]],
        rows, caption=f"{caption} 'Maybe' counts with 'include'.", id_="screening-agreement", row_header=False)


def _settled(review: Review) -> Safe | None:
    found = [status for stage in STAGES for status in review.screening.at(stage) if status.consensus]
    if not found:
        return None
    rows = [[review.reports[s.report].title.rstrip(" ."), STAGE_NAMES[s.stage], *_sides(review, s)] for s in found]
    return details(
        f"Conflicts settled ({len(found)})",
        table(["Report", "Stage", "Votes", "Settled as", "Why"], rows, id_="conflicts-settled",
              caption=f"{count_words(len(found), 'report')} on which the votes differed, and what was decided."))


def _sides(review: Review, status: ReportStatus) -> list[Child]:
    settled = status.consensus
    assert settled is not None
    votes = "; ".join(f"{vote.reviewer}: {_said(review, vote)}" for vote in status.votes)
    return [votes, _said(review, settled), settled.note or "–"]


def _said(review: Review, vote: Decision) -> str:
    reason = review.protocol.reasons.get(vote.reason, vote.reason)
    return f"{vote.decision}, {reason}" if reason else vote.decision
