"""Effects that are not independent: their sampling covariance, and what collapses them to one for each study."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import Array, check_studies


@dataclass(frozen=True, slots=True)
class Aggregated:
    """One effect for each cluster, in order of first appearance."""

    clusters: tuple[str, ...]
    yi: Array
    vi: Array
    sizes: tuple[int, ...]


def correlated_covariance(vi: ArrayLike, clusters: Sequence[Hashable], rho: float) -> Array:
    """Covariance matrix of effects that correlate by ``rho`` within clusters: rho sqrt(vi vj).

    Parameters
    ----------
    vi : array_like, shape (k,)
        Sampling variances.
    clusters : sequence of length k
        The study (or sample) that each effect comes from.
    rho : float
        Correlation of sampling errors within a cluster, from -1 to 1; an assumption, to be varied.

    Returns
    -------
    array, shape (k, k)

    Raises
    ------
    InputError
        For lengths that differ, a variance that is not above zero, or a correlation that leaves the matrix
        indefinite.

    References
    ----------
    Pustejovsky JE, Tipton E. Prev Sci 2022;23:425-438. doi:10.1007/s11121-021-01246-3 (correlated and hierarchical
    effects)
    """
    v = check_studies(np.zeros(np.size(vi)), vi).vi
    level = encode(clusters, v.size)
    if not -1.0 <= rho <= 1.0:
        raise InputError(f"rho = {rho}: a correlation lies between -1 and 1.", code="bad-correlation")
    root = np.sqrt(v)
    matrix = np.where(level[:, None] == level[None, :], rho * np.outer(root, root), 0.0)
    np.fill_diagonal(matrix, v)
    largest = int(np.bincount(level).max())
    if largest > 1 and not (rho < 1.0 and 1.0 + (largest - 1) * rho > 0.0):
        raise InputError(
            f"rho = {rho} with {largest} effects in one cluster: no such covariance matrix can be inverted.",
            code="bad-correlation",
            remedy="Use a correlation below 1 and above -1/(cluster size - 1).",
        )
    return matrix


def shared_control_covariance(vi: ArrayLike, clusters: Sequence[Hashable], shared: ArrayLike) -> Array:
    """Covariance matrix of comparisons with one control group.

    Parameters
    ----------
    vi : array_like, shape (k,)
        Sampling variances.
    clusters : sequence of length k
        The control group (or trial) of each comparison.
    shared : array_like, shape (k,)
        The part of each variance that the control group contributes: sd²/n of the control for mean differences;
        1/c + 1/(n − c) for log odds ratios; 1/c − 1/n for log risk ratios. Equal within a cluster.

    Raises
    ------
    InputError
        Where ``shared`` differs within a cluster, or is no part of the variance.

    References
    ----------
    Gleser LJ, Olkin I. In: Handbook of Research Synthesis and Meta-Analysis, 2nd ed., 2009:357-376.
    """
    v = check_studies(np.zeros(np.size(vi)), vi).vi
    part = np.asarray(shared, dtype=np.float64)
    level = encode(clusters, v.size)
    if part.shape != v.shape:
        raise InputError(f"shared has {part.size} values for {v.size} comparisons.", code="length-mismatch")
    for i in np.flatnonzero(~((part >= 0) & (part < v))):
        raise InputError(
            f"comparison {i + 1}: shared = {part[i]:g} of a variance of {v[i]:g}: must be 0 or more and smaller.",
            code="bad-variance",
        )
    together = level[:, None] == level[None, :]
    if not np.allclose(np.where(together, part[:, None] - part[None, :], 0.0), 0.0, rtol=0, atol=1e-9 * float(v.max())):
        raise InputError("shared differs between comparisons with one control group.", code="bad-variance")
    matrix = np.where(together, part[:, None], 0.0)
    np.fill_diagonal(matrix, v)
    return matrix


def shared_control_smd_covariance(
    yi: ArrayLike, vi: ArrayLike, clusters: Sequence[Hashable], n_control: ArrayLike, n_total: ArrayLike
) -> Array:
    """Covariance matrix of standardised mean differences with one control group: 1/nc + gi gj/(2N).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Standardised mean differences and their variances.
    clusters : sequence of length k
        The trial of each comparison.
    n_control, n_total : array_like, shape (k,)
        Participants of the control group, and of all arms of the trial together.

    References
    ----------
    Gleser LJ, Olkin I. In: Handbook of Research Synthesis and Meta-Analysis, 2nd ed., 2009:357-376.
    """
    data = check_studies(yi, vi)
    level = encode(clusters, data.yi.size)
    control, total = (np.asarray(n, dtype=np.float64) for n in (n_control, n_total))
    if control.shape != data.yi.shape or total.shape != data.yi.shape:
        raise InputError("n_control and n_total need one value for each comparison.", code="length-mismatch")
    product = 1.0 / control[:, None] + np.outer(data.yi, data.yi) / (2.0 * total[:, None])
    matrix = np.where(level[:, None] == level[None, :], product, 0.0)
    np.fill_diagonal(matrix, data.vi)
    return matrix


def aggregate_effects(yi: ArrayLike, vi: ArrayLike, clusters: Sequence[Hashable], *, rho: float) -> Aggregated:
    """Collapse dependent effects to one for each cluster, weighted by the inverse of their covariance.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    clusters : sequence of length k
        The study of each effect.
    rho : float
        Correlation of the sampling errors within a study.

    Raises
    ------
    InputError
        As `correlated_covariance`.
    """
    data = check_studies(yi, vi)
    matrix = correlated_covariance(data.vi, clusters, rho)
    level = encode(clusters, data.yi.size)
    names = list(dict.fromkeys(str(cluster) for cluster in clusters))
    effects, variances, sizes = [], [], []
    for j in range(len(names)):
        rows = np.flatnonzero(level == j)
        w = np.linalg.solve(matrix[np.ix_(rows, rows)], np.ones(rows.size))
        effects.append(float(w @ data.yi[rows]) / float(w.sum()))
        variances.append(1.0 / float(w.sum()))
        sizes.append(rows.size)
    return Aggregated(tuple(names), np.array(effects), np.array(variances), tuple(sizes))


def encode(labels: Sequence[Hashable], k: int, name: str = "clusters") -> NDArray[np.intp]:
    """Whole numbers for labels, in order of first appearance, shape (k,)."""
    words = [str(value) for value in labels]
    if len(words) != k:
        raise InputError(f"{name} has {len(words)} values for {k} effects.", code="length-mismatch")
    order = {word: i for i, word in enumerate(dict.fromkeys(words))}
    return np.array([order[word] for word in words], dtype=np.intp)
