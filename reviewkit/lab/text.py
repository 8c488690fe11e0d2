"""Texts of others made ready for a card: cut where they are huge, the protocol's terms marked, links checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewkit.lab.highlight import Terms

if TYPE_CHECKING:
    from reviewkit.protocol import Highlight
    from reviewkit.review.screening.cards import Card

LIMITS = {"title": 600, "abstract": 6_000}
"""Characters of a text shown at first; the rest on request."""
NAMES = 20
"""Authors shown."""
WHOLE = 5_000_000
"""Characters of a text shown on request."""
MARKED = 100_000
"""Characters searched for terms; what stands behind them is plain, so that no text can stall the page."""
BUILT = ("https://doi.org/", "https://pubmed.ncbi.nlm.nih.gov/", "https://pmc.ncbi.nlm.nih.gov/")
"""Addresses made here from an identifier; an address that came with a record is not a link on the card."""


def shown(text: str, terms: Terms, limit: int) -> dict[str, Any]:
    """A text as the panel draws it: segments, whether something is hidden, and its length in characters."""
    marked = terms.split(text[: min(limit, MARKED)])
    rest = [(text[MARKED:limit], "")] if min(limit, len(text)) > MARKED else []
    return {"segments": marked + rest, "hidden": len(text) > limit, "length": len(text)}


def marks(highlight: Highlight) -> list[tuple[str, str]]:
    """Kinds of terms that the protocol has marked, each with the words of its legend."""
    kinds = (("include", "inclusion term", highlight.include), ("exclude", "exclusion term", highlight.exclude))
    return [(kind, words) for kind, words, terms in kinds if terms]


def authors(names: tuple[str, ...]) -> str:
    """Names in one line, cut after the first `NAMES`."""
    line = "; ".join(name[:200] for name in names[:NAMES])
    return f"{line}; and {len(names) - NAMES} more" if len(names) > NAMES else line


def links(card: Card) -> list[tuple[str, str]]:
    """The card's links that were built from an identifier: label and https address."""
    return [(link.label, link.url) for link in card.links if link.url.startswith(BUILT)]


def card_values(card: Card, terms: Terms) -> dict[str, Any]:
    """A card as the panel draws it; every value is plain."""
    return {
        "report": card.report,
        "title": shown(card.title, terms, LIMITS["title"]),
        "abstract": shown(card.abstract, terms, LIMITS["abstract"]),
        "authors": authors(card.authors),
        "year": str(card.year or ""),
        "journal": card.journal[:300],
        "keywords": "; ".join(card.keywords)[:600],
        "links": links(card),
        "status": card.status,
        "note": card.note,
    }
