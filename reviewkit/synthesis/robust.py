"""Cluster-robust inference: errors that hold although effects within a study depend on each other in unknown ways.

References
----------
Hedges LV, Tipton E, Johnson MC. Res Synth Methods 2010;1:39-65. doi:10.1002/jrsm.5 (robust variance, working models)
Tipton E. Psychol Methods 2015;20:375-393. doi:10.1037/met0000011 (small-sample correction, Satterthwaite df)
Pustejovsky JE, Tipton E. J Bus Econ Stat 2018;36:672-683. doi:10.1080/07350015.2016.1247004 (CR2)
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.dependence import encode
from reviewkit.synthesis.design import INTERCEPT, design_matrix
from reviewkit.synthesis.distributions import special
from reviewkit.synthesis.inputs import Array, check_choice, check_level, check_studies
from reviewkit.synthesis.multilevel_result import Multilevel
from reviewkit.synthesis.pooled import Pooled, number
from reviewkit.synthesis.regression_result import MetaRegression
from reviewkit.synthesis.sandwich import check_count, members_of, sandwich
from reviewkit.synthesis.working_variances import correlated_tau2, hierarchical_variances

Correction = Literal["CR0", "CR1", "CR2"]
WorkingModel = Literal["correlated", "hierarchical"]
FEW_DF = 4.0
"""Satterthwaite degrees of freedom below which a robust p value is not to be trusted (Tipton 2015)."""


@dataclass(frozen=True, slots=True)
class RobustFit:
    """Coefficients with cluster-robust errors, shape (p,) each; ``df`` are the t's degrees of freedom.

    ``tau2``, ``omega2`` (between effects of one study) and ``i2`` are those of a working model; None where the
    errors belong to another fit.
    """

    terms: tuple[str, ...]
    estimate: Array
    vcov: Array
    df: Array
    correction: str
    clusters: int
    k: int
    level: float
    warnings: tuple[str, ...]
    tau2: float | None = None
    omega2: float | None = None
    i2: float | None = None

    @property
    def se(self) -> Array:
        """Robust standard errors."""
        return np.asarray(np.sqrt(np.diag(self.vcov)))

    @property
    def statistic(self) -> Array:
        """t values."""
        return np.asarray(self.estimate / self.se)

    @property
    def p(self) -> Array:
        """Two-sided p values."""
        return np.asarray(2.0 * special.stdtr(self.df, -np.abs(self.statistic)))

    @property
    def ci_low(self) -> Array:
        """Lower bounds."""
        return np.asarray(self.estimate - special.stdtrit(self.df, 0.5 + 0.5 * self.level) * self.se)

    @property
    def ci_high(self) -> Array:
        """Upper bounds."""
        return np.asarray(self.estimate + special.stdtrit(self.df, 0.5 + 0.5 * self.level) * self.se)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        columns = (self.estimate, self.se, self.ci_low, self.ci_high, self.p, self.df)
        names = ("estimate", "se", "ci_low", "ci_high", "p", "df")
        return {
            "correction": self.correction,
            "clusters": self.clusters,
            "k": self.k,
            "tau2": self.tau2,
            "omega2": self.omega2,
            "i2": self.i2,
            "coefficients": [
                {"term": term} | {name: float(column[j]) for name, column in zip(names, columns, strict=True)}
                for j, term in enumerate(self.terms)
            ],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        parts = []
        for j, term in enumerate(self.terms):
            low, high = number(float(self.ci_low[j])), number(float(self.ci_high[j]))
            name = "effect" if term == INTERCEPT else term
            parts.append(f"{name} {number(float(self.estimate[j]))} ({100 * self.level:g}% CI {low} to {high})")
        return f"{self.k} effects in {self.clusters} clusters: {'; '.join(parts)}; {self.correction} robust errors."


def cluster_robust(
    fit: Pooled | MetaRegression | Multilevel,
    clusters: Sequence[Hashable],
    *,
    correction: Correction = "CR2",
    level: float | None = None,
) -> RobustFit:
    """Replace a fit's errors by cluster-robust ones; the coefficients stay.

    Parameters
    ----------
    fit : Pooled, MetaRegression or Multilevel
        Its model is the working model; groupings and known covariances must not reach across clusters.
    clusters : sequence, one for each effect of the fit
        What is independent of each other: the study, the sample, the laboratory.
    correction : {'CR2', 'CR1', 'CR0'}
        "CR2": bias-reduced, with Satterthwaite's degrees of freedom. "CR1": times m/(m − p), t on m − p degrees of
        freedom for m clusters. "CR0": as "CR1" without the factor.
    level : float, optional
        The fit's own without it.

    Raises
    ------
    InputError
        For labels of another length, clusters that the model ties together, or no more clusters than coefficients.

    Examples
    --------
    >>> from reviewkit.synthesis import pool
    >>> fit = cluster_robust(pool([0.1, 0.2, 0.7, 0.9, 0.4], [0.02] * 5), ["a", "a", "b", "b", "c"])
    >>> float(fit.se[0].round(3)), float(fit.df[0].round(2))
    (0.238, 1.8)
    """
    check_choice("correction", correction, Correction)
    wanted = fit.level if level is None else level
    check_level(wanted)
    terms, estimate, x, covariance = _working(fit)
    code = encode(clusters, fit.yi.size)
    members = members_of(code)
    _check_independent(covariance, code)
    vcov, df = sandwich(x, fit.yi - x @ estimate, covariance, members, correction)
    return RobustFit(
        terms=terms,
        estimate=estimate,
        vcov=vcov,
        df=df,
        correction=correction,
        clusters=len(members),
        k=fit.yi.size,
        level=wanted,
        warnings=_warnings(terms, df, x, code),
    )


def robust_variance(
    yi: ArrayLike,
    vi: ArrayLike,
    clusters: Sequence[Hashable],
    *,
    moderators: Mapping[str, Sequence[Any]] | None = None,
    working: WorkingModel = "correlated",
    rho: float = 0.8,
    small_sample: bool = True,
    level: float = 0.95,
) -> RobustFit:
    """Robust variance estimation with Hedges, Tipton and Johnson's weights (as R's robumeta).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    clusters : sequence of length k
        The study of each effect.
    moderators : mapping of str to sequence, optional
        As in `meta_regression`.
    working : {'correlated', 'hierarchical'}
        "correlated": effects of one sample, weights 1/(kj (mean vj + tau²)). "hierarchical": effects of several
        samples of one study, weights 1/(vi + tau² + omega²).
    rho : float
        Correlation within studies, for tau² of the correlated model.
    small_sample : bool
        CR2 with Satterthwaite's degrees of freedom, else m/(m − p) and t on m − p.
    level : float
        Confidence level in (0, 1).

    Raises
    ------
    InputError
        For bad data, or no more studies than coefficients.
    """
    check_choice("working", working, WorkingModel)
    check_level(level)
    data = check_studies(yi, vi)
    code = encode(clusters, data.yi.size)
    if not 0.0 <= rho <= 1.0:
        raise InputError(f"rho = {rho}: must lie between 0 and 1.", code="bad-correlation")
    design = None if not moderators else design_matrix(moderators, studies=data.names)
    x = np.ones((data.yi.size, 1)) if design is None else design.matrix
    if x.shape[0] != data.yi.size:
        raise InputError(f"{x.shape[0]} moderator values for {data.yi.size} effects.", code="length-mismatch")
    members = members_of(code)
    check_count(len(members), x.shape[1])
    if working == "correlated":
        mean = np.bincount(code, weights=data.vi) / np.bincount(code)
        tau2, i2 = correlated_tau2(data.yi, data.vi, x, code, rho)
        variance, omega2 = np.bincount(code)[code] * (mean[code] + tau2), None
    else:
        tau2, omega2 = hierarchical_variances(data.yi, data.vi, x, code)
        variance, i2 = data.vi + tau2 + omega2, None
    xw = x.T / variance
    estimate = np.asarray(np.linalg.solve(xw @ x, xw @ data.yi), dtype=np.float64)
    correction = "CR2" if small_sample else "CR1"
    vcov, df = sandwich(x, data.yi - x @ estimate, variance, members, correction)
    terms = (INTERCEPT,) if design is None else design.terms
    return RobustFit(
        terms=terms,
        estimate=estimate,
        vcov=vcov,
        df=df,
        correction=correction,
        clusters=len(members),
        k=data.yi.size,
        level=level,
        warnings=_warnings(terms, df, x, code),
        tau2=tau2,
        omega2=omega2,
        i2=i2,
    )


def _working(fit: Pooled | MetaRegression | Multilevel) -> tuple[tuple[str, ...], Array, Array, Array]:
    """Terms, coefficients, design and covariance of a fit."""
    if isinstance(fit, Multilevel):
        return fit.terms, fit.estimate, fit.design.matrix, fit.marginal
    if isinstance(fit, MetaRegression):
        return fit.terms, fit.estimate, fit.design.matrix, fit.vi + fit.tau2
    return (INTERCEPT,), np.array([fit.estimate]), np.ones((fit.yi.size, 1)), fit.vi + fit.tau2


def _check_independent(covariance: Array, code: NDArray[np.intp]) -> None:
    if covariance.ndim == 2 and np.any(covariance[code[:, None] != code[None, :]] != 0.0):
        raise InputError(
            "the model ties effects of different clusters together.",
            code="clusters-not-independent",
            remedy="Use the outermost grouping of the model, or a coarser one, as clusters.",
        )


def _warnings(terms: Sequence[str], df: Array, x: Array, code: NDArray[np.intp]) -> tuple[str, ...]:
    found = []
    few = [term for term, value in zip(terms, df.tolist(), strict=True) if math.isfinite(value) and value < FEW_DF]
    if few:
        found.append(f"Fewer than {FEW_DF:g} degrees of freedom for {', '.join(few)}: do not trust the robust p value.")
    lone = [term for term, column in zip(terms, x.T, strict=True) if np.unique(code[column != 0.0]).size < 2]
    if lone:
        found.append(f"One cluster alone has {', '.join(lone)}: nothing tells how it varies between clusters.")
    return tuple(found)
