"""The likelihood of tau² as a curve, and what compares models: log likelihood, deviance, AIC, BIC."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.pooled import Pooled


@dataclass(frozen=True, slots=True)
class FitStatistics:
    """Log likelihood with its constants, and the criteria that follow from it.

    ``likelihood`` says which one: "REML" for an estimate by REML, else "ML". Criteria of two REML fits compare only
    where the moderators are the same. The deviance is against a saturated model under ML, −2 log likelihood under REML.
    """

    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    aicc: float
    parameters: int
    likelihood: str


def fit_statistics(pooled: Pooled) -> FitStatistics:
    """Log likelihood, deviance, AIC, BIC and small-sample AIC of a pool.

    Parameters
    ----------
    pooled : Pooled

    References
    ----------
    Hurvich CM, Tsai C-L. Biometrika 1989;76:297-307. doi:10.1093/biomet/76.2.297 (AICc)
    """
    restricted = pooled.tau2_method == "REML"
    k = pooled.k - 1 if restricted else pooled.k
    profile = Profile(pooled.yi, pooled.vi)
    value = profile.log_likelihood(pooled.tau2, restricted) - 0.5 * k * math.log(2.0 * math.pi)
    if restricted:
        value += 0.5 * math.log(pooled.k)
        deviance = -2.0 * value
    else:
        saturated = -0.5 * (k * math.log(2.0 * math.pi) + float(np.log(pooled.vi).sum()))
        deviance = 2.0 * (saturated - value)
    parameters = 1 + (pooled.model == "random")
    wide = max(k, parameters + 2)
    return FitStatistics(
        log_likelihood=value,
        deviance=deviance,
        aic=2.0 * parameters - 2.0 * value,
        bic=parameters * math.log(k) - 2.0 * value if k > 0 else math.nan,
        aicc=2.0 * parameters * wide / (wide - parameters - 1) - 2.0 * value,
        parameters=parameters,
        likelihood="REML" if restricted else "ML",
    )


def log_likelihood(yi: ArrayLike, vi: ArrayLike, tau2: ArrayLike, *, method: Literal["REML", "ML"] = "REML") -> Array:
    """The (restricted) log likelihood at each tau², without its constant: the curve that shows several peaks.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    tau2 : array_like, shape (m,)
        Values at which to evaluate, 0 or more.
    method : {'REML', 'ML'}

    Returns
    -------
    array, shape (m,)

    Raises
    ------
    InputError
        For bad data or a negative tau².
    """
    check_choice("method", method, ("REML", "ML"))
    data = check_studies(yi, vi)
    values = np.atleast_1d(np.asarray(tau2, dtype=np.float64))
    if not (values >= 0).all():
        raise InputError("tau2: every value must be 0 or more.", code="negative-tau2")
    profile = Profile(data.yi, data.vi)
    return np.array([profile.log_likelihood(float(value), method == "REML") for value in values])
