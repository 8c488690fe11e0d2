"""One number a factor of ten off: a lost or misplaced decimal point in a mean or an SD."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.layout import Block, Usual, range_of
from reviewkit.trust.printed import Printed
from reviewkit.trust.rows import ArmRow, Finding
from reviewkit.trust.spread import check_spread

_FAR = math.log(4.0)
_NEAR = math.log(1.8)
_SD_NEAR = math.log(1.65)
_COLLAPSE = 10.0


def _shifted(value: Printed, references: Sequence[float], near: float) -> Printed | None:
    """``value`` with its point moved one place, if that and only that brings it near all the references."""
    if value.value <= 0 or not references or min(references) <= 0:
        return None
    middle = statistics.median(references)
    off = math.log(value.value / middle)
    if abs(off) < _FAR:
        return None
    moved = value.scaled(-1 if off > 0 else 1)
    return moved if abs(math.log(moved.value / middle)) < near else None


def _others(row: ArmRow, block: Block, column: str) -> list[float]:
    numbers = [getattr(other, column) for other in block.of_type(row.value_type) if other is not row]
    return [number.value for number in numbers if number is not None]


def _references(row: ArmRow, block: Block, usual: Usual, column: str) -> list[float]:
    """Numbers to hold against: the other rows of the outcome; with fewer than two, the instrument's too."""
    values = _others(row, block, column)
    typical = (usual.mean(row) if column == "mean" else usual.sd(row)) if row.value_type == "final" else None
    if len(values) < 2 and typical is not None:
        values = [*values, typical, typical]
    return values


def _mean_shift(row: ArmRow, block: Block, usual: Usual) -> Printed | None:
    if row.mean is None or row.value_type != "final":
        return None
    references = _references(row, block, usual, "mean")
    moved = _shifted(row.mean, references, _NEAR)
    if moved is None or len(references) < 2:
        return None
    bounds = range_of(row)
    if bounds and not bounds[0] <= moved.value <= bounds[1]:
        return None
    sds = _others(row, block, "sd")
    if row.sd is not None and sds and row.sd.value > 0 and statistics.median(sds) > 0:
        # A mean that truly fell to a tenth takes its SD along; a misplaced point leaves the SD where it was.
        if abs(math.log(row.sd.value / statistics.median(sds))) > math.log(2):
            return None
        if abs(row.mean.value - moved.value) < 0.8 * row.sd.value:
            return None
    return moved


def _mean_is_odd(row: ArmRow, block: Block) -> bool:
    """Whether the row's mean is itself far from the others', so that its SD may well be."""
    means = _others(row, block, "mean")
    if row.value_type != "final" or row.mean is None or not means or min(*means, row.mean.value, 1.0) <= 0:
        return False
    return abs(math.log(row.mean.value / statistics.median(means))) > math.log(2)


def _partner_agrees(row: ArmRow, block: Block) -> bool:
    """Whether another arm at the same time has an SD of the same size, so that not one number is off."""
    for other in block.of_type(row.value_type):
        same_place = other.timepoint_weeks == row.timepoint_weeks and other.report_id == row.report_id
        if other is row or not same_place or other.sd is None or row.sd is None:
            continue
        if min(other.sd.value, row.sd.value) > 0 and abs(math.log(row.sd.value / other.sd.value)) < math.log(2.5):
            return True
    return False


def _sd_shift(row: ArmRow, block: Block, usual: Usual) -> Printed | None:
    if row.sd is None or _mean_is_odd(row, block) or _partner_agrees(row, block):
        return None
    references = _references(row, block, usual, "sd")
    if row.value_type == "change" and len(references) < 2:
        references += [other.sd.value * 0.8 for other in block.of_type("final") if other.sd is not None]
    return _shifted(row.sd, references, _SD_NEAR) if len(references) >= 2 else None


def _collapses(block: Block) -> list[Finding]:
    """An arm whose SD is another order of magnitude at another time, while nothing can say which one is right.

    Where the mean moved with it (a floor was reached, or a point misplaced in both), only a person can tell.
    """
    findings = []
    for rows in _by_arm(block).values():
        spread = [row for row in rows if row.sd is not None and row.sd.value > 0 and row.mean is not None]
        if len(spread) < 2:
            continue
        largest, least = (pick(spread, key=lambda row: row.sd.value if row.sd else 0.0) for pick in (max, min))
        if largest.sd is None or least.sd is None or largest.sd.span.low < _COLLAPSE * least.sd.span.high:
            continue
        message = (f"{where(least)}: SD {least.sd} beside {largest.sd} in the same arm"
                   f" ({where(largest)}): one of them is about a factor 10 off, or is no SD.")
        findings.append(make_finding("decimal_shift", [least], message, "check both SDs in the source", "possible"))
    return findings


def _by_arm(block: Block) -> dict[tuple[str, str], list[ArmRow]]:
    found: dict[tuple[str, str], list[ArmRow]] = {}
    for row in block.of_type("final"):
        found.setdefault((row.report_id, row.arm), []).append(row)
    return found


def check_decimals(block: Block, usual: Usual) -> list[Finding]:
    """Means or SDs ten times too large or too small against the other rows of the outcome.

    Exactly one number must be off: where both arms move together, another metric, unit or column is likelier.
    """
    shifts: list[tuple[ArmRow, str, Printed, Printed]] = []
    for row in block.of_type("final", "change"):
        mean, sd = _mean_shift(row, block, usual), _sd_shift(row, block, usual)
        if mean is not None and row.mean is not None:
            shifts.append((row, "mean", row.mean, mean))
        if sd is not None and row.sd is not None:
            shifts.append((row, "SD", row.sd, sd))
    if len(shifts) != 1:
        # An SD that cannot be is told as such, by the check of spreads.
        return [] if shifts or check_spread(block, usual) else _collapses(block)
    return [
        make_finding(
            "decimal_shift",
            [row],
            f"{where(row)}: {what} {printed} is a factor 10 from the other rows ({moved} expected).",
            str(moved),
            "sure" if len(block.rows) > 3 else "likely",
        )
        for row, what, printed, moved in shifts
    ]
