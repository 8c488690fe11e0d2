"""DOI, PMID, PMCID and trial registry numbers, found wherever exports hide them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from reviewkit.readers.normalise.text import western_digits

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})*/[^\s\"|\u200b]{1,300}")
_LABELLED_DOI = re.compile(r"(?:\bdoi\s*[:=]?\s*|doi\.org/)(10\.\d{4,9}(?:\.\d{1,9})*/[^\s\"|]{1,300})", re.I)
_OTHER_ARTICLE = re.compile(r"\b(?:errat|correct|comment|retract|update|reply|reprint|cites|republish)", re.I)
_SCI_TAIL = re.compile(
    r"(?:\[doi\]|\[pii\]|</.*|&(?:amp;)?(?:partnerid|md5|atitle|stitle|title|issn|rft|sid)=?.*)$", re.I
)
_PAGE_TAIL = re.compile(
    r"(?:v\d+)?(?:\.full(?:\.pdf|-text)?|/(?:full|abstract|pdf|epdf|html|meta|fulltext|full-text|summary))/?(?:[?#].*)?$"
)
_PMID = re.compile(
    r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?(?:/| id:?\s*|\s+)|medline[:/]\s*)(\d{4,8})(?!\d)|"
    r"\bpmid\D{0,4}(\d{1,8})(?!\d)",
    re.I,
)
_BRACKET_PMID = re.compile(r"(?<!\d)(\d{4,8})\s*\[(?:pmid|pubmed)\]", re.I)
_PMCID = re.compile(r"(?<![A-Za-z])PMC\s?(\d{4,9})(?!\d)", re.I)

_REGISTRY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"NCT\s?-?0\d{7}|ISRCTN\s?\d{8}|ACTRN\s?\d{14}|DRKS\s?\d{8}|ChiCTR[-\w]{4,20}|IRCT\s?\d{6,16}N\d{1,3}|"
    r"(?:JPRN-)?UMIN\s?\d{9}|jRCTs?\d{9,12}|CTRI/20\d\d/\d\d\d?/\d{5,6}|KCT\s?\d{7}|PACTR\s?\d{14,16}|"
    r"RBR-[0-9a-z]{5,8}|RPCEC\d{8}|SLCTR/20\d\d/\d{3}|TCTR\d{11}|LBCTR\d{10}|ITMCTR\d{10}|PER-\d{3}-\d{2}|"
    r"EUCTR\s?20\d\d-\d{6}-\d{2}(?:-[A-Z]{2})?|EudraCT[^0-9]{0,20}20\d\d-\d{6}-\d{2}|NTR\d{3,5}|CRD\s?420\d{8,9}"
    r")(?![A-Za-z0-9])",
    re.I,
)
_NUMBER = re.compile(r"\d{3}")
_CT = re.compile(r"CT(?:RI/|RN|R[-/\s]?[A-Z]{0,5}-?\d|N\s?\d|s?[\s-]?\d|[^0-9]{1,20}20\d\d-\d{6})")
"""The end of most registries' names and the start of a number: one quick look at a long text."""
_OTHER_SIGNS = (("K", "DRKS"), ("U", "UMIN"), ("B", "RBR-"), ("P", "RPCEC"), ("N", "NTR"), ("D", "CRD4"))
"""Each with its rarest letter: one letter is found many times faster than a word, and most texts lack it."""


def doi(text: str) -> str:
    """The first DOI in a value, in lower case, without URL or prefix; brackets and semicolons inside it stay.

    >>> doi("https://doi.org/10.1892/0891-6640(2006)20[894:HDAACO]2.0.CO;2")
    '10.1892/0891-6640(2006)20[894:hdaaco]2.0.co;2'
    >>> doi("doi: 10.1000/182.")
    '10.1000/182'
    >>> doi("10.1093%2Fbrain%2Fawq001")
    '10.1093/brain/awq001'
    """
    if "10." not in text:
        return ""
    if "%" in text:
        text = unquote(text)
    match = _DOI.search(text)
    if not match:
        return ""
    found = _trimmed(match.group())
    if "//" in text[: match.start()]:
        found = _PAGE_TAIL.sub("", found)
    # CENTRAL's own address of an entry looks like a DOI, but names no article
    return "" if found.startswith("10.1002/central/") else found


