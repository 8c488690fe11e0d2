"""Which studies drive the result: influence diagnostics, Baujat's plot, outliers, shrunken study effects.

References
----------
Viechtbauer W, Cheung MW-L. Res Synth Methods 2010;1:112-125. doi:10.1002/jrsm.11 (influence diagnostics, cut-offs)
Baujat B et al. Stat Med 2002;21:2641-2652. doi:10.1002/sim.1221
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.deletion import Deletions, delete_each
from reviewkit.synthesis.distributions import chi2_cdf, critical
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.tau2 import Tau2Method, checked_design, profile_tau2


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Residuals with standard errors and standardised values, each of shape (k,)."""

    resid: Array
    se: Array
    z: Array


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Influence of each study, in the order given; arrays of shape (k,), ``dfbetas`` (k, p).

    Attributes
    ----------
    rstudent : array
        Studentised deleted residual.
    dffits : array
        Change of the fitted value, in standard errors.
    cook_d : array
        Cook's distance: squared change of the coefficients in the metric of their covariance.
    cov_r : array
        Determinant of the coefficients' covariance without the study, over that with it.
    tau2_del, q_del : array
        tau² and (residual) Q without the study.
    hat, weight : array
        Leverage, and weight in percent.
    dfbetas : array
        Change of each coefficient, in standard errors.
    standardised, deleted : Residuals
        Internally standardised residuals, and deleted residuals with their errors (``rstudent`` is their ``z``).
    flagged : tuple of int
        Positions (from 0) beyond Viechtbauer and Cheung's cut-offs.
    full_scans : int
        Deletions whose likelihood had more than one candidate and was searched on its own.
    """

    studies: tuple[str, ...]
    rstudent: Array
    dffits: Array
    cook_d: Array
    cov_r: Array
    tau2_del: Array
    q_del: Array
    hat: Array
    weight: Array
    dfbetas: Array
    standardised: Residuals
    deleted: Residuals
    flagged: tuple[int, ...]
    converged: bool
    full_scans: int

    @property
    def flagged_studies(self) -> tuple[str, ...]:
        """Names of the influential studies."""
        return tuple(self.studies[i] for i in self.flagged)

    def __str__(self) -> str:
        if not self.flagged:
            return f"None of {len(self.studies)} studies is influential by Viechtbauer and Cheung's cut-offs."
        return f"Influential of {len(self.studies)} studies: {', '.join(self.flagged_studies)}."


@dataclass(frozen=True, slots=True, eq=False)
class Baujat:
    """Baujat's coordinates: ``x`` a study's share in the heterogeneity, ``y`` its pull on the pooled effect."""

    studies: tuple[str, ...]
    x: Array
    y: Array


@dataclass(frozen=True, slots=True, eq=False)
class StudyEffects:
    """Best linear unbiased predictions: each study's effect shrunk towards the mean, with interval."""

    studies: tuple[str, ...]
    effect: Array
    se: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Full:
    """The fit with all studies."""

    profile: Profile
    design: Array
    tau2: float
    w: Array
    residuals: Array
    inverse: Array
    beta: Array
    scale: float


