"""Models for rare events that take the counts as they are: generalised linear mixed models and the beta-binomial.

No zero cell needs a correction here. Studies without any event (or with nothing else) carry no information on an
odds or rate ratio and are left out; the beta-binomial model keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.count_heterogeneity import Heterogeneity, conditional_test, random_level_test, study_level_test
from reviewkit.synthesis.count_likelihood import Binomial, Hypergeometric, OneArm, Poisson, TwoArms
from reviewkit.synthesis.counts import Rates, Tables, check_rates, check_tables
from reviewkit.synthesis.glmm_result import CountModel, assemble_counts
from reviewkit.synthesis.inputs import Array, check_choice, check_level
from reviewkit.synthesis.lagged_laplace import LaggedModel
from reviewkit.synthesis.laplace import TwoEffectModel
from reviewkit.synthesis.random_effect import RandomEffectModel

GlmmModel = Literal["UM.FS", "UM.RS", "CM.AL", "CM.EL"]
Laplace = Literal["converged", "lme4"]
MODEL_NAMES: dict[str, str] = {
    "UM.FS": "unconditional mixed model with fixed study levels",
    "UM.RS": "unconditional mixed model with random study levels (Laplace approximation)",
    "CM.AL": "conditional mixed model, binomial approximation",
    "CM.EL": "conditional mixed model, exact likelihood",
}
_LAPLACE: dict[str, type[TwoEffectModel]] = {"converged": TwoEffectModel, "lme4": LaggedModel}
COUNT_LIMIT = 2e5
"""Cells of the exact conditional likelihood beyond which the binomial approximation is asked for."""


def glmm(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    model: GlmmModel = "UM.FS",
    laplace: Laplace = "converged",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> CountModel:
    """Pool odds ratios by a logistic mixed model, fitted by maximum likelihood.

    Parameters
    ----------
    ai, bi, ci, di : array_like, shape (k,)
        Events and non-events of group 1, events and non-events of group 2.
    model : {'UM.FS', 'UM.RS', 'CM.AL', 'CM.EL'}
        Unconditional with fixed or random study levels; conditional on the events of each study, exact
        (hypergeometric) or approximate (binomial; good where events are rare).
    laplace : {'converged', 'lme4'}
        For "UM.RS": Laplace's approximation to its end, or as R's lme4 stops it, to compare with its output.
    level : float
        Confidence level in (0, 1).
    studies : sequence of str, optional
        Names, one a study.

    Returns
    -------
    CountModel
        Log odds ratio with its error from the curvature in all parameters, tau², and tests of heterogeneity.

    Raises
    ------
    InputError
        For a table that cannot be, no study with information, or no events in one of the groups.

    References
    ----------
    Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046-3067. doi:10.1002/sim.4040
    Jackson D et al. Stat Med 2018;37:1059-1085. doi:10.1002/sim.7588 (the models compared)

    Examples
    --------
    >>> print(glmm([3, 2, 5, 1], [97, 98, 115, 80], [8, 6, 9, 4], [92, 95, 110, 78], model="CM.AL"))
    4 studies: odds ratio 0.41 (95% CI 0.20 to 0.82), conditional mixed model, binomial approximation, tau² 0.00 (log \
scale).
    """
    check_choice("model", model, GlmmModel)
    check_choice("laplace", laplace, Laplace)
    check_level(level)
    every = check_tables(ai, bi, ci, di, studies)
    tables = every.take(~every.empty)
    _check_information(tables.a, tables.b, tables.c, tables.d)
    k = tables.a.size
    if model == "UM.RS":
        _check_random_levels(k)
        first, second = _binomial(tables.a, tables.n1), _binomial(tables.c, tables.n2)
        start = math.log((tables.c.sum() + 0.5) / (tables.d.sum() + 0.5))
        crude = math.log((tables.a.sum() + 0.5) / (tables.b.sum() + 0.5)) - start
        both = _LAPLACE[laplace](first, second, k, (start, crude))
        peak, spread = both.maximise(), random_level_test(both, (tables.a, tables.b, tables.c, tables.d))
        numbers = (peak.theta, peak.se, peak.tau, peak.converged)
    else:
        likelihood, spread = _table_likelihood(tables, model)
        numbers = _maximise(likelihood, k, np.log((tables.events + 0.5) / (tables.others + 0.5)))
    return assemble_counts(
        numbers,
        every.names,
        tables.names,
        measure="OR",
        model=model,
        label=MODEL_NAMES[model],
        level=level,
        heterogeneity=spread,
    )


def glmm_rates(
    x1i: ArrayLike,
    t1i: ArrayLike,
    x2i: ArrayLike,
    t2i: ArrayLike,
    *,
    model: Literal["UM.FS", "UM.RS", "CM.EL"] = "UM.FS",
    laplace: Laplace = "converged",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> CountModel:
    """Pool rate ratios by a Poisson mixed model, fitted by maximum likelihood.

    Parameters
    ----------
    x1i, t1i, x2i, t2i : array_like, shape (k,)
        Events and person-time of group 1, then of group 2.
    model : {'UM.FS', 'UM.RS', 'CM.EL'}
        As in `glmm`; given its events, a study's share in group 1 is binomial, so the conditional model is exact.
    laplace, level, studies
        As in `glmm`.

    Raises
    ------
    InputError
        For counts or times that cannot be, or no events in one of the groups.
    """
    check_choice("model", model, ("UM.FS", "UM.RS", "CM.EL"))
    check_choice("laplace", laplace, Laplace)
    check_level(level)
    every = check_rates(x1i, t1i, x2i, t2i, studies)
    keep = every.x1 + every.x2 > 0
    names = tuple(name for name, kept in zip(every.names, keep.tolist(), strict=True) if kept)
    rates = Rates(every.x1[keep], every.t1[keep], every.x2[keep], every.t2[keep], names)
    _check_information(rates.x1, rates.x2)
    k = rates.x1.size
    first, second = Poisson(rates.x1[:, None], rates.t1[:, None]), Poisson(rates.x2[:, None], rates.t2[:, None])
    if model == "UM.RS":
        _check_random_levels(k)
        start = math.log(rates.x2.sum() / rates.t2.sum())
        crude = math.log(rates.x1.sum() / rates.t1.sum()) - start
        peak = _LAPLACE[laplace](first, second, k, (start, crude)).maximise()
        numbers = (peak.theta, peak.se, peak.tau, peak.converged)
    elif model == "UM.FS":
        numbers = _maximise(TwoArms(first, second), k, np.log((rates.x1 + rates.x2) / rates.time))
    else:
        share = Binomial(rates.x1[:, None], (rates.x1 + rates.x2)[:, None], np.log(rates.t1 / rates.t2)[:, None])
        numbers = _maximise(OneArm(share), k, np.zeros(k))
    label = MODEL_NAMES[model]
    return assemble_counts(numbers, every.names, names, measure="IRR", model=model, label=label, level=level)


def glmm_proportions(
    xi: ArrayLike,
    ni: ArrayLike,
    *,
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> CountModel:
    """Pool single-group proportions on the logit scale by a logistic mixed model.

    Parameters
    ----------
    xi, ni : array_like, shape (k,)
        Events and participants.
    level, studies
        As in `glmm`.

    Raises
    ------
    InputError
        For counts that cannot be, or where no or every participant had an event.

    References
    ----------
    Hamza TH, van Houwelingen HC, Stijnen T. J Clin Epidemiol 2008;61:41-51. doi:10.1016/j.jclinepi.2007.03.016
    """
    check_level(level)
    x, n = np.atleast_1d(np.asarray(xi, dtype=np.float64)), np.atleast_1d(np.asarray(ni, dtype=np.float64))
    if x.shape != n.shape:
        raise InputError(f"xi has {x.size} values and ni has {n.size}.", code="length-mismatch")
    # A proportion is one arm of a table whose other arm says nothing.
    tables = check_tables(x, n - x, np.ones_like(x), np.ones_like(x), studies)
    if not 0 < float(x.sum()) < float(n.sum()):
        raise InputError("no or every participant had an event: the logit is infinite.", code="undefined")
    numbers = _maximise(OneArm(_binomial(tables.a, tables.n1)), x.size, np.zeros(x.size))
    names, label = tables.names, "logistic mixed model"
    return assemble_counts(numbers, names, names, measure="PLO", model="GLMM", label=label, level=level)


def _table_likelihood(tables: Tables, model: str) -> tuple[OneArm | TwoArms, Heterogeneity]:
    t = tables
    if model == "UM.FS":
        both = TwoArms(_binomial(t.a, t.n1), _binomial(t.c, t.n2))
        return both, study_level_test(t.a, t.b, t.c, t.d)
    offset = np.log(t.n1 / t.n2)
    if model == "CM.AL":
        only = OneArm(Binomial(t.a[:, None], t.events[:, None], offset[:, None]))
        return only, conditional_test(only, t.a.size)
    width = float((np.minimum(t.n1, t.events) - np.maximum(0.0, t.events - t.n2)).max())
    if width * t.a.size > COUNT_LIMIT or np.any(np.column_stack([t.a, t.b, t.c, t.d]) % 1 != 0):
        raise InputError(
            "the exact conditional likelihood needs whole numbers, and not too many events.",
            code="unsuitable-counts",
            remedy="Use model='UM.FS', which is reliable where events are many.",
        )
    exact = OneArm(Hypergeometric.of(t.a, t.n1, t.c, t.n2))
    return exact, conditional_test(exact, t.a.size)


def _maximise(likelihood: OneArm | TwoArms, k: int, start: Array) -> tuple[float, float, float, bool]:
    search = RandomEffectModel(likelihood, k, start)
    # One study says nothing about how studies differ.
    peak = search.maximise() if k > 1 else search.at(0.0, 0.0, start)
    return peak.theta, search.standard_error(peak), peak.tau, peak.converged


def _binomial(events: Array, n: Array) -> Binomial:
    return Binomial(events[:, None], n[:, None], np.zeros((events.size, 1)))


def _check_random_levels(k: int) -> None:
    if k < 3:
        raise InputError(
            f"{k} studies with information: random study levels need at least three.",
            code="too-few-studies",
            remedy="Use model='UM.FS'.",
        )


def _check_information(*cells: NDArray[np.float64]) -> None:
    if not cells[0].size or any(float(cell.sum()) == 0.0 for cell in cells):
        raise InputError(
            "one group has no events, or nothing but events, in all studies together: the ratio is undefined.",
            code="undefined",
            remedy="A risk difference stays defined.",
        )
