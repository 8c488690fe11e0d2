"""Intervals: not centred on their estimate, at odds with their p, or with a lost minus sign."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from reviewkit.numbers import number
from reviewkit.trust.findings import make_finding, p_words, where
from reviewkit.trust.layout import Block
from reviewkit.trust.p_values import disagree, printed_readings, sample_of
from reviewkit.trust.printed import Printed, Span
from reviewkit.trust.rows import ArmRow, Finding
from reviewkit.trust.testing import difference_se, t_p, t_quantile, z_p, z_span

RATIOS = frozenset({"OR", "RR", "HR", "IRR", "RoM", "RoGM", "ROM", "GMR"})
Triple = tuple[Printed, Printed, Printed]


def _log_span(number: Printed) -> Span | None:
    span = number.span
    return Span(math.log(span.low), math.log(span.high)) if span.low > 0 else None


def off_centre(estimate: Printed, low: Printed, high: Printed, *, ratio: bool) -> bool | None:
    """Whether the estimate is not the middle of its limits, beyond rounding; ``None`` if that cannot be said.

    Ratios are looked at on the log scale. A limit printed as 0 has no log, so nothing is said there.
    """
    if not ratio:
        middle = Span((low.span.low + high.span.low) / 2, (low.span.high + high.span.high) / 2)
        return not middle.overlaps(estimate.span)
    logs = [_log_span(number) for number in (estimate, low, high)]
    if logs[0] is None or logs[1] is None or logs[2] is None:
        return None
    middle = Span((logs[1].low + logs[2].low) / 2, (logs[1].high + logs[2].high) / 2)
    return not middle.overlaps(logs[0])


def _negated(number: Printed) -> Printed:
    return Printed(-number.value, number.decimals)


def sign_restored(triple: Triple) -> Triple | None:
    """Estimate and limits with the one sign changed that centres them again, or ``None``.

    Only for triples that are out of order (the estimate outside its limits, or the limits swapped), or where a
    flipped limit centres the interval to the last printed digit.
    """
    estimate, low, high = triple
    options: list[Triple] = [
        (_negated(estimate), low, high),
        (estimate, _negated(low), high),
        (estimate, low, _negated(high)),
    ]
    fitting = [
        option
        for option in options
        if option[1].value <= option[0].value <= option[2].value and not off_centre(*option, ratio=False)
    ]
    return fitting[0] if fitting and off_centre(*triple, ratio=False) else None


def _show(triple: Triple) -> str:
    return f"{triple[0]} ({triple[1]} to {triple[2]})"


def _triple(row: ArmRow) -> Triple | None:
    if row.effect is None or row.effect_ci_low is None or row.effect_ci_high is None:
        return None
    return row.effect, row.effect_ci_low, row.effect_ci_high


def computed_interval(block: Block, row: ArmRow) -> tuple[float, float, float] | None:
    """Effect and 95 % limits from the arm rows: mean difference (pooled t), or OR and RR (Wald on the log)."""
    pair = block.arms_of(row)
    if pair is None:
        return None
    if row.effect_measure in {"OR", "RR"}:
        a, b = pair.first.events, pair.second.events
        n1, n2 = pair.first.people, pair.second.people
        if not a or not b or not n1 or not n2 or a >= n1 or b >= n2:
            return None
        if row.effect_measure == "RR":
            log, var = math.log(a / n1 / (b / n2)), 1 / a - 1 / n1 + 1 / b - 1 / n2
        else:
            log, var = math.log(a * (n2 - b) / (b * (n1 - a))), 1 / a + 1 / (n1 - a) + 1 / b + 1 / (n2 - b)
        half = 1.959964 * math.sqrt(var)
        return math.exp(log), math.exp(log - half), math.exp(log + half)
    first, second = (sample_of(side) for side in pair.rows)
    if row.effect_measure != "MD" or first is None or second is None:
        return None
    apart = first.mean.middle - second.mean.middle
    half = t_quantile(row.noted.level, first.n + second.n - 2) * difference_se(first, second).middle
    return apart, apart - half, apart + half


def _one_limit(row: ArmRow, block: Block, triple: Triple) -> str:
    """Which limit is likely wrong, and what it should be, judged by the arm rows or the p."""
    estimate, low, high = triple
    ratio = row.effect_measure in RATIOS
    computed = computed_interval(block, row)
    if ratio:
        if computed:
            return f"{number(computed[1], 2)} to {number(computed[2], 2)} (from the counts)"
        if low.value > 0 and high.value > 0:
            lower, upper = (number(estimate.value**2 / bound.value, 2) for bound in (high, low))
            return f"lower limit {lower} or upper limit {upper}"
        return "check the limits in the source"
    mirrored = 2 * estimate.value - low.value, 2 * estimate.value - high.value
    upper, lower = (number(value, estimate.decimals) for value in mirrored)
    half = (computed[2] - computed[1]) / 2 if computed else _half_from_p(row, block)
    if half is None:
        return f"upper limit {upper} or lower limit {lower}"
    low_off, high_off = abs(estimate.value - low.value - half), abs(high.value - estimate.value - half)
    return f"upper limit {upper}" if low_off <= high_off else f"lower limit {lower}"


def _half_from_p(row: ArmRow, block: Block) -> float | None:
    readings = printed_readings(row)
    if readings is None or row.effect is None or readings[0].high >= 1 or readings[0].low <= 0:
        return None
    sizes = block.sizes_of(row)
    z = z_span(readings[0]).middle
    return abs(row.effect.value) / z * t_quantile(0.95, sum(sizes) - 2 if sizes else 60) if z > 0 else None


def check_contrast_intervals(block: Block) -> list[Finding]:
    """Contrasts whose interval is not centred on the effect, or whose signs do not hold together."""
    findings = []
    for row in block.of_type("contrast"):
        triple = _triple(row)
        if triple is None or row.noted.other_interval or row.noted.rank:
            continue
        ratio = row.effect_measure in RATIOS
        if not off_centre(*triple, ratio=ratio):
            continue
        restored = None if ratio else sign_restored(triple)
        if restored is not None:
            disordered = not triple[1].value <= triple[0].value <= triple[2].value
            message = (
                f"{where(row)}: {_show(triple)} does not hold together; with one minus sign it reads {_show(restored)}."
            )
            findings.append(
                make_finding("lost_minus", [row], message, _show(restored), "sure" if disordered else "likely")
            )
            continue
        scale = " on the log scale" if ratio else ""
        measure = row.effect_measure or "effect"
        message = f"{where(row)}: {measure} {triple[0]} is not the middle of {triple[1]} to {triple[2]}{scale}."
        findings.append(make_finding("ci_asymmetric", [row], message, _one_limit(row, block, triple), "sure"))
    return findings


def check_arm_intervals(block: Block) -> list[Finding]:
    """Intervals of one arm's mean that are not centred on it; the limit that does not fit the SD is named."""
    findings = []
    for row in block.of_type("final", "change"):
        mean, low, high = row.mean, row.ci_low, row.ci_high
        note = row.noted
        if mean is None or low is None or high is None or note.other_interval or note.log or note.imputed:
            continue
        if not off_centre(mean, low, high, ratio=False):
            continue
        restored = sign_restored((mean, low, high)) if row.value_type == "change" else None
        if restored is not None:
            message = f"{where(row)}: {_show((mean, low, high))} reads {_show(restored)} with one minus sign."
            findings.append(make_finding("lost_minus", [row], message, _show(restored), "sure"))
            continue
        reading = _arm_limit(row)
        message = f"{where(row)}: mean {mean} is not the middle of {low} to {high}."
        findings.append(make_finding("ci_asymmetric", [row], message, reading, "sure"))
    return findings


