"""The analysis tables of Cochrane's data package, version 2 (RevMan since 23 September 2024), and the references.

RevMan 5's XML is legacy, so it is not written. Read were Cochrane's 'Data package specification' (RevMan knowledge
base: version 1, with its notes on the log scale) and, for the columns that version 2 added, the names by which R's
``meta::read.cdir`` and other open programs read such packages: the page on version 2 could not be seen. RevMan's own
templates for importing study data have columns that no public page shows, so this is what RevMan writes and R reads,
not what RevMan's import form asks for.

An analysis is 'Dichotomous' or 'Continuous' where every study stands with its two groups as they are printed, else
'Contrast level', with estimate and standard error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from reviewkit.exports.pools import COUNTS, Entry, PooledTable, figure, pooled_tables
from reviewkit.protocol import MEANS, RATIOS
from reviewkit.review import Review
from reviewkit.store.files import write_atomic
from reviewkit.tables import write_csv
from reviewkit.writers import text_of

ROWS = (
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
SETTINGS = (
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
MEASURES = {"OR": "Odds Ratio", "PETO": "Peto Odds Ratio", "RR": "Risk Ratio", "RD": "Risk Difference",
             "MD": "Mean Difference", "SMD": "Std. Mean Difference", "HR": "Hazard Ratio", "ROM": "Ratio of Means",
             "IRR": "Rate Ratio"}
_COLUMNS = {"m1i": "Experimental mean", "sd1i": "Experimental SD", "n1i": "Experimental N", "m2i": "Control mean",
            "sd2i": "Control SD", "n2i": "Control N"}
_METHODS = {"iv": "IV", "mh": "MH", "peto": "PETO"}
_Z = 1.959963984540054


def write_revman(review: Review, folder: Path) -> tuple[str, ...]:
    """Write data rows, subgroup estimates (none), settings with estimates, and the included reports as RIS.

    Outcomes are analysis groups; in each the planned analysis comes first, then every other one that gave a pool.

    Returns
    -------
    tuple of str
        The files' names.
    """
    kind = f"{review.question}-analysis-data"
    names = (*(f"{kind}/{review.question}-{name}.csv" for name in (
        "data-rows", "subgroup-estimates", "overall-estimates-and-settings")), f"{review.question}-included.ris")
    (folder / kind).mkdir(parents=True, exist_ok=True)
    numbered = list(_numbered(review))
    write_csv(folder / names[0], ROWS, [row for item in numbered for row in _rows(review, *item)])
    write_csv(folder / names[1], SUBGROUPS, ())
    write_csv(folder / names[2], SETTINGS, [_settings(review, *item) for item in numbered])
    reports = [review.reports[name] for study in review.studies for name in study.reports if name in review.reports]
    write_atomic(folder / names[3], text_of(reports, "ris"))
    return names


def _numbered(review: Review) -> Iterator[tuple[int, int, PooledTable]]:
    groups = groupby(pooled_tables(review, unpooled=True), key=lambda item: item.outcome.id)
    for group, (_, items) in enumerate(groups, start=1):
        yield from ((group, number, item) for number, item in enumerate(items, start=1))


def _by_groups(pool: PooledTable) -> bool:
    return all(entry.groups for entry in pool.entries)


def _rows(review: Review, group: int, number: int, pool: PooledTable) -> Iterator[dict[str, object]]:
    years = {study.study_id: _year(review, study.reports) for study in review.all_studies}
    weights = [item["weight"] for item in pool.pooled.get("studies", ())]
    for place, entry in enumerate(pool.entries):
        yield {
            "Analysis group": group, "Analysis number": number, "Analysis name": _name(pool), "Study": entry.label,
            "Study year": years.get(entry.study_id), **_effect(entry, pool),
            **(_sides(entry) if _by_groups(pool) else {}), "Weight": figure(weights[place]) if weights else None,
            "Footnotes": "; ".join(map(str, entry.result.steps)),
        }


def _effect(entry: Entry, pool: PooledTable) -> dict[str, object]:
    if entry.yi is None or entry.vi is None:
        return {}
    error = math.sqrt(entry.vi)
    return {"GIV Mean": figure(entry.yi), "GIV SE": figure(error), "Mean": _shown(entry.yi, pool),
            "CI start": _shown(entry.yi - _Z * error, pool), "CI end": _shown(entry.yi + _Z * error, pool)}


def _sides(entry: Entry) -> dict[str, float]:
    found = entry.groups
    if set(COUNTS) <= set(found):
        return {"Experimental cases": found["ai"], "Experimental N": found["ai"] + found["bi"],
                "Control cases": found["ci"], "Control N": found["ci"] + found["di"]}
    return {_COLUMNS[name]: value for name, value in found.items()}


def _settings(review: Review, group: int, number: int, pool: PooledTable) -> dict[str, object]:
    asked, measure, said = review.protocol.question, pool.analysis.measure, pool.pooled
    kind = "Continuous" if measure in MEANS else "Dichotomous"
    return {
        "Analysis group": group, "Analysis number": number, "Analysis name": _name(pool),
        "Analysis group name": pool.outcome.name, "Data source": "Custom input",
        "Data type": kind if _by_groups(pool) else "Contrast level",
        "Log-scale data": _flag(measure in RATIOS), "Outcome": pool.outcome.name,
        "Experimental intervention": asked.intervention or asked.exposure, "Control intervention": asked.comparator,
        "Experimental group label": asked.therapy, "Control group label": "comparator",
        "Statistical method": _METHODS.get(pool.method, pool.method),
        "Effect measure": "Peto Odds Ratio" if pool.method == "peto" else MEASURES[measure],
        "CI/PI level": f"{pool.outcome.plan.level * 100:g}%", "Subgroup estimates": _flag(False),
        "Overall estimates": _flag(bool(said)), "Test for subgroup differences": _flag(False),
        "Swap event and non-event": _flag(False), "Show risk of bias": _flag(False),
        **(_totals(pool) if _by_groups(pool) else {}), **(_estimates(pool) if said else {}),
        "ID": f"{pool.outcome.id}/{pool.analysis.id}",
    }


def _totals(pool: PooledTable) -> dict[str, object]:
    sides = [_sides(entry) for entry in pool.entries]
    wanted = ("Experimental cases", "Experimental N", "Control cases", "Control N")
    return {name: sum(side[name] for side in sides) for name in wanted if name in sides[0]}


def _estimates(pool: PooledTable) -> dict[str, object]:
    said = pool.pooled
    ratio = said["estimate"] / said["se"] if said["se"] else None
    tested = "Effect Z" if said["ci_method"] == "normal" else "Effect T"
    return {
        "Analysis model": "Random effect" if said["model"] == "random" else "Fixed effect",
        "Heterogeneity estimator": said["tau2_method"], "Tau² CI": _flag(said["tau2_ci_low"] is not None),
        "Prediction interval": _flag(said["pi_low"] is not None),
        "CI method": "HKSJ" if said["ci_method"].startswith("hk") else "Wald-type",
        "Mean": _shown(said["estimate"], pool), "CI start": _shown(said["ci_low"], pool),
        "CI end": _shown(said["ci_high"], pool), "PI start": _shown(said["pi_low"], pool),
        "PI end": _shown(said["pi_high"], pool), "Heterogeneity Tau²": figure(said["tau2"]),
        "Tau² CI start": figure(said["tau2_ci_low"]), "Tau² CI end": figure(said["tau2_ci_high"]),
        "Heterogeneity Chi²": figure(said["q"]), "Heterogeneity df": said["q_df"],
        "Heterogeneity P": figure(said["q_p"]), "Heterogeneity I²": figure(said["i2_q"]), tested: figure(ratio),
        "Effect P": figure(said["p"]),
    }


def _flag(value: bool) -> str:
    return str(value).upper()


def _shown(value: float | None, pool: PooledTable) -> float | None:
    """As the forest plot shows it: ratios back from the logarithm."""
    return figure(value if value is None or pool.analysis.measure not in RATIOS else math.exp(value))


def _name(pool: PooledTable) -> str:
    return pool.outcome.name if pool.main else f"{pool.outcome.name}: {pool.analysis.label}"


def _year(review: Review, reports: tuple[str, ...]) -> int | None:
    years = [year for year in (review.reports[name].year for name in reports if name in review.reports) if year]
    return min(years) if years else None
