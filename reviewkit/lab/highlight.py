"""Where a text holds the protocol's terms: pieces to be shown as text, each plain or marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

Segment = tuple[str, str]
"""A piece of text and what it is: '' (plain), 'include' or 'exclude'."""


class Terms:
    """The terms that a protocol wants marked.

    Parameters
    ----------
    include, exclude : iterable of str
        Whole words or phrases, without regard to case; a ``*`` at the end stands for any ending. Where two
        terms begin at one place the longer one counts.

    Examples
    --------
    >>> Terms(["random*"], ["mouse"]).split("A randomised trial in the mouse")
    [('A ', ''), ('randomised', 'include'), (' trial in the ', ''), ('mouse', 'exclude')]
    """

    def __init__(self, include: Iterable[str], exclude: Iterable[str]) -> None:
        terms = [(term, "include") for term in include] + [(term, "exclude") for term in exclude]
        terms = [(term, kind) for term, kind in terms if re.search(r"\w", term)]
        terms.sort(key=lambda pair: -len(pair[0]))
        self._kinds = tuple(kind for _, kind in terms)
        groups = "|".join(f"({_pattern(term)})" for term, _ in terms)
        self._search = re.compile(rf"(?<!\w)(?:{groups})", re.IGNORECASE) if terms else None

    def split(self, text: str) -> list[Segment]:
        """The text in pieces, which joined give it back; an empty text gives none."""
        if self._search is None:
            return [(text, "")] if text else []
        pieces: list[Segment] = []
        end = 0
        for match in self._search.finditer(text):
            if match.start() > end:
                pieces.append((text[end : match.start()], ""))
            pieces.append((match[0], self._kinds[(match.lastindex or 1) - 1]))
            end = match.end()
        if end < len(text):
            pieces.append((text[end:], ""))
        return pieces


def _pattern(term: str) -> str:
    words = [re.escape(word) for word in term.rstrip("*").split()]
    return r"\s+".join(words) + (r"\w*" if term.endswith("*") else r"(?!\w)")
