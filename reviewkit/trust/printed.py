"""Numbers as print leaves them: a value, and the interval of true values that rounds to it.

A printed 12.3 stands for anything from 12.25 to 12.35. Every check in this package works on such
intervals, so that rounding alone never makes a finding.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from reviewkit.errors import InputError
from reviewkit.numbers import number

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NOT_SIGNIFICANT = re.compile(r"^(?:p\s*)?=?\s*(?:n\.?\s*s\.?|non?[- ]?significant|not significant)$", re.IGNORECASE)
_P_TEXT = re.compile(
    r"^(?:p(?:[- ]?value)?)?\s*(<=|>=|≤|≥|<|>|=)?\s*(0?\.\d+|[01](?:\.\d*)?|\d+(?:\.\d+)?e-\d+)$", re.I
)
_EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Span:
    """A closed interval of values, ``low`` to ``high``."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies inside, floating-point noise allowed."""
        slack = _EPS * max(1.0, abs(value))
        return self.low - slack <= value <= self.high + slack

    def overlaps(self, other: Span, slack: float = 0.0) -> bool:
        """Whether the two intervals share a value, or come within ``slack`` of it."""
        noise = slack + _EPS * max(1.0, abs(self.low), abs(self.high))
        return self.low <= other.high + noise and other.low <= self.high + noise

    def times(self, factor: float) -> Span:
        """The interval multiplied by ``factor``."""
        ends = (self.low * factor, self.high * factor)
        return Span(min(ends), max(ends))

    def minus(self, other: Span) -> Span:
        """All differences between a value here and a value there."""
        return Span(self.low - other.high, self.high - other.low)

    @property
    def middle(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Printed:
    """A number with the decimals it was printed with (unit of its column)."""

    value: float
    decimals: int

    @property
    def half_unit(self) -> float:
        """Half of the last printed place."""
        return 0.5 * 10.0**-self.decimals

    @property
    def span(self) -> Span:
        """The values that round to this number."""
        return Span(self.value - self.half_unit, self.value + self.half_unit)

    def scaled(self, power: int) -> Printed:
        """The same digits with the decimal point moved ``power`` places to the right."""
        return Printed(self.value * 10.0**power, max(self.decimals - power, 0))

    def __str__(self) -> str:
        return number(self.value, self.decimals)


@lru_cache(maxsize=16_384)
def read_number(text: str) -> Printed:
    """Read one printed number; decimal commas, middle dots and typographic minus signs are allowed.

    Parameters
    ----------
    text : str
        Digits as printed, such as ``"12.30"``, ``"−0,4"`` or ``"0·7"``.

    Returns
    -------
    Printed

    Raises
    ------
    InputError
        If the text is no finite number.

    Examples
    --------
    >>> read_number("12.30").decimals
    2
    """
    plain = text.strip().replace("−", "-").replace("–", "-").replace("·", ".").replace("%", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise InputError(f"{text!r} is not a number.", code="not-a-number", remedy="Write digits with a decimal point.")
    value = float(plain)
    if not math.isfinite(value):
        raise InputError(f"{text!r} is not a finite number.", code="not-a-number")
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Printed(value, max(decimals, 0))


def read_p(text: str) -> Span | None:
    """The p values that a printed p allows, 0 to 1; ``None`` where the text says nothing.

    ``"0.012"`` allows 0.0115 to 0.0125, ``"<0.05"`` up to 0.05, ``"NS"`` from 0.05 on.

    Examples
    --------
    >>> read_p("p = 0.000").high
    0.001
    """
    plain = text.strip().replace("·", ".").replace(",", ".")
    if _NOT_SIGNIFICANT.match(plain):
        return Span(0.05, 1.0)
    match = _P_TEXT.match(plain)
    if not match:
        return None
    sign, digits = match.group(1) or "=", match.group(2)
    number = read_number(digits)
    if number.value > 1:
        return None
    if sign in {"<", "<=", "≤"}:
        return Span(0.0, number.value)
    if sign in {">", ">=", "≥"}:
        return Span(number.value, 1.0)
    if number.value == 0:  # statistics programs print 0.000 for anything under 0.001
        return Span(0.0, 10.0**-number.decimals)
    return Span(max(0.0, number.span.low), min(1.0, number.span.high))
