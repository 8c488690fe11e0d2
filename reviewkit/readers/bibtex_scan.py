"""BibTeX text cut into entries and fields; a damaged entry never takes the next one with it.

An entry begins at ``@type{key,`` at the start of a line (or straight after a closing brace), whatever the braces
before it say. Everything is one pass with patterns that need linear time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from reviewkit.readers.collect import EntryError

_NAME = r"[A-Za-z][\w:.+-]{0,60}"
_TYPES = (
    "article|book|booklet|conference|inbook|incollection|inproceedings|manual|mastersthesis|misc|phdthesis|proceedings|"
    "techreport|unpublished|online|report|thesis|dataset|software|collection"
)
_ENTRY = re.compile(
    rf"@[ \t]{{0,9}}({_NAME})\s{{0,20}}([{{(])"
    rf"(?=[ \t\r\n]{{0,20}}(?:[^,{{}}=\"\n]{{0,300}},|[^\s,{{}}=\"]{{1,300}}\s{{0,20}}[=}})]|[\"{{}}]))"
)
_WITHOUT_AT = re.compile(rf"\n[ \t]*[^\n@\\]?({_TYPES})[ \t]*([{{(])(?=[^\s,{{}}=\"]{{1,300}},[ \t]*\n)", re.I)
_LOOSE_START = re.compile(r"\n[ \t]*[^\s\\]?[ \t]*(?=@)@[ \t]{0,9}([^\s{}()@]{1,40})\s{0,20}([{(])")
_LOOSE_FIRST = re.compile(_LOOSE_START.pattern.removeprefix(r"\n"))
_SPACE = re.compile(r"(?:[\s,]+|%[^\n]*)*")
_GAP = re.compile(r"\s*")
_NEXT = re.compile(r"[\s,]*([^\s=,{}()\"#%\\@]{1,100})\s{0,200}=\s{0,200}")
_SPACED = re.compile(r"[\s,]*([A-Za-z][\w-]{0,30}(?: [A-Za-z][\w-]{0,30}){1,3})\s{0,200}=\s{0,200}")
_KEY = re.compile(r"[ \t\r\n]*([^,={}\"\n]{0,300}?)[ \t\r\n]*(?=,|[})]\s*$)|[ \t\r\n]*(?=[^\s=,{}()\"#]{1,100}\s*=)")
_BARE = re.compile(r"[^\s,#{}\"=()]+")
_BRACES = re.compile(r"\\.|[{}]", re.S)
_ALL_BRACES = re.compile(r"[{}]")
_QUOTES = re.compile(r"\\.|[{}\"]", re.S)
_FIELD_IN_VALUE = re.compile(
    r"^[ \t]*(?:author|title|journal|year|volume|number|pages|doi|url|abstract|publisher|editor|booktitle|issn|isbn|"
    r"keywords|month|date|note|pmid|journaltitle|annote|language)\s{0,20}=\s{0,20}[{\"\d]",
    re.M | re.I,
)
_LEFT_OVER = re.compile(r"^[ \t,]*[A-Za-z][\w-]{0,40}\s{0,20}=\s{0,20}[{\"]", re.M)
UNREADABLE = "?"
SPECIAL = frozenset({"comment", "string", "preamble"})

Value = tuple[tuple[bool, str], ...]
"""Parts of a value joined by ``#``: (is a macro, text)."""


@dataclass(slots=True)
class Block:
    """One entry or @string as it stands in the file."""

    kind: str
    start: int
    end: int
    line: int
    line_end: int
    raw: str
    key: str = ""
    fields: dict[str, Value] = field(default_factory=dict)
    mended: list[tuple[str, int]] = field(default_factory=list)
    problem: str = ""


class Lines:
    """Line number of a place in the text; places mostly come in order, so that each line end is counted once."""

    def __init__(self, text: str) -> None:
        self._text, self._place, self._line = text, 0, 1

    def at(self, place: int) -> int:
        """Line, from 1."""
        if place >= self._place:
            self._line += self._text.count("\n", self._place, place)
            self._place = place
            return self._line
        return self._line - self._text.count("\n", place, self._place)


def blocks_of(text: str) -> Iterator[Block]:
    """Every entry and @string in file order; damaged ones carry a ``problem``."""
    lines = Lines(text)
    strong = _bounds(text)
    weak = _weak_bounds(text, {start for start, _ in strong})
    weak_starts = [start for start, _ in weak]
    done, i = 0, 0
    while True:
        while i < len(strong) and strong[i][0] < done:
            i += 1
        w = bisect_left(weak_starts, done)
        ahead = strong[i][0] if i < len(strong) else len(text)
        if w < len(weak) and weak_starts[w] < ahead:
            start, match = weak[w]
        elif i < len(strong):
            start, match = strong[i]
            i += 1
        else:
            return
        hard = strong[i][0] if i < len(strong) else len(text)
        if w < len(weak) and start == weak_starts[w] and w + 1 < len(weak):
            hard = min(hard, weak_starts[w + 1])
        block = _block(text, start, match, hard, lines)
        soft = bisect_right(weak_starts, start if block.problem else block.end - 1)
        limit = min(hard, weak_starts[soft]) if soft < len(weak) else hard
        if block.problem and limit < hard:
            # another entry may begin in here, though it has no readable type or key
            block = _block(text, start, match, limit, lines)
        stray = _left_over(text, block, limit, lines)
        done = block.end
        yield block
        if stray is not None:
            yield stray


