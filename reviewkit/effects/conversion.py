"""A conversion is a thing of its own: it has a name, a formula, what went in, what came out, and a source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewkit.errors import InputError

Value = float | str | bool | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """One number turned into another, so that a report can print how.

    Attributes
    ----------
    name : str
        What was done, in a few words.
    formula : str
        The formula as one reads it.
    inputs, outputs : mapping of str to number
        What went in and what came out, by name. ``conversion["sd"]`` gives one output.
    source : str
        Where the formula stands: Cochrane Handbook section or paper with DOI.
    notes : tuple of str
        What a reader must know: an imputed value, an assumption that looks broken.

    Examples
    --------
    >>> print(Conversion("SD from SE", "SD = SE × √n", {"se": 1.1, "n": 25}, {"sd": 5.5}, "Handbook 6.5.2.2"))
    SD from SE: SD = SE × √n; se = 1.1, n = 25 → sd = 5.5 [Handbook 6.5.2.2]
    """

    name: str
    formula: str
    inputs: Mapping[str, Value] = field(hash=False)
    outputs: Mapping[str, Value] = field(hash=False)
    source: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", dict(self.inputs))
        object.__setattr__(self, "outputs", dict(self.outputs))

    def __getitem__(self, name: str) -> float:
        value = self.outputs[name]
        if isinstance(value, (str, tuple)):
            raise TypeError(f"{name} of {self.name} is not a single number: see outputs.")
        return float(value)

    def as_dict(self) -> dict[str, object]:
        """The conversion as plain JSON values."""
        return {
            "name": self.name,
            "formula": self.formula,
            "inputs": dict(self.inputs),
            "outputs": dict(self.outputs),
            "source": self.source,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        notes = "".join(f" ({note})" for note in self.notes)
        return f"{self.name}: {self.formula}; {_shown(self.inputs)} → {_shown(self.outputs)} [{self.source}]{notes}"


def _shown(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {_one(value)}" for name, value in values.items())


def _one(value: Value) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_one(one) for one in value) + ")"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.6g}"


def finite(**values: float) -> None:
    """Refuse anything that is not a finite number."""
    for name, value in values.items():
        if not math.isfinite(value):
            raise InputError(f"{name} = {value}: must be a finite number.", code="bad-number")


def positive(**values: float) -> None:
    """Refuse anything that is not a finite number above 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} = {value}: must be a finite number above 0.", code="not-positive")


def group_sizes(**values: float) -> None:
    """Refuse a group that is too small to have a standard deviation (effective sizes need not be whole)."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 2):
            raise InputError(f"{name} = {value}: must be at least 2.", code="bad-n")


def share(**values: float) -> None:
    """Refuse anything that is not strictly between 0 and 1 (p values, levels, risks)."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise InputError(f"{name} = {value}: must be above 0 and below 1.", code="bad-probability")


def correlations(**values: float) -> None:
    """Refuse anything outside -1 to 1."""
    for name, value in values.items():
        if not -1 <= value <= 1:
            raise InputError(f"{name} = {value}: must be between -1 and 1.", code="bad-correlation")


def interval(lower: float, upper: float) -> None:
    """Refuse limits that are not an interval."""
    finite(lower=lower, upper=upper)
    if lower >= upper:
        raise InputError(f"lower = {lower} is not below upper = {upper}.", code="bad-interval", remedy="Swap them?")
