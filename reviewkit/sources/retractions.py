"""Retraction status of reports: through Crossref, or from a Retraction Watch CSV file.

A report that nobody could look up is 'not checked', never 'nothing found'. The strongest notice counts: a
retraction above an expression of concern above a correction; a later reinstatement takes a retraction back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, get_args

from reviewkit.errors import InputError
from reviewkit.sources.crossref import Notice, notices
from reviewkit.sources.http import Client
from reviewkit.store.files import show

Status = Literal["retracted", "expression of concern", "corrected", "nothing found", "not checked"]
STATUSES: tuple[Status, ...] = get_args(Status)

_COLUMNS = ("RetractionNature", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionDOI", "RetractionDate")
_RANK: tuple[Status, ...] = ("nothing found", "corrected", "expression of concern", "retracted")
_VERSIONS = re.compile(r"new.?(?:version|edition)|version.of.record|reinstat", re.I)
_MONTHS_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class _Reader(Protocol):
    """What is used of a reader of the csv module, whose own type has no public name."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Checkable:
    """A report and what identifies it."""

    report: str
    doi: str = ""
    pmid: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """What was found for one report.

    ``notice`` is the notice's DOI, ``kind`` its kind as printed, ``date`` its day; ``source`` says who was asked
    and, for 'not checked', why not.
    """

    report: str
    status: Status
    notice: str = ""
    kind: str = ""
    date: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class WatchFile:
    """A Retraction Watch CSV as read: its notices by DOI and by PMID, and rows that could not be read."""

    name: str
    by_doi: dict[str, tuple[Notice, ...]]
    by_pmid: dict[str, tuple[Notice, ...]]
    rows: int
    damaged: tuple[int, ...]
    newest: str


def status_of(kind: str) -> Status:
    """The status that a kind of notice gives, by the words Crossref and Retraction Watch print.

    >>> status_of("partial_retraction"), status_of("Expression of concern"), status_of("new_version")
    ('retracted', 'expression of concern', 'nothing found')
    """
    text = kind.casefold()
    if _VERSIONS.search(text):
        return "nothing found"
    if re.search(r"retract|withdraw|remov", text):
        return "retracted"
    return "expression of concern" if "concern" in text else "corrected"


def judge(report: str, found: Sequence[Notice], source: str) -> Retraction:
    """The status of a report from all notices on it."""
    reinstated = max((n.date for n in found if "reinstat" in n.kind.casefold()), default=None)
    best = Retraction(report, "nothing found", source=source)
    for notice in sorted(found, key=lambda n: n.date):
        status = status_of(notice.kind)
        if status == "retracted" and reinstated is not None and notice.date <= reinstated:
            status = "corrected"
        if _RANK.index(status) >= _RANK.index(best.status) and status != "nothing found":
            said = f"{source} ({notice.source})" if notice.source and notice.source not in source else source
            best = Retraction(report, status, notice.doi, notice.kind, notice.date, said)
    return best


def through_crossref(
    reports: Sequence[Checkable], client: Client, progress: Callable[[int], None] = lambda done: None
) -> tuple[Retraction, ...]:
    """Ask Crossref for every report with a DOI.

    Raises
    ------
    ServiceError
        If Crossref cannot be reached or gives no usable answer.
    """
    found = []
    for number, item in enumerate(reports, 1):
        if not item.doi:
            found.append(Retraction(item.report, "not checked", source="no DOI"))
        else:
            said = notices(client, item.doi)
            found.append(judge(item.report, said, "Crossref") if said is not None else
                         Retraction(item.report, "not checked", source="Crossref does not know the DOI"))
        progress(number)
    return tuple(found)


def through_file(reports: Iterable[Checkable], watch: WatchFile) -> tuple[Retraction, ...]:
    """Look every report up in a Retraction Watch file, by DOI and by PMID."""
    source = f"Retraction Watch file {watch.name}" + (f", newest notice {watch.newest}" if watch.newest else "")
    found = []
    for item in reports:
        if not (item.doi or item.pmid):
            found.append(Retraction(item.report, "not checked", source="no DOI or PMID"))
            continue
        said = (*watch.by_doi.get(item.doi.lower(), ()), *watch.by_pmid.get(item.pmid, ()))
        found.append(judge(item.report, tuple(dict.fromkeys(said)), source))
    return tuple(found)


def read_watch_file(path: Path, root: Path | None = None) -> WatchFile:
    """Read a Retraction Watch CSV file.

    Source: the column headings that Crossref documents for it.

    Raises
    ------
    InputError
        If the file is missing or has other columns.
    """
    shown = show(path, root)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"Retraction Watch file cannot be read: {error.strerror}.", file=shown,
                         code="unreadable") from None
    # Stray bytes of other encodings stand in names and titles; the columns read here are ASCII.
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""), strict=True)
    header = [cell.strip() for cell in _next(reader, shown) or ()]
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise InputError(f"no Retraction Watch file: column {missing[0]!r} is missing.", file=shown, line=1,
                         code="missing-column", remedy=f"Columns wanted: {', '.join(_COLUMNS)}.")
    places = [header.index(name) for name in _COLUMNS]
    by_doi: dict[str, tuple[Notice, ...]] = {}
    by_pmid: dict[str, tuple[Notice, ...]] = {}
    rows, damaged, newest = 0, [], ""
    while (cells := _next(reader, shown)) is not None:
        if not any(cells):
            continue
        rows += 1
        if len(cells) != len(header):
            damaged.append(reader.line_num)
            continue
        nature, doi, pmid, notice, day = (cells[place].strip() for place in places)
        item = Notice(nature, _doi(notice), _day(day), "")
        newest = max(newest, item.date)
        if key := _doi(doi):
            by_doi[key] = (*by_doi.get(key, ()), item)
        if pmid.isdigit() and pmid.strip("0"):
            by_pmid[pmid] = (*by_pmid.get(pmid, ()), item)
    if not rows:
        raise InputError("the Retraction Watch file has no rows.", file=shown, code="empty-file")
    return WatchFile(path.name, by_doi, by_pmid, rows, tuple(damaged), newest)


def _next(reader: _Reader, shown: str) -> list[str] | None:
    try:
        return reader.__next__()
    except StopIteration:
        return None
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}.", file=shown, line=reader.line_num, code="syntax") from None


def _doi(text: str) -> str:
    """A DOI in lower case; nothing for 'unavailable' and the like."""
    found = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.strip().lower())
    return found if found.startswith("10.") else ""


def _day(text: str) -> str:
    """``10/31/2023 0:00`` as ``2023-10-31``; an ISO day stays."""
    found = _MONTHS_FIRST.match(text)
    if found:
        return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}"
    return text[:10] if re.match(r"\d{4}-\d\d-\d\d", text) else ""
