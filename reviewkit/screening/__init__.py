"""Screening: votes, and the status of each report derived from them (never stored)."""

from reviewkit.screening.decisions import DECISIONS, STAGES, Decision, parse_decision
from reviewkit.screening.status import ReportStatus, Screening, derive

__all__ = ["DECISIONS", "STAGES", "Decision", "ReportStatus", "Screening", "derive", "parse_decision"]
