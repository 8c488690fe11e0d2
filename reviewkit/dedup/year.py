"""Years: four digits or nothing."""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")


def normalise_year(text: str) -> int:
    """The first year in ``text`` as a whole number; 0 where there is none."""
    found = _YEAR.search(text)
    return int(found.group()) if found else 0
