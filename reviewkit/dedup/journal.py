"""Journals: full names, abbreviations and acronyms of one journal are alike."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from reviewkit.dedup.text import folded

_STOP_WORDS = (
    "a an and as at de del der des di die du e el en et for fur in la las le les los of on sur the to und van von y "
    "official publication"
)
_STOP = frozenset(_STOP_WORDS.split())
_LONGEST = 300
_NOTE = re.compile(r"\s*[:=/(\[].*$|\.\s*conference\b.*$", re.IGNORECASE)


def normalise_journal(name: str) -> str:
    """The journal's words, folded, in printed order, without subtitle or society."""
    name = name[:_LONGEST]
    short = _NOTE.sub("", name)
    return folded(short) or folded(name)


def journal_similarity(one: str, other: str) -> float:
    """How alike two normalised names are, 0 to 100; 100 where one abbreviates the other.

    Each word of the shorter name must begin the word of the longer one that stands in its place
    (``curr opin lipidol`` and ``current opinion in lipidology``), or the name be the longer one's initials
    (``bmj``, ``jama``).
    """
    if one == other:
        return 100.0
    if len(one) > len(other):
        one, other = other, one
    short = [word for word in one.split() if word not in _STOP]
    long = [word for word in other.split() if word not in _STOP]
    if _abbreviates(short, long) or _abbreviates(long, short) or _initials(one, other):
        return 100.0
    return float(fuzz.token_sort_ratio(" ".join(short), " ".join(long)))


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether every word of ``short`` begins the next word of ``long``; ``long`` may run on (a society)."""
    if not short or len(short) > len(long):
        return False
    return all(_begins(word, whole) for word, whole in zip(short, long, strict=False))


def _begins(word: str, whole: str) -> bool:
    """Whether ``word`` abbreviates ``whole``: a prefix, or its first letter and others in order (``natl``)."""
    if whole.startswith(word):
        return True
    if not word or word[0] != whole[0] or len(word) < 3:
        return False
    letters = iter(whole)
    return all(letter in letters for letter in word)


def _initials(short: str, long: str) -> bool:
    words = long.split()
    if " " in short or len(words) < 2 or len(short) < 2:
        return False
    full = "".join(word[0] for word in words)
    return short in {full, "".join(word[0] for word in words if word == "journal" or word not in _STOP)}
