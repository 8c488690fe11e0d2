"""One door to pooling two-by-two tables: by the method asked for, or by the one that the tables ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from numpy.typing import ArrayLike

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError
from reviewkit.synthesis.counts import RATIO_MEASURES, TableMeasure, Tables, check_tables, table_effects
from reviewkit.synthesis.glmm_result import CountModel
from reviewkit.synthesis.inputs import check_choice
from reviewkit.synthesis.ledger import TableChoice, choose_table_method
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.pooling import pool
from reviewkit.synthesis.rare_events import glmm
from reviewkit.synthesis.stratified import mantel_haenszel, peto
from reviewkit.synthesis.table_pool import TablePool

TableMethod = Literal["auto", "iv", "mh", "peto", "glmm"]


def pool_two_by_two(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    measure: TableMeasure = "RR",
    method: TableMethod = "auto",
    model: Literal["random", "common"] | None = None,
    studies: Sequence[str] | None = None,
    level: float = 0.95,
    **options: Any,
) -> Pooled | TablePool | CountModel:
    """Pool two-by-two tables.

    Parameters
    ----------
    ai, bi, ci, di : array_like, shape (k,)
        Events and non-events of group 1, events and non-events of group 2.
    measure : {'RR', 'OR', 'RD'}
        Ratios are returned as logarithms; Peto's method and the mixed model give odds ratios only.
    method : {'auto', 'iv', 'mh', 'peto', 'glmm'}
        Inverse variance, Mantel-Haenszel, Peto, or a logistic mixed model. "auto" follows `recommend_binary`; its
        reason stands in the result's explanation.
    model : {'random', 'common'}, optional
        By default random for 'iv', common for 'mh' and 'peto'. Random with 'mh' is RevMan 5's 'M-H, Random'.
    studies : sequence of str, optional
        Names, one a study.
    level : float
        Confidence level in (0, 1).
    **options
        Further options of `pool` (for 'iv'): ``tau2``, ``ci``, ``prediction``, ``preset``.

    Raises
    ------
    InputError
        For a table that cannot be (each study named), an undefined ratio (no events in any study, or none in one
        group), or a method that does not give the measure.

    Examples
    --------
    >>> print(pool_two_by_two([0, 2, 1], [100, 118, 89], [1, 3, 2], [99, 115, 93], measure="OR"))
    3 studies: odds ratio 0.50 (95% CI 0.12 to 2.02), Mantel-Haenszel without a zero-cell correction, I² 0% (from Q).
    """
    check_choice("measure", measure, TableMeasure)
    check_choice("method", method, TableMethod)
    if model is not None:
        check_choice("model", model, ("random", "common"))
    tables = check_tables(ai, bi, ci, di, studies)
    chosen, reason = str(method), ""
    if method == "auto":
        choice = recommend_binary(ai, bi, ci, di, measure=measure, studies=studies)
        chosen, reason = choice.method, str(choice)
    if chosen in ("peto", "glmm") and measure != "OR":
        raise InputError(
            f"method = {chosen!r} with measure = {measure!r}: it gives an odds ratio only.",
            code="unknown-choice",
            remedy="Use measure='OR', or method='mh' or 'iv'.",
        )
    cells = (tables.a, tables.b, tables.c, tables.d)
    if chosen == "iv":
        options |= {"model": model or "random", "studies": tables.names, "level": level}
        return _inverse_variance(tables, measure, reason, options)
    if options:
        raise InputError(f"{', '.join(options)}: no option of method {chosen!r}.", code="unknown-choice")
    if chosen == "glmm":
        return glmm(*cells, level=level, studies=tables.names)
    if chosen == "peto":
        common = peto(*cells, level=level, studies=tables.names)
    else:
        common = mantel_haenszel(*cells, measure=measure, level=level, studies=tables.names)
    common = replace(common, reason=reason)
    return common.random_effects() if model == "random" else common


def recommend_binary(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    measure: TableMeasure = "OR",
    studies: Sequence[str] | None = None,
) -> TableChoice:
    """The method that a set of tables asks for, why, and what to try beside it.

    Rules: few zero cells and common events, inverse variance. Zero cells or rare events, Mantel-Haenszel without
    correction; Peto's odds ratio where events are very rare, arms of like size and effects moderate. Peto's method
    and the mixed model are offered for odds ratios only.

    Parameters
    ----------
    ai, bi, ci, di, studies
        As in `pool_two_by_two`.
    measure : {'OR', 'RR', 'RD'}

    References
    ----------
    Bradburn MJ et al. Stat Med 2007;26:53-77. doi:10.1002/sim.2528
    Sweeting MJ, Sutton AJ, Lambert PC. Stat Med 2004;23:1351-1375. doi:10.1002/sim.1761
    Cochrane Handbook for Systematic Reviews of Interventions, version 6.5, section 10.4.4

    Examples
    --------
    >>> print(recommend_binary([0, 2, 0], [100, 118, 90], [1, 3, 2], [99, 115, 93]))
    3 trials, rare events, 2 with a zero cell: Mantel-Haenszel without correction; sensitivity: Peto, GLMM
    """
    check_choice("measure", measure, TableMeasure)
    tables = check_tables(ai, bi, ci, di, studies)
    found = choose_table_method(tables.a, tables.n1, tables.c, tables.n2)
    if measure == "OR":
        return found
    if found.method == "peto":
        words = found.reason.rsplit(":", 1)[0].replace(", arms of like size", "")
        return TableChoice("mh", f"{words}: Mantel-Haenszel without correction", _sensitivity(measure, "mh"))
    return TableChoice(found.method, found.reason, _sensitivity(measure, found.method))


def _sensitivity(measure: str, method: str) -> tuple[str, ...]:
    """What else to try for a measure that neither Peto nor the mixed model gives."""
    other = "inverse variance" if method == "mh" else "Mantel-Haenszel"
    return (other, "odds ratio by Peto or GLMM") if measure == "RR" else (other,)


def _inverse_variance(tables: Tables, measure: str, reason: str, options: dict[str, Any]) -> Pooled:
    if measure in RATIO_MEASURES:
        if tables.empty.all():
            raise InputError(
                "every study has no events, or nothing but events, in both groups: a ratio is undefined.",
                code="undefined",
                remedy="Report the studies without pooling, or pool risk differences.",
            )
        silent = [name for name, out in zip(tables.names, tables.empty.tolist(), strict=True) if out]
        options["studies"] = [name for name in tables.names if name not in set(silent)]
        yi, vi = table_effects(tables.take(~tables.empty), measure)
    else:
        # Studies without events do say something about a difference.
        cells = {"ai": tables.a, "bi": tables.b, "ci": tables.c, "di": tables.d}
        found = effect_sizes(measure, cells, fractional=True)
        silent, yi, vi = [], found.yi, found.vi
    pooled = pool(yi, vi, measure=measure, **options)
    notes = [f"Method: {reason}."] if reason else []
    if silent:
        notes.append(f"Left out, having no events (or nothing but events) in both groups: {', '.join(silent)}.")
    why = "no events, or nothing but events, in both groups: no information on a ratio"
    excluded = tuple((name, why) for name in silent)
    return replace(pooled, warnings=(*notes, *pooled.warnings), excluded=excluded)
