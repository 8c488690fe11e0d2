"""Answers to signalling questions: short codes, the words people write for them, and how to read either."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "Y": "yes",
    "PY": "probably yes",
    "PN": "probably no",
    "N": "no",
    "NI": "no information",
    "NA": "not applicable",
}
"""Code to word; a file may hold either."""

SHADED = ("Y", "PY", "PN", "N", "NI")
"""Yes, probably yes, probably no, no, no information."""

SHADED_OR_NONE = (*SHADED, "NA")
"""The same, or not applicable."""

PLAIN = ("Y", "N", "NI")

SILENT = frozenset({"NI", "NA"})
"""Answers that need no support: nothing was seen, or the question does not arise."""

_CODES = {word: code for code, word in WORDS.items()} | {code.lower(): code for code in WORDS} | {
    "unclear": "NI", "n/a": "NA", "partial yes": "PY",
}


def read_answer(text: str) -> str:
    """The code of an answer written as a code or in words, in any case.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> read_answer("Probably no"), read_answer("ni")
    ('PN', 'NI')
    """
    code = _CODES.get(" ".join(text.lower().replace("_", " ").replace("-", " ").split()))
    if code is None:
        raise ValueError(f"answer {text!r} is none of: {', '.join(WORDS.values())}")
    return code


def in_words(codes: tuple[str, ...] | frozenset[str]) -> str:
    """Codes as a list in words, in their usual order.

    >>> in_words(frozenset({"NI", "Y", "PY"}))
    'yes, probably yes or no information'
    """
    words = [word for code, word in WORDS.items() if code in codes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
