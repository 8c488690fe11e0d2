"""The model refitted k times, each time without one study: what leave-one-out and influence stand on.

For an intercept alone and a likelihood estimator all k searches run side by side. The score of every deletion on the
whole grid comes from the sums of the full set less one term, so the scan is as global as for one fit and costs O(k)
a grid point; Newton's steps then start from the full fit's tau². A deletion whose profile has more than one candidate
(several peaks, or a peak beside the boundary) is fitted on its own, by the full search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.likelihood import MAX_ITERATIONS, Profile, maximise, scan_grid, turns
from reviewkit.synthesis.tau2 import profile_tau2

BLOCK = 1 << 19
"""Elements of one block of the deletions × studies matrices."""


@dataclass(frozen=True, slots=True)
class Deletions:
    """Fits without study i, for each i; NaN where the design then loses its rank.

    Attributes
    ----------
    tau2 : array, shape (k,)
    coefficients : array, shape (k, p)
        On the scale of the effects.
    inverse : array, shape (k, p, p)
        (X'WX)⁻¹ without study i.
    scale : array, shape (k,)
        Hartung and Knapp's s²w without study i; 1 where no degree of freedom is left.
    q : array, shape (k,)
        Cochran's (residual) Q without study i.
    typical_variance : array, shape (k,)
        Typical sampling variance without study i; NaN where no degree of freedom is left.
    converged : bool
    full_scans : int
        Deletions that needed a search of their own.
    """

    tau2: Array
    coefficients: Array
    inverse: Array
    scale: Array
    q: Array
    typical_variance: Array
    converged: bool
    full_scans: int


def delete_each(yi: Array, vi: Array, design: Array | None, method: str | None, start: float) -> Deletions:
    """Refit without each study.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Checked effects and variances.
    design : array, shape (k, p), optional
    method : str or None
        Estimator of tau²; None for a common effect.
    start : float
        tau² of the full fit.
    """
    if design is None and yi.size > 2 and (method is None or method in ("REML", "ML")):
        profile = Profile(yi, vi)
        if method is None:
            return _finish(profile, np.zeros(yi.size), True, 0)
        tau2, converged, scans = _search_all(profile, method == "REML", start)
        return _finish(profile, tau2, converged, scans)
    return _one_by_one(yi, vi, design, method)


def _search_all(profile: Profile, restricted: bool, start: float) -> tuple[Array, bool, int]:
    """tau² of every deletion, whether all searches converged, and how many needed a search of their own."""
    k = profile.vi.size
    grid = scan_grid(float(profile.vi.min()), max(profile.upper(lost=1), 1e-300))
    score = _deleted_scores(profile, grid, restricted)
    falls = (score[:-1] > 0.0) & (score[1:] <= 0.0)
    candidates = falls.sum(axis=0) + (score[0] <= 0.0)
    simple = (candidates == 1) & ~turns(score).any(axis=0)
    tau2, converged = np.zeros(k), True
    inner = np.flatnonzero(simple & (score[0] > 0.0))
    if inner.size:
        cell = np.argmax(falls[:, inner], axis=0)
        found, converged = _newton(profile, inner, (grid[cell], grid[cell + 1]), restricted, start)
        tau2[inner] = found
    rest = np.flatnonzero(~simple)
    for i in rest:
        keep = np.arange(k) != i
        peak = maximise(Profile(profile.y[keep], profile.vi[keep]), restricted=restricted)
        tau2[i], converged = peak.tau2, converged and peak.converged
    return tau2, converged, rest.size


def _deleted_scores(profile: Profile, grid: Array, restricted: bool) -> Array:
    """Twice the score of each deletion at each grid point, shape (g, k), from sums less one term."""
    y = profile.y
    w = 1.0 / (profile.vi[None, :] + grid[:, None])
    w2 = w * w
    first, second = w @ profile.columns, w2 @ profile.columns
    total = first[:, :1] - w
    mean = (first[:, 1:2] - w * y) / total
    square = second[:, :1] - w2
    quadratic = second[:, 2:3] - w2 * (y * y) - mean * (2.0 * (second[:, 1:2] - w2 * y) - mean * square)
    return np.asarray(quadratic - total + (square / total if restricted else 0.0))


def _newton(
    profile: Profile, rows: NDArray[np.intp], cell: tuple[Array, Array], restricted: bool, start: float
) -> tuple[Array, bool]:
    """Safeguarded Newton for the deletions ``rows`` side by side, each within its cell of the grid."""
    low, high = cell[0].copy(), cell[1].copy()
    tau2 = np.where((low < start) & (start < high), start, 0.5 * (low + high))
    active = np.arange(rows.size)
    for _ in range(MAX_ITERATIONS):
        first, second = _slopes(profile, rows[active], tau2[active], restricted)
        here = tau2[active]
        low[active] = np.where(first > 0.0, here, low[active])
        high[active] = np.where(first > 0.0, high[active], here)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = here - first / second
        outside = ~((second < 0.0) & (step >= low[active]) & (step <= high[active]))
        step[outside] = 0.5 * (low[active] + high[active])[outside]
        tau2[active] = step
        active = active[np.abs(step - here) > 1e-12 * step]
        if not active.size:
            return tau2, True
    return tau2, False


def _slopes(profile: Profile, rows: NDArray[np.intp], tau2: Array, restricted: bool) -> tuple[Array, Array]:
    """Twice the first and second derivative of the log likelihood without study rows[j], at tau2[j]."""
    first, second = np.empty(rows.size), np.empty(rows.size)
    size = max(1, BLOCK // profile.vi.size)
    for begin in range(0, rows.size, size):
        part = slice(begin, begin + size)
        w = 1.0 / (profile.vi[None, :] + tau2[part, None])
        w[np.arange(w.shape[0]), rows[part]] = 0.0
        w2 = w * w
        one, two, three = w @ profile.columns[:, :2], w2 @ profile.columns, (w2 * w) @ profile.columns
        total, mean = one[:, 0], one[:, 1] / one[:, 0]
        spread = two[:, 2] - mean * (2.0 * two[:, 1] - mean * two[:, 0])
        side = two[:, 1] - mean * two[:, 0]
        cubic = three[:, 2] - mean * (2.0 * three[:, 1] - mean * three[:, 0]) - side * side / total
        hat = two[:, 0] / total
        first[part] = spread - total + (hat if restricted else 0.0)
        second[part] = two[:, 0] - 2.0 * cubic
        if restricted:
            second[part] += hat * hat - 2.0 * three[:, 0] / total
    return first, second


def _finish(profile: Profile, tau2: Array, converged: bool, scans: int) -> Deletions:
    """Estimates, errors and Q of all deletions at their tau², for an intercept alone."""
    k, y = profile.vi.size, profile.y
    mean, total, scale = np.empty(k), np.empty(k), np.empty(k)
    size = max(1, BLOCK // k)
    for begin in range(0, k, size):
        rows = np.arange(begin, min(begin + size, k))
        w = 1.0 / (profile.vi[None, :] + tau2[rows, None])
        w[np.arange(rows.size), rows] = 0.0
        total[rows] = w.sum(axis=1)
        mean[rows] = (w @ y) / total[rows]
        scale[rows] = np.einsum("ij,ij->i", w, (y[None, :] - mean[rows, None]) ** 2) / (k - 2)
    w0 = 1.0 / profile.vi
    centred = y - (w0 @ y) / w0.sum()
    s1, sy, syy, s2 = (_without_each(x) for x in (w0, w0 * centred, w0 * centred * centred, w0 * w0))
    return Deletions(
        tau2=tau2,
        coefficients=(profile.coefficients[0] + mean)[:, None],
        inverse=(1.0 / total)[:, None, None],
        scale=scale,
        q=np.maximum(syy - sy * sy / s1, 0.0),
        typical_variance=(k - 2) / (s1 - s2 / s1),
        converged=converged,
        full_scans=scans,
    )


def _without_each(x: Array) -> Array:
    """Sums of all elements but one, by sums from both ends, so that nothing cancels."""
    before, after = np.zeros(x.size), np.zeros(x.size)
    np.cumsum(x[:-1], out=before[1:])
    after[:-1] = np.cumsum(x[:0:-1])[::-1]
    return before + after


def _one_by_one(yi: Array, vi: Array, design: Array | None, method: str | None) -> Deletions:
    """Refit without each study, one after the other."""
    k, p = yi.size, 1 if design is None else design.shape[1]
    tau2, scale, q, typical = np.zeros(k), np.ones(k), np.zeros(k), np.full(k, np.nan)
    coefficients, inverse, converged = np.full((k, p), np.nan), np.full((k, p, p), np.nan), True
    for i in range(k):
        keep = np.arange(k) != i
        x = None if design is None else design[keep]
        if x is not None and np.linalg.matrix_rank(x) < p:
            tau2[i] = scale[i] = q[i] = np.nan
            continue
        profile = Profile(yi[keep], vi[keep], x)
        if method is not None:
            found = profile_tau2(profile, method)
            tau2[i], converged = found.tau2, converged and found.converged
        w, e, inverse[i] = profile.fit(tau2[i])
        coefficients[i] = profile.beta(w)
        if profile.df > 0:
            scale[i] = float(e @ (w * e)) / profile.df
            w, e, base = profile.fit(0.0)
            q[i] = float(e @ (w * e))
            typical[i] = profile.df / profile.trace_p(w, base)
    return Deletions(tau2, coefficients, inverse, scale, q, typical, converged, k)
