"""The same people counted twice: a shared comparator, or one trial entered as two.

Two rows are 'the same people' if n, mean and SD agree within rounding (SE and SD converted, a person fewer at
follow-up allowed). How far that can be chance is reckoned from the printed precision: the share of the usual
spread that the rounding interval covers, for each number that agrees.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.layout import Usual, contrast_arms, sd_span
from reviewkit.trust.printed import Printed
from reviewkit.trust.rows import ArmRow, Finding

_CHANCE = 0.02
_FEWER = 2
"""Of people, at most, where a follow-up lost one more in one entry and n is compared with a margin."""
_YEAR_LETTER = re.compile(r"(\d{4})[a-z]$")
_ROW_TYPES = frozenset({"final", "change"})


@dataclass(frozen=True)
class Entry:
    """One entry of a trial: the arm rows of one study id and report for one outcome."""

    study_id: str
    report_id: str
    outcome: str
    rows: tuple[ArmRow, ...]

    def at(self, week: float | None, role: str) -> list[ArmRow]:
        """Rows of one role at one time."""
        return self._places.get((week, role), [])

    @cached_property
    def single(self) -> dict[tuple[float | None, str, str], ArmRow]:
        """The row of each time, role and kind of value that has one row alone."""
        found: dict[tuple[float | None, str, str], list[ArmRow]] = defaultdict(list)
        for row in self.rows:
            found[row.timepoint_weeks, row.arm_role, row.value_type].append(row)
        return {place: rows[0] for place, rows in found.items() if len(rows) == 1}

    @cached_property
    def _places(self) -> dict[tuple[float | None, str], list[ArmRow]]:
        found: dict[tuple[float | None, str], list[ArmRow]] = defaultdict(list)
        for row in self.rows:
            found[row.timepoint_weeks, row.arm_role].append(row)
        return dict(found)

    @cached_property
    def weeks(self) -> list[float | None]:
        """The times, in order of appearance."""
        return list(dict.fromkeys(row.timepoint_weeks for row in self.rows))


def match_log_chance(first: ArmRow, second: ArmRow, usual: Usual, *, fewer: int = 0) -> float | None:
    """Log of the chance that two rows of different people agree so well; ``None`` if they do not agree.

    Means of different trials are taken to differ by an SD, SDs by half their size, n by twenty.
    """
    if first.mean is None or second.mean is None or first.n is None or second.n is None:
        return None
    if abs(first.n - second.n) > fewer or first.value_type != second.value_type:
        return None
    if not _same_number(first.mean, second.mean):
        return None
    spreads = sd_span(first), sd_span(second)
    scale = min((value for value in (usual.sd(first), spreads[0].middle if spreads[0] else None) if value), default=0.0)
    if scale <= 0:
        return None
    width = 2 * max(first.mean.half_unit, second.mean.half_unit)
    chance = math.log((1 + 2 * fewer) / 20) + min(0.0, math.log(width / (2 * scale)))
    if spreads[0] is not None and spreads[1] is not None:
        if not spreads[0].overlaps(spreads[1]) or (first.sd and second.sd and not _same_number(first.sd, second.sd)):
            return None
        wide = max(spreads[0].high - spreads[0].low, spreads[1].high - spreads[1].low)
        chance += min(0.0, math.log(max(wide, 1e-12) / (0.5 * scale)))
    return chance


def _same_number(first: Printed, second: Printed) -> bool:
    """Whether the finer number rounds to the coarser one (half a unit either way)."""
    return abs(first.value - second.value) <= max(first.half_unit, second.half_unit) * (
        1.0 + 1e-9 if first.decimals != second.decimals else 0.1
    )


def make_entries(rows: Sequence[ArmRow]) -> list[Entry]:
    """Arm rows with means, by study, report, outcome and instrument."""
    found: dict[tuple[str, str, str, str], list[ArmRow]] = defaultdict(list)
    for row in rows:
        if row.value_type in _ROW_TYPES and row.mean is not None:
            found[row.study_id, row.report_id, row.outcome, row.instrument].append(row)
    return [Entry(study, report, outcome, tuple(group)) for (study, report, outcome, _), group in found.items()]


def _linked(first: Entry, second: Entry) -> bool:
    """Whether registration, report, or author and year (2010a, 2010b) say that two entries belong together."""
    marks = [
        {row.noted.registration for row in entry.rows if row.noted.registration}
        | ({entry.report_id} if entry.report_id else set())
        | {_YEAR_LETTER.sub(r"\1", entry.study_id)}
        for entry in (first, second)
    ]
    return bool(marks[0] & marks[1])


def _role_match(first: Entry, second: Entry, role: str, usual: Usual) -> tuple[float, list[ArmRow], bool] | None:
    """Chance and rows of all agreeing values of one role; ``None`` if values at a common time disagree.

    A follow-up may have lost one person more in one entry, with other values in consequence, if baseline agrees.
    """
    chance, matched, clash = 0.0, [], False
    weeks = [week for week in first.weeks if week in second.weeks]
    for week in weeks:
        for kind in _ROW_TYPES:
            left, right = first.single.get((week, role, kind)), second.single.get((week, role, kind))
            if left is None or right is None:
                continue
            exact = match_log_chance(left, right, usual)
            lenient = exact is None and week not in (0, None)
            found = match_log_chance(left, right, usual, fewer=_FEWER) if lenient else exact
            if found is None:
                if week in (0, None):
                    return None
                clash = True
                continue
            chance += found
            matched += [left, right]
    return (chance, matched, clash) if matched else None


def _pair_finding(first: Entry, second: Entry, usual: Usual, pairs: int) -> Finding | None:
    """The finding on two entries; unlinked ones must agree better than chance lets any of ``pairs`` pairs agree."""
    comparator = _role_match(first, second, "comparator", usual)
    if comparator is None:
        return None
    intervention = _role_match(first, second, "intervention", usual)
    limit = math.log(_CHANCE if _linked(first, second) else _CHANCE / pairs)
    if intervention:
        based = any(row.is_baseline for row in (*comparator[1], *intervention[1]))
        if (comparator[2] or intervention[2]) and not based:
            return None
        if comparator[0] + intervention[0] < limit:
            return _twice(first, second, [*intervention[1], *comparator[1]])
    elif not comparator[2] and comparator[0] < limit:
        return _shared(first, second, comparator[1])
    return None


def _twice(first: Entry, second: Entry, matched: list[ArmRow]) -> Finding | None:
    if first.study_id == second.study_id and all(row.is_baseline for row in matched):
        return None
    same_arms = "the same arms, n and values"
    if first.study_id == second.study_id:
        names = f"reports {first.report_id} and {second.report_id}"
        reading = "keep one report per outcome and time point"
    else:
        names = f"{first.study_id} and {second.study_id}"
        reading = "one trial: link both reports to one study"
    message = (
        f"{names} carry {same_arms} ({where(matched[0])}: mean {matched[0].mean}, n {matched[0].n}): one "
        "trial, counted twice."
    )
    return make_finding("same_sample_twice", [*second.rows, *first.rows], message, reading, "likely")


def _shared(first: Entry, second: Entry, matched: list[ArmRow]) -> Finding | None:
    if any(row.noted.divided for row in matched):
        return None
    n = max(row.n or 0 for row in matched)
    studies = " and ".join(dict.fromkeys((first.study_id, second.study_id)))
    message = (
        f"the comparator of {studies} is the same {n} people ({where(matched[0])}: mean {matched[0].mean}), entered in "
        "full beside two interventions."
    )
    reading = f"one study with several arms: enter the comparator once, or halve it (n={n // 2})"
    return make_finding("shared_comparator", matched, message, reading, "likely")


def _repeated(entry: Entry, usual: Usual) -> list[Finding]:
    """One comparator listed twice in one report, once for each intervention."""
    findings = []
    for week in entry.weeks:
        for kind in sorted(_ROW_TYPES):
            rows = [row for row in entry.at(week, "comparator") if row.value_type == kind]
            chance = match_log_chance(rows[0], rows[1], usual) if len(rows) == 2 else None
            others = len([row for row in entry.at(week, "intervention") if row.value_type == kind])
            if chance is not None and chance < math.log(_CHANCE) and others > 1:
                found = _shared(entry, entry, rows)
                findings += [found] if found else []
    return findings


def check_entries(rows: Sequence[ArmRow], usual: Usual) -> list[Finding]:
    """One trial entered twice, or one comparator in two comparisons; ``rows`` is the whole table."""
    by_place: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in make_entries(rows):
        by_place[entry.outcome, entry.rows[0].instrument].append(entry)
    findings = [found for entries in by_place.values() for entry in entries for found in _repeated(entry, usual)]
    for entries in by_place.values():
        for first, second in _alike_in_size(entries):
            found = _pair_finding(first, second, usual, len(entries) * (len(entries) - 1) // 2)
            if found is not None:
                findings.append(found)
    return findings


def _alike_in_size(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs, in order, whose comparators differ by no more people than a match allows: few of many."""
    sizes: dict[int, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        for n in _comparator_sizes(entry):
            sizes[n].append(place)
    for place, first in enumerate(entries):
        near = {other for n in _comparator_sizes(first) for size in range(n - _FEWER, n + _FEWER + 1)
                for other in sizes.get(size, ()) if other > place}
        for other in sorted(near):
            yield first, entries[other]


def _comparator_sizes(entry: Entry) -> set[int]:
    return {row.n for (_, role, _), row in entry.single.items() if role == "comparator" and row.n is not None}


def _full_n(row: ArmRow, rows: Sequence[ArmRow], arm: str) -> int | None:
    """How many people of the arm a contrast counts: as stated, by its note, else the arm's n."""
    if row.n_comparator:
        return row.n_comparator
    if row.noted.pair_n:
        return row.noted.pair_n[1]
    sizes = [other.people for other in rows if other.arm == arm and other.value_type != "contrast" and other.people]
    return sizes[-1] if sizes else None


def check_contrasts(rows: Sequence[ArmRow]) -> list[Finding]:
    """Several contrasts of one study against the same arm, each with all its people; ``rows``: one study."""
    groups: dict[tuple[str, str, float | None, str], list[ArmRow]] = defaultdict(list)
    for row in rows:
        arms = contrast_arms(row)
        if row.value_type == "contrast" and arms[1] and not row.noted.divided:
            groups[row.outcome, row.instrument, row.timepoint_weeks, arms[1]].append(row)
    findings = []
    for (_, _, _, arm), group in groups.items():
        firsts = {contrast_arms(row)[0] for row in group}
        sizes = [_full_n(row, rows, arm) for row in group]
        if len(firsts) < 2 or not all(sizes) or len(set(sizes)) > 1:
            continue
        n = sizes[0] or 0
        arm_n = max((row.people or 0 for row in rows if row.arm == arm and row.value_type != "contrast"), default=n)
        if n * len(firsts) <= arm_n:
            continue
        message = (
            f"{len(group)} contrasts use all {n} people of the arm '{arm}'; pooling them counts these "
            f"people {len(group)} times."
        )
        reading = f"combine the intervention arms, or divide the comparator (n={n // len(firsts)} each)"
        findings.append(make_finding("shared_comparator", group, message, reading, "likely"))
    return findings
