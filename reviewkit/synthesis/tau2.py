"""Estimators of the between-study variance tau².

One function, `estimate_tau2`, names them all. Every estimate is truncated at zero; an estimate that a formula puts
below zero is zero.

References
----------
Veroniki AA et al. Res Synth Methods 2016;7:55-79. doi:10.1002/jrsm.1164 (the estimators compared)
Viechtbauer W. J Educ Behav Stat 2005;30:261-293. doi:10.3102/10769986030003261 (HE, HS, DL, ML, REML; standard errors)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import chi2_ppf
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.likelihood import MAX_ITERATIONS, Peak, Profile, maximise

Tau2Method = Literal["REML", "ML", "DL", "PM", "EB", "SJ", "HE", "HS", "HSk", "PMM", "DLIT", "SJIT"]

TAU2_NAMES: dict[str, str] = {
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "EB": "empirical Bayes",
    "SJ": "Sidik-Jonkman",
    "HE": "Hedges (Cochran)",
    "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt with small-sample correction",
    "PMM": "median-unbiased Paule-Mandel",
    "DLIT": "iterated DerSimonian-Laird",
    "SJIT": "iterated Sidik-Jonkman",
}


@dataclass(frozen=True, slots=True)
class Tau2Estimate:
    """An estimate of tau² with its standard error.

    ``maxima`` lists every local maximum of the likelihood (ML and REML), in ascending order: more than one means
    that the data support several values. ``se`` is None where a single study leaves nothing to estimate.
    """

    tau2: float
    se: float | None
    method: str
    converged: bool = True
    maxima: tuple[float, ...] = ()


def estimate_tau2(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", design: ArrayLike | None = None
) -> Tau2Estimate:
    """Estimate the between-study variance.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    method : str
        REML, ML (both by a global search), DL, PM, EB, SJ, HE, HS, HSk, PMM, DLIT or SJIT.
    design : array_like, shape (k, p), optional
        Design matrix of a meta-regression, the intercept's column included; without it, an intercept alone.
        tau² is then the residual heterogeneity.

    Raises
    ------
    InputError
        For bad data, an unknown method, or a design that is not of full rank or leaves no degree of freedom.

    Examples
    --------
    >>> round(estimate_tau2([0.1, 0.5, 0.9], [0.02, 0.03, 0.02]).tau2, 4)
    0.1432
    """
    check_choice("tau2", method, Tau2Method)
    data = check_studies(yi, vi)
    if data.yi.size == 0:
        raise InputError("no study: there must be at least one to estimate tau².", code="no-study")
    return profile_tau2(Profile(data.yi, data.vi, checked_design(design, data.yi.size)), method)


def checked_design(design: ArrayLike | None, k: int) -> Array | None:
    """The design as a matrix of full rank with k rows and fewer columns, or None; `InputError` where it is not."""
    if design is None:
        return None
    x = np.asarray(design, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != k:
        raise InputError(f"design has shape {x.shape}: must have {k} rows, one a study.", code="bad-design")
    if x.shape[1] >= k or np.linalg.matrix_rank(x) < x.shape[1]:
        raise InputError(
            f"design has {x.shape[1]} columns of rank {np.linalg.matrix_rank(x)} for {k} studies: "
            "columns must be independent and fewer than the studies.",
            code="bad-design",
        )
    return x


def profile_tau2(profile: Profile, method: str) -> Tau2Estimate:
    """`estimate_tau2` for data that are checked already."""
    if profile.df < 1:
        return Tau2Estimate(0.0, None, method)
    found = _ESTIMATORS[method](profile)
    return Tau2Estimate(found.tau2, _standard_error(profile, method, found.tau2), method, found.converged, found.maxima)


def generalised_q(profile: Profile, tau2: float) -> tuple[float, float]:
    """Q with weights 1/(vi + tau²), and minus its derivative."""
    w, e, _ = profile.fit(tau2)
    we = w * e
    return float(e @ we), float(we @ we)


def solve_q(profile: Profile, target: float) -> Peak:
    """The tau² ≥ 0 at which Q(tau²) = ``target``; 0 where Q(0) lies below it.

    1/Q rises and is concave in tau², so Newton's steps on it from below never overshoot.
    """
    tau2 = max(0.0, profile.rss / target - float(profile.vi.max()))
    for _ in range(MAX_ITERATIONS):
        q, fall = generalised_q(profile, tau2)
        if q <= target:
            return Peak(tau2)
        step = q * (q / target - 1.0) / fall
        tau2 += step
        if step <= 1e-14 * tau2:
            return Peak(tau2)
    return Peak(tau2, converged=False)


def _dersimonian_laird(profile: Profile) -> Peak:
    w, e, inverse = profile.fit(0.0)
    return Peak(max(0.0, (float(e @ (w * e)) - profile.df) / profile.trace_p(w, inverse)))


def _hedges(profile: Profile) -> Peak:
    return Peak(max(0.0, (profile.rss - _unweighted_trace(profile)) / profile.df))


def _hunter_schmidt(profile: Profile) -> Peak:
    w, e, _ = profile.fit(0.0)
    return Peak(max(0.0, (float(e @ (w * e)) - w.size) / float(w.sum())))


def _hunter_schmidt_k(profile: Profile) -> Peak:
    w, e, _ = profile.fit(0.0)
    corrected = w.size / profile.df * float(e @ (w * e))
    return Peak(max(0.0, (corrected - w.size) / float(w.sum())))


def _sidik_jonkman(profile: Profile) -> Peak:
    start = _rough_variance(profile)
    if start == 0.0:
        return Peak(0.0)
    return Peak(start * generalised_q(profile, start)[0] / profile.df)


def _rough_variance(profile: Profile) -> float:
    """Sidik and Jonkman's first guess: the spread of the effects about their mean, over k (not k − 1)."""
    if profile.x is None:
        return profile.rss / profile.vi.size
    total = profile.y + profile.x @ profile.coefficients
    return float(np.var(total))


