"""Variance components of the working models of robust variance estimation, by the method of moments.

References
----------
Hedges LV, Tipton E, Johnson MC. Res Synth Methods 2010;1:39-65. doi:10.1002/jrsm.5
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array


def correlated_tau2(y: Array, v: Array, x: Array, code: NDArray[np.intp], rho: float) -> tuple[float, float]:
    """tau² of the correlated-effects working model by the method of moments, and I² in percent.

    The model takes the effects of one study to have one variance, the mean of theirs.
    """
    sizes = np.bincount(code)
    mean = (np.bincount(code, weights=v) / sizes)[code]
    w = 1.0 / (sizes[code] * mean)
    bread = np.linalg.inv((x.T * w) @ x)
    e = y - x @ (bread @ ((x.T * w) @ y))
    q = float(e @ (w * e))
    m = sizes.size
    ones = _sums(x * w[:, None], code)
    roots = _sums(x * (w * np.sqrt(mean))[:, None], code)
    own = float(np.trace(bread @ ((x.T * (w * w * mean)) @ x)))
    shared = float(np.trace(bread @ (roots.T @ roots))) - own
    spare = float(w.sum()) - float(np.trace(bread @ (ones.T @ ones)))
    tau2 = max(0.0, (q - m + own + rho * shared) / spare)
    df = m - own - rho * shared
    return tau2, 100.0 * max(0.0, (q - df) / q) if q > 0 else 0.0


def hierarchical_variances(y: Array, v: Array, x: Array, code: NDArray[np.intp]) -> tuple[float, float]:
    """tau² between and omega² within studies of the hierarchical working model by the method of moments."""
    w = 1.0 / v
    sizes = np.bincount(code).astype(np.float64)
    bread = np.linalg.inv((x.T * w) @ x)
    e = y - x @ (bread @ ((x.T * w) @ y))
    q_weighted = float(e @ (w * e))
    q_sums = float((np.bincount(code, weights=e) ** 2).sum())
    xj, xwj = _sums(x, code), _sums(x * w[:, None], code)
    sums = xj.T @ xj
    scaled = xj.T @ (sizes[:, None] * xwj)
    cross = xj.T @ xwj
    double = xwj.T @ xwj
    squares = (x.T * (w * w)) @ x
    sandwiched = bread @ sums @ bread
    a1 = float((sizes**2).sum()) - 2.0 * float(np.trace(bread @ scaled)) + float(np.trace(sandwiched @ double))
    b1 = float(y.size) - 2.0 * float(np.trace(bread @ cross)) + float(np.trace(sandwiched @ squares))
    c1 = float(v.sum()) - float(np.trace(bread @ sums))
    a2 = float(w.sum()) - float(np.trace(bread @ double))
    b2 = float(w.sum()) - float(np.trace(bread @ squares))
    c2 = float(y.size - x.shape[1])
    omega2 = max(0.0, ((q_sums - c1) * a2 - (q_weighted - c2) * a1) / (b1 * a2 - b2 * a1))
    return max(0.0, (q_weighted - c2 - omega2 * b2) / a2), omega2


def _sums(columns: Array, code: NDArray[np.intp]) -> Array:
    """Column sums within clusters, shape (m, p)."""
    return np.stack([np.bincount(code, weights=column) for column in columns.T], axis=1)
