"""Subgroups: a pool in each, and the test whether they differ.

References
----------
Borenstein M et al. Introduction to Meta-Analysis. Wiley 2009, chapter 19. doi:10.1002/9780470743386
Cochrane Handbook, section 10.11.3.1 (the between-group test; separate tau² as in RevMan)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import chi2_sf, critical, f_sf, two_sided_p
from reviewkit.synthesis.heterogeneity import q_test
from reviewkit.synthesis.inputs import Array, check_choice, check_level, check_studies
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.pooled import Pooled, number
from reviewkit.synthesis.pooling import pool
from reviewkit.synthesis.presets import find_preset
from reviewkit.synthesis.tau2 import Tau2Method, profile_tau2

CommonCi = Literal["normal", "hk"]


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """The effect of one subgroup where all share one tau²."""

    group: str
    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p: float


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Pools by subgroup with separate tau², and the test between them.

    Attributes
    ----------
    groups : dict of str to Pooled
        One pool each, in the order of ``levels``; a group with one study holds that study.
    q_between, q_df, q_p : float
        Chi-squared test of the group estimates, each weighted by 1/se².
    q_within : float
        Cochran's Q within the groups, summed.
    overall : Pooled
        All studies together.
    """

    groups: dict[str, Pooled]
    q_between: float
    q_df: int
    q_p: float
    q_within: float
    overall: Pooled
    warnings: tuple[str, ...]

    @property
    def k(self) -> int:
        """Studies in all groups."""
        return self.overall.k

    def as_dict(self) -> dict[str, object]:
        """The overall pool's JSON with its ``subgroups`` filled in, and the test between them."""
        rows = [{"group": name, **pooled.as_dict()} for name, pooled in self.groups.items()]
        test = {"q_between": self.q_between, "q_between_df": self.q_df, "q_between_p": self.q_p}
        warnings = [*self.overall.warnings, *self.warnings]
        return {**self.overall.as_dict(), **test, "subgroups": rows, "warnings": warnings, "sentence": str(self)}

    def __str__(self) -> str:
        parts = "; ".join(f"{name}: {pooled}" for name, pooled in self.groups.items())
        return f"{parts} Difference between groups: Q = {number(self.q_between)}, df {self.q_df}, p = {self.q_p:.2g}."


@dataclass(frozen=True, slots=True)
class SubgroupsCommon:
    """Effects by subgroup with one tau² for all (a meta-regression on the group).

    ``qm`` tests whether the groups differ: chi-squared with ``qm_df[0]`` degrees of freedom, or F where
    ``qm_df[1]`` is finite. ``r2`` is the share of tau² that the grouping explains, in percent
    (0 where there is no tau² to explain).
    """

    groups: tuple[GroupEffect, ...]
    tau2: float
    tau2_method: str
    qe: float
    qe_df: int
    qe_p: float
    qm: float
    qm_df: tuple[int, float]
    qm_p: float
    r2: float
    converged: bool


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[str],
    *,
    levels: Sequence[str] | None = None,
    test_ci: str = "normal",
    **options: Any,
) -> Subgroups:
    """Pool within subgroups, each with its own tau², and test whether the groups differ.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    groups : sequence of str
        The subgroup of each study.
    levels : sequence of str, optional
        Order of the groups; without it, alphabetical. Studies of groups not named are left out, and said to be.
    test_ci : {'normal', 'hk', 'hk-adhoc'}
        Which standard error weighs the groups in the test: Wald's (the usual) or Hartung-Knapp's.
    **options
        As in `pool` (model, tau2, ci, ...); ``studies`` may name the studies.

    Raises
    ------
    InputError
        For fewer than two groups, or a list of groups of the wrong length.
    """
    check_choice("test_ci", test_ci, ("normal", "hk", "hk-adhoc"))
    data = check_studies(yi, vi, options.pop("studies", None))
    label, order = _labels(groups, data.yi.size, levels)
    pools: dict[str, Pooled] = {}
    for level in order:
        inside = label == level
        study = tuple(np.asarray(data.names)[inside].tolist())
        pools[level] = pool(data.yi[inside], data.vi[inside], studies=study, **options)
    known = np.isin(label, order)
    study = tuple(np.asarray(data.names)[known].tolist())
    overall = pool(data.yi[known], data.vi[known], studies=study, **options)
    estimate = np.array([p.estimate for p in pools.values()])
    error = np.array([p.confidence(test_ci).se for p in pools.values()])
    between = q_test(Profile(estimate, error**2))
    left = [] if known.all() else [f"Left out, since in no group named: {_count(int((~known).sum()))}."]
    single = [name for name, p in pools.items() if p.k == 1]
    left.extend([f"Groups with one study: {', '.join(single)}."] if single else [])
    within = sum(p.q for p in pools.values())
    return Subgroups(pools, between.q, between.df, between.p, within, overall, tuple(left))


