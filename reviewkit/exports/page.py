"""The report's page as a tree: what Word is made from, so that it says what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from reviewkit.errors import InputError

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})


@dataclass(slots=True)
class Node:
    """An element of the page; ``svg`` holds a picture's markup as it stood."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    svg: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """The names in ``class``."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def id(self) -> str:
        """The anchor; empty where there is none."""
        return self.attributes.get("id", "")

    def nodes(self) -> Iterator[Node]:
        """This element and all within it, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.nodes()

    def text(self) -> str:
        """All text within, white space as it stands."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def first(self, *tags: str) -> Node | None:
        """The first child with one of some tags."""
        return next((child for child in self.children if isinstance(child, Node) and child.tag in tags), None)

    def all(self, *tags: str) -> list[Node]:
        """Children with one of some tags."""
        return [child for child in self.children if isinstance(child, Node) and child.tag in tags]


def read_main(page: str, *, file: str = "review.html") -> Node:
    """The text of a report's page as a tree.

    Raises
    ------
    InputError
        If the page has no ``<main>`` element.
    """
    found = _MAIN.search(page)
    if found is None:
        raise InputError("has no main part: it is no page that reviewkit built.", file=file, code="no-report",
                         remedy="Build the report anew: reviewkit run QUESTION --force")
    pictures: list[str] = []

    def kept(picture: re.Match[str]) -> str:
        pictures.append(picture[0])
        return f'<svg data-place="{len(pictures) - 1}"></svg>'

    reader = _Reader(pictures)
    reader.feed(_SVG.sub(kept, found[1]))
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """Builds the tree; an end tag closes all that stands open within it."""

    def __init__(self, pictures: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("main")
        self._open = [self.root]
        self._pictures = pictures

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag == "svg":
            node.svg = self._pictures[int(node.attributes["data-place"])]
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
