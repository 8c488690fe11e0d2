"""Titles and abstracts as plain text: markup, entities and broken encodings undone, white space collapsed.

Each step runs only where its sign is seen (``<``, ``&``, a byte pattern of broken UTF-8): that keeps clean text as
printed and the reader fast.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:jats:|mml:)?(?:i|b|u|em|strong|sub|sup|br|p|span|div|italic|bold|sc|tt|title|sec|label|inf|underline|font|"
    r"math|mrow|mi|mn|mo|msub|msup|mtext|h[1-6]|a|abstract|list|list-item|ul|ol|li|small)\b[^<>]{0,300}>",
    re.I,
)
_BLOCK = re.compile(r"</?(?:jats:)?(?:br|p|div|title|sec|label|h[1-6]|list|list-item|li|ul|ol)\b", re.I)
_MOJIBAKE = re.compile(
    r"Ã[\x80-\xbf\u0152-\u2122]|Â[\xa0-\xbf]|â€|â\x80|Å[\x80-\xbf¡¾½]|Ð[\x80-\xbf°-¿]|Ø[\x80-\xbf§-¿]|ï»¿"
)
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u00ad\ud800-\udfff\ufeff\ufffe\uffff]")
_SIGNS = ("Ã", "Â", "â", "Ð", "Ø")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def western_digits(text: str) -> str:
    """Persian and Arabic digits as 0 to 9."""
    return text if text.isascii() else text.translate(_DIGITS)


def fix_mojibake(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252, only where the text shows the sign of it.

    >>> fix_mojibake("MÃ¼ller")
    'Müller'
    >>> fix_mojibake("Âge et sclérose")
    'Âge et sclérose'
    """
    if text.isascii() or not any(sign in text for sign in _SIGNS) or not _MOJIBAKE.search(text):
        return text
    import ftfy

    return ftfy.fix_encoding(text)


def strip_markup(text: str) -> str:
    """Remove HTML, JATS and MathML tags; a ``<`` that is a sign ("p <0.05") stays.

    >>> strip_markup("role of <i>ABCA7</i> (P<.05)")
    'role of ABCA7 (P<.05)'
    """
    if "<" not in text:
        return text
    return _TAG.sub(lambda match: " " if _BLOCK.match(match.group()) else "", text)


def clean(text: str) -> str:
    """One line of plain text: entities and tags resolved, broken encoding undone, white space collapsed.

    >>> clean("Effects of  <jats:italic>B&lt;sub&gt;12&lt;/sub&gt;</jats:italic> &amp; folate")
    'Effects of B12 & folate'
    """
    if "<" in text:
        text = strip_markup(text)
    if "&" in text and _ENTITY.search(text):
        text = strip_markup(_ENTITY.sub(lambda match: html.unescape(match.group()), text))
    return one_line(fix_mojibake(text))


def one_line(text: str) -> str:
    """White space collapsed, soft hyphens and byte order marks left out; quick where there is nothing to do."""
    if text.isprintable():
        # no line end, no odd space, no invisible character: those are all not printable
        return text.strip(" ") if "  " not in text else " ".join(text.split())
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(_INVISIBLE.sub("", text).split())


def said(text: str) -> str:
    """The text, or nothing where it only says that nothing is known (``NA``, ``N/A``, ``null``)."""
    return "" if text in {"NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "None"} else text
