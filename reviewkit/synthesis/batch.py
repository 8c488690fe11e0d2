"""Thousands of small meta-analyses at once: umbrella reviews, bootstraps, simulations.

Analyses of like size stand side by side in one array, padded with studies of no weight, and every step is taken for
all of them together: the scan of the likelihood, Newton's steps, the intervals. The search is as global as that of
one analysis; the few whose likelihood has several candidates are handed to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.batch_search import Block, q_of_each, search_tau2
from reviewkit.synthesis.distributions import chi2_sf, normal_cdf, normal_ppf, t_cdf, t_ppf
from reviewkit.synthesis.inputs import Array, check_choice, check_level, usable
from reviewkit.synthesis.intervals import CiMethod
from reviewkit.synthesis.pooling import Model
from reviewkit.synthesis.tau2 import Tau2Method

BLOCK = 1 << 15
"""Studies of one block: small enough for its arrays to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class PooledMany:
    """One pool each, as arrays of shape (n,); NaN where an analysis has no study.

    The fields mean what they mean in `Pooled`; I² is in percent. ``k`` is the number of studies of each analysis,
    ``full_scans`` how many likelihoods had several candidates and were searched on their own.
    """

    k: NDArray[np.intp]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    statistic: Array
    p: Array
    tau2: Array
    i2_tau2: Array
    i2_q: Array
    h2: Array
    q: Array
    q_p: Array
    wald_se: Array
    hk_scale: Array
    converged: NDArray[np.bool_]
    full_scans: int

    def __len__(self) -> int:
        return self.k.size


@dataclass(frozen=True, slots=True)
class _How:
    """What is asked of every analysis."""

    model: str
    tau2: str
    ci: str
    level: float


