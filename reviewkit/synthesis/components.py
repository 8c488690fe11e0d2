"""Likelihood of several variance components: y ~ N(Xb, V + sum of s_r K_r), with V known and K_r 'same level of r'.

Everything is computed block by block (effects that share no level and no covariance are independent), with blocks of
one size stacked, so that the cost grows with the number of blocks. The likelihood may have several peaks and may be
highest on a boundary: searches start from the best points of a grid that includes zero in every direction, and steps
are projected onto s ≥ 0.

References
----------
Viechtbauer W. J Stat Softw 2010;36(3). doi:10.18637/jss.v036.i03
Harville DA. J Am Stat Assoc 1977;72:320-338. doi:10.1080/01621459.1977.10480998 (score and information under REML)
Gilmour AR, Thompson R, Cullis BR. Biometrics 1995;51:1440-1450. doi:10.2307/2533274 (average information)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.synthesis.inputs import Array

GRID = (0.0, 0.03, 0.15, 0.5, 1.0, 3.0)
"""Starting values of each component, in units of the residual variance of an unweighted fit (or of V, if larger)."""
STARTS = 4
"""Grid points from which a search is run."""
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Stack:
    """All blocks of one size m: rows (n, m), known covariance (n, m, m) and same-level matrices (r, n, m, m)."""

    rows: NDArray[np.intp]
    v: Array
    same: Array


@dataclass(frozen=True, slots=True)
class Fit:
    """The likelihood at one point: value, coefficients, (X'WX)⁻¹, score and both information matrices."""

    value: float
    beta: Array
    inverse: Array
    residual_q: float
    score: Array
    expected: Array
    average: Array


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a search ended."""

    sigma2: Array
    fit: Fit
    converged: bool


class Components:
    """Effects, design (orthonormal columns), known covariance and grouping of one data set."""

    def __init__(self, y: Array, x: Array, v: Array, groups: Sequence[NDArray[np.intp]]) -> None:
        self.y, self.x = y, x
        self.count = len(groups)
        self.stacks = _stacks(v, groups)
        rest = y - x @ (x.T @ y)
        sampling = float(np.mean(v if v.ndim == 1 else np.diag(v)))
        # Never 0, even where all effects are equal: searches measure their steps by it.
        self.unit = max(float(rest @ rest) / max(1, y.size - x.shape[1]), 0.1 * sampling)

    def evaluate(self, sigma2: Array, restricted: bool, derivatives: bool = True) -> Fit:
        """The log likelihood at ``sigma2``, shape (r,), maximised over the coefficients, with its derivatives."""
        p = self.x.shape[1]
        parts = [(stack, _inverse(self._covariance(stack, sigma2))) for stack in self.stacks]
        cross, side, log_det = np.zeros((p, p)), np.zeros(p), 0.0
        for stack, w in parts:
            xs, ys = self.x[stack.rows], self.y[stack.rows]
            wx = w @ xs
            cross += np.einsum("nmp,nmq->pq", xs, wx)
            side += np.einsum("nmp,nm->p", wx, ys)
            log_det -= float(np.linalg.slogdet(w)[1].sum())
        inverse = _inverse(cross)
        beta = inverse @ side
        errors = [self.y[stack.rows] - self.x[stack.rows] @ beta for stack, _ in parts]
        rss = sum(float(np.einsum("nm,nmk,nk->", e, w, e)) for e, (_, w) in zip(errors, parts, strict=True))
        n = self.y.size - (p if restricted else 0)
        value = -0.5 * (n * math.log(2.0 * math.pi) + log_det + rss)
        if restricted:
            value += 0.5 * float(np.linalg.slogdet(inverse)[1])
        empty = np.zeros((self.count, self.count))
        if not derivatives or not self.count:
            return Fit(value, beta, inverse, rss, np.zeros(self.count), empty, empty)
        return Fit(value, beta, inverse, rss, *self._derivatives(parts, errors, inverse, restricted))

    def maximise(self, restricted: bool, fixed: Sequence[float | None] | None = None) -> Maximum:
        """The highest point over s ≥ 0, components with a value in ``fixed`` held there."""
        held = [None] * self.count if fixed is None else list(fixed)
        free = np.array([value is None for value in held], dtype=bool)
        base = np.array([0.0 if value is None else value for value in held])
        if not free.any():
            return Maximum(base, self.evaluate(base, restricted), True)
        # Fewer values in each direction where there are many directions.
        values = GRID if free.sum() <= 2 else (0.0, 0.15, 1.0)
        starts = []
        for point in itertools.product(values, repeat=int(free.sum())):
            start = base.copy()
            start[free] = np.array(point) * self.unit
            starts.append((self.evaluate(start, restricted, derivatives=False).value, start))
        starts.sort(key=lambda pair: -pair[0])
        found = [self.climb(start, restricted, free) for _, start in starts[:STARTS]]
        return max(found, key=lambda one: one.fit.value)

    def climb(self, start: Array, restricted: bool, free: NDArray[np.bool_]) -> Maximum:
        """Projected Newton from one starting point."""
        sigma2 = start.copy()
        here = self.evaluate(sigma2, restricted)
        for _ in range(MAX_STEPS):
            moving = free & ~((sigma2 <= 0.0) & (here.score <= 0.0))
            if not moving.any():
                return Maximum(sigma2, here, True)
            step = np.zeros(self.count)
            step[moving] = _newton(here, moving)
            sigma2, there, moved = self._line_search(sigma2, step, here, restricted)
            small = float(np.abs(moved).max()) <= 1e-12 * max(self.unit, float(sigma2.max()))
            here = there
            if small:
                return Maximum(sigma2, here, True)
        return Maximum(sigma2, here, False)

    def covariance(self, sigma2: Array) -> Array:
        """The whole covariance of the effects, shape (k, k)."""
        whole = np.zeros((self.y.size, self.y.size))
        for stack in self.stacks:
            whole[stack.rows[:, :, None], stack.rows[:, None, :]] = self._covariance(stack, sigma2)
        return whole

    def trace_p(self) -> float:
        """Trace of P = W − WX(X'WX)⁻¹X'W with W the inverse of the known covariance alone."""
        inverse = self.evaluate(np.zeros(self.count), False, derivatives=False).inverse
        total = 0.0
        for stack in self.stacks:
            w = np.linalg.inv(stack.v)
            wx = w @ self.x[stack.rows]
            total += float(np.einsum("nmm->", w)) - float(np.sum(np.einsum("nmp,nmq->pq", wx, wx) * inverse))
        return total

    def _covariance(self, stack: Stack, sigma2: Array) -> Array:
        return np.asarray(stack.v + np.einsum("r,rnmk->nmk", sigma2, stack.same))

    def _derivatives(
        self, parts: Sequence[tuple[Stack, Array]], errors: Sequence[Array], inverse: Array, restricted: bool
    ) -> tuple[Array, Array, Array]:
        r, p = self.count, self.x.shape[1]
        trace, traces = np.zeros(r), np.zeros((r, r))
        first, second = np.zeros((r, p, p)), np.zeros((r, r, p, p))
        quadratic, outer, sides = np.zeros(r), np.zeros((r, r)), np.zeros((r, p))
        for (stack, w), e in zip(parts, errors, strict=True):
            wx, we = w @ self.x[stack.rows], np.einsum("nmk,nk->nm", w, e)
            wk = w[None] @ stack.same
            trace += np.einsum("rnmm->r", wk)
            traces += np.einsum("rnmk,snkm->rs", wk, wk)
            kwx, kwe = stack.same @ wx[None], np.einsum("rnmk,nk->rnm", stack.same, we)
            first += np.einsum("nmp,rnmq->rpq", wx, kwx)
            second += np.einsum("rnmp,nmk,snkq->rspq", kwx, w, kwx)
            quadratic += np.einsum("nm,rnm->r", we, kwe)
            outer += np.einsum("rnm,nmk,snk->rs", kwe, w, kwe)
            sides += np.einsum("nmp,rnm->rp", wx, kwe)
        average = 0.5 * (outer - sides @ inverse @ sides.T)
        if restricted:
            trace = trace - np.einsum("pq,rqp->r", inverse, first)
            scaled = inverse @ first
            traces = traces - 2.0 * np.einsum("pq,rsqp->rs", inverse, second) + np.einsum("rpq,sqp->rs", scaled, scaled)
        return 0.5 * (quadratic - trace), 0.5 * traces, average

    def _line_search(self, sigma2: Array, step: Array, here: Fit, restricted: bool) -> tuple[Array, Fit, Array]:
        """The longest of the halved steps that does not lower the likelihood."""
        for _ in range(60):
            target = np.maximum(sigma2 + step, 0.0)
            there = self.evaluate(target, restricted)
            if there.value >= here.value - 1e-14 * abs(here.value):
                return target, there, target - sigma2
            step = 0.5 * step
        return sigma2, here, np.zeros_like(sigma2)


def _inverse(matrices: Array) -> Array:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


def _newton(fit: Fit, moving: NDArray[np.bool_]) -> Array:
    """Newton's step where the curvature is that of a maximum, else a scoring step."""
    index = np.ix_(moving, moving)
    observed = 2.0 * fit.average[index] - fit.expected[index]
    for information in (observed, fit.expected[index]):
        if float(np.linalg.eigvalsh(information).min()) > 0.0:
            return np.asarray(np.linalg.solve(information, fit.score[moving]))
    return np.asarray(fit.score[moving] / np.maximum(np.diag(fit.expected[index]), 1e-300))


def _stacks(v: Array, groups: Sequence[NDArray[np.intp]]) -> tuple[Stack, ...]:
    """Independent blocks, stacked by size."""
    by_size: dict[int, list[NDArray[np.intp]]] = {}
    for rows in blocks(v, groups):
        by_size.setdefault(rows.size, []).append(rows)
    stacks = []
    for _, members in sorted(by_size.items()):
        rows = np.stack(members)
        same = [(group[rows][:, :, None] == group[rows][:, None, :]).astype(np.float64) for group in groups]
        known = np.stack([np.diag(v[r]) if v.ndim == 1 else v[np.ix_(r, r)] for r in members])
        stacks.append(Stack(rows, known, np.stack(same) if same else np.zeros((0, *known.shape))))
    return tuple(stacks)


def blocks(v: Array, groups: Sequence[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Rows that hang together through a level or a covariance, as arrays of indices."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    k = v.shape[0]
    left, right = [np.arange(k)], [np.arange(k)]
    for group in groups:
        # Each row is tied to the first row of its level.
        _, start, level = np.unique(group, return_index=True, return_inverse=True)
        left.append(np.arange(k))
        right.append(start[level])
    if v.ndim == 2:
        rows, columns = np.nonzero(v)
        left.append(rows)
        right.append(columns)
    i, j = np.concatenate(left), np.concatenate(right)
    ties: Any = coo_matrix((np.ones(i.size), (i, j)), shape=(k, k))
    part = connected_components(ties, directed=False)[1]
    order = np.argsort(part, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(part[order])) + 1))
