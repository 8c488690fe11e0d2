"""Printed p values against the printed numbers: between the arms, and within one arm.

Every p is recomputed over all values that round to the printed means and SDs, with Welch's and the pooled t
test, or the usual tests of a two-by-two table. A finding needs the two ranges to be disjoint.
"""

from __future__ import annotations

import math

from reviewkit.numbers import plain
from reviewkit.trust.counts import possible_counts
from reviewkit.trust.findings import make_finding, p_words, where
from reviewkit.trust.layout import Block, Comparison, sd_span
from reviewkit.trust.printed import Span
from reviewkit.trust.rows import ArmRow, Finding
from reviewkit.trust.testing import Sample, difference_p, face_p, one_sample_p, table_p, z_span

_GAP_IN_Z = 0.05
_LINE = 0.05
"""Where papers draw the line between significant and not."""


def sample_of(row: ArmRow, *, spread_factor: float = 1.0) -> Sample | None:
    """A row's mean, SD and n as intervals; ``spread_factor`` multiplies the SD (for another reading of it)."""
    spread = sd_span(row)
    if row.mean is None or spread is None or not row.n or row.n < 2:
        return None
    return Sample(row.mean.span, spread.times(spread_factor), row.n)


def between_p(pair: Comparison) -> Span | None:
    """All p values that the printed numbers of two arms allow, or ``None`` where they do not suffice."""
    if pair.first.value_type in {"events", "percent"}:
        return _counts_p(pair)
    first, second = sample_of(pair.first), sample_of(pair.second)
    return difference_p(first, second) if first and second else None


def _counts_p(pair: Comparison) -> Span | None:
    left, right = (possible_counts(row) for row in pair.rows)
    n1, n2 = pair.first.people, pair.second.people
    if not left or not right or not n1 or not n2:
        return None
    spans = [table_p(a, n1, b, n2) for a in left for b in right if a <= n1 and b <= n2]
    return Span(min(s.low for s in spans), max(s.high for s in spans)) if spans else None


def printed_readings(row: ArmRow) -> list[Span] | None:
    """The two-sided p values that a printed p may stand for; ``None`` if it comes from another kind of test."""
    printed = row.p
    note = row.noted
    if printed is None or note.adjusted or note.rank or note.log:
        return None
    if note.multiple:
        if not note.multiplier:
            return None
        return [Span(printed.low / note.multiplier, 1.0 if printed.high >= 1 else printed.high / note.multiplier)]
    if note.one_sided:
        double = Span(min(1.0, 2 * printed.low), min(1.0, 2 * printed.high))
        other = Span(max(0.0, 2 * (1 - printed.high)), min(1.0, 2 * (1 - printed.low)))
        return [double, other]
    return [printed]


def disagree(computed: Span, readings: list[Span]) -> bool:
    """Whether the printed p is excluded: disjoint from the computed range by more than a hair in z."""
    allowed = z_span(computed)
    return not any(allowed.overlaps(z_span(reading), _GAP_IN_Z) for reading in readings)


def excluded_p(pair: Comparison, row: ArmRow | None = None) -> Span | None:
    """The computed p range if it excludes the p printed on ``row`` (default: the intervention row)."""
    row = row or pair.first
    if row.p_kind == "within" or any(r.noted.imputed for r in pair.rows):
        return None
    readings = printed_readings(row)
    computed = between_p(pair)
    if readings is None or computed is None or not disagree(computed, readings):
        return None
    return computed


def within_p(block: Block, row: ArmRow) -> tuple[ArmRow, Span] | None:
    """The change row of the same arm and time, and the p values of its paired t test."""
    for change in block.of_type("change"):
        same = change.arm == row.arm and change.timepoint_weeks == row.timepoint_weeks
        if same and change.report_id == row.report_id:
            sample = sample_of(change)
            p = one_sample_p(sample.mean, sample.sd, sample.n) if sample else None
            if p is not None:
                return change, p
    return None


def central_p(pair: Comparison) -> float | None:
    """The p of the printed numbers taken at face value: Welch's test, or the middle of the usual table tests."""
    if pair.first.value_type in {"events", "percent"}:
        computed = between_p(pair)
        return math.sqrt(max(computed.low, 1e-12) * computed.high) if computed else None
    first, second = (sample_of(row) for row in pair.rows)
    return face_p(first, second) if first and second else None


def _of_changes(block: Block, pair: Comparison) -> float | None:
    """The p of the difference in changes of the same arms at the same time, if the changes are printed."""
    for changes in block.comparisons("change"):
        same_arms = changes.first.arm == pair.first.arm and changes.second.arm == pair.second.arm
        if same_arms and changes.first.timepoint_weeks == pair.first.timepoint_weeks:
            return central_p(changes)
    return None