def _trimmed(found: str) -> str:
    found = _SCI_TAIL.sub("", found.split("?needAccess")[0])
    while found:
        last = found[-1]
        unbalanced = (last == ")" and found.count(")") > found.count("(")) or (
            last == "]" and found.count("]") > found.count("[")
        )
        if last in ".,;:'\"*}>’”" or unbalanced:
            found = found[:-1]
        else:
            break
    return "" if found.endswith("/") else found.lower()


def labelled_doi(text: str) -> str:
    """A DOI in a note, only where the note says it is one and does not speak of another article.

    >>> labelled_doi("PMID: 123; doi: 10.1/x")
    ''
    >>> labelled_doi("eCollection. DOI: 10.1371/journal.pone.0000001. Print")
    '10.1371/journal.pone.0000001'
    >>> labelled_doi("Erratum in: J Foo. 2001; doi: 10.1371/journal.pone.0000001")
    ''
    """
    if "10." not in text or _OTHER_ARTICLE.search(text):
        return ""
    match = _LABELLED_DOI.search(text)
    return _trimmed(match.group(1)) if match else ""


def pmid(text: str) -> str:
    """A PubMed number: the value itself when it is one, else a labelled or linked one.

    >>> pmid("PUBMED 34176716,EMBASE 2013267276"), pmid("35957633 [PMID]"), pmid("29872490"), pmid("CN-0229")
    ('34176716', '35957633', '29872490', '')
    """
    text = western_digits(text.strip())
    if text.isdigit():
        return text.lstrip("0") if 1 <= len(text) <= 8 else ""
    return labelled_pmid(text)


def labelled_pmid(text: str) -> str:
    """A PubMed number that is called one (``PMID:``, ``[PMID]``, a PubMed address)."""
    match = _BRACKET_PMID.search(text) or _PMID.search(text)
    return next(found for found in match.groups() if found).lstrip("0") if match else ""


def pmcid(text: str) -> str:
    """A PubMed Central number as ``PMC123``."""
    match = _PMCID.search(text)
    return f"PMC{match.group(1)}" if match else ""


def registry_ids(texts: Iterable[str], prose: str = "") -> tuple[str, ...]:
    """Trial registry numbers in the order found, each once, in the registry's own spelling.

    Parameters
    ----------
    texts : iterable of str
        Values where a number may stand in any case (identifier fields, authors, titles).
    prose : str
        Abstract and notes, where only the registries' own spelling counts.

    >>> registry_ids(["Trial (NCT01234567), irct20150519022320n3"])
    ('NCT01234567', 'IRCT20150519022320N3')
    """
    found: dict[str, None] = {}
    for text in texts:
        if text and _NUMBER.search(text):
            for match in _REGISTRY.finditer(text):
                found.setdefault(_registry_form(match.group()))
    if ("CT" in prose and _CT.search(prose)) or _has_other_sign(prose):
        for match in _REGISTRY.finditer(prose):
            found.setdefault(_registry_form(match.group()))
    return tuple(found)


def _has_other_sign(text: str) -> bool:
    for letter, sign in _OTHER_SIGNS:  # noqa: SIM110 - twice as fast as any() with a generator, for every abstract
        if letter in text and sign in text:
            return True
    return False


def _registry_form(found: str) -> str:
    compact = re.sub(r"\s", "", found)
    low = compact.lower()
    if low.startswith("eudract"):
        number = re.search(r"20\d\d-\d{6}-\d{2}", compact)
        return f"EUCTR{number.group()}" if number else compact
    if low.startswith("chictr"):
        return "ChiCTR" + compact[6:]
    if low.startswith("jrct"):
        return "jRCT" + compact[4:]
    if low.startswith("rbr-"):
        return "RBR-" + compact[4:].lower()
    if low.startswith("nct"):
        return "NCT" + compact[3:].lstrip("-")
    return compact.upper()
