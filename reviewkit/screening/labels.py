"""Decisions as other programs print them beside a record: ASReview, Rayyan, Covidence, and our own exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewkit.model import Record
from reviewkit.screening.decisions import DECISIONS

_INCLUSION = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}", re.DOTALL)
_MEMBER = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"((?:[^"\\]|\\.)*)"')
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n]*)")
_OURS = re.compile(r"Screening: ([a-z-]+)(?:; reason: ([a-z0-9-]+))?\s*$", re.MULTILINE)
_ASREVIEW = re.compile(r"\bASReview_(relevant|irrelevant|not_seen)\b")
_COVIDENCE = re.compile(r"Exclusion reason:\s*([^;\n]*)")
_WORDS = {"included": "include", "excluded": "exclude", "maybe": "maybe", "undecided": "", "include": "include",
          "exclude": "exclude"}
_COLUMNS = ("asreview_label", "included", "label_included", "final_included", "inclusion", "label",
            "label_abstract_screening", "abstract_screening")
_NUMBERS = {"1": "include", "0": "exclude", "-1": "", "": ""}
_NOTES = ("notes", "N1", "note", "research-notes", "NO")


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of one record.

    Attributes
    ----------
    decisions : mapping of str to str
        Who said what; the name is empty where the file names nobody. No entry: nothing was decided.
    reasons : tuple of str
        Exclusion reasons as printed.
    note : str
        A reviewer's note.
    source : {'reviewkit', 'rayyan', 'asreview', 'covidence', ''}
        Whose way of saying it is.
    unread : str
        A label that means nothing here, as printed.
    """

    decisions: Mapping[str, str] = field(default_factory=dict, hash=False)
    reasons: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    unread: str = ""


def label_of(record: Record) -> Label:
    """The label beside a record, from the columns and notes its reader kept.

    Examples
    --------
    >>> label_of(Record(extra={"notes": 'RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: too old'}))
    Label(decisions={'Ann': 'exclude'}, reasons=('too old',), note='', source='rayyan', unread='')
    """
    extra = {name.strip().lower(): value.strip() for name, value in record.extra.items()}
    notes = "\n".join(record.extra[name] for name in _NOTES if name in record.extra)
    note = extra.get("screening_note", "") or extra.get("asreview_note", "")
    if "screening_decision" in extra:
        word = extra["screening_decision"]
        return _one(word if word in DECISIONS else "", extra.get("screening_reason", ""), note, "reviewkit",
                    "" if word in DECISIONS else word)
    if ours := _OURS.search(notes):
        word = ours[1]
        return _one(word if word in DECISIONS else "", ours[2] or "", note, "reviewkit",
                    "" if word in DECISIONS else word)
    if found := _INCLUSION.search(notes):
        return _rayyan(found[1], notes)
    if said := _ASREVIEW.search(notes):
        return _one({"relevant": "include", "irrelevant": "exclude"}.get(said[1], ""), "", note, "asreview")
    for column in _COLUMNS:
        if column in extra:
            word = extra[column].removesuffix(".0")
            known = _NUMBERS.get(word, _WORDS.get(word.lower()))
            return _one(known or "", "", note, "asreview", word if known is None else "")
    if reason := _COVIDENCE.search(notes):
        return _one("exclude", reason[1].strip(), "", "covidence")
    return Label(note=note)


def rayyan_note(who: str, decision: str, reason: str) -> str:
    """A decision in Rayyan's way; empty for what Rayyan has no word for.

    >>> rayyan_note("ada", "exclude", "wrong outcome")
    'RAYYAN-INCLUSION: {"ada"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong outcome'
    """
    word = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}.get(decision)
    if word is None:
        return ""
    text = f'RAYYAN-INCLUSION: {{"{who}"=>"{word}"}}'
    return f"{text} | RAYYAN-EXCLUSION-REASONS: {reason}" if reason else text


def plain_note(decision: str, reason: str) -> str:
    """A decision as a note of a RIS, BibTeX or EndNote entry, to be read back by `label_of`."""
    if not decision:
        return ""
    return f"Screening: {decision}; reason: {reason}" if reason else f"Screening: {decision}"


def _one(decision: str, reason: str, note: str, source: str, unread: str = "") -> Label:
    return Label({"": decision} if decision else {}, (reason,) if reason else (), note, source, unread)


def _rayyan(members: str, notes: str) -> Label:
    decisions, unread = {}, ""
    for name, word in _MEMBER.findall(members):
        known = _WORDS.get(word.strip().lower())
        if known is None:
            unread = word
        elif known:
            decisions[name] = known
    reasons = _REASONS.search(notes)
    listed = tuple(part.strip() for part in reasons[1].split(",") if part.strip()) if reasons else ()
    return Label(decisions, listed, "", "rayyan", unread)
