"""What every synthesis has in common, whether studies could be pooled or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class Synthesis(Protocol):
    """A result that prints as a sentence, knows its number of studies and serialises to JSON."""

    @property
    def k(self) -> int:
        """Studies in the synthesis."""

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class EmptySynthesis:
    """No eligible study with a usable result: a finding, not an error.

    ``excluded`` holds (study, reason) of the studies that were left out.
    """

    measure: str = "GEN"
    excluded: tuple[tuple[str, str], ...] = ()

    @property
    def k(self) -> int:
        """Zero."""
        return 0

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "measure": self.measure,
            "k": 0,
            "estimate": None,
            "studies": [],
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "coefficients": [],
            "subgroups": [],
            "warnings": [],
            "sentence": str(self),
        }

    def __str__(self) -> str:
        if not self.excluded:
            return "No study, so there is nothing to synthesise."
        left = "; ".join(f"{study}: {reason}" for study, reason in self.excluded)
        return f"No study with a usable result, so there is nothing to synthesise ({left})."
