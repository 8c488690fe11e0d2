"""One fault, one finding: what follows from a fault is dropped where the fault itself is found."""

from __future__ import annotations

from collections.abc import Iterable

from reviewkit.trust.rows import Finding

_SPREAD = frozenset({
    "p_mismatch", "within_p_as_between", "effect_implausible", "sd_impossible", "ci_asymmetric", "grim_fail",
    "baseline_imbalance_change", "ci_vs_p_conflict", "decimal_shift", "scale_reversed",
})  # fmt: skip
_EVERYTHING_ELSE = _SPREAD | {"se_as_sd", "sd_as_se", "lost_minus", "median_as_mean", "md_labelled_smd"}

CONSEQUENCES: dict[str, frozenset[str]] = {
    "metric_mixed": _EVERYTHING_ELSE | {"unit_wrong"},
    "unit_wrong": _EVERYTHING_ELSE,
    "se_as_sd": _SPREAD,
    "sd_as_se": _SPREAD,
    "decimal_shift": _SPREAD - {"decimal_shift"} | {"lost_minus", "se_as_sd"},
    "lost_minus": frozenset({"baseline_imbalance_change", "ci_asymmetric", "ci_vs_p_conflict", "p_mismatch",
                             "within_p_as_between", "scale_reversed", "effect_implausible"}),
    "sd_impossible": frozenset({"p_mismatch", "within_p_as_between", "effect_implausible", "decimal_shift", "grim_fail",
                                "ci_asymmetric"}),
    "grim_fail": frozenset({"baseline_imbalance_change"}),
    "median_as_mean": frozenset({"p_mismatch", "grim_fail", "effect_implausible"}),
    "md_labelled_smd": frozenset({"effect_implausible", "p_mismatch", "ci_vs_p_conflict"}),
    "within_p_as_between": frozenset({"p_mismatch"}),
    "ci_vs_p_conflict": frozenset({"p_mismatch"}),
    "baseline_imbalance_change": frozenset({"effect_implausible", "p_mismatch", "scale_reversed"}),
    "scale_reversed": frozenset({"effect_implausible"}),
    "events_gt_n": frozenset({"percent_not_whole", "p_mismatch", "p_depends_on_test", "n_gt_randomised"}),
    "n_gt_randomised": frozenset({"percent_not_whole", "p_mismatch", "p_depends_on_test"}),
    "percent_not_whole": frozenset({"p_mismatch", "p_depends_on_test"}),
    "same_sample_twice": frozenset({"shared_comparator"}),
}  # fmt: skip
"""For each code, the codes that it explains in the same outcome of the same study."""

_RANK = {code: rank for rank, code in enumerate(CONSEQUENCES)}
"""Where two codes explain each other, the one that stands first above is the fault."""


def _place(finding: Finding) -> tuple[set[str], set[str]]:
    return set(finding.study_id.split("|")), set(finding.outcome.split("|"))


def _same_place(first: Finding, second: Finding) -> bool:
    (studies1, outcomes1), (studies2, outcomes2) = _place(first), _place(second)
    return bool(studies1 & studies2) and bool(outcomes1 & outcomes2)


def _explains(cause: Finding, effect: Finding) -> bool:
    if cause is effect or effect.code not in CONSEQUENCES.get(cause.code, frozenset()):
        return False
    mutual = cause.code in CONSEQUENCES.get(effect.code, frozenset())
    return _same_place(cause, effect) and not (mutual and _RANK[cause.code] >= _RANK[effect.code])


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Drop findings that another finding of the same study and outcome explains; order is kept."""
    every = list(dict.fromkeys(findings))
    return [finding for finding in every if not any(_explains(cause, finding) for cause in every)]
