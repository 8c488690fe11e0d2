"""A question with planned searches, and what runs them against the local server."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reviewkit.review import open_review
from reviewkit.review.records.searching import Searcher, SearchRun
from reviewkit.sources import Client, Database
from tests.sources.services import (
    PubMed,
    Server,
    article,
)

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 11, 21)
HEAD = '# Written by a person.\nkind = "database-search"   # kept\nnote = "Ünïcode"\n'
QUERY = '"multiple sclerosis"[tiab] AND\n  (cobalamin* OR "vitamin B12") \\ \x7f\u2028 \t“x”'


def planned(source: str, query: str = "x", **more: str) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in {"source": source, "query": query, **more}.items()]
    return "\n[[planned]]\n" + "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


def write(root: Path, text: str) -> None:
    (root / "references/q/searches.toml").write_text(text, encoding="utf-8")


def searches(root: Path) -> str:
    return (root / "references/q/searches.toml").read_text(encoding="utf-8")


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*") if path.is_file()}


def searcher(root: Path, server: Server | str, day: dt.date = DAY, **environment: str) -> Searcher:
    address = server if isinstance(server, str) else server.address

    def client(database: Database, told: Callable[[str], None]) -> Client:
        values = {database.access.variable: address, **environment}
        return Client(database.access, environment=values, told=told, sleep=lambda seconds: None, timeout=5)

    return Searcher(open_review("q", root), client=client, today=lambda: day)


def run(root: Path, server: Server | str, *wanted: str, again: bool = False, **more: Any) -> list[SearchRun]:
    found = searcher(root, server, **more)
    return list(found.run(found.planned(wanted), again=again))


def pubmed(n: int, **choices: Any) -> PubMed:
    return PubMed({3 * i + 1: article(3 * i + 1) for i in range(n)}, **choices)


def results(n: int) -> list[dict[str, Any]]:
    return [{"id": str(i), "source": "MED", "title": f"Täytle \u2028 {i}"} for i in range(n)]
