"""Synthesis: pooled estimates, heterogeneity, sensitivity, and what to do where no pool can be made.

Names are loaded when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.synthesis.base import EmptySynthesis, Synthesis
    from reviewkit.synthesis.heterogeneity import Tau2Interval, i2_q_interval, tau2_interval
    from reviewkit.synthesis.ledger import Difference, TableChoice, choose_table_method
    from reviewkit.synthesis.pooled import Pooled
    from reviewkit.synthesis.pooling import pool, synthesise
    from reviewkit.synthesis.presets import PRESETS, Choice, Preset, preset_table
    from reviewkit.synthesis.tau2 import Tau2Estimate, estimate_tau2

_MODULES: dict[str, tuple[str, ...]] = {
    "base": (
        "EmptySynthesis",
        "Synthesis",
    ),
    "heterogeneity": (
        "Tau2Interval",
        "i2_q_interval",
        "tau2_interval",
    ),
    "ledger": (
        "Difference",
        "TableChoice",
        "choose_table_method",
    ),
    "pooled": ("Pooled",),
    "pooling": (
        "pool",
        "synthesise",
    ),
    "presets": (
        "Choice",
        "PRESETS",
        "Preset",
        "preset_table",
    ),
    "tau2": (
        "Tau2Estimate",
        "estimate_tau2",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "PRESETS",
    "Choice",
    "Difference",
    "EmptySynthesis",
    "Pooled",
    "Preset",
    "Synthesis",
    "TableChoice",
    "Tau2Estimate",
    "Tau2Interval",
    "choose_table_method",
    "estimate_tau2",
    "i2_q_interval",
    "pool",
    "preset_table",
    "synthesise",
    "tau2_interval",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
