"""What is added to tables with a zero, and to which: every convention in use, each by its name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from reviewkit.effects.core import BoolArray, FloatArray
from reviewkit.errors import InputError

To = Literal["all", "only0", "if0all", "none"]


@dataclass(frozen=True, slots=True)
class ZeroCells:
    """How zero cells are treated.

    Attributes
    ----------
    add : float
        What is added to every cell of an affected table; 0.5 is usual.
    to : {"only0", "all", "if0all", "none"}
        ``only0``: tables that have a zero; ``all``: every table; ``if0all``: every table as soon as one has a zero.
    drop00 : bool
        Drop tables without an event in either group (or with nothing but events); they say nothing about a ratio.

    Notes
    -----
    The default adds 0.5 only where a zero is: elsewhere it would bias the estimate for no gain (Sweeting, Sutton
    and Lambert 2004, doi:10.1002/sim.1761).
    """

    add: float = 0.5
    to: To = "only0"
    drop00: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.add) and self.add >= 0):
            raise InputError(f"add = {self.add}: must be a number of at least 0.", code="bad-option")
        if self.to not in get_args(To):
            raise InputError(f"to = {self.to!r}: must be one of {', '.join(get_args(To))}.", code="bad-option")

    def adjust(self, *cells: FloatArray) -> tuple[FloatArray, ...]:
        """The cells with the correction added where this rule asks for it."""
        where = self.where(*cells)
        return tuple(np.where(where, cell + self.add, cell) for cell in cells)

    def where(self, *cells: FloatArray) -> BoolArray:
        """Which tables the correction is added to."""
        has_zero = np.zeros(cells[0].shape, dtype=bool)
        for cell in cells:
            has_zero |= cell == 0
        if self.to == "none":
            return np.zeros_like(has_zero)
        if self.to == "all" or (self.to == "if0all" and bool(has_zero.any())):
            return np.ones_like(has_zero)
        return has_zero if self.to == "only0" else np.zeros_like(has_zero)

    def notes(self, *cells: FloatArray) -> tuple[str, ...]:
        """What was done, in words; nothing where nothing was added."""
        touched = int(self.where(*cells).sum())
        if not touched or not self.add:
            return ()
        return (f"{self.add:g} added to every cell of {touched} of {len(cells[0])} studies (rule {self.to})",)
