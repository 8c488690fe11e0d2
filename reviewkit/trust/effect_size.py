"""Effects too large to be, and mean differences that are labelled as standardised."""

from __future__ import annotations

import math

from reviewkit.numbers import number, plain
from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.instruments import find_analyte, find_instrument
from reviewkit.trust.layout import Block, range_of
from reviewkit.trust.p_values import sample_of
from reviewkit.trust.printed import Span
from reviewkit.trust.rows import ArmRow, Certainty, Finding
from reviewkit.trust.testing import face_g, hedges_g, hedges_j, t_quantile

LARGEST_BELIEVABLE = 1.7
"""Standardised difference beyond which a patient-reported result of a trial is not believed unchecked."""
_BEYOND_ANY_SMD = 4.0


def _smd_se_ratio(row: ArmRow, sizes: tuple[int, int] | None) -> float | None:
    """The printed half-width against the one that an SMD of this size must have with these numbers."""
    if row.effect is None or row.effect_ci_low is None or row.effect_ci_high is None or not sizes or min(sizes) < 2:
        return None
    n1, n2 = sizes
    needed = math.sqrt(1 / n1 + 1 / n2 + row.effect.value**2 / (2 * (n1 + n2)))
    half = (row.effect_ci_high.value - row.effect_ci_low.value) / 2
    return half / t_quantile(row.noted.level, 1e7) / needed


def _smd_of_difference(row: ArmRow, sizes: tuple[int, int] | None) -> str:
    """The SMD that a mean difference with this interval stands for: its t times sqrt(1/n1 + 1/n2), with Hedges' J."""
    if row.effect is None or row.effect_ci_low is None or row.effect_ci_high is None or not sizes or min(sizes) < 2:
        return ""
    df = sum(sizes) - 2
    se = (row.effect_ci_high.value - row.effect_ci_low.value) / (2 * t_quantile(row.noted.level, df))
    if se <= 0:
        return ""
    return f"; SMD about {number(row.effect.value / se * math.sqrt(1 / sizes[0] + 1 / sizes[1]) * hedges_j(df), 2)}"


def check_labelled_smd(block: Block) -> list[Finding]:
    """'SMD's that are mean differences: equal to that of the arms, too large, or with the wrong width."""
    findings = []
    for row in block.of_type("contrast"):
        if row.effect_measure != "SMD" or row.effect is None:
            continue
        pair = block.arms_of(row)
        samples = [sample_of(arm) for arm in pair.rows] if pair else [None, None]
        certainty: Certainty = "likely"
        reading, reason = "", ""
        if samples[0] and samples[1]:
            apart = samples[0].mean.minus(samples[1].mean)
            g = hedges_g(samples[0], samples[1])
            if g is not None and apart.overlaps(row.effect.span) and not _widened(g).overlaps(row.effect.span):
                smd = number(face_g(samples[0], samples[1]), 2)
                certainty, reason = "sure", f"is the mean difference of the arms, which give an SMD of {smd}"
                reading = f"MD {row.effect}; SMD about {smd}"
        ratio = _smd_se_ratio(row, block.sizes_of(row))
        if not reading and abs(row.effect.value) > _BEYOND_ANY_SMD:
            reason = "is larger than standardised differences are"
        elif not reading and ratio is not None and samples[0] is None and not 0.6 < ratio < 1.6:
            reason = f"has an interval {plain(ratio, digits=2)} times as wide as an SMD of these numbers must have"
        if not reason:
            continue
        reading = reading or f"MD {row.effect}{_smd_of_difference(row, block.sizes_of(row))}"
        message = f"{where(row)}: 'SMD' {row.effect} {reason}."
        findings.append(make_finding("md_labelled_smd", [row], message, reading, certainty))
    return findings


def _widened(g: Span) -> Span:
    slack = 0.03 * max(abs(g.low), abs(g.high)) + 0.005
    return Span(g.low - slack, g.high + slack)


def patient_reported(row: ArmRow) -> bool:
    """Whether patients score the outcome; an unknown instrument with a bounded scale is taken as one."""
    known = find_instrument(row.instrument, row.outcome)
    if known is not None:
        return known.patient_reported
    return range_of(row) is not None and find_analyte(row.instrument, row.outcome) is None


def check_effect_size(block: Block) -> list[Finding]:
    """Standardised differences over 1.7 on a patient-reported scale, measured in SDs of scores.

    Changes are left out: their SD may be small without anything being wrong.
    """
    findings: list[Finding] = []
    for pair in block.comparisons("final"):
        samples = [sample_of(row) for row in pair.rows]
        if pair.first.is_baseline or not patient_reported(pair.first) or samples[0] is None or samples[1] is None:
            continue
        g = hedges_g(samples[0], samples[1])
        if g is None or (g.low <= LARGEST_BELIEVABLE and g.high >= -LARGEST_BELIEVABLE):
            continue
        message = (
            f"{where(pair.first)}: standardised difference {number(face_g(samples[0], samples[1]), 2)} for a "
            "patient-reported outcome."
        )
        findings.append(implausible(list(pair.rows), message))
    for row in block.of_type("contrast"):
        too_large = row.effect is not None and abs(row.effect.value) - row.effect.half_unit > LARGEST_BELIEVABLE
        if row.effect_measure == "SMD" and too_large and patient_reported(row) and not row.noted.within:
            pair_or_none = block.arms_of(row)
            rows = [row, *(pair_or_none.rows if pair_or_none else ())]
            if findings:
                findings = [implausible(rows, findings[0].message)]
            elif not block.of_type("change"):
                message = f"{where(row)}: standardised difference {row.effect} for a patient-reported outcome."
                findings.append(implausible([row], message))
    return findings


def implausible(rows: list[ArmRow], message: str) -> Finding:
    """The finding of a difference too large to be pooled unchecked."""
    reading = "do not pool before the source is checked; sensitivity analysis without it"
    return make_finding("effect_implausible", rows, message, reading, "possible")
