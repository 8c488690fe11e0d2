"""Pages, volume and issue: what remains equal when one export shortens and the other does not."""

from __future__ import annotations

import re

_RANGE = re.compile(r"\s*(?:-+|–|—|‐|−|\bto\b)\s*")
_PAGE = re.compile(r"([a-z]{0,4})\.?\s*0*(\d+)([a-z]?)")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"^(?:19|20)\d\d$")


def normalise_pages(text: str) -> tuple[str, str]:
    """First and last page, the last written out in full: ``"221-8"`` gives ``("221", "228")``."""
    plain = text.strip().lower().removeprefix("pp.").removeprefix("p.").strip()
    if not plain:
        return "", ""
    parts = [_PAGE.match(part.strip()) for part in _RANGE.split(plain, maxsplit=1)]
    if parts[0] is None:
        return "", ""
    first = "".join(parts[0].groups())
    if len(parts) == 1 or parts[1] is None:
        return first, ""
    prefix, number, suffix = parts[1].groups()
    start = parts[0].group(2)
    if len(number) < len(start):
        number = start[: len(start) - len(number)] + number
    return first, f"{prefix or parts[0].group(1)}{number}{suffix}"


def normalise_volume(text: str) -> str:
    """The volume's number: ``"Volume 14"`` and ``"14 (2 Supplement)"`` give ``"14"``."""
    found = _NUMBER.search(text)
    return found.group().lstrip("0") or "0" if found else text.strip().lower()


def normalise_issue(text: str) -> str:
    """The issue's number, as printed where it has none."""
    found = _NUMBER.search(text)
    return found.group().lstrip("0") or "0" if found else ""
