"""Effects that a report prints itself, or gives as a test or p value: turned into an effect with its variance."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from reviewkit.effects.conversion import Conversion
from reviewkit.effects.conversions import (
    g_from_d,
    ratio_from_ci,
    ratio_from_p,
    se_from_ci,
    se_from_p,
    smd_from_f,
    smd_from_p,
    smd_from_t,
)
from reviewkit.errors import InputError
from reviewkit.extraction.arm_row import ArmRow
from reviewkit.extraction.arms import printed
from reviewkit.extraction.steps import Step, converted
from reviewkit.numbers import plain, working
from reviewkit.protocol import RATIOS

_COHEN = frozenset({"cohen d", "cohen's d", "cohens d", "d"})
_NAMES = {"hedges g": "SMD", "hedges' g": "SMD", "g": "SMD", **dict.fromkeys(_COHEN, "SMD")}
_SAYS_NOTHING = {
    "direction": "only the direction is stated",
    "null": "'no difference' in words, without numbers",
    "none": "no result is visible",
}
_EXACT_P = re.compile(r"(?:p\s*)?=?\s*(0?\.\d+)\s*", re.IGNORECASE)

Effect = tuple[float, float, tuple[Step, ...]]
"""Effect and variance on the analysis scale (ratios as logarithms), and the steps to them."""


def effect_of(row: ArmRow, measure: str, allowed: Collection[str]) -> Effect:
    """The effect that a contrast row gives.

    Parameters
    ----------
    allowed : collection of str
        Conversions that the plan allows: ``ci``, ``sizes``, ``t``, ``f``, ``p``.

    Raises
    ------
    InputError
        If the row gives none that the analysis can use; the message says why.
    """
    if row.p_kind == "within":
        raise InputError("a comparison within one group, before against after")
    if row.value_type in _SAYS_NOTHING:
        raise InputError(_SAYS_NOTHING[row.value_type])
    if row.value_type == "test":
        conversion = _from_test(row, measure, allowed)
    elif row.value_type == "p":
        conversion = _from_p(row, measure, allowed)
    else:
        return _from_estimate(row, measure, allowed)
    return conversion["g"], conversion["vi"], (printed(row), converted(conversion))


def _from_estimate(row: ArmRow, measure: str, allowed: Collection[str]) -> Effect:
    name = _NAMES.get(row.effect_measure.lower(), row.effect_measure)
    if row.effect is None or name != measure:
        raise InputError(f"the report gives {name or 'no effect'}, the analysis needs {measure}")
    if measure in RATIOS:
        return _from_ratio(row, row.effect, allowed)
    corrected = _corrected(row, row.effect) if row.effect_measure.lower() in _COHEN else None
    yi, factor = (corrected["g"], corrected["j"]) if corrected else (row.effect, 1.0)
    steps = (printed(row), converted(corrected)) if corrected else (printed(row),)
    found = _standard_error(row, row.effect, allowed)
    if found is not None:
        se = factor * found["se"]
        told = (Step("converted", f"SE of g = J × SE of d = {working(se)}"),) if corrected else ()
        return yi, se**2, (*steps, converted(found), *_notes(found), *told)
    if measure == "SMD" and row.n_intervention and row.n_comparator and "sizes" in allowed:
        vi, step = _variance_of_g(yi, row.n_intervention, row.n_comparator)
        return yi, vi, (*steps, step)
    raise InputError(f"{name} without standard error or interval")


def _from_ratio(row: ArmRow, effect: float, allowed: Collection[str]) -> Effect:
    """A ratio on the log scale."""
    if min(x for x in (effect, row.effect_ci_low, row.effect_ci_high) if x is not None) <= 0:
        raise InputError(f"{row.effect_measure} or a limit is not above 0")
    found = _standard_error(row, effect, allowed)
    if found is None:
        raise InputError(f"{row.effect_measure} without standard error or interval")
    return math.log(effect), found["se"] ** 2, (printed(row), converted(found), *_notes(found))


def _standard_error(row: ArmRow, effect: float, allowed: Collection[str]) -> Conversion | None:
    """The standard error behind a printed interval or exact p, on the analysis scale; None where there is neither."""
    ratio = row.effect_measure in RATIOS
    low, high, p = row.effect_ci_low, row.effect_ci_high, _exact_p(row)
    if low is not None and high is not None and "ci" in allowed:
        if not low <= effect <= high:
            raise InputError(f"{row.effect_measure} {plain(effect)} lies outside its interval "
                             f"{plain(low)} to {plain(high)}")
        return ratio_from_ci(effect, low, high) if ratio else se_from_ci(low, high)
    if p is not None and "p" in allowed:
        return ratio_from_p(effect, p) if ratio else se_from_p(effect, p)
    return None


def _corrected(row: ArmRow, d: float) -> Conversion:
    """Hedges' g of a printed Cohen's d, by the exact correction; never an approximate one in place of the sizes."""
    people = row.n_intervention + row.n_comparator if row.n_intervention and row.n_comparator else row.n
    if people is None:
        raise InputError("Cohen's d without the number of people: what corrects it to Hedges' g is not known")
    return g_from_d(d, people)


def _variance_of_g(g: float, n1: int, n2: int) -> tuple[float, Step]:
    """The variance of a printed g from the sizes of the arms (Borenstein 2009, equation 4.24)."""
    vi = 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))
    text = f"variance = 1/n1 + 1/n2 + g²/(2(n1 + n2)) = {working(vi)}, n1 = {n1}, n2 = {n2}"
    return vi, Step("converted", text, "Borenstein et al. 2009, equation 4.24")


def _notes(conversion: Conversion) -> tuple[Step, ...]:
    return tuple(Step("converted", note) for note in conversion.notes)


def _from_test(row: ArmRow, measure: str, allowed: Collection[str]) -> Conversion:
    kind = row.effect_measure.strip().lower().split(" ")[0]
    if measure != "SMD" or kind not in ("t", "f") or kind not in allowed:
        raise InputError(f"only a test statistic ({row.effect_measure}) is printed")
    n1, n2 = _sizes(row)
    if row.effect is None:
        raise InputError("no test statistic is filled in")
    if kind == "t":
        return smd_from_t(row.effect, n1, n2)
    return smd_from_f(row.effect, n1, n2, favours_first=_first_is_higher(row))


def _from_p(row: ArmRow, measure: str, allowed: Collection[str]) -> Conversion:
    p = _exact_p(row)
    if measure != "SMD" or "p" not in allowed or p is None:
        raise InputError("only a p value is printed")
    n1, n2 = _sizes(row)
    return smd_from_p(p, n1, n2, favours_first=_first_is_higher(row))


def _exact_p(row: ArmRow) -> float | None:
    found = _EXACT_P.fullmatch(row.p_value_printed.replace("·", "."))
    return float(found[1]) if found and float(found[1]) > 0 else None


def _sizes(row: ArmRow) -> tuple[int, int]:
    if not (row.n_intervention and row.n_comparator):
        raise InputError("the sizes of both groups are not visible")
    return row.n_intervention, row.n_comparator


def _first_is_higher(row: ArmRow) -> bool:
    """Which group is higher, from the words of the report: a test without a sign does not tell."""
    said = row.reported_direction
    if said in ("higher", "lower"):
        return said == "higher"
    if said in ("favours_intervention", "favours_comparator") and row.higher_is in ("better", "worse"):
        return (said == "favours_intervention") == (row.higher_is == "better")
    raise InputError("the direction of the test is not stated")
