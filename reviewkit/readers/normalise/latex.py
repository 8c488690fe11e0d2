"""LaTeX in BibTeX values as plain text: accents, symbols, font commands, braces, simple mathematics."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
_SYMBOLS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "dj": "đ",
    "DJ": "Đ",
    "ng": "ŋ",
    "textendash": "–",
    "textemdash": "—",
    "textquoteright": "’",
    "textquoteleft": "‘",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textregistered": "®",
    "texttrademark": "™",
    "copyright": "©",
    "textcopyright": "©",
    "textdegree": "°",
    "degree": "°",
    "pounds": "£",
    "euro": "€",
    "texteuro": "€",
    "S": "§",
    "P": "¶",
    "dots": "…",
    "ldots": "…",
    "textellipsis": "…",
    "cdot": "·",
    "times": "×",
    "pm": "±",
    "mp": "∓",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "neq": "≠",
    "ne": "≠",
    "approx": "≈",
    "sim": "∼",
    "textasciitilde": "~",
    "textbackslash": "\\",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textunderscore": "_",
    "textmu": "µ",
    "textquotesingle": "'",
    "infty": "∞",
    "rightarrow": "→",
    "to": "→",
    "leftarrow": "←",
    "circ": "°",
    "prime": "′",
    "lbrace": "{",
    "rbrace": "}",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "TeX": "TeX",
    "LaTeX": "LaTeX",
    "BibTeX": "BibTeX",
    "guillemotleft": "«",
    "guillemotright": "»",
    "backslash": "\\",
    "percent": "%",
    "textasciicircum": "^",
    "textbullet": "•",
    "textperiodcentered": "·",
}
_ACCENT = re.compile(
    r"""\\(?:(['`^"~=.])\s*|([uvHckrdb])(?:\s+|(?=\{)))(?:\{\s*(\\?[^\W\d_]?)\s*\}|(\\[ij])(?![A-Za-z])\s?|([^\W\d_]))"""
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:\s+|(?![A-Za-z]))")
_ESCAPED = re.compile(r"\\([&%$#_{} ,;:!/\-@])")
_OPEN, _CLOSE, _DOLLAR = "\ue000", "\ue001", "\ue002"
_HOLD = {"{": _OPEN, "}": _CLOSE, "$": _DOLLAR}


def plain(text: str) -> str:
    r"""Plain text of a LaTeX value; only white space stays to be collapsed.

    >>> plain(r"G{\"o}del, {\'E}cole, {\sc Conniver}, 5\% \& \emph{more} $\beta$-blockers")
    'Gödel, École, Conniver, 5% & more β-blockers'
    """
    escaped = "\\" in text
    if escaped:
        text = _decoded(text)
    if "~" in text:
        text = (
            re.sub(r"(?<![/\w])~(?=\w)|(?<=\w[.,])~|(?<=[A-Za-z])~(?=[A-Za-z\d])", " ", text)
            if "/" not in text
            else text
        )
    if "$" in text:
        text = re.sub(r"\$([^$]{0,2000})\$", r"\1", text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    if escaped:
        text = text.replace(_OPEN, "{").replace(_CLOSE, "}").replace(_DOLLAR, "$")
    return text


def _decoded(text: str) -> str:
    text = text.replace("\\\\", " ")
    text = _ACCENT.sub(_accented, text)
    text = _ESCAPED.sub(lambda match: _escaped(match.group(1)), text)
    return _COMMAND.sub(lambda match: _SYMBOLS.get(match.group(1), ""), text)


def _escaped(char: str) -> str:
    if char in _HOLD:
        return _HOLD[char]
    if char in " ,;:":
        return " "
    return "" if char in "!/-" else char


def _accented(match: re.Match[str]) -> str:
    mark = _ACCENTS[match.group(1) or match.group(2)]
    letter = (match.group(3) or match.group(4) or match.group(5) or "").lstrip("\\")
    return unicodedata.normalize("NFC", letter + mark) if letter else ""