def _left_over(text: str, block: Block, limit: int, lines: Lines) -> Block | None:
    """Fields after the end of an entry: of a further entry that cannot be read, or of this one, closed too early."""
    if block.problem or block.kind in SPECIAL or limit - block.end < 5:
        return None
    left = _LEFT_OVER.search(text, block.end, limit)
    if left is None:
        return None
    mark = re.compile(r"\n[ \t]*@").search(text, block.end, left.start() + 1)
    if mark:
        start = mark.end() - 1
        raw = text[start:limit].strip()
        line = lines.at(start)
        problem = f"no readable type, brace and key: {raw.splitlines()[0][:60]!r}"
        return Block(UNREADABLE, start, limit, line, line + raw.count("\n"), raw, problem=problem)
    block.problem = f"a brace closes the entry too early: fields go on in line {lines.at(left.start())}"
    block.raw = text[block.start : limit].strip()
    block.end = limit
    block.line_end = block.line + block.raw.count("\n")
    return None


def _bounds(text: str) -> list[tuple[int, re.Match[str]]]:
    """Where entries begin: ``@type{key,`` at the start of a line or behind a closing brace, and those without @."""
    found = []
    for match in _ENTRY.finditer(text):
        before = match.start() - 1
        while before >= 0 and text[before] in " \t\ufeff":
            before -= 1
        if before < 0 or text[before] in "\n})" or (text[before] != "\\" and (before == 0 or text[before - 1] == "\n")):
            found.append((match.start(), match))
    found += [(match.start(1), match) for match in _WITHOUT_AT.finditer(text)]
    return sorted(found, key=lambda pair: pair[0])


def _weak_bounds(text: str, known: set[int]) -> list[tuple[int, re.Match[str]]]:
    """``@type{`` at the start of a line without a key: an entry only where the one before it is damaged."""
    found = [(text.rindex("@", match.start(), match.start(1)), match) for match in _loose_starts(text)]
    return [(start, match) for start, match in found if start not in known and match.group(1).lower() not in SPECIAL]


def _loose_starts(text: str) -> Iterator[re.Match[str]]:
    first = _LOOSE_FIRST.match(text)
    if first:
        yield first
    yield from _LOOSE_START.finditer(text)


def count_entries(text: str, blocks: list[Block]) -> int:
    """Entries counted by a pattern of its own: ``@type{`` at line starts, in no comment and in no value read.

    Entries that stand behind another one in a line, or lack their @, are taken as the scan found them.
    """
    spans = [(block.start, block.end) for block in blocks if not block.problem]
    starts = [start for start, _ in spans]
    count = 0
    for match in _loose_starts(text):
        place = text.rindex("@", match.start(), match.start(1))
        before = bisect_right(starts, place) - 1
        inside = before >= 0 and spans[before][0] < place < spans[before][1]
        count += match.group(1).lower() not in SPECIAL and not inside
    for block in blocks:
        if block.kind == UNREADABLE:
            count += 1
            continue
        head = text[text.rfind("\n", 0, block.start) + 1 : block.start + 1].strip(" \t\ufeff")
        count += block.kind not in SPECIAL and not (head.endswith("@") and len(head) < 3 and head[0] != "\\")
    return count


def _block(text: str, start: int, match: re.Match[str], limit: int, lines: Lines) -> Block:
    kind, opened = match.group(1).lower(), match.group(2)
    line = lines.at(start)
    block = Block(kind, start, limit, line, line, "")
    if kind in {"comment", "preamble"}:
        end = _balanced(text, match.end(), len(text))
        block.end = end if end > 0 else match.end()
        return block
    if text[start] != "@":
        block.mended.append((f"the @ before {kind} is missing", line))
    try:
        block.end = _read_fields(text, match.end(), limit, "}" if opened == "{" else ")", block, lines)
    except EntryError as error:
        block.problem = error.reason
        block.end = limit
    raw = text[start : block.end]
    block.raw = raw.strip()
    block.line_end = line + block.raw.count("\n") + raw[: len(raw) - len(raw.lstrip())].count("\n")
    return block


