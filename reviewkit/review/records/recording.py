"""Writing a search down: the export into its place, and one more [[file]] table at the end of searches.toml.

The file is a person's: a table is appended to its bytes, and the result is read back before it replaces the old.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path
from urllib.parse import urlsplit

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review.records.searches import Searches, SearchFile, parse_searches
from reviewkit.store.files import digest_file, inside, read_text, show, sync_folder, write_atomic
from reviewkit.store.log import locked


def current(path: Path, root: Path) -> Searches:
    """searches.toml as it stands now; exports it names may be missing.

    Raises
    ------
    InputError
        If it is missing or wrong.
    """
    return parse_searches(read_text(path, what="list of searches", root=root), show(path, root))


def append(path: Path, items: Sequence[SearchFile], root: Path) -> None:
    """Append entries; comments and everything else stay as they are.

    Raises
    ------
    InputError
        If the file would then not say what it said and those entries.
    """
    write_atomic(path, appended(path, items, root))


def check_appending(path: Path, root: Path) -> None:
    """Find out beforehand whether an entry could be appended, and write nothing.

    Raises
    ------
    InputError
        If not.
    """
    appended(path, [SearchFile(hits=0, source="none", date=dt.date(2000, 1, 1), query="none",
                               method="citation-searching")], root)


def appended(path: Path, items: Sequence[SearchFile], root: Path) -> bytes:
    """The bytes of searches.toml with further entries at its end; nothing is written.

    Raises
    ------
    InputError
        If the file would be wrong with them, and why; or would not say what it said and those entries.
    """
    before = current(path, root)
    old = path.read_bytes()
    end = b"\r\n" if b"\r\n" in old else b"\n"
    new = old if old.endswith(b"\n") or not old else old + end
    for item in items:
        new += end + _toml(item).encode().replace(b"\n", end)
    after = None
    try:
        after = parse_searches(new.decode("utf-8-sig"), show(path, root))
    except InputError as error:
        if error.problems[0].code == "value":
            raise
    if after is None or after.file != (*before.file, *items) or after.planned != before.planned:
        raise InputError(
            "an entry cannot be appended.", file=show(path, root), code="searches",
            remedy="Write its files as [[file]] tables and its planned searches as [[planned]] tables.",
        )
    return new


def place(export: Path, searches: Path, stem: str, suffix: str, digest: str) -> str:
    """Move an export beside searches.toml under a name that nothing else has; the name.

    Raises
    ------
    ReviewkitError
        If it cannot be moved.
    """
    folder = searches.parent
    taken = {item.name for item in current(searches, folder).file}
    number = 1
    while True:
        name = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
        path = inside(folder, name)
        # The same bytes under a name not written down: the run that put them there was cut short.
        if path.is_file() and name not in taken and digest_file(path) == digest:
            return name
        if not (path.exists() or name in taken):
            break
        number += 1
    try:
        export.replace(path)
    except OSError as error:
        raise ReviewkitError(f"could not be written: {error.strerror}.", file=str(path), code="not-written",
                             remedy="Make room, then run the same command again.") from None
    sync_folder(folder)
    return name


@contextlib.contextmanager
def alone(folder: Path, root: Path) -> Iterator[None]:
    """Hold off another run on the same question: it waits, and then finds this one's searches finished.

    Raises
    ------
    ReviewkitError
        If the folder cannot be written.
    """
    path = folder / "lock"
    while True:
        with _opened(path, root) as stream, locked(stream):
            # Whoever held the lock before took the file away; a lock on what is gone holds off nobody.
            if not _is_still(stream, path):
                continue
            try:
                yield
            finally:
                if [found.name for found in folder.iterdir()] == ["lock"]:
                    with contextlib.suppress(OSError):
                        path.unlink()
                        folder.rmdir()
            return


def _opened(path: Path, root: Path) -> FileIO:
    tries = 1000
    while True:
        tries -= 1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("a+b", buffering=0)
        except OSError as error:
            # Another run may take its folder away in the middle of either step.
            if tries and isinstance(error, FileNotFoundError | FileExistsError):
                continue
            raise ReviewkitError(f"could not be written: {error.strerror}.", file=show(path, root),
                                 code="not-written", remedy="Nothing was changed.") from None


def _is_still(stream: FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


def without_login(base: str) -> str:
    """An address without user name, password and parameters."""
    parts = urlsplit(base)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _toml(item: SearchFile) -> str:
    """The entry as a [[file]] table; what is empty is left out."""
    lines = ["[[file]]"]
    for name, value in item.model_dump().items():
        if value not in ("", None, (), {}) and not (name == "method" and value == "database"):
            lines.append(f"{name} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, str):
        # JSON's escapes are TOML's too; only DEL is a control character for TOML alone.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_value(key)} = {_value(entry)}' for key, entry in value.items())} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
