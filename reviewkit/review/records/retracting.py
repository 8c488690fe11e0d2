"""data/<question>/retractions.csv: whether the reports of a question were retracted, who was asked, and when.

Cochrane asks for it of every included study (MECIR C48). A report nobody could look up stays 'not checked'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem
from reviewkit.sources import Client
from reviewkit.sources.retractions import (
    STATUSES,
    Checkable,
    Retraction,
    WatchFile,
    read_watch_file,
    through_crossref,
    through_file,
)
from reviewkit.store.files import show
from reviewkit.tables import read_csv, write_csv

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

RETRACTION_COLUMNS = (
    "report_id", "status", "notice_doi", "notice_kind", "notice_date", "source", "checked", "settled",
)
GRAVE = ("retracted", "expression of concern")
"""Statuses of an included report that wait for a person."""


@dataclass(frozen=True, slots=True)
class RetractionCheck:
    """One row of retractions.csv: what was found, the day it was looked up, and what a person decided on it."""

    report: str
    status: str
    notice: str
    kind: str
    date: str
    source: str
    checked: str
    settled: str
    line: int = 0

    def row(self) -> dict[str, object]:
        """The row as retractions.csv holds it."""
        values = (self.report, self.status, self.notice, self.kind, self.date, self.source, self.checked, self.settled)
        return dict(zip(RETRACTION_COLUMNS, values, strict=True))


def read_retractions(path: Path, reports: Collection[str], root: Path) -> dict[str, RetractionCheck]:
    """What retractions.csv says of each report; nothing where there is no such file.

    Raises
    ------
    InputError
        With every unknown or doubled report, unknown status and day that is none.
    """
    if not path.exists():
        return {}
    found: dict[str, RetractionCheck] = {}
    problems = []
    for row in read_csv(path, RETRACTION_COLUMNS, root=root):
        report, status, notice, kind, date, source, checked, settled = (row[name] for name in RETRACTION_COLUMNS)
        item = RetractionCheck(report, status, notice, kind, date, source, checked, settled, row.line)
        problems += [Problem(text, show(path, root), row.line, None, code, remedy)
                     for text, code, remedy in _faults(item, reports, found)]
        found[item.report] = item
    if problems:
        raise InputError(problems)
    return found


def _faults(
    item: RetractionCheck, reports: Collection[str], before: Mapping[str, RetractionCheck]
) -> list[tuple[str, str, str]]:
    faults = []
    if item.report not in reports:
        faults.append((f"report {item.report!r} is unknown.", "unknown-report", "Run reviewkit retractions again."))
    if item.report in before:
        faults.append((f"report {item.report!r} stands twice.", "double-report", "Take one row out."))
    if item.status not in STATUSES:
        faults.append((f"status = {item.status!r}; allowed: {', '.join(STATUSES)}.", "value", ""))
    try:
        dt.date.fromisoformat(item.checked)
    except ValueError:
        if item.checked or item.status != "not checked":
            faults.append((f"checked = {item.checked!r} is no day; write YYYY-MM-DD.", "value", ""))
    return faults


def reports_to_check(review: Review) -> tuple[Checkable, ...]:
    """Every report that has not been excluded."""
    gone = {status.report for stage in review.screening.stages for status in review.screening.at(stage, "exclude")}
    return tuple(Checkable(name, record.doi, record.pmid) for name, record in sorted(review.reports.items())
                 if name not in gone)


def check_retractions(
    review: Review,
    *,
    file: Path | None = None,
    client: Client | None = None,
    today: dt.date | None = None,
    progress: Callable[[int, int], None] = lambda done, wanted: None,
) -> tuple[tuple[RetractionCheck, ...], WatchFile | None]:
    """Look up every report that has not been excluded, and write retractions.csv.

    A report that cannot be looked up this time keeps what was found before, with its day, and so does one for
    which another source found something graver; what a person wrote under ``settled`` stays as long as status and
    notice do.

    Parameters
    ----------
    file : Path, optional
        A Retraction Watch CSV file; without it Crossref is asked.

    Returns
    -------
    tuple
        The rows written, and the file as read.

    Raises
    ------
    ServiceError, InputError
        If Crossref or the file cannot be read; retractions.csv is then as it was.
    """
    wanted = reports_to_check(review)
    known = review.retractions
    watch = read_watch_file(file, review.root) if file is not None else None
    if watch is not None:
        found = through_file(wanted, watch)
    else:
        from reviewkit.sources.crossref import DATABASE

        with client or Client(DATABASE.access) as asked:
            found = through_crossref(wanted, asked, lambda done: progress(done, len(wanted)))
    day = (today or dt.date.today()).isoformat()
    rows = tuple(_row(item, known.get(item.report), day) for item in found)
    write_csv(review.folder / "retractions.csv", RETRACTION_COLUMNS, [row.row() for row in rows])
    return rows, watch


def _row(item: Retraction, before: RetractionCheck | None, day: str) -> RetractionCheck:
    if item.status == "not checked":
        return before or RetractionCheck(item.report, item.status, "", "", "", item.source, "", "")
    if before is not None and _milder(item, before):
        return before
    same = before is not None and (before.status, before.notice) == (item.status, item.notice)
    return RetractionCheck(item.report, item.status, item.notice, item.kind, item.date, item.source, day,
                           before.settled if before is not None and same else "")


def _milder(item: Retraction, before: RetractionCheck) -> bool:
    """Whether another source found something graver before; only that source itself can take it back."""
    another = before.source.split()[0] != item.source.split()[0] if before.source and item.source else False
    return another and before.status in GRAVE and (
        item.status not in GRAVE or GRAVE.index(item.status) > GRAVE.index(before.status))
