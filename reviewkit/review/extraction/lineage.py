"""The lineage of a number: from the pool back to the print, the report, its records and the line of the search file."""

from __future__ import annotations

from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.extraction import ArmRow, Step, StudyResult
from reviewkit.numbers import percent, working
from reviewkit.review.analysis import Analysis
from reviewkit.review.opened import Review
from reviewkit.store.files import show


@dataclass(frozen=True, slots=True)
class Source:
    """One record behind a report: where it stands in which search file, and how the report was screened."""

    report: str
    record: str
    file: str
    line: int
    line_end: int
    key: str


@dataclass(frozen=True)
class Lineage:
    """Where one study's number in one analysis comes from.

    Attributes
    ----------
    study_id, outcome : str
    result : StudyResult
        The effect, its rows and steps.
    weight : float or None
        Share of the pool in percent; None where the result is in no pool.
    rows : tuple of str
        File and line of each extracted row.
    votes : tuple of str
        Who decided what on the study's reports, at which stage.
    sources : tuple of Source
        Records of the study's reports, in the search files.
    """

    study_id: str
    outcome: str
    result: StudyResult
    weight: float | None
    rows: tuple[str, ...]
    votes: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the effect, and its weight in the pool."""
        if self.weight is None:
            return self.result.steps
        return (*self.result.steps, Step("weight", f"{percent(self.weight, 1)} of the weight of the pool"))

    def __str__(self) -> str:
        head = f"{self.study_id}, {self.outcome}: " + (
            f"effect {working(self.result.yi)}, variance {working(self.result.vi)}" if self.result.usable
            else f"no effect ({self.result.reason})"
        )
        lines = [head, *(f"  {step.kind:<9} {step}" for step in self.steps)]
        lines += [f"  extracted {row}" for row in self.rows]
        lines += [f"  decided   {vote}" for vote in self.votes]
        lines += [f"  record    {s.record} of report {s.report}: {s.file}, lines {s.line} to {s.line_end}"
                  + (f", entry {s.key}" if s.key else "") for s in self.sources]
        return "\n".join(lines)


def lineage(review: Review, outcome: str, study: str, *, analysis: str = "main") -> Lineage:
    """The lineage of one study's number.

    Parameters
    ----------
    outcome, study : str
        Ids as in the protocol and studies.csv.
    analysis : str
        ``"main"`` or the id of a sensitivity analysis.

    Raises
    ------
    InputError
        If the outcome, the analysis or the study's result in it does not exist.
    """
    found = review.synthesise(outcome)
    run = next((one for one in (found.main, *found.sensitivity) if one.id == analysis), None)
    if run is None:
        names = ", ".join(one.id for one in (found.main, *found.sensitivity))
        raise InputError(f"analysis {analysis!r} is unknown; {outcome} has: {names}.", code="unknown-analysis")
    result = next((one for one in run.results if one.study_id == study), None)
    if result is None:
        raise InputError(f"{study!r} has no result in the analysis {analysis!r} of {outcome}.", code="unknown-study",
                         remedy=f"Studies there: {', '.join(one.study_id for one in run.results)}.")
    return trace(review, found.outcome.id, run, result)


def trace(review: Review, outcome: str, run: Analysis, result: StudyResult) -> Lineage:
    """The lineage of a result of an analysis."""
    reports = dict.fromkeys(row.report_id for row in result.rows)
    return Lineage(
        result.study_id, outcome, result, _weight(run, result), tuple(_row(review, row) for row in result.rows),
        tuple(vote for report in reports for vote in _votes(review, report)),
        tuple(source for report in reports for source in _sources(review, report)),
    )


def _weight(run: Analysis, result: StudyResult) -> float | None:
    if run.pooled is None or not result.usable:
        return None
    place = [id(one) for one in run.usable].index(id(result))
    return float(run.pooled.weights[place])


def _row(review: Review, row: ArmRow) -> str:
    file = show(review.extraction_file, review.root)
    return f"{file}, line {row.line}: row {row.row_id}, by {row.extractor}, at {row.locator} ({row.number_status})"


def _votes(review: Review, report: str) -> list[str]:
    said = []
    for stage, statuses in review.screening.stages.items():
        status = statuses.get(report)
        for vote in (*status.votes, *([status.consensus] if status.consensus else [])) if status else ():
            reason = f" ({vote.reason})" if vote.reason else ""
            said.append(f"report {report} at {stage}: {vote.decision}{reason} by {vote.reviewer}")
    return said


def _sources(review: Review, report: str) -> list[Source]:
    return [
        Source(report, name, f"references/{review.question}/{record.origin.file}", record.origin.line,
               record.origin.line_end, record.key)
        for name, record in review.records.items() if review.report_of[name] == report
    ]
