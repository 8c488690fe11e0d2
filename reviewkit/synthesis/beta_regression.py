"""A beta-binomial model of both arms: rare events without any correction, studies without events included."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.counts import check_tables
from reviewkit.synthesis.distributions import special
from reviewkit.synthesis.glmm_result import CountModel, assemble_counts
from reviewkit.synthesis.inputs import Array, check_level
from reviewkit.synthesis.laplace import hessian

STARTS = (-8.0, -5.0, -3.0, -1.0)
"""Starting values of the logit of the correlation within arms."""


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
    studies is not used. The result's ``tau2`` is the variance of the log odds in a group by the delta method.

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
    if min(float(cells.sum()) for cells in (t.a, t.b, t.c, t.d)) == 0.0:
        raise InputError(
            "one group has no events, or nothing but events, in all studies together: the odds ratio is undefined.",
            code="undefined",
            remedy="A risk difference stays defined.",
        )

    def loss(x: Array) -> float:
        """Minus the log likelihood at (log odds in group 2, log odds ratio, logit of the correlation)."""
        rho = float(special.expit(x[2]))
        size = (1.0 - rho) / rho
        total = 0.0
        for events, others, eta in ((t.a, t.b, x[0] + x[1]), (t.c, t.d, x[0])):
            p, q = float(special.expit(eta)) * size, float(special.expit(-eta)) * size
            total -= float((special.betaln(events + p, others + q) - special.betaln(p, q)).sum())
        return total

    base = math.log(t.c.sum() / t.d.sum())
    crude = math.log(t.a.sum() / t.b.sum()) - base
    bounds = [(None, None), (None, None), (-14.0, 5.0)]
    runs = [minimize(loss, [base, crude, start], method="L-BFGS-B", bounds=bounds) for start in STARTS]
    best = min(runs, key=lambda run: float(run.fun))
    x = np.asarray(minimize(loss, best.x, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14}).x)
    # At the bound of the correlation the arms are binomial, and only the odds are estimated.
    inside = np.array([True, True, -13.9 < x[2] < 4.9])
    covariance = np.linalg.inv(hessian(loss, x)[np.ix_(inside, inside)])
    settled = bool(covariance[1, 1] > 0)
    rho = float(special.expit(x[2]))
    risk = float(special.expit(x[0]))
    se = math.sqrt(covariance[1, 1]) if settled else math.nan
    return assemble_counts(
        (float(x[1]), se, math.sqrt(rho / (risk * (1 - risk))), settled),
        t.names,
        t.names,
        measure="OR",
        model="beta-binomial",
        label="beta-binomial regression",
        level=level,
    )
