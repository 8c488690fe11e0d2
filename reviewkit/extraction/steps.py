"""How a number came about, step by step: what a lineage is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reviewkit.effects.conversion import Conversion, Value
from reviewkit.numbers import working

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
    told = ", ".join(f"{name} = {_shown(value)}" for name, value in conversion.inputs.items())
    found = ", ".join(f"{name} = {_shown(value)}" for name, value in conversion.outputs.items())
    notes = "".join(f" ({note})" for note in conversion.notes)
    text = f"{conversion.name}: {conversion.formula}; {told} → {found} [{conversion.source}]{notes}"
    return Step(kind, f"{who}: {text}" if who else text, conversion.source)


def _shown(value: Value) -> str:
    """An input or output of a conversion as a reader sees numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"({', '.join(map(_shown, value))})" if isinstance(value, tuple) else working(float(value))
