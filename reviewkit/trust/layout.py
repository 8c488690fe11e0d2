"""How rows hang together: blocks (one outcome of one study), comparisons, and what is usual for an instrument."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reviewkit.trust.instruments import Metric, find_analyte, find_instrument, find_unit, metric_for_range
from reviewkit.trust.printed import Span
from reviewkit.trust.rows import ArmRow
from reviewkit.trust.testing import t_quantile


@dataclass(frozen=True, slots=True)
class Comparison:
    """An intervention row and the comparator row it is compared with: same report, time and value type."""

    first: ArmRow
    second: ArmRow

    @property
    def rows(self) -> tuple[ArmRow, ArmRow]:
        """Both rows."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class Block:
    """All rows of one outcome (with one instrument) of one study."""

    study_id: str
    outcome: str
    rows: tuple[ArmRow, ...]

    def of_type(self, *value_types: str) -> list[ArmRow]:
        """The rows with one of these value types."""
        return [row for row in self.rows if row.value_type in value_types]

    def groups(self, *value_types: str) -> dict[tuple[str, float | None, str], list[ArmRow]]:
        """Arm rows by report, time and value type."""
        found: dict[tuple[str, float | None, str], list[ArmRow]] = defaultdict(list)
        for row in self.of_type(*value_types):
            found[row.report_id, row.timepoint_weeks, row.value_type].append(row)
        return dict(found)

    def comparisons(self, *value_types: str) -> list[Comparison]:
        """Every intervention row with the one comparator row of its report, time and value type."""
        pairs = []
        for rows in self.groups(*value_types).values():
            comparators = [row for row in rows if row.arm_role == "comparator"]
            if len(comparators) == 1:
                pairs += [Comparison(row, comparators[0]) for row in rows if row.arm_role == "intervention"]
        return pairs

    def arms_of(self, contrast: ArmRow) -> Comparison | None:
        """The two final (else change, events) rows that a contrast compares, by arm names and time."""
        first, parted, second = (part.strip() for part in _parts(contrast.arm))
        if not parted:
            return None
        for kind in (
            ("change", "final") if "change" in contrast.note.lower() else ("final", "change", "events", "percent")
        ):
            rows = [
                row
                for row in self.of_type(kind)
                if row.timepoint_weeks == contrast.timepoint_weeks and row.report_id == contrast.report_id
            ]
            left = [row for row in rows if row.arm == first]
            right = [row for row in rows if row.arm == second]
            if len(left) == 1 and len(right) == 1:
                return Comparison(left[0], right[0])
        return None

    def sizes_of(self, contrast: ArmRow) -> tuple[int, int] | None:
        """The numbers of people behind a contrast: as stated, from its note, its arms, or baseline."""
        if contrast.n_intervention and contrast.n_comparator:
            return contrast.n_intervention, contrast.n_comparator
        if contrast.noted.pair_n:
            return contrast.noted.pair_n
        pair = self.arms_of(contrast)
        if pair and pair.first.people and pair.second.people:
            return pair.first.people, pair.second.people
        first, _, second = (part.strip() for part in _parts(contrast.arm))
        sizes = {row.arm: row.n for row in self.rows if row.n and row.value_type != "contrast"}
        left, right = sizes.get(first), sizes.get(second)
        return (left, right) if left and right else None


def _parts(arm: str) -> tuple[str, str, str]:
    for word in (" vs ", " vs. ", " versus ", " v "):
        if word in arm:
            return arm.partition(word)
    return arm, "", ""


def contrast_arms(row: ArmRow) -> tuple[str, str]:
    """The two arm names of a contrast row; the second is empty where the text names one arm."""
    first, _, second = _parts(row.arm)
    return first.strip(), second.strip()


def make_blocks(rows: Iterable[ArmRow]) -> list[Block]:
    """Rows by study, outcome and instrument, in order of appearance.

    A row without an instrument joins the only instrument of its study and outcome, if there is just one.
    """
    table = tuple(rows)
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in table:
        if row.instrument:
            named[row.study_id, row.outcome].add(row.instrument)
    found: dict[tuple[str, str, str], list[ArmRow]] = defaultdict(list)
    for row in table:
        known = named[row.study_id, row.outcome]
        instrument = next(iter(known)) if not row.instrument and len(known) == 1 else row.instrument
        found[row.study_id, row.outcome, instrument].append(row)
    return [Block(study, outcome, tuple(block)) for (study, outcome, _), block in found.items()]


