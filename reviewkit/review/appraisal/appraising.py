"""Risk of bias as a question's files say it: assessors, consensus, own checklists, and the ledgers beside them.

    data/<question>/risk-of-bias/<assessor>.csv   one row for each answer and judgement
    data/<question>/risk-of-bias/consensus.csv    what two assessors settled
    data/<question>/risk-of-bias/*.toml           the reviewers' own checklists
    data/checklists/*.toml                        checklists of the whole project
    data/<question>/author-contacts.csv           what authors were asked, and what they answered
    data/<question>/registered.csv                registered against reported
    data/<question>/missing-results.csv           results that could not enter a synthesis (ROB-ME)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reviewkit.appraisal import TOOLS, Tool, tool_for
from reviewkit.appraisal.assessment import Assessment, gather
from reviewkit.appraisal.checklist import Checklist
from reviewkit.appraisal.ledgers import (
    CONTACTS,
    MISSING,
    REGISTERED,
    Contact,
    Ledger,
    MissingResult,
    Registered,
    Rows,
    parse_contacts,
    parse_missing,
    parse_registered,
)
from reviewkit.appraisal.merging import Merged, merge
from reviewkit.appraisal.rows import COLUMNS, Names, parse_rows
from reviewkit.errors import InputError, Problem
from reviewkit.extraction import Study
from reviewkit.store.files import read_text, show
from reviewkit.store.toml import parse, validate
from reviewkit.tables import read_csv

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

CONSENSUS = "consensus"
CHECKLISTS = "data/checklists"
"""Checklists of the whole project, beside those of a question."""
T = TypeVar("T")


@dataclass(frozen=True)
class Appraisal:
    """Every assessment of a question.

    Attributes
    ----------
    planned : bool
        Whether the protocol says who appraises.
    assessments : tuple of Assessment
        Those that count: the only assessor's, or what two assessors and their consensus say together.
    conflicts : tuple of Merged
        Assessments with judgements that nobody has settled.
    unfilled : mapping of str to tuple of int
        Ledger file to the lines of rows that nobody has filled in yet: they count for nothing.
    """

    planned: bool
    tools: Mapping[str, Tool]
    by_assessor: Mapping[str, tuple[Assessment, ...]]
    assessments: tuple[Assessment, ...]
    conflicts: tuple[Merged, ...]
    contacts: tuple[Contact, ...]
    registered: tuple[Registered, ...]
    missing: tuple[MissingResult, ...]
    unfilled: Mapping[str, tuple[int, ...]]

    def of(self, study_id: str, outcome: str = "") -> Assessment | None:
        """The assessment of a study for an outcome: its own, else the one for all outcomes; None where not started."""
        found = {a.outcome: a for a in self.assessments if a.study_id == study_id and a.tool.unit in
                 ("result", "study") and a.started}
        return found.get(outcome) or found.get("")

    def synthesis(self, outcome: str) -> Assessment | None:
        """The assessment of missing evidence in an outcome's synthesis; None where there is none."""
        return next((a for a in self.assessments if a.tool.unit == "synthesis" and a.outcome == outcome and a.started),
                    None)

    @property
    def cited_reviews(self) -> tuple[Assessment, ...]:
        """Assessments of systematic reviews that are cited."""
        return tuple(a for a in self.assessments if a.tool.unit == "review" and a.started)

    @property
    def demonstration(self) -> bool:
        """Whether any judgement is marked as a demonstration."""
        return any(a.demonstration for a in self.assessments)


def read_appraisal(review: Review) -> Appraisal:
    """Read and check every file about risk of bias of a question.

    Raises
    ------
    InputError
        With everything that is wrong in any of them.
    """
    problems: list[Problem] = []
    tools = {**TOOLS, **_checklists(review, problems)}
    plan = review.protocol.appraisal
    assessors = plan.assessors if plan else ()
    names = Names([s.study_id for s in review.all_studies], review.reports, review.protocol.outcome_ids, tools)
    wanted = [*assessors, *([CONSENSUS] if len(assessors) > 1 else [])]
    problems += _strangers(review, wanted)
    found = {who: _assessor(review, who, names, problems) for who in wanted}
    unfilled: dict[str, tuple[int, ...]] = {}
    contacts = _ledger(review, CONTACTS, problems, unfilled,
                       lambda rows, file: parse_contacts(rows, names.studies, file=file))
    registered = _ledger(
        review, REGISTERED, problems, unfilled, lambda rows, file: parse_registered(
            rows, {s.study_id: s.registration for s in review.all_studies}, names.outcomes, file=file))
    missing = _ledger(review, MISSING, problems, unfilled,
                      lambda rows, file: parse_missing(rows, names.studies, names.outcomes, file=file))
    counted, conflicts = _counted(assessors, found)
    problems += _matrix_against_answers(counted, missing, review)
    problems += _plan_names(review, tools)
    if problems:
        raise InputError(problems)
    return Appraisal(plan is not None, tools, {who: found[who] for who in assessors}, counted, conflicts, contacts,
                     registered, missing, unfilled)


