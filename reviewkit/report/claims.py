"""What the web pages claim, and the verdict that this review's evidence allows."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.render import Column, Row, Safe, anchor_id, el, empty, join, link, table
from reviewkit.render.html import Child
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.claims.auditing import NOT_FOUND, Citation, read_citations
from reviewkit.review.claims.file import JudgedClaim, judged_claims, read_claims

HOW = ("Each verdict is computed from where the interval lies against the smallest difference that matters, the "
       "number of studies and the certainty (GRADE); with one study, or where risk of bias is 'no information' for "
       "most of the weight, nothing firmer than 'possibly' is said. Where no outcome truly tests a claim, the nearest "
       "one lends it no verdict: then the evidence is insufficient, or there is none, and the reason stands beside "
       "it. A person may decide otherwise, with a reason; then both stand here.")
COLUMNS = ("id", "page", "text", "about", "figure", "outcome", "verdict", "computed", "explained", "citation",
           "citation_said", "citation_supports")
"""Columns of the table that stands beside the page."""


def claims_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """Every claim tied to this question, with its verdict or the reason why there is none."""
    judged = judged_claims(review, read_claims(review.root), certainties)
    if not judged:
        return empty("No claim of the ledger is tied to this question.", "Claims stand in data/claims.toml.")
    cited = {item.id: item for item in read_citations(review.root)}
    # The verdict stands beside the claim, so that a narrow screen shows both.
    rows = [
        Row([join(el("span", item.claim.id, class_="unit"), " ", _said(item)), verdict_words(item), why_words(item),
             _tested_by(review, item), _leans_on(item, cited)], id=anchor_id("claim", item.claim.id, item.outcome))
        for item in judged
    ]
    pages = sorted({item.claim.page for item in judged})
    leaning = dict.fromkeys(item.claim.citation for item in judged if item.claim.citation in cited)
    return join(
        el("p", HOW),
        table(
            [Column("What the page says", width="11rem"), Column("Verdict", width="8rem"),
             Column("Why", width="18rem"), "Outcome that tests it", Column("Reference of the page", width="8rem")],
            rows, id_="claims", caption=f"Claims of: {'; '.join(pages)}.",
            notes=[_audited(cited[name]) for name in leaning]),
    )


def _audited(item: Citation) -> Safe:
    return join(el("b", item.id), f" {item.cited}: {item.said}. Supports the sentence that leans on it: "
                                  f"{item.supports}; {item.why}.")


def _said(item: JudgedClaim) -> str:
    figure = item.claim.figure
    return f"{item.claim.text} Figure claimed: {figure}." if figure else item.claim.text


def _tested_by(review: Review, item: JudgedClaim) -> Child:
    if not item.outcome or item.claim.not_tested:
        return "none"
    return link(review.outcome(item.outcome).name, f"#{anchor_id('outcome', item.outcome)}")


def _leans_on(item: JudgedClaim, cited: dict[str, Citation]) -> str:
    found = cited.get(item.claim.citation)
    if found is None:
        return "none given"
    return f"{found.id}: {found.status}{' where we looked' if found.status == NOT_FOUND else ''}"


def verdict_words(item: JudgedClaim) -> str:
    """The verdict in words; where a person decided otherwise, both."""
    computed = item.computed.word if item.computed else "no verdict"
    override = item.claim.override
    return f"{override.verdict} (decided by {override.by}; by rule: {computed})" if override else computed


def why_words(item: JudgedClaim) -> str:
    """Why the verdict is what it is, or why there is none; then what a reader should know of the test."""
    why = item.computed.why if item.computed else item.reason
    why = f"{item.claim.override.reason} By rule: {why}" if item.claim.override else why
    return f"{why} {item.claim.caveat}" if item.claim.caveat else why


def claim_rows(review: Review, certainties: Sequence[Certainty]) -> list[dict[str, object]]:
    """Every claim tied to this question, with its verdict and the audit of its reference, for results.json."""
    cited = {item.id: item for item in read_citations(review.root)}
    rows = []
    for item in judged_claims(review, read_claims(review.root), certainties):
        found = cited.get(item.claim.citation)
        rows.append({**item.as_dict(), "explained": why_words(item), "citation_said": found.said if found else None,
                     "citation_supports": found.supports if found else None})
    return rows
