"""Append-only, hash-chained logs of decisions: one file for each reviewer and stage.

A line is JSON; its ``hash`` covers the line and the hash before it, so that a changed, dropped or swapped
line is found and named. A line is flushed and synced before its caller goes on. A cut tail is found only
against a head recorded elsewhere (a report, a commit): see `Log.head`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from reviewkit.errors import InputError, Problem, ReviewkitError
from reviewkit.store.files import show

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log: its number, its values without the chain, and its hash."""

    line: int
    values: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Log:
    """A log as read: its sound entries, and what is wrong with it."""

    file: str
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def head(self) -> str:
        """The hash of the last entry: record it elsewhere, and a cut tail is found."""
        return self.entries[-1].hash if self.entries else GENESIS


def chain_hash(previous: str, values: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the values."""
    return hashlib.sha256(f"{previous}\n{_canonical(values)}".encode()).hexdigest()


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_log(path: Path, root: Path | None = None) -> Log:
    """Read a log and check its chain; a missing file is an empty log.

    Reading stops at the first line that is not sound: what stands behind it cannot be trusted. A torn
    last line (a crash while writing) is a problem of its own, and the entries before it stand.
    """
    name = show(path, root)
    if not path.exists():
        return Log(name, ())
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"log cannot be read: {error.strerror}", file=name, code="unreadable") from None
    entries: list[Entry] = []
    previous = GENESIS
    lines = content.split(b"\n")
    for number, raw in enumerate(lines, 1):
        if not raw and number == len(lines):
            break
        fault = "" if number < len(lines) else "torn"
        values: dict[str, Any] = {}
        try:
            values = json.loads(raw.decode("utf-8"))
            if not isinstance(values, dict):
                raise ValueError
        except ValueError:
            fault = fault or "unreadable"
        found = values.pop("hash", None)
        if not fault and found != chain_hash(previous, values):
            fault = "altered"
        if fault:
            return Log(name, tuple(entries), (_fault(name, number, fault, entries),))
        previous = str(found)
        entries.append(Entry(number, values, previous))
    return Log(name, tuple(entries))


def _fault(name: str, line: int, fault: str, entries: list[Entry]) -> Problem:
    last = f"the last sound line is {entries[-1].line}" if entries else "no line before it is sound"
    messages = {
        "torn": ("the last line was cut off while being written", "The next decision seals it; nothing before is lost."),
        "unreadable": ("this line is no JSON", "Restore the file from version control."),
        "altered": (
            "this line, or the order of lines, was changed after it was written",
            "Restore the file from version control; correct a decision by a new line, never by hand.",
        ),
    }
    message, remedy = messages[fault]
    return Problem(f"{message}; {last}.", name, line, None, f"log-{fault}", remedy)


def append(path: Path, values: Mapping[str, Any]) -> str:
    """Append one line; return its hash once it is on disk.

    A torn last line is sealed first: moved, as it is, to ``<name>.torn`` beside the log.

    Raises
    ------
    ReviewkitError
        If the log is damaged, or the disk is full: the log is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream, _locked(stream):
        log = read_log(path)
        size = stream.seek(0, os.SEEK_END)
        if log.problems:
            if log.problems[0].code != "log-torn":
                raise ReviewkitError(log.problems)
            size = _seal(path, stream)
        found = chain_hash(log.head, values)
        line = _canonical({**values, "hash": found}).encode() + b"\n"
        try:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            stream.truncate(size)
            raise ReviewkitError(
                f"the decision was not saved: {error.strerror}", file=path.name, code="not-saved",
                remedy="Make room, then decide again; everything before is safe.",
            ) from None
    return found


def _seal(path: Path, stream: IO[bytes]) -> int:
    stream.seek(0)
    content = stream.read()
    keep = content.rfind(b"\n") + 1
    with path.with_suffix(path.suffix + ".torn").open("ab") as aside:
        aside.write(content[keep:] + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    stream.truncate(keep)
    return keep


@contextmanager
def _locked(stream: IO[bytes]) -> Iterator[None]:
    """Hold the file for one writer; advisory, and unreliable on some network shares."""
    if os.name == "nt":
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(stream, fcntl.LOCK_UN)
