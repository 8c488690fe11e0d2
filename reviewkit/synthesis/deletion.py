"""The model refitted k times, each time without one study: what leave-one-out and influence stand on.

For an intercept alone and a likelihood estimator all k searches run side by side, at a cost that grows with k and not
with k². The score of every deletion on the whole grid comes from the sums of the full set less one term, so the scan
is as global as for one fit; Newton's steps then start from the full fit's tau². A deletion whose profile has more than
one candidate (several peaks, or a peak beside the boundary), or that takes off a study with nearly all the weight, is
fitted on its own, by the full search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.likelihood import MAX_ITERATIONS, Profile, maximise, scan_grid, turns
from reviewkit.synthesis.tau2 import profile_tau2

NODES = 16
"""Chebyshev nodes within one cell of the grid; the sums are analytic there, and 16 leave no error to see."""
DOMINANT = 1e5
"""A study whose squared weight is this many times that of all others together is taken off by refitting."""


@dataclass(frozen=True, slots=True, eq=False)
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
    if design is not None or yi.size < 3 or method not in (None, "REML", "ML"):
        return _one_by_one(yi, vi, design, method)
    profile = Profile(yi, vi)
    if method is None:
        return _finish(profile, np.zeros(yi.size), _moments_at_zero(profile), True, 0)
    return _finish(profile, *_search_all(profile, method == "REML", start))


def _search_all(profile: Profile, restricted: bool, start: float) -> tuple[Array, Array, bool, int]:
    """tau² and moments of every deletion, whether all searches converged, how many were made one by one."""
    k = profile.vi.size
    grid = scan_grid(float(profile.vi.min()), max(profile.upper(lost=1), 1e-300))
    score = _deleted_scores(profile, grid, restricted)
    falls = (score[:-1] > 0.0) & (score[1:] <= 0.0)
    square = 1.0 / profile.vi**2
    simple = (falls.sum(axis=0) + (score[0] <= 0.0) == 1) & ~turns(score).any(axis=0)
    simple &= square < DOMINANT * _without_each(square)
    tau2, moments, converged = np.zeros(k), _moments_at_zero(profile), True
    inner = simple & (score[0] > 0.0)
    cell = np.argmax(falls, axis=0)
    for c in np.unique(cell[inner]):
        rows = np.flatnonzero(inner & (cell == c))
        sums = _sums_between(profile, float(grid[c]), float(grid[c + 1]))
        bounds = (float(grid[c]), float(grid[c + 1]))
        tau2[rows], reached = _newton(profile, rows, sums, bounds, restricted, start)
        moments[rows] = _less_own(profile, rows, tau2[rows], sums)[:, :3]
        converged = converged and reached
    rest = np.flatnonzero(~simple)
    for i in rest:
        keep = np.arange(k) != i
        peak = maximise(Profile(profile.y[keep], profile.vi[keep]), restricted=restricted)
        tau2[i], converged = peak.tau2, converged and peak.converged
        moments[i] = (1.0 / (profile.vi[keep] + peak.tau2)) @ profile.columns[keep]
    return tau2, moments, converged, rest.size


def _deleted_scores(profile: Profile, grid: Array, restricted: bool) -> Array:
    """Twice the score of each deletion at each grid point, shape (g, k), from sums less one term."""
    y = profile.y
    w = 1.0 / (profile.vi[None, :] + grid[:, None])
    w2 = w * w
    first, second = w @ profile.columns, w2 @ profile.columns
    total = first[:, :1] - w
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (first[:, 1:2] - w * y) / total
        square = second[:, :1] - w2
        quadratic = second[:, 2:3] - w2 * (y * y) - mean * (2.0 * (second[:, 1:2] - w2 * y) - mean * square)
        return np.asarray(quadratic - total + (square / total if restricted else 0.0))


Sums = Callable[[Array], Array]


def _sums_between(profile: Profile, low: float, high: float) -> Sums:
    """Sums over all studies of w, wy, wy², the same of w² and of w³, for any tau² of one cell, shape (m, 9).

    In log(tau² + smallest variance) they have no singularity nearer than π to the real line, so a polynomial through
    a few Chebyshev nodes gives them to the last digit, and their cost does not grow with the number of deletions.
    """
    smallest = float(profile.vi.min())
    ends = np.log(low + smallest), np.log(high + smallest)
    angle = (np.arange(NODES) + 0.5) * np.pi / NODES
    node, weight = np.cos(angle), np.sin(angle) * (-1.0) ** np.arange(NODES)
    at = np.exp(0.5 * (ends[0] + ends[1]) + 0.5 * (ends[1] - ends[0]) * node) - smallest
    w = 1.0 / (profile.vi[None, :] + at[:, None])
    values = np.concatenate([power @ profile.columns for power in (w, w * w, w * w * w)], axis=1)

    def sums(tau2: Array) -> Array:
        x = (2.0 * np.log(tau2 + smallest) - ends[0] - ends[1]) / (ends[1] - ends[0])
        gap = x[:, None] - node[None, :]
        share = weight / np.where(gap == 0.0, 1e-300, gap)
        return np.asarray(share @ values / share.sum(axis=1, keepdims=True))

    return sums


def _less_own(profile: Profile, rows: NDArray[np.intp], tau2: Array, sums: Sums) -> Array:
    """The sums at tau2[j] without study rows[j], shape (m, 9)."""
    w = 1.0 / (profile.vi[rows] + tau2)[:, None]
    own = profile.columns[rows]
    return np.asarray(sums(tau2) - np.concatenate([w * own, w * w * own, w * w * w * own], axis=1))


def _newton(
    profile: Profile,
    rows: NDArray[np.intp],
    sums: Sums,
    bounds: tuple[float, float],
    restricted: bool,
    start: float,
) -> tuple[Array, bool]:
    """Safeguarded Newton for the deletions ``rows`` of one cell, from the full fit's tau² where it lies there."""
    low, high = np.full(rows.size, bounds[0]), np.full(rows.size, bounds[1])
    tau2 = np.full(rows.size, start if bounds[0] < start < bounds[1] else 0.5 * (bounds[0] + bounds[1]))
    for _ in range(MAX_ITERATIONS):
        first, second = _slopes(_less_own(profile, rows, tau2, sums), restricted)
        low, high = np.where(first > 0.0, tau2, low), np.where(first > 0.0, high, tau2)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = tau2 - first / second
        step = np.where((second < 0.0) & (step >= low) & (step <= high), step, 0.5 * (low + high))
        moved = np.abs(step - tau2)
        tau2 = step
        if (moved <= 1e-11 * step).all():
            return tau2, True
    return tau2, bool((high - low <= 1e-9 * high).all())


