"""Which format a text is in, seen from its content; the file's name plays no part."""

from __future__ import annotations

import re

from reviewkit.readers.services import service_of
from reviewkit.readers.source import Source
from reviewkit.readers.table import find_header

_SIGNS = (
    ("ris", re.compile(r"^[ \t\ufeff]{0,4}TY[ \t\u00a0]{1,4}-[ \t\u00a0]{0,4}[A-Za-z]{2,12}\s*$", re.M)),
    ("nbib", re.compile(r"^[ \ufeff]{0,2}(?:PMID- ?\d|UI {2}- \d)", re.M)),
    ("wos", re.compile(r"^\ufeff?(?:FN [A-Z]|PT [A-Z](?: |$))", re.M)),
    ("bibtex", re.compile(r"^[ \t\ufeff]*@[ \t]*[A-Za-z][\w:.+-]*\s{0,9}[{(]", re.M)),
    ("refer", re.compile(r"^\ufeff?%[0TAJ] \S", re.M)),
    ("ovid-text", re.compile(r"^\ufeff?<\d+>\s*$", re.M)),
)


def detect(source: Source) -> str:
    """The format's name, or nothing when no format is recognised."""
    if source.encoding == "binary":
        return "xlsx"
    head = source.head()
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("<") and not re.match(r"<\d+>", start):
        return _xml(start)
    if start[:1] in {"{", "["} and (service := service_of(start)):
        return service
    lines = head.split("\n")
    counts = [(len(pattern.findall(head)), -rank, name) for rank, (name, pattern) in enumerate(_SIGNS)]
    best = max(counts)
    table = find_header([line.rstrip("\r") for line in lines])
    if table is not None and not (best[0] and best[2] == "ris"):
        first = next((m.start() for name, pattern in _SIGNS if name == best[2] and (m := pattern.search(head))), None)
        if not best[0] or first is None or head.count("\n", 0, first) > table[0]:
            return "csv"
    if best[0]:
        return best[2]
    damaged = {"ris": r"^[A-Z][A-Z0-9]  - ", "nbib": r"^[A-Z]{2,4} {0,2}- "}
    for name, pattern_text in damaged.items():
        if len(re.findall(pattern_text, head, re.M)) > 1:
            return name
    return ""


def _xml(start: str) -> str:
    for name, mark in (
        ("pubmed-xml", "<Pubmed"),
        ("clinicaltrials-xml", "<clinical_study"),
        ("clinicaltrials-xml", "<search_results"),
        ("ictrp-xml", "<Trials_downloaded"),
        ("ictrp-xml", "<Trial>"),
        ("endnote-xml", "<record"),
        ("endnote-xml", "<records"),
    ):
        if mark in start:
            return name
    return "xml"
