"""One way to write a number, everywhere: figures, tables, sentences.

Rounding is half away from zero on the shortest decimal that names the float, so 2.675 reads 2.68 as a
reader would round it, not 2.67 as its binary value would. A minus is U+2212, thousands are set apart by
U+202F from 10 000 up, no number has more than three decimals, and nothing ever reads "-0.00". ``None`` and NaN read as
an en dash.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

MINUS = "\u2212"
THIN_SPACE = "\u202f"
MISSING = "\u2013"
TINY = 0.0005
"""Below this a number has no digit left at three decimals."""
_HYPHEN = re.compile(r"(?<![\w\d.\u2013\u2212)\]-])-(?=\.?\d)")
_SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimals_for(value: float | None) -> int:
    """Decimals that suit a value of this size: 0 from 100, 1 from 10, 2 from 0.1, else 3.

    Examples
    --------
    >>> [decimals_for(x) for x in (251.3, 12.34, -0.84, 0.042, 0)]
    [0, 1, 2, 3, 2]
    """
    if value is None or not math.isfinite(value) or value == 0:
        return 2
    size = abs(value)
    for limit, places in ((99.95, 0), (9.995, 1), (0.0995, 2)):
        if size >= limit:
            return places
    return 3


def number(value: float | None, places: int | None = None, *, signed: bool = False) -> str:
    """A number with fixed decimals.

    Parameters
    ----------
    value : float or None
        Any finite number; infinities read as ∞, ``None`` and NaN as an en dash.
    places : int, optional
        Decimals; by size (`decimals_for`) where not given, and then a value too small for three reads "< 0.001".
    signed : bool
        Put a plus before positive numbers.

    Examples
    --------
    >>> number(-0.004, 2), number(2.675, 2), number(1234567.0), number(0.0002)
    ('0.00', '2.68', '1\u202f234\u202f567', '< 0.001')
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return f"{MINUS}∞" if value < 0 else "∞"
    if abs(value) >= 1e9:
        return _scientific(value)
    if places is None and 0 < abs(value) < TINY:
        return _tiny(value)
    return _fixed(float(value), decimals_for(value) if places is None else places, signed)


def count(value: int | None) -> str:
    """A whole number: 980, 4321, 12 345.

    Examples
    --------
    >>> count(12345)
    '12\u202f345'
    """
    return MISSING if value is None else number(float(value), 0)


def interval(low: float | None, high: float | None, *, places: int | None = None, words: bool = False) -> str:
    """An interval: ``[0.50, 1.17]``, or ``0.50 to 1.17`` in sentences (never a dash beside a minus sign).

    A bound of 1000 or more has no decimals: what is so wide says nothing at its hundredths.
    """
    if places is None:
        finite = [bound for bound in (low, high) if bound is not None and math.isfinite(bound)]
        places = decimals_for(max(finite, key=abs)) if finite else 2
    left, right = (number(bound, _bound_places(bound, places)) for bound in (low, high))
    return f"{left} to {right}" if words else f"[{left}, {right}]"


def estimate(value: float | None, low: float | None, high: float | None, *, places: int | None = None) -> str:
    """An estimate with its interval, for tables and figures.

    Examples
    --------
    >>> estimate(0.8365, 0.498, 1.1748)
    '0.84 [0.50, 1.17]'
    """
    places = decimals_for(value) if places is None else places
    return f"{number(value, places)} {interval(low, high, places=places)}"


