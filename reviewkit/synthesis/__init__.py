"""Synthesis: pooled estimates, heterogeneity, sensitivity, and what to do where no pool can be made.

Names are loaded when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.synthesis.pooling import Pooled, pool
    from reviewkit.synthesis.tau2 import Tau2Estimate, estimate_tau2

_HOME = {
    "Pooled": "pooling",
    "pool": "pooling",
    "Tau2Estimate": "tau2",
    "estimate_tau2": "tau2",
}

__all__ = ["Pooled", "Tau2Estimate", "estimate_tau2", "pool"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
