"""The status of each report at each stage, derived from the logs; a conflict opens when all have voted.

PRISMA 2020 counts rest on it (items 16a and 16b).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.screening.decisions import STAGES, Decision

Outcome = str
"""'unscreened', 'awaiting second vote', 'conflict', 'maybe', 'stopped', or a decision."""

SETTLED = ("include", "exclude", "not-retrieved", "awaiting-classification", "stopped")


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """Where one report stands at one stage, and the votes that put it there."""

    report: str
    stage: str
    outcome: Outcome
    votes: tuple[Decision, ...] = ()
    consensus: Decision | None = None

    @property
    def settled(self) -> bool:
        """True when the stage is over for this report."""
        return self.outcome in SETTLED

    @property
    def open_conflict(self) -> bool:
        """True when all votes are in and a person still has to settle the report ('maybe' counts)."""
        return self.outcome in ("conflict", "maybe")

    @property
    def reason(self) -> str:
        """The exclusion reason that counts: the consensus, else the first vote's."""
        source = self.consensus or (self.votes[0] if self.votes else None)
        return source.reason if source else ""

    @property
    def note(self) -> str:
        """The notes of those who decided, joined."""
        notes = [d.note for d in (*self.votes, *([self.consensus] if self.consensus else [])) if d.note]
        return "; ".join(dict.fromkeys(notes))


@dataclass(frozen=True)
class Screening:
    """Every report's status at both stages, in the order of the reports."""

    stages: Mapping[str, Mapping[str, ReportStatus]]

    def at(self, stage: str, outcome: Outcome | None = None) -> tuple[ReportStatus, ...]:
        """The statuses at a stage, all of them or those with one outcome."""
        return tuple(s for s in self.stages[stage].values() if outcome is None or s.outcome == outcome)

    @property
    def included(self) -> tuple[str, ...]:
        """Reports included after both stages."""
        return tuple(s.report for s in self.at("full-text", "include"))

    @property
    def unsettled(self) -> tuple[ReportStatus, ...]:
        """Reports on which someone still has to decide."""
        return tuple(s for stage in STAGES for s in self.at(stage) if not s.settled)


def derive(
    reports: Sequence[str],
    decisions: Iterable[Decision],
    consensus: Iterable[Decision],
    votes_wanted: Mapping[str, int],
    stopped: Mapping[tuple[str, str], int] | None = None,
) -> Screening:
    """Derive every status from the logs.

    Parameters
    ----------
    reports : sequence of str
        Ids of all reports that stand after deduplication.
    decisions, consensus : iterable of Decision
        Lines of the reviewers' logs and of the consensus logs, in the order they were written.
    votes_wanted : mapping of str to int
        Votes wanted at each stage.
    stopped : mapping of (stage, report) to int, optional
        How many of those who were to vote stopped before they had read the report.

    Returns
    -------
    Screening
        At the full-text stage only reports included on title and abstract stand.

    Notes
    -----
    Where somebody stopped, the votes that were cast still count: nobody read it, it is ``stopped``; all
    who did excluded it, it is excluded; anyone kept it, it is a conflict for a person to settle.
    """
    left_out = stopped or {}
    votes = _standing(decisions, by_reviewer=True)
    agreed = _standing(consensus, by_reviewer=False)
    stages: dict[str, dict[str, ReportStatus]] = {}
    entering: Sequence[str] = reports
    for stage in STAGES:
        stages[stage] = {
            report: _status(report, stage, votes.get((stage, report), {}), agreed.get((stage, report), {}),
                            votes_wanted[stage], left_out.get((stage, report), 0))
            for report in entering
        }
        entering = [s.report for s in stages[stage].values() if s.outcome == "include"]
    return Screening(stages)


def standing_votes(lines: Iterable[Decision]) -> dict[str, Decision]:
    """The votes of one reviewer at one stage that stand, by report, the latest last."""
    standing: dict[str, Decision] = {}
    for line in lines:
        standing.pop(line.report, None)
        if line.decision != "undo":
            standing[line.report] = line
    return standing


def _standing(lines: Iterable[Decision], *, by_reviewer: bool) -> dict[tuple[str, str], dict[str, Decision]]:
    """The last word of each reviewer on each report; an undo takes it back."""
    standing: dict[tuple[str, str], dict[str, Decision]] = {}
    for line in lines:
        place = standing.setdefault((line.stage, line.report), {})
        who = line.reviewer if by_reviewer else "consensus"
        place.pop(who, None)
        if line.decision != "undo":
            place[who] = line
    return standing


def _status(
    report: str, stage: str, votes: Mapping[str, Decision], agreed: Mapping[str, Decision], wanted: int, stopped: int
) -> ReportStatus:
    cast = tuple(votes[who] for who in sorted(votes))
    consensus = agreed.get("consensus")
    words = {vote.decision for vote in cast}
    if len(cast) < wanted:
        if stopped < wanted - len(cast):
            return ReportStatus(report, stage, "awaiting second vote" if cast else "unscreened", cast)
        if not cast:
            return ReportStatus(report, stage, "stopped")
        words = words if words == {"exclude"} else {"conflict"}
    if consensus:
        return ReportStatus(report, stage, consensus.decision, cast, consensus)
    return ReportStatus(report, stage, words.pop() if len(words) == 1 else "conflict", cast)
