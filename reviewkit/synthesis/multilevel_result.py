"""The result of a multilevel fit: coefficients, variance components with their intervals and tests, I² by level."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from reviewkit.synthesis.components import Components
from reviewkit.synthesis.design import INTERCEPT, Design
from reviewkit.synthesis.distributions import chi2_ppf, chi2_sf, special
from reviewkit.synthesis.heterogeneity import QTest
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.pooled import number
from reviewkit.synthesis.regression_result import OmnibusTest


@dataclass(frozen=True, slots=True)
class ComponentTest:
    """Likelihood-ratio test of one variance component against zero.

    ``p`` refers to chi-squared with one degree of freedom and is conservative, since zero lies on the boundary;
    ``p_boundary`` is half of it (Self and Liang 1987, doi:10.1080/01621459.1987.10478472).
    """

    level: str
    statistic: float
    p: float
    p_boundary: float
    log_likelihood_without: float


@dataclass(frozen=True, slots=True)
class ComponentInterval:
    """A variance component with its profile-likelihood interval."""

    level: str
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Multilevel:
    """A fitted multilevel model. Ratios on the log scale where ``scale`` is "log"; I² in percent.

    Attributes
    ----------
    estimate, df : array, shape (p,)
        Coefficients and the degrees of freedom of their t (infinite: normal).
    vcov : array, shape (p, p)
    sigma2 : array, shape (r,)
        Variance components, in the order of ``levels``; ``level_sizes`` counts the groups of each.
    residual_q : QTest
        Test of residual heterogeneity with the known covariance alone.
    omnibus : OmnibusTest or None
        Test of all moderators; None without any.
    v : array, shape (k,) or (k, k)
        The known sampling variances or covariance.
    """

    design: Design
    estimate: Array
    vcov: Array
    df: Array
    sigma2: Array
    levels: tuple[str, ...]
    level_sizes: tuple[int, ...]
    log_likelihood: float
    residual_q: QTest
    omnibus: OmnibusTest | None
    yi: Array
    v: Array
    studies: tuple[str, ...]
    method: str
    ci_method: str
    level: float
    measure: str
    scale: str
    converged: bool
    warnings: tuple[str, ...]
    parts: Components = field(repr=False)
    fixed: tuple[float | None, ...] = ()

    @property
    def k(self) -> int:
        """Effects in the model."""
        return self.yi.size

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.design.terms

    @property
    def se(self) -> Array:
        """Standard errors, shape (p,)."""
        return np.asarray(np.sqrt(np.diag(self.vcov)))

    @property
    def statistic(self) -> Array:
        """z or t values, shape (p,)."""
        return np.asarray(self.estimate / self.se)

    @property
    def p(self) -> Array:
        """Two-sided p values, shape (p,)."""
        tail = -np.abs(self.statistic)
        return np.asarray(2.0 * np.where(np.isinf(self.df), special.ndtr(tail), special.stdtr(self.df, tail)))

    @property
    def ci_low(self) -> Array:
        """Lower bounds, shape (p,)."""
        return self.estimate - self._critical() * self.se

    @property
    def ci_high(self) -> Array:
        """Upper bounds, shape (p,)."""
        return self.estimate + self._critical() * self.se

    @property
    def prediction(self) -> tuple[float, float] | None:
        """Prediction interval of a new effect in a new group; None with moderators or without random effects."""
        if self.estimate.size > 1 or not self.levels:
            return None
        spread = math.sqrt(float(self.vcov[0, 0]) + float(self.sigma2.sum()))
        half = float(self._critical()[0]) * spread
        return float(self.estimate[0]) - half, float(self.estimate[0]) + half

    @property
    def i2_by_level(self) -> Array:
        """Share of the total variance that lies at each level, in percent, shape (r,); NaN for a single effect."""
        typical = self.residual_q.typical_variance
        if typical is None:
            return np.full(self.sigma2.size, np.nan)
        return np.asarray(100.0 * self.sigma2 / (float(self.sigma2.sum()) + typical))

    @property
    def i2(self) -> float:
        """Share of the total variance that is not sampling error, in percent."""
        return float(self.i2_by_level.sum())

    @property
    def marginal(self) -> Array:
        """Covariance of all effects under the model, shape (k, k)."""
        return self.parts.covariance(self.sigma2)

    def component_intervals(self) -> tuple[ComponentInterval, ...]:
        """Profile-likelihood interval of each variance component, the others maximised at every value."""
        return tuple(
            ComponentInterval(name, float(self.sigma2[r]), *self._profile_bounds(r))
            for r, name in enumerate(self.levels)
            if self.fixed[r] is None
        )

    def component_tests(self) -> tuple[ComponentTest, ...]:
        """Likelihood-ratio test of each variance component against zero."""
        tests = []
        for r, name in enumerate(self.levels):
            without = self._profile(r, 0.0)
            gain = 2.0 * (self.log_likelihood - without)
            # What rounding leaves of a component that is zero is no evidence against zero.
            statistic = gain if gain > 1e-10 * max(1.0, abs(without)) else 0.0
            p = float(chi2_sf(statistic, 1))
            tests.append(ComponentTest(name, statistic, p, 0.5 * p if statistic > 0 else 1.0, without))
        return tuple(tests)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None. ``tau2`` is the sum of the variance components."""
        columns = (self.estimate, self.se, self.ci_low, self.ci_high, self.p)
        names = ("estimate", "se", "ci_low", "ci_high", "p")
        single = self.estimate.size == 1
        low, high = self.prediction or (None, None)
        vi = np.diag(self.v) if self.v.ndim == 2 else self.v
        rows = zip(self.studies, self.yi.tolist(), vi.tolist(), strict=True)
        return {
            "measure": self.measure,
            "k": self.k,
            "model": "random" if self.levels else "common",
            "tau2_method": self.method if self.levels else None,
            "ci_method": self.ci_method,
            "scale": self.scale,
            **{n: float(column[0]) if single else None for n, column in zip(names, columns, strict=True)},
            "pi_low": low,
            "pi_high": high,
            "pi_method": None if low is None else self.ci_method,
            "tau2": float(self.sigma2.sum()) if self.levels else None,
            **dict.fromkeys(("tau2_ci_low", "tau2_ci_high")),
            "i2_tau2": self.i2 if self.levels else None,
            "i2_q": self.residual_q.i2,
            "q": self.residual_q.q,
            "q_df": self.residual_q.df,
            "q_p": self.residual_q.p,
            "h2": self.residual_q.h2,
            "components": [
                {"level": name, "groups": size, "variance": float(variance), "i2": float(share)}
                for name, size, variance, share in zip(
                    self.levels, self.level_sizes, self.sigma2, self.i2_by_level, strict=True
                )
            ],
            "studies": [{"study": study, "yi": y, "vi": v, "weight": None} for study, y, v in rows],
            "excluded": [],
            "coefficients": [
                {"term": term} | {n: float(column[j]) for n, column in zip(names, columns, strict=True)}
                for j, term in enumerate(self.terms)
            ],
            "subgroups": [],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        parts = []
        for j, term in enumerate(self.terms):
            name = "effect" if term == INTERCEPT else term
            low, high = number(float(self.ci_low[j])), number(float(self.ci_high[j]))
            parts.append(f"{name} {number(float(self.estimate[j]))} ({100 * self.level:g}% CI {low} to {high})")
        log = " (log scale)" if self.scale == "log" else ""
        text = f"{self.k} effects{log}: {'; '.join(parts)}"
        if not self.levels:
            return f"{text}; common effect, generalised least squares."
        shares = zip(self.levels, self.sigma2.tolist(), strict=True)
        return f"{text}; variance " + ", ".join(f"{number(value)} between {name}" for name, value in shares) + "."

    def _critical(self) -> Array:
        upper = 0.5 + 0.5 * self.level
        finite = np.where(np.isinf(self.df), 1.0, self.df)
        return np.asarray(np.where(np.isinf(self.df), special.ndtri(upper), special.stdtrit(finite, upper)))

    def _profile(self, r: int, value: float) -> float:
        """The log likelihood with component ``r`` held, maximised over the others."""
        held = [value if j == r else fixed for j, fixed in enumerate(self.fixed)]
        return self.parts.maximise(self.method == "REML", held).fit.value

    def _profile_bounds(self, r: int) -> tuple[float, float]:
        from scipy.optimize import brentq

        cut = self.log_likelihood - 0.5 * float(chi2_ppf(self.level, 1))
        peak = float(self.sigma2[r])

        def above(value: float) -> float:
            return self._profile(r, value) - cut

        low = 0.0 if above(0.0) >= 0.0 else float(brentq(above, 0.0, peak, xtol=1e-12, rtol=1e-9))
        top = max(2.0 * peak, self.parts.unit)
        while above(top) > 0.0:
            top *= 2.0
        return low, float(brentq(above, peak, top, xtol=1e-12, rtol=1e-9))
