"""Errors for people: what is wrong, where it stands, what to do.

Layer 0: knows nothing of the rest of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in one place.

    Attributes
    ----------
    message : str
        What is wrong, with the value found and what is allowed.
    file, line, column : optional
        Where it stands; lines and columns count from 1.
    code : str
        A short stable word for scripts, such as ``"unknown-outcome"``.
    remedy : str
        What to do about it; one sentence.
    subject : str
        What a finding is about (rows, report, record), where a person may settle it; else empty.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    code: str = "input"
    remedy: str = ""
    subject: str = ""

    @property
    def place(self) -> str:
        """``file:line:column`` as far as it is known."""
        parts = [self.file, self.line, self.column if self.line is not None else None]
        return ":".join(str(part) for part in parts if part is not None)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"

    def as_dict(self) -> dict[str, object]:
        """The problem as plain JSON values."""
        return asdict(self)


class ReviewkitError(Exception):
    """The work failed (exit code 1 at the command line)."""

    exit_code = 1

    def __init__(
        self,
        message: str | Problem | Sequence[Problem],
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        code: str = "input",
        remedy: str = "",
    ) -> None:
        if isinstance(message, str):
            problems: tuple[Problem, ...] = (Problem(message, file, line, column, code, remedy),)
        elif isinstance(message, Problem):
            problems = (message,)
        else:
            problems = tuple(message)
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class InputError(ReviewkitError, ValueError):
    """What was handed in is wrong (exit code 2 at the command line)."""

    exit_code = 2


class UnsettledError(ReviewkitError):
    """Something a person has to settle first (exit code 3 at the command line)."""

    exit_code = 3