def influence(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    design: ArrayLike | None = None,
    studies: Sequence[str] | None = None,
    model: Literal["random", "common"] = "random",
    tau2: Tau2Method = "REML",
    ci: Literal["normal", "hk"] = "normal",
) -> Influence:
    """Influence of each study on a pooled estimate or a meta-regression.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    design : array_like, shape (k, p), optional
        Design matrix of a meta-regression, the intercept's column included.
    studies : sequence of str, optional
        Names.
    model : {'random', 'common'}
    tau2 : str
        Estimator of tau², refitted without each study.
    ci : {'normal', 'hk'}
        With 'hk' the standard errors carry Hartung and Knapp's factor.

    Raises
    ------
    InputError
        For bad data, or no more than one degree of freedom to spare.

    Examples
    --------
    >>> result = influence([0.1, 0.2, 0.15, 1.4], [0.02, 0.03, 0.02, 0.02], studies=["A", "B", "C", "D"])
    >>> result.rstudent.round(1).tolist()
    [-0.6, -0.4, -0.5, 7.6]
    """
    check_choice("model", model, ("random", "common"))
    check_choice("tau2", tau2, Tau2Method)
    check_choice("ci", ci, ("normal", "hk"))
    data = check_studies(yi, vi, studies)
    x = checked_design(design, data.yi.size)
    p = 1 if x is None else x.shape[1]
    if data.yi.size < p + 2:
        raise InputError(
            f"{data.yi.size} studies and {p} coefficient{'s' if p > 1 else ''}: influence needs at least {p + 2}.",
            code="too-few-studies",
        )
    full = _fit_full(data.yi, data.vi, x, None if model == "common" else tau2, ci == "hk")
    gone = delete_each(data.yi, data.vi, x, None if model == "common" else tau2, full.tau2)
    return _diagnose(data.yi, data.names, full, gone, ci == "hk")


def _fit_full(yi: Array, vi: Array, design: Array | None, method: str | None, hk: bool) -> _Full:
    profile = Profile(yi, vi, design)
    tau2 = 0.0 if method is None else profile_tau2(profile, method).tau2
    w, e, inverse = profile.fit(tau2)
    scale = float(e @ (w * e)) / profile.df if hk else 1.0
    x = np.ones((yi.size, 1)) if design is None else design
    return _Full(profile, x, tau2, w, e, inverse, profile.beta(w), scale)


def _diagnose(yi: Array, names: tuple[str, ...], full: _Full, gone: Deletions, hk: bool) -> Influence:
    x, vi = full.design, full.profile.vi
    scale = gone.scale if hk else np.ones(yi.size)
    shift = full.beta[None, :] - gone.coefficients
    total = vi + gone.tau2
    leverage = np.einsum("ij,ijk,ik->i", x, gone.inverse, x)
    deleted = yi - np.einsum("ij,ij->i", x, gone.coefficients)
    hat = full.w * np.einsum("ij,jk,ik->i", x, full.inverse, x)
    metric = np.linalg.inv(full.inverse) / full.scale
    cook = np.einsum("ij,jk,ik->i", shift, metric, shift)
    dffits = np.einsum("ij,ij->i", x, shift) / np.sqrt(scale * hat * total)
    dfbetas = shift / np.sqrt(scale[:, None] * _diagonal_with_all(x, vi, gone))
    spread = np.sqrt(scale * (total + leverage))
    standard = np.sqrt(_standard_variance(full, hat))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Influence(
            studies=names,
            rstudent=deleted / spread,
            dffits=dffits,
            cook_d=cook,
            cov_r=np.linalg.det(gone.inverse * scale[:, None, None]) / np.linalg.det(full.inverse * full.scale),
            tau2_del=gone.tau2,
            q_del=gone.q,
            hat=hat,
            weight=100.0 * full.w / full.w.sum(),
            dfbetas=dfbetas,
            standardised=Residuals(full.residuals, standard, full.residuals / standard),
            deleted=Residuals(deleted, spread, deleted / spread),
            flagged=_flagged(dffits, cook, hat, dfbetas),
            converged=gone.converged,
            full_scans=gone.full_scans,
        )


def _standard_variance(full: _Full, hat: Array) -> Array:
    """Variance of y − Xb where var(y) = diag(vi) + tau²."""
    return np.asarray((full.profile.vi + full.tau2) * (1.0 - hat))


def _diagonal_with_all(x: Array, vi: Array, gone: Deletions) -> Array:
    """Diagonals of (X'WX)⁻¹ over all studies with the weights at the tau² of each deletion, shape (k, p)."""
    own = x[:, :, None] * x[:, None, :] / (vi + gone.tau2)[:, None, None]
    lost = np.isnan(gone.tau2)
    whole = np.linalg.inv(np.where(lost[:, None, None], np.eye(x.shape[1]), gone.inverse)) + own
    diagonal = np.diagonal(np.linalg.inv(np.where(lost[:, None, None], np.eye(x.shape[1]), whole)), axis1=1, axis2=2)
    return np.where(lost[:, None], np.nan, diagonal)


