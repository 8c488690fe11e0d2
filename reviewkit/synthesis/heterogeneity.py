"""How much the studies differ: Q, both I², H² and the intervals of tau².

Two I² exist by the same name. ``i2_q`` compares Q with its degrees of freedom (Higgins and Thompson 2002, and the
Cochrane Handbook 10.10.2); ``i2_tau2`` compares tau² with a typical sampling variance (metafor, and RevMan since
2025). Under DerSimonian-Laird they agree; otherwise they may be ten points apart, so both are always given.

References
----------
Higgins JPT, Thompson SG. Stat Med 2002;21:1539-1558. doi:10.1002/sim.1186 (H, I² from Q, their interval)
Viechtbauer W. Stat Med 2007;26:37-52. doi:10.1002/sim.2514 (Q-profile and profile-likelihood intervals of tau²)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import chi2_ppf, chi2_sf, normal_ppf
from reviewkit.synthesis.inputs import Array, check_choice, check_level, check_studies
from reviewkit.synthesis.likelihood import Profile, maximise, scan_grid
from reviewkit.synthesis.tau2 import solve_q

IntervalKind = Literal["q-profile", "profile-likelihood"]


@dataclass(frozen=True, slots=True)
class QTest:
    """Cochran's Q (weights 1/vi), its degrees of freedom and p value, and what follows from it.

    ``typical_variance`` is the sampling variance that Higgins and Thompson call typical; None for one study.
    """

    q: float
    df: int
    p: float
    typical_variance: float | None

    @property
    def i2(self) -> float:
        """I² from Q in percent, from 0 to 100."""
        return 100.0 * max(0.0, (self.q - self.df) / self.q) if self.q > 0 else 0.0

    @property
    def h2(self) -> float:
        """Q over its degrees of freedom; 1 for a single study. Below 1 it is left as it is."""
        return self.q / self.df if self.df else 1.0


@dataclass(frozen=True, slots=True)
class Tau2Interval:
    """An interval of tau², with the same bounds carried over to tau, I² (percent) and H²."""

    tau2: tuple[float, float]
    typical_variance: float
    level: float
    kind: str

    @property
    def tau(self) -> tuple[float, float]:
        """Bounds of the between-study standard deviation."""
        return math.sqrt(self.tau2[0]), math.sqrt(self.tau2[1])

    @property
    def i2(self) -> tuple[float, float]:
        """Bounds of the tau²-based I², in percent."""
        low, high = (100.0 * t / (t + self.typical_variance) for t in self.tau2)
        return low, high

    @property
    def h2(self) -> tuple[float, float]:
        """Bounds of the tau²-based H²."""
        low, high = (1.0 + t / self.typical_variance for t in self.tau2)
        return low, high


def q_test(profile: Profile) -> QTest:
    """Cochran's Q of one set of studies (residual Q where there is a design)."""
    df = profile.df
    if df < 1:
        return QTest(0.0, 0, 1.0, None)
    w, e, inverse = profile.fit(0.0)
    q = float(e @ (w * e))
    return QTest(q, df, float(chi2_sf(q, df)), df / profile.trace_p(w, inverse))


def tau2_shares(tau2: float, test: QTest) -> tuple[float, float]:
    """The tau²-based I² (percent) and H²; 0 and 1 for a single study."""
    typical = test.typical_variance
    return (0.0, 1.0) if typical is None else (100.0 * tau2 / (tau2 + typical), 1.0 + tau2 / typical)


def i2_q_interval(q: float, k: int, level: float = 0.95) -> tuple[float, float] | None:
    """Higgins and Thompson's test-based interval of the Q-based I², in percent.

    Parameters
    ----------
    q : float
        Cochran's Q.
    k : int
        Studies; with fewer than three there is no interval, unless Q exceeds k.
    level : float
        Confidence level in (0, 1).
    """
    bounds = h_interval(q, k, level)
    if bounds is None:
        return None
    low, high = (100.0 * (1.0 - 1.0 / (h * h)) for h in bounds)
    return low, high