def _arm_limit(row: ArmRow) -> str:
    mean, low, high = row.mean, row.ci_low, row.ci_high
    if mean is None or low is None or high is None:
        return "check the limits in the source"
    places = low.decimals
    upper, lower = number(2 * mean.value - low.value, places), number(2 * mean.value - high.value, places)
    se = row.se.value if row.se else row.sd.value / math.sqrt(row.n) if row.sd and row.n else None
    if se is None or not row.n or row.n < 2:
        return f"upper limit {upper} or lower limit {lower}"
    half = t_quantile(row.noted.level, row.n - 1) * se
    if abs(mean.value - low.value - half) > abs(high.value - mean.value - half):
        return f"lower limit {number(mean.value - half, places)} (from the SD)"
    return f"upper limit {number(mean.value + half, places)} (from the SD)"


def interval_p(row: ArmRow, sizes: tuple[int, int] | None) -> Span | None:
    """All p values that an effect and its interval allow, by t where the sizes are known and by z as well."""
    triple = _triple(row)
    if triple is None:
        return None
    spans: Sequence[Span | None] = [number.span for number in triple]
    if row.effect_measure in RATIOS:
        spans = [_log_span(number) for number in triple]
    effect, low, high = spans
    if effect is None or low is None or high is None or high.high <= low.low:
        return None
    widest, narrowest = (high.high - low.low) / 2, max((high.low - low.high) / 2, 1e-9)
    largest = max(abs(effect.low), abs(effect.high))
    smallest = 0.0 if effect.low <= 0 <= effect.high else min(abs(effect.low), abs(effect.high))
    tests: list[tuple[float, Callable[[float], float]]] = [(t_quantile(row.noted.level, 1e7), z_p)]
    if row.effect_measure not in RATIOS:
        df = float(max(2, sum(sizes) - 2)) if sizes else 20.0
        tests.append((t_quantile(row.noted.level, df), lambda t: t_p(t, df)))
    ps = [
        test(x * critical / half) for critical, test in tests for x, half in ((largest, narrowest), (smallest, widest))
    ]
    return Span(min(ps), max(ps))


