"""For RevMan: the analysis data of a Cochrane data package, version 2 (RevMan since 23 September 2024).

RevMan 5's XML is no longer made by Cochrane's program, so it is not written. What was read: Cochrane's *Data package
specification* (documentation.cochrane.org/revman-kb, version 1 with its notes on the log scale) and, for the columns
that version 2 added, the names by which R's ``meta::read.cdir`` and other open programs read such packages. The page
for version 2 itself could not be read, nor the column lists of RevMan's templates for importing study data, so those
templates are not written.

Only pools of the planned analyses go in. An analysis is 'Dichotomous' or 'Continuous' where every study stands with
its two groups, else 'Contrast level' with estimate and standard error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from reviewkit.exports.pools import COUNTS, Contrast, PoolTable
from reviewkit.tables import csv_text

DATA_ROWS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study", "Study year",
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N",
    "Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Weight", "Mean", "CI start",
    "CI end", "Footnotes",
)
SUBGROUPS = (
    "Analysis group", "Analysis number", "Subgroup", "Subgroup number", "Experimental cases", "Experimental N",
    "Control cases", "Control N", "Weight", "Mean", "CI start", "CI end", "Heterogeneity Tau²", "Tau² CI start",
    "Tau² CI end", "Heterogeneity Chi²", "Heterogeneity df", "Heterogeneity P", "Heterogeneity I²", "Effect Z",
    "Effect T", "Effect P", "ID",
)
OVERALL = (
    "Analysis group", "Analysis number", "Analysis name", "Analysis group name", "Data source",
    "Data source eligibility", "Data type", "Log-scale data", "Outcome", "Intervention grouping",
    "Experimental intervention", "Control intervention", "Subgroup by", "Filter criteria", "Experimental group label",
    "Control group label", "Statistical method", "Effect measure", "Unit of effect measure", "Analysis model",
    "Heterogeneity estimator", "Tau² CI", "Subgroup estimates", "Overall estimates", "Test for subgroup differences",
    "Prediction interval", "Swap event and non-event", "CI method", "CI/PI level", "Sort by", "Graph label (left)",
    "Graph label (right)", "Graph scale", "Show risk of bias", "Experimental cases", "Experimental N",
    "Control cases", "Control N", "Mean", "CI start", "CI end", "PI start", "PI end", "Heterogeneity Tau²",
    "Tau² CI start", "Tau² CI end", "Heterogeneity Chi²", "Heterogeneity df", "Heterogeneity P", "Heterogeneity I²",
    "Effect Z", "Effect T", "Effect P", "Subgroup Chi²", "Subgroup df", "Subgroup P", "Subgroup I²", "ID",
)
_MEASURES = {"OR": "Odds Ratio", "PETO": "Peto Odds Ratio", "RR": "Risk Ratio", "RD": "Risk Difference",
             "MD": "Mean Difference", "SMD": "Std. Mean Difference", "HR": "Hazard Ratio", "ROM": "Ratio of Means",
             "IRR": "Rate Ratio"}
_METHODS = {"iv": "IV", "mh": "MH", "peto": "PETO"}
_COLUMNS = {"ai": "Experimental cases", "ci": "Control cases", "m1i": "Experimental mean", "sd1i": "Experimental SD",
            "n1i": "Experimental N", "m2i": "Control mean", "sd2i": "Control SD", "n2i": "Control N"}


def revman_files(pools: Sequence[PoolTable], question: str, group: str) -> dict[str, str]:
    """File name to text: data rows, subgroup estimates (none), overall estimates and settings.

    ``GIV Mean`` and ``GIV SE`` are on the log scale for ratios; ``Mean``, ``CI start`` and ``CI end`` are as a forest
    plot shows them.

    Parameters
    ----------
    question : str
        Id of the question, for the files' names.
    group : str
        What the analyses compare, as the analysis group's name.
    """
    planned = [pool for pool in pools if pool.analysis == "main" and pool.method in _METHODS]
    rows = [row for number, pool in enumerate(planned, start=1) for row in _data_rows(number, pool)]
    overall = [_overall(number, pool, group) for number, pool in enumerate(planned, start=1)]
    folder = f"{question}-analysis-data/{question}"
    return {
        f"{folder}-data-rows.csv": csv_text(DATA_ROWS, rows),
        f"{folder}-subgroup-estimates.csv": csv_text(SUBGROUPS, ()),
        f"{folder}-overall-estimates-and-settings.csv": csv_text(OVERALL, overall),
    }


def _by_arms(pool: PoolTable) -> bool:
    return all(one.arms for one in pool.contrasts)


def _data_rows(number: int, pool: PoolTable) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    for one, weighted in zip(pool.contrasts, pool.pooled["studies"], strict=True):
        arms = {_COLUMNS[name]: value for name, value in one.arms.items()} if _by_arms(pool) else {}
        rows.append({
            "Analysis group": 1, "Analysis number": number, "Analysis name": pool.name, "Study": one.label,
            **(arms or _contrast(one)), "Weight": weighted["weight"], **_interval(one, pool),
            "Footnotes": "; ".join(one.steps)})
    return rows


def _contrast(one: Contrast) -> dict[str, object]:
    return {"GIV Mean": one.yi, "GIV SE": None if one.vi is None else math.sqrt(one.vi)}


def _interval(one: Contrast, pool: PoolTable) -> dict[str, object]:
    if one.yi is None or one.vi is None:
        return {}
    from scipy.special import ndtri

    reach = float(ndtri(0.5 + pool.level / 2)) * math.sqrt(one.vi)
    return {"Mean": _shown(one.yi, pool), "CI start": _shown(one.yi - reach, pool),
            "CI end": _shown(one.yi + reach, pool)}


def _shown(value: float | None, pool: PoolTable) -> float | None:
    """A value as the forest plot shows it, to twelve digits, so that the last bit changes no file."""
    if value is None:
        return None
    return float(f"{math.exp(value) if pool.pooled['scale'] == 'log' else value:.12g}")


def _overall(number: int, pool: PoolTable, group: str) -> dict[str, object]:
    made, log = pool.pooled, pool.pooled["scale"] == "log"
    arms, counts = _by_arms(pool), bool(set(COUNTS) <= set(pool.contrasts[0].arms))
    random = made["model"] == "random"
    totals = {_COLUMNS[name]: sum(one.arms[name] for one in pool.contrasts)
              for name in (COUNTS if counts else ("n1i", "n2i"))} if arms else {}
    return {
        "Analysis group": 1, "Analysis number": number, "Analysis name": pool.name, "Analysis group name": group,
        "Data source": "Custom input",
        "Data type": ("Dichotomous" if counts else "Continuous") if arms else "Contrast level",
        "Log-scale data": str(log).upper(), "Outcome": pool.name, "Statistical method": _METHODS[pool.method],
        "Effect measure": _MEASURES.get(pool.measure, pool.measure),
        "Analysis model": "Random effect" if random else "Fixed effect",
        "Heterogeneity estimator": made["tau2_method"], "Tau² CI": str(made["tau2_ci_low"] is not None).upper(),
        "Subgroup estimates": "FALSE", "Overall estimates": "TRUE", "Test for subgroup differences": "FALSE",
        "Prediction interval": str(made["pi_low"] is not None).upper(), "Swap event and non-event": "FALSE",
        "CI method": "HKSJ" if made["ci_method"].startswith("hk") else "Wald-type",
        "CI/PI level": f"{100 * pool.level:g}%", "Show risk of bias": "FALSE", **totals,
        "Mean": _shown(made["estimate"], pool), "CI start": _shown(made["ci_low"], pool),
        "CI end": _shown(made["ci_high"], pool), "PI start": _shown(made["pi_low"], pool),
        "PI end": _shown(made["pi_high"], pool), "Heterogeneity Tau²": made["tau2"],
        "Tau² CI start": made["tau2_ci_low"], "Tau² CI end": made["tau2_ci_high"], "Heterogeneity Chi²": made["q"],
        "Heterogeneity df": made["q_df"], "Heterogeneity P": made["q_p"], "Heterogeneity I²": made["i2_q"],
        "Effect P": made["p"], "ID": f"1.{number}",
    }
