"""XML cut into one fragment for each entry, so that a damaged entry costs only itself and lines are known.

Each fragment is parsed by defusedxml: entity definitions and external references are refused, a DOCTYPE in the
prolog is allowed (PubMed has one), nesting is capped. The file is read in blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from reviewkit.errors import InputError
from reviewkit.readers.collect import EntryError
from reviewkit.readers.source import BLOCK, Source

MAX_DEPTH = 60
MAX_FRAGMENT_CHARS = 20_000_000


@dataclass(frozen=True, slots=True)
class Fragment:
    """The text of one entry, its lines, and whether its start and end tags were there."""

    text: str
    line: int
    line_end: int
    started: bool
    ended: bool


class _Guard(TreeBuilder):
    """A tree builder that refuses deep nesting."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise EntryError(f"elements nested deeper than {MAX_DEPTH} levels")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(fragment: Fragment) -> Element:
    """The element of one fragment.

    Raises
    ------
    EntryError
        When the fragment is not well formed, too deep, too long, or defines entities.
    """
    if not fragment.started:
        raise EntryError("an end tag without its start tag")
    if len(fragment.text) > MAX_FRAGMENT_CHARS:
        raise EntryError(f"the entry is longer than {MAX_FRAGMENT_CHARS} characters")
    parser = DefusedXMLParser(
        target=_Guard(), encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(fragment.text.encode("utf-8", errors="replace"))
        element: Element = parser.close()
    except ParseError as error:
        line = fragment.line + max(error.position[0], 1) - 1
        message = "the end tag is missing" if not fragment.ended else str(error).split(":")[0]
        raise EntryError(f"not well-formed XML in line {line}: {message}", line) from error
    except DefusedXmlException as error:
        raise EntryError("XML entities or a DOCTYPE inside an entry are refused") from error
    return element


def check_prolog(source: Source) -> None:
    """Refuse entity definitions in the head of the file.

    Raises
    ------
    InputError
        When the file defines entities or refers to outside files by them.
    """
    head = source.head(1 << 20)
    found = re.search(r"<!ENTITY\b", head)
    if found:
        raise InputError(
            "the file defines XML entities, which are refused.",
            file=source.name,
            line=head.count("\n", 0, found.start()) + 1,
            code="xml-entities",
            remedy="An export from a database defines none: do not trust this file.",
        )


def fragments(source: Source, names: str) -> Iterator[Fragment]:
    """One fragment for each entry.

    Parameters
    ----------
    names : str
        Element names of an entry, joined by ``|``.
    """
    edge = re.compile(rf"<(/?)(?:{names})(?=[\s>/])[^<>]{{0,2000}}>")
    buffer, base_line, started, seen = "", 1, False, 0
    with source.stream() as stream:
        while True:
            block = stream.read(BLOCK)
            buffer += block
            at = done = 0
            for match in edge.finditer(buffer, seen):
                if match.group(1):
                    yield _fragment(
                        buffer, at if started else match.start(), match.end(), base_line, done, started, True
                    )
                    base_line += buffer.count("\n", done, match.end())
                    done, started = match.end(), False
                elif match.group().endswith("/>"):
                    continue
                else:
                    if started:
                        yield _fragment(buffer, at, match.start(), base_line, done, True, False)
                        base_line += buffer.count("\n", done, match.start())
                        done = match.start()
                    at, started = match.start(), True
            if not block:
                break
            keep = at if started else max(done, len(buffer) - 4096)
            if len(buffer) - keep > 2 * MAX_FRAGMENT_CHARS:
                raise InputError(
                    f"an entry is longer than {MAX_FRAGMENT_CHARS} characters.",
                    file=source.name,
                    line=base_line,
                    code="too-large",
                    remedy="Export the file again.",
                )
            base_line += buffer.count("\n", done, keep)
            buffer = buffer[keep:]
            # what was searched is not searched again, but for a tag that the block cut in two
            seen = max(buffer.rfind("<"), 1 if started else 0, 0)
    if started:
        yield _fragment(buffer, at, len(buffer), base_line, done, True, False)


def _fragment(buffer: str, start: int, end: int, base_line: int, done: int, started: bool, ended: bool) -> Fragment:
    line = base_line + buffer.count("\n", done, start)
    text = buffer[start:end].rstrip()
    return Fragment(text, line, line + text.count("\n"), started, ended)


def count_entries(source: Source, names: str) -> int:
    """Entries counted on their own: start tags, and end tags that follow no start tag."""
    edge = re.compile(rf"<(/?)(?:{names})(?=[\s>/])[^<>]{{0,2000}}>")
    count, opened, rest = 0, False, ""
    with source.stream() as stream:
        while block := stream.read(BLOCK):
            text = rest + block
            cut = text.rfind("<")
            cut = cut if len(text) - cut < 4096 and cut >= 0 else len(text)
            text, rest = text[:cut], text[cut:]
            count, opened = _edges(edge, text, count, opened)
    return _edges(edge, rest, count, opened)[0]


def _edges(edge: re.Pattern[str], text: str, count: int, opened: bool) -> tuple[int, bool]:
    for match in edge.finditer(text):
        if match.group(1):
            count, opened = count + (not opened), False
        elif not match.group().endswith("/>"):
            count, opened = count + 1, True
    return count, opened


def text_of(element: Element | None) -> str:
    """All text inside an element, markup left out, white space collapsed."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def first(element: Element, *paths: str) -> str:
    """Text of the first path that says something."""
    for path in paths:
        for found in element.iterfind(path):
            if text := text_of(found):
                return text
    return ""


def every(element: Element, *paths: str) -> list[str]:
    """Texts of all these paths."""
    return [text for path in paths for found in element.iterfind(path) if (text := text_of(found))]
