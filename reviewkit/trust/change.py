"""Change values against baseline and follow-up: lost minus signs, other changes, arms unlike at baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reviewkit.numbers import number, plain
from reviewkit.trust.findings import make_finding, p_words, where
from reviewkit.trust.layout import Block, Comparison
from reviewkit.trust.p_values import between_p, sample_of
from reviewkit.trust.printed import Printed, Span
from reviewkit.trust.rows import ArmRow, Finding

_BASELINE_P = 0.01
_ALIKE_P = 0.05


@dataclass(frozen=True, slots=True)
class ChangeTriple:
    """Baseline, follow-up and change rows of one arm."""

    baseline: ArmRow
    final: ArmRow
    change: ArmRow

    @property
    def same_people(self) -> bool:
        """Whether all three rows count the same number of people."""
        return self.baseline.n == self.final.n == self.change.n and self.change.n is not None

    @property
    def expected(self) -> Span | None:
        """Follow-up minus baseline over the rounding of both means; minus that where improvement is positive."""
        if self.baseline.mean is None or self.final.mean is None:
            return None
        span = self.final.mean.span.minus(self.baseline.mean.span)
        return span.times(-1) if self.change.noted.improvement_positive else span

    @property
    def slack(self) -> float:
        """What people lost between the rows can move the difference: about half an SD of the share lost."""
        sizes = [row.n for row in (self.baseline, self.final, self.change)]
        sd = self.change.sd or self.final.sd or self.baseline.sd
        if self.same_people:
            return 0.0
        known = [size for size in sizes if size]
        if len(known) < 3 or sd is None:
            return math.inf
        return 2 * sd.value * max(0.15, (max(known) - min(known)) / max(known))


def change_triples(block: Block) -> list[ChangeTriple]:
    """Every change row with the baseline and follow-up rows of the same arm (and report, for the follow-up)."""
    found = []
    finals = block.of_type("final")
    for change in block.of_type("change"):
        same_arm = [row for row in finals if row.arm == change.arm]
        baselines = [row for row in same_arm if row.is_baseline]
        later = [row for row in same_arm if row.timepoint_weeks == change.timepoint_weeks and not row.is_baseline]
        near = [row for row in baselines if row.report_id == change.report_id] or baselines
        ends = [row for row in later if row.report_id == change.report_id] or later
        if near and ends and change.mean is not None:
            found.append(ChangeTriple(near[0], ends[0], change))
    return found


def _verdict(triple: ChangeTriple) -> str:
    """'fits', 'flipped' (fits with the other sign), 'other', or '' where nothing can be said."""
    expected, mean, note = triple.expected, triple.change.mean, triple.change.noted
    if expected is None or mean is None or not math.isfinite(triple.slack):
        return ""
    if note.imputed or note.adjusted or note.log or triple.final.noted.imputed or triple.final.noted.adjusted:
        return ""
    if expected.overlaps(mean.span, triple.slack):
        return "fits"
    if expected.times(-1).overlaps(mean.span, triple.slack):
        return "flipped"
    return "other" if triple.same_people else ""


def _flipped_finding(triple: ChangeTriple, *, alone: bool) -> Finding:
    change, mean = triple.change, triple.change.mean
    turned = Printed(-mean.value, mean.decimals) if mean else None
    others = "while the other arm keeps its sign" if alone else "and so do all changes of this outcome"
    message = (
        f"{where(change)}: the score goes from {triple.baseline.mean} to {triple.final.mean}, the change is printed as "
        f"{mean}, {others}."
    )
    reading = str(turned) if alone else f"{turned}, or changes printed as improvement (baseline minus follow-up)"
    return make_finding("lost_minus", [change], message, reading, "sure" if alone else "possible")


def check_changes(block: Block) -> list[Finding]:
    """Changes that are not follow-up minus baseline, with a lost minus sign told apart."""
    triples = [(triple, _verdict(triple)) for triple in change_triples(block)]
    flipped = [triple for triple, verdict in triples if verdict == "flipped"]
    straight = any(verdict in {"fits", "other"} for _, verdict in triples)
    findings = [_flipped_finding(triple, alone=straight or len(triples) == 1) for triple in flipped]
    for triple, verdict in triples:
        if verdict != "other" or triple.change.mean is None or triple.expected is None:
            continue
        places = triple.change.mean.decimals
        right = number(triple.expected.middle, places)
        message = (
            f"{where(triple.change)}: printed change {triple.change.mean}, but baseline "
            f"{triple.baseline.mean} and follow-up "
            f"{triple.final.mean} of the same {triple.change.n} people give {right}."
        )
        findings.append(make_finding("baseline_imbalance_change", [triple.change], message, right, "sure"))
    return findings


def _pair_at(block: Block, kind: str, like: Comparison, *, baseline: bool) -> Comparison | None:
    for pair in block.comparisons(kind):
        same = pair.first.arm == like.first.arm and pair.second.arm == like.second.arm
        in_time = pair.first.is_baseline if baseline else pair.first.timepoint_weeks == like.first.timepoint_weeks
        if same and in_time:
            return pair
    return None


def _apart(pair: Comparison) -> float | None:
    first, second = (sample_of(row) for row in pair.rows)
    return first.mean.middle - second.mean.middle if first and second else None


def check_imbalance(block: Block) -> list[Finding]:
    """Arms far apart at baseline, so that final values and changes tell different stories.

    Randomised designs only: the baseline difference must be one that chance gives in fewer than 1 of 100 trials, and
    the change must differ clearly between the arms where the final values do not (or the other way round).
    """
    findings = []
    for changes in block.comparisons("change"):
        design = changes.first.design.lower()
        final = _pair_at(block, "final", changes, baseline=False)
        base = _pair_at(block, "final", changes, baseline=True)
        if "case" in design or "cohort" in design or final is None or base is None:
            continue
        p_base, p_final, p_change = between_p(base), between_p(final), between_p(changes)
        gap, d_final, d_change = _apart(base), _apart(final), _apart(changes)
        if p_base is None or p_final is None or p_change is None or gap is None or d_final is None or d_change is None:
            continue
        opposed = d_final * d_change < 0 and min(p_final.high, p_change.high) < _ALIKE_P
        split = (p_change.high < _ALIKE_P < p_final.low) or (p_final.high < _ALIKE_P < p_change.low)
        if p_base.high > _BASELINE_P or not (split or opposed):
            continue
        message = (
            f"{where(changes.first)}: the arms differ by {plain(gap, digits=3)} at baseline (p about "
            f"{p_words(p_base.middle)}); difference in "
            f"final scores {number(d_final, 2)}, in changes {number(d_change, 2)}: "
            "the two readings disagree beyond reason."
        )
        reading = "use an analysis adjusted for baseline; do not mix final and change values here"
        findings.append(make_finding("baseline_imbalance_change", list(changes.rows), message, reading, "likely"))
    return findings
