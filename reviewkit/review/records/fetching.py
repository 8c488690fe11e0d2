"""Fetching one search page by page, so that a crash or a lost line costs the page that was under way and no more.

Pages are kept aside in a hidden folder, ``references/<question>/.search/<search>-<digest of the query>/``; only the
whole export ever leaves it. A page counts once it is written whole; what cannot be read is fetched again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reviewkit.sources import Client, Database, Page, Plan, Query, ServiceError
from reviewkit.store.files import inside, write_atomic

Progress = Callable[[int, int | None], None]
"""Called with the number of entries fetched and the number of hits, where it is known."""

STUCK = 3
"""Pages without any new entry after which a list that does not end is given up."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A finished search whose export still stands aside; ``export`` is None where nothing was found."""

    export: Path | None
    hits: int
    stored: int
    began: dt.date
    resumed: bool
    warnings: tuple[str, ...]
    translation: str


@dataclass
class _Tally:
    """What the pages add up to."""

    plan: Plan
    pages: int = 0
    position: str | None = None
    seen: set[str] = field(default_factory=set)
    fetched: int = 0
    unnamed: int = 0
    parts: dict[str, set[str]] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    first_hits: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    barren: int = 0

    def add(self, page: Page) -> None:
        """Count one more page."""
        before = len(self.seen) + self.unnamed
        part = self.parts.setdefault(page.part, set())
        for identity, _ in page.entries:
            self.fetched += 1
            if identity:
                self.seen.add(identity)
                part.add(identity)
            else:
                self.unnamed += 1
        if page.hits is not None:
            self.first_hits.setdefault(page.part, page.hits)
            self.hits[page.part] = page.hits
        self.warnings += page.warnings
        self.pages += 1
        self.position = page.position
        self.barren = 0 if len(self.seen) + self.unnamed > before else self.barren + 1

    @property
    def stored(self) -> int:
        """Entries that the export holds: each once."""
        return len(self.seen) + self.unnamed

    @property
    def expected(self) -> int:
        """Hits the service states; entries that several lists share count once."""
        if not self.hits:
            return self.plan.hits or 0
        overlap = sum(map(len, self.parts.values())) - len(self.seen)
        return sum(self.hits.values()) - overlap

    def findings(self, name: str) -> tuple[str, ...]:
        """Everything that does not add up, in words."""
        found = [*self.plan.warnings, *dict.fromkeys(self.warnings)]
        stated = dict(self.first_hits)
        if self.plan.hits is not None and set(self.hits) <= {""}:
            stated[""] = self.plan.hits
        for part, first in stated.items():
            last = self.hits.get(part, first)
            if last != first:
                found.append(f"the number of hits changed from {first} to {last} while they were fetched")
        twice = self.fetched - self.unnamed - sum(map(len, self.parts.values()))
        if twice:
            found.append(f"{twice} entries came more than once and are stored once")
        if self.stored != self.expected:
            found.append(f"{name} states {self.expected} hits, but {self.stored} entries were stored")
        elif set(self.hits) - {""} and self.plan.hits is not None and self.plan.hits != self.stored:
            found.append(f"{self.plan.hits - self.stored} of {self.plan.hits} works cited are not in {name}")
        return tuple(found)


def partial_folder(references: Path, name: str, database: Database, query: Query, base: str) -> Path:
    """Where the pages of a search are kept aside: by its name, and the digest of what is asked and of whom.

    Raises
    ------
    InputError
        If a link leads out of the question's folder.
    """
    asked = json.dumps([database.slug, base, query.text, sorted(query.parameters.items())], ensure_ascii=False)
    return inside(references, f".search/{name}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}")


