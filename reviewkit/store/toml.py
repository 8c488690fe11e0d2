"""TOML files that people write by hand: every error of a file at once, each with its line.

``tomllib`` gives no line for a key, so this module keeps its own index of where each key stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from reviewkit.errors import InputError, Problem
from reviewkit.protocol import PlacedErrors

KeyPath = tuple[str | int, ...]
T = TypeVar("T", bound=BaseModel)

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_STRING = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'')


@dataclass(frozen=True)
class Document:
    """A parsed TOML file: its values, its name, and the line of each key."""

    file: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of the key, or of the nearest table above it (1 where nothing is known)."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def parse(text: str, file: str) -> Document:
    """Parse TOML and index its keys.

    Raises
    ------
    InputError
        On a syntax error, alone, with its line and column.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, None)
        message = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise InputError(
            f"not valid TOML: {message[:1].lower()}{message[1:]}", file=file, line=line, column=column, code="syntax",
            remedy="Mend this first; other errors of the file show after it.",
        ) from None
    return Document(file, data, _index(text))


def _index(text: str) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    prefix: KeyPath = ()
    closing = ""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        plain = _STRING.sub(_blank, re.sub(r'("""|\'\'\').*?\1', '""', line)).split("#")[0]
        if depth == 0:
            header = _HEADER.match(line)
            if header and "=" not in plain:
                prefix = _enter(_parts(header[2]), header[1] == "[[", counts)
                lines.setdefault(prefix, number)
            elif key := _KEY.match(line):
                path = prefix + _parts(key[1])
                lines.setdefault(path, number)
        for mark in ('"""', "'''"):
            if mark in plain:
                closing = mark
                plain = plain.split(mark)[0]
        depth = max(0, depth + plain.count("[") + plain.count("{") - plain.count("]") - plain.count("}"))
    return lines


def _blank(found: re.Match[str]) -> str:
    """Nothing in place of a string's text; the mark of a string over several lines stays."""
    return found[0] if found[0] in ('"""', "'''") else '""'


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _enter(parts: KeyPath, array: bool, counts: dict[KeyPath, int]) -> KeyPath:
    """The path of a table header, with the index of every array of tables on the way."""
    path: KeyPath = ()
    for depth, part in enumerate(parts):
        path = (*path, part)
        if array and depth == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
            # A new element of an array starts its own arrays afresh.
            for deeper in [p for p in counts if len(p) > len(path) and p[: len(path) + 1] == (*path, counts[path])]:
                del counts[deeper]
        if path in counts:
            path = (*path, counts[path])
    return path


def validate(document: Document, model: type[T]) -> T:
    """The file's values as a model.

    Raises
    ------
    InputError
        With every error of the file, each with file, line, key, what was found and what is allowed.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            path: KeyPath = tuple(item["loc"])
            cause = item.get("ctx", {}).get("error")
            if isinstance(cause, PlacedErrors):
                problems += [
                    Problem(f"{_dotted(path + key)}{text}.", document.file, document.line(path + key), None, "value")
                    for key, text in cause.errors
                ]
                continue
            problems.append(
                Problem(
                    f"{_dotted(path)}{_sentence(item)}", document.file, document.line(path), None,
                    "unknown-key" if item["type"] == "extra_forbidden" else "value",
                )
            )
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0)) from None


def _dotted(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return f"{text}: " if text else ""


def _sentence(item: Mapping[str, Any]) -> str:
    if item["type"] == "missing":
        return "is missing."
    if item["type"] == "extra_forbidden":
        return "is no key of this file. Check the spelling."
    found = item["input"]
    message = str(item["msg"]).removeprefix("Value error, ").replace("Input should be", "should be")
    shown = f"found {found!r}; " if isinstance(found, str | int | float | bool) else ""
    return f"{shown}{message}."
