"""Pages, volume and issue: what remains equal when one export shortens and the other does not."""

from __future__ import annotations

import re

_RANGE = re.compile(r"\s*(?:-+|–|—|‐|−|\bto\b)\s*")
_PAGE = re.compile(r"([a-z]{0,4})\.?\s*0*(\d+)([a-z]?)")
_LETTERS = re.compile(r"[a-z]+")
_WIDEST = 1_000_000
_NUMBER = re.compile(r"\d+")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: str(number) for number, name in enumerate(_MONTH_NAMES, start=1)}
# A spreadsheet turns the pages 1-14 into "Jan-14" (or "14-Jan").
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")


def normalise_pages(text: str) -> tuple[str, str]:
    """First and last page, the last written out in full: ``"221-8"`` gives ``("221", "228")``."""
    plain = text.strip().lower().removeprefix("pp.").removeprefix("p.").strip()
    if not plain:
        return "", ""
    if not plain.isdigit() and "-" in plain:
        plain = _MONTH.sub(lambda month: _MONTHS[month.group(1)], plain)
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


def page_digits(page: str) -> str:
    """The page without letters, which one export prints and the next loses: ``e103114`` and ``103114``."""
    return page if page.isdigit() else _LETTERS.sub("", page)


def page_span(first: str, last: str) -> int:
    """How many pages lie between first and last; 0 where one is missing or the range runs backwards."""
    start, end = page_digits(first), page_digits(last)
    return min(max(int(end) - int(start), 0), _WIDEST) if start and end else 0


def pages_touch(one: tuple[str, str], other: tuple[str, str], *, gap: int = 0) -> bool:
    """Whether two ranges overlap or touch, or one is an article number (``e12724``) and the other pages (``1-6``).

    Exports count pages by hand: 246–250 and 250–254, 488 and 487–488 are one article. ``gap`` pages may lie between.
    """
    if one[0][:1].isalpha() != other[0][:1].isalpha():
        return True
    bounds = []
    for first, last in (one, other):
        start = int(page_digits(first) or 0)
        end = int(page_digits(last) or start)
        bounds.append((start, max(start, end)))
    (low, high), (low_other, high_other) = bounds
    return low <= high_other + gap and low_other <= high + gap


def normalise_volume(text: str, *, year: int = 0) -> str:
    """The volume's number: ``"Volume 14"`` and ``"14 (2 Supplement)"`` give ``"14"``.

    A torn issue (``"2)"``) is no volume, nor is the year of publication, which some exports print in its place.
    """
    plain = text.strip()
    if not plain or (")" in plain and "(" not in plain):
        return ""
    found = _NUMBER.search(plain)
    number = found.group().lstrip("0") or "0" if found else ""
    return "" if number == str(year) else number


def normalise_issue(text: str) -> str:
    """The issue's number, marked where it is a supplement's: ``"Suppl 2"`` gives ``"s2"``."""
    found = _NUMBER.search(text)
    if found is None:
        return ""
    number = found.group().lstrip("0") or "0"
    return f"s{number}" if "s" in text[: found.start()].lower() else number
