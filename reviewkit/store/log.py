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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError, Problem, ReviewkitError
from reviewkit.store.files import show, sync_folder

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
    return _parse(content, name)


def _parse(content: bytes, name: str) -> Log:
    entries: list[Entry] = []
    previous = GENESIS
    lines = content.split(b"\n")
    for number, raw in enumerate(lines, 1):
        if not raw and number == len(lines):
            break
        values = _values(raw)
        found = None if values is None else _sound(raw, values, previous)
        if values is None or found is None:
            fault = "torn" if number == len(lines) else "unreadable" if values is None else "altered"
            return Log(name, tuple(entries), (_fault(name, number, fault, entries),))
        previous = found
        entries.append(Entry(number, {key: value for key, value in values.items() if key != "hash"}, found))
    return Log(name, tuple(entries))


def _values(raw: bytes) -> dict[str, Any] | None:
    """The values of a line, or None if it is no JSON object."""
    try:
        values = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _sound(raw: bytes, values: Mapping[str, Any], previous: str) -> str | None:
    """The hash of a line that is byte for byte what was written behind ``previous``, else None."""
    found = chain_hash(previous, {key: value for key, value in values.items() if key != "hash"})
    return found if values.get("hash") == found and raw == _canonical(values).encode("utf-8", "replace") else None


def _fault(name: str, line: int, fault: str, entries: list[Entry]) -> Problem:
    last = f"the last sound line is {entries[-1].line}" if entries else "no line before it is sound"
    messages = {
        "torn": ("the last line was cut off in writing", "The next decision seals it; nothing else is lost."),
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

    Only the end of the log is read, so that a long log costs no more than a short one; `read_log` checks
    the rest. A torn last line is sealed first: moved, as it is, to ``<name>.torn`` beside the log.

    Raises
    ------
    ReviewkitError
        If the end of the log is damaged, or the disk is full: the log is then as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as stream, locked(stream):
            return _append_locked(path, stream, values)
    except OSError as error:
        raise ReviewkitError(
            f"the decision was not saved: {error.strerror or error}", file=path.name, code="not-saved",
            remedy="Make room, then decide again; everything before is safe.",
        ) from None


def _append_locked(path: Path, stream: FileIO, values: Mapping[str, Any]) -> str:
    head, torn, whole = _end(path, stream)
    size = stream.seek(0, os.SEEK_END)
    if torn:
        size = _seal(path, stream, torn)
    found = chain_hash(head, values)
    line = _canonical({**values, "hash": found}).encode() + b"\n"
    try:
        _write(stream, line if whole else b"\n" + line)
        os.fsync(stream.fileno())
    except OSError:
        # If even this fails, the next append seals what was left.
        with suppress(OSError):
            stream.truncate(size)
        raise
    if not size:
        sync_folder(path.parent)
    return found


def _end(path: Path, stream: FileIO) -> tuple[str, bytes, bool]:
    """The hash to chain to, the torn tail (empty if none), and whether the file ends with a line end."""
    lines = _last_lines(stream, 3)
    tail = lines.pop()
    head = GENESIS
    for number, raw in enumerate(lines):
        values = _values(raw)
        first = number == 0 and len(lines) == 3
        known = None if values is None else str(values.get("hash")) if first else _sound(raw, values, head)
        if known is None:
            stream.seek(0)
            problems = _parse(stream.readall() or b"", path.name).problems
            raise ReviewkitError(problems)
        head = known
    values = _values(tail) if tail else None
    if values is not None and (found := _sound(tail, values, head)):
        # Whole but for its line end: kept, not sealed.
        return found, b"", False
    return head, tail, True


def _last_lines(stream: FileIO, count: int) -> list[bytes]:
    """The last ``count`` whole lines and what stands behind the last line end; fewer in a shorter file."""
    start = stream.seek(0, os.SEEK_END)
    content = b""
    while start and content.count(b"\n") <= count:
        step = min(start, 16384)
        start -= step
        stream.seek(start)
        content = stream.read(step) + content
    lines = content.split(b"\n")
    return lines if not start and len(lines) <= count else lines[-count - 1 :]


def _write(stream: FileIO, content: bytes) -> None:
    while content:
        content = content[stream.write(content) :]


def _seal(path: Path, stream: FileIO, torn: bytes) -> int:
    with path.with_suffix(path.suffix + ".torn").open("ab") as aside:
        aside.write(torn + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    keep = stream.seek(0, os.SEEK_END) - len(torn)
    stream.truncate(keep)
    return keep


@contextmanager
def locked(stream: FileIO) -> Iterator[None]:
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
