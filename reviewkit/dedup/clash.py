"""Clashes: two records that cannot be one report, whatever a third, sparser record has in common with both."""

from __future__ import annotations

from reviewkit.dedup.journal import journal_similarity
from reviewkit.dedup.markers import CONFERENCE
from reviewkit.dedup.prep import Columns
from reviewkit.dedup.rules import OTHER_JOURNAL


def clash(columns: Columns, one: int, other: int) -> bool:
    """Whether DOI, PubMed number, journal, or volume with issue or page of two records differ."""
    if _differ(columns.doi, one, other) or _differ(columns.pmid, one, other):
        return True
    left, right = columns.journal[one], columns.journal[other]
    meeting = bool(columns.markers[one] & columns.markers[other] & CONFERENCE)
    meeting = meeting and bool(columns.volume[one]) and columns.volume[one] == columns.volume[other]
    if left and right and not meeting and journal_similarity(left, right) < OTHER_JOURNAL:
        return True
    if not _differ(columns.volume, one, other):
        return False
    return _differ(columns.issue, one, other) or _differ(columns.first_page, one, other)


def _differ(texts: list[str], one: int, other: int) -> bool:
    return bool(texts[one] and texts[other] and texts[one] != texts[other])