def _flagged(dffits: Array, cook: Array, hat: Array, dfbetas: Array) -> tuple[int, ...]:
    k, p = dfbetas.shape
    beyond = (
        (np.abs(dffits) > 3.0 * math.sqrt(p / (k - p)))
        | (chi2_cdf(cook, p) > 0.5)
        | (hat > 3.0 * p / k)
        | (np.abs(dfbetas) > 1.0).any(axis=1)
    )
    return tuple(np.flatnonzero(beyond).tolist())


def baujat(pooled: Pooled) -> Baujat:
    """Baujat's coordinates of a pool: contribution to heterogeneity, and squared shift of the estimate.

    Parameters
    ----------
    pooled : Pooled
        With at least three studies.

    Raises
    ------
    InputError
        For fewer studies.
    """
    if pooled.k < 3:
        raise InputError(f"{pooled.k} studies: Baujat's plot needs at least 3.", code="too-few-studies")
    gone = delete_each(pooled.yi, pooled.vi, None, pooled.tau2_method or None, pooled.tau2)
    x = (pooled.yi - pooled.estimate) ** 2 / (pooled.vi + pooled.tau2)
    y = (gone.coefficients[:, 0] - pooled.estimate) ** 2 / gone.inverse[:, 0, 0]
    return Baujat(pooled.studies, x, y)


def outliers(pooled: Pooled, *, rule: Literal["studentised", "interval"] = "studentised") -> tuple[str, ...]:
    """Studies that fit badly with the others.

    Parameters
    ----------
    pooled : Pooled
        With at least three studies.
    rule : {'studentised', 'interval'}
        'studentised': the deleted residual lies beyond the normal quantile of the pool's level. With many studies
        some do by chance. 'interval': the study's own interval and the pooled one do not overlap.

    Raises
    ------
    InputError
        For fewer studies.
    """
    check_choice("rule", rule, ("studentised", "interval"))
    if pooled.k < 3:
        raise InputError(f"{pooled.k} studies: an outlier needs at least 3.", code="too-few-studies")
    z = critical(pooled.level)
    if rule == "interval":
        half = z * np.sqrt(pooled.vi)
        out = (pooled.yi + half < pooled.ci_low) | (pooled.yi - half > pooled.ci_high)
    else:
        gone = delete_each(pooled.yi, pooled.vi, None, pooled.tau2_method or None, pooled.tau2)
        error = np.sqrt(pooled.vi + gone.tau2 + gone.inverse[:, 0, 0])
        out = np.abs(pooled.yi - gone.coefficients[:, 0]) > z * error
    return tuple(pooled.studies[i] for i in np.flatnonzero(out))


def study_effects(pooled: Pooled) -> StudyEffects:
    """Each study's effect shrunk towards the pooled one (empirical Bayes, BLUP), with interval.

    Parameters
    ----------
    pooled : Pooled
        Of a random-effects model.

    Raises
    ------
    InputError
        For a common-effect model, in which all studies have the same effect.

    References
    ----------
    Raudenbush SW, Bryk AS. J Educ Stat 1985;10:75-98. doi:10.3102/10769986010002075
    """
    if pooled.model != "random":
        raise InputError("a common-effect model has one effect: nothing to predict for each study.", code="bad-model")
    share = pooled.tau2 / (pooled.tau2 + pooled.vi)
    effect = share * pooled.yi + (1.0 - share) * pooled.estimate
    se = np.sqrt(share * pooled.vi + (1.0 - share) ** 2 * pooled.se**2)
    half = critical(pooled.level, pooled.df) * se
    return StudyEffects(pooled.studies, effect, se, effect - half, effect + half)