def _read_fields(text: str, at: int, limit: int, closing: str, block: Block, lines: Lines) -> int:
    """Read key and fields; the place behind the closing delimiter."""
    if block.kind != "string":
        match = _KEY.match(text, at, limit)
        if match is None:
            raise EntryError("no citation key and no field after the opening brace", block.line)
        block.key, at = (match.group(1) or "").strip(), match.end()
    name = ""
    while True:
        named = _NEXT.match(text, at, limit)
        if named is None:
            gap = _SPACE.match(text, at, limit)
            at = gap.end() if gap else at
            if at >= limit:
                return _unclosed(block, limit, lines)
            if text[at] == closing:
                return at + 1
            named = _NEXT.match(text, at, limit) or _SPACED.match(text, at, limit)
            if named is not None and " " in named.group(1):
                block.mended.append((f"the field name {named.group(1)!r} holds a space", lines.at(named.start(1))))
            if named is None:
                shown = " ".join(text[at : at + 30].split())
                where = lines.at(at)
                after = f"text after the value of {name!r}" if name else "no field name and ="
                raise EntryError(f"line {where}: {after}: {shown!r}", where)
        elif name and text[at] != "," and "," not in text[at : named.start(1)]:
            block.mended.append((f"the comma after field {name!r} is missing", lines.at(named.start(1))))
        name = named.group(1).lower()
        value, at = _value(text, named.end(), limit, name, lines)
        if name in block.fields:
            _keep_second(block, name, value, lines.at(named.start(1)))
        else:
            block.fields[name] = value


def _unclosed(block: Block, limit: int, lines: Lines) -> int:
    """The next entry begins before this one has ended: mended unless a value shows that it swallowed fields."""
    for name, value in block.fields.items():
        for macro, part in value:
            if not macro and _FIELD_IN_VALUE.search(part, part.find("\n") + 1 if "\n" in part else len(part)):
                raise EntryError(f"a brace opened in field {name!r} is never closed: the value holds further fields")
    block.mended.append(("the closing brace of the entry is missing", lines.at(max(limit - 1, 0))))
    return limit


def _keep_second(block: Block, name: str, value: Value, line: int) -> None:
    block.mended.append((f"field {name!r} stands twice: the first is used, the second kept in extra", line))
    number = 2
    while f"{name}_{number}" in block.fields:
        number += 1
    block.fields[f"{name}_{number}"] = value


def _value(text: str, at: int, limit: int, name: str, lines: Lines) -> tuple[Value, int]:
    parts: list[tuple[bool, str]] = []
    while True:
        char = text[at] if at < limit else ""
        if char == "{":
            end = _balanced(text, at + 1, limit)
            if end < 0:
                raise EntryError(
                    f"a brace opened in field {name!r} (line {lines.at(at)}) is never closed", lines.at(at)
                )
            parts.append((False, text[at + 1 : end - 1]))
        elif char == '"':
            end = _quoted(text, at + 1, limit)
            if end < 0:
                raise EntryError(f"a quotation mark opened in field {name!r} (line {lines.at(at)}) is never closed")
            parts.append((False, text[at + 1 : end - 1]))
        else:
            bare = _BARE.match(text, at, limit)
            if bare is None:
                if parts or char not in {",", "}", ")"}:
                    raise EntryError(f"field {name!r} (line {lines.at(min(at, len(text) - 1))}) has no value")
                return ((False, ""),), at
            end = bare.end()
            parts.append((not bare.group().isdigit(), bare.group()))
        last = parts[-1][1]
        if "\n" in last and "=" in last and _FIELD_IN_VALUE.search(last, last.find("\n") + 1):
            raise EntryError(
                f"a brace opened in field {name!r} (line {lines.at(at)}) is never closed: "
                "the value holds further fields",
                lines.at(at),
            )
        if text[end : end + 1] == ",":
            return tuple(parts), end
        gap = _GAP.match(text, end, limit)
        at = gap.end() if gap else end
        if at >= limit or text[at] != "#":
            return tuple(parts), end
        gap = _GAP.match(text, at + 1, limit)
        at = gap.end() if gap else at + 1


def _balanced(text: str, at: int, limit: int) -> int:
    """Place behind the brace that closes one opened before ``at``; -1 when there is none before ``limit``."""
    close = text.find("}", at, limit)
    if close >= 0 and text.find("{", at, close) < 0 and text.find("\\", at, close) < 0:
        return close + 1
    for pattern in (_BRACES, _ALL_BRACES):
        depth = 1
        for match in pattern.finditer(text, at, limit):
            char = match.group()
            if char == "{":
                depth += 1
            elif char == "}":
                depth -= 1
                if not depth:
                    return match.end()
    return -1


def _quoted(text: str, at: int, limit: int) -> int:
    depth = 0
    for match in _QUOTES.finditer(text, at, limit):
        char = match.group()
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == '"' and depth <= 0:
            return match.end()
    return -1
