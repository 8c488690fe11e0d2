"""Authors: family names in printed order, whatever way the export writes a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewkit.dedup.text import unaccented
from reviewkit.model import Author

_WORD = re.compile(r"[^\W\d_]+(?:['’`´‘ʹ-][^\W\d_]+)*")
_SEPARATOR = re.compile(r"\s*;\s*|\s+and\s+|\s*\|\s*")
_JOINED = str.maketrans("", "", "'’`´‘ʹ-")
_PARTICLE_WORDS = (
    "al ap bin da dal de dei del della den der des di do dos du el ibn la le les lo los st ste t ten ter van vande "
    "vander vom von zu zum zur"
)
_NOBODY_WORDS = "al anon anonymous et etal jr others sr ii iii no authors author listed available unknown"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_NOBODY = frozenset(_NOBODY_WORDS.split())
_MAX_AUTHORS = 30
_LONGEST_NAME = 600


def _words(text: str, *, shouting: bool) -> list[str]:
    """The name's words, lower case, without initials, particles and the likes of 'et al.'."""
    kept = []
    for word in _WORD.findall(text):
        plain = word.translate(_JOINED)
        initials = len(plain) == 1 or (not shouting and len(plain) <= 3 and plain.isupper())
        if "-" in word and max(map(len, word.split("-"))) == 1:
            initials = True
        lower = plain.lower()
        if not initials and lower not in _PARTICLES and lower not in _NOBODY:
            kept.append(lower)
    return kept


def family_names(authors: str) -> tuple[str, ...]:
    """Family names (or, where none can be told apart, all long words) of an author list in one string.

    Reads ``Adeli, K and Lewis, G F``, ``Adeli K; Lewis GF``, ``Adeli, K., Lewis, G.F.`` and the run-together
    ``Adeli K.Lewis G. F.``; initials, particles and 'et al.' are dropped, so every form gives the same names.
    """
    plain = unaccented(authors)
    shouting = plain.isupper()
    names: list[str] = []
    for person in _SEPARATOR.split(plain)[:_MAX_AUTHORS]:
        family, comma, rest = person.partition(",")
        # "Family, Given" keeps the family; a comma list of several people keeps every long word.
        single = bool(comma) and "," not in rest
        # "del, Pino M": a name torn after its particle leaves no family, so the rest counts.
        names.extend((_words(family, shouting=shouting) if single else []) or _words(person, shouting=shouting))
    return tuple(names)


def family_names_of(authors: Sequence[Author]) -> tuple[str, ...]:
    """Family names of parsed authors; a name that was not parsed is read as text."""
    names: list[str] = []
    for author in authors[:_MAX_AUTHORS]:
        family = author.family[:_LONGEST_NAME]
        if not author.given and not family.isalpha():
            names.extend(family_names(family))
        else:
            plain = unaccented(family)
            shouting = plain.isupper()
            names.extend(_words(plain, shouting=shouting) or _words(unaccented(author.given), shouting=shouting))
    return tuple(names)


def all_words_of(authors: Sequence[Author]) -> tuple[str, ...]:
    """Every long word of the names, given names too: what is left to compare where the two were swapped."""
    words: list[str] = []
    for author in authors[:_MAX_AUTHORS]:
        plain = unaccented(f"{author.given} {author.family}"[:_LONGEST_NAME])
        words.extend(_words(plain, shouting=plain.isupper()))
    return tuple(words)
