"""Abstracts: only their opening is compared, so one long abstract costs no more than a short one."""

from __future__ import annotations

import re

from reviewkit.dedup.text import folded

_READ = 500
_BLOCK_LETTERS = 60
_NOT_LETTER = re.compile(r"[^a-z]+")
_LABEL = re.compile(r"^\s*(?:abstract|background|objectives?|aims?|purpose|introduction|summary)\b[\s:.-]*", re.I)


def opening(abstract: str) -> str:
    """The first 60 plain letters, as a key for blocking; empty where the abstract is shorter."""
    if len(abstract) < _BLOCK_LETTERS:
        return ""
    letters = _NOT_LETTER.sub("", _LABEL.sub("", abstract[: 3 * _BLOCK_LETTERS]).lower())[:_BLOCK_LETTERS]
    return letters if len(letters) == _BLOCK_LETTERS else ""


def normalise_abstract(abstract: str) -> str:
    """The words of the first 500 characters, folded, without a leading label such as 'Background:'."""
    return folded(_LABEL.sub("", abstract[:_READ]))
