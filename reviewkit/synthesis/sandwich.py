"""The sandwich behind cluster-robust errors, with its small-sample corrections.

References
----------
Pustejovsky JE, Tipton E. J Bus Econ Stat 2018;36:672-683. doi:10.1080/07350015.2016.1247004 (CR2, Satterthwaite df)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import Array

NULL = 1e-10
"""Eigenvalues below this share of the largest count as zero."""


def sandwich(
    x: Array, residuals: Array, covariance: Array, clusters: Sequence[NDArray[np.intp]], correction: str
) -> tuple[Array, Array]:
    """Robust covariance of the coefficients, shape (p, p), and their degrees of freedom, shape (p,).

    ``covariance``, shape (k,) or (k, k), is the working model's; its inverse are the weights.
    """
    m, p = len(clusters), x.shape[1]
    check_count(m, p)
    diagonal = covariance.ndim == 1
    blocks = [np.diag(covariance[rows]) if diagonal else covariance[np.ix_(rows, rows)] for rows in clusters]
    weighted: list[Array] = [
        np.asarray(np.linalg.solve(block, x[rows]), dtype=np.float64)
        for block, rows in zip(blocks, clusters, strict=True)
    ]
    cross = sum((x[rows].T @ wx for rows, wx in zip(clusters, weighted, strict=True)), np.zeros((p, p)))
    bread = np.asarray(np.linalg.inv(cross), dtype=np.float64)
    if correction == "CR2":
        weighted = [
            np.asarray(_bias_reduced(block, x[rows], bread).T @ wx)
            for block, rows, wx in zip(blocks, clusters, weighted, strict=True)
        ]
    scores = np.stack([wx.T @ residuals[rows] for rows, wx in zip(clusters, weighted, strict=True)])
    vcov = bread @ (scores.T @ scores) @ bread
    if correction == "CR2":
        return vcov, _satterthwaite(blocks, [x[rows] for rows in clusters], weighted, bread)
    return vcov * (m / (m - p) if correction == "CR1" else 1.0), np.full(p, float(m - p))


def _bias_reduced(block: Array, x: Array, bread: Array) -> Array:
    """The matrix A with A (V − XQX') A' = V: residuals times A vary as the model says they should."""
    root = np.linalg.cholesky(block).T
    inner = root @ (block - x @ bread @ x.T) @ root.T
    values, vectors = np.linalg.eigh(0.5 * (inner + inner.T))
    known = values > NULL * max(float(values.max()), 1e-300)
    power = np.zeros_like(values)
    power[known] = values[known] ** -0.5
    return np.asarray(root.T @ (vectors * power) @ vectors.T @ root)


def _satterthwaite(blocks: Sequence[Array], xs: Sequence[Array], weighted: Sequence[Array], bread: Array) -> Array:
    """Degrees of freedom of each coefficient's robust variance under the working model."""
    p = bread.shape[0]
    found = np.zeros(p)
    for j in range(p):
        pieces = [wx @ bread[:, j] for wx in weighted]
        sides = np.stack([x.T @ piece for x, piece in zip(xs, pieces, strict=True)])
        moments = -sides @ bread @ sides.T
        moments[np.diag_indices_from(moments)] += [
            float(piece @ block @ piece) for piece, block in zip(pieces, blocks, strict=True)
        ]
        found[j] = float(np.trace(moments)) ** 2 / float(np.sum(moments**2))
    return found


def members_of(code: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """The rows of each cluster."""
    return tuple(np.flatnonzero(code == j) for j in range(int(code.max()) + 1))


def check_count(m: int, p: int) -> None:
    """Refuse as many coefficients as clusters or more."""
    if m <= p:
        raise InputError(
            f"{m} clusters for {p} coefficients: there must be more clusters than coefficients.",
            code="too-few-clusters",
        )
