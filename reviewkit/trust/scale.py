"""Two metrics of one instrument under one name, and units that do not belong to their numbers.

Two kinds of proof: values that the declared range (or the human range of the analyte) excludes and another known
metric (unit) holds; and a known factor between baseline and follow-up in mean and SD of all arms together.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.numbers import plain
from reviewkit.trust.findings import make_finding, when
from reviewkit.trust.instruments import (
    ANALYTES,
    Analyte,
    Instrument,
    Metric,
    Unit,
    find_analyte,
    find_instrument,
    find_unit,
)
from reviewkit.trust.layout import Block, Usual, metric_of, sd_span
from reviewkit.trust.rows import ArmRow, Finding

_LARGE_FACTOR = 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """How mean and SD of each arm go from one time to another: logs of the ratios, arm by arm."""

    earlier: tuple[ArmRow, ...]
    later: tuple[ArmRow, ...]
    mean_logs: tuple[float, ...]
    sd_logs: tuple[float, ...]


def _steps(block: Block) -> list[Step]:
    """Baseline to each follow-up, where all arms have mean and SD at both."""
    groups = {key: rows for key, rows in block.groups("final").items() if key[1] is not None}
    bases = [rows for key, rows in groups.items() if key[1] == 0]
    if not bases:
        return []
    base = {row.arm: row for row in bases[0]}
    found = []
    for key, rows in groups.items():
        if key[1] == 0 or len(rows) < 2 or any(row.arm not in base for row in rows):
            continue
        step = _step([base[row.arm] for row in rows], rows)
        if step is not None:
            found.append(step)
    return found


def _step(earlier: Sequence[ArmRow], later: Sequence[ArmRow]) -> Step | None:
    mean_logs, sd_logs = [], []
    for before, after in zip(earlier, later, strict=True):
        spreads = sd_span(before), sd_span(after)
        if before.mean is None or after.mean is None or spreads[0] is None or spreads[1] is None:
            return None
        if min(before.mean.value, after.mean.value, spreads[0].middle, spreads[1].middle) <= 0:
            return None
        mean_logs.append(math.log(after.mean.value / before.mean.value))
        sd_logs.append(math.log(spreads[1].middle / spreads[0].middle))
    return Step(tuple(earlier), tuple(later), tuple(mean_logs), tuple(sd_logs))


def _moves_by(step: Step, factor: float, near: float) -> bool:
    """Whether the arms' means (within ``near``, a log) and their SDs go by ``factor`` rather than stay."""
    target = math.log(factor)
    sd_log = statistics.fmean(step.sd_logs)
    mean_log = statistics.fmean(step.mean_logs)
    nearer = all(abs(x - target) < abs(x) for x in (mean_log, sd_log))
    # A treated arm moves as well: it may stand further off where the factor is large.
    reach = max(near, 0.75 * abs(target)) if abs(target) > math.log(1.8) else near
    means = abs(mean_log - target) < near and all(abs(x - target) < reach for x in step.mean_logs)
    return nearer and means and abs(sd_log - target) < max(near * 1.3, abs(target) / 2)


def _outside(row: ArmRow, low: float, high: float) -> bool:
    return row.mean is not None and not low <= row.mean.value <= high


def _fits_metric(rows: Sequence[ArmRow], metric: Metric) -> bool:
    """Whether means lie in a metric's range and SDs are of its size (within a factor of 2.5)."""
    for row in rows:
        spread = sd_span(row)
        if row.mean is None or not metric.low <= row.mean.value <= metric.high:
            return False
        if spread is not None and not 0.4 < max(spread.middle, 1e-12) / metric.usual_sd < 2.5:
            return False
    return True


def _factor_words(given: Metric, declared: Metric) -> str:
    factor = (given.high - given.low) / (declared.high - declared.low)
    if given.low or declared.low:
        factor = given.high / declared.high
    return f"divide by {plain(factor)}" if factor > 1 else f"multiply by {plain(1 / factor)}"


