"""Synthesis: pooled estimates, heterogeneity, sensitivity, and what to do where no pool can be made.

Names are loaded when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.synthesis.absolute import AbsoluteEffect, absolute_effect, absolute_effects
    from reviewkit.synthesis.asymmetry import asymmetry_test
    from reviewkit.synthesis.base import EmptySynthesis, Synthesis
    from reviewkit.synthesis.batch import PooledMany, pool_many
    from reviewkit.synthesis.beta_regression import beta_binomial
    from reviewkit.synthesis.dependence import (
        aggregate_effects,
        correlated_covariance,
        shared_control_covariance,
        shared_control_smd_covariance,
    )
    from reviewkit.synthesis.design import Design, Factor, design_matrix
    from reviewkit.synthesis.diagnostics import (
        Baujat,
        Influence,
        StudyEffects,
        baujat,
        influence,
        outliers,
        study_effects,
    )
    from reviewkit.synthesis.direction import (
        DirectedStudy,
        DirectionSynthesis,
        combined_direction,
        direction_of,
        direction_synthesis,
    )
    from reviewkit.synthesis.direction_plots import (
        AlbatrossPlot,
        EffectDirectionPlot,
        OutcomeDirection,
        albatross_plot,
        effect_direction_plot,
    )
    from reviewkit.synthesis.effect_summary import EffectSummary, summarise_effects
    from reviewkit.synthesis.excess import ExcessSignificance, excess_significance
    from reviewkit.synthesis.failsafe import FailSafe, fail_safe_n
    from reviewkit.synthesis.funnel import FunnelPlot, funnel_plot
    from reviewkit.synthesis.glmm_result import CountModel
    from reviewkit.synthesis.grouping import Subgroups, SubgroupsCommon, subgroups, subgroups_common
    from reviewkit.synthesis.heterogeneity import Tau2Interval, h_interval, i2_q_interval, tau2_interval
    from reviewkit.synthesis.kenward import KenwardRoger, kenward_roger
    from reviewkit.synthesis.leave_out import PoolSeries, cumulative, leave_one_out
    from reviewkit.synthesis.ledger import Difference, TableChoice, choose_table_method
    from reviewkit.synthesis.metaregression import likelihood_ratio_test, meta_regression
    from reviewkit.synthesis.model_fit import FitStatistics, fit_statistics, log_likelihood
    from reviewkit.synthesis.multilevel_fit import gls, multilevel
    from reviewkit.synthesis.multilevel_result import Multilevel
    from reviewkit.synthesis.multiverse import StudyData, run_multiverse
    from reviewkit.synthesis.multiverse_choices import (
        outliers_in_or_out,
        readings,
        standard_settings,
        studies_in_or_out,
    )
    from reviewkit.synthesis.multiverse_result import Conclusion, Multiverse
    from reviewkit.synthesis.p_values import CombinedP, combine_directed_p, combine_p
    from reviewkit.synthesis.permutation import PermutationTest, permutation_test
    from reviewkit.synthesis.pooled import Pooled
    from reviewkit.synthesis.pooling import pool, synthesise
    from reviewkit.synthesis.precision_effect import PetPeese, pet_peese
    from reviewkit.synthesis.presets import PRESETS, Preset, PresetChoice, preset_table
    from reviewkit.synthesis.rare_events import glmm, glmm_proportions, glmm_rates
    from reviewkit.synthesis.reexpress import (
        Instrument,
        InstrumentEffect,
        ShareBeyond,
        calibrated_share_beyond,
        share_beyond,
        smd_on_instrument,
        smd_to_risk,
    )
    from reviewkit.synthesis.regression_result import MetaRegression, RegressionPredictions
    from reviewkit.synthesis.robust import RobustFit, cluster_robust, robust_variance
    from reviewkit.synthesis.selection import SelectionModel, selection_model
    from reviewkit.synthesis.signs import SignTest, sign_test, vote_count
    from reviewkit.synthesis.small_study import AsymmetryTest, rank_test, regression_test
    from reviewkit.synthesis.stratified import mantel_haenszel, mantel_haenszel_rates, peto
    from reviewkit.synthesis.table_asymmetry import pustejovsky_test, table_asymmetry_test
    from reviewkit.synthesis.table_pool import TablePool
    from reviewkit.synthesis.tau2 import Tau2Estimate, estimate_tau2
    from reviewkit.synthesis.trim_and_fill import TrimAndFill, trimfill
    from reviewkit.synthesis.two_by_two import pool_two_by_two, recommend_binary
    from reviewkit.synthesis.unreported import WhatIfNull, what_if_null

_MODULES: dict[str, str] = {
    "absolute": "AbsoluteEffect absolute_effect absolute_effects",
    "asymmetry": "asymmetry_test",
    "base": "EmptySynthesis Synthesis",
    "batch": "PooledMany pool_many",
    "beta_regression": "beta_binomial",
    "dependence": "aggregate_effects correlated_covariance shared_control_covariance shared_control_smd_covariance",
    "design": "Design Factor design_matrix",
    "diagnostics": "Baujat Influence StudyEffects baujat influence outliers study_effects",
    "direction": "DirectedStudy DirectionSynthesis combined_direction direction_of direction_synthesis",
    "direction_plots": "AlbatrossPlot EffectDirectionPlot OutcomeDirection albatross_plot effect_direction_plot",
    "effect_summary": "EffectSummary summarise_effects",
    "excess": "ExcessSignificance excess_significance",
    "failsafe": "FailSafe fail_safe_n",
    "funnel": "FunnelPlot funnel_plot",
    "glmm_result": "CountModel",
    "grouping": "Subgroups SubgroupsCommon subgroups subgroups_common",
    "heterogeneity": "Tau2Interval h_interval i2_q_interval tau2_interval",
    "kenward": "KenwardRoger kenward_roger",
    "leave_out": "PoolSeries cumulative leave_one_out",
    "ledger": "Difference TableChoice choose_table_method",
    "metaregression": "likelihood_ratio_test meta_regression",
    "model_fit": "FitStatistics fit_statistics log_likelihood",
    "multilevel_fit": "gls multilevel",
    "multilevel_result": "Multilevel",
    "multiverse": "StudyData run_multiverse",
    "multiverse_choices": "outliers_in_or_out readings standard_settings studies_in_or_out",
    "multiverse_result": "Conclusion Multiverse",
    "p_values": "CombinedP combine_directed_p combine_p",
    "permutation": "PermutationTest permutation_test",
    "pooled": "Pooled",
    "pooling": "pool synthesise",
    "precision_effect": "PetPeese pet_peese",
    "presets": "PRESETS Preset PresetChoice preset_table",
    "rare_events": "glmm glmm_proportions glmm_rates",
    "reexpress": (
        "Instrument InstrumentEffect ShareBeyond calibrated_share_beyond share_beyond smd_on_instrument smd_to_risk"
    ),
    "regression_result": "MetaRegression RegressionPredictions",
    "robust": "RobustFit cluster_robust robust_variance",
    "selection": "SelectionModel selection_model",
    "signs": "SignTest sign_test vote_count",
    "small_study": "AsymmetryTest rank_test regression_test",
    "stratified": "mantel_haenszel mantel_haenszel_rates peto",
    "table_asymmetry": "pustejovsky_test table_asymmetry_test",
    "table_pool": "TablePool",
    "tau2": "Tau2Estimate estimate_tau2",
    "trim_and_fill": "TrimAndFill trimfill",
    "two_by_two": "pool_two_by_two recommend_binary",
    "unreported": "WhatIfNull what_if_null",
}
"""Module and the public names that live in it."""
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "PRESETS",
    "AbsoluteEffect",
    "AlbatrossPlot",
    "AsymmetryTest",
    "Baujat",
    "CombinedP",
    "Conclusion",
    "CountModel",
    "Design",
    "Difference",
    "DirectedStudy",
    "DirectionSynthesis",
    "EffectDirectionPlot",
    "EffectSummary",
    "EmptySynthesis",
    "ExcessSignificance",
    "Factor",
    "FailSafe",
    "FitStatistics",
    "FunnelPlot",
    "Influence",
    "Instrument",
    "InstrumentEffect",
    "KenwardRoger",
    "MetaRegression",
    "Multilevel",
    "Multiverse",
    "OutcomeDirection",
    "PermutationTest",
    "PetPeese",
    "PoolSeries",
    "Pooled",
    "PooledMany",
    "Preset",
    "PresetChoice",
    "RegressionPredictions",
    "RobustFit",
    "SelectionModel",
    "ShareBeyond",
    "SignTest",
    "StudyData",
    "StudyEffects",
    "Subgroups",
    "SubgroupsCommon",
    "Synthesis",
    "TableChoice",
    "TablePool",
    "Tau2Estimate",
    "Tau2Interval",
    "TrimAndFill",
    "WhatIfNull",
    "absolute_effect",
    "absolute_effects",
    "aggregate_effects",
    "albatross_plot",
    "asymmetry_test",
    "baujat",
    "beta_binomial",
    "calibrated_share_beyond",
    "choose_table_method",
    "cluster_robust",
    "combine_directed_p",
    "combine_p",
    "combined_direction",
    "correlated_covariance",
    "cumulative",
    "design_matrix",
    "direction_of",
    "direction_synthesis",
    "effect_direction_plot",
    "estimate_tau2",
    "excess_significance",
    "fail_safe_n",
    "fit_statistics",
    "funnel_plot",
    "glmm",
    "glmm_proportions",
    "glmm_rates",
    "gls",
    "h_interval",
    "i2_q_interval",
    "influence",
    "kenward_roger",
    "leave_one_out",
    "likelihood_ratio_test",
    "log_likelihood",
    "mantel_haenszel",
    "mantel_haenszel_rates",
    "meta_regression",
    "multilevel",
    "outliers",
    "outliers_in_or_out",
    "permutation_test",
    "pet_peese",
    "peto",
    "pool",
    "pool_many",
    "pool_two_by_two",
    "preset_table",
    "pustejovsky_test",
    "rank_test",
    "readings",
    "recommend_binary",
    "regression_test",
    "robust_variance",
    "run_multiverse",
    "selection_model",
    "share_beyond",
    "shared_control_covariance",
    "shared_control_smd_covariance",
    "sign_test",
    "smd_on_instrument",
    "smd_to_risk",
    "standard_settings",
    "studies_in_or_out",
    "study_effects",
    "subgroups",
    "subgroups_common",
    "summarise_effects",
    "synthesise",
    "table_asymmetry_test",
    "tau2_interval",
    "trimfill",
    "vote_count",
    "what_if_null",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
