"""One assessor's file while it is filled in: an answer or a judgement at a time, with what the tool makes of it.

Only the assessor's own file is read, so that nobody sees another's judgement, and anew for every change, so that what
a spreadsheet wrote stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviewkit.appraisal import OVERALL, Proposal, Tool, propose
from reviewkit.appraisal.answers import WORDS, read_answer
from reviewkit.appraisal.assessment import gather
from reviewkit.appraisal.rows import COLUMNS, Names, parse_rows, template
from reviewkit.errors import InputError, Problem
from reviewkit.numbers import count
from reviewkit.review.appraisal.appraising import tools_of
from reviewkit.review.appraisal.template import path_of, read_rows, targets
from reviewkit.review.opened import Review
from reviewkit.store.files import alone, show
from reviewkit.tables import write_csv

ANSWERED = ("answer", "support", "locator", "url", "note")
"""Columns of a question that are typed."""
JUDGED = ("judgement", "reason", "note")
"""Columns of a judgement that are typed."""
LONGEST = 20_000
"""Characters of the longest cell."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is appraised by whom: a study (or report of a cited review, or nothing), an outcome or all, by a tool."""

    study_id: str
    outcome: str
    tool: Tool
    assessor: str

    def holds(self, cells: Mapping[str, str]) -> bool:
        """Whether a row belongs to it."""
        return (cells["study_id"], cells["outcome"], cells["tool"]) == (self.study_id, self.outcome, self.tool.id)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said of one question or judgement; ``missing`` is what has still to be filled in."""

    place: str
    kind: Literal["error", "missing"]
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class AppraisalLook:
    """Cells by place, what the tool's algorithm proposes from the answers, and remarks.

    A place is a question's id, or ``= `` and the id of a domain (or ``overall``) for its judgement.
    """

    cells: Mapping[str, Mapping[str, str]]
    proposal: Proposal
    remarks: tuple[Remark, ...]


def target_of(review: Review, assessor: str, study: str, *, outcome: str = "", tool: str = "") -> Target:
    """What a form appraises.

    Parameters
    ----------
    study : str
        Study id; the report id of a cited review (``tool`` ``amstar2``); empty for an outcome's synthesis
        (``tool`` ``rob-me``).
    outcome : str
        Empty for all outcomes of the study.
    tool : str
        In place of the one the protocol or the design chooses.

    Raises
    ------
    InputError
        If assessor, study, outcome or tool is unknown, or no tool fits the design.
    """
    path_of(review, assessor)
    found, without = targets(review, [study] if study else [], [outcome] if outcome else [], tool)
    own = [one for one in found if one[0] == study]
    if without or len(own) != 1:
        raise InputError(
            f"no tool fits the design of {study!r}." if without else "the form wants one study, review or synthesis.",
            code="no-tool", remedy=f"Say tool=…: {', '.join(tools_of(review))}." if without else
            "Name a study; for a synthesis, its outcome.")
    return Target(*own[0], assessor)


def place_of(cells: Mapping[str, str]) -> str:
    """The place of a row: its question, or the domain it judges."""
    return cells["question"] or f"= {cells['domain']}"


def set_cells(
    review: Review, target: Target, place: str, cells: Mapping[str, str], *, was: Mapping[str, str]
) -> None:
    """Write cells of one question or judgement; they are on disk when this returns.

    Parameters
    ----------
    cells : mapping of str to str
        Column to its new text; an answer as its code.
    was : mapping of str to str
        What the assessor saw there before.

    Raises
    ------
    InputError
        If the place or a column does not exist, an answer or judgement is not allowed there, or a cell was changed
        meanwhile; nothing is written then.
    """
    new = {column: _allowed(target.tool, place, column, text.strip()) for column, text in cells.items()}
    path = path_of(review, target.assessor)
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        before = read_rows(review, path)
        rows = [dict(row) for row in before]
        row = _row(rows, target, place, origin="demonstration" if review.protocol.demonstration else "form")
        for column, text in new.items():
            seen = was.get(column, "").strip()
            if _bare(column, row[column]) not in (_bare(column, text), _bare(column, seen)):
                raise InputError(f"{column} of {place} was changed meanwhile to {row[column]!r}; nothing was written.",
                                 code="changed", remedy="Look at both, and type it again if yours is right.")
        if any(row[column] != text for column, text in new.items()):
            row |= new
            write_csv(path, COLUMNS, rows)


def look(review: Review, target: Target) -> AppraisalLook:
    """The cells of an appraisal, the live proposal, and what is wrong or lacks.

    Raises
    ------
    InputError
        If the file is no file of appraisals.
    """
    path = path_of(review, target.assessor)
    lines = [(line, row) for line, row in enumerate(read_rows(review, path), 2) if target.holds(row)]
    given, decided = {}, {}
    for _, row in lines:
        code = _bare("answer", row["answer"])
        if row["question"] and code in WORDS:
            given[row["question"]] = code
        elif not row["question"] and row["judgement"] and row["domain"] != OVERALL:
            decided[row["domain"]] = row["judgement"]
    cells = {place_of(row): {column: _bare(column, row[column]) for column in (*ANSWERED, "judgement", "reason")}
             for _, row in lines}
    return AppraisalLook(cells, propose(target.tool, given, decided), tuple(_remarks(review, target, lines, path)))


def _remarks(
    review: Review, target: Target, lines: Sequence[tuple[int, Mapping[str, str]]], path: Path
) -> Iterable[Remark]:
    names = Names([s.study_id for s in review.all_studies], review.reports, review.protocol.outcome_ids,
                  {target.tool.id: target.tool})
    file, by_line = show(path, review.root), {line: place_of(row) for line, row in lines}
    # What lacks support is told, and counts while the judgements are looked at.
    filled = [(line, {**row, **{name: row[name] or "–" for name in ("support", "locator") if row["question"]}})
              for line, row in lines]
    rows, wrong = parse_rows(filled, names, file=file, assessor=target.assessor)
    lacking = [p for p in parse_rows(lines, names, file=file, assessor=target.assessor)[1] if p.code == "no-locator"]
    for problem in (*wrong, *gather(rows, names.tools, file=file)[1]):
        yield _remark(problem, by_line, "missing" if problem.code == "no-reason" else "error")
    for problem in lacking:
        yield _remark(problem, by_line, "missing")


def _remark(problem: Problem, places: Mapping[int, str], kind: Literal["error", "missing"]) -> Remark:
    return Remark(places.get(problem.line or 0, ""), kind, problem.message, problem.remedy)


def _row(rows: list[dict[str, str]], target: Target, place: str, *, origin: str) -> dict[str, str]:
    """The row of a place; the template's rows of the target that are not there are added first."""
    own = {place_of(row): row for row in rows if target.holds(row)}
    blank = template([(target.study_id, target.outcome, target.tool)], target.assessor, origin=origin)
    new = [row for row in blank if place_of(row) not in own]
    if place not in {place_of(row) for row in blank}:
        raise InputError(f"{place!r} is no question or judgement of {target.tool.id}.", code="unknown-question",
                         remedy="Run the cell again.")
    at = max((at for at, row in enumerate(rows) if target.holds(row)), default=len(rows) - 1) + 1
    rows[at:at] = new
    return {**{place_of(row): row for row in new}, **own}[place]


