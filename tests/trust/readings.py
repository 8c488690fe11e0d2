"""Whether a right reading says what the label's does: the scorer behind the 80 % of the trap data.

Numbers must agree: within 30 % where the label itself says 'about', 'roughly' or 'probably' (p values within a
factor of 2), else to half a per cent or the label's last printed digit. Of several numbers in a label the ones
that can be told from print count (for 'e.g. 44.71, or another n' the first). Words must hold the label's unit or
direction; advice without numbers must share most of its content words.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?")
_VAGUE = re.compile(r"about|roughly|probably", re.IGNORECASE)
_UNIT = re.compile(r"[a-zµ]+/[a-zA-Z]+", re.IGNORECASE)
_DIRECTION = re.compile(r"higher = (?:worse|better)")
_SMALL = frozenset(
    {"a", "the", "of", "or", "and", "to", "is", "at", "in", "not", "do", "be", "per", "this", "it", "one"}
)


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text.replace("95% CI", "CI").replace("(from the SD)", ""))


def _agree(wanted: str, given: str, *, vague: bool, p_value: bool) -> bool:
    want, have = float(wanted), float(given)
    if p_value:
        return want > 0 and have > 0 and 0.5 <= have / want <= 2
    decimals = len(wanted.partition(".")[2])
    slack = max(0.3 * abs(want), 0) if vague else max(0.005 * abs(want), 1.01 * 10.0**-decimals)
    return abs(want - have) <= slack


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]{2,}", text.lower())} - _SMALL


def is_right(label: str, ours: str) -> bool:
    """Whether ``ours`` gives the label's right reading."""
    units = _UNIT.findall(label)
    if units and not (_UNIT.findall(ours) and units[0].lower() == _UNIT.findall(ours)[0].lower()):
        return False
    if units:
        return True
    if _DIRECTION.search(label):
        return _DIRECTION.search(label).group(0) in ours
    wanted = _numbers(label)
    if not wanted:
        shared = _words(label) & _words(ours)
        return len(shared) >= 0.4 * len(_words(label))
    wanted = wanted[:1] if label.startswith("e.g.") else wanted
    vague, p_value = bool(_VAGUE.search(label)), label.startswith(("p about", "between-group p"))
    given = _numbers(ours)
    return all(any(_agree(want, have, vague=vague, p_value=p_value) for have in given) for want in wanted)
