"""BibTeX and BibLaTeX: macros, inheritance and LaTeX resolved; duplicate keys kept apart.

Entries come from :mod:`reviewkit.readers.bibtex_scan`, an own scan: it knows lines, takes entries in parentheses, names
macros that are not defined, and never loses an entry to a damaged neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from reviewkit.model import Author, ReadResult
from reviewkit.readers.bibtex_scan import SPECIAL, Block, Value, blocks_of, count_entries
from reviewkit.readers.collect import MAX_FIELD_CHARS, Collector, EntryError
from reviewkit.readers.normalise import names
from reviewkit.readers.normalise.latex import plain
from reviewkit.readers.normalise.text import one_line
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source

_MONTHS = {
    month[:3].lower(): month
    for month in (
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
    )
}
_BIBLATEX = frozenset({"journaltitle", "xdata", "entryset", "langid", "maintitle", "eprinttype", "labelyear"})
_BIBLATEX_TYPES = frozenset({"set", "xdata", "mvbook", "mvcollection", "suppbook", "bookinbook", "inreference"})
_OWN = frozenset({"crossref", "xdata", "entryset", "ids", "label", "options", "presort", "sortkey", "related", "xref"})
_CHILD_OF_BOOK = frozenset(
    {"inproceedings", "incollection", "inbook", "conference", "suppbook", "bookinbook", "suppcollection", "inreference"}
)
OWN_KEY = "original-key"
_MAX_DEPTH = 8
_NAME_LISTS = frozenset({"author", "editor"})
_AND = re.compile(r"\s+and\s+", re.I)
_MAPPED_NAMES = (
    "title author year date journal journaltitle booktitle volume number issue pages doi url abstract "
    "keywords language langid pmid pmcid howpublished eprint editor"
)
_MAPPED = frozenset(_MAPPED_NAMES.split())


def read_bibtex(source: Source) -> ReadResult:
    """Read a BibTeX or BibLaTeX file.

    Raises
    ------
    InputError
        When accepted and rejected entries do not add up to the entries counted in the text.
    """
    text = source.text()
    blocks = list(blocks_of(text))
    entries = [block for block in blocks if block.kind not in SPECIAL]
    collector = Collector(source, "biblatex" if _is_biblatex(entries) else "bibtex")
    macros = _macros(blocks, collector)
    by_key: dict[str, dict[str, str]] = {}
    resolved: list[tuple[Block, dict[str, str]]] = []
    for block in entries:
        fields = _resolve(block, macros)
        resolved.append((block, fields))
        if not block.problem:
            by_key.setdefault(block.key.lower(), {"": block.kind, **fields})
    for block in entries:
        if OWN_KEY in block.fields:
            # written by us: the citation key stands for a key that BibTeX does not allow
            block.key = _text(_joined(block.fields.pop(OWN_KEY), macros))
    taken = {block.key for block in entries}
    seen: set[str] = set()
    for block, fields in resolved:
        _accept(block, fields, by_key, collector, _own_key(block, seen, taken, collector))
    return collector.result(count_entries(text, blocks))


def _is_biblatex(entries: list[Block]) -> bool:
    return any(
        block.kind in _BIBLATEX_TYPES
        or not _BIBLATEX.isdisjoint(block.fields)
        or ("date" in block.fields and "year" not in block.fields)
        for block in entries
    )


def _accept(
    block: Block, fields: dict[str, str], by_key: Mapping[str, Mapping[str, str]], collector: Collector, key: str
) -> None:
    origin = collector.origin(block.line, block.line_end)
    for message, line in block.mended:
        if not block.problem:
            collector.repair(f"{message} (entry {key!r})", line)
    try:
        if block.problem:
            raise EntryError(block.problem)
        whole = _inherit(fields, block.kind, by_key, 0)
        collector.records.append(record(printed_of(block.kind, key, whole), origin, block.raw))
    except EntryError as error:
        collector.reject(error.reason, origin, key=key, raw=block.raw)


def _own_key(block: Block, seen: set[str], taken: set[str], collector: Collector) -> str:
    """The entry's key; a second entry with the same key gets a new one."""
    key = block.key
    if key and key in seen:
        number = 2
        while f"{block.key}-{number}" in taken:
            number += 1
        key = f"{block.key}-{number}"
        taken.add(key)
        collector.repair(f"citation key {block.key!r} is used twice: this entry is now {key!r}", block.line)
    seen.add(key)
    return key


def _macros(blocks: list[Block], collector: Collector) -> dict[str, str]:
    macros = dict(_MONTHS)
    for block in blocks:
        if block.kind != "string":
            continue
        if block.problem:
            collector.repair(f"@string left out: {block.problem}", block.line)
        for name, value in block.fields.items():
            text = _joined(value, macros)
            if len(text) > MAX_FIELD_CHARS // 10:
                collector.repair(
                    f"@string {name!r} left out: longer than {MAX_FIELD_CHARS // 10} characters", block.line
                )
            else:
                macros[name] = text
    return macros


def _joined(value: Value, macros: Mapping[str, str]) -> str:
    """Parts put together; a macro nobody defined stands for its own name."""
    if len(value) == 1 and not value[0][0]:
        return value[0][1]
    parts, length = [], 0
    for is_macro, text in value:
        part = macros.get(text.lower(), text) if is_macro else text
        length += len(part)
        if length > MAX_FIELD_CHARS:
            break
        parts.append(part)
    return "".join(parts)


def _resolve(block: Block, macros: Mapping[str, str]) -> dict[str, str]:
    fields = {}
    for name, value in block.fields.items():
        text = _joined(value, macros)
        if len(text) >= MAX_FIELD_CHARS and not block.problem:
            block.problem = f"field {name!r} is longer than {MAX_FIELD_CHARS} characters"
        fields[name] = text
    return fields


