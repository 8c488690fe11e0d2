"""Searching the reports of one reviewer's share, by words and by the reviewer's own votes."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping

from reviewkit.model import Record
from reviewkit.review.screening.cards import Hit
from reviewkit.screening import Decision


class Search:
    """Finds reports; their texts are folded when first searched."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._texts: dict[str, str] = {}

    def find(
        self, text: str, status: str | None, *, order: Iterable[str], votes: Mapping[str, Decision],
        skipped: Collection[str],
    ) -> tuple[Hit, ...]:
        """Reports that hold every word, and have the status if one is asked for."""
        if not self._texts:
            self._texts = {report: search_text(report, record) for report, record in self._records.items()}
        words = folded(text).split()
        found = []
        for report in order:
            vote = votes.get(report)
            known = vote.decision if vote else "unscreened"
            if status is None or status == known or (status == "skipped" and report in skipped):
                searched = self._texts[report] + "\n" + folded(vote.note if vote else "")
                if all(word in searched for word in words):
                    found.append(make_hit(report, self._records[report], vote))
        return tuple(found)


def make_hit(report: str, record: Record, vote: Decision | None) -> Hit:
    """A line of search results."""
    names = [author.family for author in record.authors]
    shown = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return Hit(report, record.title, shown, record.year, vote.decision if vote else "unscreened")


def search_text(report: str, record: Record) -> str:
    """All that a search looks in, folded."""
    parts = [report, record.title, record.abstract, record.journal, record.doi, record.pmid, str(record.year or ""),
             *(str(author) for author in record.authors), *record.keywords]
    return folded("\n".join(parts))


def folded(text: str) -> str:
    """Text without case and accents, for comparing.

    >>> folded("Ménière, ΣΟΦΟΣ")
    'meniere, σοφοσ'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
