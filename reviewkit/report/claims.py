"""What the web pages claim, and the verdict that this review's evidence allows."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.render import Safe, el, join, table
from reviewkit.render.html import empty
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.claims.file import JudgedClaim, judged_claims, read_claims

HOW = ("Each verdict is computed from where the interval lies against the smallest difference that matters, the "
       "number of studies and the certainty (GRADE); with one study, or where risk of bias is 'no information' for "
       "most of the weight, nothing firmer than 'possibly' is said. A person may decide otherwise, with a reason; "
       "then both stand here.")


def claims_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """Every claim tied to this question, with its verdict or the reason why there is none."""
    judged = judged_claims(review, read_claims(review.root), certainties)
    if not judged:
        return empty("No claim of the ledger is tied to this question.", "Claims stand in data/claims.toml.")
    columns = ["Claim", "What it says", "About", "Outcome that tests it", "Verdict", "Why"]
    rows = [
        [item.claim.id, _said(item), item.claim.about,
         review.outcome(item.outcome).name if item.outcome else "none", verdict_words(item), why_words(item)]
        for item in judged
    ]
    pages = sorted({item.claim.page for item in judged})
    return join(
        el("p", HOW),
        table(columns, rows, id_="claims", caption=f"Claims of: {'; '.join(pages)}."),
    )


def _said(item: JudgedClaim) -> str:
    figure = item.claim.figure
    return f"{item.claim.text} Figure claimed: {figure}." if figure else item.claim.text


def verdict_words(item: JudgedClaim) -> str:
    """The verdict in words; where a person decided otherwise, both."""
    computed = item.computed.word if item.computed else "no verdict"
    override = item.claim.override
    return f"{override.verdict} (decided by {override.by}; by rule: {computed})" if override else computed


def why_words(item: JudgedClaim) -> str:
    """Why the verdict is what it is, or why there is none."""
    why = item.computed.why if item.computed else item.reason
    return f"{item.claim.override.reason} By rule: {why}" if item.claim.override else why
