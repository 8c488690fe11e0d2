"""The analysis tables of Cochrane's data package, version 1, as its public specification lists their columns.

Source: Cochrane, RevMan knowledge base, 'Data package specification', version 1 (settings and estimates); the columns
of the data rows as programs that read published packages use them. RevMan's own import templates have columns that no
public page shows, so this is what RevMan writes and R reads, not what RevMan's import form asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from reviewkit.exports.metafor import groups
from reviewkit.extraction import ArmRow, StudyResult
from reviewkit.protocol import MEANS, RATIOS
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.store.files import write_atomic
from reviewkit.synthesis import Pooled
from reviewkit.tables import write_csv
from reviewkit.writers import text_of

ROWS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study", "Study year",
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N",
    "Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Weight", "Mean", "CI start",
    "CI end", "Footnotes",
)  # fmt: skip
SETTINGS = (
    "Analysis group", "Analysis number", "Analysis name", "Analysis group name", "Data source",
    "Data source eligibility", "Data type", "Log-scale data", "Outcome", "Intervention grouping",
    "Experimental intervention", "Control intervention", "Subgroup by", "Filter criteria", "Experimental group label",
    "Control group label", "Statistical method", "Effect measure", "Unit of effect measure", "Analysis model",
    "Subgroup estimates", "Overall estimates", "Test for subgroup differences", "Swap event and non-event",
    "Study CI", "Estimate CI", "Experimental cases", "Experimental N", "Control cases", "Control N", "Mean",
    "CI start", "CI end", "Heterogeneity Tau²", "Heterogeneity Chi²", "Heterogeneity df", "Heterogeneity P",
    "Heterogeneity I²", "Effect Z", "Effect P", "Subgroup Chi²", "Subgroup df", "Subgroup P", "Subgroup I²",
    "Analysis ID",
)  # fmt: skip
MEASURES = {
    "MD": "Mean Difference", "SMD": "Std. Mean Difference", "ROM": "Ratio of Means", "RR": "Risk Ratio",
    "OR": "Odds Ratio", "RD": "Risk Difference", "HR": "Hazard Ratio", "IRR": "Rate Ratio",
}  # fmt: skip


def write_revman(review: Review, folder: Path) -> tuple[str, ...]:
    """Write the data rows, the settings with the estimates, and the included reports as RIS; the files' names."""
    data = folder / "Analysis data"
    data.mkdir(parents=True, exist_ok=True)
    numbered = list(_numbered(review))
    names = (f"Analysis data/{review.question}-data-rows.csv",
             f"Analysis data/{review.question}-overall-estimates-and-settings.csv", f"{review.question}-included.ris")
    write_csv(folder / names[0], ROWS, [row for item in numbered for row in _rows(review, *item)])
    write_csv(folder / names[1], SETTINGS, [_settings(review, *item) for item in numbered])
    reports = [review.reports[name] for study in review.studies for name in study.reports if name in review.reports]
    write_atomic(folder / names[2], text_of(reports, "ris"))
    return names


def _numbered(review: Review) -> Iterator[tuple[int, int, OutcomeAnalysis, Analysis]]:
    """Outcomes as groups; in each the main analysis first, then every other one that gave a pool."""
    group = 0
    for name in review.protocol.outcome_ids:
        outcome = review.synthesise(name)
        kept = [outcome.main] if outcome.main.usable else []
        kept += [item for item in outcome.sensitivity if item.pooled]
        if kept:
            group += 1
            yield from ((group, number, outcome, item) for number, item in enumerate(kept, 1))


