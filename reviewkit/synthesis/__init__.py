"""Synthesis: pooled estimates, heterogeneity, sensitivity, and what to do where no pool can be made.

Names are loaded when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.synthesis.base import EmptySynthesis, Synthesis
    from reviewkit.synthesis.batch import PooledMany, pool_many
    from reviewkit.synthesis.diagnostics import (
        Baujat,
        Influence,
        StudyEffects,
        baujat,
        influence,
        outliers,
        study_effects,
    )
    from reviewkit.synthesis.grouping import Subgroups, SubgroupsCommon, subgroups, subgroups_common
    from reviewkit.synthesis.heterogeneity import Tau2Interval, h_interval, i2_q_interval, tau2_interval
    from reviewkit.synthesis.leave_out import PoolSeries, cumulative, leave_one_out
    from reviewkit.synthesis.ledger import Difference, TableChoice, choose_table_method
    from reviewkit.synthesis.model_fit import FitStatistics, fit_statistics, log_likelihood
    from reviewkit.synthesis.pooled import Pooled
    from reviewkit.synthesis.pooling import pool, synthesise
    from reviewkit.synthesis.presets import PRESETS, Preset, PresetChoice, preset_table
    from reviewkit.synthesis.tau2 import Tau2Estimate, estimate_tau2

_MODULES: dict[str, tuple[str, ...]] = {
    "base": (
        "EmptySynthesis",
        "Synthesis",
    ),
    "batch": (
        "PooledMany",
        "pool_many",
    ),
    "diagnostics": (
        "Baujat",
        "Influence",
        "StudyEffects",
        "baujat",
        "influence",
        "outliers",
        "study_effects",
    ),
    "grouping": (
        "Subgroups",
        "SubgroupsCommon",
        "subgroups",
        "subgroups_common",
    ),
    "heterogeneity": (
        "Tau2Interval",
        "h_interval",
        "i2_q_interval",
        "tau2_interval",
    ),
    "leave_out": (
        "PoolSeries",
        "cumulative",
        "leave_one_out",
    ),
    "ledger": (
        "Difference",
        "TableChoice",
        "choose_table_method",
    ),
    "model_fit": (
        "FitStatistics",
        "fit_statistics",
        "log_likelihood",
    ),
    "pooled": ("Pooled",),
    "pooling": (
        "pool",
        "synthesise",
    ),
    "presets": (
        "PRESETS",
        "Preset",
        "PresetChoice",
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
    "Baujat",
    "Difference",
    "EmptySynthesis",
    "FitStatistics",
    "Influence",
    "PoolSeries",
    "Pooled",
    "PooledMany",
    "Preset",
    "PresetChoice",
    "StudyEffects",
    "Subgroups",
    "SubgroupsCommon",
    "Synthesis",
    "TableChoice",
    "Tau2Estimate",
    "Tau2Interval",
    "baujat",
    "choose_table_method",
    "cumulative",
    "estimate_tau2",
    "fit_statistics",
    "h_interval",
    "i2_q_interval",
    "influence",
    "leave_one_out",
    "log_likelihood",
    "outliers",
    "pool",
    "pool_many",
    "preset_table",
    "study_effects",
    "subgroups",
    "subgroups_common",
    "synthesise",
    "tau2_interval",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