def _paule_mandel(profile: Profile) -> Peak:
    return solve_q(profile, float(profile.df))


def _median_paule_mandel(profile: Profile) -> Peak:
    return solve_q(profile, float(chi2_ppf(0.5, profile.df)))


_ESTIMATORS: dict[str, Callable[[Profile], Peak]] = {
    "REML": lambda profile: maximise(profile, restricted=True),
    "ML": lambda profile: maximise(profile, restricted=False),
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_k,
    "SJ": _sidik_jonkman,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "DLIT": _paule_mandel,
    "SJIT": _paule_mandel,
    "PMM": _median_paule_mandel,
}


def _trace_pp(profile: Profile, w: Array, inverse: Array) -> float:
    """Trace of PP."""
    w2 = w * w
    if profile.x is None:
        scale = float(inverse[0, 0])
        return float(w @ w) - 2.0 * float(w2 @ w) * scale + (float(w @ w) * scale) ** 2
    second = (profile.x.T * w2) @ profile.x @ inverse
    third = (profile.x.T * (w2 * w)) @ profile.x @ inverse
    return float(w @ w - 2.0 * np.trace(third) + np.sum(second * second.T))


def _unweighted_trace(profile: Profile) -> float:
    """Trace of MV, with M the projection off the design."""
    if profile.x is None:
        return float(profile.vi.sum()) * (1.0 - 1.0 / profile.vi.size)
    hat = np.einsum("ij,jk,ik->i", profile.x, np.linalg.inv(profile.x.T @ profile.x), profile.x)
    return float(profile.vi @ (1.0 - hat))


def _standard_error(profile: Profile, method: str, tau2: float) -> float:
    """Asymptotic standard error of the estimate, as the cited paper and metafor give it."""
    df, k = profile.df, profile.vi.size
    if method in ("REML", "ML"):
        w, _, inverse = profile.fit(tau2)
        return math.sqrt(2.0 / (float(w @ w) if method == "ML" else _trace_pp(profile, w, inverse)))
    if method in ("PM", "EB", "PMM", "DLIT", "SJIT"):
        w = 1.0 / (profile.vi + tau2)
        return math.sqrt(2.0 * k * k / df) / float(w.sum())
    if method == "HE":
        return _quadratic_form_error(profile, np.ones(k), tau2) / df
    if method == "SJ":
        start = _rough_variance(profile)
        if start == 0.0:
            return 0.0
        return start / df * _quadratic_form_error(profile, 1.0 / (profile.vi + start), tau2)
    w, _, inverse = profile.fit(0.0)
    error = _quadratic_form_error(profile, w, tau2)
    if method == "DL":
        return error / profile.trace_p(w, inverse)
    return error / float(w.sum()) * (k / df if method == "HSk" else 1.0)


def _quadratic_form_error(profile: Profile, w: Array, tau2: float) -> float:
    """Standard deviation of y'Py where var(y) = diag(vi) + tau²: sqrt(2 tr(PΣPΣ)).

    Worked out from the diagonal and a p × p correction, so that the cost grows with k and not with k³.
    """
    sigma = profile.vi + tau2
    x = np.ones((w.size, 1)) if profile.x is None else profile.x
    inverse = np.linalg.inv((x.T * w) @ x)
    once, twice = (x.T * (w * w * sigma)) @ x @ inverse, (x.T * (w**3 * sigma**2)) @ x @ inverse
    total = float(np.sum((w * sigma) ** 2) - 2.0 * np.trace(twice) + np.sum(once * once.T))
    return math.sqrt(2.0 * max(total, 0.0))
