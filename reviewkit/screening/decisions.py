"""One line of a decision log: what a reviewer said of a report at a stage, or a mark on the log as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewkit.errors import InputError

STAGES = ("title-abstract", "full-text")
DECISIONS = ("include", "exclude", "maybe", "undo", "not-retrieved", "awaiting-classification")
RELEVANT = ("include", "maybe")
"""Votes by which a report goes on."""
MARKS = ("stopped", "resumed", "joined")
FULL_TEXT_ONLY = ("not-retrieved", "awaiting-classification")
_REQUIRED = ("time", "reviewer", "stage", "report", "decision")
_KEYS = {*_REQUIRED, "reason", "note", "protocol", "origin", "nonce", "finishes", "heads"}
_MARK_REQUIRED = ("time", "reviewer", "stage", "mark")
_MARK_KEYS = {*_MARK_REQUIRED, "note", "protocol", "origin", "through", "figures", "heads"}


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
    nonce : str
        The caller's own name for this act: the same one again writes nothing.
    finishes : str
        Set on the vote after which the reviewer had voted on everything of the stage: the number of
        reports. From there on the reviewer may have seen the other votes.
    heads : str
        Of a consensus: the heads of the logs it settled, as ``reviewer:hash`` parted by spaces.
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
    nonce: str = ""
    finishes: str = ""
    heads: str = ""

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
    missing = [key for key in _REQUIRED if not values.get(key)]
    if missing:
        raise InputError(f"{missing[0]!r} is missing.", code="decision")
    if any(not isinstance(value, str) for value in values.values()):
        raise InputError("every value of a decision is text.", code="decision")
    decision = Decision(**values)
    for name, allowed in (("decision", DECISIONS), ("stage", STAGES)):
        if values[name] not in allowed:
            raise InputError(f"{name} = {values[name]!r}; allowed: {', '.join(allowed)}.", code="decision")
    if decision.decision in FULL_TEXT_ONLY and decision.stage != "full-text":
        raise InputError(f"{decision.decision!r} is a decision of the full-text stage only.", code="decision")
    if decision.decision == "exclude" and decision.stage == "full-text" and not decision.reason:
        raise InputError(f"report {decision.report!r} is excluded without a reason.", code="reason",
                         remedy=f"Reasons in the protocol: {', '.join(reasons)}.")
    if decision.reason and decision.reason not in reasons:
        raise InputError(
            f"reason {decision.reason!r} is not in the protocol's list.", code="reason",
            remedy=f"Reasons there: {', '.join(reasons)}.",
        )
    return decision


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that is no vote: what a reviewer did with the log as a whole.

    Attributes
    ----------
    mark : {'stopped', 'resumed', 'joined'}
        ``stopped``: the reviewer leaves the rest unread; ``resumed`` takes that back; ``joined``: logs of
        one reviewer on two computers became one here.
    through : str
        Of a stop: the last record id there was, so that what is imported later is not left out.
    figures : mapping
        Of a stop: what it rested on.
    heads : str
        Of a joint: the hashes of the last lines of the logs joined, parted by spaces.
    """

    time: str
    reviewer: str
    stage: str
    mark: str
    note: str = ""
    protocol: str = ""
    origin: str = "panel"
    through: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict, hash=False)
    heads: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The values of a log line; empty ones are left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value}


def parse_mark(values: Mapping[str, Any]) -> Mark:
    """A mark from the values of a log line that has the key ``mark``.

    Raises
    ------
    InputError
        If a key or value is not one a mark may have.
    """
    unknown = sorted(set(values) - _MARK_KEYS)
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_MARK_KEYS))}.", code="decision")
    missing = [key for key in _MARK_REQUIRED if not values.get(key)]
    if missing:
        raise InputError(f"{missing[0]!r} is missing.", code="decision")
    if any(not isinstance(value, dict if key == "figures" else str) for key, value in values.items()):
        raise InputError("every value of a mark but its figures is text.", code="decision")
    for name, allowed in (("mark", MARKS), ("stage", STAGES)):
        if values[name] not in allowed:
            raise InputError(f"{name} = {values[name]!r}; allowed: {', '.join(allowed)}.", code="decision")
    return Mark(**values)
