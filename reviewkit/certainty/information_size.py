"""Optimal information size: the people one adequately sized trial would need.

GRADE guidelines 6 (doi:10.1016/j.jclinepi.2011.01.012). Two groups of equal size, two-sided test.
"""

from __future__ import annotations

import math

from reviewkit.errors import InputError
from reviewkit.numbers import plain

RULE_OF_THUMB = 400
"""People (means) or events (risks) below which imprecision is a concern where no size can be computed (Murad 2017,
doi:10.1136/ebmed-2017-110668)."""


def size_for_means(difference: float, sd: float = 1.0, *, alpha: float = 0.05, power: float = 0.80) -> int:
    """People in both groups together needed to find a difference between means.

    Parameters
    ----------
    difference : float
        In the unit of ``sd``; with ``sd = 1`` a standardised mean difference.
    sd : float
        Above 0.
    alpha, power : float
        In (0, 1); two-sided.

    Raises
    ------
    InputError
        For a difference of 0, or a value outside its range.

    References
    ----------
    n in each group = 2 (z(1 - alpha/2) + z(power))² sd² / difference². Chow SC, Shao J, Wang H. Sample Size
    Calculations in Clinical Research, 2nd ed. 2008, section 3.2.1.

    Examples
    --------
    >>> size_for_means(0.5)
    126
    """
    if not (math.isfinite(difference) and difference != 0 and math.isfinite(sd) and sd > 0):
        raise InputError(f"difference = {plain(difference)}, sd = {plain(sd)}: no information size follows from these.",
                         code="information-size", remedy="The difference is not 0, the standard deviation above 0.")
    return 2 * _up(2 * (sum(_quantiles(alpha, power)) * sd / difference) ** 2)


def size_for_risks(risk_without: float, risk_with: float, *, alpha: float = 0.05, power: float = 0.80) -> int:
    """People in both groups together needed to find a difference between two risks.

    Parameters
    ----------
    risk_without, risk_with : float
        In (0, 1) and not equal.
    alpha, power : float
        In (0, 1); two-sided.

    Raises
    ------
    InputError
        For equal risks, or a value outside its range.

    References
    ----------
    Normal approximation with pooled variance under no difference, without continuity correction. Fleiss JL, Levin B,
    Paik MC. Statistical Methods for Rates and Proportions, 3rd ed. 2003, equation 4.14.

    Examples
    --------
    >>> size_for_risks(0.20, 0.15)
    1812
    """
    if not (0 < risk_without < 1 and 0 < risk_with < 1) or risk_without == risk_with:
        raise InputError(f"risks {plain(risk_without)} and {plain(risk_with)}: must lie between 0 and 1 and differ.",
                         code="information-size")
    for_alpha, for_power = _quantiles(alpha, power)
    middle = (risk_without + risk_with) / 2
    together = math.sqrt(2 * middle * (1 - middle))
    apart = math.sqrt(risk_without * (1 - risk_without) + risk_with * (1 - risk_with))
    return 2 * _up(((for_alpha * together + for_power * apart) / (risk_with - risk_without)) ** 2)


def _quantiles(alpha: float, power: float) -> tuple[float, float]:
    from reviewkit.synthesis.distributions import normal_ppf

    for name, value in (("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise InputError(f"{name} = {plain(value)}: must lie between 0 and 1.", code="information-size")
    return float(normal_ppf(1 - alpha / 2)), float(normal_ppf(power))


def _up(value: float) -> int:
    # The margin forgives binary fractions.
    return math.ceil(value - 1e-9)
