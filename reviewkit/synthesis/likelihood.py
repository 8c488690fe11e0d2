"""The global maximum of the (restricted) likelihood of tau².

The profile may have several peaks, and a search that starts in one place finds the nearest. Here the score is
evaluated on a grid that spans every stationary point, each change of sign is refined by a safeguarded Newton
search, and the peaks, the boundary tau² = 0 among them, are compared by their likelihood.

References
----------
Viechtbauer W. J Educ Behav Stat 2005;30:261-293. doi:10.3102/10769986030003261 (ML and REML, score and
information); the bound of the search follows from the eigenvalues of P, which lie between 1/(max vi + tau²) and
1/(min vi + tau²).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array

STEP = 0.35
"""Spacing of the grid in log(tau² + smallest variance)."""
BLOCK = 4096
"""Studies taken at once in a scan: their weights stay in the processor's cache, and memory stays small."""
BESIDE_ZERO = np.array([0.06, 0.3])
"""Extra points of the grid, as parts of its first cell."""
MARGIN = 1.001
"""The bound of the search is exact where all variances are equal; a little more keeps the maximum inside."""
MAX_ITERATIONS = 100


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a search for tau² ended: value, whether it converged, and all local maxima found, ascending."""

    tau2: float
    converged: bool = True
    maxima: tuple[float, ...] = ()


class Profile:
    """Effects, variances and design (k × p, of full rank) of one set of studies.

    Effects are taken as residuals of an unweighted fit, which changes no likelihood and keeps precision where
    effects are large against their spread.
    """

    __slots__ = ("coefficients", "columns", "p", "rss", "vi", "x", "y")

    def __init__(self, yi: Array, vi: Array, design: Array | None = None) -> None:
        self.vi = vi
        self.x = design
        if design is None:
            self.p = 1
            shifted = yi - yi[0]  # first, so that equal effects leave exact zeros
            mean = shifted.sum() / yi.size
            self.coefficients = np.array([yi[0] + mean])
            self.y = shifted - mean
            ones = np.ones_like(yi)
            self.columns = np.stack([ones, self.y, self.y * self.y], axis=1)
        else:
            self.p = design.shape[1]
            self.coefficients = np.linalg.lstsq(design, yi, rcond=None)[0]
            self.y = yi - design @ self.coefficients
            products = (design[:, :, None] * design[:, None, :]).reshape(yi.size, -1)
            self.columns = np.concatenate([products, design * self.y[:, None], (self.y * self.y)[:, None]], axis=1)
        self.rss = float(self.y @ self.y)

    @property
    def df(self) -> int:
        """Residual degrees of freedom, k − p."""
        return self.vi.size - self.p

    def upper(self, lost: int = 0) -> float:
        """A tau² above which the score is negative, so that no stationary point lies beyond.

        With ``lost`` studies fewer, whichever they are, the same holds.
        """
        low, spread = float(self.vi.min()), float(np.ptp(self.vi))
        share = self.rss / (self.df - lost)
        return MARGIN * 0.5 * (share + math.sqrt(share * share + 4.0 * share * spread)) - low

    def fit(self, tau2: float) -> tuple[Array, Array, Array]:
        """Weights (k,), residuals of the weighted fit (k,) and the inverse of X'WX (p, p) at ``tau2``."""
        w = 1.0 / (self.vi + tau2)
        if self.x is None:
            total = w.sum()
            return w, self.y - (w @ self.y) / total, np.array([[1.0 / total]])
        xw = self.x.T * w
        inverse = np.asarray(np.linalg.inv(xw @ self.x), dtype=np.float64)
        return w, np.asarray(self.y - self.x @ (inverse @ (xw @ self.y))), inverse

    def beta(self, w: Array) -> Array:
        """Coefficients of the fit with weights ``w``, shape (p,)."""
        if self.x is None:
            return np.asarray(self.coefficients + (w @ self.y) / w.sum())
        xw = self.x.T * w
        return np.asarray(self.coefficients + np.linalg.solve(xw @ self.x, xw @ self.y))

    def trace_p(self, w: Array, inverse: Array) -> float:
        """Trace of P = W − WX(X'WX)⁻¹X'W, from the weights and (X'WX)⁻¹."""
        if self.x is None:
            return float(w.sum() - (w @ w) * inverse[0, 0])
        return float(w.sum() - np.sum(((self.x.T * (w * w)) @ self.x) * inverse))

    def score(self, grid: Array, restricted: bool) -> Array:
        """Twice the derivative of the log likelihood at each value of ``grid``, shape (g,)."""
        first, second, total = self._sums(grid)
        if self.p == 1 and self.x is None:
            mean = first[:, 1] / first[:, 0]
            quadratic = second[:, 2] - mean * (2.0 * second[:, 1] - mean * second[:, 0])
            trace = first[:, 0] - second[:, 0] / first[:, 0] if restricted else first[:, 0]
            return np.asarray(quadratic - trace)
        p, shape = self.p, (grid.size, self.p, self.p)
        a, b = first[:, : p * p].reshape(shape), second[:, : p * p].reshape(shape)
        beta = np.linalg.solve(a, first[:, p * p : -1, None])
        quadratic = (
            second[:, -1]
            - 2.0 * np.einsum("gp,gp->g", beta[..., 0], second[:, p * p : -1])
            + np.einsum("gp,gpq,gq->g", beta[..., 0], b, beta[..., 0])
        )
        trace = total
        if restricted:
            trace = trace - np.trace(np.linalg.solve(a, b), axis1=1, axis2=2)
        return np.asarray(quadratic - trace)

    def _sums(self, grid: Array) -> tuple[Array, Array, Array]:
        """Sums of the columns weighted by w and by w², and of w, at each value of ``grid``; studies in blocks."""
        shape = (grid.size, self.columns.shape[1])
        first, second, total = np.zeros(shape), np.zeros(shape), np.zeros(grid.size)
        for begin in range(0, self.vi.size, BLOCK):
            part = slice(begin, begin + BLOCK)
            w = 1.0 / (self.vi[None, part] + grid[:, None])
            first += w @ self.columns[part]
            if self.x is not None:
                total += w.sum(axis=1)
            w *= w
            second += w @ self.columns[part]
        return first, second, total

    def slope(self, tau2: float, restricted: bool) -> tuple[float, float]:
        """Twice the first and second derivative of the log likelihood at ``tau2``, from residuals."""
        w, e, inverse = self.fit(tau2)
        we, w2 = w * e, w * w
        wwe = w * we
        if self.x is None:
            scale = float(inverse[0, 0])
            hat, hat3 = float(w2.sum()) * scale, float(w2 @ w) * scale
            cubic = float(we @ wwe) - float(wwe.sum()) ** 2 * scale
        else:
            b = (self.x.T * w2) @ self.x @ inverse
            hat, hat3 = float(np.trace(b)), float(np.trace((self.x.T * (w2 * w)) @ self.x @ inverse))
            side = self.x.T @ wwe
            cubic = float(we @ wwe) - float(side @ inverse @ side)
        if not restricted:
            return float(we @ we) - float(w.sum()), float(w2.sum()) - 2.0 * cubic
        cross = hat * hat if self.x is None else float(np.sum(b * b.T))
        return float(we @ we) - float(w.sum()) + hat, float(w2.sum()) - 2.0 * hat3 + cross - 2.0 * cubic

    def log_likelihood(self, tau2: float, restricted: bool) -> float:
        """The log likelihood maximised over the coefficients, without its constant."""
        w, e, inverse = self.fit(tau2)
        value = float(np.log(w).sum()) - float(e @ (w * e))
        if restricted:
            value += float(np.log(inverse[0, 0])) if self.x is None else float(np.linalg.slogdet(inverse)[1])
        return 0.5 * value


