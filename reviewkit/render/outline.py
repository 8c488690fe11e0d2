"""Table of contents from the headings of a page that this package built, and anchors for them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from reviewkit.render.html import Safe, anchor_id, el, join

_HEADING = re.compile(r"<h([23])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')
_ANY_ID = re.compile(r'<[a-zA-Z][^<>]*?\sid="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Outline:
    """The body with an anchor on every heading, and the list of its headings."""

    body: Safe
    contents: Safe
    has_title: bool
    has_code: bool


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    id: str
    words: str


def outline(body: str) -> Outline:
    """Give each ``h2`` and ``h3`` an id and a link to itself, and list them.

    Headings with ``class="no-contents"`` keep out of the list. Text is escaped by the time it comes here, so
    whatever looks like a heading is one.
    """
    body = str(body)
    taken = set(_ANY_ID.findall(body))
    headings: list[_Heading] = []

    def anchored(match: re.Match[str]) -> str:
        level, attributes, inner = match.group(1), match.group(2), match.group(3)
        words = html.unescape(_TAG.sub("", inner)).strip()
        given = _ID.search(attributes)
        anchor = given.group(1) if given else _free(anchor_id(words), taken)
        if given is None:
            attributes += f' id="{anchor}"'
        if "no-contents" not in attributes:
            headings.append(_Heading(int(level), anchor, words))
        mark = el("a", "#", href=f"#{anchor}", class_="anchor", aria_label=f"Link to this section: {words}")
        return f"<h{level}{attributes}>{inner}{mark}</h{level}>"

    marked = _HEADING.sub(anchored, body)
    return Outline(Safe(marked), _contents(headings), "<h1" in body, '<details class="code">' in body)


def _free(anchor: str, taken: set[str]) -> str:
    name, number = anchor, 2
    while name in taken:
        name, number = f"{anchor}-{number}", number + 1
    taken.add(name)
    return name


def _contents(headings: list[_Heading]) -> Safe:
    if not headings:
        return Safe("")
    items: list[Safe] = []
    place = 0
    while place < len(headings):
        head = headings[place]
        inner: list[Safe] = []
        place += 1
        while place < len(headings) and headings[place].level > head.level:
            inner.append(el("li", _entry(headings[place])))
            place += 1
        items.append(el("li", _entry(head), el("ol", *inner) if inner else None))
    return el("ol", join(*items, sep=Safe("\n")))


def _entry(heading: _Heading) -> Safe:
    return el("a", heading.words, href=f"#{heading.id}")
