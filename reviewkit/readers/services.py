"""JSON of online services: whole answers, bare arrays, or JSON Lines; each object of the list is one entry.

A damaged object costs only itself: reading goes on at the next object that begins as the entries of that service do,
and what stands between is rejected with its lines. A file that ends early keeps what is whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import record
from reviewkit.readers.service_entries import printed_of
from reviewkit.readers.source import Source

_MARKS = (
    ("clinicaltrials-json", re.compile(r'"protocolSection"\s*:')),
    ("openalex-json", re.compile(r'"https?://(?:api\.)?openalex\.org/(?:works/)?W\d|"(?:abstract_inverted_index|'
                                 r'authorships)"\s*:')),
    ("europepmc-json", re.compile(r'"(?:resultList|pubYear|authorString|abstractText|hitCount|inPMC)"\s*:')),
    ("crossref-json", re.compile(r'"(?:DOI|container-title|issued|message-type|indexed)"\s*:')),
)
_LIST = re.compile(r'"(studies|results|items|result)"\s*:\s*\[')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_SPACE = re.compile(r"\s*")
_KEY = re.compile(r'\{\s*"([^"\\]{1,60})"\s*:')
_BEGINNINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r'\{\s*"protocolSection"\s*:',
        r'\{\s*"id"\s*:\s*"https?://(?:api\.)?openalex\.org/(?:works/)?W\d',
        r'\{\s*"id"\s*:\s*"[^"]{0,60}"\s*,\s*"source"\s*:',
        r'\{\s*"indexed"\s*:',
    )
)
"""How the entries of each service begin, as the services print them."""
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that should be one entry, where it starts, its values (None when damaged) and why."""

    start: int
    text: str
    values: object
    problem: str = ""


def service_of(head: str) -> str:
    """The format's name when a text is JSON of a service that we know, else nothing."""
    if not re.match(r"\s*\[?\s*\{", head) and not re.match(r"\s*\[\s*\]", head):
        return ""
    return next((name for name, mark in _MARKS if mark.search(head)), "")


def read_services(source: Source) -> ReadResult:
    """Read the JSON of ClinicalTrials.gov (version 2), OpenAlex, Crossref or Europe PMC.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text, or there is none.
    """
    collector = Collector(source, service_of(source.head().lstrip("\ufeff")))
    if _has_lines(source):
        for number, line in enumerate(source.lines(), 1):
            if line.strip():
                values, problem = _decoded(line.strip("\ufeff \t"))
                _take(Piece(0, line, values, problem), number, collector)
        return collector.result(sum(1 for line in source.lines() if line and not line.isspace()))
    text = source.text()
    start, closing = _list_start(text)
    at, before = 0, 0
    pieces = list(_pieces(text, start, closing, collector))
    for piece in pieces:
        before += text.count("\n", at, piece.start)
        at = piece.start
        _take(piece, before + 1, collector)
    return collector.result(_count(text, start, pieces))


def _decoded(text: str) -> tuple[object, str]:
    try:
        return json.loads(text), ""
    except ValueError as error:
        place = f", character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        return None, f"not valid JSON{place}"
    except RecursionError:
        return None, "nested too deeply"


def _take(piece: Piece, line: int, collector: Collector) -> None:
    origin = collector.origin(line, line + piece.text.count("\n"))
    try:
        if piece.problem:
            raise EntryError(piece.problem)
        if not isinstance(piece.values, dict):
            raise EntryError("not a JSON object")
        collector.records.append(record(printed_of(piece.values), origin, piece.text))
    except EntryError as error:
        collector.reject(error.reason, origin, raw=piece.text)


def _has_lines(source: Source) -> bool:
    """Whether every line is an object of its own (JSON Lines): seen from the first lines, damaged ones allowed."""
    head = source.head().lstrip("\ufeff \t\r\n")
    if not head.startswith("{") or _list_start(head)[0] > 0:
        return False
    lines = [line.strip() for line in head.split("\n") if line.strip()]
    if isinstance(_decoded(lines[0])[0], dict):
        return True
    opened = sum(line.startswith('{"') for line in lines)
    return len(lines) == 1 or opened > len(lines) / 2


def _list_start(text: str) -> tuple[int, str]:
    """Where the first entry may stand, and what ends the list; 0 where the text is objects only."""
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        return start + 1, "]"
    found = _LIST.search(text)
    while found:
        before = _STRING.sub("", text[start : found.start()])
        depth = before.count("{") - before.count("}")
        if before.count("[") == before.count("]") and depth == (1 if found[1] in {"studies", "results"} else 2):
            return found.end(), "]"
        if depth > 2 or "[" in before:
            break
        found = _LIST.search(text, found.end())
    return 0, ""


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    at = found.end() if found else at
    return _skip(text, at + 1) if text[at : at + 1] == "\ufeff" else at


def _pieces(text: str, start: int, closing: str, collector: Collector) -> Iterator[Piece]:
    """The entries of a list one after the other, and what is damaged between them."""
    at = _skip(text, start)
    begins = _beginning(text, at)
    while at < len(text) and (not closing or text[at] != closing):
        if text[at] == ",":
            at = _skip(text, at + 1)
            continue
        try:
            values, end = _DECODER.raw_decode(text, at)
            problem = ""
        except (ValueError, RecursionError) as error:
            following = begins.search(text, at + 1)
            values, end = None, following.start() if following else len(text)
            place = error.pos if isinstance(error, json.JSONDecodeError) else at
            cut = " (the file ends inside it)" if following is None and place >= len(text.rstrip()) - 1 else ""
            problem = f"not valid JSON in line {text.count(chr(10), 0, min(place, end)) + 1}{cut}"
        yield Piece(at, text[at:end].rstrip().rstrip(",").rstrip() if problem else text[at:end], values, problem)
        at = _skip(text, end)
        if not problem and at < len(text) and text[at] not in f",{closing}" and closing:
            collector.repair("no comma between two entries", text.count("\n", 0, at) + 1)
    if closing and at >= len(text):
        collector.repair("the list is not closed: the file may be incomplete", text.count("\n", 0, len(text)) + 1)


def _beginning(text: str, at: int) -> re.Pattern[str]:
    """How the entries of this list begin: as those of a service do, else with the first key of the first entry."""
    known = next((pattern for pattern in _BEGINNINGS if pattern.search(text, at)), None)
    if known is not None:
        return known
    found = _KEY.search(text, at)
    return re.compile(rf'\{{\s*"{re.escape(found[1])}"\s*:' if found else r"(?!)")


def _count(text: str, start: int, pieces: list[Piece]) -> int:
    """Entries counted on their own: by one parse of the whole text, in a damaged text by how entries begin."""
    found = _decoded(text.lstrip("\ufeff"))[0] if not any(piece.problem for piece in pieces) else None
    for key in ("message", "resultList"):
        found = found.get(key, found) if isinstance(found, dict) else found
    if isinstance(found, dict):
        found = next((found[key] for key in ("studies", "results", "items", "result") if key in found), [found])
    if isinstance(found, list):
        return len(found)
    begins = _beginning(text, _skip(text, start))
    whole = [(piece.start, piece.start + len(piece.text)) for piece in pieces if not piece.problem]
    unmarked = sum(1 for piece in pieces if not begins.match(text, piece.start))
    marked, at, spans = 0, start, iter([*whole, (len(text), len(text))])
    for low, high in spans:
        marked += sum(1 for _ in begins.finditer(text, at, low)) + bool(high > low and begins.match(text, low))
        at = high
    return marked + unmarked