def maximise(profile: Profile, *, restricted: bool) -> Peak:
    """The tau² ≥ 0 at which the likelihood is highest, over all of its peaks."""
    upper = profile.upper()
    if not upper > 0.0:
        return Peak(0.0, maxima=(0.0,))
    grid = scan_grid(float(profile.vi.min()), upper)
    score = profile.score(grid, restricted)
    brackets = peaks_between(grid, score)
    if not brackets and not turns(score).any():
        return Peak(0.0, maxima=(0.0,))
    grid, score = _densify(profile, grid, score, restricted)
    maxima = [0.0] if score[0] <= 0.0 else []
    converged = True
    for low, high in peaks_between(grid, score):
        root, reached = _refine(profile, low, high, restricted)
        maxima.append(root)
        converged = converged and reached
    if len(maxima) == 1:
        return Peak(maxima[0], converged, tuple(maxima))
    best = max(maxima, key=lambda tau2: profile.log_likelihood(tau2, restricted))
    return Peak(best, converged, tuple(maxima))


def scan_grid(smallest: float, upper: float) -> Array:
    """Values from zero to ``upper``, placed as `grid_positions` says."""
    span = math.log1p(upper / smallest)
    return smallest * np.expm1(grid_positions(span) * span)


def grid_positions(span: float) -> Array:
    """Points from 0 to 1, at most ``STEP`` apart where the whole is ``span`` long, closer beside the boundary.

    The unit is log(tau² + smallest variance). Next to zero, where nothing lies to the left to betray a turn of the
    score, two more points tell whether it rises.
    """
    even = np.linspace(0.0, 1.0, max(4, math.ceil(span / STEP) + 1))
    return np.concatenate([even[:1], BESIDE_ZERO * even[1], even[1:]])


