"""Titles: folded to words, without what a database adds to them."""

from __future__ import annotations

import re

from reviewkit.dedup.text import folded

_LANGUAGES = (
    "afrikaans|arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|estonian|finnish|flemish|french|german|"
    "greek|hebrew|hungarian|italian|japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|"
    "serbian|serbo croatian|slovak|slovene|slovenian|spanish|swedish|turkish|ukrainian"
)
# "[Title]. [Polish]", "Title [in French]": a note of the database about the language, not part of the title.
_LANGUAGE = re.compile(rf"[\[(]\s*(?:article\s+)?(?:in\s+)?(?:{_LANGUAGES})\s*[\])]\.?\s*$", re.IGNORECASE)
# Notes that databases add in brackets: "[Review] [33 refs]", "(Structured abstract)", "[Erratum appears in ...]".
_NOTE = re.compile(
    r"\s*(?:\[\s*\d+\s*\]"
    r"|\[(?:erratum|corrigendum|comment|update|retraction|republished|see comment)s? ?(?:appears? )?in\b.*"
    r"|[\[(]\s*(?:review|\d+\s*refs?|provisional abstract|structured abstract|brief record|record supplied|"
    r"(?:an )?(?:erratum|corrigendum|correction|retraction) (?:appears?|in|published)|see comments?|"
    r"comment(?:ary)? (?:in|on)|republished|updated? (?:in|of)|abstract|electronic resource|multiple letters?|"
    r"article|letter)\b[^\[\]]*[\])]?)[\s.]*$",
    re.IGNORECASE,
)
# A notice of correction cites its article in the title: "(vol 360, pg 542, 2009)", "(Blood (2009) 360 (542-544))".
_CITATION = re.compile(
    r"\s*\((?:vol\.? \d+,? (?:pg?|pp|pages?)\b[^)]*|[A-Z][^()]{2,}\((?:19|20)\d\d\)\s*\d+.*)\)?[\s.]*$", re.IGNORECASE
)
_NOTICE_OF = re.compile(
    r"^\W*(?:(?:author |publisher )?(?:erratum|corrigendum|correction|retraction(?: note| notice)?)s?"
    r"(?: to| for| in| of)?\s*[:\]–-]|(?:retracted(?: article)?|withdrawn)\s*[:\]–-]"
    r"|(?:erratum|corrigendum|correction) (?:to|for)\b)\s*",
    re.IGNORECASE,
)
_MOST_NOTES = 4
# A title longer than this is an abstract in the wrong field; comparing it whole would cost its length squared.
_LONGEST = 1_000
_DIGITS = re.compile(r"\d+")
# "Case A" and "Case B", "Part a" and "Part b": letters that number a series.
_LETTERED = re.compile(r"\b(?:case|part|paper|study|section|experiment) ([a-h])\b")
_ROMAN = re.compile(r"\b(?:i{1,3}|iv|vi{0,3}|ix|x)\b")
_ROMAN_VALUES = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def normalise_title(title: str) -> str:
    """The title's words, folded, without the notes a database adds and without a leading 'Erratum to'.

    That a title belongs to a notice is kept as a marker (see `markers.title_markers`).
    """
    title = title[:_LONGEST]
    if "(" in title:
        title = _CITATION.sub("", title)
    return folded(_NOTICE_OF.sub("", without_notes(title)))


def without_notes(title: str) -> str:
    """The title, at most its first 1,000 characters, without the bracketed notes at its end."""
    title = title[:_LONGEST]
    if "[" not in title and "(" not in title:
        return title
    for _ in range(_MOST_NOTES):
        shorter = _NOTE.sub("", _LANGUAGE.sub("", title))
        if shorter == title or not shorter.strip(" []().?"):
            break
        title = shorter
    return title


def title_numbers(title: str) -> str:
    """What tells part I from part II: the digits in one run, Roman numbers up to ten, letters of parts.

    One run, because exports set spaces into numbers (``10 049`` and ``10,049``) and tear formulae apart.
    """
    digits = "".join(_DIGITS.findall(title))
    romans = [str(_ROMAN_VALUES[word]) for word in _ROMAN.findall(title)]
    return digits + "".join(romans) + "".join(_LETTERED.findall(title))


def title_words(title: str) -> str:
    """The words of more than three letters in alphabetical order, whatever order the title has; at least three."""
    words = sorted({word for word in title.split() if len(word) > 3})
    return " ".join(words) if len(words) >= 3 else ""
