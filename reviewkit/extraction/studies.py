"""Studies: the unit of analysis, each with the reports that describe it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reviewkit.errors import InputError, Problem
from reviewkit.identifiers import check_identifier

TIERS = ("primary", "sensitivity", "descriptive", "harms", "near-miss")
STUDY_COLUMNS = (
    "study_id", "label", "tier", "reports", "design", "country", "n_randomised", "arms", "comparator",
    "registration", "funding", "locator", "url", "extractor", "note",
)


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


def parse_studies(
    rows: Iterable[tuple[int, Mapping[str, str]]], reports: Collection[str], *, file: str
) -> tuple[Study, ...]:
    """Parse studies.csv; ``reports`` are the report ids that exist.

    Raises
    ------
    InputError
        With every error: unknown or doubled reports, doubled studies, sizes that are not whole,
        numbers without a locator.
    """
    studies: list[Study] = []
    problems: list[Problem] = []
    owner: dict[str, str] = {}
    names: set[str] = set()

    def complain(line: int, code: str, message: str, remedy: str = "") -> None:
        problems.append(Problem(message, file, line, None, code, remedy))

    for line, cells in rows:
        study = cells["study_id"]
        try:
            check_identifier(study)
        except ValueError as error:
            complain(line, "value", f"study_id: {error}.")
        if study in names:
            complain(line, "double", f"study {study!r} stands twice.", "One row for each study; join its reports.")
        names.add(study)
        if cells["tier"] not in TIERS:
            complain(line, "value", f"tier = {cells['tier']!r}; allowed: {', '.join(TIERS)}.")
        members = tuple(part.strip() for part in cells["reports"].split(";") if part.strip())
        if not members:
            complain(line, "value", f"study {study!r} has no report.", "Name at least one report id.")
        for report in members:
            if report not in reports:
                complain(line, "unknown-report", f"report {report!r} is unknown.", "Report ids stand in records.csv.")
            elif report in owner:
                complain(line, "double", f"report {report!r} already belongs to {owner[report]}.")
            owner[report] = study
        size = cells["n_randomised"]
        if size and not (size.isdecimal() and int(size) > 0):
            complain(line, "value", f"n_randomised = {size!r}: must be a whole number, 1 or more.")
        elif size and not (cells["locator"] and cells["extractor"]):
            complain(line, "no-locator", "n_randomised without locator or extractor.", "Say where and by whom.")
        values = {name: cells[name] for name in STUDY_COLUMNS if name not in ("reports", "n_randomised")}
        studies.append(
            Study(line=line, reports=members, n_randomised=int(size) if size.isdecimal() else None, **values)
        )
    if problems:
        raise InputError(problems)
    return tuple(studies)
