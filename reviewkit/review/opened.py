"""A review as its files say: records, reports, screening, studies, extraction, flow.

Everything is read once, when first asked for, and derived: nothing that can be counted is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem, ReviewkitError
from reviewkit.extraction import COLUMNS, STUDY_COLUMNS, ArmRow, Known, Study, parse_rows, parse_studies
from reviewkit.flow import Flow
from reviewkit.identifiers import check_identifier
from reviewkit.model import Record
from reviewkit.protocol import Outcome, Protocol
from reviewkit.review.analysis import OutcomeAnalysis, analyse
from reviewkit.review.appraising import Appraisal, read_appraisal
from reviewkit.review.certainty_file import CertaintyJudgements, read_certainty
from reviewkit.review.importing import Sources, match_ids, merged_records, read_record_rows, read_sources
from reviewkit.screening import STAGES, Decision, Screening, derive, parse_decision
from reviewkit.store.files import read_text, show
from reviewkit.store.log import Log, read_log
from reviewkit.store.toml import parse, validate
from reviewkit.tables import read_csv

if TYPE_CHECKING:
    from reviewkit.review.certainty_of import Certainty


def find_root(start: Path | None = None) -> Path:
    """The project folder: the nearest one, from here upwards, that has both data/ and references/.

    Raises
    ------
    InputError
        If there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data").is_dir() and (folder / "references").is_dir():
            return folder
    raise InputError(f"no project here: neither {here.name}/ nor a folder above it has data/ and references/.",
                     code="no-project", remedy="Change into the project's folder, or make both folders.")


def questions(root: Path) -> tuple[str, ...]:
    """Every question of a project: folders in data/ that hold a protocol."""
    return tuple(sorted(path.parent.name for path in (root / "data").glob("*/protocol.toml")))


def open_review(question: str, root: Path | None = None) -> Review:
    """Open a question.

    Raises
    ------
    InputError
        If the question is unknown or its protocol is wrong.
    """
    base = root or find_root()
    try:
        check_identifier(question)
    except ValueError as error:
        raise InputError(f"{error}.", code="unknown-question") from None
    if not (base / "data" / question / "protocol.toml").is_file():
        known = ", ".join(questions(base)) or "none yet"
        raise InputError(f"question {question!r} is unknown; this project has: {known}.", code="unknown-question",
                         remedy=f"Check the spelling, or start it: reviewkit new {question}")
    review = Review(question, base)
    if review.protocol.question.id != question:
        raise InputError(f"question.id is {review.protocol.question.id!r}, but the folder is {question!r}.",
                         file=review.name("protocol.toml"), code="value", remedy="Make them equal.")
    return review