def _range_finding(block: Block, instrument: Instrument, declared: Metric) -> Finding | None:
    finals = [row for row in block.of_type("final") if row.mean is not None]
    groups = list(block.groups("final").values())
    odd = [rows for rows in groups if len(rows) > 1 and all(_outside(row, declared.low, declared.high) for row in rows)]
    if not odd:
        return None
    blamed = [row for rows in odd for row in rows]
    for metric in instrument.metrics:
        if metric is declared or not _fits_metric(blamed, metric):
            continue
        name = block.rows[0].instrument or instrument.name
        first = blamed[0]
        if len(blamed) < len(finals):
            message = (
                f"{name}: {when(first)} values ({first.mean}) are on the {metric.name} metric "
                f"({plain(metric.low)} to {plain(metric.high)}), "
                f"the others on {plain(declared.low)} to {plain(declared.high)}."
            )
            reading = _factor_words(metric, declared)
        else:
            message = (
                f"{name}: range {plain(declared.low)} to {plain(declared.high)} declared, but the values "
                f"({first.mean}) are of the {metric.name}."
            )
            factor = _factor_words(metric, declared)
            reading = (
                f"the range is {plain(metric.low)} to {plain(metric.high)}"
                if metric.high < declared.high
                else f"{factor}, or take the range {plain(metric.low)} to {plain(metric.high)}"
            )
        return make_finding("metric_mixed", blamed, message, reading, "sure")
    return None


def _factor_finding(block: Block, instrument: Instrument, declared: Metric, usual: Usual) -> Finding | None:
    """A known factor between baseline and follow-up in mean and SD of every arm."""
    for step in _steps(block):
        for metric in instrument.metrics:
            factor = metric.high / declared.high
            if metric is declared or factor in (0.0, 1.0):
                continue
            near = max(math.log(1.3), 0.35 * abs(math.log(factor)))
            if _moves_by(step, factor, near):
                odd = step.later
            elif _moves_by(step, 1 / factor, near):
                odd = step.earlier
            else:
                continue
            if not _nearer_to(odd, usual, factor):
                continue
            first = odd[0]
            words = "halve" if factor == 2 else _factor_words(metric, declared)
            message = (
                f"{block.rows[0].instrument}: {when(first)} values ({first.mean}, SD {first.sd}) are {metric.name} "
                f"({plain(metric.low)} to {plain(metric.high)}), the others {declared.name} "
                f"({plain(declared.low)} to {plain(declared.high)}): mean and SD "
                f"of every arm differ by about {plain(factor)}."
            )
            reading = "halve mean and SD (divide by 2)" if words == "halve" else f"{words} mean and SD"
            return make_finding("metric_mixed", odd, message, reading, "likely")
    return None


def _usual_finding(block: Block, instrument: Instrument, declared: Metric) -> Finding | None:
    """Means and SDs of every row a large known factor from what is usual, though inside the declared range."""
    rows = [row for row in block.of_type("final") if row.mean is not None and row.mean.value > 0]
    spreads = [spread.middle for row in rows if (spread := sd_span(row)) is not None and spread.middle > 0]
    if len(rows) < 2 or len(spreads) < len(rows):
        return None
    mean_log = statistics.fmean(math.log(row.mean.value / declared.usual_mean) for row in rows if row.mean)
    sd_log = statistics.fmean(math.log(value / declared.usual_sd) for value in spreads)
    for metric in instrument.metrics:
        size = math.log(metric.usual_sd / declared.usual_sd)
        fits = max(abs(mean_log - size), abs(sd_log - size)) < abs(size) / 3
        if abs(size) < math.log(_LARGE_FACTOR) or not fits or not _fits_metric(rows, metric):
            continue
        message = (
            f"{block.rows[0].instrument}: range {plain(declared.low)} to {plain(declared.high)} declared, but mean "
            f"{rows[0].mean} and "
            f"its SD are of the size of the {metric.name} ({plain(metric.low)} to {plain(metric.high)})."
        )
        reading = f"the range is {plain(metric.low)} to {plain(metric.high)}; {_factor_words(metric, declared)}"
        return make_finding("metric_mixed", rows, message, reading, "likely")
    return None


def _nearer_to(rows: Sequence[ArmRow], usual: Usual, factor: float) -> bool:
    """Whether dividing by ``factor`` brings the rows' SDs nearer to the instrument's usual SD."""
    logs = []
    for row in rows:
        typical, spread = usual.sd(row), sd_span(row)
        if typical is not None and spread is not None and spread.middle > 0:
            logs.append(math.log(spread.middle / typical))
    return not logs or abs(statistics.fmean(logs) - math.log(factor)) < abs(statistics.fmean(logs))


def check_metric(block: Block, usual: Usual) -> list[Finding]:
    """Two metrics of one instrument under one name or range."""
    rows = block.of_type("final")
    instrument = find_instrument(rows[0].instrument, rows[0].outcome) if rows else None
    declared = metric_of(rows[0]) if rows else None
    if instrument is None or declared is None or len(instrument.metrics) < 2:
        return []
    found = (
        _range_finding(block, instrument, declared)
        or _factor_finding(block, instrument, declared, usual)
        or _usual_finding(block, instrument, declared)
    )
    return [found] if found else []


