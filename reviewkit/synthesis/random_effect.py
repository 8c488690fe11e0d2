"""Maximum likelihood with one normal random effect for each study, integrated by adaptive Gauss-Hermite quadrature.

The study's effect is theta + tau z with z standard normal. For every tau the fixed parameters are found by Newton's
method (the study levels, one each, are eliminated from the step), and the profile over tau is scanned from zero up,
so that no local maximum is mistaken for the highest and tau = 0 is a possible answer.

References
----------
Pinheiro JC, Bates DM. J Comput Graph Stat 1995;4:12-35. doi:10.1080/10618600.1995.10474663 (adaptive quadrature)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewkit.synthesis.count_likelihood import OneArm, TwoArms
from reviewkit.synthesis.inputs import Array

NODES = 15
"""Quadrature nodes for each study."""
TAU_GRID = (0.0, 0.03, 0.07, 0.12, 0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.2, 3.0, 4.2, 6.0)
MAX_STEPS = 200
FAR = 30.0
"""A log odds or log rate beyond which a study's own level is not pursued: its likelihood is flat there."""


@dataclass(frozen=True, slots=True)
class Point:
    """The integrated likelihood at one tau, maximised over theta and the levels: value, its slope in tau, and both."""

    value: float
    tau: float
    theta: float
    alpha: Array
    slope: float
    score: float
    curvature: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Moments:
    """Per study: log integral, expected gradient (alpha, theta, tau) and Hessian of (alpha, theta)."""

    value: Array
    alpha: Array
    theta: Array
    tau: Array
    aa: Array
    at: Array
    tt: Array


