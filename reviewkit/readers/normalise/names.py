"""Author names in any order: family and given name, particles, initials, groups, 'et al.'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from reviewkit.model import Author
from reviewkit.readers.normalise.text import clean, said

_PARTICLES_NAMES = (
    "van von der den de del della di da do dos das du la le lo ter ten te af av zu zum zur vom bin ibn "
    "ben abu el al y af und d' 't op in het"
)
_PARTICLES = frozenset(_PARTICLES_NAMES.split())
_CAPITAL_PARTICLES_NAMES = "De Di Del Della Von Dos Du La Le El Al Bin Ibn"
_CAPITAL_PARTICLES = frozenset(_CAPITAL_PARTICLES_NAMES.split())
_SUFFIX = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd"})
_ET_AL = re.compile(r"^(?:and\s+|&\s*)?(?:et\.?\s*al\b.*|others?|etc\.?)$", re.I)
_NUMBERS = re.compile(
    r"\s*\((?:\d{6,}|(?:https?://)?(?:orcid)?[^()]*\d{4}-\d{4}[^()]*)\)|(?:\s+\d{1,3}(?:,\s?\d{1,3})*)+$"
)
_LEAD = re.compile(r"^(?:(?:and|&|by)\s+|[.…*\s]+)", re.I)
_GROUP = re.compile(
    r"\b(?:universit\w*|institut\w*|group|groups|committee|consortium|collaborat\w*|network|investigators|organi[sz]ation|"
    r"association|society|college|hospital|centre|center|department|ministry|agency|foundation|corporation|company|"
    r"pharma\w*|council|office|bureau|team|trial|study|task force|laborator\w*|national|federal|international|clinic|"
    r"programme|program|panel|academy|school|authority|service|services|inc|ltd|gmbh|llc|www)\b|"
    r"\.(?:com|org|net|edu|gov|ir|uk|de|info)\b|\b(?:for|the|of|and|on)\b|[@/]|\d{3}",
    re.I,
)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_ORGANISATION = re.compile(
    r"\b(?:universit|institut|group|committee|consortium|collaborat|network|organi[sz]ation|association|society|college|"
    r"hospital|centre|center|department|ministry|agency|foundation|council|office|bureau|laborator|academy|authority)",
    re.I,
)
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[-‐]?){1,4}$")


def _is_initials(token: str) -> bool:
    """Initials such as ``FM``, ``R.``, ``J.-P.``: at most three letters, four with points."""
    letters = [char for char in token if char.isalpha()]
    limit = 4 if "." in token else 3
    return (
        bool(letters) and len(letters) <= limit and all(c.isupper() for c in letters) and bool(_INITIALS.match(token))
    )


@lru_cache(maxsize=1 << 15)
def author(text: str) -> Author | None:
    """One author from one printed name, ``None`` for 'et al.' and empty values.

    >>> [str(author(name)) for name in ("van de Schoot, Rens", "Liu R.", "Eric von Hippel", "Cochrane Group")]
    ['van de Schoot, Rens', 'Liu, R.', 'von Hippel, Eric', 'Cochrane Group']
    >>> author("et al.") is None
    True
    """
    name = said(clean(text))
    if name.startswith("[") and name.endswith("]"):
        return None
    name = _LEAD.sub("", _NUMBERS.sub("", name)).strip(" ;")
    corporate = name.endswith(",") and name.count(",") == 1
    name = name.strip(" ,;")
    if not name or _ET_AL.match(name):
        return None
    if corporate:
        # EndNote's way to say: this is one name, do not turn it round
        return Author(name)
    if "," in name:
        return _comma(name)
    if _GROUP.search(name):
        return Author(name)
    tokens = name.split(" ")
    if "\u3400" <= name[0] <= "\u9fff" or "\uac00" <= name[0] <= "\ud7a3":
        # Chinese and Korean names begin with the family
        return Author(tokens[0], " ".join(tokens[1:]))
    return _forward(tokens)


def _comma(name: str) -> Author:
    if len(name.split()) >= 5 and _GROUP.search(name):
        return Author(name)
    family, _, rest = name.partition(",")
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    if len(parts) > 1 and parts[0].lower() in _SUFFIX:
        parts = [*parts[1:], parts[0]]
    if parts and _ET_AL.match(parts[-1]):
        parts = parts[:-1]
    return Author(family.strip(), " ".join(parts))


def _forward(tokens: list[str]) -> Author:
    suffix: list[str] = []
    while len(tokens) > 2 and tokens[-1].lower().rstrip(".") in {"jr", "sr", "ii", "iii", "iv"}:
        suffix.insert(0, tokens.pop())
    if len(tokens) == 1:
        return Author(tokens[0], " ".join(suffix))
    if _is_initials(tokens[-1]) and not _is_initials(tokens[0]):
        start = len(tokens) - 1
        while start > 1 and _is_initials(tokens[start - 1]):
            start -= 1
        return Author(" ".join(tokens[:start]), " ".join([*tokens[start:], *suffix]))
    if tokens[0].islower() and tokens[0] in _PARTICLES and len(tokens) > 2:
        end = next((i for i, token in enumerate(tokens) if token not in _PARTICLES), len(tokens) - 1) + 1
        return Author(" ".join(tokens[:end]), " ".join([*tokens[end:], *suffix]))
    start = _family_start(tokens)
    return Author(" ".join(tokens[start:]), " ".join([*tokens[:start], *suffix]))


def _family_start(tokens: list[str]) -> int:
    """Index of the first word of the family name in 'Given von Family'."""
    last = len(tokens) - 1
    for i in range(1, last):
        if tokens[i] in _PARTICLES or (tokens[i] in _CAPITAL_PARTICLES and i >= last - 2):
            return i
        if tokens[i] == "Van" and tokens[i + 1].lower() in _PARTICLES:
            return i
    return last


def authors(names: Iterable[str]) -> tuple[Author, ...]:
    """Authors from a list of printed names, one or several to a value; a list printed twice is kept once."""
    found = [one for name in names for one in _people(name)]
    half = len(found) // 2
    if half > 1 and len(found) % 2 == 0 and found[:half] == found[half:]:
        found = found[:half]
    return tuple(found)


@lru_cache(maxsize=1 << 15)
def _people(text: str) -> tuple[Author, ...]:
    return tuple(one for part in split_names(text) if (one := author(part)) is not None)


def split_names(text: str) -> list[str]:
    """Single names from a value that may hold many.

    >>> split_names("Liu R., Adler D.G."), split_names("Kohler, Lars 1;  Hertel, Dietrich 1")
    (['Liu R.', 'Adler D.G.'], ['Kohler, Lars 1', 'Hertel, Dietrich 1'])
    >>> split_names("Smith, J., Jones, K. L."), split_names("Smith, John")
    (['Smith, J.', 'Jones, K. L.'], ['Smith, John'])
    """
    if text[:2] in {"['", '["'} and text.endswith("]"):
        return [found for pair in _QUOTED.findall(text) if (found := pair[0] or pair[1])]
    for mark in (";", "|", "\n", " and "):
        if mark in text and (mark != " and " or _parts_at_and(text)):
            return [one for part in text.split(mark) if part.strip() for one in split_names(part.strip())]
    if text.count(",") < 1:
        return [text]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(_family_initials(part) or _ET_AL.match(part) for part in parts):
        return parts
    pairs = len(parts) // 2
    if len(parts) >= 4 and len(parts) % 2 == 0 and all(_all_initials(part) for part in parts[1::2]):
        return [f"{parts[2 * i]}, {parts[2 * i + 1]}" for i in range(pairs)]
    if len(parts) >= 3 and all(" " in part and not _GROUP.search(part) for part in parts):
        return parts
    return [text]


def _parts_at_and(text: str) -> bool:
    """Whether 'and' stands between two names, not within the name of an organisation."""
    return not _ORGANISATION.search(text) or all("," in part.rstrip(" ,") for part in text.split(" and "))


def _family_initials(part: str) -> bool:
    tokens = part.split()
    return len(tokens) > 1 and _is_initials(tokens[-1]) and not _is_initials(tokens[0])


def _all_initials(part: str) -> bool:
    return all(_is_initials(token) for token in part.split())
