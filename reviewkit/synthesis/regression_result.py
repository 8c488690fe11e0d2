"""The result of a meta-regression: coefficients, tests, predictions, residuals and what compares models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.design import INTERCEPT, Design
from reviewkit.synthesis.distributions import special, t_ppf
from reviewkit.synthesis.heterogeneity import QTest, weights_percent
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.model_fit import FitStatistics
from reviewkit.synthesis.pooled import number


@dataclass(frozen=True, slots=True)
class OmnibusTest:
    """Test of all coefficients but the intercept: chi-squared where ``df_residual`` is infinite, else F."""

    statistic: float
    df: int
    df_residual: float
    p: float


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """Likelihood-ratio test of nested models fitted by ML, with both log likelihoods."""

    statistic: float
    df: int
    p: float
    log_likelihood_full: float
    log_likelihood_reduced: float


@dataclass(frozen=True, slots=True)
class RegressionPredictions:
    """Predicted mean effects, shape (n,), with confidence and (where there is heterogeneity) prediction intervals.

    ``pi_low`` and ``pi_high`` use the distribution of the confidence interval; the ``hts`` ones t on k − p − 1
    degrees of freedom (Higgins, Thompson and Spiegelhalter). All four are NaN under a common-effect model.
    """

    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    pi_low: Array
    pi_high: Array
    pi_low_hts: Array
    pi_high_hts: Array
    df: float
    df_hts: int


@dataclass(frozen=True, slots=True)
class MetaRegression:
    """A fitted meta-regression. Ratios on the log scale where ``scale`` is "log"; I² and R² in percent.

    Attributes
    ----------
    design : Design
        The matrix, its terms and the columns dropped.
    estimate : array, shape (p,)
        Coefficients, in the order of ``terms``.
    vcov, wald_vcov : array, shape (p, p)
        Covariance of the coefficients under ``ci_method``, and Wald's.
    hk_scale : float
        Knapp and Hartung's factor: below 1 their errors are smaller than Wald's.
    df : float
        Degrees of freedom of the coefficients' t; infinite for the normal.
    tau2, tau2_se, tau2_without : float or None
        Residual heterogeneity, its error, and the heterogeneity without moderators.
    residual_q : QTest
        Test of residual heterogeneity (QE).
    omnibus : OmnibusTest
        Test of all moderators together (QM).
    """

    design: Design
    estimate: Array
    vcov: Array
    wald_vcov: Array
    hk_scale: float
    df: float
    tau2: float
    tau2_se: float | None
    tau2_without: float | None
    residual_q: QTest
    omnibus: OmnibusTest
    yi: Array
    vi: Array
    studies: tuple[str, ...]
    model: str
    tau2_method: str
    ci_method: str
    level: float
    measure: str
    scale: str
    excluded: tuple[tuple[str, str], ...]
    converged: bool
    warnings: tuple[str, ...]

    @property
    def k(self) -> int:
        """Studies in the model."""
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
        """z or t values, shape (p,); infinite where an error is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.estimate / self.se)

    @property
    def p(self) -> Array:
        """Two-sided p values, shape (p,)."""
        tail = -np.abs(self.statistic)
        return np.asarray(2.0 * (special.ndtr(tail) if math.isinf(self.df) else special.stdtr(self.df, tail)))

    @property
    def ci_low(self) -> Array:
        """Lower bounds, shape (p,)."""
        return self.estimate - self._critical(self.df) * self.se

    @property
    def ci_high(self) -> Array:
        """Upper bounds, shape (p,)."""
        return self.estimate + self._critical(self.df) * self.se

    @property
    def i2(self) -> float:
        """Residual I² in percent: from tau² under random effects, from QE under a common effect."""
        typical = self.residual_q.typical_variance
        if self.model == "common" or typical is None:
            return self.residual_q.i2
        return 100.0 * self.tau2 / (self.tau2 + typical)

    @property
    def h2(self) -> float:
        """Residual H²."""
        typical = self.residual_q.typical_variance
        return self.residual_q.h2 if self.model == "common" or typical is None else 1.0 + self.tau2 / typical

    @property
    def r2(self) -> float | None:
        """Share of the heterogeneity that the moderators account for, in percent; None without one to account for."""
        if self.tau2_without is None:
            return None
        if self.tau2_without == 0.0:
            return 0.0
        return 100.0 * max(0.0, 1.0 - self.tau2 / self.tau2_without)

    @property
    def fitted(self) -> Array:
        """Fitted effects, shape (k,)."""
        return np.asarray(self.design.matrix @ self.estimate)

    @property
    def standardised_residuals(self) -> Array:
        """Residuals over their standard errors, shape (k,)."""
        x = self.design.matrix
        leverage = np.einsum("ij,jk,ik->i", x, self.wald_vcov, x)
        return np.asarray((self.yi - self.fitted) / np.sqrt(self.vi + self.tau2 - leverage))

    @property
    def fit_statistics(self) -> FitStatistics:
        """Log likelihood (REML for an estimate by REML, else ML), deviance, AIC, BIC, AICc."""
        restricted = self.tau2_method == "REML"
        p, k = len(self.terms), self.k
        profile = Profile(self.yi, self.vi, np.linalg.qr(self.design.matrix)[0])
        n = k - p if restricted else k
        value = profile.log_likelihood(self.tau2, restricted) - 0.5 * n * math.log(2.0 * math.pi)
        saturated = -0.5 * (k * math.log(2.0 * math.pi) + float(np.log(self.vi).sum()))
        parameters = p + (self.model == "random")
        wide = max(n, parameters + 2)
        return FitStatistics(
            log_likelihood=value,
            deviance=-2.0 * value if restricted else 2.0 * (saturated - value),
            aic=2.0 * parameters - 2.0 * value,
            bic=parameters * math.log(n) - 2.0 * value,
            aicc=2.0 * parameters * wide / (wide - parameters - 1) - 2.0 * value,
            parameters=parameters,
            likelihood="REML" if restricted else "ML",
        )

    def predict(
        self, values: Mapping[str, Sequence[Any]] | None = None, *, matrix: ArrayLike | None = None
    ) -> RegressionPredictions:
        """Predicted mean effects at new values of the moderators.

        Parameters
        ----------
        values : mapping of str to sequence of length n, optional
            A value for every moderator.
        matrix : array_like, shape (n, number of columns without the intercept), optional
            The design columns themselves, in place of ``values``. Without either, the studies' own.

        Raises
        ------
        InputError
            For a moderator without value, an unknown level, or a matrix of another width.
        """
        x = self._rows(values, matrix)
        estimate = x @ self.estimate
        se = np.sqrt(np.einsum("ij,jk,ik->i", x, self.vcov, x))
        df_hts = max(1, self.k - len(self.terms) - 1)
        spread = np.sqrt(se**2 + self.tau2) if self.model == "random" else np.full(se.shape, np.nan)
        half, wide, hts = (
            self._critical(self.df) * se,
            self._critical(self.df) * spread,
            self._critical(df_hts) * spread,
        )
        return RegressionPredictions(
            estimate=estimate,
            se=se,
            ci_low=estimate - half,
            ci_high=estimate + half,
            pi_low=estimate - wide,
            pi_high=estimate + wide,
            pi_low_hts=estimate - hts,
            pi_high_hts=estimate + hts,
            df=self.df,
            df_hts=df_hts,
        )

    def explain(self) -> str:
        """Which choices were made, and what they gave."""
        from reviewkit.synthesis.regression_words import explain_regression

        return explain_regression(self)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values; what is not defined is None. Effects of studies keep their sampling variances."""
        random = self.model == "random"
        weights = weights_percent(1.0 / (self.vi + self.tau2))
        rows = zip(self.studies, self.yi.tolist(), self.vi.tolist(), weights.tolist(), strict=True)
        columns = (self.estimate, self.se, self.ci_low, self.ci_high, self.p)
        names = ("estimate", "se", "ci_low", "ci_high", "p")
        omnibus = self.omnibus
        return {
            "measure": self.measure,
            "k": self.k,
            "model": self.model,
            "tau2_method": self.tau2_method or None,
            "ci_method": self.ci_method,
            "scale": self.scale,
            **dict.fromkeys((*names, "pi_low", "pi_high", "pi_method", "tau2_ci_low", "tau2_ci_high")),
            "tau2": self.tau2 if random else None,
            "i2_tau2": self.i2 if random else None,
            "i2_q": self.residual_q.i2,
            "q": self.residual_q.q,
            "q_df": self.residual_q.df,
            "q_p": self.residual_q.p,
            "h2": self.h2,
            "r2": self.r2,
            "qm": omnibus.statistic,
            "qm_df": [omnibus.df, None if math.isinf(omnibus.df_residual) else omnibus.df_residual],
            "qm_p": omnibus.p,
            "studies": [{"study": study, "yi": yi, "vi": vi, "weight": w} for study, yi, vi, w in rows],
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "coefficients": [
                {"term": term} | {name: float(column[j]) for name, column in zip(names, columns, strict=True)}
                for j, term in enumerate(self.terms)
            ],
            "subgroups": [],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        parts = []
        for j, term in enumerate(self.terms):
            if term != INTERCEPT:
                low, high = number(float(self.ci_low[j])), number(float(self.ci_high[j]))
                parts.append(f"{term} {number(float(self.estimate[j]))} ({100 * self.level:g}% CI {low} to {high})")
        log = " (log scale)" if self.scale == "log" else ""
        text = f"{self.k} studies, meta-regression{log}: {'; '.join(parts)}"
        if self.model == "common":
            return f"{text}; common effect."
        explained = "" if self.r2 is None else f", R² {self.r2:.0f}%"
        return f"{text}; residual tau² {number(self.tau2)}{explained}."

    def _critical(self, df: float) -> float:
        upper = 0.5 + 0.5 * self.level
        return float(special.ndtri(upper) if math.isinf(df) else t_ppf(upper, df))

    def _rows(self, values: Mapping[str, Sequence[Any]] | None, matrix: ArrayLike | None) -> Array:
        if values is not None:
            return self.design.rows_for(values)
        if matrix is None:
            return self.design.matrix
        x = np.atleast_2d(np.asarray(matrix, dtype=np.float64))
        if x.shape[1] != len(self.design.slopes):
            raise InputError(
                f"matrix has {x.shape[1]} columns: must have {len(self.design.slopes)}, one for each of "
                f"{', '.join(self.terms[j] for j in self.design.slopes)}.",
                code="bad-shape",
            )
        return np.column_stack([np.ones(x.shape[0]), x]) if self.design.intercept else x