def _rows(
    review: Review, group: int, number: int, outcome: OutcomeAnalysis, analysis: Analysis
) -> Iterator[dict[str, object]]:
    pool = analysis.pooled.as_dict() if analysis.pooled else {}
    weights = [item["weight"] for item in pool.get("studies", [])]  # type: ignore[attr-defined]
    years = {study.study_id: _year(review, study.reports) for study in review.all_studies}
    for place, result in enumerate(analysis.usable):
        assert result.yi is not None and result.vi is not None
        error = math.sqrt(result.vi)
        row: dict[str, object] = {
            "Analysis group": group, "Analysis number": number, "Analysis name": _name(outcome, analysis),
            "Study": outcome.labels.get(result.study_id, result.study_id), "Study year": years.get(result.study_id),
            "GIV Mean": result.yi, "GIV SE": error, "Weight": weights[place] if weights else None,
            "Mean": _shown(result.yi, analysis), "CI start": _shown(result.yi - _Z * error, analysis),
            "CI end": _shown(result.yi + _Z * error, analysis), "Footnotes": _footnote(result),
        }
        pair = groups(result.rows)
        if pair is not None:
            row |= {**_arm("Experimental", pair[0]), **_arm("Control", pair[1])}
        yield row


_Z = 1.959963984540054


def _arm(side: str, row: ArmRow) -> dict[str, object]:
    return {f"{side} mean": row.mean, f"{side} SD": row.sd, f"{side} cases": row.events,
            f"{side} N": row.total if row.events is not None else row.n}


def _footnote(result: StudyResult) -> str:
    return "; ".join(str(step) for step in result.steps)


def _settings(
    review: Review, group: int, number: int, outcome: OutcomeAnalysis, analysis: Analysis
) -> dict[str, object]:
    asked, plan = review.protocol.question, outcome.outcome.plan
    kind = "Continuous" if analysis.measure in MEANS else "Dichotomous"
    plain = all(groups(result.rows) is not None for result in analysis.usable)
    row: dict[str, object] = {
        "Analysis group": group, "Analysis number": number, "Analysis name": _name(outcome, analysis),
        "Analysis group name": outcome.outcome.name, "Data source": "Custom input",
        "Data type": kind if plain else "Contrast level", "Log-scale data": str(analysis.measure in RATIOS).upper(),
        "Outcome": outcome.outcome.name, "Experimental intervention": asked.intervention or asked.exposure,
        "Control intervention": asked.comparator, "Experimental group label": asked.therapy,
        "Control group label": "comparator", "Statistical method": "Inverse variance",
        "Effect measure": MEASURES[analysis.measure], "Study CI": "95%", "Estimate CI": f"{plan.level * 100:g}%",
        "Overall estimates": str(analysis.pooled is not None).upper(),
        "Analysis ID": f"{outcome.outcome.id}/{analysis.id}",
    }
    return row | (_estimates(analysis.pooled, analysis) if analysis.pooled else {})


def _estimates(pool: Pooled, analysis: Analysis) -> dict[str, object]:
    said = pool.as_dict()
    estimate, error = float(pool.estimate), float(pool.se)
    return {
        "Analysis model": "Random effects" if said["model"] == "random" else "Fixed effect",
        "Mean": _shown(estimate, analysis), "CI start": _shown(pool.ci_low, analysis),
        "CI end": _shown(pool.ci_high, analysis), "Heterogeneity Tau²": said["tau2"], "Heterogeneity Chi²": said["q"],
        "Heterogeneity df": said["q_df"], "Heterogeneity P": said["q_p"], "Heterogeneity I²": said["i2_q"],
        "Effect Z": estimate / error if error else None, "Effect P": said["p"],
    }


def _shown(value: float | None, analysis: Analysis) -> float | None:
    """As the forest plot shows it: ratios back from the logarithm."""
    return value if value is None or analysis.measure not in RATIOS else math.exp(value)


def _name(outcome: OutcomeAnalysis, analysis: Analysis) -> str:
    return outcome.outcome.name if analysis is outcome.main else f"{outcome.outcome.name}: {analysis.label}"


def _year(review: Review, reports: tuple[str, ...]) -> int | None:
    years = [year for year in (review.reports[name].year for name in reports if name in review.reports) if year]
    return min(years) if years else None
