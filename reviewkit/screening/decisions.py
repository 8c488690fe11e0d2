"""One decision: what a reviewer said of a report at a stage, as a line of a log keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.errors import InputError

STAGES = ("title-abstract", "full-text")
DECISIONS = ("include", "exclude", "maybe", "undo", "not-retrieved", "awaiting-classification")
_KEYS = {"time", "reviewer", "stage", "report", "decision", "reason", "note", "protocol", "origin"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A vote, its undoing, or a consensus.

    Attributes
    ----------
    time : str
        When the line was written (ISO 8601, UTC). Of an imported decision nothing else is known.
    decision : {'include', 'exclude', 'maybe', 'undo', 'not-retrieved', 'awaiting-classification'}
        ``undo`` withdraws the reviewer's earlier vote on the report.
    reason : str
        For an exclusion, an id from the protocol's list.
    protocol : str
        Version of the protocol under which the decision was made.
    origin : {'panel', 'command', 'imported'}
        Where it came from.
    """

    time: str
    reviewer: str
    stage: str
    report: str
    decision: str
    reason: str = ""
    note: str = ""
    protocol: str = ""
    origin: str = "panel"

    def as_dict(self) -> dict[str, str]:
        """The values of a log line; empty ones are left out."""
        values = {name: str(getattr(self, name)) for name in self.__slots__}
        return {name: value for name, value in values.items() if value}


def parse_decision(values: Mapping[str, Any], reasons: Collection[str]) -> Decision:
    """A decision from the values of a log line.

    Parameters
    ----------
    reasons : collection of str
        Exclusion reasons of the protocol.

    Raises
    ------
    InputError
        If a key or value is not one a decision may have; the message says which and what is allowed.
    """
    unknown = sorted(set(values) - _KEYS)
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}.", code="decision")
    missing = [key for key in ("time", "reviewer", "stage", "report", "decision") if not values.get(key)]
    if missing:
        raise InputError(f"{missing[0]!r} is missing.", code="decision")
    if any(not isinstance(value, str) for value in values.values()):
        raise InputError("every value of a decision is text.", code="decision")
    decision = Decision(**values)
    for name, allowed in (("decision", DECISIONS), ("stage", STAGES)):
        if values[name] not in allowed:
            raise InputError(f"{name} = {values[name]!r}; allowed: {', '.join(allowed)}.", code="decision")
    if decision.decision == "exclude" and decision.stage == "full-text" and not decision.reason:
        raise InputError(f"report {decision.report!r} is excluded without a reason.", code="reason",
                         remedy=f"Reasons in the protocol: {', '.join(reasons)}.")
    if decision.reason and decision.reason not in reasons:
        raise InputError(
            f"reason {decision.reason!r} is not in the protocol's list.", code="reason",
            remedy=f"Reasons there: {', '.join(reasons)}.",
        )
    return decision
