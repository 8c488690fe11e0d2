"""Identifiers: DOI, PubMed number."""

from __future__ import annotations

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_TAIL = re.compile(r"[.,;:\])}>\"'\s]+$")
_PMID = re.compile(r"(?<!\d)\d{3,9}(?!\d)")


def normalise_doi(text: str) -> str:
    """The bare DOI in lower case, from any URL or prefix form; empty where there is none."""
    if "10." not in text:
        return ""
    found = _DOI.search(unquote(text) if "%" in text else text)
    if found is None:
        return ""
    doi = found.group().lower()
    # A closing bracket belongs to the DOI where its opening one does: 10.1016/s0140-6736(05)66912-7.
    while (tail := _TAIL.search(doi)) is not None:
        if tail.group()[-1] == ")" and doi.count("(") >= doi.count(")"):
            break
        doi = doi[:-1]
    return doi


def normalise_pmid(text: str) -> str:
    """The PubMed number without leading zeros; empty where there is none."""
    found = _PMID.search(text)
    return found.group().lstrip("0") if found else ""


_VERSION = re.compile(r"\.pub\d+$|[./]?(?<=[\d./])v\d+$")
_NUMBERED = re.compile(r"\.\d+$")


def without_version(doi: str) -> tuple[str, str]:
    """A DOI without the version it ends in, and the version: Cochrane ``.pub2``, preprints ``v1``, F1000 ``.2``."""
    ending = _NUMBERED if doi.startswith("10.12688/") else _VERSION
    found = ending.search(doi)
    if found is None:
        return doi, "1" if doi.startswith("10.1002/14651858.cd") else ""
    return doi[: found.start()], found.group().lstrip("./")
