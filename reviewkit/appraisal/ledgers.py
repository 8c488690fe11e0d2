"""Three small tables beside the judgements: letters to authors, registered against reported, missing results.

Each is a CSV file that a person fills in; each is checked as a whole, and every finding has its line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from reviewkit.errors import Problem


@dataclass(frozen=True, slots=True)
class Ledger:
    """One of the tables: its file, its columns, and the one without which a row is not filled in."""

    file: str
    columns: tuple[str, ...]
    verdict: str


CONTACT_COLUMNS = (
    "study_id", "asked_on", "asked", "status", "answered_on", "answer", "used_for", "by", "note",
)
CONTACT_STATUS = ("sent", "answered", "no answer", "undeliverable")

REGISTERED_COLUMNS = (
    "study_id", "registration", "item", "outcome", "registered", "reported", "verdict", "locator", "url", "by", "note",
)
ITEMS = ("n", "primary outcome", "secondary outcome", "other")
VERDICTS = ("same", "changed", "added", "left out", "not visible")

MISSING_COLUMNS = ("outcome", "study_id", "status", "n", "reason", "locator", "url", "by", "note")
MISSING_STATUS = ("available", "missing for another reason", "unclear", "missing for what it showed")
"""The four marks of the ROB-ME matrix (doi:10.1136/bmj-2023-076754), in our own words."""

CONTACTS = Ledger("author-contacts.csv", CONTACT_COLUMNS, "status")
REGISTERED = Ledger("registered.csv", REGISTERED_COLUMNS, "verdict")
MISSING = Ledger("missing-results.csv", MISSING_COLUMNS, "status")


@dataclass(frozen=True, slots=True)
class Contact:
    """A question put to the authors of a study, and what came of it."""

    line: int
    study_id: str
    asked_on: str
    asked: str
    status: str
    answered_on: str
    answer: str
    used_for: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Registered:
    """One item of a registration beside what the report says."""

    line: int
    study_id: str
    registration: str
    item: str
    outcome: str
    registered: str
    reported: str
    verdict: str
    locator: str
    url: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class MissingResult:
    """Whether a study's result for an outcome could enter the synthesis, and why not."""

    line: int
    outcome: str
    study_id: str
    status: str
    n: str
    reason: str
    locator: str
    url: str
    by: str
    note: str


Rows = Iterable[tuple[int, Mapping[str, str]]]
_Finding = tuple[str, str, str]


def parse_contacts(rows: Rows, studies: Collection[str], *, file: str) -> tuple[tuple[Contact, ...], list[Problem]]:
    """Letters to authors, and what is wrong with the table."""
    kept, problems = _parse(rows, lambda cells: _contact(cells, studies), file)
    return tuple(Contact(line, **cells) for line, cells in kept), problems


def parse_registered(
    rows: Rows, studies: Mapping[str, str], outcomes: Collection[str], *, file: str
) -> tuple[tuple[Registered, ...], list[Problem]]:
    """Registered against reported; ``studies`` maps a study id to its registration (empty where none was seen)."""
    kept, problems = _parse(rows, lambda cells: _registered(cells, studies, outcomes), file)
    return tuple(Registered(line, **cells) for line, cells in kept), problems


def parse_missing(
    rows: Rows, studies: Collection[str], outcomes: Collection[str], *, file: str
) -> tuple[tuple[MissingResult, ...], list[Problem]]:
    """The matrix of missing results; one row for each study and outcome at most."""
    kept, problems = _parse(rows, lambda cells: _missing(cells, studies, outcomes), file)
    seen: dict[tuple[str, str], int] = {}
    for line, cells in kept:
        key = (cells["outcome"], cells["study_id"])
        if key in seen:
            problems.append(Problem(f"{key[1]} stands on line {seen[key]} for {key[0]} too.", file, line, None,
                                    "double", "Keep one of the two rows."))
        seen[key] = line
    return tuple(MissingResult(line, **cells) for line, cells in kept), problems


def _parse(
    rows: Rows, check: Callable[[Mapping[str, str]], Iterable[_Finding]], file: str
) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    kept, problems = [], []
    for line, cells in rows:
        found = [Problem(f"{text}.", file, line, None, code, remedy) for text, code, remedy in check(cells)]
        problems += found
        if not found:
            kept.append((line, dict(cells)))
    return kept, problems


