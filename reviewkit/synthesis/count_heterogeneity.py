"""Tests of heterogeneity between studies' odds ratios in models of counts: Wald and likelihood ratio, k − 1 df."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewkit.synthesis.count_likelihood import Binomial, OneArm, TwoArms
from reviewkit.synthesis.distributions import chi2_sf, special
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.laplace import TwoEffectModel
from reviewkit.synthesis.random_effect import FAR, RandomEffectModel

FLAT = 1e-6
"""Curvature below which a study's own effect is infinite and gets no weight in Wald's test."""
BEYOND = 15.0
"""A log odds ratio that stands for infinity where a step-by-step search would walk on for ever."""


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Wald and likelihood-ratio tests against a model with an effect for each study."""

    wald: float
    lrt: float
    df: int

    @property
    def wald_p(self) -> float:
        """p value of Wald's test."""
        return float(chi2_sf(self.wald, self.df)) if self.df else 1.0

    @property
    def lrt_p(self) -> float:
        """p value of the likelihood-ratio test."""
        return float(chi2_sf(self.lrt, self.df)) if self.df else 1.0


def study_level_test(a: Array, b: Array, c: Array, d: Array) -> Heterogeneity:
    """With fixed study levels: the saturated model fits every table exactly."""
    zero = np.zeros((a.size, 1))
    both = TwoArms(Binomial(a[:, None], (a + b)[:, None], zero), Binomial(c[:, None], (c + d)[:, None], zero))
    common = RandomEffectModel(both, a.size, np.log((a + c + 0.5) / (b + d + 0.5))).at(0.0, 0.0, np.zeros(a.size))
    entropy = special.xlogy
    saturated = sum(float((entropy(x, x / (x + y)) + entropy(y, y / (x + y))).sum()) for x, y in ((a, b), (c, d)))
    with np.errstate(divide="ignore"):
        effect = np.log(np.maximum(a * d, 1e-300)) - np.log(np.maximum(b * c, 1e-300))
        weight = 1.0 / (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
    return Heterogeneity(_spread(effect, weight), max(0.0, 2.0 * (saturated - common.value)), a.size - 1)


def conditional_test(only: OneArm, k: int) -> Heterogeneity:
    """With a conditional likelihood: each study's own maximum, found by Newton's method."""
    common = RandomEffectModel(only, k, np.zeros(k)).at(0.0, 0.0, np.zeros(k))
    effect = np.zeros((k, 1))
    for _ in range(300):
        _, slope, bend = only.only.terms(effect)
        step = np.clip(-slope / np.minimum(bend, -1e-300), -1.0, 1.0)
        effect = np.clip(effect + step, -FAR, FAR)
        if float(np.abs(step[np.abs(effect) < FAR]).max(initial=0.0)) < 1e-11:
            break
    value, _, bend = only.only.terms(effect)
    lrt = max(0.0, 2.0 * (float(value.sum()) - common.value))
    return Heterogeneity(_spread(effect[:, 0], -bend[:, 0]), lrt, k - 1)


def random_level_test(model: TwoEffectModel, cells: tuple[Array, Array, Array, Array]) -> Heterogeneity:
    """With random study levels: the saturated model has an effect for each study besides their distribution.

    The effects of the studies are found one by one for given mu and sigma; what mu and sigma share among them enters
    the covariance through the blocks of the Hessian.
    """
    from scipy.optimize import minimize

    a, b, c, d = cells
    common = model.with_effects("one").maximise(heterogeneous=False)
    # With an infinite effect among them the studies' own effects have no end that a stopping rule could meet.
    if all(float(cell.min()) > 0 for cell in cells):
        model = model.with_effects("own")
    else:
        model = TwoEffectModel(model.first, model.second, model.k, model.start)
    own = np.log((a + 0.5) / (b + 0.5)) - np.log((c + 0.5) / (d + 0.5))

    def best(mu: float, sigma: float, start: Array) -> Array:
        effect = start
        for _ in range(100):
            up, here, down = (model.study_values(mu, effect + h, sigma, 0.0) for h in (1e-3, 0.0, -1e-3))
            slope, bend = (up - down) / 2e-3, (up - 2 * here + down) / 1e-6
            step = np.clip(-slope / np.minimum(bend, -FLAT), -1.0, 1.0)
            effect = np.clip(effect + step, -BEYOND, BEYOND)
            if float(np.abs(step[np.abs(effect) < BEYOND]).max(initial=0.0)) < 1e-7:
                break
        return effect

    effect = own

    def loss(x: Array) -> float:
        nonlocal effect
        effect = best(x[0], x[1], effect)
        return -float(model.study_values(x[0], effect, x[1], 0.0).sum())

    start = [common.mu, max(common.sigma, 0.1)]
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9})
    mu, sigma = float(found.x[0]), abs(float(found.x[1]))
    effect = best(mu, sigma, effect)
    lrt = max(0.0, 2.0 * (-float(found.fun) - common.value))
    return Heterogeneity(_linked_spread(model, mu, sigma, effect), lrt, a.size - 1)


def _linked_spread(model: TwoEffectModel, mu: float, sigma: float, effect: Array) -> float:
    """Wald's statistic of equal effects, whose estimates are linked through mu and sigma."""
    h = 2e-3

    def at(m: float, s: float, e: float) -> Array:
        return model.study_values(mu + m * h, effect + e * h, sigma + s * h, 0.0)

    here = at(0, 0, 0)
    own = -(at(0, 0, 1) - 2 * here + at(0, 0, -1)) / h**2
    side = np.stack(
        [
            -(at(1, 0, 1) - at(1, 0, -1) - at(-1, 0, 1) + at(-1, 0, -1)) / (4 * h**2),
            -(at(0, 1, 1) - at(0, 1, -1) - at(0, -1, 1) + at(0, -1, -1)) / (4 * h**2),
        ]
    )
    shared = np.empty((2, 2))
    shared[0, 0] = -float((at(1, 0, 0) - 2 * here + at(-1, 0, 0)).sum()) / h**2
    shared[1, 1] = -float((at(0, 1, 0) - 2 * here + at(0, -1, 0)).sum()) / h**2
    shared[0, 1] = shared[1, 0] = -float((at(1, 1, 0) - at(1, -1, 0) - at(-1, 1, 0) + at(-1, -1, 0)).sum()) / (4 * h**2)
    finite = (own > FLAT) & (np.abs(effect) < BEYOND)
    d, b, y = own[finite], side[:, finite], effect[finite]
    left = np.linalg.inv(shared - (b / d) @ b.T)
    covariance = np.diag(1.0 / d) + (b / d).T @ left @ (b / d)
    weight = np.linalg.inv(covariance)
    mean = float(weight.sum(axis=0) @ y) / float(weight.sum())
    return float((y - mean) @ weight @ (y - mean))


def _spread(effect: Array, weight: Array) -> float:
    known = weight > FLAT
    mean = float((weight * np.where(known, effect, 0.0)).sum()) / float(weight.sum())
    return float((weight[known] * (effect[known] - mean) ** 2).sum())
