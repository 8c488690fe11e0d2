"""BibTeX in UTF-8; characters that TeX would take for commands are escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from reviewkit.model import Author, Record
from reviewkit.writers.printed import WORDS, no_note, one_line

_TYPES = {
    "article": "article",
    "conference": "inproceedings",
    "book": "book",
    "chapter": "incollection",
    "thesis": "phdthesis",
    "report": "techreport",
    "web": "online",
    "preprint": "unpublished",
    "dataset": "dataset",
    "registration": "misc",
    "": "misc",
}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile(r"[\\{}%&$#_~^]")
_KEY = re.compile(r"[^A-Za-z0-9:./+-]+")


def to_bibtex(records: Iterable[Record], note: Callable[[Record], str] = no_note) -> str:
    """The records as BibTeX text, each with a note.

    A key that BibTeX does not allow is kept in the field ``original-key``.
    """
    taken: set[str] = set()
    return "\n".join(_entry(record, number, taken, note(record)) for number, record in enumerate(records, 1))


def escaped(text: str) -> str:
    """Text that TeX prints as it is.

    >>> escaped("5% of {x_1} & more")
    '5\\\\% of \\\\{x\\\\_1\\\\} \\\\& more'
    """
    return _SPECIAL.sub(lambda match: _ESCAPES[match.group()], one_line(text))


def _entry(record: Record, number: int, taken: set[str], note: str) -> str:
    key = _KEY.sub("-", record.key).strip("-") or f"record-{number}"
    while key.lower() in taken:
        key = f"{key}-{number}"
    taken.add(key.lower())
    kind = _TYPES.get(record.record_type, "article")
    fields = list(_fields(record, kind))
    if key != record.key:
        fields.append(("original-key", escaped(record.key)))
    if note:
        fields.append(("note", escaped(note)))
    body = "".join(f",\n  {field} = {{{value}}}" for field, value in fields)
    return f"@{kind}{{{key}{body}\n}}\n"


def _fields(record: Record, kind: str) -> Iterator[tuple[str, str]]:
    values = [
        ("title", escaped(record.title)),
        ("author", " and ".join(_name(author) for author in record.authors)),
        ("year", str(record.year) if record.year is not None else ""),
        ("booktitle" if kind in {"inproceedings", "incollection"} else "journal", escaped(record.journal)),
        ("volume", escaped(record.volume)),
        ("number", escaped(record.issue)),
        ("pages", escaped(record.pages)),
        ("doi", one_line(record.doi)),
        ("pmid", record.pmid),
        ("pmcid", record.pmcid),
        ("registry", escaped(", ".join(record.registry_ids))),
        ("type", WORDS.get(record.record_type, "")),
        ("language", escaped(record.language)),
        ("keywords", escaped(_keywords(record.keywords))),
        ("abstract", escaped(record.abstract)),
        ("url", one_line(record.url).replace("{", "%7B").replace("}", "%7D")),
    ]
    return ((field, value) for field, value in values if value)


def _keywords(words: tuple[str, ...]) -> str:
    # the semicolon tells that commas belong to the words
    return "; ".join(words) + (";" if len(words) == 1 and "," in words[0] else "")


def _name(author: Author) -> str:
    if not author.given:
        return f"{{{escaped(author.family)}}}"
    return f"{escaped(author.family)}, {escaped(author.given)}"
