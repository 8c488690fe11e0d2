"""How a number came about, step by step: what a lineage is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reviewkit.effects.conversion import Conversion

StepKind = Literal["printed", "read", "converted", "combined", "contrast", "aligned", "weight"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the print to the pool; ``source`` is where its formula stands."""

    kind: StepKind
    text: str
    source: str = ""

    def __str__(self) -> str:
        return self.text


def converted(conversion: Conversion, who: str = "", kind: StepKind = "converted") -> Step:
    """A conversion as a step; ``who`` names the arm it belongs to."""
    return Step(kind, f"{who}: {conversion}" if who else str(conversion), conversion.source)
