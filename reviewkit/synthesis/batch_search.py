"""tau² of many analyses side by side: the scan and Newton's steps of `likelihood`, one column an analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.likelihood import MARGIN, MAX_ITERATIONS, Profile, grid_positions, maximise, turns
from reviewkit.synthesis.tau2 import profile_tau2


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Analyses side by side: arrays of shape (studies, analyses); padding has weight 0 through ``used``."""

    y: Array
    v: Array
    used: Array
    k: NDArray[np.intp]
    centre: Array


def q_of_each(block: Block) -> tuple[Array, Array]:
    """Cochran's Q and the typical sampling variance of each analysis; NaN for a single study."""
    w = block.used / block.v
    total = w.sum(axis=0)
    mean = (w * block.y).sum(axis=0) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = (block.k - 1) / (total - (w * w).sum(axis=0) / total)
    return (w * (block.y - mean) ** 2).sum(axis=0), typical


def search_tau2(block: Block, method: str) -> tuple[Array, NDArray[np.bool_], int]:
    """tau² of each analysis, whether its search converged, and how many were searched one by one."""
    n = block.k.size
    if method == "DL":
        q, typical = q_of_each(block)
        with np.errstate(invalid="ignore"):
            moment = (q - (block.k - 1)) * typical / (block.k - 1)
        return np.where(block.k > 1, np.maximum(moment, 0.0), 0.0), np.ones(n, dtype=bool), 0
    if method in ("REML", "ML"):
        return _likelihood(block, method == "REML")
    tau2, converged = np.zeros(n), np.ones(n, dtype=bool)
    for i in range(n):
        found = profile_tau2(_profile(block, i), method)
        tau2[i], converged[i] = found.tau2, found.converged
    return tau2, converged, 0


def _profile(block: Block, i: int) -> Profile:
    return Profile(block.y[: block.k[i], i], block.v[: block.k[i], i])


def _likelihood(block: Block, restricted: bool) -> tuple[Array, NDArray[np.bool_], int]:
    tau2, converged = np.zeros(block.k.size), np.ones(block.k.size, dtype=bool)
    grid = _grids(block)
    score = np.stack([_score(block, t, restricted) for t in grid])
    falls = (score[:-1] > 0.0) & (score[1:] <= 0.0)
    at_zero = (score[0] <= 0.0) | (block.k < 2)
    unsure = turns(score).any(axis=0)
    simple = (falls.sum(axis=0) + at_zero == 1) & ~unsure
    inner = np.flatnonzero(simple & ~at_zero)
    if inner.size:
        cell = np.argmax(falls[:, inner], axis=0)
        part = Block(block.y[:, inner], block.v[:, inner], block.used[:, inner], block.k[inner], block.centre[inner])
        tau2[inner], converged[inner] = _newton(part, grid[cell, inner], grid[cell + 1, inner], restricted)
    rest = np.flatnonzero(~simple & (block.k > 1))
    for i in rest:
        peak = maximise(_profile(block, int(i)), restricted=restricted)
        tau2[i], converged[i] = peak.tau2, peak.converged
    return tau2, converged, rest.size


def _grids(block: Block) -> Array:
    """The grid of each analysis, shape (points, analyses), as `scan_grid` lays it for one."""
    inside = block.used > 0
    smallest = np.where(inside, block.v, np.inf).min(axis=0)
    spread = np.where(inside, block.v, 0.0).max(axis=0) - smallest
    share = (block.y * block.y).sum(axis=0) / np.maximum(block.k - 1, 1)
    upper = MARGIN * 0.5 * (share + np.sqrt(share * share + 4.0 * share * spread)) - smallest
    span = np.log1p(np.maximum(upper, 0.0) / smallest)
    return np.asarray(smallest * np.expm1(grid_positions(float(span.max()))[:, None] * span))


def _score(block: Block, tau2: Array, restricted: bool) -> Array:
    """Twice the derivative of each log likelihood at its own tau², shape (n,)."""
    w = block.used / (block.v + tau2)
    total = w.sum(axis=0)
    mean = (w * block.y).sum(axis=0) / total
    we = w * (block.y - mean)
    square = (we * we).sum(axis=0)
    return np.asarray(square - total + ((w * w).sum(axis=0) / total if restricted else 0.0))


def _newton(block: Block, low: Array, high: Array, restricted: bool) -> tuple[Array, NDArray[np.bool_]]:
    """Safeguarded Newton for each analysis within its cell of the grid."""
    low, high, tau2 = low.copy(), high.copy(), 0.5 * (low + high)
    done = np.zeros(tau2.size, dtype=bool)
    y, v, used = block.y, block.v, block.used
    active = np.arange(tau2.size)
    for _ in range(MAX_ITERATIONS):
        here = tau2[active]
        w = used / (v + here)
        w2 = w * w
        total = w.sum(axis=0)
        e = y - (w * y).sum(axis=0) / total
        w2e = w2 * e
        hat = w2.sum(axis=0) / total
        side = w2e.sum(axis=0)
        first = (w2e * e).sum(axis=0) - total
        second = hat * total - 2.0 * ((w2e * e * w).sum(axis=0) - side * side / total)
        if restricted:
            first = first + hat
            second = second + hat * hat - 2.0 * (w2 * w).sum(axis=0) / total
        rising = first > 0.0
        low[active] = np.where(rising, here, low[active])
        high[active] = np.where(rising, high[active], here)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = here - first / second
        outside = ~((second < 0.0) & (step >= low[active]) & (step <= high[active]))
        step[outside] = 0.5 * (low[active] + high[active])[outside]
        tau2[active] = step
        moving = np.abs(step - here) > 1e-12 * step
        if moving.all():
            continue
        done[active[~moving]] = True
        active = active[moving]
        if not active.size:
            break
        y, v, used = y[:, moving], v[:, moving], used[:, moving]
    return tau2, done
