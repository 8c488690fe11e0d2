"""How each number of the report came about: print, steps, weight, votes, and the lines of the search files."""

from __future__ import annotations

from reviewkit.extraction import ArmRow, StudyResult
from reviewkit.numbers import number
from reviewkit.render import Safe, anchor_id, details, el, join, link
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.review.extraction.lineage import trace


def lineage_details(review: Review, found: OutcomeAnalysis) -> Safe:
    """Every study's result of an outcome, from the search file to its weight; each analysis adds what is new."""
    blocks = [_block(review, found, found.main, result, "") for result in found.main.results]
    shown = {(r.study_id, tuple(row.row_id for row in r.rows)) for r in found.main.results}
    for analysis in found.sensitivity:
        for result in analysis.results:
            key = (result.study_id, tuple(row.row_id for row in result.rows))
            if key not in shown:
                shown.add(key)
                blocks.append(_block(review, found, analysis, result, analysis.id))
    return details(f"How each number came about ({len(blocks)})", *blocks)


def _block(review: Review, found: OutcomeAnalysis, run: Analysis, result: StudyResult, where: str) -> Safe:
    told = trace(review, found.outcome.id, run, result)
    label = found.labels.get(result.study_id, result.study_id)
    steps = [str(step) for step in told.steps if step.kind != "printed"] or [f"no effect: {result.reason}"]
    records = [
        f"Record {s.record} of report {s.report}: {s.file}, lines {s.line} to {s.line_end}"
        + (f", entry {s.key}." if s.key else ".") for s in told.sources
    ]
    return el(
        "div", el("h4", f"{label} (in: {where})" if where else label, class_="no-contents"),
        el("ul", *[el("li", printed(row)) for row in result.rows]),
        el("ol", *[el("li", step) for step in steps]),
        el("ul", *[el("li", f"Screening: {vote}.") for vote in told.votes],
           *[el("li", record) for record in records]) if told.votes or records else None,
        el("p", "Not used: ", "; ".join(result.unused)) if result.unused else None,
        id=anchor_id(found.outcome.id, result.study_id, *([where] if where else [])),
        class_="lineage",
    )


def printed(row: ArmRow) -> Safe:
    """A row as printed, with its locator, extractor and status."""
    seen = link(row.locator, row.url) if row.url else row.locator
    what = row.as_printed or row.p_value_printed or row.reported_direction.replace("_", " ") or "no number"
    status = f"; number {row.number_status}" + (f", n {row.n_status}" if row.n_status else "")
    note = f"; {row.note}" if row.note else ""
    size = f", n = {number(row.n, 0)}" if row.n else ""
    return join(f"{row.row_id}, {row.arm}{size}: as printed “{what}” (", seen, f"; extracted by {row.extractor}",
                f"{status}){note}")
