"""Running the planned searches of a question, chasing citations, and writing down what was done.

A run puts the export into ``references/<question>/`` and appends a ``[[file]]`` entry to searches.toml; nothing that
a person wrote there is altered. A search that was finished is not repeated, an interrupted one goes on where it
stopped.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.review.opened import Review
from reviewkit.review.records.fetching import Fetched, fetch, partial_folder
from reviewkit.review.records.recording import alone, append, check_appending, current, place, without_login
from reviewkit.review.records.searches import PlannedSearch, Searches, SearchFile, find_database
from reviewkit.sources import Client, Database, Query, ServiceError
from reviewkit.sources.openalex import Seed, chasing
from reviewkit.store.files import digest_file, inside, show

DIRECTIONS = {"backward": "references of", "forward": "works that cite"}
"""Directions of citation chasing, with the words its query is written down in."""


@dataclass(frozen=True, slots=True)
class Task:
    """One search to run: its name, the database, what is asked, and how it is classed in PRISMA's terms."""

    name: str
    database: Database
    query: Query
    method: str = "database"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchRun:
    """What became of one search.

    ``status`` is 'done', 'unchanged' (finished before), 'failed', or 'planned' (only asked for its hits).
    """

    search: str
    source: str
    query: str
    status: str
    file: str | None = None
    hits: int | None = None
    stored: int | None = None
    date: str | None = None
    resumed: bool = False
    warnings: tuple[str, ...] = ()
    reason: str = ""
    code: str = ""

    def as_dict(self) -> dict[str, object]:
        """The search's line in the command's JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a search tells while it runs: entries fetched of hits, and sentences."""

    progress: Callable[[str, int, int | None], None] = lambda name, done, hits: None
    told: Callable[[str], None] = lambda sentence: None


