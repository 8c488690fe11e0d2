"""A new question: a commented protocol and list of searches; nothing that exists is overwritten."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.identifiers import check_identifier
from reviewkit.protocol import Protocol
from reviewkit.review.records.importing import read_protocol
from reviewkit.store.files import write_atomic
from reviewkit.store.toml import parse, validate

FIELDS = ("title", "condition", "therapy", "population", "intervention", "comparator")
"""What a person must say of a question before anything else; the template holds a word in capitals for each."""


def new_question(
    question: str, root: Path, *, values: Mapping[str, str] | None = None, reviewers: Sequence[str] = ()
) -> list[Path]:
    """Write ``data/<question>/protocol.toml`` and ``references/<question>/searches.toml``.

    Parameters
    ----------
    values : mapping of str to str, optional
        What is known already, by `FIELDS`; the rest stays in capitals, to be filled in.
    reviewers : sequence of str
        Role ids of those who screen and judge; with one, a single vote is wanted. Without any, the template's.

    Raises
    ------
    InputError
        If the name is no identifier, a value does not fit, or either file exists; nothing is then written.
    """
    protocol = protocol_text(question, values or {}, reviewers)
    return write_question(question, root, protocol, template("searches.toml", question))


def write_question(question: str, root: Path, protocol: str, searches: str) -> list[Path]:
    """Write the two files of a new question, if the name is one and neither exists."""
    _check_name(question)
    targets = {root / "data" / question / "protocol.toml": protocol,
               root / "references" / question / "searches.toml": searches}
    for path in targets:
        if path.exists():
            raise InputError("exists already; nothing was written.", file=path.relative_to(root).as_posix(),
                             code="exists", remedy="Choose another name, or edit the file.")
    for path, text in targets.items():
        write_atomic(path, text)
    return list(targets)


def template(name: str, question: str) -> str:
    """A template with the question's name and today's date in it."""
    text = (files("reviewkit.review") / "templates" / name).read_text(encoding="utf-8")
    return text.replace("QUESTION", question).replace("TODAY", dt.date.today().isoformat())


def protocol_text(question: str, values: Mapping[str, str], reviewers: Sequence[str]) -> str:
    """The commented protocol with what is known filled in; it is checked as any protocol is."""
    _check_name(question)
    text = template("protocol.toml", question)
    for key, value in values.items():
        if key not in FIELDS:
            raise InputError(f"{key!r} is nothing that a new question is told.", code="value",
                             remedy=f"Known are: {', '.join(FIELDS)}.")
        text = set_value(text, key, value)
    if reviewers:
        text = _with_reviewers(text, reviewers)
    check_text(text)
    return text


def set_value(text: str, key: str, value: object) -> str:
    """A protocol's text with the first line that sets a key set anew; its comment stays, in its column if it can."""
    line = rf'(?m)^{re.escape(key)} = (?:"(?:[^"\\]|\\.)*"|\[[^\]\n]*\]|[^\s#]+)(?P<comment>[ \t]+#.*)?$'

    def anew(match: re.Match[str]) -> str:
        said = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        comment = match["comment"]
        if not comment:
            return said
        column = match.end() - match.start() - len(comment.lstrip())
        return f"{said.ljust(column - 1)} {comment.lstrip()}"

    return re.sub(line, anew, text, count=1)


def check_text(text: str) -> None:
    """Refuse the text of a protocol that could not be read again."""
    validate(parse(text, "protocol.toml"), Protocol)


def left_to_fill(question: str, root: Path) -> tuple[str, ...]:
    """The fields of a protocol that still hold the template's words in capitals."""
    asked = read_protocol(question, root).question
    blank = dict(re.findall(r'(?m)^(\w+) = "([^"]*)"', template("protocol.toml", question)))
    return tuple(key for key in FIELDS if getattr(asked, key) == blank[key])


def _check_name(question: str) -> None:
    try:
        check_identifier(question)
    except ValueError as error:
        raise InputError(f"{error}.", code="identifier") from None


def _with_reviewers(text: str, reviewers: Sequence[str]) -> str:
    text = set_value(text, "reviewers", list(reviewers))
    text = set_value(text, "extractors", list(reviewers[:1]))
    text = set_value(text, "assessors", list(reviewers[:2]))
    if len(reviewers) == 1:
        text = set_value(set_value(text, "votes_title_abstract", 1), "votes_full_text", 1)
    return re.sub(r"(?m)^consensus = .*\n", "", text, count=1)
