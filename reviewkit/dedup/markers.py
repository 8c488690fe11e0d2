"""Markers: what a title, journal or type says a record is, when that keeps it apart from a like record."""

from __future__ import annotations

import re

ERRATUM, RETRACTION, COMMENT, PROTOCOL = 1, 2, 4, 8
CONFERENCE, REGISTRATION, GENERIC, EDITORIAL, COCHRANE = 16, 32, 64, 128, 256

_ERRATUM = re.compile(
    r"^\W*(?:\w+\W+)?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|addendum|publisher(?:'s)? (?:note|correction)|"
    r"author correction|expression of concern)\b(?=\W*(?:to|for|in|on|of|:|-|–|\]|\)|\.|$))"
    r"|[\[(]erratum[\])]\W*$",
    re.IGNORECASE,
)
# A notice that names its article by volume and page and nothing else; databases index some corrections so.
_CITING = re.compile(
    r"\(vol\.? \d+,? (?:pg?|pp|pages?)\b[^)]*\)\s*\.?$"
    r"|\([A-Z][^()]{2,}\((?:19|20)\d\d\)\s*\d+[^()]*\(\d[^()]*\)\s*\)\W*$",
    re.IGNORECASE,
)
# The notice, not the article: "RETRACTED: title" is the article as marked later.
_RETRACTION = re.compile(r"^\W*(?:retraction|notice of retraction|statement of retraction)\b", re.IGNORECASE)
_COMMENT = re.compile(
    r"^\W*(?:re:|reply\b|response to\b|in reply\b|comments? on\b|commentary on\b|letter to the editor re)"
    r"|(?:[-–:.]|\s{2})\s*(?:the )?(?:authors?['’]? )?(?:reply|response|rejoinder|comment)\W*$"
    r"|[\[(](?:authors?['’]? )?(?:reply|response|comment)[\])]\W*$|\bauthors?(?:['’]?s?['’]?) (?:reply|response)\W*$",
    re.IGNORECASE,
)
_PROTOCOL = re.compile(r"\bprotocol\b|\brationale(?:,| and)[\w ,]*design\b|\bstudy design\b", re.IGNORECASE)
_CONFERENCE = re.compile(
    r"\b(?:conference|congress|meeting|symposium|proceedings|abstracts? (?:book|presented|of the)|annual scientific)\b",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(r"regist(?:ration|ry)|clinical trial record", re.IGNORECASE)
_GENERIC = re.compile(
    r"^(?:(?:guest |special )?editorial(?: introduction| board| notes?)?|"
    r"introduction(?: to (?:the )?special (?:issue|section))?|"
    r"(?:book )?reviews?|letters?(?: to the editors?)?|comments?|commentar(?:y|ies)|(?:reply|response)|news|abstracts?|"
    r"preface|foreword|index|contents|table of contents|announcements?|obituary|"
    r"(?:editors?|editor s) (?:notes?|comments?)|"
    r"from the editors?|correspondence|in (?:this issue|brief)|erratum|corrections?|corrigendum|discussion|summary|"
    r"case reports?|images? in [a-z ]+|poster (?:session|abstracts?)|untitled|no title|"
    r"[a-z ]{0,40}editors? (?:s )?comments?)$"
)


def title_markers(printed: str, folded_title: str) -> int:
    """Bits for what the title says of itself: erratum, retraction, comment or reply, protocol, generic heading."""
    bits = 0
    if _ERRATUM.search(printed) or ("(" in printed and _CITING.search(printed)):
        bits |= ERRATUM
    if _RETRACTION.search(printed):
        bits |= RETRACTION
    if _COMMENT.search(printed):
        bits |= COMMENT
    if _PROTOCOL.search(printed):
        bits |= PROTOCOL
    if len(folded_title) < 60 and _GENERIC.match(folded_title):
        bits |= GENERIC
    if folded_title.startswith(("editorial", "guest editorial", "special issue editorial")):
        bits |= EDITORIAL
    return bits


def place_markers(journal: str, issue: str, pages: str, record_type: str) -> int:
    """Bits for where it stands: a conference (or its supplement), a trial registry."""
    bits = 0
    supplement = "suppl" in issue.lower() or (pages[:1] in {"S", "s"} and pages[1:2].isdigit())
    if supplement or _CONFERENCE.search(journal) or _CONFERENCE.search(record_type):
        bits |= CONFERENCE
    if record_type and _REGISTRATION.search(record_type):
        bits |= REGISTRATION
    if "ochrane" in journal and "database" in journal.lower():
        bits |= COCHRANE
    return bits
