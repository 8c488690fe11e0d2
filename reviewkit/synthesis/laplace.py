"""Maximum likelihood with random study levels and random effects, independent of each other, by Laplace's method.

Two random effects a study: its level mu + sigma z1 (of group 2's predictor at no random effect) and its effect
theta + tau z2, the random part split evenly between the groups. Laplace's approximation is what R's lme4 offers for
this model; where a study has few events it is less exact than quadrature.

References
----------
Breslow NE, Clayton DG. J Am Stat Assoc 1993;88:9-25. doi:10.1080/01621459.1993.10594284
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reviewkit.synthesis.count_likelihood import CountLikelihood
from reviewkit.synthesis.inputs import Array

SCALES = (0.2, 0.8)
"""Starting values of both standard deviations."""
MAX_STEPS = 100
Effects = Literal["one", "random", "own"]
"""Whether studies have one effect, effects that vary at random, or each its own."""


@dataclass(frozen=True, slots=True)
class LaplacePeak:
    """Where the search ended; ``se`` is that of theta."""

    value: float
    mu: float
    theta: float
    sigma: float
    tau: float
    se: float
    converged: bool


class TwoEffectModel:
    """The approximate likelihood of both arms of a set of studies."""

    def __init__(self, first: CountLikelihood, second: CountLikelihood, k: int, start: tuple[float, float]) -> None:
        self.first, self.second, self.k, self.start = first, second, k, start
        self.scales: tuple[float, ...] = ()

    def study_values(self, mu: Any, theta: Any, sigma: float, tau: float) -> Array:
        """Log likelihood of each study, shape (k,); ``mu`` and ``theta`` are numbers or of shape (k,)."""
        mu, theta = np.broadcast_to(mu, (self.k,))[:, None], np.broadcast_to(theta, (self.k,))[:, None]
        z1, z2 = np.zeros((self.k, 1)), np.zeros((self.k, 1))
        for _ in range(MAX_STEPS):
            _, g1, g2, h11, h12, h22 = self._joint(mu, theta, sigma, tau, z1, z2)
            det = h11 * h22 - h12 * h12
            s1, s2 = (h22 * g1 - h12 * g2) / det, (h11 * g2 - h12 * g1) / det
            z1, z2 = z1 + np.clip(s1, -2.0, 2.0), z2 + np.clip(s2, -2.0, 2.0)
            if max(float(np.abs(s1).max()), float(np.abs(s2).max())) < 1e-11:
                break
        value, _, _, h11, h12, h22 = self._joint(mu, theta, sigma, tau, z1, z2)
        return np.asarray((value - 0.5 * np.log(h11 * h22 - h12 * h12))[:, 0])

    def with_effects(self, effects: Effects) -> TwoEffectModel:
        """The model for another kind of effects: here the same for all."""
        return self

    def maximise(self, *, heterogeneous: bool = True) -> LaplacePeak:
        """The highest peak found from several starts; without ``heterogeneous``, tau is held at zero."""
        from scipy.optimize import minimize

        def loss(x: Array) -> float:
            return -float(self.study_values(x[0], x[1], x[2], x[3] if heterogeneous else 0.0).sum())

        found = []
        several = itertools.product(SCALES, SCALES if heterogeneous else (0.0,))
        for sigma, tau in [(self.scales[0], self.scales[-1])] if self.scales else several:
            start = [*self.start, sigma, *([tau] if heterogeneous else [])]
            bounds = [(None, None)] * 2 + [(0.0, None)] * (len(start) - 2)
            found.append(minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-10}))
        # Numerical slopes stall short of the peak; a second run from where the first one ended does not.
        near = min(found, key=lambda run: float(run.fun)).x
        best = minimize(loss, near, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-8})
        x = np.asarray(best.x, dtype=np.float64)
        inside = np.concatenate([[True, True], x[2:] > 1e-4])
        covariance = np.linalg.inv(hessian(loss, x)[np.ix_(inside, inside)])
        settled = bool(np.isfinite(best.fun)) and covariance[1, 1] > 0
        error = math.sqrt(covariance[1, 1]) if settled else math.nan
        tau = float(x[3]) if heterogeneous else 0.0
        return LaplacePeak(-float(best.fun), float(x[0]), float(x[1]), float(x[2]), tau, error, settled)

    def _joint(
        self, mu: Array, theta: Array, sigma: float, tau: float, z1: Array, z2: Array
    ) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Log of the joint density of data and z, its gradient in z, and minus its Hessian."""
        level, half = mu + sigma * z1, 0.5 * tau
        v1, g1, h1 = self.first.terms(level + theta + half * z2)
        v2, g2, h2 = self.second.terms(level - half * z2)
        value = v1 + v2 - 0.5 * (z1 * z1 + z2 * z2)
        return (
            value,
            sigma * (g1 + g2) - z1,
            half * (g1 - g2) - z2,
            1.0 - sigma * sigma * (h1 + h2),
            -sigma * half * (h1 - h2),
            1.0 - half * half * (h1 + h2),
        )


def hessian(function: Callable[[Array], float], x: Array, step: float = 2e-3) -> Array:
    """Second derivatives by central differences."""
    n = x.size
    found = np.zeros((n, n))
    base = function(x)
    shift = np.eye(n) * step
    for i in range(n):
        up, down = function(x + shift[i]), function(x - shift[i])
        found[i, i] = (up - 2.0 * base + down) / step**2
        for j in range(i):
            corner = [function(x + s * shift[i] + t * shift[j]) for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            found[i, j] = found[j, i] = (corner[0] - corner[1] - corner[2] + corner[3]) / (4.0 * step**2)
    return found
