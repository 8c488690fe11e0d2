"""From extracted rows to one result a study: an effect with its variance, or the reason why there is none.

Each step is kept, so that a number can say how it came about. Of a study's comparisons one enters an analysis, chosen
by the protocol's rules, or all of them against a divided comparator: no group is counted twice (Cochrane Handbook,
sections 6.2.4 and 23.3.4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError
from reviewkit.extraction.arm_row import ArmRow
from reviewkit.extraction.arms import Events, Mean, counted, events_of, joined_events, joined_means, mean_of, rate_of
from reviewkit.extraction.printed_effects import Effect, effect_of
from reviewkit.extraction.steps import Step
from reviewkit.numbers import number, plain, working
from reviewkit.protocol import DEFAULT_CONVERSIONS, MEANS, MultiArm, Outcome

VALUE_TYPES = ("final", "change")
"""Final values are taken before changes where a study gives both (Handbook 10.5.2)."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one analysis takes from the extraction table.

    Attributes
    ----------
    sets : collection of str
        Analysis sets that belong to it.
    measure : str
        MD, SMD (Hedges' g with the exact correction), ROM, RR, OR, RD, IRR or HR.
    exclude : collection of str
        Studies left out.
    conversions : collection of str
        Conversions allowed; see `reviewkit.protocol.Plan`.
    multi_arm : {'one', 'split'}
        One comparison a study, or all against one comparator, divided between them.
    assumed : bool
        Whether rows with an assumed number or an assumed n may enter: in sensitivity analyses only.
    barred : mapping of str to str
        Rows that may not enter (row id to the reason), because one sample would count twice.
    """

    sets: Collection[str]
    measure: str
    exclude: Collection[str] = ()
    conversions: Collection[str] = DEFAULT_CONVERSIONS
    multi_arm: MultiArm = "one"
    assumed: bool = False
    barred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What one study says of one outcome in one analysis.

    Attributes
    ----------
    yi, vi : float or None
        Effect and sampling variance on the measure's analysis scale (ratios as logarithms); None where the
        rows give none, and ``reason`` says why.
    direction : {'higher', 'lower', 'no difference', 'mixed', 'not stated'}
        Of the first arm against the second: from the effect, else as the report words it.
    favours : {'intervention', 'comparator', 'no difference', 'mixed', 'not stated'}
        The same, in terms of benefit; 'not stated' where the outcome has no direction of benefit.
    n : int or None
        People analysed in both arms, where visible.
    rows : tuple of ArmRow
        The rows it rests on.
    steps : tuple of Step
        How the effect came about, from the print to the contrast.
    unused : tuple of str
        What else the study says of the outcome, and why it is not used.
    part : str
        Which comparison of the study this is, where several enter.
    """

    study_id: str
    yi: float | None
    vi: float | None
    reason: str
    direction: str
    favours: str
    n: int | None
    rows: tuple[ArmRow, ...]
    steps: tuple[Step, ...] = ()
    unused: tuple[str, ...] = ()
    part: str = ""

    @property
    def usable(self) -> bool:
        """True where the effect can enter a pool."""
        return self.yi is not None

    @property
    def one_group(self) -> str:
        """Counts of people with the event, where they are printed for one group only; else empty."""
        if self.usable or len({row.arm_role for row in self.rows} & {"intervention", "comparator"}) != 1:
            return ""
        found = {row.arm: text for row in self.rows if row.arm_role != "contrast" and (text := counted(row))}
        return "; ".join(f"{text} with {arm}" for arm, text in found.items())

    @property
    def told(self) -> str:
        """The direction; where a count is printed for one group only and no direction stated, that count."""
        return self.one_group if self.direction == "not stated" and self.one_group else self.direction

    def lineage(self) -> str:
        """How the effect came about, one step a line."""
        steps = self.steps or (Step("contrast", f"no effect: {self.reason}"),)
        return "\n".join(f"{step.kind:<10} {step}" for step in steps)


def study_results(rows: Iterable[ArmRow], outcome: Outcome, use: Use) -> tuple[StudyResult, ...]:
    """One result for each study that has a row for the outcome in the analysis sets; several where arms are split.

    Parameters
    ----------
    rows : iterable of ArmRow
        The whole extraction table.
    """
    by_study: dict[str, list[ArmRow]] = {}
    for row in rows:
        if row.outcome == outcome.id and row.analysis_set in use.sets and row.study_id not in use.exclude:
            by_study.setdefault(row.study_id, []).append(row)
    return tuple(result for study, found in by_study.items() for result in _of_study(study, found, outcome, use))


def _of_study(study: str, rows: Sequence[ArmRow], outcome: Outcome, use: Use) -> tuple[StudyResult, ...]:
    groups = _groups(rows)
    candidates = [_contrast(study, group, outcome, use) for group in groups]
    candidates.sort(key=lambda c: _rank(c, outcome))
    best = candidates[0]
    if not best.usable and len(candidates) > 1:
        return (_together(candidates),)
    chosen = [best]
    if use.multi_arm == "split" and best.usable:
        chosen = _split(best, candidates, outcome, use)
    taken = {row.row_id for result in chosen for row in result.rows}
    unused = tuple(
        f"row {other.rows[0].row_id}: " + ("another result of this study is used; one contrast a study" if other.usable
                                           else other.reason)
        for other in candidates if not taken.issuperset(row.row_id for row in other.rows)
    )
    return tuple(replace(result, unused=unused) for result in chosen)


def _groups(rows: Sequence[ArmRow]) -> list[tuple[ArmRow, ...]]:
    """Rows that belong to one comparison at one time on one instrument."""
    groups: dict[tuple[str, ...], list[ArmRow]] = {}
    for row in rows:
        key = (row.comparison, row.instrument, row.timepoint, row.value_type, row.analysis_set)
        groups.setdefault(key, []).append(row)
    return [tuple(group) for group in groups.values()]


def _rank(result: StudyResult, outcome: Outcome) -> tuple[object, ...]:
    """The protocol's order of preference: usable, comparator, instrument, time, final before change."""
    row = result.rows[0]
    instruments = [instrument.name for instrument in outcome.instruments]
    comparators = outcome.plan.comparators
    names = {r.arm for r in result.rows} | {result.rows[0].comparison}
    wanted = next((i for i, name in enumerate(comparators) if any(name.casefold() in n.casefold() for n in names)),
                  len(comparators))
    place = instruments.index(row.instrument) if row.instrument in instruments else len(instruments)
    time = outcome.window.distance(row.timepoint_weeks) if outcome.window else 0.0
    kind = VALUE_TYPES.index(row.value_type) if row.value_type in VALUE_TYPES else len(VALUE_TYPES)
    return not result.usable, wanted, place, time, kind


def _together(candidates: Sequence[StudyResult]) -> StudyResult:
    """Of results none of which is usable: what they say together."""
    return replace(
        candidates[0], direction=_agreed([c.direction for c in candidates]),
        favours=_agreed([c.favours for c in candidates]),
        reason="; ".join(dict.fromkeys(c.reason for c in candidates)),
        unused=tuple(f"row {c.rows[0].row_id}: {c.reason}" for c in candidates[1:]),
        rows=tuple(row for c in candidates for row in c.rows),
    )


def _split(
    best: StudyResult, candidates: Sequence[StudyResult], outcome: Outcome, use: Use
) -> list[StudyResult]:
    """Every comparison with the best one's comparator, which is divided between them."""

    def comparator(result: StudyResult) -> tuple[object, ...]:
        row = next((r for r in result.rows if r.arm_role == "comparator"), result.rows[0])
        return (row.arm, row.instrument, row.timepoint, row.value_type, row.n, row.mean, row.events)

    alike = [c for c in candidates if c.usable and len(c.rows) > 1 and comparator(c) == comparator(best)]
    if len(alike) < 2:
        return [best]
    return [
        replace(_contrast(best.study_id, c.rows, outcome, use, share=len(alike)), part=_names(c.rows, "intervention"))
        for c in alike
    ]


def _agreed(words: Iterable[str]) -> str:
    said = {word for word in words if word != "not stated"}
    return said.pop() if len(said) == 1 else "mixed" if said else "not stated"


def _contrast(study: str, rows: tuple[ArmRow, ...], outcome: Outcome, use: Use, *, share: int = 1) -> StudyResult:
    """The result of one comparison; ``share`` comparisons divide its comparator."""
    try:
        _allowed(rows, outcome, use)
        yi, vi, steps = _effect(study, rows, use, share)
        yi, steps = _aligned(yi, rows[0], outcome, use.measure, steps)
    except InputError as error:
        said = _words(rows)
        return StudyResult(study, None, None, error.problems[0].message, said, _favours(rows, said, outcome),
                           _people(rows), rows)
    direction = "higher" if yi > 0 else "lower" if yi < 0 else "no difference"
    return StudyResult(study, yi, vi, "", direction, _benefit(direction, outcome), _people(rows), rows, steps)


def _allowed(rows: Sequence[ArmRow], outcome: Outcome, use: Use) -> None:
    """Refuse what the protocol keeps out of this analysis."""
    week = rows[0].timepoint_weeks
    if outcome.window and week is not None and not outcome.window.holds(week):
        raise InputError(f"measured at week {plain(week)}, outside the protocol's window ({outcome.window})")
    for row in rows:
        if row.row_id in use.barred:
            raise InputError(use.barred[row.row_id])
        if not use.assumed and "assumed" in (row.n_status, row.number_status):
            what = "n" if row.n_status == "assumed" else "number"
            raise InputError(f"rests on an assumed {what}: sensitivity analyses only")


def _effect(study: str, rows: Sequence[ArmRow], use: Use, share: int) -> Effect:
    sides = {role: [row for row in rows if row.arm_role == role] for role in ("intervention", "comparator")}
    if len(rows) == 1 and rows[0].arm_role == "contrast":
        return effect_of(rows[0], use.measure, use.conversions)
    if not all(sides.values()) or sum(map(len, sides.values())) != len(rows):
        raise InputError("numbers are visible for one group only" if len(rows) == 1 else "the groups do not pair up")
    if use.measure in MEANS:
        values, steps = _mean_inputs(sides, use, share)
    elif use.measure != "HR":
        values, steps = _event_inputs(sides, use, share)
    else:
        raise InputError(f"measure {use.measure} is not computed from arms")
    found = effect_sizes(use.measure, {name: [value] for name, value in values.items()}, studies=[study])
    if found.dropped:
        raise InputError(found.dropped[0].reason)
    yi, vi = float(found.yi[0]), float(found.vi[0])
    scale = "log " if found.scale == "log" else ""
    text = f"{scale}{use.measure} = {working(yi)}, variance {working(vi)}"
    return yi, vi, (*steps, Step("contrast", text))


def _mean_inputs(
    sides: dict[str, list[ArmRow]], use: Use, share: int
) -> tuple[dict[str, float], tuple[Step, ...]]:
    one, two = (
        joined_means([mean_of(row, use.conversions) for row in side], _names(side, role))
        for role, side in sides.items()
    )
    n2, divided = _divided(two, two.n, share)
    values = {"m1i": one.mean, "sd1i": one.sd, "n1i": one.n, "m2i": two.mean, "sd2i": two.sd, "n2i": n2}
    return values, (*one.steps, *two.steps, *divided)


def _event_inputs(
    sides: dict[str, list[ArmRow]], use: Use, share: int
) -> tuple[dict[str, float], tuple[Step, ...]]:
    rate = use.measure == "IRR"
    one, two = (
        joined_events([rate_of(row) if rate else events_of(row, use.conversions) for row in side], _names(side, role))
        for role, side in sides.items()
    )
    total, divided = _divided(two, two.total, share)
    names = ("x1i", "t1i", "x2i", "t2i") if rate else ("ai", "n1i", "ci", "n2i")
    values = dict(zip(names, (one.events, one.total, two.events / share, total), strict=True))
    return values, (*one.steps, *two.steps, *divided)


def _divided(arm: Mean | Events, size: float, share: int) -> tuple[float, tuple[Step, ...]]:
    if share == 1:
        return size, ()
    text = f"comparator divided between {share} comparisons: {number(size / share)} of {number(size)}"
    return size / share, (Step("combined", text, "Cochrane Handbook 23.3.4"),)


def _names(rows: Iterable[ArmRow], role: str) -> str:
    return " + ".join(row.arm for row in rows if row.arm_role == role)


def _people(rows: Sequence[ArmRow]) -> int | None:
    known = [size for row in rows if (size := row.n or row.total) is not None]
    return sum(known) if known and len(known) == len(rows) else None


def _aligned(
    yi: float, row: ArmRow, outcome: Outcome, measure: str, steps: tuple[Step, ...]
) -> tuple[float, tuple[Step, ...]]:
    """Turn the sign where the row's scale runs against the outcome's."""
    against = {("better", "lower"), ("worse", "higher")}
    if (row.higher_is, outcome.better) not in against:
        return yi, steps
    if measure != "SMD":
        raise InputError(f"the scale runs against the outcome's; a {measure} cannot be turned round")
    return -yi, (*steps, Step("aligned", f"sign turned: on this scale higher is {row.higher_is}"))


_SAID = {"higher": "higher", "lower": "lower", "no_difference": "no difference", "mixed": "mixed"}


def _words(rows: Sequence[ArmRow]) -> str:
    return _agreed(_SAID.get(row.reported_direction, "not stated") for row in rows)


def _benefit(direction: str, outcome: Outcome) -> str:
    if direction in ("no difference", "mixed"):
        return direction
    if outcome.better == "neither" or direction not in ("higher", "lower"):
        return "not stated"
    return "intervention" if direction == outcome.better else "comparator"


def _favours(rows: Sequence[ArmRow], direction: str, outcome: Outcome) -> str:
    words = {"favours_intervention": "intervention", "favours_comparator": "comparator",
             "no_difference": "no difference", "mixed": "mixed"}
    said = _agreed(words.get(row.reported_direction, "not stated") for row in rows)
    return said if said != "not stated" else _benefit(direction, outcome)
