"""Printed test statistics and standardised differences against their own p, n and size."""

from __future__ import annotations

import math

from scipy.special import fdtrc

from reviewkit.numbers import number
from reviewkit.trust.effect_size import LARGEST_BELIEVABLE, implausible, patient_reported
from reviewkit.trust.findings import make_finding, p_words, where
from reviewkit.trust.layout import Block
from reviewkit.trust.p_values import disagree, printed_readings
from reviewkit.trust.printed import Span
from reviewkit.trust.rows import ArmRow, Finding
from reviewkit.trust.testing import hedges_j, t_p, t_quantile

_FLOOR = 0.0015
"""Programs stop at .001: a p printed as 0.001 may be any smaller one."""
_MOST_GROUPS = 4
_ROUNDING_OF_J = 0.01
"""Room for g against d and for the way SDs were pooled, as a share of the effect."""


def _people(block: Block, row: ArmRow) -> int | None:
    """Everybody behind a contrast: the two arms, else the n of the row, else at most all randomised."""
    sizes = block.sizes_of(row)
    return sum(sizes) if sizes else row.n or row.randomised


def _readings(row: ArmRow) -> list[Span] | None:
    readings = printed_readings(row)
    if readings is None or row.p_kind == "within":
        return None
    return [Span(0.0, span.high) if span.high <= _FLOOR else span for span in readings]


def _statistic(row: ArmRow) -> Span | None:
    """The |t| of two groups that a printed t or F allows."""
    kind = row.effect_measure.casefold()
    if row.effect is None or kind not in ("t", "f") or (kind == "f" and row.effect.value <= 0):
        return None
    low, high = sorted((abs(row.effect.span.low), abs(row.effect.span.high)))
    return Span(math.sqrt(low), math.sqrt(high)) if kind == "f" else Span(low, high)


def _allowed_p(row: ArmRow, t: Span, people: int) -> Span:
    """Every p of the statistic: of two groups, or, for an F, of up to four groups of that size."""
    spans = [Span(t_p(t.high, people - 2), t_p(t.low, people - 2))]
    if row.effect_measure.casefold() == "f":
        for groups in range(3, _MOST_GROUPS + 1):
            df = groups * people / 2 - groups
            spans.append(Span(*(float(fdtrc(groups - 1, df, end**2)) for end in (t.high, t.low))))
    return Span(min(span.low for span in spans), max(span.high for span in spans))


def check_statistics(block: Block) -> list[Finding]:
    """A printed t or F with a p that it cannot have, or that stands for a difference too large to be."""
    findings = []
    for row in block.of_type("test"):
        t, people = _statistic(row), _people(block, row)
        if t is None or people is None or people < 4:
            continue
        readings = _readings(row)
        if readings is not None and disagree(_allowed_p(row, t, people), readings):
            p = t_p(t.middle, people - 2)
            message = (f"{where(row)}: {row.effect_measure} = {row.effect} with {people} people has p about "
                       f"{p_words(p)}, not {row.p_value_printed}.")
            findings.append(make_finding("p_mismatch", [row], message, f"p about {p_words(p)}", "likely"))
        size = t.low * 2 / math.sqrt(people)
        if size > LARGEST_BELIEVABLE and patient_reported(row):
            message = (f"{where(row)}: {row.effect_measure} = {row.effect} with {people} people would be a "
                       f"standardised difference of {number(size, 1)} for a patient-reported outcome.")
            findings.append(implausible([row], message))
    return findings


def check_difference_p(block: Block) -> list[Finding]:
    """A standardised difference with a p smaller than it can have, were all the people compared half and half.

    Halves give the smallest p that a difference can have among so many people, so that the sizes of the arms
    need not be known: g √N / 2 is its t.
    """
    findings = []
    for row in block.of_type("contrast"):
        people, readings = _people(block, row), _readings(row)
        if row.effect_measure != "SMD" or row.effect is None or people is None or people < 4 or readings is None:
            continue
        if block.arms_of(row) or row.noted.within or "cross" in row.design.casefold():
            continue
        largest = max(abs(row.effect.span.low), abs(row.effect.span.high)) / hedges_j(people - 2)
        least_p = t_p(largest * (1 + _ROUNDING_OF_J) * math.sqrt(people) / 2, people - 2)
        if not disagree(Span(least_p, 1.0), readings):
            continue
        message = (f"{where(row)}: a standardised difference of {row.effect} among {people} people has p "
                   f"{p_words(least_p)} at the least, not {row.p_value_printed}, unless the test was adjusted.")
        findings.append(make_finding("p_mismatch", [row], message, f"p about {p_words(least_p)}", "likely"))
    return findings


def check_words(block: Block) -> list[Finding]:
    """'No difference' beside a printed p that says there is one."""
    findings = []
    for row in block.of_type("contrast", "test", "p"):
        p = row.p
        if row.reported_direction == "no_difference" and p is not None and p.high < 0.05 and row.p_kind != "within":
            message = f"{where(row)}: reported as no difference, but the printed p is {row.p_value_printed}."
            findings.append(make_finding("p_mismatch", [row], message, "read the p again, or the words", "likely"))
    return findings


def check_contrast_spread(block: Block) -> list[Finding]:
    """An 'SD' of a difference between arms that its interval shows to be a standard error."""
    findings = []
    for row in block.of_type("contrast"):
        low, high = row.effect_ci_low, row.effect_ci_high
        if row.sd is None or low is None or high is None or row.noted.other_interval:
            continue
        people = _people(block, row)
        shown = (high.value - low.value) / (2 * t_quantile(row.noted.level, (people or 1000) - 2))
        if shown > 0 and row.sd.value > 0 and abs(math.log(row.sd.value / shown)) < math.log(1.25):
            message = f"{where(row)}: the interval {low} to {high} makes the printed SD {row.sd} a standard error."
            findings.append(make_finding("se_as_sd", [row], message, f"SE = {row.sd}", "sure"))
    return findings
