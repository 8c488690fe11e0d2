"""Laplace's approximation as R's lme4 evaluates it: the weights in its determinant are one step behind.

The search for the random effects stops as soon as a step gains less than 1e-7 of the penalised deviance, and the
determinant is that of the step before. It starts where a first, cruder fit ended. Likelihoods differ by little, but
their curvature, and with it the standard error, by up to a few percent. It serves to reproduce what lme4, and metafor
through it, prints; `TwoEffectModel` carries the same approximation to its end.

References
----------
Bates D, Mächler M, Bolker B, Walker S. J Stat Softw 2015;67(1). doi:10.18637/jss.v067.i01
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reviewkit.synthesis.count_likelihood import CountLikelihood
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.laplace import Effects, TwoEffectModel

GAIN = 1e-7
"""Share of the penalised deviance below which a step is the last."""
MAX_STEPS = 100


class LaggedModel(TwoEffectModel):
    """`TwoEffectModel` with lme4's stopping rule; ``predictor``, shape (k, 2), is where every search starts."""

    def __init__(
        self,
        first: CountLikelihood,
        second: CountLikelihood,
        k: int,
        start: tuple[float, float],
        effects: Effects = "random",
    ) -> None:
        super().__init__(first, second, k, start)
        self.predictor, self.scales = self._first_stage(effects)
        # The search for the peak starts where the first stage ended; elsewhere so few steps do not arrive.
        level, shift = float(self.predictor[:, 1].mean()), float((self.predictor[:, 0] - self.predictor[:, 1]).mean())
        self.start = (level, shift)

    def with_effects(self, effects: Effects) -> LaggedModel:
        """The same studies with another kind of effects, and the first stage that belongs to it."""
        return LaggedModel(self.first, self.second, self.k, self.start, effects)

    def study_values(self, mu: Any, theta: Any, sigma: float, tau: float) -> Array:
        """See `TwoEffectModel.study_values`."""
        mu, theta = np.broadcast_to(mu, (self.k,)), np.broadcast_to(theta, (self.k,))
        fixed = np.column_stack([mu + theta, mu])
        eta, old = self.predictor, np.inf
        for _ in range(MAX_STEPS):
            weight, response = self._working(eta)
            a11, a12, a22 = _information(weight, sigma, tau)
            rest = weight * (response - fixed)
            u1, u2 = _solve(a11, a12, a22, sigma * rest.sum(axis=1), 0.5 * tau * (rest[:, 0] - rest[:, 1]))
            eta = fixed + _random_part(u1, u2, sigma, tau)
            penalised = self._values(eta) - 0.5 * (u1 * u1 + u2 * u2)
            deviance = -2.0 * float(penalised.sum()) + self._saturated()
            if abs(old - deviance) < GAIN * abs(deviance):
                break
            old = deviance
        return np.asarray(penalised - 0.5 * np.log(a11 * a22 - a12 * a12))

    def _first_stage(self, effects: Effects) -> tuple[Array, tuple[float, ...]]:
        """Predictors of the fit that finds fixed and random effects together, and the best sigma (and tau) for it."""
        from scipy.optimize import minimize

        def loss(x: Array) -> float:
            return self._joint_fit(abs(x[0]), abs(x[1]) if x.size > 1 else 0.0, effects)[0]

        begin = np.ones(2 if effects == "random" else 1)
        found = minimize(loss, begin, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8})
        x = np.abs(found.x)
        return self._joint_fit(float(x[0]), float(x[1]) if x.size > 1 else 0.0, effects)[1], tuple(x.tolist())

    def _joint_fit(self, sigma: float, tau: float, effects: Effects) -> tuple[float, Array]:
        eta, old = np.column_stack([self.first.crude(), self.second.crude()]), np.inf
        determinant = np.zeros(self.k)
        for _ in range(MAX_STEPS):
            weight, response = self._working(eta)
            a11, a12, a22 = _information(weight, sigma, tau)
            determinant = np.log(a11 * a22 - a12 * a12)
            if effects == "own":
                eta, u1, u2 = _own_effects(weight, response, sigma)
            else:
                eta, u1, u2 = _shared_effect(weight, response, sigma, tau)
            penalised = self._values(eta) - 0.5 * (u1 * u1 + u2 * u2)
            deviance = -2.0 * float(penalised.sum()) + self._saturated()
            if abs(old - deviance) < GAIN * abs(deviance):
                break
            old = deviance
        return deviance + float(determinant.sum()), eta

    def _working(self, eta: Array) -> tuple[Array, Array]:
        """Weights and working responses of both arms, shape (k, 2)."""
        parts = [arm.terms(eta[:, [j]]) for j, arm in enumerate((self.first, self.second))]
        weight = np.maximum(-np.column_stack([curvature[:, 0] for _, _, curvature in parts]), 1e-12)
        slope = np.column_stack([gradient[:, 0] for _, gradient, _ in parts])
        return weight, eta + slope / weight

    def _values(self, eta: Array) -> Array:
        return np.asarray(self.first.terms(eta[:, :1])[0][:, 0] + self.second.terms(eta[:, 1:])[0][:, 0])

    def _saturated(self) -> float:
        """Twice the log likelihood of a model that fits every arm."""
        return 2.0 * (self.first.saturated() + self.second.saturated())


def _information(weight: Array, sigma: float, tau: float) -> tuple[Array, Array, Array]:
    both, gap, half = weight.sum(axis=1), weight[:, 0] - weight[:, 1], 0.5 * tau
    return 1.0 + sigma * sigma * both, sigma * half * gap, 1.0 + half * half * both


def _solve(a11: Array, a12: Array, a22: Array, b1: Array, b2: Array) -> tuple[Array, Array]:
    det = a11 * a22 - a12 * a12
    return (a22 * b1 - a12 * b2) / det, (a11 * b2 - a12 * b1) / det


def _random_part(u1: Array, u2: Array, sigma: float, tau: float) -> Array:
    level, half = sigma * u1, 0.5 * tau * u2
    return np.column_stack([level + half, level - half])


def _shared_effect(weight: Array, response: Array, sigma: float, tau: float) -> tuple[Array, Array, Array]:
    """One step for (mu, theta) and the random effects together: generalised least squares on the working responses."""
    design = np.array([[1.0, 1.0], [1.0, 0.0]])
    half = 0.5 * tau
    spread = np.array([[sigma**2 + half**2, sigma**2 - half**2], [sigma**2 - half**2, sigma**2 + half**2]])
    covariance = spread[None] + np.eye(2)[None] / weight[:, :, None]
    precise = np.linalg.inv(covariance)
    cross = np.einsum("ai,kab,bj->ij", design, precise, design)
    side = np.einsum("ai,kab,kb->i", design, precise, response)
    fixed = design @ np.linalg.solve(cross, side)
    pull = np.einsum("kab,kb->ka", precise, response - fixed)
    u1, u2 = sigma * pull.sum(axis=1), half * (pull[:, 0] - pull[:, 1])
    return fixed + _random_part(u1, u2, sigma, tau), u1, u2


def _own_effects(weight: Array, response: Array, sigma: float) -> tuple[Array, Array, Array]:
    """The same where each study has its own effect, so that the first arm is fitted exactly."""
    w, z = weight[:, 1], response[:, 1]
    share = w / (1.0 + sigma * sigma * w)
    mu = float(share @ z) / float(share.sum())
    u = sigma * share * (z - mu)
    return np.column_stack([response[:, 0], mu + sigma * u]), u, np.zeros_like(u)
