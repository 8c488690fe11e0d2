"""Identifiers: names that are safe in file names, logs and links on every system."""

from __future__ import annotations

import re
import unicodedata

_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_DEVICES = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}


def check_identifier(name: str) -> str:
    """Return ``name`` if it may be an identifier.

    Raises
    ------
    ValueError
        If it is not lower-case letters, digits and hyphens (at most 64), or is a device name of Windows.
    """
    if not _PATTERN.match(name) or name in _DEVICES:
        raise ValueError(f"{name!r} is not an identifier: use lower-case letters, digits and hyphens, at most 64")
    return name


def slug(text: str, *, limit: int = 40) -> str:
    """An identifier made from free text: accents dropped, everything else joined by hyphens.

    >>> slug("Österberg, A. (2003)")
    'osterberg-a-2003'
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:limit].strip("-")
    return f"{joined}-x" if joined in _DEVICES else joined