@dataclass(frozen=True)
class Searcher:
    """Runs searches of one question.

    Parameters
    ----------
    review : Review
        The question.
    watcher : Watcher
        Who is told how far it is.
    client : callable
        Makes the client of a database; tests put another in.
    today : callable
        The day that is written down.
    """

    review: Review
    watcher: Watcher = field(default_factory=Watcher)
    client: Callable[[Database, Callable[[str], None]], Client] = lambda database, told: Client(
        database.access, told=told)
    today: Callable[[], dt.date] = dt.date.today

    @property
    def folder(self) -> Path:
        """``references/<question>``."""
        return self.review.root / "references" / self.review.question

    @property
    def path(self) -> Path:
        """The question's searches.toml."""
        return self.folder / "searches.toml"

    def searches(self) -> Searches:
        """searches.toml as it stands now; exports it names may be missing."""
        return current(self.path, self.review.root)

    @property
    def _shown(self) -> str:
        return show(self.path, self.review.root)

    def planned(self, wanted: Sequence[str] = ()) -> tuple[Task, ...]:
        """The planned searches, all or those of some databases or names.

        Raises
        ------
        InputError
            If nothing is planned, a name is unknown, or the question says that no database is searched.
        """
        searches = self.searches()
        if searches.kind == "not-a-database-search":
            raise InputError(
                "kind is 'not-a-database-search', so no database is searched.", file=self._shown, code="kind",
                remedy="To search, set kind = \"database-search\", give every [[file]] its source, date and query, and "
                "add a [[planned]] search.",
            )
        if not searches.planned:
            raise InputError(
                "no search is planned.", file=self._shown, code="no-search",
                remedy="Add a table such as: [[planned]] source = \"PubMed\" query = \"the exact query\" (each on a "
                "line of its own).",
            )
        chosen = [p for p in searches.planned if not wanted or any(_means(name, p) for name in wanted)]
        unknown = [name for name in wanted if not any(_means(name, p) for p in searches.planned)]
        if unknown:
            raise InputError(f"no planned search is called {unknown[0]!r}.", file=self._shown, code="source",
                             remedy=f"Planned: {', '.join(p.name for p in searches.planned)}.")
        return tuple(Task(p.name, p.database, Query(p.query, p.parameters)) for p in chosen)

    def chase(self, direction: str) -> Task:
        """Citation chasing from every included report.

        Raises
        ------
        InputError
            If no report is included yet, or none has a DOI or PMID.
        """
        included = self.review.screening.included
        if not included:
            raise InputError("no report is included yet, so there are no citations to follow.", code="no-seeds",
                             file=self.review.name("screening"), remedy="Screen first.")
        records = self.review.reports
        seeds = sorted((Seed(r, records[r].doi, records[r].pmid) for r in included), key=lambda seed: seed.report)
        found = [seed for seed in seeds if seed.doi or seed.pmid]
        bare = tuple(f"no DOI or PMID, so its citations were not followed: {seed.report}" for seed in seeds
                     if not (seed.doi or seed.pmid))
        if not found:
            raise InputError("none of the included reports has a DOI or PMID.", file=self.review.name("records.csv"),
                             code="no-seeds", remedy="Add identifiers to the exports, or chase citations by hand.")
        database = chasing(found, direction)
        text = f"{DIRECTIONS[direction]}: {'; '.join(map(str, found))}"
        return Task(database.slug, database, Query(text), "citation-searching", bare)

    def count(self, tasks: Iterable[Task]) -> Iterator[SearchRun]:
        """Ask for the number of hits of each search, and write nothing."""
        for task in tasks:
            with self._client(task) as client:
                try:
                    plan = task.database.begin(client, task.query)
                except ServiceError as error:
                    yield _failed(task, error)
                else:
                    yield SearchRun(task.name, task.database.name, task.query.text, "planned", hits=plan.hits,
                                    warnings=(*task.warnings, *plan.warnings))

    def run(self, tasks: Iterable[Task], *, again: bool = False) -> Iterator[SearchRun]:
        """Run some searches one after the other; with no network the first failure is the last.

        Raises
        ------
        InputError
            If an entry could not be appended to searches.toml; nothing is asked of any service then.
        """
        check_appending(self.path, self.review.root)
        with alone(inside(self.folder, ".search"), self.review.root):
            for task in tasks:
                done = None if again else _finished(task, self.searches())
                if done is not None:
                    yield SearchRun(task.name, task.database.name, task.query.text, "unchanged", done.name or None,
                                    done.hits, done.stored, done.date.isoformat() if done.date else None,
                                    warnings=done.warnings if not done.settled else ())
                    continue
                try:
                    yield self._run(task)
                except ServiceError as error:
                    yield _failed(task, error)
                    if error.problems[0].code == "no-network":
                        return

    def _run(self, task: Task) -> SearchRun:
        with self._client(task) as client:
            aside = partial_folder(self.folder, task.name, task.database, task.query, client.base)
            found = fetch(task.database, task.query, aside, client, today=self.today(),
                          progress=lambda done, hits: self.watcher.progress(task.name, done, hits))
            item = self._record(task, found, client.base)
        shutil.rmtree(aside)
        return SearchRun(task.name, task.database.name, task.query.text, "done", item.name or None, found.hits,
                         found.stored, found.began.isoformat(), found.resumed, item.warnings)

    def _client(self, task: Task) -> Client:
        return self.client(task.database, self.watcher.told)

    def _record(self, task: Task, found: Fetched, base: str) -> SearchFile:
        """Put the export into its place, then append its entry to searches.toml."""
        name, digest = "", ""
        if found.export is not None:
            digest = digest_file(found.export)
            stem = f"{task.name}-{found.began.isoformat()}"
            name = place(found.export, self.path, stem, task.database.suffix, digest)
        warnings = [*task.warnings, *found.warnings]
        last = self.today()
        if last != found.began:
            warnings.append(f"begun on {found.began.isoformat()}, finished on {last.isoformat()}")
        database = task.database
        item = SearchFile(
            name=name, format=database.format if name else "", source=database.name, platform=database.platform,
            date=found.began, query=task.query.text, hits=found.hits,
            method="citation-searching" if task.method == "citation-searching" else "database", search=task.name,
            parameters=dict(task.query.parameters), stored=found.stored, url=without_login(base),
            translation=found.translation, sha256=digest, warnings=tuple(warnings),
        )
        append(self.path, [item], self.review.root)
        return item

def _means(name: str, planned: PlannedSearch) -> bool:
    return name == planned.name or find_database(name) is planned.database


def _finished(task: Task, searches: Searches) -> SearchFile | None:
    """The newest entry of the very same search."""
    asked = (task.name, task.database.name, task.query.text, dict(task.query.parameters), task.method)
    same = [item for item in searches.file
            if (item.search, item.source, item.query, item.parameters, item.method) == asked]
    return same[-1] if same else None


def _failed(task: Task, error: ServiceError) -> SearchRun:
    problem = error.problems[0]
    return SearchRun(task.name, task.database.name, task.query.text, "failed", reason=str(problem), code=problem.code)
