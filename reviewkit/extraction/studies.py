"""Studies: the unit of analysis, each with the reports that describe it.

``studies.csv`` has one row for each study, `STUDY_COLUMNS`, and may have `OPTIONAL_STUDY_COLUMNS`:

``reports`` and ``shared_reports``
    Report ids, parted by semicolons. A report belongs to one study. Where one report describes two, both rows list
    it under ``reports`` and both name it again under ``shared_reports``: nothing is shared by mistake.
``companion_of``
    The study whose people this one follows further or takes a part of; its results are not independent.
``status``
    Empty for a study that is finished; ``ongoing`` or ``awaiting-classification`` for one that is listed but not
    included, as PRISMA 2020 and the Cochrane Handbook (III.3.4.2) ask.
``n_randomised``, ``n_analysed``
    People randomised (or compared, where it is no trial), and those whose results the report gives.
``conflicts``, ``dates``, ``setting``
    As the report states them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from reviewkit.errors import InputError, Problem
from reviewkit.identifiers import check_identifier

TIERS = ("primary", "sensitivity", "descriptive", "harms", "near-miss")
STATUSES = ("", "ongoing", "awaiting-classification")
STUDY_COLUMNS = (
    "study_id", "label", "tier", "reports", "design", "country", "n_randomised", "arms", "comparator",
    "registration", "funding", "locator", "url", "extractor", "note",
)
OPTIONAL_STUDY_COLUMNS = (
    "conflicts", "dates", "setting", "n_analysed", "status", "companion_of", "shared_reports",
)
_SIZES = ("n_randomised", "n_analysed")
_LISTS = ("reports", "shared_reports")


@dataclass(frozen=True, slots=True)
class Study:
    """One study. ``n_randomised`` counts people randomised (or compared, where it is no trial)."""

    line: int
    study_id: str
    label: str
    tier: str
    reports: tuple[str, ...]
    design: str
    country: str
    n_randomised: int | None
    arms: str
    comparator: str
    registration: str
    funding: str
    locator: str
    url: str
    extractor: str
    note: str
    conflicts: str = ""
    dates: str = ""
    setting: str = ""
    n_analysed: int | None = None
    status: str = ""
    companion_of: str = ""
    shared_reports: tuple[str, ...] = ()


def parse_studies(
    rows: Iterable[tuple[int, Mapping[str, str]]], reports: Collection[str], *, file: str
) -> tuple[Study, ...]:
    """Parse studies.csv; ``reports`` are the report ids that exist.

    Raises
    ------
    InputError
        With every error: unknown or doubled reports, doubled studies, sizes that are not whole or do not agree,
        numbers without a locator, an unknown status or companion.
    """
    table = list(rows)
    reading = _Reading(file, reports, tuple(cells["study_id"] for _, cells in table))
    studies = [reading.study(line, cells) for line, cells in table]
    if reading.problems:
        raise InputError(reading.problems)
    return tuple(studies)


@dataclass
class _Reading:
    """A table while it is read: what stood before, and what is wrong."""

    file: str
    known: Collection[str]
    ids: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    owners: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def study(self, line: int, cells: Mapping[str, str]) -> Study:
        """One row as a study; its errors are kept."""
        lists = {name: _parts(cells.get(name, "")) for name in _LISTS}
        self._names(line, cells)
        self._reports(line, cells["study_id"], lists["reports"], lists["shared_reports"])
        sizes = self._sizes(line, cells)
        values = {name: cells.get(name, "") for name in (*STUDY_COLUMNS, *OPTIONAL_STUDY_COLUMNS)
                  if name not in (*_LISTS, *_SIZES)}
        return Study(line=line, **lists, **sizes, **values)  # type: ignore[arg-type]

    def _complain(self, line: int, code: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message, self.file, line, None, code, remedy))

    def _names(self, line: int, cells: Mapping[str, str]) -> None:
        study, status, parent = cells["study_id"], cells.get("status", ""), cells.get("companion_of", "")
        try:
            check_identifier(study)
        except ValueError as error:
            self._complain(line, "value", f"study_id: {error}.")
        if study in self.names:
            self._complain(line, "double", f"study {study!r} stands twice.",
                           "One row for each study; join its reports.")
        self.names.add(study)
        if cells["tier"] not in TIERS:
            self._complain(line, "value", f"tier = {cells['tier']!r}; allowed: {', '.join(TIERS)}.")
        if status not in STATUSES:
            self._complain(line, "value", f"status = {status!r}; allowed: empty, {', '.join(STATUSES[1:])}.",
                           "Leave it empty for a study that is finished.")
        if parent and (parent == study or parent not in self.ids):
            what = "the study itself" if parent == study else "unknown"
            self._complain(line, "unknown-study", f"companion_of = {parent!r} is {what}.",
                           "Name another study_id of this file, or leave it empty.")

    def _reports(self, line: int, study: str, members: tuple[str, ...], shared: tuple[str, ...]) -> None:
        if not members:
            self._complain(line, "value", f"study {study!r} has no report.", "Name at least one report id.")
        for report in shared:
            if report not in members:
                self._complain(line, "value", f"shared_reports names {report!r}, which is none of its reports.",
                               "List it under reports too.")
        for report in members:
            if report not in self.known:
                self._complain(line, "unknown-report", f"report {report!r} is unknown.",
                               "Report ids stand in records.csv.")
            elif report in self.owners:
                other, agreed = self.owners[report]
                if not (agreed and report in shared):
                    self._complain(line, "double", f"report {report!r} already belongs to {other}.",
                                   "If it describes both studies, name it under shared_reports in both rows.")
            self.owners[report] = (study, report in shared)

    def _sizes(self, line: int, cells: Mapping[str, str]) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for name in _SIZES:
            size = cells.get(name, "")
            whole = size.isdecimal() and int(size) > 0
            found[name] = int(size) if whole else None
            if size and not whole:
                self._complain(line, "value", f"{name} = {size!r}: must be a whole number, 1 or more.")
            elif size and not (cells["locator"] and cells["extractor"]):
                self._complain(line, "no-locator", f"{name} without locator or extractor.", "Say where and by whom.")
        randomised, analysed = (found[name] for name in _SIZES)
        if randomised is not None and analysed is not None and analysed > randomised:
            self._complain(line, "value", f"n_analysed = {analysed} is above n_randomised = {randomised}.",
                           "Check both against the report.")
        return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
