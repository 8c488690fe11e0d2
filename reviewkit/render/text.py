"""Text from outside made fit for a page: control characters neutralised, addresses checked."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff]")
_MARKUP = re.compile("[&<>\"']")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_UNFIT = re.compile(r"[\s\ufffd\\]")
_DOI_LEAD = re.compile(r"\A(doi:|https?://(dx\.)?doi\.org/)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")


def clean_text(text: str) -> str:
    """Text without characters that can hide or reorder what stands beside them.

    Directional marks and overrides are removed (each cell and block is laid out on its own anyway), other
    control characters, lone surrogates and noncharacters become U+FFFD, so that a reader sees that
    something was there and the result is always valid XML.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", " ").replace("\x0c", " ")
    return _CONTROLS.sub("\ufffd", _BIDI_CONTROLS.sub("", text))


def escape(text: str) -> str:
    """`clean_text` with the five markup characters escaped; valid in HTML and in XML."""
    text = clean_text(text)
    return text.translate(_ESCAPES) if _MARKUP.search(text) else text


def safe_url(url: str) -> str | None:
    """The address if a page may link to it, else ``None``.

    Allowed are http and https with a host, anchors within the page (``#id``), relative paths without a
    scheme, and DOIs (bare or with ``doi:``), which become https://doi.org/ addresses.
    """
    url = clean_text(url).strip()
    if not url or _UNFIT.search(url):
        return None
    if url.startswith("#"):
        return url if len(url) > 1 else None
    bare = _DOI_LEAD.sub("", url)
    if _DOI.match(bare):
        return "https://doi.org/" + quote(bare, safe="/:;().-_~%")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme in {"http", "https"}:
        return url if host else None
    return url if not parts.scheme and not url.startswith("//") and ":" not in url.split("/")[0] else None
