"""Findings a person has settled: accepted, corrected or explained, in ``data/<question>/settled.csv``.

A settled finding is listed under its own heading and no longer counts as waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.errors import InputError, Problem
from reviewkit.store.files import show
from reviewkit.tables import read_csv

COLUMNS = ("code", "subject", "settlement", "by", "reason")
SETTLEMENTS = ("accepted", "corrected", "explained")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person said of a finding.

    Attributes
    ----------
    code, subject : str
        Which finding: its code, and the rows, report or record it is about (several joined by ``|``).
    settlement : {'accepted', 'corrected', 'explained'}
        The numbers stay and the doubt is shared; they were corrected; they are right, and why.
    """

    line: int
    code: str
    subject: str
    settlement: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A finding and how it was settled."""

    problem: Problem
    settlement: Settlement

    def as_dict(self) -> dict[str, object]:
        """The finding as plain JSON values, with its settlement."""
        told = self.settlement
        return {**self.problem.as_dict(), "settlement": told.settlement, "by": told.by, "reason": told.reason}


def read_settlements(path: Path, root: Path) -> tuple[Settlement, ...]:
    """The rows of settled.csv; none where the file is missing.

    Raises
    ------
    InputError
        For an unknown settlement, an empty cell, or a finding settled twice: all at once.
    """
    if not path.exists():
        return ()
    found: dict[tuple[str, str], Settlement] = {}
    problems = []
    for row in read_csv(path, COLUMNS, root=root):
        item = Settlement(row.line, *(row[name] for name in COLUMNS))
        key = (item.code, item.subject)
        empty = [name for name in COLUMNS if not row[name]]
        if empty:
            problems.append(Problem(f"{', '.join(empty)} is empty.", show(path, root), row.line, None, "value",
                                    "A settlement says what, by whom and why."))
        elif item.settlement not in SETTLEMENTS:
            problems.append(Problem(f"settlement = {item.settlement!r}; allowed: {', '.join(SETTLEMENTS)}.",
                                    show(path, root), row.line, None, "value"))
        elif key in found:
            problems.append(Problem(f"{item.code} of {item.subject} is settled on line {found[key].line} too.",
                                    show(path, root), row.line, None, "double"))
        found[key] = item
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def settle(
    problems: Iterable[Problem], settlements: Sequence[Settlement], *, file: str
) -> tuple[list[Problem], list[Settled]]:
    """Part findings into those that wait and those that are settled; a settlement of nothing is itself a finding."""
    by_key = {(item.code, item.subject): item for item in settlements}
    waiting: list[Problem] = []
    settled: list[Settled] = []
    for problem in problems:
        item = by_key.get((problem.code, problem.subject)) if problem.subject else None
        if item:
            settled.append(Settled(problem, item))
        else:
            waiting.append(problem)
    used = {(s.problem.code, s.problem.subject) for s in settled}
    waiting += [
        Problem(f"{item.code} of {item.subject} is settled, but there is no such finding.", file, item.line, None,
                "settled-nothing", "Take the line out, if the numbers were corrected; else check code and subject.")
        for item in settlements if (item.code, item.subject) not in used and item.settlement != "corrected"
    ]
    return waiting, settled
