"""Years, pages and languages in one form."""

from __future__ import annotations

import re

from reviewkit.readers.normalise.text import western_digits

SOLAR_HIJRI = range(1300, 1421)
"""Years of the Solar Hijri calendar in which medical articles appear (1921 to 2042)."""

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_COMPACT_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?(?!\d)")
_HIJRI = re.compile(r"(?<!\d)(1[34]\d\d)(?!\d)")
_DASHES = re.compile(r"\s*(?:--+|[‐‑‒–—−])\s*")
_RANGE = re.compile(r"^([A-Za-z]*)(\d+)-([A-Za-z]*)(\d+)$")
_PAGE_PREFIX = re.compile(r"^(?:pp?\.?|pages?|S\.)\s*(?=\d)", re.I)


def year(text: str) -> int | None:
    """The year of a printed date; a Solar Hijri year is turned into the Gregorian year it begins in.

    >>> year("2019 Winter"), year("2021/06//"), year("20190612"), year("10 15"), year("۱۳۹۸")
    (2019, 2021, 2019, None, 2019)
    """
    text = western_digits(text)
    match = _YEAR.search(text) or _COMPACT_DATE.search(text)
    if match:
        return int(match.group(1))
    match = _HIJRI.search(text)
    if match and int(match.group(1)) in SOLAR_HIJRI:
        return int(match.group(1)) + 621
    return None


def pages(start: str, end: str = "") -> str:
    """Pages as ``152-160`` or ``e0815``: one kind of dash, shortened last pages written out.

    >>> pages("1126-36"), pages("152", "160"), pages("S1–S9"), pages("p1", "8"), pages("20552173211022779")
    ('1126-1136', '152-160', 'S1-S9', '1-8', '20552173211022779')
    """
    if start.isdigit() and start.isascii():
        if not end or end == start:
            return start
        if len(end) == len(start) and end.isdigit() and end.isascii():
            return f"{start}-{end}"
    start, end = (_one_dash(part) for part in (start, end))
    if end and end != start and "-" not in start:
        start = f"{start}-{end}" if start else end
    match = _RANGE.match(start)
    if not match:
        return start
    before, first, prefix, last = match.groups()
    if len(last) < len(first) and (not prefix or prefix == before):
        last = first[: len(first) - len(last)] + last
    return f"{before}{first}-{prefix}{last}" if first != last or before != prefix else f"{before}{first}"


def _one_dash(text: str) -> str:
    text = western_digits(" ".join(text.split()))
    if not text.isascii() or "--" in text:
        text = _DASHES.sub("-", text)
    return _PAGE_PREFIX.sub("", text).strip(" .,")


_LANGUAGES = {
    "en": "en eng english",
    "de": "de ger deu german deutsch",
    "fr": "fr fre fra french francais français",
    "es": "es spa spanish espanol español",
    "pt": "pt por portuguese",
    "it": "it ita italian",
    "nl": "nl dut nld dutch",
    "fa": "fa per fas persian farsi",
    "ar": "ar ara arabic",
    "zh": "zh chi zho chinese",
    "ja": "ja jpn japanese",
    "ko": "ko kor korean",
    "ru": "ru rus russian",
    "tr": "tr tur turkish",
    "pl": "pl pol polish",
    "cs": "cs cze ces czech",
    "sv": "sv swe swedish",
    "no": "no nor norwegian",
    "da": "da dan danish",
    "fi": "fi fin finnish",
    "hu": "hu hun hungarian",
    "el": "el gre ell greek",
    "he": "he heb hebrew",
    "uk": "uk ukr ukrainian",
    "ro": "ro rum ron romanian",
    "hr": "hr hrv scr croatian",
    "sr": "sr srp scc serbian",
    "bg": "bg bul bulgarian",
    "sk": "sk slo slk slovak",
    "sl": "sl slv slovenian slovene",
    "lt": "lt lit lithuanian",
    "th": "th tha thai",
    "vi": "vi vie vietnamese",
    "id": "id ind indonesian",
    "hi": "hi hin hindi",
    "ur": "ur urd urdu",
    "ca": "ca cat catalan",
}
_CODE = {name: code for code, names in _LANGUAGES.items() for name in names.split()}


def language(text: str) -> str:
    """ISO 639-1 code of a language name or code; what is unknown stays as printed; several stand with ``; ``.

    >>> language("eng"), language("English; German"), language("Tlingit")
    ('en', 'en; de', 'Tlingit')
    """
    code = _CODE.get(text.lower())
    if code or not text:
        return code or ""
    parts = [part.strip() for part in re.split(r"[;,/]|\band\b", text) if part.strip()]
    return "; ".join(dict.fromkeys(_CODE.get(re.split(r"[-_ (.]", part.lower())[0], part) for part in parts))