def tools_of(review: Review) -> dict[str, Tool]:
    """The tools that come with the project, the project's own checklists and the question's, by id.

    Raises
    ------
    InputError
        With everything that is wrong in any checklist.
    """
    problems: list[Problem] = []
    found = {**TOOLS, **_checklists(review, problems)}
    if problems:
        raise InputError(problems)
    return found


def _checklists(review: Review, problems: list[Problem]) -> dict[str, Tool]:
    found: dict[str, Tool] = {}
    folders = (review.root / CHECKLISTS, review.folder / "risk-of-bias")
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        file = show(path, review.root)
        try:
            tool = validate(parse(read_text(path, what="checklist", root=review.root), file), Checklist).tool()
        except InputError as error:
            problems += error.problems
            continue
        if tool.id in TOOLS or tool.id in found:
            problems.append(Problem(f"tool {tool.id!r} exists already.", file, 1, None, "double", "Choose another id."))
            continue
        found[tool.id] = tool
    return found


def _strangers(review: Review, wanted: Sequence[str]) -> list[Problem]:
    """Files of somebody the protocol does not name; every file where it names nobody."""
    return [
        Problem(f"assessor {path.stem!r} is not in the protocol.", review.name("risk-of-bias", path.name), None, None,
                "assessor", "Name the assessors in [appraisal] of protocol.toml; a consensus wants two of them.")
        for path in sorted((review.folder / "risk-of-bias").glob("*.csv")) if path.stem not in wanted
    ]


def _assessor(review: Review, who: str, names: Names, problems: list[Problem]) -> tuple[Assessment, ...]:
    path = review.folder / "risk-of-bias" / f"{who}.csv"
    if not path.exists():
        return ()
    file = review.name("risk-of-bias", path.name)
    try:
        table = read_csv(path, [c for c in COLUMNS if c != "wording"], optional=("wording",), root=review.root)
    except InputError as error:
        problems += error.problems
        return ()
    rows, wrong = parse_rows([(row.line, row.cells) for row in table], names, file=file, assessor=who)
    # An assessment without its wrong rows would seem to contradict itself: only whole ones are gathered.
    lines = {problem.line for problem in wrong}
    broken = {(row["study_id"], row["outcome"], row["tool"]) for row in table if row.line in lines}
    found, more = gather([r for r in rows if (r.study_id, r.outcome, r.tool) not in broken], names.tools, file=file)
    problems += [*wrong, *more]
    return found


def _ledger(
    review: Review, ledger: Ledger, problems: list[Problem], unfilled: dict[str, tuple[int, ...]],
    read: Callable[[Rows, str], tuple[tuple[T, ...], list[Problem]]],
) -> tuple[T, ...]:
    path: Path = review.folder / ledger.file
    if not path.exists():
        return ()
    try:
        rows = [(row.line, row.cells) for row in read_csv(path, ledger.columns, root=review.root)]
    except InputError as error:
        problems += error.problems
        return ()
    # Rows of a template that nobody has filled in yet wait; they are no error.
    if waiting := tuple(line for line, cells in rows if not cells[ledger.verdict]):
        unfilled[ledger.file] = waiting
    kept, wrong = read([row for row in rows if row[1][ledger.verdict]], review.name(ledger.file))
    problems += wrong
    return kept


def _counted(
    assessors: Sequence[str], found: Mapping[str, tuple[Assessment, ...]]
) -> tuple[tuple[Assessment, ...], tuple[Merged, ...]]:
    if not assessors:
        return (), ()
    if len(assessors) == 1:
        return found[assessors[0]], ()
    first, second = (found[who] for who in assessors)
    others = {item.key: item for item in second}
    settled = {item.key: item for item in found[CONSENSUS]}
    # Before both have finished, nothing of one assessor's judgements shows beside the other's.
    merged = [
        merge(item, others[item.key], settled.get(item.key)) for item in first
        if item.key in others and (item.key in settled or (item.finished and others[item.key].finished))
    ]
    return tuple(m.assessment for m in merged), tuple(m for m in merged if m.conflicts)


