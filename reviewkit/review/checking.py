"""Everything that is inconsistent in a question's files, before a run: each with its place and remedy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from reviewkit.certainty import overclaims
from reviewkit.certainty.rating import LEVELS, NO_EVIDENCE
from reviewkit.errors import Problem, ReviewkitError
from reviewkit.review.appraisal.appraising import appraisal_gaps
from reviewkit.review.certainty.rating import assumed_in_main, certainty_gaps, refused_judgements
from reviewkit.review.claims.ledger import ledger_problems
from reviewkit.review.claims.looking_up import unsettled_proposals
from reviewkit.review.extraction.gathering import related_apart, unfinished_included
from reviewkit.review.extraction.own_tables import own_faults, own_findings
from reviewkit.review.extraction.trusting import trust_problems
from reviewkit.review.opened import Review, open_review
from reviewkit.review.records.retracting import GRAVE
from reviewkit.review.screening.consensus import under_way
from reviewkit.review.screening.voting import CONSENSUS
from reviewkit.review.settling import Settled, settle
from reviewkit.screening import STAGES
from reviewkit.store.files import show


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: errors, what waits for a person, and what a person has settled."""

    errors: tuple[Problem, ...]
    waiting: tuple[Problem, ...] = ()
    settled: tuple[Settled, ...] = ()

    @property
    def open(self) -> tuple[Problem, ...]:
        """Errors first, then what waits."""
        return (*self.errors, *self.waiting)


def check(question: str, root: Path) -> list[Problem]:
    """What is wrong in the files of a question, then what waits for a person."""
    return list(findings(question, root).open)


def findings(question: str, root: Path) -> Findings:
    """Find what is wrong, unsettled or settled in the files of a question."""
    try:
        review = open_review(question, root)
    except ReviewkitError as error:
        return Findings(error.problems)
    errors = review.problems()
    waiting: list[Problem] = []
    settled: list[Settled] = []
    if not errors:
        errors += _studies_without_results(review) + assumed_in_main(review) + refused_judgements(review)
        errors += _cut_logs(review) + unfinished_included(review)
        open_ones = [
            *_open_duplicates(review), *_screening_gaps(review), *_retracted(review), *_trust(review),
            *own_findings(review), *related_apart(review),
            *appraisal_gaps(review), *_harms_not_asked(review), *(certainty_gaps(review) if not errors else ()),
            *(_strong_implications(review) if not errors else ()),
        ]
        waiting, settled = settle(open_ones, review.settlements, file=review.name("settled.csv"))
    try:
        errors += _changed_exports(review) + ledger_problems(review) + own_faults(review)
        waiting += _rejected(review) + _search_warnings(review) + unsettled_proposals(root)
    except ReviewkitError as error:
        errors += [p for p in error.problems if p not in errors]
    # A torn last line of a log is sealed by the next decision: it waits, and is no error.
    waiting += [p for p in errors if p.code == "log-torn"]
    return Findings(tuple(p for p in errors if p.code != "log-torn"), tuple(waiting), tuple(settled))


def _trust(review: Review) -> list[Problem]:
    """Numbers that cannot be right, or are doubtful."""
    lines = {cells["row_id"]: line for line, cells in review.row_cells}
    return trust_problems(review.trust, lines, file=show(review.extraction_file, review.root))


def _rejected(review: Review) -> list[Problem]:
    """Entries that could not be read and that nobody has settled."""
    return [
        Problem(
            f"entry {r.key or r.origin.entry} could not be read: {r.reason}.",
            show(review.root / "references" / review.question / r.origin.file, review.root), r.origin.line, None,
            "rejected-entry", f"Settle it in {review.name('import-corrections.toml')}; the source stays as it is.",
        )
        for r in review.sources.unsettled
    ]


def _open_duplicates(review: Review) -> list[Problem]:
    """Pairs that may be one report and of which nobody has said so."""
    return [
        Problem(f"records {one} and {other} may be one report: {why}.", review.name("duplicates.csv"), None, None,
                "open-duplicate", "Fill in the verdict, same or different, and import again.")
        for one, other, why in review.open_duplicates
    ]


def _search_warnings(review: Review) -> list[Problem]:
    """Searches whose service warned, or whose entries are not its hits, and that nobody has settled."""
    file = show(review.root / "references" / review.question / "searches.toml", review.root)
    return [
        Problem(f"{item.label}: {warning}.", file, None, None, "search-warning",
                "Repeat it (reviewkit search --again), or write under 'settled' why it may stand.")
        for item in review.sources.searches.file if not item.settled for warning in item.warnings
    ]