@dataclass(frozen=True, eq=False)
class Review:
    """One question, opened from ``data/<question>/`` and ``references/<question>/``."""

    question: str
    root: Path

    @property
    def folder(self) -> Path:
        """``data/<question>``."""
        return self.root / "data" / self.question

    def name(self, *parts: str) -> str:
        """A file of the question as messages show it."""
        return show(self.folder.joinpath(*parts), self.root)

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol, checked."""
        text = read_text(self.folder / "protocol.toml", what="protocol", root=self.root)
        return validate(parse(text, self.name("protocol.toml")), Protocol)

    @cached_property
    def sources(self) -> Sources:
        """What the exports hold: records, rejected entries and how they were settled."""
        return read_sources(self.question, self.root)

    @cached_property
    def record_ids(self) -> tuple[str, ...]:
        """The id of each record, in the order of `sources.records`.

        Raises
        ------
        InputError
            If an export holds a record that was never imported, or one that was has gone.
        """
        rows = self._record_rows
        found = match_ids(self.sources.records, rows)
        file = self.name("records.csv")
        remedy = f"Run: reviewkit import {self.question}"
        problems = [
            Problem(f"entry {r.key or r.title!r} of {r.origin.file} (line {r.origin.line}) was never imported.", file,
                    None, None, "not-imported", remedy)
            for r, record_id in zip(self.sources.records, found, strict=True) if record_id is None
        ]
        problems += [
            Problem(f"record {row['record_id']} ({row['key'] or row['title']}) stands in no export any more.", file,
                    None, None, "record-lost", "Restore the export, or settle the rejected entry in "
                    "import-corrections.toml.")
            for row in rows if row["record_id"] not in found
        ]
        if problems:
            raise InputError(problems)
        return tuple(str(record_id) for record_id in found)

    @cached_property
    def _record_rows(self) -> list[Mapping[str, str]]:
        if not (self.folder / "records.csv").exists():
            raise InputError("no record was imported yet.", file=self.name("records.csv"), code="missing-file",
                             remedy=f"Run: reviewkit import {self.question}")
        return read_record_rows(self.folder / "records.csv", self.root)

    @cached_property
    def report_of(self) -> dict[str, str]:
        """Record id to report id."""
        return {row["record_id"]: row["report_id"] for row in self._record_rows}

    @cached_property
    def records(self) -> dict[str, Record]:
        """Record id to record."""
        return dict(zip(self.record_ids, self.sources.records, strict=True))

    @cached_property
    def reports(self) -> dict[str, Record]:
        """Report id to the merged record that describes it."""
        return merged_records(self.record_ids, self.sources.records, self.report_of)

    @cached_property
    def logs(self) -> dict[tuple[str, str], Log]:
        """Every decision log: (stage, reviewer or 'consensus') to log."""
        return {
            (stage, path.stem): read_log(path, self.root)
            for stage in STAGES
            for path in sorted((self.folder / "screening" / stage).glob("*.jsonl"))
        }

    @cached_property
    def decisions(self) -> dict[tuple[str, str], tuple[Decision, ...]]:
        """Decisions of every log, checked against the protocol and the reports.

        Raises
        ------
        InputError
            With every damaged line, unlisted reason, unknown report or stranger's log.
        """
        problems: list[Problem] = [problem for log in self.logs.values() for problem in log.problems]
        found: dict[tuple[str, str], tuple[Decision, ...]] = {}
        allowed = {*self.protocol.screening.reviewers, "consensus"}
        for (stage, who), log in self.logs.items():
            parsed = []
            if who not in allowed:
                problems.append(Problem(f"reviewer {who!r} is not in the protocol.", log.file, None, None, "reviewer",
                                        f"Reviewers there: {', '.join(self.protocol.screening.reviewers)}."))
            for entry in log.entries:
                try:
                    decision = parse_decision(entry.values, self.protocol.reasons)
                    self._check_place(decision, stage, who)
                    parsed.append(decision)
                except InputError as error:
                    first = error.problems[0]
                    problems.append(Problem(first.message, log.file, entry.line, None, first.code, first.remedy))
            found[stage, who] = tuple(parsed)
        if problems:
            raise InputError(problems)
        return found

    def _check_place(self, decision: Decision, stage: str, who: str) -> None:
        if decision.stage != stage or (who != "consensus" and decision.reviewer != who):
            raise InputError(f"the line is {decision.reviewer}'s at {decision.stage}; it stands in another log.",
                             code="decision", remedy="Each reviewer has a log of their own at each stage.")
        if decision.report not in self.reports:
            raise InputError(f"report {decision.report!r} is unknown.", code="unknown-report",
                             remedy="Report ids stand in records.csv; a rejected entry is settled in "
                             "import-corrections.toml.")

    @cached_property
    def screening(self) -> Screening:
        """Every report's status, derived from the logs."""
        votes = [d for (_, who), lines in self.decisions.items() if who != "consensus" for d in lines]
        agreed = [d for (_, who), lines in self.decisions.items() if who == "consensus" for d in lines]
        wanted = self.protocol.screening
        return derive(list(self.reports), votes, agreed,
                      {"title-abstract": wanted.votes_title_abstract, "full-text": wanted.votes_full_text})

    @cached_property
    def all_studies(self) -> tuple[Study, ...]:
        """Every row of studies.csv, included or not; none where the file is missing."""
        path = self.folder / "studies.csv"
        if not path.exists():
            return ()
        rows = [(row.line, row.cells) for row in read_csv(path, STUDY_COLUMNS, root=self.root)]
        return parse_studies(rows, self.reports, file=self.name("studies.csv"))

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """Studies included: those with an included report."""
        included = set(self.screening.included)
        return tuple(study for study in self.all_studies if included.intersection(study.reports))

    @cached_property
    def rows(self) -> tuple[ArmRow, ...]:
        """Extracted rows that count: the consensus where there is one, else the only extractor's."""
        extractors = self.protocol.extraction.extractors
        path = self.folder / "extraction" / ("consensus.csv" if len(extractors) > 1 else f"{extractors[0]}.csv")
        if not path.exists():
            return ()
        known = Known({s.study_id: s.reports for s in self.all_studies}, self.protocol.outcome_ids,
                      [s.id for s in self.protocol.analysis_sets])
        rows = [(row.line, row.cells) for row in read_csv(path, COLUMNS, root=self.root)]
        return parse_rows(rows, known, file=show(path, self.root))

    @cached_property
    def appraisal(self) -> Appraisal:
        """Risk of bias: what assessors judged, where they agree, and the ledgers beside their judgements.

        Raises
        ------
        InputError
            With everything that is wrong in any of these files.
        """
        return read_appraisal(self)

    @cached_property
    def certainty_judgements(self) -> CertaintyJudgements:
        """What persons judged of each outcome's certainty; empty where nobody has.

        Raises
        ------
        InputError
            With everything that is wrong in ``certainty.toml``.
        """
        return read_certainty(self)

    @cached_property
    def flow(self) -> Flow:
        """PRISMA 2020 counts, which are checked to add up."""
        first, second = self.screening.at("title-abstract"), self.screening.at("full-text")
        settled = [s for s in first if s.settled]
        excluded = self.screening.at("full-text", "exclude")
        included = self.screening.included
        owners = {report: study.study_id for study in self.all_studies for report in study.reports}
        without = [r for r in included if r not in owners] if self.all_studies else []
        if without:
            raise InputError([Problem(f"included report {r!r} belongs to no study.", self.name("studies.csv"), None,
                                      None, "no-study", "Add its study.") for r in without])
        flow = Flow(
            searched=self.sources.searches.kind == "database-search",
            eligibility_basis=self.protocol.question.eligibility_basis,
            by_source=dict(Counter(r.origin.file for r in self.sources.records)),
            identified=len(self.sources.records),
            duplicates=len(self.sources.records) - len(self.reports),
            screened=len(settled),
            excluded_title_abstract=sum(s.outcome == "exclude" for s in first),
            assessed=sum(s.outcome != "not-retrieved" for s in second),
            not_retrieved=sum(s.outcome == "not-retrieved" for s in second),
            awaiting=sum(s.outcome == "awaiting-classification" for s in second),
            excluded=len(excluded),
            excluded_by_reason=dict(sorted(Counter(self._label(s.reason) for s in excluded).items())),
            included_reports=len(included),
            included_studies=len({owners[r] for r in included if r in owners}),
            unscreened=len(first) - len(settled),
            undecided=sum(not s.settled for s in second),
            unsettled_entries=len(self.sources.unsettled),
            screened_by_reason=dict(sorted(Counter(
                self._label(s.reason) for s in first if s.outcome == "exclude").items())),
        )
        flow.check()
        return flow

    def _label(self, reason: str) -> str:
        return self.protocol.reasons.get(reason, reason or "no reason given")

    def outcome(self, name: str) -> Outcome:
        """An outcome of the protocol.

        Raises
        ------
        InputError
            If it has none of that name; the message lists them.
        """
        try:
            return self.protocol.outcome(name)
        except KeyError:
            raise InputError(f"outcome {name!r} is unknown; the protocol has: {', '.join(self.protocol.outcome_ids)}.",
                             code="unknown-outcome") from None

    def synthesise(self, name: str, **overrides: str) -> OutcomeAnalysis:
        """The planned synthesis of an outcome, with every sensitivity analysis.

        Parameters
        ----------
        name : str
            Outcome id.
        **overrides
            ``model``, ``tau2`` or ``interval`` in place of the plan's.
        """
        included = {study.study_id for study in self.studies}
        rows = [row for row in self.rows if row.study_id in included or row.analysis_set != "primary"]
        labels = {study.study_id: study.label for study in self.all_studies}
        return analyse(self.outcome(name), rows, labels, **overrides)

    def certainty(self, name: str, **overrides: str) -> Certainty:
        """The certainty (GRADE) of an outcome: what the rules propose, what persons judged, and the level.

        Parameters
        ----------
        name : str
            Outcome id.
        **overrides
            As in `synthesise`.

        Raises
        ------
        InputError
            With every judgement that the rules do not allow.
        """
        from reviewkit.review.certainty_of import certainty_of

        return certainty_of(self, self.synthesise(name, **overrides))

    def problems(self) -> list[Problem]:
        """Everything that keeps this review from running, stage by stage; empty where it can run."""
        found: list[Problem] = []
        for stage in ("protocol", "sources", "record_ids", "decisions", "all_studies", "rows", "flow", "appraisal",
                      "certainty_judgements"):
            try:
                getattr(self, stage)
            except ReviewkitError as error:
                found += [p for p in error.problems if p not in found]
        return found