def _inherit(fields: dict[str, str], kind: str, by_key: Mapping[str, Mapping[str, str]], depth: int) -> dict[str, str]:
    """Fields with those of ``xdata`` and ``crossref`` filled in (BibLaTeX manual, section 2.4.1.1 and appendix B)."""
    if depth >= _MAX_DEPTH or ("crossref" not in fields and "xdata" not in fields):
        return fields
    whole = dict(fields)
    for name in [*fields.get("xdata", "").split(","), fields.get("crossref", "")]:
        parent = by_key.get(name.strip().lower()) if name.strip() else None
        if parent is None:
            continue
        above = _inherit({k: v for k, v in parent.items() if k}, parent[""], by_key, depth + 1)
        is_book = kind in _CHILD_OF_BOOK and parent[""] != "xdata"
        for field, value in above.items():
            if field in _OWN:
                continue
            if is_book and field in {"title", "subtitle", "titleaddon"}:
                field = "book" + field
            elif is_book and field in {"author", "doi", "abstract", "pages", "url"} and "title" in fields:
                continue
            whole.setdefault(field, value)
    return whole


def _text(value: str) -> str:
    return one_line(plain(value))


def printed_of(kind: str, key: str, fields: Mapping[str, str]) -> Printed:
    """Which field means what in BibTeX and BibLaTeX."""

    decoded = {name: _text(value) for name, value in fields.items() if name not in _NAME_LISTS}

    def one(*wanted: str) -> str:
        for name in wanted:
            if decoded.get(name):
                return decoded[name]
        return ""

    extra = {name: value for name, value in decoded.items() if name not in _MAPPED and value}
    if "editor" in fields:
        extra["editor"] = "; ".join(str(person) for person in people(fields["editor"]))
    pmids = [one("pmid", "pubmedid", "pubmed-id")]
    if one("eprinttype", "archiveprefix").lower() in {"pubmed", "medline"}:
        pmids.append(one("eprint"))
    elif one("eprint"):
        extra["eprint"] = one("eprint")
    issn_journal = one(
        "journaltitle",
        "journal",
        "journal-full",
        "fjournal",
        "shortjournal",
        "booktitle",
        "maintitle",
        "howpublished" if kind in {"misc", "online"} else "series",
    )
    links = [
        fields.get(name, "").replace("\\", "") for name in ("doi", "url", "ee", "link", "howpublished", "bdsk-url-1")
    ]
    return Printed(
        title=one("title", "booktitle" if kind in {"proceedings", "book", "collection", "xdata"} else "maintitle"),
        people=people(fields.get("author", "")),
        years=[one("year"), one("date"), one("publicationyear"), one("issued"), one("eventdate")],
        journal=issn_journal,
        volume=one("volume"),
        issue=one("number", "issue"),
        start_page=one("pages", "eid", "article-number", "artnum"),
        dois=links,
        notes=[one("note"), one("annote"), one("addendum")],
        pmids=pmids,
        pmcids=[one("pmcid", "pmc"), one("note")],
        abstract=one("abstract"),
        keywords=_split_keywords(one("keywords", "keyword", "author-keywords", "mesh")),
        language=one("language", "langid"),
        url=fields.get("url", "").replace("\\", "").strip(),
        types=[part for part in (kind, one("type", "document_type"), one("entrysubtype")) if part],
        registry=[key, one("registry")],
        key=key,
        is_set=kind == "set" or "entryset" in fields,
        extra=extra,
    )


def _split_keywords(text: str) -> list[str]:
    """Keywords parted by semicolons, by commas where there is no semicolon."""
    return text.split(";") if ";" in text else text.split(",")


def people(value: str) -> tuple[Author, ...]:
    """Authors of a BibTeX name list; a name in braces is a group.

    >>> people("Ludwig van Beethoven and {World Health Organization} and others")
    (Author(family='van Beethoven', given='Ludwig'), Author(family='World Health Organization', given=''))
    """
    found: list[Author] = []
    for name in _AND.split(value) if "{" not in value else _split_and(value):
        name = name.strip()
        if not name:
            continue
        if name.startswith("{") and name.endswith("}") and "}" not in name[1:-1].replace("\\}", ""):
            text = _text(name)
            if text:
                found.extend(_group(text))
            continue
        if "family=" in name.replace(" ", "") and "," in name:
            parts = dict(part.strip().split("=", 1) for part in plain(name).split(",") if "=" in part)
            parts = {field.strip(): text.strip(' "') for field, text in parts.items()}
            family = " ".join(part for part in (parts.get("prefix", ""), parts.get("family", "")) if part)
            if family:
                found.append(Author(family, parts.get("given", "")))
            continue
        found.extend(_persons(name))
    half = len(found) // 2
    return tuple(found[:half] if half > 1 and found[:half] == found[half:] else found)


@lru_cache(maxsize=1 << 15)
def _persons(name: str) -> tuple[Author, ...]:
    """One name as printed, or several that a file without 'and' holds; the names of a search come back often."""
    text = _text(name)
    several = names.split_names(text) if text.count(",") > 1 or ";" in text else [text]
    return tuple(person for one in several if (person := names.author(one)) is not None)


def _group(text: str) -> tuple[Author, ...]:
    """A name in braces: one unit, unless a comma parts family and given name all the same."""
    if text.startswith("[") or ("," in text and " and " not in text):
        person = names.author(text)
        return (person,) if person is not None else ()
    return (Author(text),)


def _split_and(value: str) -> list[str]:
    """Split at 'and' outside braces."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+", value, re.I):
        token = match.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif depth == 0:
            parts.append(value[start : match.start()])
            start = match.end()
    parts.append(value[start:])
    return parts