def _matrix_against_answers(
    counted: Sequence[Assessment], missing: Sequence[MissingResult], review: Review
) -> list[Problem]:
    """ROB-ME 4.1 and 4.3 say what the matrix of missing results says."""
    found = []
    for item in counted:
        if item.tool.id != "rob-me":
            continue
        for question, status in (("4.1", "missing for what it showed"), ("4.3", "unclear")):
            row = item.answers.get(question)
            if row is None or not row.answer:
                continue
            marked = any(m.outcome == item.outcome and m.status == status for m in missing)
            if (row.answer == "Y") != marked:
                found.append(Problem(
                    f"{item.outcome}: {question} is answered {'yes' if row.answer == 'Y' else 'no'}, but "
                    f"missing-results.csv marks {'a' if marked else 'no'} study as {status!r}.",
                    review.name("risk-of-bias", f"{row.assessor}.csv"), row.line, None, "missing-results",
                    "Correct the answer or the matrix."))
    return found


def _plan_names(review: Review, tools: Mapping[str, Tool]) -> list[Problem]:
    """Studies and tools that the protocol names and that do not exist."""
    plan = review.protocol.appraisal
    known = {study.study_id for study in review.all_studies}
    if not known:
        return []
    studies = [*(plan.pilot if plan else ()), *(plan.tools if plan else ()), *review.protocol.extraction.pilot]
    found = [
        Problem(f"study {name!r} (pilot or tool) is unknown.", review.name("protocol.toml"), None, None,
                "unknown-study", "Study ids stand in studies.csv.")
        for name in dict.fromkeys(studies) if name not in known
    ]
    return found + [
        Problem(f"tool {name!r} is unknown.", review.name("protocol.toml"), None, None, "unknown-tool",
                f"Tools known: {', '.join(tools)}.")
        for name in (plan.tools.values() if plan else ()) if name not in tools
    ]


def tool_of(review: Review, study: Study) -> str:
    """The id of the tool for a study: the protocol's choice, else by its design; empty where none fits."""
    plan = review.protocol.appraisal
    chosen = plan.tools.get(study.study_id, "") if plan else ""
    tool = chosen or tool_for(study.design)
    return "rob2-adhering" if tool == "rob2" and not chosen and plan and plan.effect == "adhering" else tool


def appraisal_gaps(review: Review) -> list[Problem]:
    """What of the appraisal waits for a person: studies not appraised, answers missing, judgements in conflict."""
    found = review.appraisal
    if not found.planned:
        return []
    begun = {a.study_id for items in found.by_assessor.values() for a in items if a.started}
    problems = [
        Problem(f"included study {study.study_id} is not appraised.", review.name("risk-of-bias"), None, None,
                "not-appraised", f"Write a template: reviewkit appraise {review.question} --template ROLE")
        for study in review.studies if study.study_id not in begun
    ]
    if len(found.by_assessor) > 1:
        problems += _one_finished(review, found)
    problems += [
        Problem(f"{len(lines)} row{'' if len(lines) == 1 else 's'} without a verdict or status.", review.name(file),
                lines[0], None, "ledger-unfilled", "Fill in each, or take out rows that do not apply.")
        for file, lines in found.unfilled.items()
    ]
    open_ = {merged.assessment.key: merged.conflicts for merged in found.conflicts}
    for item in found.assessments:
        if not item.started:
            continue
        what = item.study_id or item.outcome
        if item.key in open_:
            problems.append(Problem(
                f"{what}: the assessors differ on {', '.join(open_[item.key])}.",
                review.name("risk-of-bias", f"{CONSENSUS}.csv"), None, None, "appraisal-conflict",
                "Settle it in consensus.csv."))
        elif item.proposal.missing:
            problems.append(_waiting(review, item, f"unanswered: {', '.join(item.proposal.missing)}"))
        elif item.unjudged:
            problems.append(_waiting(review, item, f"not judged: {', '.join(item.unjudged)}"))
    return problems


def _one_finished(review: Review, found: Appraisal) -> list[Problem]:
    """Assessments that wait for one of two assessors, or for both; who, and nothing of what either judged."""
    counted = {item.key for item in found.assessments}
    begun = dict.fromkeys(a.key for items in found.by_assessor.values() for a in items if a.started)
    problems = []
    for key in begun:
        done = {who for who, items in found.by_assessor.items() if any(a.key == key and a.finished for a in items)}
        waiting = [who for who in found.by_assessor if who not in done]
        if key not in counted and waiting:
            problems.append(Problem(
                f"{' and '.join(waiting)} {'has' if len(waiting) == 1 else 'have'} not finished {key[0] or key[1]} "
                f"({key[2]}); it counts when both have.", review.name("risk-of-bias"), None, None,
                "appraisal-unfinished", "Every question the algorithm comes to is answered, every domain judged."))
    return problems


def _waiting(review: Review, item: Assessment, why: str) -> Problem:
    first = min((row.line for row in (*item.answers.values(), *item.decisions.values())), default=None)
    return Problem(f"{item.study_id or item.outcome} ({item.tool.id}) is incomplete; {why}.",
                   review.name("risk-of-bias", f"{item.assessor}.csv"), first, None, "appraisal-incomplete",
                   "Fill it in, or give the judgement with its reason.")
