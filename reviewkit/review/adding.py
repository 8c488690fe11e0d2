"""Putting exports into a question: copied untouched into references/, named in searches.toml, all or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.readers import read
from reviewkit.review.searches import Searches
from reviewkit.store.files import digest_bytes, digest_file, read_text, show, write_atomic
from reviewkit.store.toml import parse, validate


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
    text = with_entries(toml, root, dict.fromkeys(new, details))
    for name, content in new.items():
        write_atomic(folder / name, content)
    if new:
        write_atomic(toml, text)
    return list(new)


def with_entries(toml: Path, root: Path, entries: Mapping[str, SearchDetails]) -> str:
    """The text of ``searches.toml`` with further exports named at its end, checked.

    Raises
    ------
    InputError
        If the list of searches would be wrong with them.
    """
    text = read_text(toml, what="list of searches", root=root).rstrip("\n") + "\n"
    text += "".join(f"\n[[file]]\n{_entry(name, details)}" for name, details in entries.items())
    validate(parse(text, show(toml, root)), Searches)
    return text


def _entry(name: str, details: SearchDetails) -> str:
    values = {"name": name, **{field.name: getattr(details, field.name) for field in fields(details)}}
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items() if value not in ("", None))


def _toml(value: object) -> str:
    # A JSON string is a TOML basic string but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F") if isinstance(value, str) else str(value)


def _is_there(target: Path, content: bytes, root: Path) -> bool:
    if not target.exists():
        return False
    if digest_file(target) != digest_bytes(content):
        raise InputError("another export has this name already; nothing was changed.", file=show(target, root),
                         code="exists", remedy="Give the new export a name of its own, with its date for example.")
    return True
