"""Mean and SD from quantiles by fitting a shape: quantile estimation, Box-Cox, unknown non-normal shape.

The published programs draw random numbers in the last step of the two Box-Cox methods; here the same moments are
integrated, so the answer does not change from run to run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gamma, gammaincinv, gammaln, log_ndtr, ndtr, ndtri

from reviewkit.effects.core import FloatArray
from reviewkit.effects.five_numbers import FiveNumbers, normal_mean, normal_sd
from reviewkit.errors import InputError

_ZERO_STANDS_FOR = 0.01
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


@dataclass(frozen=True, slots=True)
class MeanSd:
    """A mean, a standard deviation, and what a reader should know about them."""

    mean: float
    sd: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shape:
    """A two-parameter distribution: quantiles, moments, start and bounds of its fit."""

    name: str
    quantile: Callable[[FloatArray, FloatArray], FloatArray]
    moments: Callable[[float, float], tuple[float, float]]
    start: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]


class _NotFinite(Exception):
    """The search met parameters whose quantiles are infinite."""


def quantile_fit(numbers: FiveNumbers) -> MeanSd:
    """Fit each candidate to the quantiles by least squares; the moments of the best one (McGrath 2020).

    Candidates, starts, bounds and search are the published ones. That search gives a candidate up when it meets an
    infinite value; where a search that does not give up finds a clearly better shape, a note says so.
    """
    values = np.array([_ZERO_STANDS_FOR if value == 0 else value for value in numbers.values])
    probabilities = _probabilities(numbers)
    shapes = _candidates(values, numbers)
    published = [(_published_search(shape, probabilities, values), shape) for shape in shapes]
    fits = [(fit[0], shape, fit[1]) for fit, shape in published if fit is not None]
    if not fits:
        raise InputError("no shape could be fitted to this summary.", code="no-fit")
    cost, shape, theta = min(fits, key=lambda one: one[0])
    mean, sd = shape.moments(float(theta[0]), float(theta[1]))
    notes = [f"best shape: {shape.name}"]
    if np.any(np.isclose(theta, shape.high, rtol=1e-6)) or np.any(np.isclose(theta, shape.low, rtol=1e-6)):
        notes.append("the fit ended at a published bound of its parameters: rescale the numbers and compare")
    notes += _better_fit(shapes, probabilities, values, cost)
    return MeanSd(mean, sd, tuple(notes))


def _published_search(shape: _Shape, p: FloatArray, values: FloatArray) -> tuple[float, FloatArray] | None:
    """Bounded quasi-Newton search with difference quotients of step 0.001, as published; None if it gives up."""
    from scipy.optimize import minimize

    def distance(theta: FloatArray) -> float:
        found = float(np.sum((shape.quantile(p, theta) - values) ** 2))
        if not math.isfinite(found):
            raise _NotFinite
        return found

    def slope(theta: FloatArray) -> FloatArray:
        slopes = []
        for i in range(2):
            up, down = theta.copy(), theta.copy()
            up[i], down[i] = min(up[i] + 1e-3, shape.high[i]), max(down[i] - 1e-3, shape.low[i])
            slopes.append((distance(up) - distance(down)) / (up[i] - down[i]))
        return np.array(slopes)

    try:
        fit = minimize(
            distance,
            np.clip(shape.start, shape.low, shape.high),
            jac=slope,
            method="L-BFGS-B",
            bounds=list(zip(shape.low, shape.high, strict=True)),
            options={"ftol": 1e7 * float(np.finfo(float).eps), "gtol": 0.0, "maxcor": 5},
        )
    except _NotFinite:
        return None
    return float(fit.fun), np.asarray(fit.x)


def _better_fit(shapes: Sequence[_Shape], p: FloatArray, values: FloatArray, cost: float) -> list[str]:
    """A note on the shape that fits clearly better than the one chosen, if the published search missed one."""
    from scipy.optimize import least_squares

    def residuals(theta: FloatArray, shape: _Shape) -> FloatArray:
        fitted = shape.quantile(p, theta) - values
        return np.where(np.isfinite(fitted), np.clip(fitted, -1e9, 1e9), 1e9)

    notes, least = [], 0.99 * cost - 1e-12
    for shape in shapes:
        low, high = np.array(shape.low), np.array(shape.high)
        start = np.clip(shape.start, low + 1e-6 * (high - low), high - 1e-6 * (high - low))
        fit = least_squares(residuals, start, bounds=(low, high), args=(shape,), x_scale="jac")
        if 2 * fit.cost < least:
            least = 2 * fit.cost
            mean, sd = shape.moments(float(fit.x[0]), float(fit.x[1]))
            notes = [f"a fuller search finds a better fit: {shape.name}, mean {mean:.4g}, SD {sd:.4g}"]
    return notes


def _probabilities(numbers: FiveNumbers) -> FloatArray:
    inner = [0.25, 0.5, 0.75] if numbers.has_quartiles else [0.5]
    return np.array([1 / numbers.n, *inner, 1 - 1 / numbers.n] if numbers.has_range else inner)


def _candidates(values: FloatArray, numbers: FiveNumbers) -> list[_Shape]:
    """The normal shape always; the others where no quantile is negative, the beta only between 0 and 1."""
    mean, sd = normal_mean(tuple(values), numbers), normal_sd(tuple(values), numbers, optimal=False)
    low, high = (values[1], values[3]) if len(values) == 5 else (values[0], values[2])
    shapes = [
        _Shape("normal", _normal, lambda m, s: (m, s), (mean, sd), (float(low), 1e-3), (float(high), 50.0)),
    ]
    if values[0] < 0 or mean <= 0:
        return shapes
    ratio = (sd / mean) ** 2
    log_start = (math.log(mean / math.sqrt(1 + ratio)), math.sqrt(math.log(1 + ratio)))
    power = _weibull_start(mean, sd)
    flat, steep = (1e-3, 1e-3), (100.0, 100.0)
    shapes += [
        _Shape(
            "log-normal", _log_normal, _log_normal_moments, log_start, (math.log(low), 1e-3), (math.log(high), 10.0)
        ),
        _Shape(
            "gamma", _gamma, lambda k, rate: (k / rate, math.sqrt(k) / rate), (1 / ratio, mean / sd**2), flat, steep
        ),
        _Shape("Weibull", _weibull, _weibull_moments, (power, mean / float(gamma(1 + 1 / power))), flat, steep),
    ]
    if values[-1] < 1:
        first = mean * (mean * (1 - mean) / sd**2 - 1)
        shapes.append(
            _Shape("beta", _beta, _beta_moments, (first, first * (1 - mean) / mean), flat, (40.0, 40.0)),
        )
    return shapes


def _weibull_start(mean: float, sd: float) -> float:
    """The Weibull shape whose coefficient of variation is that of the summary."""
    from scipy.optimize import brentq

    def gap(log_shape: float) -> float:
        k = math.exp(log_shape)
        return float(gammaln(1 + 2 / k) - 2 * gammaln(1 + 1 / k)) - math.log1p((sd / mean) ** 2)

    low, high = math.log(0.02), math.log(1e4)
    if gap(low) < 0 or gap(high) > 0:
        return float((mean / sd) ** 1.086)
    return math.exp(brentq(gap, low, high, xtol=1e-12))


def _normal(p: FloatArray, theta: FloatArray) -> FloatArray:
    return np.asarray(theta[0] + theta[1] * ndtri(p))


def _log_normal(p: FloatArray, theta: FloatArray) -> FloatArray:
    return np.asarray(np.exp(theta[0] + theta[1] * ndtri(p)))


def _gamma(p: FloatArray, theta: FloatArray) -> FloatArray:
    return np.asarray(gammaincinv(theta[0], p) / theta[1])


def _weibull(p: FloatArray, theta: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.asarray(theta[1] * (-np.log1p(-p)) ** (1 / theta[0]))


def _beta(p: FloatArray, theta: FloatArray) -> FloatArray:
    return np.asarray(betaincinv(theta[0], theta[1], p))


def _log_normal_moments(mu: float, sigma: float) -> tuple[float, float]:
    mean = math.exp(mu + sigma**2 / 2)
    return mean, mean * math.sqrt(math.expm1(sigma**2))


def _weibull_moments(shape: float, scale: float) -> tuple[float, float]:
    first, second = float(gamma(1 + 1 / shape)), float(gamma(1 + 2 / shape))
    return scale * first, scale * math.sqrt(second - first**2)


def _beta_moments(a: float, b: float) -> tuple[float, float]:
    return a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)


def box_cox(numbers: FiveNumbers) -> MeanSd:
    """The power that makes the quantiles symmetrical, Luo and Wan on that scale, then back (McGrath 2020)."""
    from scipy.optimize import minimize_scalar

    def lopsided(power: float) -> float:
        t = _powered(numbers.values, power)
        half = len(t) // 2
        return sum(((t[-1 - i] - t[half]) / max(t[half] - t[i], 1e-100) - 1) ** 2 for i in range(half))

    found = minimize_scalar(lopsided, bounds=(-2.0, 3.0), method="bounded", options={"xatol": 1e-8})
    power = max(0.0, float(found.x))
    t = _powered(numbers.values, power)
    return _back(normal_mean(t, numbers), normal_sd(t, numbers, optimal=False), power)


def unknown_shape(numbers: FiveNumbers) -> MeanSd:
    """Power by the likelihood of the order statistics, then mean and SD by likelihood, then back (Cai 2021)."""
    from scipy.optimize import minimize, minimize_scalar

    def without(power: float) -> float:
        t = _powered(numbers.values, power)
        return -_log_likelihood(t, numbers, normal_mean(t, numbers), normal_sd(t, numbers, optimal=False))

    power = float(minimize_scalar(without, bounds=(0.0, 10.0), method="bounded", options={"xatol": 1e-6}).x)
    t = _powered(numbers.values, power)
    start = np.array([normal_mean(t, numbers), math.log(normal_sd(t, numbers, optimal=False))])

    def given_power(theta: FloatArray) -> float:
        return -_log_likelihood(t, numbers, float(theta[0]), math.exp(theta[1]))

    fit = minimize(given_power, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    return _back(float(fit.x[0]), math.exp(fit.x[1]), power)


def _powered(values: Sequence[float], power: float) -> tuple[float, ...]:
    if abs(power) < 1e-8:
        return tuple(math.log(value) for value in values)
    return tuple((value**power - 1) / power for value in values)


def _log_likelihood(t: Sequence[float], numbers: FiveNumbers, mu: float, sigma: float) -> float:
    """Likelihood of the order statistics: a density at each known one, an area between neighbours."""
    if not sigma > 0:
        return -math.inf
    n = int(numbers.n)
    ranks = [math.floor(share * n + 1) for share in ((0.25, 0.5, 0.75) if numbers.has_quartiles else (0.5,))]
    if numbers.has_range:
        ranks = [1, *ranks, n]
    z = (np.asarray(t) - mu) / sigma
    density = float(np.sum(-(z**2) / 2) - len(z) * math.log(sigma))
    below = (ranks[0] - 1) * float(log_ndtr(z[0]))
    above = (n - ranks[-1]) * float(log_ndtr(-z[-1]))
    with np.errstate(divide="ignore"):
        areas = np.log(np.diff(ndtr(z)))
    between = float(np.sum((np.diff(ranks) - 1) * areas))
    return density + below + above + between


def _back(mu: float, sigma: float, power: float) -> MeanSd:
    """Mean and SD on the original scale; the normal is cut symmetrically where the power has no inverse."""
    notes = (f"power λ = {power:.4g}",)
    if power < 1e-8:
        mean = math.exp(mu + sigma**2 / 2)
        return MeanSd(mean, mean * math.sqrt(math.expm1(sigma**2)), notes)
    half = min(abs(mu + 1 / power), 12 * sigma)
    x = mu + half * _NODES
    weights = _WEIGHTS * np.exp(-((x - mu) ** 2) / (2 * sigma**2))
    weights = weights / weights.sum()
    values = np.maximum(power * x + 1, 0.0) ** (1 / power)
    mean = float(np.sum(weights * values))
    return MeanSd(mean, math.sqrt(float(np.sum(weights * (values - mean) ** 2))), notes)
