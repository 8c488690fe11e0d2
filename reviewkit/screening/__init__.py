"""Screening: votes, and the status of each report derived from them (never stored)."""

from reviewkit.screening.decisions import (
    DECISIONS,
    FULL_TEXT_ONLY,
    RELEVANT,
    STAGES,
    Decision,
    Mark,
    parse_decision,
    parse_mark,
)
from reviewkit.screening.status import ReportStatus, Screening, derive, standing_votes
from reviewkit.screening.workload import split

__all__ = [
    "DECISIONS",
    "FULL_TEXT_ONLY",
    "RELEVANT",
    "STAGES",
    "Decision",
    "Mark",
    "ReportStatus",
    "Screening",
    "derive",
    "parse_decision",
    "parse_mark",
    "split",
    "standing_votes",
]
