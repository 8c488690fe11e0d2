"""Standard errors in the SD column, and SDs in the SE column.

Both mistakes change every SD of an arm pair by sqrt(n) at once. The two readings are put against whatever else
is printed: the p, an interval, the baseline SDs of the same study, the usual SD of the instrument, the range.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.numbers import plain
from reviewkit.trust.findings import make_finding
from reviewkit.trust.layout import Block, Comparison, Usual, range_of
from reviewkit.trust.p_values import disagree, printed_readings, sample_of
from reviewkit.trust.rows import ArmRow, Certainty, Finding
from reviewkit.trust.spread import largest_sd
from reviewkit.trust.testing import difference_p, difference_se, face_g, t_quantile

_LEAST_N = 8
_NEAR = math.log(2.2)
_USUAL_EXCLUDES = math.log(3.2)
_USUAL_NEAR = math.log(1.6)
_BEYOND_PEOPLE = 4.0
"""Standardised difference beyond which no two groups of people are believed to stand apart."""


@dataclass(slots=True)
class Evidence:
    """What speaks for another reading of a spread column, and whether anything speaks against it."""

    reasons: list[str]
    against: bool = False
    excludes_plain: bool = False


def _ratio_evidence(rows: Sequence[ArmRow], usual: Usual, *, as_se: bool) -> tuple[bool, bool]:
    """Whether the usual SD fits the other reading in all rows, and whether it excludes the plain one."""
    fits, excludes = [], []
    for row in rows:
        typical = usual.sd(row)
        printed = row.sd if as_se else row.se
        if typical is None or printed is None or not row.n or printed.value <= 0:
            return False, False
        root = math.sqrt(row.n)
        plain = math.log(printed.value / typical) if as_se else math.log(printed.value * root / typical)
        other = plain + math.log(root) if as_se else plain - math.log(root)
        fits.append(abs(other) < _NEAR and abs(other) < abs(plain))
        excludes.append(abs(plain) > _USUAL_EXCLUDES and abs(other) < _USUAL_NEAR)
    return all(fits), all(excludes)


def _p_evidence(pairs: Sequence[Comparison], evidence: Evidence, *, as_se: bool) -> None:
    """The printed p under both readings."""
    for pair in pairs:
        readings = printed_readings(pair.first)
        roots = [math.sqrt(row.n or 1) for row in pair.rows]
        factors = roots if as_se else [1 / root for root in roots]
        plain = [sample_of(row) for row in pair.rows]
        other = [sample_of(row, spread_factor=factor) for row, factor in zip(pair.rows, factors, strict=True)]
        if readings is None or pair.first.p_kind == "within" or None in plain or None in other:
            continue
        p_plain = difference_p(plain[0], plain[1]) if plain[0] and plain[1] else None
        p_other = difference_p(other[0], other[1]) if other[0] and other[1] else None
        if p_plain is None or p_other is None:
            continue
        plain_fits, other_fits = not disagree(p_plain, readings), not disagree(p_other, readings)
        if other_fits and not plain_fits:
            evidence.reasons.append(f"the printed p {pair.first.p_value_printed} only fits so")
            evidence.excludes_plain = True
        elif plain_fits and not other_fits:
            evidence.against = True


def _interval_evidence(block: Block, rows: Sequence[ArmRow], evidence: Evidence, *, as_se: bool) -> None:
    """The interval of the mean difference under both readings."""
    for contrast in block.of_type("contrast"):
        pair = block.arms_of(contrast)
        low, high = contrast.effect_ci_low, contrast.effect_ci_high
        if pair is None or pair.first not in rows or contrast.effect_measure != "MD" or low is None or high is None:
            continue
        plain = [sample_of(row) for row in pair.rows]
        if contrast.noted.adjusted or plain[0] is None or plain[1] is None:
            continue
        # A bootstrap or rank interval is about as wide as Student's, which is enough to tell sqrt(n) apart.
        near = math.log(1.5 if contrast.noted.other_interval else 1.25)
        df = plain[0].n + plain[1].n - 2
        shown = (high.value - low.value) / (2 * t_quantile(contrast.noted.level, df))
        computed = difference_se(plain[0], plain[1]).middle
        if shown <= 0 or computed <= 0:
            continue
        root = math.sqrt(statistics.fmean([plain[0].n, plain[1].n]))
        expected = root if as_se else 1 / root
        off_plain, off_other = abs(math.log(shown / computed)), abs(math.log(shown / computed / expected))
        if off_other < near and off_plain > math.log(1.6):
            evidence.reasons.append("the interval of the difference only fits so")
            evidence.excludes_plain = True
        elif off_plain < near:
            evidence.against = True


def _own_interval_evidence(rows: Sequence[ArmRow], evidence: Evidence, *, as_se: bool) -> None:
    """Each arm's own interval under both readings: half-width is t times the SE."""
    for row in rows:
        printed = row.sd if as_se else row.se
        if row.ci_low is None or row.ci_high is None or printed is None or not row.n or row.noted.other_interval:
            continue
        shown = (row.ci_high.value - row.ci_low.value) / (2 * t_quantile(row.noted.level, row.n - 1))
        root = math.sqrt(row.n)
        plain = printed.value / root if as_se else printed.value
        other = printed.value if as_se else printed.value / root
        if min(shown, plain, other) <= 0:
            continue
        if abs(math.log(shown / other)) < math.log(1.25):
            evidence.reasons.append("the arm's own interval only fits so")
            evidence.excludes_plain = True
        elif abs(math.log(shown / plain)) < math.log(1.25):
            evidence.against = True


