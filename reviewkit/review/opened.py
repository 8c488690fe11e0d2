"""A review as its files say: records, reports, screening, studies, extraction, flow.

Everything is read once, when first asked for, and derived: nothing that can be counted is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem, ReviewkitError
from reviewkit.extraction import (
    COLUMNS,
    OPTIONAL_COLUMNS,
    OPTIONAL_STUDY_COLUMNS,
    STUDY_COLUMNS,
    ArmRow,
    Known,
    Study,
    parse_rows,
    parse_studies,
)
from reviewkit.flow import Flow
from reviewkit.identifiers import check_identifier
from reviewkit.model import Record
from reviewkit.protocol import Outcome, Protocol
from reviewkit.review.analysis import OutcomeAnalysis, analyse
from reviewkit.review.appraisal.appraising import Appraisal, read_appraisal
from reviewkit.review.certainty.file import CertaintyJudgements, read_certainty
from reviewkit.review.claims.published import Published, read_published
from reviewkit.review.counting import count_flow
from reviewkit.review.extraction.trusting import barred_rows, trust_findings
from reviewkit.review.records.identity import match_ids
from reviewkit.review.records.importing import (
    RELATED_COLUMNS,
    Sources,
    merged_records,
    read_duplicate_rows,
    read_protocol,
    read_record_rows,
    read_sources,
)
from reviewkit.review.records.retracting import RetractionCheck, read_retractions
from reviewkit.review.screening.consensus import shown_lines
from reviewkit.review.screening.voting import Lines, every_line, read_logs, standing_stop, statuses
from reviewkit.review.settling import Settlement, read_settlements
from reviewkit.screening import Decision, Mark, Screening
from reviewkit.store.files import show
from reviewkit.store.log import Log
from reviewkit.tables import read_csv
from reviewkit.trust import Finding

if TYPE_CHECKING:
    from reviewkit.review.certainty.rating import Certainty


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
        return read_protocol(self.question, self.root)

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
    def former_reports(self) -> dict[str, str]:
        """Report ids given up when a person joined reports, and the report that holds their record now."""
        return {name: row["report_id"] for row in self._record_rows for name in row["former_reports"].split()}

    @cached_property
    def open_duplicates(self) -> tuple[tuple[str, str, str], ...]:
        """Pairs of records that may be one report and wait for a person: ids, and why."""
        rows = read_duplicate_rows(self.folder / "duplicates.csv", self.root)
        return tuple((row["record_a"], row["record_b"], row["note"]) for row in rows if not row["verdict"])

    @cached_property
    def related(self) -> tuple[tuple[str, str, str], ...]:
        """Reports kept apart that belong together: two ids, and how (erratum, protocol, companion, ...)."""
        path = self.folder / "related.csv"
        rows = read_csv(path, RELATED_COLUMNS, root=self.root) if path.exists() else []
        return tuple((row["report_a"], row["report_b"], row["kind"]) for row in rows)

    @cached_property
    def report_now(self) -> dict[str, str]:
        """Report id, also one given up when reports were joined, to the id that stands for it now."""
        return {**self.former_reports, **{report: report for report in self.reports}}

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
        return read_logs(self)

    @cached_property
    def lines(self) -> dict[tuple[str, str], Lines]:
        """Votes and marks of every log, checked against the protocol and the reports.

        Raises
        ------
        InputError
            With every damaged line, unlisted reason, unknown report or stranger's log.
        """
        return every_line(self, self.logs)

    @property
    def decisions(self) -> dict[tuple[str, str], tuple[Decision, ...]]:
        """The votes of every log; raises as `lines`."""
        return {place: found.decisions for place, found in self.lines.items()}

    @property
    def stops(self) -> tuple[Mark, ...]:
        """The stops that stand: who left the rest of a stage unread, and on what figures."""
        found = (standing_stop(lines.marks) for lines in self.lines.values())
        return tuple(mark for mark in found if mark is not None)

    @cached_property
    def screening(self) -> Screening:
        """Every report's status, derived from the logs.

        While two vote blindly at a stage, its reports and those behind it count as unscreened: no report,
        count or check built on this may tell one reviewer of the other's votes.
        """
        return statuses(self, shown_lines(self, self.lines))

    @cached_property
    def all_studies(self) -> tuple[Study, ...]:
        """Every row of studies.csv, included or not; none where the file is missing."""
        path = self.folder / "studies.csv"
        if not path.exists():
            return ()
        rows = [(row.line, row.cells) for row in read_csv(path, STUDY_COLUMNS,
                                                               optional=OPTIONAL_STUDY_COLUMNS, root=self.root)]
        return parse_studies(rows, self.reports, file=self.name("studies.csv"))

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """Studies included: those with an included report."""
        included = set(self.screening.included)
        return tuple(study for study in self.all_studies if not study.status and included.intersection(study.reports))

    @property
    def unfinished(self) -> tuple[Study, ...]:
        """Studies that are ongoing or await classification: listed, never included."""
        return tuple(study for study in self.all_studies if study.status)

    @cached_property
    def extraction_file(self) -> Path:
        """The extraction table that counts: the consensus where two extract, else the only extractor's."""
        extractors = self.protocol.extraction.extractors
        return self.folder / "extraction" / ("consensus.csv" if len(extractors) > 1 else f"{extractors[0]}.csv")

    @cached_property
    def row_cells(self) -> tuple[tuple[int, Mapping[str, str]], ...]:
        """Line and cells, as text, of every extracted row that counts; none where the file is missing."""
        return self.cells_of(self.extraction_file)

    def cells_of(self, path: Path) -> tuple[tuple[int, Mapping[str, str]], ...]:
        """Line and cells of the rows of one extraction table."""
        if not path.exists():
            return ()
        return tuple((row.line, row.cells) for row in read_csv(path, COLUMNS, optional=OPTIONAL_COLUMNS,
                                                               root=self.root))

    @cached_property
    def known(self) -> Known:
        """The names and sizes that an extraction table of this question may use."""
        return Known({s.study_id: s.reports for s in self.all_studies}, self.protocol.outcome_ids,
                     [s.id for s in self.protocol.analysis_sets],
                     {s.study_id: s.n_randomised for s in self.all_studies},
                     {o.id: o for o in self.protocol.outcomes})

    @cached_property
    def rows(self) -> tuple[ArmRow, ...]:
        """Extracted rows that count, parsed and checked."""
        return parse_rows(self.row_cells, self.known, file=show(self.extraction_file, self.root))

    @cached_property
    def settlements(self) -> tuple[Settlement, ...]:
        """What people said of findings."""
        return read_settlements(self.folder / "settled.csv", self.root)

    @cached_property
    def trust(self) -> tuple[Finding, ...]:
        """What the trust checks find in the extraction table."""
        return trust_findings((cells for _, cells in self.row_cells), self.known.sizes) if self.rows else ()

    @cached_property
    def retractions(self) -> dict[str, RetractionCheck]:
        """Report id to its retraction status; empty where none was looked up."""
        return read_retractions(self.folder / "retractions.csv", self.reports, self.root)

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
    def published(self) -> tuple[Published, ...]:
        """What published reviews found on the question."""
        return read_published(self)

    @cached_property
    def flow(self) -> Flow:
        """PRISMA 2020 counts, which are checked to add up."""
        return count_flow(self)

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
        settled = {(item.code, item.subject) for item in self.settlements}
        return analyse(self.outcome(name), rows, labels, barred=barred_rows(self.trust, settled), **overrides)

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
        from reviewkit.review.certainty.rating import certainty_of

        return certainty_of(self, self.synthesise(name, **overrides))

    def problems(self) -> list[Problem]:
        """Everything that keeps this review from running, stage by stage; empty where it can run."""
        found: list[Problem] = []
        for stage in ("protocol", "sources", "record_ids", "open_duplicates", "related", "decisions", "all_studies",
                      "rows", "settlements", "flow", "retractions", "appraisal", "certainty_judgements", "published"):
            try:
                getattr(self, stage)
            except ReviewkitError as error:
                found += [p for p in error.problems if p not in found]
        return found