def _unit_for(analyte: Analyte, value: float, not_this: Unit) -> Unit | None:
    """The unit in which a value is usual, if the human range holds it there.

    A slip of the prefix (ng for pg) is likelier than another kind of unit (pmol for pg), so it goes first.
    """
    fitting = [
        unit
        for unit in analyte.units
        if unit.per_reference != not_this.per_reference
        and analyte.low * unit.per_reference <= value <= analyte.high * unit.per_reference
    ]
    if not fitting:
        return None

    def rank(unit: Unit) -> tuple[bool, float]:
        power = math.log10(unit.per_reference / not_this.per_reference)
        return abs(power - round(power)) > 1e-6, abs(math.log(value / (analyte.usual_mean * unit.per_reference)))

    return min(fitting, key=rank)


def _human_range_finding(block: Block, analyte: Analyte, unit: Unit) -> Finding | None:
    blamed: list[ArmRow] = []
    for rows in block.groups("final", "median_iqr").values():
        values = [number.value for row in rows if (number := row.mean or row.median) is not None]
        low, high = analyte.low * unit.per_reference / 2, analyte.high * unit.per_reference * 2
        if len(values) >= 2 and (max(values) < low or min(values) > high) and min(values) > 0:
            blamed += rows
    first = next((number for row in blamed if (number := row.mean or row.median) is not None), None)
    right = _unit_for(analyte, first.value, unit) if first else None
    if first is None or right is None:
        return None
    off = first.value / (analyte.usual_mean * unit.per_reference)
    size = f"{plain(off, digits=3)} times" if off > 1 else f"a {plain(1 / off, digits=3)}th of"
    message = f"{analyte.name} {first} {unit.name} is {size} the human level; in {right.name} it is usual."
    return make_finding("unit_wrong", blamed, message, right.name, "sure")


def _conversion_finding(block: Block, analyte: Analyte, unit: Unit) -> Finding | None:
    """Every arm moves from baseline by the factor of another unit, mean and SD together."""
    for step in _steps(block):
        for other in analyte.units:
            factor = other.per_reference / unit.per_reference
            if not 0.2 < factor < 5 or 0.9 < factor < 1.1:
                continue
            near = max(math.log(1.12), 0.35 * abs(math.log(factor)))
            if _moves_by(step, factor, near):
                odd = step.later
            elif _moves_by(step, 1 / factor, near):
                odd = step.earlier
            else:
                continue
            message = (
                f"{analyte.name}: mean and SD of every arm differ by about {plain(factor, digits=3)} at "
                f"{when(odd[0])}: those values are in "
                f"{other.name}, the column says {unit.name}."
            )
            reading = f"{other.name} at {when(odd[0])} (divide by {plain(factor, digits=4)})"
            return make_finding("unit_wrong", odd, message, reading, "likely")
    return None


_UNIT_SHAPE = re.compile(r"[^\W\d]{1,5}/[^\W\d]{1,4}\Z")


def _no_unit_finding(analyte: Analyte, rows: Sequence[ArmRow]) -> list[Finding]:
    """A unit that nothing is measured in: letters were lost, or another analyte's unit was printed."""
    first = next((number for row in rows if (number := row.mean or row.median) is not None), None)
    printed = rows[0].unit.strip()
    if first is None or not _UNIT_SHAPE.match(printed) or any(row.unit != rows[0].unit for row in rows):
        return []
    right = next((u for u in analyte.units if analyte.low <= first.value / u.per_reference <= analyte.high), None)
    if right is None or any(find_unit(known, printed) for known in ANALYTES):
        return []
    message = f"{analyte.name} {first} {printed}: no unit of that name is known; the value is usual in {right.name}."
    return [make_finding("unit_wrong", rows, message, right.name, "possible")]


def check_unit(block: Block) -> list[Finding]:
    """Laboratory values whose unit cannot be right."""
    rows = block.of_type("final", "median_iqr")
    analyte = find_analyte(rows[0].instrument, rows[0].outcome) if rows else None
    unit = find_unit(analyte, rows[0].unit) if analyte else None
    if analyte is not None and unit is None:
        return _no_unit_finding(analyte, rows)
    if analyte is None or unit is None or any(row.unit != rows[0].unit for row in rows):
        return []
    found = _human_range_finding(block, analyte, unit) or _conversion_finding(block, analyte, unit)
    return [found] if found else []
