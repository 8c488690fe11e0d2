"""How the pooled estimate moves: without each study, and as studies come in one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.batch import pool_many
from reviewkit.synthesis.deletion import delete_each
from reviewkit.synthesis.distributions import chi2_sf, normal_cdf, normal_ppf, t_cdf, t_ppf
from reviewkit.synthesis.inputs import Array
from reviewkit.synthesis.pooled import Pooled, number


@dataclass(frozen=True, slots=True, eq=False)
class PoolSeries:
    """A series of pools as arrays of shape (k,): one without each study, or one after each study.

    ``i2`` and ``h2`` are tau²-based under random effects and Q-based under a common effect; ``tau2`` is 0 there.
    """

    studies: tuple[str, ...]
    estimate: Array
    se: Array
    statistic: Array
    p: Array
    ci_low: Array
    ci_high: Array
    tau2: Array
    i2: Array
    h2: Array
    q: Array
    q_p: Array
    kind: str
    converged: bool

    def table(self) -> tuple[dict[str, Any], ...]:
        """One row a step: study and numbers."""
        names = ("estimate", "se", "statistic", "p", "ci_low", "ci_high", "tau2", "i2", "h2", "q", "q_p")
        columns = [getattr(self, name).tolist() for name in names]
        return tuple(
            {"study": study, **dict(zip(names, row, strict=True))}
            for study, row in zip(self.studies, zip(*columns, strict=True), strict=True)
        )

    def __str__(self) -> str:
        low, high = int(np.argmin(self.estimate)), int(np.argmax(self.estimate))
        word = "without" if self.kind == "leave-one-out" else "after"
        return (
            f"Estimates from {number(float(self.estimate[low]))} ({word} {self.studies[low]}) to "
            f"{number(float(self.estimate[high]))} ({word} {self.studies[high]})."
        )


def leave_one_out(pooled: Pooled) -> PoolSeries:
    """The pool without each study, by the same model, estimator and interval.

    Parameters
    ----------
    pooled : Pooled
        With at least two studies.

    Raises
    ------
    InputError
        For a single study.

    Examples
    --------
    >>> from reviewkit.synthesis import pool
    >>> print(leave_one_out(pool([0.1, 0.3, 1.1], [0.02, 0.03, 0.02], studies=["A", "B", "C"], model="common")))
    Estimates from 0.18 (without C) to 0.78 (without A).
    """
    k = pooled.k
    if k < 2:
        raise InputError("one study: leaving it out leaves nothing.", code="too-few-studies")
    random = pooled.model == "random"
    gone = delete_each(pooled.yi, pooled.vi, None, pooled.tau2_method if random else None, pooled.tau2)
    method = pooled.ci_method if k > 2 else "normal"
    scale = np.ones(k)
    if method.startswith("hk"):
        scale = np.maximum(gone.scale, 1.0) if method == "hk-adhoc" else gone.scale
    df = math.inf if method == "normal" else float(k - 2)
    se = np.sqrt(gone.inverse[:, 0, 0] * scale)
    estimate = gone.coefficients[:, 0]
    upper = 0.5 + 0.5 * pooled.level
    half = float(normal_ppf(upper) if math.isinf(df) else t_ppf(upper, df)) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
        tail = normal_cdf(-np.abs(statistic)) if math.isinf(df) else t_cdf(-np.abs(statistic), df)
    i2, h2 = _inconsistency(gone.tau2, gone.typical_variance, gone.q, k - 2, random)
    return PoolSeries(
        studies=pooled.studies,
        estimate=estimate,
        se=se,
        statistic=statistic,
        p=2.0 * tail,
        ci_low=estimate - half,
        ci_high=estimate + half,
        tau2=gone.tau2,
        i2=i2,
        h2=h2,
        q=gone.q,
        q_p=np.asarray(chi2_sf(gone.q, k - 2)) if k > 2 else np.ones(k),
        kind="leave-one-out",
        converged=gone.converged,
    )


def _inconsistency(tau2: Array, typical: Array, q: Array, df: int, random: bool) -> tuple[Array, Array]:
    """I² (percent) and H² of each deletion."""
    if df < 1:
        return np.zeros(q.size), np.ones(q.size)
    if random:
        return 100.0 * tau2 / (tau2 + typical), 1.0 + tau2 / typical
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(q > df, 100.0 * (q - df) / q, 0.0), q / df


def cumulative(pooled: Pooled, order: ArrayLike | None = None) -> PoolSeries:
    """The pool after each study, in the order given, by the same model, estimator and interval.

    Parameters
    ----------
    pooled : Pooled
    order : array_like of int, shape (k,), optional
        Positions (from 0) of the studies in the order in which they come in; without it, as they stand.

    Raises
    ------
    InputError
        For an order that does not name each study once.
    """
    k = pooled.k
    steps = np.arange(k) if order is None else np.asarray(order)
    if sorted(steps.tolist()) != list(range(k)):
        raise InputError(f"order must name each of the {k} studies once, counted from 0.", code="bad-order")
    names: Sequence[str] = [pooled.studies[i] for i in steps]
    orders = [steps[:n] for n in range(1, k + 1)]
    pools = pool_many(
        [pooled.yi[order] for order in orders], [pooled.vi[order] for order in orders], model=pooled.model,
        tau2=pooled.tau2_method or "REML", ci=pooled.ci_method, level=pooled.level,
    )
    return PoolSeries(
        studies=tuple(names),
        estimate=pools.estimate,
        se=pools.se,
        statistic=pools.statistic,
        p=pools.p,
        ci_low=pools.ci_low,
        ci_high=pools.ci_high,
        tau2=pools.tau2,
        i2=pools.i2_tau2 if pooled.model == "random" else pools.i2_q,
        h2=pools.h2,
        q=pools.q,
        q_p=pools.q_p,
        kind="cumulative",
        converged=bool(pools.converged.all()),
    )
