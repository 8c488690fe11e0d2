"""A file for an assessor to fill in: every study with every question of its tool; what is filled in stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.appraisal import Tool
from reviewkit.appraisal.rows import COLUMNS, template
from reviewkit.errors import InputError
from reviewkit.review.appraisal.appraising import CONSENSUS, tool_of, tools_of
from reviewkit.review.opened import Review
from reviewkit.tables import read_csv, write_csv


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file, the assessments added, rows kept as they were, studies for which no tool fits."""

    path: Path
    added: int
    kept: int
    without_tool: tuple[str, ...]


def write_template(
    review: Review, assessor: str, *, studies: Sequence[str] = (), outcomes: Sequence[str] = (), tool: str = ""
) -> Written:
    """Write, or complete, ``risk-of-bias/<assessor>.csv``.

    Parameters
    ----------
    studies : sequence of str
        Study ids (or report ids, for a tool that appraises cited reviews); every included study where empty.
    outcomes : sequence of str
        One assessment for each of these; one for all outcomes of the study where empty.
    tool : str
        In place of the tool that fits the design.

    Raises
    ------
    InputError
        If assessor, study, outcome or tool is unknown.
    """
    path = path_of(review, assessor)
    wanted, without = targets(review, studies, outcomes, tool)
    old = read_rows(review, path)
    there = {(row["study_id"], row["outcome"], row["tool"]) for row in old}
    new = [item for item in wanted if (item[0], item[1], item[2].id) not in there]
    origin = "demonstration" if review.protocol.demonstration else "spreadsheet"
    if new or not path.exists():
        write_csv(path, COLUMNS, [*old, *template(new, assessor, origin=origin)])
    return Written(path, len(new), len(old), without)


def path_of(review: Review, assessor: str) -> Path:
    """The file of an assessor (or of the consensus, where the protocol names two assessors).

    Raises
    ------
    InputError
        If the protocol does not name the assessor.
    """
    plan = review.protocol.appraisal
    allowed = [*plan.assessors, CONSENSUS] if plan and len(plan.assessors) > 1 else [*(plan.assessors if plan else ())]
    if assessor not in allowed:
        raise InputError(f"assessor {assessor!r} is not in the protocol.", file=review.name("protocol.toml"),
                         code="assessor", remedy=f"[appraisal] names: {', '.join(allowed) or 'nobody yet'}.")
    return review.folder / "risk-of-bias" / f"{assessor}.csv"


def read_rows(review: Review, path: Path) -> list[dict[str, str]]:
    """The rows of an assessor's file as text; none where it is missing."""
    if not path.exists():
        return []
    columns = [c for c in COLUMNS if c != "wording"]
    return [dict(row.cells) for row in read_csv(path, columns, optional=("wording",), root=review.root)]


def targets(
    review: Review, studies: Sequence[str], outcomes: Sequence[str], tool_id: str = ""
) -> tuple[list[tuple[str, str, Tool]], tuple[str, ...]]:
    """What is appraised: (study or report id, outcome, tool) each; and the studies whose design no tool fits.

    Raises
    ------
    InputError
        If a study, outcome or the tool is unknown.
    """
    known = tools_of(review)
    if tool_id and tool_id not in known:
        raise InputError(f"tool {tool_id!r} is unknown.", code="unknown-tool",
                         remedy=f"Tools known: {', '.join(known)}.")
    for outcome in outcomes:
        review.outcome(outcome)
    tool = known[tool_id] if tool_id else None
    by_id = {study.study_id: study for study in review.all_studies}
    if tool is not None and tool.unit == "synthesis":
        return [("", outcome, tool) for outcome in outcomes or review.protocol.outcome_ids], ()
    names = list(studies) or [study.study_id for study in review.studies]
    if tool is not None and tool.unit == "review":
        unknown = [name for name in studies if name not in review.reports]
        names = list(studies)
    else:
        unknown = [name for name in names if name not in by_id]
    if unknown:
        raise InputError(f"study {unknown[0]!r} is unknown.", code="unknown-study",
                         remedy="Study ids stand in studies.csv, report ids in records.csv.")
    found, without = [], []
    for name in names:
        chosen = tool or known.get(tool_of(review, by_id[name]))
        if chosen is None:
            without.append(name)
            continue
        found += [(name, outcome, chosen) for outcome in outcomes or ("",)]
    return found, tuple(without)