def h_interval(q: float, k: int, level: float = 0.95) -> tuple[float, float] | None:
    """Higgins and Thompson's interval of H = sqrt(Q/(k − 1)), floored at 1; None where it is not defined."""
    if k < 2 or (k < 3 and q <= k):
        return None
    if q > k:
        error = 0.5 * (math.log(q) - math.log(k - 1)) / (math.sqrt(2.0 * q) - math.sqrt(2.0 * k - 3.0))
    else:
        error = math.sqrt((1.0 - 1.0 / (3.0 * (k - 2) ** 2)) / (2.0 * (k - 2)))
    centre = 0.5 * math.log(max(1.0, q / (k - 1)))
    half = float(normal_ppf(0.5 + 0.5 * level)) * error
    return max(1.0, math.exp(centre - half)), max(1.0, math.exp(centre + half))


def tau2_interval(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    kind: IntervalKind = "q-profile",
    method: str = "REML",
    level: float = 0.95,
) -> Tau2Interval:
    """An interval of tau².

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, k at least 2.
    kind : {'q-profile', 'profile-likelihood'}
        Q-profile is exact under normality whatever the estimator, and may leave the estimate outside.
        Profile likelihood cuts the (restricted) likelihood at half a chi-squared quantile below its highest peak
        and takes the outermost crossings.
    method : {'REML', 'ML'}
        Which likelihood is profiled; the Q-profile interval ignores it.
    level : float
        Confidence level in (0, 1).

    Raises
    ------
    InputError
        For bad data, fewer than two studies, or another method.

    Examples
    --------
    >>> low, high = tau2_interval([0.1, 0.5, 0.9], [0.02, 0.03, 0.02]).tau2
    >>> round(low, 3), round(high, 2)
    (0.023, 6.3)
    """
    check_choice("kind", kind, IntervalKind)
    check_choice("method", method, ("REML", "ML"))
    check_level(level)
    data = check_studies(yi, vi)
    if data.yi.size < 2:
        raise InputError(f"{data.yi.size} study: tau² has an interval from two studies on.", code="too-few-studies")
    return profile_tau2_interval(Profile(data.yi, data.vi), kind, method == "REML", level)


def profile_tau2_interval(profile: Profile, kind: str, restricted: bool, level: float) -> Tau2Interval:
    """`tau2_interval` for data that are checked already, with or without a design."""
    typical = q_test(profile).typical_variance
    assert typical is not None
    bounds = _q_profile(profile, level) if kind == "q-profile" else _profile_likelihood(profile, restricted, level)
    return Tau2Interval(bounds, typical, level, kind)


def _q_profile(profile: Profile, level: float) -> tuple[float, float]:
    tail = 0.5 * (1.0 - level)
    low, high = (solve_q(profile, float(chi2_ppf(p, profile.df))).tau2 for p in (1.0 - tail, tail))
    return low, high


def _profile_likelihood(profile: Profile, restricted: bool, level: float) -> tuple[float, float]:
    peak = maximise(profile, restricted=restricted).tau2
    cut = profile.log_likelihood(peak, restricted) - 0.5 * float(chi2_ppf(level, 1))

    def above(tau2: float) -> float:
        return profile.log_likelihood(tau2, restricted) - cut

    top = max(profile.upper(), peak, float(profile.vi.min()))
    while above(top) > 0.0:
        top *= 4.0
    # With the peak among its points the grid has one inside, however narrow the interval.
    grid = np.unique(np.append(scan_grid(float(profile.vi.min()), top), [peak, top]))
    inside = np.flatnonzero([above(float(tau2)) > 0.0 for tau2 in grid])
    first, last = int(inside[0]), int(inside[-1])
    low = 0.0 if first == 0 else _crossing(above, float(grid[first - 1]), float(grid[first]))
    return low, _crossing(above, float(grid[last + 1]), float(grid[last]))


def _crossing(above: Callable[[float], float], outside: float, inside: float) -> float:
    """Where ``above`` changes sign between a point outside the interval and one inside, by bisection."""
    while True:
        middle = 0.5 * (outside + inside)
        if middle in (outside, inside):
            return middle
        if above(middle) > 0.0:
            inside = middle
        else:
            outside = middle


def weights_percent(w: Array) -> Array:
    """Weights as percentages that add up to 100."""
    return np.asarray(100.0 * w / w.sum())
