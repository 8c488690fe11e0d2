"""The choices that a formula may need, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewkit.effects.zero_cells import ZeroCells


@dataclass(frozen=True, slots=True)
class Options:
    """Named conventions of one computation: zero cells, variance formula, small-sample correction, CI level."""

    zero: ZeroCells = field(default_factory=ZeroCells)
    variance: str = "LS"
    correction: str = "none"
    level: float = 0.95