def _slopes(sums: Array, restricted: bool) -> tuple[Array, Array]:
    """Twice the first and second derivative of the log likelihood from the nine sums."""
    a, b, _, a2, b2, c2, a3, b3, c3 = sums.T
    mean = b / a
    side = b2 - mean * a2
    cubic = c3 - mean * (2.0 * b3 - mean * a3) - side * side / a
    hat = a2 / a
    first = c2 - mean * (2.0 * b2 - mean * a2) - a
    second = a2 - 2.0 * cubic
    if restricted:
        return first + hat, second + hat * hat - 2.0 * a3 / a
    return first, second


def _moments_at_zero(profile: Profile) -> Array:
    """Sums of w, wy and wy² without each study at tau² = 0, shape (k, 3)."""
    return np.stack([_without_each(column) for column in (profile.columns / profile.vi[:, None]).T], axis=1)


def _finish(profile: Profile, tau2: Array, moments: Array, converged: bool, scans: int) -> Deletions:
    """Estimates, errors and Q of all deletions at their tau², for an intercept alone."""
    k = profile.vi.size
    total, first, second = moments.T
    mean = first / total
    w0 = 1.0 / profile.vi
    s1, sy, syy = _moments_at_zero(profile).T
    return Deletions(
        tau2=tau2,
        coefficients=(profile.coefficients[0] + mean)[:, None],
        inverse=(1.0 / total)[:, None, None],
        scale=np.maximum(second - mean * first, 0.0) / (k - 2),
        q=np.maximum(syy - sy * sy / s1, 0.0),
        typical_variance=(k - 2) / (s1 - _without_each(w0 * w0) / s1),
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