def check_interval_against_p(block: Block) -> list[Finding]:
    """Contrasts whose interval and p contradict each other by far.

    'By far' is a gap of half a standard error (0.9 for ratios, whose chi-square, exact and Wald tests differ).
    """
    findings = []
    for row in block.of_type("contrast"):
        note = row.noted
        readings = printed_readings(row)
        triple = _triple(row)
        if readings is None or triple is None or row.p_kind == "within" or note.other_interval:
            continue
        if off_centre(*triple, ratio=row.effect_measure in RATIOS):
            continue
        sizes = block.sizes_of(row)
        p = interval_p(row, sizes)
        gap = 0.9 if row.effect_measure in RATIOS else 0.5
        if p is None or not disagree(p, readings) or any(z_span(p).overlaps(z_span(r), gap) for r in readings):
            continue
        middle = math.sqrt(max(p.low, 1e-12) * max(p.high, 1e-12))
        one_se = _one_se_reading(row, triple, readings, sizes)
        measure = row.effect_measure or "effect"
        message = (
            f"{where(row)}: {measure} {_show(triple)} gives p about {p_words(middle)}, printed is "
            f"{row.p_value_printed}."
        )
        reading = one_se or f"p about {p_words(middle)}"
        findings.append(make_finding("ci_vs_p_conflict", [row], message, reading, "sure"))
    return findings


def _one_se_reading(row: ArmRow, triple: Triple, readings: list[Span], sizes: tuple[int, int] | None) -> str:
    """The 95 % interval if the printed limits are one standard error away and the p agrees, else empty."""
    estimate, low, high = triple
    df = float(sum(sizes) - 2) if sizes else 60.0
    if row.effect_measure in RATIOS:
        if min(number.value for number in triple) <= 0:
            return ""
        centre, half = math.log(estimate.value), (math.log(high.value) - math.log(low.value)) / 2
    else:
        centre, half = estimate.value, (high.value - low.value) / 2
    slack = 0.5 * 10.0**-estimate.decimals * (2 if row.effect_measure not in RATIOS else 1)
    small, large = max(abs(centre) - slack, 0) / (half + slack), (abs(centre) + slack) / max(half - slack, 1e-9)
    if disagree(Span(t_p(large, df), t_p(small, df)), readings):
        return ""
    wide = t_quantile(0.95, 1e7) * half
    ends = (centre - wide, centre + wide)
    if row.effect_measure in RATIOS:
        ends = (math.exp(ends[0]), math.exp(ends[1]))
    return f"the limits are one SE; 95% CI {number(ends[0], estimate.decimals)} to {number(ends[1], estimate.decimals)}"
