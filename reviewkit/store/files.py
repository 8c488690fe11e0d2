"""Reading and writing single files safely: digests, atomic replacement, paths that stay inside."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewkit.errors import InputError, ReviewkitError


def digest_bytes(content: bytes) -> str:
    """SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_text(path: Path, *, what: str = "file", root: Path | None = None) -> str:
    """The text of a UTF-8 file; a byte-order mark is dropped.

    Raises
    ------
    InputError
        If the file is missing, is no file, or is not UTF-8.
    """
    shown = show(path, root)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{what} is missing", file=shown, code="missing-file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(
            f"{what} is not UTF-8: byte 0x{error.object[error.start]:02x}",
            file=shown, line=line, code="encoding", remedy="Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise InputError(f"{what} cannot be read: {error.strerror}", file=shown, code="unreadable") from None


def write_atomic(path: Path, content: str | bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all: aside, fsync, then replace; the old file stays until the last step.

    Parameters
    ----------
    content : str, bytes or iterable of bytes
        The content; one that does not fit into memory comes in pieces.

    Raises
    ------
    ReviewkitError
        If the disk is full or the place cannot be written; the old file is unchanged then.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    pieces = (data,) if isinstance(data, bytes) else data
    aside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(aside).chmod(0o666 & ~mask)
        Path(aside).replace(path)
    except BaseException as error:
        if aside:
            with contextlib.suppress(OSError):
                Path(aside).unlink()
        if not isinstance(error, OSError):
            raise
        raise ReviewkitError(
            f"could not be written: {error.strerror}", file=str(path), code="not-written",
            remedy="The old file is unchanged.",
        ) from None
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise ReviewkitError(
            f"is written, but may not outlast a power cut: {error.strerror}", file=str(path), code="not-synced",
            remedy="Write it again once the disk is well.",
        ) from None


def sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system lets a folder be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def inside(root: Path, name: str) -> Path:
    """The path ``root/name``, if it stays inside ``root`` once links are followed.

    Raises
    ------
    InputError
        If it leads out of ``root``.
    """
    base = root.resolve()
    if "\0" in name or not (base / name).resolve().is_relative_to(base):
        raise InputError(f"path {name!r} leads out of {root.name}/", code="path", remedy="Name a file inside it.")
    return root / name


def show(path: Path, root: Path | None) -> str:
    """A path as people should read it: relative to the project where that is possible."""
    with contextlib.suppress(ValueError):
        if root is not None:
            return path.relative_to(root).as_posix()
    return path.as_posix()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer of a folder's files at a time; advisory, and on POSIX alone, where a folder can be locked."""
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