def sd_span(row: ArmRow) -> Span | None:
    """The SDs that a row's SD, SE or interval of the mean allows, in units of the score."""
    if row.sd is not None:
        return Span(max(row.sd.span.low, 0.0), row.sd.span.high)
    if not row.n or row.n < 2:
        return None
    if row.se is not None:
        return Span(max(row.se.span.low, 0.0), row.se.span.high).times(math.sqrt(row.n))
    if row.ci_low is not None and row.ci_high is not None and row.mean is not None and not row.noted.other_interval:
        width = row.ci_high.span.minus(row.ci_low.span)
        if width.low > 0:
            return width.times(math.sqrt(row.n) / (2 * t_quantile(row.noted.level, row.n - 1)))
    return None


def metric_of(row: ArmRow) -> Metric | None:
    """The metric in which a row is declared, if the instrument is known."""
    instrument = find_instrument(row.instrument, row.outcome)
    if instrument is None:
        return None
    low = row.scale_min.value if row.scale_min else None
    high = row.scale_max.value if row.scale_max else None
    if low is None and "sum" in row.instrument.lower():
        return next((metric for metric in instrument.metrics if "sum" in metric.name), None)
    return metric_for_range(instrument, low, high)


def range_of(row: ArmRow) -> tuple[float, float] | None:
    """The declared range of the scale, both ends known, else ``None``."""
    if row.scale_min is None or row.scale_max is None:
        return None
    return row.scale_min.value, row.scale_max.value


def _instrument_key(row: ArmRow) -> tuple[str, float | None, float | None, str]:
    known = find_instrument(row.instrument, row.outcome) or find_analyte(row.instrument, row.outcome)
    name = known.name if known else (row.instrument or row.outcome).lower()
    low = row.scale_min.value if row.scale_min else None
    high = row.scale_max.value if row.scale_max else None
    return name, low, high, row.unit


@dataclass(slots=True)
class Usual:
    """What is usual for an instrument: medians over the other studies of the table, else general knowledge.

    A study's own rows never vouch for themselves; fewer than ``least`` other studies do not count.
    """

    least: int = 4
    _sds: dict[tuple[str, float | None, float | None, str], dict[str, float]] = field(default_factory=dict)
    _means: dict[tuple[str, float | None, float | None, str], dict[str, float]] = field(default_factory=dict)
    _labels: dict[tuple[str, float | None, float | None, str], dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[ArmRow]) -> Usual:
        """Gather medians of final-score means and SDs by instrument, range, unit and study."""
        sds: dict[tuple[str, float | None, float | None, str], dict[str, list[float]]] = {}
        means: dict[tuple[str, float | None, float | None, str], dict[str, list[float]]] = {}
        usual = cls()
        for row in rows:
            key = _instrument_key(row)
            if row.higher_is in {"better", "worse"} and not row.noted.reversed_scale and "=" not in row.instrument:
                usual._labels.setdefault(key, {})[row.study_id] = row.higher_is
            if row.value_type != "final" or row.mean is None:
                continue
            means.setdefault(key, {}).setdefault(row.study_id, []).append(row.mean.value)
            spread = sd_span(row)
            if spread is not None and spread.middle > 0:
                sds.setdefault(key, {}).setdefault(row.study_id, []).append(spread.middle)
        usual._sds = {key: {s: statistics.median(v) for s, v in by.items()} for key, by in sds.items()}
        usual._means = {key: {s: statistics.median(v) for s, v in by.items()} for key, by in means.items()}
        return usual

    def _others(self, table: dict[str, float], study_id: str) -> float | None:
        values = [value for study, value in table.items() if study != study_id]
        return statistics.median(values) if len(values) >= self.least else None

    def sd(self, row: ArmRow) -> float | None:
        """The usual SD of final scores in the row's metric and unit, or ``None``."""
        others = self._others(self._sds.get(_instrument_key(row), {}), row.study_id)
        return others if others is not None else _general(row, "sd")

    def mean(self, row: ArmRow) -> float | None:
        """The usual mean of final scores in the row's metric and unit, or ``None``."""
        others = self._others(self._means.get(_instrument_key(row), {}), row.study_id)
        return others if others is not None else _general(row, "mean")

    def label(self, row: ArmRow) -> str:
        """The direction that other studies give the instrument, if at least three do and 80 % agree, else empty."""
        table = self._labels.get(_instrument_key(row), {})
        labels = [label for study, label in table.items() if study != row.study_id]
        for label in ("better", "worse"):
            if len(labels) >= 3 and labels.count(label) >= 0.8 * len(labels):
                return label
        return ""


def _general(row: ArmRow, what: str) -> float | None:
    metric = metric_of(row)
    if metric is not None:
        return metric.usual_sd if what == "sd" else metric.usual_mean
    analyte = find_analyte(row.instrument, row.outcome)
    unit = find_unit(analyte, row.unit) if analyte else None
    if analyte is None or unit is None:
        return None
    return (analyte.usual_sd if what == "sd" else analyte.usual_mean) * unit.per_reference
