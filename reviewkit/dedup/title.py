"""Titles: folded to words, a stray language note or trailing label removed."""

from __future__ import annotations

import re

from reviewkit.dedup.text import folded

_LANGUAGES = (
    "afrikaans|arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|estonian|finnish|flemish|french|german|"
    "greek|hebrew|hungarian|italian|japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|"
    "serbian|serbo croatian|slovak|slovene|slovenian|spanish|swedish|turkish|ukrainian"
)
# "[Title]. [Polish]", "Title [in French]": a note of the database about the language, not part of the title.
_LANGUAGE_NOTE = re.compile(rf"[\[(]\s*(?:article\s+)?(?:in\s+)?(?:{_LANGUAGES})\s*[\])]\.?\s*$", re.IGNORECASE)
# "Title [Review] [42 refs]", "Title (vol 12, pg 3, 2001)" keep their meaning elsewhere; a reference count has none.
_REFERENCE_COUNT = re.compile(r"[\[(]\s*(?:review\s*[\])]?\s*[\[(]?)?\s*\d+\s*refs?\.?\s*[\])]\.?\s*$", re.IGNORECASE)


def normalise_title(title: str) -> str:
    """The title's words, folded, without the notes a database adds in brackets."""
    if title.rstrip(" .").endswith(("]", ")")):
        title = _REFERENCE_COUNT.sub("", title)
        title = _LANGUAGE_NOTE.sub("", title)
    return folded(title)
