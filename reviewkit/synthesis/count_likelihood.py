"""Likelihoods of counts given linear predictors: binomial, Poisson, and the conditional (hypergeometric) one.

Each is a function of the linear predictor eta, elementwise, and returns the log likelihood (without constants) with
its first and second derivative. Arrays have the studies on the first axis and quadrature nodes on the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from reviewkit.synthesis.distributions import special
from reviewkit.synthesis.inputs import Array

Triple = tuple[Array, Array, Array]


class LinearLikelihood(Protocol):
    """Log likelihood and its two derivatives in the linear predictor, shape (k, n) each."""

    def terms(self, eta: Array) -> Triple: ...


class CountLikelihood(LinearLikelihood, Protocol):
    """One that also knows what a model that fits every count exactly attains, and rough predictors, shape (k, 1)."""

    def saturated(self) -> float: ...

    def crude(self) -> Array: ...


@dataclass(frozen=True, slots=True)
class Binomial:
    """``events`` of ``n``, shape (k, 1) each; logit link, ``offset`` added to the predictor."""

    events: Array
    n: Array
    offset: Array

    def terms(self, eta: Array) -> Triple:
        """See `CountLikelihood`."""
        e = eta + self.offset
        p: Any = special.expit(e)
        value = self.events * e - self.n * np.logaddexp(0.0, e)
        return value, self.events - self.n * p, -self.n * p * special.expit(-e)

    def saturated(self) -> float:
        """See `CountLikelihood`."""
        rest = self.n - self.events
        return float((special.xlogy(self.events, self.events / self.n) + special.xlogy(rest, rest / self.n)).sum())

    def crude(self) -> Array:
        """Log odds with half an event on either side."""
        return np.asarray(np.log((self.events + 0.5) / (self.n - self.events + 0.5)) - self.offset)


@dataclass(frozen=True, slots=True)
class Poisson:
    """``events`` in ``time``, shape (k, 1) each; log link with the log of time as offset."""

    events: Array
    time: Array

    def terms(self, eta: Array) -> Triple:
        """See `CountLikelihood`."""
        mean = self.time * np.exp(np.minimum(eta, 500.0))
        return self.events * eta - mean, self.events - mean, -mean

    def saturated(self) -> float:
        """See `CountLikelihood`."""
        return float((special.xlogy(self.events, self.events / self.time) - self.events).sum())

    def crude(self) -> Array:
        """Log rate with half an event more."""
        return np.asarray(np.log((self.events + 0.5) / self.time))


@dataclass(frozen=True, slots=True)
class Hypergeometric:
    """Events of group 1 given all margins of the table: Fisher's noncentral hypergeometric in the log odds ratio.

    ``support`` and ``weights`` have shape (k, s): the possible counts and the logarithms of their weights at an odds
    ratio of 1, minus infinity beyond a table's own range.
    """

    events: Array
    support: Array
    weights: Array

    @classmethod
    def of(cls, a: Array, n1: Array, c: Array, n2: Array) -> Hypergeometric:
        """From events and sizes of both groups, shape (k,) each."""
        m = a + c
        low, high = np.maximum(0.0, m - n2), np.minimum(n1, m)
        width = int((high - low).max()) + 1
        x = low[:, None] + np.arange(width, dtype=np.float64)[None, :]
        inside = x <= high[:, None]
        x = np.where(inside, x, low[:, None])
        lg = special.gammaln
        ways = -(lg(x + 1) + lg(n1[:, None] - x + 1) + lg(m[:, None] - x + 1) + lg(n2[:, None] - m[:, None] + x + 1))
        return cls(a[:, None], x, np.where(inside, ways, -np.inf))

    def terms(self, eta: Array) -> Triple:
        """See `CountLikelihood`."""
        exponent = self.weights[:, None, :] + eta[:, :, None] * self.support[:, None, :]
        top = exponent.max(axis=2, keepdims=True)
        p = np.exp(exponent - top)
        total = p.sum(axis=2, keepdims=True)
        p = p / total
        mean = (p * self.support[:, None, :]).sum(axis=2)
        spread = (p * (self.support[:, None, :] - mean[:, :, None]) ** 2).sum(axis=2)
        return self.events * eta - (top + np.log(total))[:, :, 0], self.events - mean, -spread


@dataclass(frozen=True, slots=True)
class TwoArms:
    """Both arms of a study, with the study's level ``alpha`` and the difference ``delta`` split evenly about it."""

    first: CountLikelihood
    second: CountLikelihood

    def terms(self, alpha: Array, delta: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Log likelihood, its gradient (alpha, delta) and its Hessian (aa, ad, dd)."""
        v1, g1, h1 = self.first.terms(alpha + 0.5 * delta)
        v2, g2, h2 = self.second.terms(alpha - 0.5 * delta)
        return v1 + v2, g1 + g2, 0.5 * (g1 - g2), h1 + h2, 0.5 * (h1 - h2), 0.25 * (h1 + h2)


@dataclass(frozen=True, slots=True)
class OneArm:
    """A likelihood of the effect alone: conditional models and single groups. There is no ``alpha``."""

    only: LinearLikelihood

    def terms(self, alpha: Array, delta: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        """As `TwoArms.terms`; what belongs to alpha is zero."""
        value, gradient, curvature = self.only.terms(delta)
        zero = np.zeros_like(value)
        return value, zero, gradient, zero, zero, curvature