def _allowed(tool: Tool, place: str, column: str, text: str) -> str:
    """A cell as the file holds it: an answer in words."""
    columns = JUDGED if place.startswith("= ") else ANSWERED
    if column not in columns:
        raise InputError(f"column {column!r} is not typed here.", code="column", remedy="Choose another cell.")
    if len(text) > LONGEST:
        raise InputError(f"{column} has {count(len(text))} characters; at most {count(LONGEST)} are kept.",
                         code="value", remedy="Shorten it.")
    if column == "answer" and text:
        allowed = next((q.answers for _, q in tool.questions if q.id == place), ())
        if text not in allowed:
            raise InputError(f"{text!r} is no answer to {place}.", code="answer",
                             remedy=f"Allowed: {', '.join(WORDS[code] for code in allowed)}.")
        return WORDS[text]
    if column == "judgement" and text:
        levels = [level.word for level in tool.levels_of(place.removeprefix("= "))]
        if text not in levels:
            raise InputError(f"judgement = {text!r} is no level here.", code="judgement",
                             remedy=f"Allowed: {', '.join(levels)}.")
    return text


def _bare(column: str, text: str) -> str:
    """An answer as its code, so that 'Y' and 'yes' are one; other cells, and what is no answer, as they are."""
    if column != "answer" or not text:
        return text
    try:
        return read_answer(text)
    except ValueError:
        return text