def _sibling_evidence(block: Block, rows: Sequence[ArmRow], evidence: Evidence, *, as_se: bool) -> None:
    """The SDs of the same arms at other times: about sqrt(n) away from the plain reading, near the other."""
    plain_offs, other_offs = [], []
    for row in rows:
        printed = row.sd if as_se else row.se
        for other in block.of_type("final"):
            if other in rows or other.arm != row.arm or other.sd is None or printed is None or not row.n:
                continue
            if other.sd.value <= 0 or printed.value <= 0:
                continue
            value = printed.value * math.sqrt(row.n)
            as_sd = math.log(printed.value / other.sd.value)
            from_se = math.log(value / other.sd.value)
            plain_offs.append(abs(as_sd) if as_se else abs(from_se))
            other_offs.append(abs(from_se) if as_se else abs(as_sd))
    if plain_offs and max(other_offs) < math.log(1.8) and min(plain_offs) > math.log(2.2):
        evidence.reasons.append("the SDs of the same arms at another time fit so")
        evidence.excludes_plain = True


def _beyond_range(rows: Sequence[ArmRow]) -> bool:
    for row in rows:
        bounds = range_of(row)
        if bounds and row.se is not None and row.mean is not None and row.n and row.n > 1:
            inside = bounds[0] <= row.mean.value <= bounds[1]
            if inside and row.se.span.low * math.sqrt(row.n) > largest_sd(row.mean, *bounds, row.n):
                return True
    return False


def _beyond_any_difference(block: Block, rows: Sequence[ArmRow]) -> bool:
    """Whether two arms stand over 4 SDs apart as printed, and under 2 with standard errors in the column."""
    for pair in block.comparisons("final"):
        plain = [sample_of(row) for row in pair.rows]
        other = [sample_of(row, spread_factor=math.sqrt(row.n or 1)) for row in pair.rows]
        if pair.first not in rows or plain[0] is None or plain[1] is None or other[0] is None or other[1] is None:
            continue
        if min(plain[0].sd.middle, plain[1].sd.middle) > 0 and abs(face_g(plain[0], plain[1])) > _BEYOND_PEOPLE:
            return abs(face_g(other[0], other[1])) < _BEYOND_PEOPLE / 2
    return False


def _judge(block: Block, rows: Sequence[ArmRow], usual: Usual, *, as_se: bool) -> Evidence | None:
    """The evidence for the other reading in one report, time and value type; ``None`` if it is not enough."""
    evidence = Evidence([])
    beyond = as_se and _beyond_any_difference(block, rows)
    fits, excludes = _ratio_evidence(rows, usual, as_se=as_se)
    if any(usual.sd(row) is not None for row in rows) and not fits and not beyond:
        return None
    arms = {row.row_id for row in rows}
    pairs = [pair for pair in block.comparisons("final") if pair.first.row_id in arms and pair.second.row_id in arms]
    _p_evidence(pairs, evidence, as_se=as_se)
    _interval_evidence(block, rows, evidence, as_se=as_se)
    _own_interval_evidence(rows, evidence, as_se=as_se)
    _sibling_evidence(block, rows, evidence, as_se=as_se)
    if not as_se and _beyond_range(rows):
        evidence.reasons.append("read as SEs they give SDs that the scale cannot hold")
        evidence.excludes_plain = True
    if beyond:
        evidence.reasons.append("read as SDs they make the arms differ by more than people do")
        evidence.excludes_plain = True
    if fits and excludes:
        evidence.reasons.append("the usual SD of the instrument fits so")
        evidence.excludes_plain = True
    return evidence if evidence.excludes_plain and not evidence.against else None


def _check(block: Block, usual: Usual, *, as_se: bool) -> list[Finding]:
    column = "sd" if as_se else "se"
    blamed: list[ArmRow] = []
    reasons: list[str] = []
    for rows in block.groups("final").values():
        full = [row for row in rows if getattr(row, column) is not None and row.n and row.n >= _LEAST_N and row.mean]
        if len(full) < 2 or len(full) < len(rows) or (not as_se and any(row.sd is not None for row in full)):
            continue
        evidence = _judge(block, full, usual, as_se=as_se)
        if evidence is not None:
            blamed += full
            reasons += [reason for reason in evidence.reasons if reason not in reasons]
    if not blamed:
        return []
    certainty: Certainty = "sure" if len(reasons) >= 3 else "likely"
    first = blamed[0]
    if as_se:
        sds = ", ".join(plain(row.sd.value * math.sqrt(row.n), digits=3) for row in blamed if row.sd and row.n)
        message = f"the SD column holds standard errors ({first.sd} at n={first.n}): {'; '.join(reasons)}."
        reading = f"SD = {sds}"
    else:
        implied = first.se.value * math.sqrt(first.n) if first.se and first.n else 0.0
        sds = ", ".join(str(row.se) for row in blamed)
        message = (
            f"the SE column holds SDs: {first.se} x sqrt({first.n}) would be an SD of {plain(implied, digits=3)}; "
            f"{'; '.join(reasons)}."
        )
        reading = f"read the SE column as SD (SD = {sds})"
    code = "se_as_sd" if as_se else "sd_as_se"
    return [make_finding(code, blamed, message, reading, certainty)]


def check_columns(block: Block, usual: Usual) -> list[Finding]:
    """SD columns that hold standard errors, and SE columns that hold SDs."""
    return _check(block, usual, as_se=True) + _check(block, usual, as_se=False)
