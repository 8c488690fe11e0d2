"""Meta-regression: effects explained by one or several moderators, with or without residual heterogeneity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.design import Design, complete_rows, design_matrix
from reviewkit.synthesis.distributions import chi2_sf, f_sf
from reviewkit.synthesis.heterogeneity import q_test
from reviewkit.synthesis.inputs import Array, Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import CiMethod
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.pooling import RATIOS
from reviewkit.synthesis.regression_result import LikelihoodRatio, MetaRegression, OmnibusTest
from reviewkit.synthesis.tau2 import Tau2Estimate, Tau2Method, profile_tau2

FEW_PER_MODERATOR = 10
"""Studies for each moderator below which a meta-regression is unreliable (Handbook 10.11.5.1)."""


def meta_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    moderators: Mapping[str, Sequence[Any]],
    *,
    interactions: Sequence[Sequence[str]] = (),
    model: Literal["random", "common"] = "random",
    tau2: Tau2Method = "REML",
    ci: CiMethod = "hk",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
    measure: str = "GEN",
    missing: Literal["error", "drop"] = "error",
    intercept: bool = True,
) -> MetaRegression:
    """Regress effects on moderators, weighting studies by inverse variance.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects (ratios as logarithms) and sampling variances.
    moderators : mapping of str to sequence, each of length k
        Numbers, or text for categories, which become dummies against the alphabetically first level.
    interactions : sequence of sequences of str
        Products, such as ``[("weeks", "tester")]``.
    model : {'random', 'common'}
        With residual heterogeneity (mixed effects), or without.
    tau2 : str
        Estimator of the residual tau², see `estimate_tau2`.
    ci : {'hk', 'normal', 't', 'hk-adhoc'}
        "hk": Knapp and Hartung's errors with t and F on k − p degrees of freedom; "normal": Wald with z and
        chi-squared; "t": Wald's errors with t and F; "hk-adhoc": as "hk", errors never smaller than Wald's.
    level : float
        Confidence level in (0, 1).
    studies : sequence of str, optional
        Names, one a study.
    measure : str
        What was measured, for the scale; see `pool`.
    missing : {'error', 'drop'}
        What to do with a study without effect, variance or a moderator; dropped ones are listed in ``excluded``.
    intercept : bool
        Whether the model has an intercept.

    Returns
    -------
    MetaRegression
        Columns that are redundant are left out, named in ``design.dropped`` and in the warnings.

    Raises
    ------
    InputError
        For bad data (each study named), no moderator, a moderator with one value or level, or no more studies than
        coefficients.

    References
    ----------
    Thompson SG, Higgins JPT. Stat Med 2002;21:1559-1573. doi:10.1002/sim.1187
    Knapp G, Hartung J. Stat Med 2003;22:2693-2710. doi:10.1002/sim.1482
    Raudenbush SW. In: Handbook of Research Synthesis, 2nd ed., 2009:295-315 (R², the share of tau² explained)

    Examples
    --------
    >>> fit = meta_regression([0.1, 0.3, 0.4, 0.7], [0.02, 0.03, 0.02, 0.04], {"dose": [1, 2, 3, 4]}, ci="normal")
    >>> fit.terms, fit.estimate.round(3)
    (('(Intercept)', 'dose'), array([-0.089,  0.181]))
    """
    check_choice("model", model, Literal["random", "common"])
    check_choice("tau2", tau2, Tau2Method)
    check_choice("ci", ci, CiMethod)
    check_level(level)
    data, design = prepare(yi, vi, moderators, interactions, studies, missing, intercept)
    return _fit(data, design, model=model, method=tau2, ci=ci, level=level, measure=measure)


def prepare(
    yi: ArrayLike,
    vi: ArrayLike,
    moderators: Mapping[str, Sequence[Any]],
    interactions: Sequence[Sequence[str]],
    studies: Sequence[str] | None,
    missing: str,
    intercept: bool = True,
) -> tuple[Studies, Design]:
    """Studies and design matrix, checked against each other; incomplete studies dropped where that is allowed."""
    every = check_studies(yi, vi, studies, missing=missing)
    k = len(every.names) + len(every.excluded)
    if k == 0:
        raise InputError("no study to regress on.", code="no-study")
    wrong = [f"{name} has {len(values)}" for name, values in moderators.items() if len(values) != k]
    if wrong:
        raise InputError(f"{', '.join(wrong)} values for {k} studies.", code="length-mismatch")
    if missing == "drop" and moderators:
        y, v = np.asarray(yi, dtype=np.float64), np.asarray(vi, dtype=np.float64)
        known, complete = np.isfinite(y) & np.isfinite(v), complete_rows(moderators)
        if not (known & complete).any():
            raise InputError("no study has an effect and every moderator.", code="no-study")
        without = tuple(
            (name, "a moderator is missing")
            for name, full in zip(every.names, complete[known].tolist(), strict=True)
            if not full
        )
        keep = complete[known]
        names = tuple(name for name, full in zip(every.names, keep.tolist(), strict=True) if full)
        every = Studies(every.yi[keep], every.vi[keep], names, every.excluded + without)
        rows = np.flatnonzero(known & complete).tolist()
        moderators = {name: [values[i] for i in rows] for name, values in moderators.items()}
    design = design_matrix(moderators, interactions=interactions, intercept=intercept, studies=every.names)
    if every.yi.size <= len(design.terms):
        raise InputError(
            f"{every.yi.size} studies for {len(design.terms)} coefficients ({', '.join(design.terms)}): "
            "there must be more studies than coefficients.",
            code="too-few-studies",
            remedy="Use fewer moderators; about ten studies for each are advised.",
        )
    return every, design


def likelihood_ratio_test(full: MetaRegression, reduced: MetaRegression | None = None) -> LikelihoodRatio:
    """Test the moderators that one model has and a smaller one lacks, both refitted by ML.

    Parameters
    ----------
    full : MetaRegression
    reduced : MetaRegression, optional
        A model of the same studies whose columns all lie within those of ``full``; without it, an intercept alone.

    Raises
    ------
    InputError
        Where the models are not of the same studies or not nested.
    """
    k = full.yi.size
    x = full.design.matrix
    smaller = np.ones((k, 1)) if reduced is None else reduced.design.matrix
    if smaller.shape[0] != k or (reduced is not None and not np.array_equal(reduced.yi, full.yi)):
        raise InputError("the two models are not of the same studies.", code="not-nested")
    outside = smaller - x @ np.linalg.lstsq(x, smaller, rcond=None)[0]
    if smaller.shape[1] >= x.shape[1] or float(np.abs(outside).max()) > 1e-6 * float(np.abs(smaller).max()):
        raise InputError("the smaller model is not part of the larger one.", code="not-nested")
    method = "" if full.model == "common" else "ML"
    values = [log_likelihood_of(orthonormal(full.yi, full.vi, m)[0], method, k) for m in (x, smaller)]
    statistic = max(0.0, 2.0 * (values[0] - values[1]))
    df = x.shape[1] - smaller.shape[1]
    return LikelihoodRatio(statistic, df, float(chi2_sf(statistic, df)), values[0], values[1])


def log_likelihood_of(profile: Profile, method: str, k: int) -> float:
    """The log likelihood under ML at its maximum; without a method, with tau² at zero."""
    tau2 = profile_tau2(profile, method).tau2 if method else 0.0
    return profile.log_likelihood(tau2, False) - 0.5 * k * math.log(2.0 * math.pi)


def orthonormal(yi: Array, vi: Array, matrix: Array) -> tuple[Profile, Array]:
    """The likelihood in an orthonormal basis of the design, and the triangle that leads back: X = QR."""
    q, r = np.linalg.qr(matrix)
    return Profile(yi, vi, q), r


def _fit(
    data: Studies, design: Design, *, model: str, method: str, ci: str, level: float, measure: str
) -> MetaRegression:
    profile, r = orthonormal(data.yi, data.vi, design.matrix)
    random = model == "random"
    between = profile_tau2(profile, method) if random else Tau2Estimate(0.0, None, "")
    w, e, inverse = profile.fit(between.tau2)
    back = np.linalg.inv(r)
    estimate = back @ profile.beta(w)
    wald = back @ inverse @ back.T
    scale = float(e @ (w * e)) / profile.df
    factor = {"hk": scale, "hk-adhoc": max(1.0, scale)}.get(ci, 1.0)
    df = math.inf if ci == "normal" else float(profile.df)
    alone = profile_tau2(Profile(data.yi, data.vi), method).tau2 if random and design.intercept else None
    return MetaRegression(
        design=design,
        estimate=estimate,
        vcov=wald * factor,
        wald_vcov=wald,
        hk_scale=scale,
        df=df,
        tau2=between.tau2,
        tau2_se=between.se,
        tau2_without=alone,
        residual_q=q_test(profile),
        omnibus=_omnibus(estimate, wald * factor, design.slopes, df),
        yi=data.yi,
        vi=data.vi,
        studies=data.names,
        model=model,
        tau2_method=method if random else "",
        ci_method=ci,
        level=level,
        measure=measure,
        scale="log" if measure.upper().split(".")[0] in RATIOS else "natural",
        excluded=data.excluded,
        converged=between.converged,
        warnings=_warnings(data, design, between),
    )


def _omnibus(estimate: Array, vcov: Array, tested: tuple[int, ...], df: float) -> OmnibusTest:
    index = list(tested)
    side = estimate[index]
    wald = float(side @ np.linalg.solve(vcov[np.ix_(index, index)], side))
    m = len(index)
    if math.isinf(df):
        return OmnibusTest(wald, m, df, float(chi2_sf(wald, m)))
    return OmnibusTest(wald / m, m, df, float(f_sf(wald / m, m, df)))


def _warnings(data: Studies, design: Design, between: Tau2Estimate) -> tuple[str, ...]:
    found = []
    if not between.converged:
        found.append("The search for tau² did not converge: do not report this fit.")
    if design.dropped:
        found.append(f"Left out as redundant, given the other columns: {', '.join(design.dropped)}.")
    if data.excluded:
        found.append("Left out: " + "; ".join(f"{study} ({reason})" for study, reason in data.excluded) + ".")
    if len(between.maxima) > 1:
        peaks = ", ".join(f"{tau2:.3g}" for tau2 in between.maxima)
        found.append(f"The likelihood has several peaks (tau² = {peaks}); the highest was taken.")
    slopes = len(design.slopes)
    if data.yi.size < FEW_PER_MODERATOR * slopes:
        found.append(
            f"{data.yi.size} studies for {slopes} moderator column{'s' if slopes > 1 else ''}: fewer than "
            f"{FEW_PER_MODERATOR} for each; the result is exploratory."
        )
    return tuple(found)
