"""Putting exports into a question: copied untouched into references/, named in searches.toml, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.readers import read
from reviewkit.review.records.recording import appended
from reviewkit.review.records.searches import SearchFile
from reviewkit.store.files import digest_bytes, digest_file, show, write_atomic


@dataclass(frozen=True, slots=True)
class SearchDetails:
    """What PRISMA-S asks of the search behind an export; empty where no database was searched."""

    source: str = ""
    platform: str = ""
    date: dt.date | None = None
    query: str = ""
    hits: int | None = None


def add_exports(question: str, root: Path, paths: Sequence[Path], details: SearchDetails) -> list[str]:
    """Copy exports into ``references/<question>/`` and name them in ``searches.toml``.

    A file that is there already, byte for byte, is passed over; comments in ``searches.toml`` stay.

    Returns
    -------
    list of str
        Names of the files that were added.

    Raises
    ------
    InputError
        If a file cannot be read as an export, another file has its name, or the search is not described as the
        question's kind of search wants; nothing is then changed.
    """
    folder = root / "references" / question
    toml = folder / "searches.toml"
    new: dict[str, bytes] = {}
    for path in paths:
        read(path)
        content = path.read_bytes()
        if _is_there(folder / path.name, content, root):
            continue
        if new.setdefault(path.name, content) != content:
            raise InputError(f"two files bear the name {path.name!r}.", file=str(path), code="exists",
                             remedy="Rename one of them.")
    items = [SearchFile(name=name, **asdict(details)) for name in new]
    text = appended(toml, items, root)
    for name, content in new.items():
        write_atomic(folder / name, content)
    if new:
        write_atomic(toml, text)
    return list(new)


def _is_there(target: Path, content: bytes, root: Path) -> bool:
    if not target.exists():
        return False
    if digest_file(target) != digest_bytes(content):
        raise InputError("another export has this name already; nothing was changed.", file=show(target, root),
                         code="exists", remedy="Give the new export a name of its own, with its date for example.")
    return True
