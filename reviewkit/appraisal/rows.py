"""Rows of an assessor's file: one for each answer and one for each judgement, read all at once.

A row with a question holds its answer; a row with a domain and no question holds the assessor's judgement of
that domain, and ``overall`` in place of a domain the judgement over all. ``wording`` repeats the question for
the person who fills the file in; it is not read. ``study_id`` names a study, or the report of a review that is
cited, or nothing where an outcome's synthesis is appraised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reviewkit.appraisal.answers import SILENT, WORDS, read_answer
from reviewkit.appraisal.tool import OVERALL, Domain, Question, Tool
from reviewkit.errors import Problem

COLUMNS = (
    "study_id", "outcome", "tool", "domain", "question", "wording", "answer", "judgement", "reason", "support",
    "locator", "url", "assessor", "origin", "note",
)
ORIGINS = ("spreadsheet", "form", "demonstration")
"""Where a row came from: filled in by hand, by a form, or a demonstration judgement of the project itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its answer as a code and its judgement as a level's word; exactly one of them may be filled."""

    line: int
    study_id: str
    outcome: str
    tool: str
    domain: str
    question: str
    answer: str
    judgement: str
    reason: str
    support: str
    locator: str
    url: str
    assessor: str
    origin: str
    note: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names a file of appraisals may use."""

    studies: Collection[str]
    reports: Collection[str]
    outcomes: Collection[str]
    tools: Mapping[str, Tool]


def parse_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], names: Names, *, file: str, assessor: str
) -> tuple[tuple[Row, ...], list[Problem]]:
    """Parse an assessor's rows.

    Parameters
    ----------
    rows : iterable of (int, mapping)
        Line number and cells of each row.
    assessor : str
        The role id the file is named after; each row must name it too.

    Returns
    -------
    tuple of Row, list of Problem
        Rows that could be read, and everything that is wrong with the others: file, line, what, remedy.
    """
    parsed: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        found = list(_problems(cells, names, assessor))
        key = (cells["study_id"], cells["outcome"], cells["tool"], cells["question"] or f"domain {cells['domain']}")
        if not found and key in seen:
            found.append((f"{key[3]} of {key[0] or key[1]} stands on line {seen[key]} too", "double",
                          "Keep one of the two rows."))
        if found:
            problems += [Problem(f"{text}.", file, line, None, code, remedy) for text, code, remedy in found]
            continue
        seen[key] = line
        parsed.append(_row(line, cells, names.tools[cells["tool"]]))
    return tuple(parsed), problems


def _row(line: int, cells: Mapping[str, str], tool: Tool) -> Row:
    values = {name: cells[name] for name in COLUMNS if name != "wording"}
    if cells["question"]:
        values["domain"] = _place(tool, cells["question"])[0].id  # type: ignore[index]
        values["answer"] = read_answer(cells["answer"]) if cells["answer"] else ""
    return Row(line=line, **values)


_Finding = tuple[str, str, str]


def _problems(cells: Mapping[str, str], names: Names, assessor: str) -> Iterable[_Finding]:
    """What is wrong with one row: message, code, remedy."""
    tool = names.tools.get(cells["tool"])
    if tool is None:
        yield (f"tool = {cells['tool']!r} is unknown", "unknown-tool", f"Tools known: {', '.join(names.tools)}.")
        return
    yield from _target(cells, names, tool)
    if cells["assessor"] != assessor:
        yield (f"assessor = {cells['assessor']!r}, but the file is {assessor}'s", "assessor",
               "Each assessor has a file of their own.")
    if cells["origin"] not in ORIGINS:
        yield f"origin = {cells['origin']!r}", "value", f"Allowed: {', '.join(ORIGINS)}."
    if cells["question"]:
        yield from _answer(cells, tool)
    else:
        yield from _judgement(cells, tool)


def _target(cells: Mapping[str, str], names: Names, tool: Tool) -> Iterable[_Finding]:
    study, outcome = cells["study_id"], cells["outcome"]
    if outcome and outcome not in names.outcomes:
        yield (f"outcome = {outcome!r} is unknown", "unknown-outcome",
               f"Outcomes of the protocol: {', '.join(names.outcomes)}.")
    if tool.unit == "synthesis":
        if study or not outcome:
            yield (f"{tool.id} appraises an outcome's synthesis", "target",
                   "Fill in outcome and leave study_id empty.")
    elif tool.unit == "review":
        if study not in names.reports:
            yield (f"study_id = {study!r} is no report", "unknown-report",
                   "Name the cited review by its report id (records.csv).")
    elif study not in names.studies:
        yield f"study_id = {study!r} is unknown", "unknown-study", "Study ids stand in studies.csv."


def _answer(cells: Mapping[str, str], tool: Tool) -> Iterable[_Finding]:
    place = _place(tool, cells["question"])
    if place is None:
        yield (f"question {cells['question']!r} is none of {tool.id}", "unknown-question",
               f"Its questions: {', '.join(question.id for _, question in tool.questions)}.")
        return
    domain, question = place
    if cells["domain"] and cells["domain"] != domain.id:
        yield (f"question {question.id} belongs to domain {domain.id}, not {cells['domain']}", "unknown-domain",
               "Correct the domain, or leave it empty.")
    if cells["judgement"]:
        yield ("a row with a question holds an answer, not a judgement", "value",
               "Put the judgement into a row whose question is empty.")
    if not cells["answer"]:
        return
    try:
        answer = read_answer(cells["answer"])
    except ValueError as error:
        yield str(error), "answer", f"Allowed here: {_allowed(question)}."
        return
    if answer not in question.answers:
        yield f"{cells['answer']!r} is no answer to {question.id}", "answer", f"Allowed: {_allowed(question)}."
    elif answer not in SILENT and not (cells["support"] and cells["locator"]):
        yield (f"answer to {question.id} without support or locator", "no-locator",
               "Say in your own words what the report shows, and where.")


def _judgement(cells: Mapping[str, str], tool: Tool) -> Iterable[_Finding]:
    known = [domain.id for domain in tool.domains]
    if cells["domain"] not in (*known, OVERALL):
        yield (f"domain = {cells['domain']!r} is none of {tool.id}", "unknown-domain",
               f"Its domains: {', '.join(known)}, {OVERALL}.")
        return
    if cells["answer"]:
        yield "a row without a question cannot hold an answer", "value", "Name the question."
    levels = [level.word for level in tool.levels_of(cells["domain"])]
    if cells["judgement"] and cells["judgement"] not in levels:
        yield (f"judgement = {cells['judgement']!r} is no level of {cells['domain']}", "judgement",
               f"Allowed: {', '.join(levels)}; empty takes what the answers lead to.")


def _place(tool: Tool, name: str) -> tuple[Domain, Question] | None:
    return next(((d, q) for d, q in tool.questions if q.id == name), None)


def _allowed(question: Question) -> str:
    return ", ".join(WORDS[code] for code in question.answers)


def template(
    targets: Iterable[tuple[str, str, Tool]], assessor: str, *, origin: str = "spreadsheet"
) -> list[dict[str, str]]:
    """Empty rows for an assessor: (study or report id, outcome, tool) each with every question and judgement."""
    rows = []
    for study, outcome, tool in targets:
        for domain in tool.domains:
            for question in domain.questions:
                when = domain.asked_when(question.id) if "NA" in question.answers else ""
                asks = f"{question.text}{f' [{when}]' if when else ''} ({_allowed(question)})"
                rows.append(_blank(study, outcome, tool.id, domain.id, question.id, asks))
            asks = f"Judgement of: {domain.name} (empty takes what the answers lead to)"
            rows.append(_blank(study, outcome, tool.id, domain.id, "", asks))
        asks = "Judgement over all (empty takes what the domains lead to)"
        rows.append(_blank(study, outcome, tool.id, OVERALL, "", asks))
    return [row | {"assessor": assessor, "origin": origin} for row in rows]


def _blank(*values: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | dict(zip(COLUMNS, values, strict=False))