def fetch(
    database: Database, query: Query, folder: Path, client: Client, *, today: dt.date,
    progress: Progress = lambda done, hits: None,
) -> Fetched:
    """Run a search, or take an interrupted one up where it stopped, up to a whole export that stands aside.

    A service that no longer knows where an old search stopped, or a resumed search that does not add up, is
    begun anew.

    Raises
    ------
    ServiceError
        If the service cannot be reached, refuses or gives no usable answer; what was fetched stays aside.
    ReviewkitError
        If a page cannot be written.
    """
    began, tally = _kept(folder)
    if tally is not None and tally.position is not None and _age(folder, tally.pages) > database.patience:
        return _anew(database, query, folder, client, today, progress)
    resumed = tally is not None
    try:
        if tally is None:
            tally = _begin(database, query, folder, client, today)
        _go_on(database, query, folder, client, tally, progress)
    except ServiceError as error:
        if not resumed or error.problems[0].code != "refused":
            raise
        return _anew(database, query, folder, client, today, progress)
    if resumed and tally.stored != tally.expected:
        return _anew(database, query, folder, client, today, progress)
    export = None
    if tally.stored:
        export = folder / "export"
        write_atomic(export, _export(database, folder, tally.pages))
    return Fetched(export, tally.expected, tally.stored, began or today, resumed, tally.findings(database.name),
                   tally.plan.translation)


def _anew(
    database: Database, query: Query, folder: Path, client: Client, today: dt.date, progress: Progress
) -> Fetched:
    client.told(f"{database.name}: the interrupted search cannot be taken up; it is begun anew")
    shutil.rmtree(folder)
    return fetch(database, query, folder, client, today=today, progress=progress)


def _begin(database: Database, query: Query, folder: Path, client: Client, today: dt.date) -> _Tally:
    plan = database.begin(client, query)
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder / "plan.json", {"began": today.isoformat(), "plan": asdict(plan)})
    return _Tally(plan, position=plan.position)


def _go_on(
    database: Database, query: Query, folder: Path, client: Client, tally: _Tally, progress: Progress
) -> None:
    while tally.position is not None:
        progress(tally.stored, tally.plan.hits)
        page = database.page(client, query, tally.plan, tally.position)
        _write(_page_path(folder, tally.pages + 1), {"page": asdict(page)})
        tally.add(page)
        if tally.barren >= STUCK:
            tally.warnings.append(f"{database.name} repeats entries without an end; the search was stopped")
            tally.position = None
    progress(tally.stored, tally.plan.hits)


def _page_path(folder: Path, number: int) -> Path:
    return folder / f"page-{number:06d}.json"


def _kept(folder: Path) -> tuple[dt.date | None, _Tally | None]:
    """What an interrupted search left: the day it began and its pages, as far as they can be read."""
    values = _read(folder / "plan.json")
    if values is None:
        return None, None
    plan = values["plan"]
    tally = _Tally(Plan(plan["hits"], plan["position"], tuple(plan["warnings"]), plan["translation"], plan["data"]),
                   position=plan["position"])
    while tally.position is not None and (page := _kept_page(folder, tally.pages + 1)) is not None:
        tally.add(page)
    return dt.date.fromisoformat(values["began"]), tally


def _kept_page(folder: Path, number: int) -> Page | None:
    values = _read(_page_path(folder, number))
    if values is None:
        return None
    page = values["page"]
    entries = tuple((str(identity), str(text)) for identity, text in page["entries"])
    return Page(entries, page["position"], page["hits"], page["part"], tuple(page["warnings"]))


def _age(folder: Path, pages: int) -> float:
    """Seconds since the last page was kept."""
    last = _page_path(folder, pages) if pages else folder / "plan.json"
    return time.time() - last.stat().st_mtime


def _export(database: Database, folder: Path, pages: int) -> Iterator[bytes]:
    """The export in pieces: every entry as it came, each once."""
    seen: set[str] = set()
    yield database.head.encode()
    for number in range(1, pages + 1):
        page = _kept_page(folder, number)
        if page is None:
            raise ServiceError("a page kept aside was damaged while the search ended.", file=folder.name,
                               code="damaged-page", remedy="Run the same command again: the page is fetched anew.")
        lines = []
        for identity, text in page.entries:
            if not identity or identity not in seen:
                lines.append(f"{text}\n")
                seen.add(identity)
        yield "".join(lines).encode()
    yield database.foot.encode()


def _write(path: Path, values: dict[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    write_atomic(path, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n")


def _read(path: Path) -> dict[str, Any] | None:
    """What `_write` wrote; None where the file is missing or damaged."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    text = text.removesuffix("\n")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        return None
    values: dict[str, Any] = json.loads(text)
    return values
