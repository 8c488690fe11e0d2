"""What every database module shares: the shape of a search, its pages, and JSON cut without altering a byte.

A *plan* is what the first question to a service gives: how many hits, and where the first page stands. A *page*
holds entries as the service gave them, and where the next page stands. Plans and pages are plain values, so that
an interrupted search can be kept aside and taken up again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewkit.sources.http import Access, BodyError, Client, ServiceError


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: the exact query, and further parameters that the database allows."""

    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to the first question.

    Attributes
    ----------
    hits : int or None
        Entries the service says it has; None where it does not say beforehand.
    position : str or None
        Where the first page stands; None where there is nothing to fetch.
    warnings : tuple of str
        What the service or the client warns of.
    translation : str
        The query as the service understood it.
    data : mapping
        Plain JSON values that the later pages need.
    """

    hits: int | None
    position: str | None
    warnings: tuple[str, ...] = ()
    translation: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries of one page, each with the service's own id and its text as it came.

    ``hits`` is what the service says now of the list named ``part``; most searches have one list.
    """

    entries: tuple[tuple[str, str], ...]
    position: str | None
    hits: int | None = None
    part: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Database:
    """One database or register that can be searched.

    ``parameters`` are the only further parameters a search may set: none that pages, selects fields or
    carries a key. ``patience`` is how long, in seconds, the service documents to know a place in a list.
    """

    slug: str
    platform: str
    format: str
    suffix: str
    access: Access
    begin: Callable[[Client, Query], Plan]
    page: Callable[[Client, Query, Plan, str], Page]
    head: str = ""
    foot: str = ""
    parameters: tuple[str, ...] = ()
    patience: float = float("inf")

    @property
    def name(self) -> str:
        """As people know it."""
        return self.access.name


MOST = 500_000
"""Hits of one search at most."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def document(body: bytes) -> tuple[str, dict[str, Any]]:
    """The text and the values of a JSON answer.

    Raises
    ------
    BodyError
        If the body is no JSON object: cut, or an HTML page.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BodyError("the answer is not UTF-8") from None
    if text.lstrip()[:1] == "<":
        raise BodyError("it answered with a web page instead of JSON")
    try:
        found = json.loads(text)
    except ValueError:
        raise BodyError("the answer is not JSON, or was cut") from None
    except RecursionError:
        raise BodyError("the answer is nested too deeply") from None
    if not isinstance(found, dict):
        raise BodyError("the answer is no JSON object")
    return text, found


def items(text: str, *path: str) -> list[str]:
    """The elements of an array inside a JSON text, each as it stands there, on one line.

    Line ends between tokens carry no meaning in JSON and cannot stand inside a string, so taking them out
    alters nothing.

    >>> items('{"a": {"b": [{"x": 1.0},\\n {"y": "\\\\u00e9"}]}}', "a", "b")
    ['{"x": 1.0}', '{"y": "\\\\u00e9"}']
    """
    at = _skip(text, 0)
    for key in path:
        at = _member(text, at, key)
        if at < 0:
            return []
    if text[at] != "[":
        return []
    found = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end].replace("\r", "").replace("\n", ""))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _member(text: str, at: int, key: str) -> int:
    """Where the value of an object's key starts; -1 where the object has none."""
    if text[at] != "{":
        return -1
    at = _skip(text, at + 1)
    found = -1
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, end) + 1)
        _, end = _DECODER.raw_decode(text, start)
        # The last of two equal keys counts, as it does for json.loads.
        found = start if name == key else found
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def number(value: object) -> int | None:
    """A count as services print it: a whole number, or text that is one."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def counted(value: object, where: str) -> int:
    """The number of hits.

    Raises
    ------
    BodyError
        If the service does not say it where it documents it.
    """
    found = number(value)
    if found is None:
        raise BodyError(f"the answer has no number of hits ({where})")
    return found


def bounded(hits: int, name: str) -> int:
    """The number of hits, if it is one that people could ever screen.

    Raises
    ------
    ServiceError
        If there are more than `MOST`; no service wants its whole stock fetched in pages.
    """
    if hits > MOST:
        raise ServiceError(f"{name} states {hits:,} hits; more than {MOST:,} are not fetched.", code="too-many",
                           remedy="Narrow the query.")
    return hits


def unknown_parameters(database: Database, parameters: Mapping[str, str]) -> list[str]:
    """Names of parameters that the database does not allow in a search."""
    return [name for name in parameters if name not in database.parameters]