def coefficient(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A coefficient of agreement with its interval, as far as they are defined.

    Examples
    --------
    >>> coefficient(0.4512, 0.32, 0.58)
    '0.45 [0.32, 0.58]'
    >>> coefficient(0.0)
    '0.00'
    >>> coefficient(None)
    'not defined'
    """
    if value is None:
        return "not defined"
    return number(value, 2) if low is None or high is None else estimate(value, low, high, places=2)


def estimate_in_words(
    value: float | None, low: float | None, high: float | None, *, level: float = 95, places: int | None = None
) -> str:
    """An estimate with its interval, for sentences.

    Examples
    --------
    >>> estimate_in_words(-3.2, -5.04, -1.3)
    '\u22123.20 (95% CI \u22125.04 to \u22121.30)'
    """
    places = decimals_for(value) if places is None else places
    bounds = interval(low, high, places=places, words=True)
    return f"{number(value, places)} ({plain(level)}% CI {bounds})"


def p_value(p: float | None, *, name: bool = True) -> str:
    """A p value: two decimals, three below 0.01 and where two would read 0.05; never "p = 0.000".

    Raises
    ------
    ValueError
        If `p` lies outside 0 to 1.

    Examples
    --------
    >>> p_value(0.0004), p_value(0.0042), p_value(0.2), p_value(0.0496, name=False), p_value(0.999)
    ('p < 0.001', 'p = 0.004', 'p = 0.20', '0.050', 'p > 0.99')
    """
    prefix = "p = " if name else ""
    if p is None or math.isnan(p):
        return f"{prefix}{MISSING}"
    if not 0 <= p <= 1:
        raise ValueError(f"p = {p}: a p value lies from 0 to 1.")
    if p < 0.001:
        return "p < 0.001" if name else "< 0.001"
    if p > 0.99:
        return "p > 0.99" if name else "> 0.99"
    places = 3 if p < 0.01 or 0.045 <= p < 0.055 else 2
    return f"{prefix}{number(p, places)}"


def percent(value: float | None, places: int | None = None) -> str:
    """A percentage given in percent (0 to 100): whole from 10 up, one decimal below, unless told otherwise.

    Examples
    --------
    >>> percent(42.31), percent(3.04), percent(0), percent(99.7)
    ('42%', '3.0%', '0%', '99.7%')
    """
    if value is None or math.isnan(value):
        return MISSING
    if places is None:
        near_an_end = 0 < abs(value) < 9.95 or 99.5 <= abs(value) < 100
        places = 1 if near_an_end else 0
    return f"{number(value, places)}%"


def share(n: int, total: int, places: int | None = None) -> str:
    """So many of so many, with the percentage: ``12/48 (25%)``; without it where `total` is 0."""
    text = f"{count(n)}/{count(total)}"
    return f"{text} ({percent(100 * n / total, places)})" if total else text


def mean_sd(mean: float | None, sd: float | None, *, places: int | None = None) -> str:
    """A mean with its standard deviation: ``12.4 (SD 3.1)``."""
    places = decimals_for(mean) if places is None else places
    return f"{number(mean, places)} (SD {number(sd, places)})"


def heterogeneity(
    *,
    tau2: float | None = None,
    i2: float | None = None,
    q: float | None = None,
    df: int | None = None,
    p: float | None = None,
) -> str:
    """The line that stands under a pool; what is not given is left out.

    Parameters
    ----------
    tau2, q : float, optional
        Between-study variance (squared unit of the effect) and Cochran's Q.
    i2 : float, optional
        In percent, 0 to 100.
    df : int, optional
        Degrees of freedom of `q`.
    p : float, optional
        p value of `q`.

    Examples
    --------
    >>> heterogeneity(tau2=0.0412, i2=23.1, q=3.87, df=3, p=0.276)
    'τ² = 0.041; Q = 3.87, df = 3, p = 0.28; I² = 23%'
    """
    parts = []
    if tau2 is not None:
        parts.append(named("τ²", tau2) if tau2 else "τ² = 0")
    if q is not None:
        test = [f"Q = {number(q, 2)}"]
        test += [f"df = {df}"] if df is not None else []
        test += [p_value(p)] if p is not None else []
        parts.append(", ".join(test))
    if i2 is not None:
        parts.append(f"I² = {percent(i2, 0)}")
    return "; ".join(parts)


def named(name: str, value: float | None, places: int | None = None) -> str:
    """A quantity with its value: ``τ² = 0.041``, and ``τ² < 0.001`` where the value has no digit left.

    Examples
    --------
    >>> named("τ²", 0.0412), named("τ²", 0.00004)
    ('τ² = 0.041', 'τ² < 0.001')
    """
    text = number(value, places)
    return f"{name} {text}" if text[:1] in "<>" else f"{name} = {text}"


def working(value: float | None) -> str:
    """A number within a calculation: as short as it goes, with three decimals at most.

    Examples
    --------
    >>> working(4.9), working(-0.2), working(0.89116), working(1.959964), working(0.0001), working(36.0)
    ('4.9', '\u22120.2', '0.891', '1.96', '< 0.001', '36')
    """
    if value is None or not math.isfinite(value) or abs(value) >= 1e9:
        return number(value)
    if 0 < abs(value) < TINY:
        return _tiny(value)
    text = number(value, 3)
    return text.rstrip("0").rstrip(".")


def tidy(text: str) -> str:
    """A sentence from elsewhere with real minus signs before its numbers; dates, ids and ranges stay as they are.

    Examples
    --------
    >>> tidy("fell by -0.76 (-1.2 to -0.3) in 2026-11-21, range 0-100, M024-1")
    'fell by \u22120.76 (\u22121.2 to \u22120.3) in 2026-11-21, range 0-100, M024-1'
    """
    return _HYPHEN.sub(MINUS, text)


def plain(value: float, *, digits: int = 6) -> str:
    """A number as short as it goes, for axis ticks and levels: 0.1, 1, 2.5, 1000.

    Examples
    --------
    >>> plain(0.1 + 0.2), plain(-5.0), plain(95)
    ('0.3', '\u22125', '95')
    """
    if not math.isfinite(value):
        return number(value)
    rounded = Decimal(f"{value:.{digits}g}")
    if rounded == 0:
        return "0"
    if not -5 <= rounded.adjusted() < 7:
        return _scientific(value)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    fraction = fraction.rstrip("0")
    return (MINUS if rounded < 0 else "") + _grouped(whole) + (f".{fraction}" if fraction else "")


def _bound_places(bound: float | None, places: int) -> int:
    return 0 if bound is not None and abs(bound) >= 999.5 else places


def _tiny(value: float) -> str:
    return "< 0.001" if value > 0 else f"> {MINUS}0.001"


@lru_cache(maxsize=65_536)
def _fixed(value: float, places: int, signed: bool) -> str:
    rounded = _rounded(value, places)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    whole, _, fraction = f"{abs(rounded):.{places}f}".partition(".")
    return sign + _grouped(whole) + (f".{fraction}" if fraction else "")


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _grouped(digits: str) -> str:
    if len(digits) < 5:
        return digits
    return f"{int(digits):,}".replace(",", THIN_SPACE)


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"{mantissa.removesuffix('.0').replace('-', MINUS)} × 10{power}"