def peaks_between(grid: Array, score: Array) -> list[tuple[float, float]]:
    """The cells of the grid in which the score falls through zero: each holds a local maximum."""
    falls = np.flatnonzero((score[:-1] > 0.0) & (score[1:] <= 0.0))
    return [(float(grid[i]), float(grid[i + 1])) for i in falls]


def turns(score: Array) -> NDArray[np.bool_]:
    """Inner points of the grid (first axis) where the score turns so near zero that it may cross between two points."""
    left, here, right = score[:-2], score[1:-1], score[2:]
    near_top = (here < 0.0) & (here >= left) & (here >= right) & (2.0 * here > np.minimum(left, right))
    near_floor = (here > 0.0) & (here <= left) & (here <= right) & (2.0 * here < np.maximum(left, right))
    return np.asarray(near_top | near_floor)


def _densify(profile: Profile, grid: Array, score: Array, restricted: bool) -> tuple[Array, Array]:
    """Add points around each suspect turn of the score."""
    suspects = np.flatnonzero(turns(score)) + 1
    if not suspects.size:
        return grid, score
    extra = np.concatenate([np.linspace(grid[i - 1], grid[i + 1], 34)[1:-1] for i in suspects])
    fine = np.unique(np.concatenate([grid, extra]))
    return fine, profile.score(fine, restricted)


def _refine(profile: Profile, low: float, high: float, restricted: bool) -> tuple[float, bool]:
    """The zero of a score that falls through it between ``low`` and ``high``: Newton, else bisection."""
    tau2 = 0.5 * (low + high)
    for _ in range(MAX_ITERATIONS):
        first, second = profile.slope(tau2, restricted)
        if first > 0.0:
            low = tau2
        else:
            high = tau2
        step = tau2 - first / second if second < 0.0 else low - 1.0
        if not low <= step <= high:
            step = 0.5 * (low + high)
        if abs(step - tau2) <= 1e-13 * step or first == 0.0:
            return step if first else tau2, True
        tau2 = step
    return tau2, high - low <= 1e-9 * high
