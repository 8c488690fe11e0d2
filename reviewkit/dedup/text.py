"""Folding of letters: what two spellings of one text have in common."""

from __future__ import annotations

import re
import unicodedata

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:amp|#38);")
_NOT_WORD = re.compile(r"[\W_]+")
# Letters that NFKD leaves alone although exports spell them in plain Latin, and Greek letters spelled out.
_SPELLED = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h",
    }
)  # fmt: skip
_GREEK = str.maketrans(
    {
        "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ", "κ": " kappa ",
        "λ": " lambda ", "μ": " mu ", "ω": " omega ", "σ": " sigma ", "θ": " theta ",
    }
)  # fmt: skip
_LATIN = re.compile(r"[a-z]")


def unaccented(text: str) -> str:
    """``text`` without diacritics or ligatures, case kept."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def without_markup(text: str) -> str:
    """``text`` without HTML or JATS tags and with ``&amp;`` undone."""
    if "<" in text:
        text = _TAG.sub("", text)
    return _ENTITY.sub("&", text) if "&" in text else text


def folded(text: str) -> str:
    """Lower-case words of ``text``, one space apart, in any script.

    Greek letters inside a text with Latin letters are spelled out, because one database prints the letter
    and the next its name.
    """
    plain = unaccented(without_markup(text)).lower()
    if not plain.isascii() and _LATIN.search(plain):
        plain = plain.translate(_GREEK)
    return _NOT_WORD.sub(" ", plain).strip()
