"""A beta-binomial model of both arms: rare events without any correction, studies without events included."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.counts import Tables, check_tables
from reviewkit.synthesis.distributions import special
from reviewkit.synthesis.glmm_result import CountModel, assemble_counts
from reviewkit.synthesis.inputs import Array, check_level
from reviewkit.synthesis.laplace import hessian

STARTS = (-9.0, -5.0, -3.0, -1.0)
"""Starting values of the logit of the correlation within arms."""
LIMITS = (-16.0, 4.0)
"""Bounds of the same; the lower one stands for no correlation."""


def beta_binomial(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> CountModel:
    """Pool odds ratios by beta-binomial regression.

    Each arm's risk is drawn from a beta distribution around the mean risk of its group; one correlation for both.
    Arms of one study are taken as independent, so that studies without events count, and randomisation within
    studies is not used. The result has that ``correlation`` and no tau².

    Parameters
    ----------
    ai, bi, ci, di : array_like, shape (k,)
        Events and non-events of group 1, events and non-events of group 2.
    level : float
        Confidence level in (0, 1).
    studies : sequence of str, optional
        Names, one a study.

    Raises
    ------
    InputError
        For a table that cannot be, or no events (or nothing but events) in one of the groups.

    References
    ----------
    Kuss O. Stat Med 2015;34:1097-1116. doi:10.1002/sim.6383

    Examples
    --------
    >>> found = beta_binomial([0, 2, 1, 3], [50, 98, 60, 90], [2, 6, 3, 5], [50, 95, 58, 88])
    >>> found.k, round(found.estimate, 2)
    (4, -1.0)
    """
    from scipy.optimize import minimize

    check_level(level)
    t = check_tables(ai, bi, ci, di, studies)
    if any(np.any(cells % 1 != 0) for cells in (t.a, t.b, t.c, t.d)):
        raise InputError("the beta-binomial model needs whole numbers of people.", code="unsuitable-counts")
    if min(float(cells.sum()) for cells in (t.a, t.b, t.c, t.d)) == 0.0:
        raise InputError(
            "one group has no events, or nothing but events, in all studies together: the odds ratio is undefined.",
            code="undefined",
            remedy="A risk difference stays defined.",
        )

    loss = _loss(t)
    base = math.log(t.c.sum() / t.d.sum())
    crude = math.log(t.a.sum() / t.b.sum()) - base
    bounds = [(None, None), (None, None), LIMITS]
    runs = [minimize(loss, [base, crude, start], method="L-BFGS-B", bounds=bounds) for start in STARTS]
    near = min(runs, key=lambda run: float(run.fun)).x
    x = np.asarray(minimize(loss, near, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-8}).x)
    # At a bound of the spread the arms are binomial, and only the odds are estimated.
    inside = np.array([True, True, LIMITS[0] + 0.1 < x[2] < LIMITS[1] - 0.1])
    covariance = np.linalg.inv(hessian(loss, x)[np.ix_(inside, inside)])
    settled = bool(covariance[1, 1] > 0)
    ratio = math.exp(x[2]) if inside[2] else 0.0
    se = math.sqrt(covariance[1, 1]) if settled else math.nan
    return assemble_counts(
        (float(x[1]), se, None, settled),
        t.names,
        t.names,
        measure="OR",
        model="beta-binomial",
        label="beta-binomial regression",
        level=level,
        correlation=ratio / (1.0 + ratio),
    )


def _loss(t: Tables) -> Callable[[Array], float]:
    """Minus the log likelihood at (log odds in group 2, log odds ratio, log of rho/(1 − rho)).

    Written as sums of logarithms of rising factorials, which stay exact where rho goes to 0.
    """
    cells = [cell.astype(np.intp) for cell in (t.a, t.b, t.c, t.d)]
    steps = np.arange(int(t.n.max()) + 1, dtype=np.float64)

    def rising(first: float, spread: float) -> Array:
        return np.concatenate([[0.0], np.cumsum(np.log(first + spread * steps))])

    def loss(x: Array) -> float:
        spread = math.exp(x[2])
        whole, total = rising(1.0, spread), 0.0
        for events, others, eta in ((*cells[:2], x[0] + x[1]), (*cells[2:], x[0])):
            p, q = rising(float(special.expit(eta)), spread), rising(float(special.expit(-eta)), spread)
            total -= float((p[events] + q[others] - whole[events + others]).sum())
        return total

    return loss