def _within_finding(block: Block, pair: Comparison, between: float) -> Finding | None:
    """A before-after p of one arm, printed as the p between the arms."""
    blamed, reasons = [], []
    for row in pair.rows:
        readings = printed_readings(row)
        if readings is None or row.p_kind == "within":
            continue
        candidates = [within_p(block, arm) for arm in ((row,) if row is pair.second else pair.rows)]
        for found in candidates:
            if found and not disagree(found[1], readings):
                change, _ = found
                blamed.append(row)
                reasons.append(
                    f"printed p {row.p_value_printed} is the before-after p of {change.arm} (mean "
                    f"change {change.mean}, "
                    f"SD {change.sd or 'from SE or CI'}, n {change.n})"
                )
                break
    if pair.first not in blamed:
        return None
    of_changes = _of_changes(block, pair)
    between = between if of_changes is None else of_changes
    message = (
        f"{where(pair.first)}: {'; '.join(reasons)}; the difference between the arms has p about {p_words(between)}."
    )
    reading = f"between-group p about {p_words(between)}" + ("; no difference shown" if between > 0.05 else "")
    return make_finding("within_p_as_between", blamed, message, reading, "likely")


def _two_p_finding(block: Block, pair: Comparison, between: float) -> Finding | None:
    """Each arm with a p of its own, neither of them between the arms, and no change rows to recompute them."""
    first, second = pair.rows
    if not second.p_value_printed or second.p_kind == "within" or excluded_p(pair, second) is None:
        return None
    if within_p(block, first) or first.p_value_printed == second.p_value_printed:
        return None
    message = (
        f"{where(first)}: each arm has a p of its own ({first.p_value_printed}; "
        f"{second.p_value_printed}), and neither can "
        f"compare the arms, whose difference has p about {p_words(between)}."
    )
    reading = f"between-group p about {p_words(between)}"
    return make_finding("within_p_as_between", [first, second], message, reading, "possible")


def _contrast_p_findings(block: Block) -> list[Finding]:
    """The p of a contrast against the arm rows, where the mean difference shows that it compares these rows."""
    findings = []
    for row in block.of_type("contrast"):
        pair = block.arms_of(row)
        if pair is None or row.effect_measure != "MD" or row.effect is None:
            continue
        first, second = (sample_of(side) for side in pair.rows)
        if first is None or second is None or not first.mean.minus(second.mean).overlaps(row.effect.span):
            continue
        between = central_p(pair)
        if between is None or excluded_p(pair, row) is None:
            continue
        message = (
            f"{where(row)}: printed p {row.p_value_printed}, but the arms' means, SDs and n give about "
            f"{p_words(between)}, whatever the rounding and the usual test."
        )
        findings.append(make_finding("p_mismatch", [row], message, f"p about {p_words(between)}", "sure"))
    return findings


def _test_finding(pair: Comparison) -> Finding | None:
    """Counts whose p is claimed to be under 0.05 where the usual tests lie on both sides of it.

    A p printed as a number names its test by its value, and 'NS' follows from the stricter tests; a bare '<0.05'
    does neither. Counts that are not certain from a printed percentage say nothing.
    """
    row = pair.first
    readings = printed_readings(row)
    if row.value_type not in {"events", "percent"} or row.p_kind == "within" or not readings:
        return None
    if any(len(possible_counts(side)) != 1 for side in pair.rows):
        return None
    computed = between_p(pair)
    claimed = all(reading.low == 0 and reading.high == _LINE for reading in readings)
    if not claimed or computed is None or not computed.low < _LINE < computed.high:
        return None
    span = f"{plain(computed.low, digits=3)} to {plain(computed.high, digits=3)}"
    message = (
        f"{where(row)}: p is printed as {row.p_value_printed}; recomputed from the counts it is {span}: it depends on "
        "the test."
    )
    return make_finding("p_depends_on_test", [row], message, f"p {span}, by the test that is used", "possible")


def check_p_values(block: Block) -> list[Finding]:
    """Between-group p values that the printed numbers exclude, with the before-after p told apart."""
    findings = _contrast_p_findings(block)
    for pair in block.comparisons("final", "change", "events", "percent"):
        if excluded_p(pair) is None:
            hanging = _test_finding(pair)
            findings += [hanging] if hanging else []
            continue
        between = central_p(pair)
        if between is None:
            continue
        within = _within_finding(block, pair, between) or _two_p_finding(block, pair, between)
        if within is not None:
            findings.append(within)
            continue
        what = "counts" if pair.first.value_type in {"events", "percent"} else "means, SDs and n"
        findings.append(
            make_finding(
                "p_mismatch",
                [pair.first],
                f"{where(pair.first)}: printed between-group p {pair.first.p_value_printed}, but the "
                f"printed {what} give "
                f"about {p_words(between)}, whatever the rounding and the usual test.",
                f"p about {p_words(between)}",
                "sure",
            )
        )
    return findings