def subgroups_common(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[str],
    *,
    levels: Sequence[str] | None = None,
    tau2: Tau2Method | None = None,
    ci: CommonCi = "hk",
    level: float = 0.95,
) -> SubgroupsCommon:
    """Effects by subgroup with one tau² for all of them: steadier where groups are small.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    groups, levels
        As in `subgroups`.
    tau2 : str, optional
        Estimator of the residual tau²; REML without it.
    ci : {'hk', 'normal'}
        Hartung and Knapp's F test and t intervals on k − groups degrees of freedom, or chi-squared and normal.
    level : float
        Confidence level in (0, 1).

    Raises
    ------
    InputError
        For fewer than two groups, or no more studies than groups.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693-2710. doi:10.1002/sim.1482
    """
    check_choice("ci", ci, CommonCi)
    check_level(level)
    method = tau2 or find_preset("cochrane").tau2.value
    check_choice("tau2", method, Tau2Method)
    data = check_studies(yi, vi)
    label, order = _labels(groups, data.yi.size, levels)
    known = np.isin(label, order)
    design = (label[known, None] == np.asarray(order)[None, :]).astype(np.float64)
    if (n := int(known.sum())) <= len(order):
        problem = f"{n} studies in {len(order)} groups: more studies than groups are needed to share a tau²."
        raise InputError(problem, code="too-few-studies")
    profile = Profile(data.yi[known], data.vi[known], design)
    between = profile_tau2(profile, method)
    w, e, inverse = profile.fit(between.tau2)
    scale = float(e @ (w * e)) / profile.df if ci == "hk" else 1.0
    beta, df = profile.beta(w), float(profile.df) if ci == "hk" else math.inf
    qm, qm_df, qm_p = _between_test(beta, inverse * scale, df)
    rest = q_test(profile)
    alone = profile_tau2(Profile(data.yi[known], data.vi[known]), method).tau2
    return SubgroupsCommon(
        groups=tuple(_effects(order, design, beta, inverse * scale, (level, df))),
        tau2=between.tau2,
        tau2_method=method,
        qe=rest.q,
        qe_df=rest.df,
        qe_p=rest.p,
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        r2=max(0.0, 100.0 * (alone - between.tau2) / alone) if alone > 0 else 0.0,
        converged=between.converged,
    )


def _effects(
    order: Sequence[str], design: Array, beta: Array, covariance: Array, how: tuple[float, float]
) -> list[GroupEffect]:
    level, df = how
    rows = []
    for j, name in enumerate(order):
        estimate, se = float(beta[j]), math.sqrt(float(covariance[j, j]))
        half = critical(level, df) * se
        p = two_sided_p(estimate / se, df) if se > 0 else 0.0
        rows.append(GroupEffect(name, int(design[:, j].sum()), estimate, se, estimate - half, estimate + half, p))
    return rows


def _between_test(beta: Array, covariance: Array, df: float) -> tuple[float, tuple[int, float], float]:
    """Wald test that all group effects are equal: chi-squared, or F over its numerator's degrees of freedom."""
    contrast = np.eye(beta.size)[1:] - np.eye(beta.size)[:1]
    side = contrast @ beta
    wald = float(side @ np.linalg.solve(contrast @ covariance @ contrast.T, side))
    m = beta.size - 1
    if math.isinf(df):
        return wald, (m, df), float(chi2_sf(wald, m))
    return wald / m, (m, df), float(f_sf(wald / m, m, df))


def _count(k: int) -> str:
    return "1 study" if k == 1 else f"{k} studies"


def _labels(groups: Sequence[str], k: int, levels: Sequence[str] | None) -> tuple[NDArray[np.object_], list[str]]:
    label = np.array([str(group) for group in groups], dtype=object)
    if label.size != k:
        raise InputError(
            f"groups has {label.size} values for {k} studies: there must be one for each study.", code="length-mismatch"
        )
    order = sorted(set(label.tolist())) if levels is None else [str(level) for level in levels]
    empty = [level for level in order if level not in set(label.tolist())]
    if empty:
        raise InputError(f"no study belongs to group {', '.join(empty)}.", code="empty-group")
    if len(order) < 2:
        raise InputError(
            f"one group ({', '.join(order)}): subgroups need at least two.",
            code="one-level",
            remedy="Leave the grouping out, or correct the column.",
        )
    return label, order
