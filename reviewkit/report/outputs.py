"""What stands beside the page: results.json, tables as CSV, figures as SVG."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.extraction import COLUMNS
from reviewkit.protocol import Question
from reviewkit.publishing.description import describe
from reviewkit.publishing.formats import cff
from reviewkit.report.bias import COLUMNS as BIAS_COLUMNS
from reviewkit.report.bias import table_rows as bias_rows
from reviewkit.report.checklists import CHECKLISTS, checklist_rows
from reviewkit.report.checklists import COLUMNS as CHECKLIST_COLUMNS
from reviewkit.report.claims import COLUMNS as CLAIM_COLUMNS
from reviewkit.report.claims import claim_rows
from reviewkit.report.figure_files import save_figures
from reviewkit.report.harms import COLUMNS as HARM_COLUMNS
from reviewkit.report.harms import harm_rows, reported
from reviewkit.report.published import COLUMNS as PUBLISHED_COLUMNS
from reviewkit.report.published import published_rows
from reviewkit.report.statements import answer_sentence, answering, plain
from reviewkit.report.summary_of_findings import COLUMNS as SUMMARY_COLUMNS
from reviewkit.report.summary_of_findings import STEP_COLUMNS, step_rows, summary_rows, table_rows
from reviewkit.review.analysis import Analysis
from reviewkit.review.certainty.rating import Certainty
from reviewkit.store.files import write_atomic
from reviewkit.tables import write_csv

if TYPE_CHECKING:
    from reviewkit.report.opened import Report

SCHEMA_VERSION = "1.0"
"""Of ``results.schema.json`` beside this module; ``results.json`` names it as ``schema``."""
DEEPEST = 5
"""Levels of ``results.json`` that have a line for each item: outcomes, analysis, studies, study."""
SIZES = ("n_intervention", "n_comparator")
"""Optional columns an effect may rest on: kept in the table wherever a row fills them."""


def save(report: Report, folder: Path) -> None:
    """Write results.json, CITATION.cff, tables/*.csv and figures/*.svg into a folder."""
    stated = report.stated
    write_atomic(folder / "results.json", _json(_round(stated)) + "\n")
    write_atomic(folder / "CITATION.cff", cff(describe(stated)))
    review = report.review
    columns = (*COLUMNS, *[name for name in SIZES if any(getattr(row, name) for row in review.rows)])
    write_csv(folder / "tables" / "extraction.csv", columns,
              [{name: getattr(row, name) for name in columns} for row in review.rows])
    write_csv(folder / "tables" / "included.csv", ("study_id", "label", "design", "country", "n_randomised", "arms"),
              [{"study_id": s.study_id, "label": s.label, "design": s.design, "country": s.country,
                "n_randomised": s.n_randomised, "arms": s.arms} for s in review.studies])
    write_csv(folder / "tables" / "decisions.csv", ("report", "stage", "outcome", "reason", "note"),
              [{"report": s.report, "stage": s.stage, "outcome": s.outcome, "reason": s.reason, "note": s.note}
               for stage in review.screening.stages for s in review.screening.at(stage)])
    write_csv(folder / "tables" / "effects.csv",
              ("outcome", "analysis", "study", "measure", "yi", "vi", "reason", "direction"), _effects(report))
    write_csv(folder / "tables" / "summary-of-findings.csv", SUMMARY_COLUMNS,
              table_rows(summary_rows(review, report.certainties)))
    write_csv(folder / "tables" / "certainty.csv", STEP_COLUMNS, step_rows(report.certainties))
    write_csv(folder / "tables" / "harms.csv", HARM_COLUMNS, harm_rows(report.certainties))
    write_csv(folder / "tables" / "risk-of-bias.csv", BIAS_COLUMNS, bias_rows(review))
    write_csv(folder / "tables" / "published.csv", PUBLISHED_COLUMNS,
              published_rows(review, report.certainties))
    write_csv(folder / "tables" / "claims.csv", CLAIM_COLUMNS, claim_rows(review, report.certainties))
    for checklist in CHECKLISTS:
        write_csv(folder / "tables" / f"{checklist.id}.csv", CHECKLIST_COLUMNS, checklist_rows(report, checklist))
    save_figures(report, folder / "figures")


def results(report: Report) -> dict[str, object]:
    """Everything the report states, for machines; ratios on the log scale, I² in percent."""
    review, asked = report.review, report.review.protocol.question
    return {
        "schema": SCHEMA_VERSION,
        "question": review.question,
        "title": report.title,
        "status": asked.status,
        "asked": {"title": asked.title, "therapy": asked.therapy, "condition": asked.condition, "kind": asked.kind},
        "eligibility_basis": asked.eligibility_basis,
        "protocol_version": asked.version,
        "date": asked.date.isoformat(),
        "parameters": dict(report.overrides),
        "citation": _citation(asked),
        "flow": review.flow.as_dict(),
        "included": [study.study_id for study in review.studies],
        "people": {"stated": sum(study.n_randomised or 0 for study in review.studies),
                   "studies_silent": sum(study.n_randomised is None for study in review.studies)},
        "answer": _answer(report),
        "outcomes": [_outcome(report, item) for item in report.certainties],
        "summary_of_findings": [row.as_dict() for row in summary_rows(review, report.certainties)],
        "harms": [{**item.harms.as_dict(), "said": reported(item.harms, review)} for item in report.certainties
                  if item.harms],
        "published": published_rows(review, report.certainties),
        "claims": claim_rows(review, report.certainties),
        "risk_of_bias": [dict(row) for row in bias_rows(review)],
        "log_heads": {f"{stage}/{who}": log.head for (stage, who), log in review.logs.items() if log.entries},
        "provenance": report.provenance.as_dict(),
    }


def _citation(asked: Question) -> dict[str, object]:
    kind = "association" if asked.kind == "association" else "systematic review"
    return {"authors": [author.model_dump() for author in asked.authors],
            "keywords": [asked.condition, asked.therapy, kind], "registration": asked.registration,
            "funding": asked.funding, "doi": asked.doi, "url": asked.url, "license": asked.license}


def _answer(report: Report) -> dict[str, object]:
    first = answering(report.certainties) if report.review.studies else None
    return {"sentence": answer_sentence(report.review, report.certainties),
            "outcome": first.outcome.id if first else None,
            "certainty": first.rating.level if first else NO_EVIDENCE}


def _outcome(report: Report, certainty: Certainty) -> dict[str, object]:
    found = certainty.analysis
    main = _analysis(found.main)
    if certainty.harms and found.main.pooled is not certainty.harms.pool:
        # One outcome has one pool: that of the harms section, by a method for rare events.
        main |= {"pooled": None, "why_not_pooled": "pooled by the method named under harms"}
    return {
        "id": found.outcome.id,
        "name": found.outcome.name,
        "importance": found.outcome.importance,
        "better": found.outcome.better,
        "main": main,
        "sensitivity": [_analysis(item) for item in found.sensitivity],
        "direction": found.direction.as_dict(),
        "certainty": {**certainty.as_dict(), "statement": plain(report.review, certainty)},
    }


def _analysis(item: Analysis) -> dict[str, object]:
    return {
        "id": item.id,
        "label": item.label,
        "measure": item.measure,
        "sets": list(item.sets),
        "pooled": item.pooled.as_dict() if item.pooled else None,
        "why_not_pooled": item.why or None,
        "studies": [
            {"study": r.study_id, "yi": r.yi, "vi": r.vi, "reason": r.reason or None, "direction": r.direction,
             "favours": r.favours, "n": r.n, "rows": [row.row_id for row in r.rows],
             "steps": [str(step) for step in r.steps]}
            for r in item.results
        ],
    }


def _effects(report: Report) -> Iterable[Mapping[str, object]]:
    for found in report.outcomes:
        for analysis in (found.main, *found.sensitivity):
            for r in analysis.results:
                yield {"outcome": found.outcome.id, "analysis": analysis.id, "study": r.study_id,
                       "measure": analysis.measure, "yi": _round(r.yi), "vi": _round(r.vi), "reason": r.reason,
                       "direction": r.told}


def _round(value: object) -> object:
    """Twelve significant digits, so that the last bit of a sum does not change a file."""
    if isinstance(value, float):
        return None if not math.isfinite(value) else float(f"{value:.12g}")
    if isinstance(value, Mapping):
        return {str(k): _round(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_round(item) for item in value]
    return value


def _json(values: object, depth: int = 0) -> str:
    """JSON with a line for each item down to an outcome's studies, as a person reads and compares it."""
    if depth < DEEPEST and isinstance(values, dict | list) and values:
        pad = " " * (depth + 1)
        items = [f"{_text(k)}: {_json(v, depth + 1)}" for k, v in values.items()] if isinstance(values, dict) else [
            _json(item, depth + 1) for item in values]
        first, last = "{}" if isinstance(values, dict) else "[]"
        return f"{first}\n{pad}" + f",\n{pad}".join(items) + f"\n{pad[1:]}{last}"
    return _text(values)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