def _contact(cells: Mapping[str, str], studies: Collection[str]) -> Iterable[_Finding]:
    yield from _known(cells, studies)
    if not (cells["asked"] and cells["by"]):
        yield "a letter without what was asked or who asked", "value", "Fill in asked and by."
    yield from _choice(cells, "status", CONTACT_STATUS)
    dates = {}
    for name in ("asked_on", "answered_on"):
        try:
            dates[name] = dt.date.fromisoformat(cells[name]) if cells[name] else None
        except ValueError:
            yield f"{name} = {cells[name]!r} is no date", "value", "Write it as 2026-05-31."
    asked, answered = dates.get("asked_on"), dates.get("answered_on")
    if not cells["asked_on"]:
        yield "a letter without a date", "value", "Fill in asked_on."
    if asked and answered and answered < asked:
        yield f"answered on {answered}, before it was asked on {asked}", "value", "Check both dates."
    if (cells["status"] == "answered") != bool(cells["answer"] and cells["answered_on"]):
        yield ("status and answer do not fit", "value",
               "An answered letter has answer and answered_on; any other has neither.")


def _registered(
    cells: Mapping[str, str], studies: Mapping[str, str], outcomes: Collection[str]
) -> Iterable[_Finding]:
    yield from _known(cells, studies)
    yield from _known_outcome(cells, outcomes)
    yield from _choice(cells, "item", ITEMS)
    yield from _choice(cells, "verdict", VERDICTS)
    known = studies.get(cells["study_id"], "")
    if known and cells["registration"] not in known.replace(";", " ").split():
        yield (f"registration {cells['registration']!r} is not the one of studies.csv ({known})", "value",
               "Correct one of the two.")
    if not (cells["locator"] and cells["by"]):
        yield "a comparison without locator or without who made it", "no-locator", "Say where it stands, and by whom."
    registered, reported = cells["registered"], cells["reported"]
    if cells["item"] == "n":
        for name in ("registered", "reported"):
            if cells[name] and not cells[name].isdecimal():
                yield f"{name} = {cells[name]!r} is no number of people", "value", "Write digits only."
    expected = {
        (True, True): ("same",) if registered == reported else ("changed", "same"),
        (True, False): ("left out", "not visible"),
        (False, True): ("added", "not visible"),
    }.get((bool(registered), bool(reported)), ("not visible",))
    if cells["item"] == "n" and registered and reported and registered != reported:
        expected = ("changed",)
    if cells["verdict"] in VERDICTS and cells["verdict"] not in expected:
        yield (f"verdict {cells['verdict']!r} does not fit registered = {registered!r}, reported = {reported!r}",
               "value", f"Possible: {', '.join(expected)}.")


def _missing(
    cells: Mapping[str, str], studies: Collection[str], outcomes: Collection[str]
) -> Iterable[_Finding]:
    yield from _known(cells, studies)
    yield from _known_outcome(cells, outcomes, required=True)
    yield from _choice(cells, "status", MISSING_STATUS)
    if cells["n"] and not cells["n"].isdecimal():
        yield f"n = {cells['n']!r} is no number of people", "value", "Write digits only, or leave it empty."
    if cells["status"] != "available" and not cells["reason"]:
        yield "a missing result without a reason", "no-reason", "Say what points to it."


def _known(cells: Mapping[str, str], studies: Collection[str]) -> Iterable[_Finding]:
    if cells["study_id"] not in studies:
        yield f"study_id = {cells['study_id']!r} is unknown", "unknown-study", "Study ids stand in studies.csv."


def _known_outcome(
    cells: Mapping[str, str], outcomes: Collection[str], *, required: bool = False
) -> Iterable[_Finding]:
    if (cells["outcome"] or required) and cells["outcome"] not in outcomes:
        yield (f"outcome = {cells['outcome']!r} is unknown", "unknown-outcome",
               f"Outcomes of the protocol: {', '.join(outcomes)}.")


def _choice(cells: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> Iterable[_Finding]:
    if cells[name] not in allowed:
        yield f"{name} = {cells[name]!r}", "value", f"Allowed: {', '.join(allowed)}."