def _changed_exports(review: Review) -> list[Problem]:
    """Exports that are not what the search wrote."""
    written = {item.name: item.sha256 for item in review.sources.searches.file if item.sha256}
    return [
        Problem("export is not what the search stored.",
                show(review.root / "references" / review.question / result.file, review.root), None, None,
                "export-changed", "Restore it from version control; an export is never edited.")
        for result in review.sources.results if written.get(result.file, result.digest) != result.digest
    ]


def _retracted(review: Review) -> list[Problem]:
    """Included reports that were retracted or are under an expression of concern, not settled by a person."""
    included = set(review.screening.included)
    lead = {"retracted": "was retracted", "expression of concern": "is under an expression of concern"}
    return [
        Problem(f"included report {item.report} {lead[item.status]} ({item.notice or item.kind}, {item.source}).",
                review.name("retractions.csv"), item.line, None, "retracted",
                "Decide whether it stays, and write what you decided under 'settled'.")
        for item in review.retractions.values()
        if item.report in included and item.status in GRAVE and not item.settled
    ]


def _screening_gaps(review: Review) -> list[Problem]:
    """Reports that wait for a vote or a settlement; while two vote blindly, only that the stage is under way."""
    # What stands at the full-text stage would tell of votes on the stage before it.
    first = next((place for place, stage in enumerate(STAGES) if under_way(review, stage, review.lines)), len(STAGES))
    hidden = STAGES[first:]
    waiting = review.screening.unsettled
    found = [
        Problem(f"screening at {stage} is under way; what is decided shows when all have finished.",
                review.name("screening", stage), None, None, "awaiting-votes",
                f"Go on: reviewkit screen next {review.question} --stage {stage}")
        for stage in hidden[:1] if any(status.stage == stage for status in waiting)
    ]
    for status in waiting:
        if status.stage in hidden:
            continue
        code = "conflict" if status.outcome == "conflict" else "awaiting-votes"
        found.append(Problem(f"report {status.report} is {status.outcome} at {status.stage}.",
                             review.name("screening", status.stage), None, None, code, "Decide it, then run again."))
    return found


def _studies_without_results(review: Review) -> list[Problem]:
    """Included studies with no row at all: nothing is left out in silence."""
    extracted = {row.study_id for row in review.rows}
    return [
        Problem(f"included study {study.study_id} has no row in the extraction table.", review.name("studies.csv"),
                study.line, None, "no-rows", "Extract it, or add a row with value_type none that says why not.")
        for study in review.studies if study.study_id not in extracted
    ]


def _harms_not_asked(review: Review) -> list[Problem]:
    """Harms are an outcome of every review."""
    if review.protocol.harms:
        return []
    return [Problem("no outcome has importance = \"harm\".", review.name("protocol.toml"), None, None,
                    "no-harm-outcome", "Add one, even if no study will report it: the report then says so.")]


def _strong_implications(review: Review) -> list[Problem]:
    """Implications in words that not even the best certainty of any outcome allows."""
    told = review.protocol.question.implications
    if not told:
        return []
    ranks = (NO_EVIDENCE, *LEVELS)
    best = max((review.certainty(outcome.id).rating.level for outcome in review.protocol.outcomes), key=ranks.index)
    association = review.protocol.question.kind == "association"
    return [
        Problem(f"implication {place}: {said.message}", review.name("protocol.toml"), None, None, "strong-words",
                said.remedy or "Say it no stronger than the certainty allows, or settle it.", subject=str(place))
        for place, text in enumerate(told, 1) for said in overclaims(text, best, association=association)
    ]


def _cut_logs(review: Review) -> list[Problem]:
    """Logs shorter than the last report, or a settled conflict, recorded them."""
    path = review.root / "reports" / review.question / "results.json"
    try:
        recorded = json.loads(path.read_text(encoding="utf-8")).get("log_heads", {})
    except (OSError, ValueError):
        recorded = {}
    anchors = {(*name.split("/", 1), head, "the last report") for name, head in recorded.items() if "/" in name}
    for (stage, who), decisions in review.decisions.items():
        if who == CONSENSUS:
            anchors |= {(stage, *part.split(":", 1), "a settled conflict")
                        for decision in decisions for part in decision.heads.split() if ":" in part}
    found: dict[tuple[str, str], Problem] = {}
    for stage, who, head, where in sorted(anchors):
        log = review.logs.get((stage, who))
        # Logs of two computers that became one were chained anew; what they held before is in their branches.
        if log and any(mark.mark == "joined" for mark in review.lines[stage, who].marks):
            continue
        if log is None or head not in {entry.hash for entry in log.entries}:
            found.setdefault((stage, who), Problem(
                f"decisions recorded in {where} are missing from the end of this log.",
                review.name("screening", stage, f"{who}.jsonl"), None, None, "log-cut",
                "Restore the file from version control."))
    return list(found.values())
