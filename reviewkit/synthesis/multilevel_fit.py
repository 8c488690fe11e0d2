"""Three-level and multivariate models: several effects from one study, arms that share a control, studies in groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.components import Components, Maximum
from reviewkit.synthesis.dependence import encode
from reviewkit.synthesis.design import INTERCEPT, Design, design_matrix
from reviewkit.synthesis.distributions import chi2_sf, f_sf
from reviewkit.synthesis.heterogeneity import QTest
from reviewkit.synthesis.inputs import Array, Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.multilevel_result import Multilevel
from reviewkit.synthesis.pooling import RATIOS
from reviewkit.synthesis.regression_result import OmnibusTest

LevelCi = Literal["normal", "t"]


def multilevel(
    yi: ArrayLike,
    v: ArrayLike,
    random: Mapping[str, Sequence[Any]],
    *,
    moderators: Mapping[str, Sequence[Any]] | None = None,
    interactions: Sequence[Sequence[str]] = (),
    nested: bool = True,
    method: Literal["REML", "ML"] = "REML",
    ci: LevelCi = "t",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
    measure: str = "GEN",
) -> Multilevel:
    """Fit a model with a variance component for each level of grouping.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Effects; ratios as logarithms.
    v : array_like, shape (k,) or (k, k)
        Sampling variances, or the covariance matrix of effects that are not independent; see
        `correlated_covariance` and `shared_control_covariance`.
    random : mapping of str to sequence, each of length k
        Groupings, the outermost first: ``{"district": ..., "school": ...}`` is the three-level model. Together with
        `correlated_covariance` it is the correlated and hierarchical effects (CHE) model.
    moderators, interactions
        As in `meta_regression`.
    nested : bool
        Whether each grouping counts within those before it, so that labels may repeat between outer groups.
    method : {'REML', 'ML'}
        Likelihood that is maximised, by a search over the whole space including its boundaries.
    ci : {'t', 'normal'}
        t with containment degrees of freedom (levels of the coarsest grouping within which the column is constant,
        less the coefficients), or the normal.
    level : float
        Confidence level in (0, 1).
    studies, measure
        As in `pool`.

    Raises
    ------
    InputError
        For bad data, a covariance matrix that is not symmetric and positive definite, labels of another length, or
        no more effects than coefficients.

    References
    ----------
    Konstantopoulos S. Res Synth Methods 2011;2:61-76. doi:10.1002/jrsm.35 (three-level model)
    Pustejovsky JE, Tipton E. Prev Sci 2022;23:425-438. doi:10.1007/s11121-021-01246-3 (CHE)

    Examples
    --------
    >>> fit = multilevel([0.1, 0.2, 0.7, 0.9], [0.02] * 4, {"trial": ["a", "a", "b", "b"], "arm": [1, 2, 1, 2]})
    >>> fit.levels, fit.sigma2.round(3)
    (('trial', 'trial/arm'), array([0.201, 0.   ]))
    """
    check_choice("method", method, ("REML", "ML"))
    check_choice("ci", ci, LevelCi)
    check_level(level)
    data, known = _known_covariance(yi, v, studies)
    design = _design(data, moderators, interactions)
    names, groups = _groupings(random, data.yi.size, nested)
    return _fit(data, known, design, (names, groups), method=method, ci=ci, level=level, measure=measure)


def gls(
    yi: ArrayLike,
    v: ArrayLike,
    *,
    moderators: Mapping[str, Sequence[Any]] | None = None,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
    measure: str = "GEN",
) -> Multilevel:
    """Pool effects with a known covariance matrix by generalised least squares, without heterogeneity.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Effects.
    v : array_like, shape (k, k) or (k,)
        Their sampling covariance, such as `shared_control_covariance` gives for multi-arm trials.
    moderators, level, studies, measure
        As in `multilevel`.

    Raises
    ------
    InputError
        As in `multilevel`.

    Examples
    --------
    >>> fit = gls([0.8, 0.2], [[0.2, 0.1], [0.1, 0.2]])
    >>> round(float(fit.estimate[0]), 3), round(float(fit.se[0]), 3)
    (0.5, 0.387)
    """
    check_level(level)
    data, known = _known_covariance(yi, v, studies)
    design = _design(data, moderators, ())
    return _fit(data, known, design, ((), []), method="ML", ci="normal", level=level, measure=measure)


def _fit(
    data: Studies,
    known: Array,
    design: Design,
    random: tuple[tuple[str, ...], list[NDArray[np.intp]]],
    *,
    method: str,
    ci: str,
    level: float,
    measure: str,
) -> Multilevel:
    names, groups = random
    q, r = np.linalg.qr(design.matrix)
    parts = Components(data.yi, q, known, groups)
    sizes = tuple(int(np.unique(group).size) for group in groups)
    fixed = tuple(0.0 if size < 2 else None for size in sizes)
    peak = parts.maximise(method == "REML", fixed)
    back = np.linalg.inv(r)
    estimate, vcov = back @ peak.fit.beta, back @ peak.fit.inverse @ back.T
    df = np.full(estimate.size, math.inf) if ci == "normal" else containment_df(design.matrix, groups)
    return Multilevel(
        design=design,
        estimate=estimate,
        vcov=vcov,
        df=df,
        sigma2=peak.sigma2,
        levels=names,
        level_sizes=sizes,
        log_likelihood=peak.fit.value,
        residual_q=_residual_test(parts, data.yi.size - estimate.size),
        omnibus=_omnibus(estimate, vcov, df, design.slopes),
        yi=data.yi,
        v=known,
        studies=data.names,
        method=method,
        ci_method=ci,
        level=level,
        measure=measure,
        scale="log" if measure.upper().split(".")[0] in RATIOS else "natural",
        converged=peak.converged,
        warnings=_warnings(names, sizes, design, peak),
        parts=parts,
        fixed=fixed,
    )


def containment_df(matrix: Array, groups: Sequence[NDArray[np.intp]]) -> Array:
    """Degrees of freedom of each coefficient: fewest levels of a grouping that its column is constant in, less p."""
    k, p = matrix.shape
    found = np.full(p, float(k - p))
    for group in groups:
        for j in range(p):
            if _constant_within(matrix[:, j], group):
                found[j] = min(found[j], float(np.unique(group).size - p))
    return np.asarray(np.maximum(found, 1.0))


def _constant_within(column: Array, group: NDArray[np.intp]) -> bool:
    _, start, level = np.unique(group, return_index=True, return_inverse=True)
    return bool(np.all(column == column[start][level]))


def _residual_test(parts: Components, df: int) -> QTest:
    if df < 1:
        return QTest(0.0, 0, 1.0, None)
    q = parts.evaluate(np.zeros(parts.count), False, derivatives=False).residual_q
    return QTest(q, df, float(chi2_sf(q, df)), df / parts.trace_p())


def _omnibus(estimate: Array, vcov: Array, df: Array, tested: tuple[int, ...]) -> OmnibusTest | None:
    if not tested:
        return None
    index = list(tested)
    wald = float(estimate[index] @ np.linalg.solve(vcov[np.ix_(index, index)], estimate[index]))
    rest = float(df[index].min())
    if math.isinf(rest):
        return OmnibusTest(wald, len(index), rest, float(chi2_sf(wald, len(index))))
    return OmnibusTest(wald / len(index), len(index), rest, float(f_sf(wald / len(index), len(index), rest)))


def _known_covariance(yi: ArrayLike, v: ArrayLike, studies: Sequence[str] | None) -> tuple[Studies, Array]:
    known = np.asarray(v, dtype=np.float64)
    if known.ndim < 2:
        data = check_studies(yi, known, studies)
        known = data.vi
    else:
        if known.shape[0] != known.shape[1] or not np.allclose(known, known.T, rtol=1e-8, atol=0):
            raise InputError(f"v has shape {known.shape}: a covariance matrix is square and symmetric.", code="bad-v")
        data = check_studies(yi, np.diag(known), studies)
        if float(np.linalg.eigvalsh(known).min()) <= 0.0:
            raise InputError(
                "v is not positive definite: some combination of the effects would have no variance.",
                code="bad-v",
                remedy="Check the covariances of effects from one study; a correlation of 1 is the usual cause.",
            )
    if not data.yi.size:
        raise InputError("no study to pool.", code="no-study")
    return data, known


def _design(
    data: Studies, moderators: Mapping[str, Sequence[Any]] | None, interactions: Sequence[Sequence[str]]
) -> Design:
    k = data.yi.size
    if not moderators:
        design = Design(np.ones((k, 1)), (INTERCEPT,), (), (), True)
    else:
        wrong = [f"{name} has {len(values)}" for name, values in moderators.items() if len(values) != k]
        if wrong:
            raise InputError(f"{', '.join(wrong)} values for {k} effects.", code="length-mismatch")
        design = design_matrix(moderators, interactions=interactions, studies=data.names)
    if k < len(design.terms) or (moderators and k == len(design.terms)):
        raise InputError(f"{k} effects for {len(design.terms)} coefficients.", code="too-few-studies")
    return design


def _groupings(
    random: Mapping[str, Sequence[Any]], k: int, nested: bool
) -> tuple[tuple[str, ...], list[NDArray[np.intp]]]:
    if not random:
        raise InputError("no grouping given.", code="no-grouping", remedy="Without groupings, gls() is the call.")
    names: list[str] = []
    groups: list[NDArray[np.intp]] = []
    for name, labels in random.items():
        code = encode(list(labels), k, name)
        if nested and groups:
            names.append(f"{names[-1]}/{name}")
            groups.append(encode(list(zip(groups[-1].tolist(), code.tolist(), strict=True)), k, name))
        else:
            names.append(name)
            groups.append(code)
    return tuple(names), groups


def _warnings(names: Sequence[str], sizes: Sequence[int], design: Design, peak: Maximum) -> tuple[str, ...]:
    found = []
    if not peak.converged:
        found.append("The search for the variance components did not converge: do not report this fit.")
    single = [name for name, size in zip(names, sizes, strict=True) if size < 2]
    if single:
        found.append(f"One level only, so that its variance was set to 0: {', '.join(single)}.")
    if design.dropped:
        found.append(f"Left out as redundant, given the other columns: {', '.join(design.dropped)}.")
    return tuple(found)