class RandomEffectModel:
    """The integrated likelihood of a set of studies."""

    def __init__(self, likelihood: OneArm | TwoArms, k: int, start: Array) -> None:
        self.likelihood, self.k, self.start = likelihood, k, start
        x, w = np.polynomial.hermite.hermgauss(NODES)
        self.nodes, self.log_weights = x, np.log(w) + x * x
        self.has_levels = isinstance(likelihood, TwoArms)

    def maximise(self) -> Point:
        """The highest point of the likelihood over tau ≥ 0."""
        from scipy.optimize import minimize_scalar

        points = []
        theta, alpha = 0.0, self.start
        for tau in TAU_GRID:
            points.append(self.at(tau, theta, alpha))
            theta, alpha = points[-1].theta, points[-1].alpha
        best = max(range(len(points)), key=lambda j: points[j].value)
        if best == 0 and points[1].value < points[0].value:
            return points[0]
        low, high = TAU_GRID[max(0, best - 1)], TAU_GRID[min(best + 1, len(TAU_GRID) - 1)]
        near = points[best]
        found = minimize_scalar(
            lambda tau: -self.at(float(tau), near.theta, near.alpha).value,
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-9},
        )
        inner = self.at(float(found.x), near.theta, near.alpha)
        return inner if inner.value > points[0].value else points[0]

    def at(self, tau: float, theta: float, alpha: Array) -> Point:
        """The likelihood at ``tau``, maximised over theta and the levels by damped Newton steps."""
        here = self._moments(tau, theta, alpha)
        total = float(here.value.sum())
        for _ in range(MAX_STEPS):
            step, steps = self._step(here)
            if max(abs(step), float(np.abs(steps).max(initial=0.0))) < 1e-10:
                break
            scale = 1.0
            while scale > 1e-4:
                there = self._moments(tau, theta + scale * step, np.clip(alpha + scale * steps, -FAR, FAR))
                if float(there.value.sum()) >= total - 1e-13 * abs(total):
                    break
                scale *= 0.5
            else:
                break
            theta, alpha = theta + scale * step, np.clip(alpha + scale * steps, -FAR, FAR)
            gain, here, total = float(there.value.sum()) - total, there, float(there.value.sum())
            # Far out in tau the quadrature is coarse and its slope not quite that of the value: steps get nowhere.
            if gain < 1e-9 and (scale < 1.0 or abs(step) < 1e-8):
                break
        score, curvature = self._profile(here)
        settled = abs(score) < 1e-5 * max(1.0, math.sqrt(-curvature)) if curvature < 0 else False
        return Point(total, tau, theta, alpha, float(here.tau.sum()), score, curvature, settled)

    def standard_error(self, point: Point) -> float:
        """Of theta, from the curvature of the likelihood in theta and tau together (tau = 0: in theta alone)."""
        if point.tau == 0.0:
            return 1.0 / math.sqrt(-point.curvature)
        h = 1e-4
        up, down = (self._scores(point.tau, point.theta + sign * h, point.alpha) for sign in (1, -1))
        wide, narrow = (self._scores(point.tau + sign * h, point.theta, point.alpha) for sign in (1, -1))
        cross = 0.5 * ((up[1] - down[1]) + (wide[0] - narrow[0])) / (2 * h)
        hessian = -np.array([[(up[0] - down[0]) / (2 * h), cross], [cross, (wide[1] - narrow[1]) / (2 * h)]])
        variance = float(np.linalg.inv(hessian)[0, 0])
        return math.sqrt(variance) if variance > 0 else 1.0 / math.sqrt(-point.curvature)

    def _scores(self, tau: float, theta: float, alpha: Array) -> tuple[float, float]:
        """Slopes of the likelihood in theta and tau, the levels at their best."""
        here = self._moments(tau, theta, alpha)
        for _ in range(MAX_STEPS if self.has_levels else 0):
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = np.where(here.aa < 0, -here.alpha / here.aa, 0.0)
            alpha = np.clip(alpha + np.clip(steps, -1.0, 1.0), -FAR, FAR)
            here = self._moments(tau, theta, alpha)
            if float(np.abs(steps).max()) < 1e-11:
                break
        return float(here.theta.sum()), float(here.tau.sum())

    def _step(self, here: _Moments) -> tuple[float, Array]:
        score, curvature = self._profile(here)
        step = float(np.clip(-score / curvature if curvature < 0 else score, -2.0, 2.0))
        if not self.has_levels:
            return step, np.zeros(self.k)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(here.aa < 0, -(here.alpha + here.at * step) / here.aa, 0.0)
        return step, np.clip(steps, -2.0, 2.0)

    def _profile(self, here: _Moments) -> tuple[float, float]:
        """Slope and curvature in theta with the levels eliminated."""
        if not self.has_levels:
            return float(here.theta.sum()), float(here.tt.sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(here.aa < 0, here.at / here.aa, 0.0)
        return float((here.theta - share * here.alpha).sum()), float((here.tt - share * here.at).sum())

    def _moments(self, tau: float, theta: float, alpha: Array) -> _Moments:
        level = alpha[:, None]
        if tau == 0.0:
            v, a, d, aa, ad, dd = self.likelihood.terms(level, np.full((self.k, 1), theta))
            zero = np.zeros(self.k)
            return _Moments(v[:, 0], a[:, 0], d[:, 0], zero, aa[:, 0], ad[:, 0], dd[:, 0])
        centre, width = self._mode(tau, theta, level)
        z = centre + math.sqrt(2.0) * width * self.nodes[None, :]
        v, a, d, aa, ad, dd = self.likelihood.terms(level, theta + tau * z)
        exponent = v - 0.5 * z * z + self.log_weights[None, :]
        top = exponent.max(axis=1, keepdims=True)
        p = np.exp(exponent - top)
        total = p.sum(axis=1, keepdims=True)
        p = p / total
        value = top[:, 0] + np.log(total[:, 0] * width[:, 0] / math.sqrt(math.pi))

        def mean(x: Array) -> Array:
            return np.asarray((p * x).sum(axis=1))

        ea, ed = mean(a), mean(d)
        return _Moments(
            value,
            ea,
            ed,
            mean(z * d),
            mean(aa) + mean(a * a) - ea * ea,
            mean(ad) + mean(a * d) - ea * ed,
            mean(dd) + mean(d * d) - ed * ed,
        )

    def _mode(self, tau: float, theta: float, level: Array) -> tuple[Array, Array]:
        """Where each study's integrand peaks, and its width; the integrand is log-concave."""
        z = np.zeros((self.k, 1))
        for _ in range(MAX_STEPS):
            _, _, d, _, _, dd = self.likelihood.terms(level, theta + tau * z)
            slope, bend = tau * d - z, tau * tau * dd - 1.0
            move = np.clip(-slope / bend, -3.0, 3.0)
            z = z + move
            if float(np.abs(move).max()) < 1e-10:
                break
        _, _, _, _, _, dd = self.likelihood.terms(level, theta + tau * z)
        return z, 1.0 / np.sqrt(1.0 - tau * tau * dd)