def pool_many(
    yi: ArrayLike | Iterable[ArrayLike],
    vi: ArrayLike | Iterable[ArrayLike],
    *,
    offsets: Sequence[int] | NDArray[np.intp] | None = None,
    model: str = "random",
    tau2: str = "REML",
    ci: str = "hk",
    level: float = 0.95,
) -> PooledMany:
    """Pool many sets of studies, each on its own.

    Parameters
    ----------
    yi, vi : array_like
        Effects and sampling variances. Either matrices (n, k), a row an analysis; or sequences of n arrays of any
        lengths; or, with ``offsets``, one long array each.
    offsets : sequence of int, shape (n + 1,), optional
        Analysis i has the studies ``offsets[i]`` to ``offsets[i + 1]`` (exclusive).
    model : {'random', 'common'}
    tau2 : str
        Estimator, see `estimate_tau2`. REML, ML and DL are vectorised; others are taken one by one.
    ci : {'normal', 't', 'hk', 'hk-adhoc'}
        Interval of analyses with two or more studies; of a single study always the normal one.
    level : float

    Returns
    -------
    PooledMany

    Raises
    ------
    InputError
        For lengths or offsets that do not fit, or a value that is not usable (each named by analysis and study).

    Examples
    --------
    >>> many = pool_many([[0.1, 0.3], [0.2, 0.1, 0.6]], [[0.02, 0.03], [0.02, 0.03, 0.02]], model="common")
    >>> many.estimate.round(3).tolist()
    [0.18, 0.325]
    """
    check_choice("model", model, Model)
    check_choice("tau2", tau2, Tau2Method)
    check_choice("ci", ci, CiMethod)
    check_level(level)
    y, v, bounds = _flatten(yi, vi, offsets)
    _check(y, v, bounds)
    k = np.diff(bounds)
    how, out = _How(model, tau2, ci, level), _empty(k)
    order = np.argsort(k, kind="stable")
    scans, begin = 0, int(np.searchsorted(k[order], 1))
    while begin < order.size:
        smallest = int(k[order[begin]])
        # Padding costs time, so a block takes sizes up to an eighth above its smallest.
        end = int(np.searchsorted(k[order], smallest + smallest // 8, side="right"))
        end = min(end, begin + max(1, BLOCK // smallest))
        rows = order[begin:end]
        scans += _pool_block(_gather(y, v, bounds, rows), rows, how, out)
        begin = end
    return PooledMany(k=k, full_scans=scans, **out)


def _empty(k: NDArray[np.intp]) -> dict[str, Any]:
    columns = [field.name for field in fields(PooledMany) if field.name not in ("k", "converged", "full_scans")]
    return {name: np.full(k.size, np.nan) for name in columns} | {"converged": np.ones(k.size, dtype=bool)}


def _flatten(yi: Any, vi: Any, offsets: Any) -> tuple[Array, Array, NDArray[np.intp]]:
    """Effects and variances end to end, and where each analysis begins."""
    if offsets is not None:
        y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
        bounds = np.asarray(offsets, dtype=np.intp)
        if bounds.size < 1 or bounds[0] != 0 or bounds[-1] != y.size or (np.diff(bounds) < 0).any():
            raise InputError(
                f"offsets must start at 0, never fall, and end at the number of effects ({y.size}).", code="bad-offsets"
            )
    elif isinstance(yi, np.ndarray) and yi.ndim == 2:
        y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
        bounds = np.arange(yi.shape[0] + 1, dtype=np.intp) * yi.shape[1]
    else:
        rows = [np.atleast_1d(np.asarray(row, dtype=np.float64)) for row in yi]
        others = [np.atleast_1d(np.asarray(row, dtype=np.float64)) for row in vi]
        for i, (row, other) in enumerate(zip(rows, others, strict=False)):
            if row.shape != other.shape:
                raise InputError(
                    f"analysis {i + 1}: {row.size} effects, {other.size} variances.", code="length-mismatch"
                )
        if len(rows) != len(others):
            raise InputError(f"yi has {len(rows)} analyses and vi has {len(others)}.", code="length-mismatch")
        bounds = np.concatenate([[0], np.cumsum([row.size for row in rows])]).astype(np.intp)
        y, v = (np.concatenate([*part, np.empty(0)]) for part in (rows, others))
    if y.size != v.size:
        raise InputError(f"{y.size} effects and {v.size} variances: there must be one each.", code="length-mismatch")
    return y, v, bounds


def _check(y: Array, v: Array, bounds: NDArray[np.intp]) -> None:
    bad = np.flatnonzero(~usable(y, v))
    if not bad.size:
        return
    where = np.searchsorted(bounds, bad, side="right") - 1
    raise InputError(
        [
            Problem(
                f"analysis {i + 1}, study {j - bounds[i] + 1}: effect = {y[j]:g}, variance = {v[j]:g}: "
                "the effect must be finite, the variance finite and above 0.",
                code="bad-variance" if np.isfinite(y[j]) else "not-finite",
            )
            for i, j in zip(where[:20].tolist(), bad[:20].tolist(), strict=True)
        ]
    )


def _gather(y: Array, v: Array, bounds: NDArray[np.intp], rows: NDArray[np.intp]) -> Block:
    k = np.diff(bounds)[rows]
    step = np.arange(int(k.max()))[:, None]
    used = step < k[None, :]
    at = bounds[rows][None, :] + np.minimum(step, k[None, :] - 1)
    mask = used.astype(np.float64)
    shifted = (y[at] - y[at[0]]) * mask
    mean = shifted.sum(axis=0) / k
    return Block((shifted - mean) * mask, v[at], mask, k, y[at[0]] + mean)


def _pool_block(block: Block, rows: NDArray[np.intp], how: _How, out: dict[str, Any]) -> int:
    """Fill in the numbers of one block; how many searches were made one by one."""
    if how.model == "common":
        tau2, converged, scans = np.zeros(rows.size), np.ones(rows.size, dtype=bool), 0
    else:
        tau2, converged, scans = search_tau2(block, how.tau2)
    w = block.used / (block.v + tau2)
    total = w.sum(axis=0)
    mean = (w * block.y).sum(axis=0) / total
    df = block.k - 1
    several = df > 0
    spare = np.maximum(df, 1)
    scale = np.where(several, (w * (block.y - mean) ** 2).sum(axis=0) / spare, 1.0)
    q, typical = q_of_each(block)
    q = np.where(several, q, 0.0)
    estimate, wald = block.centre + mean, 1.0 / np.sqrt(total)
    with np.errstate(divide="ignore", invalid="ignore"):
        out["i2_q"][rows] = np.where(q > df, 100.0 * (q - df) / q, 0.0)
        random = how.model == "random"
        out["i2_tau2"][rows] = np.where(several, 100.0 * tau2 / (tau2 + typical), 0.0)
        out["h2"][rows] = np.where(several, 1.0 + tau2 / typical if random else q / spare, 1.0)
    out["q"][rows], out["q_p"][rows] = q, np.where(several, chi2_sf(q, spare), 1.0)
    out["estimate"][rows], out["tau2"][rows], out["converged"][rows] = estimate, tau2, converged
    out["wald_se"][rows], out["hk_scale"][rows] = wald, scale
    _interval(rows, how, out, df)
    return scans


def _interval(rows: NDArray[np.intp], how: _How, out: dict[str, Any], df: NDArray[np.intp]) -> None:
    """Interval and test of one block; a single study has Wald's."""
    estimate, se, scale = out["estimate"][rows], out["wald_se"][rows], out["hk_scale"][rows]
    if how.ci.startswith("hk"):
        factor = np.sqrt(np.maximum(scale, 1.0) if how.ci == "hk-adhoc" else scale)
        se = np.where(df > 0, se * factor, se)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
    upper = 0.5 + 0.5 * how.level
    if how.ci == "normal":
        half, tail = float(normal_ppf(upper)) * se, normal_cdf(-np.abs(statistic))
    else:
        freedom = np.where(df > 0, df, np.inf)
        sizes, which = np.unique(freedom, return_inverse=True)
        half, tail = t_ppf(upper, sizes)[which] * se, t_cdf(-np.abs(statistic), freedom)
    out["se"][rows], out["statistic"][rows], out["p"][rows] = se, statistic, 2.0 * tail
    out["ci_low"][rows], out["ci_high"][rows] = estimate - half, estimate + half
