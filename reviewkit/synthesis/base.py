"""What every synthesis has in common, whether studies could be pooled or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

_UNDEFINED = (
    *("model", "tau2_method", "ci_method", "scale", "estimate", "se", "ci_low", "ci_high", "p"),
    *("pi_low", "pi_high", "pi_method", "tau2", "tau2_ci_low", "tau2_ci_high", "i2_tau2", "i2_q"),
    *("q", "q_df", "q_p", "h2"),
)
"""What a pool has and an empty synthesis has not: there, and None."""


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
            **dict.fromkeys(_UNDEFINED),
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
