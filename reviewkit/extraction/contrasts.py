"""From extracted rows to one result a study: an effect with its variance, or the reason why there is none.

Each step is kept, so that a number can say how it came about. Instruments are taken in the protocol's order of
preference; one contrast a study enters an analysis, so that no comparator is counted twice (Cochrane
Handbook, sections 6.2.4 and 23.3.4).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reviewkit.effects import effect_sizes
from reviewkit.effects.conversions import sd_from_se
from reviewkit.errors import InputError
from reviewkit.extraction.rows import ArmRow
from reviewkit.numbers import number
from reviewkit.protocol import Outcome

MEANS = ("MD", "SMD", "ROM")
EVENTS = ("RR", "OR", "RD")
_NAMES = {"hedges g": "SMD", "cohen d": "SMD"}


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
    steps : tuple of str
        How the effect came about, from the print to the contrast.
    """

    study_id: str
    yi: float | None
    vi: float | None
    reason: str
    direction: str
    favours: str
    n: int | None
    rows: tuple[ArmRow, ...]
    steps: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """True where the effect can enter a pool."""
        return self.yi is not None


def study_results(
    rows: Iterable[ArmRow],
    outcome: Outcome,
    *,
    sets: Collection[str],
    measure: str,
    exclude: Collection[str] = (),
) -> tuple[StudyResult, ...]:
    """One result for each study that has a row for the outcome in the analysis sets.

    Parameters
    ----------
    rows : iterable of ArmRow
        The whole extraction table.
    sets : collection of str
        Analysis sets that belong to this analysis.
    measure : {'MD', 'SMD', 'ROM', 'RR', 'OR', 'RD'}
        SMD is Hedges' g with the exact correction.
    exclude : collection of str
        Studies left out by this analysis.
    """
    by_study: dict[str, list[ArmRow]] = {}
    for row in rows:
        if row.outcome == outcome.id and row.analysis_set in sets and row.study_id not in exclude:
            by_study.setdefault(row.study_id, []).append(row)
    return tuple(_one(study, found, outcome, measure) for study, found in by_study.items())


def _one(study: str, rows: Sequence[ArmRow], outcome: Outcome, measure: str) -> StudyResult:
    ranks = {instrument.name: place for place, instrument in enumerate(outcome.instruments)}
    groups: dict[tuple[str, ...], list[ArmRow]] = {}
    for row in rows:
        key = (row.comparison, row.instrument, row.timepoint, row.value_type, row.analysis_set)
        groups.setdefault(key, []).append(row)
    candidates = [_contrast(study, tuple(group), outcome, measure) for group in groups.values()]
    candidates.sort(key=lambda c: (not c.usable, ranks.get(c.rows[0].instrument, len(ranks))))
    best = candidates[0]
    unused = tuple(
        f"row {other.rows[0].row_id}: " + ("another result of this study is used; one contrast a study" if other.usable
                                           else other.reason)
        for other in candidates[1:]
    )
    if best.usable or len(candidates) == 1:
        return _with(best, unused=unused)
    return _with(
        best, direction=_agreed([c.direction for c in candidates]), favours=_agreed([c.favours for c in candidates]),
        reason="; ".join(dict.fromkeys(c.reason for c in candidates)), unused=unused,
        rows=tuple(row for c in candidates for row in c.rows),
    )


def _with(result: StudyResult, **changes: object) -> StudyResult:
    from dataclasses import replace

    return replace(result, **changes)  # type: ignore[arg-type]


def _agreed(words: Iterable[str]) -> str:
    said = {word for word in words if word != "not stated"}
    return said.pop() if len(said) == 1 else "mixed" if said else "not stated"


def _contrast(study: str, rows: tuple[ArmRow, ...], outcome: Outcome, measure: str) -> StudyResult:
    """The result of one group of rows: two arms, or one contrast."""
    arms = {row.arm_role: row for row in rows}
    try:
        if len(rows) == 2 and set(arms) == {"intervention", "comparator"}:
            yi, vi, steps = _from_arms(arms["intervention"], arms["comparator"], measure, study)
            sizes = [row.n or row.total for row in rows]
        elif len(rows) == 1 and "contrast" in arms:
            yi, vi, steps = _from_contrast(rows[0], measure)
            sizes = [rows[0].n]
        else:
            alone = "numbers are visible for one group only"
            raise InputError(alone if len(rows) == 1 else "the groups do not pair up")
        yi, steps = _aligned(yi, rows[0], outcome, measure, steps)
    except InputError as error:
        said = _words(rows)
        sizes = [row.n or row.total for row in rows]
        return StudyResult(study, None, None, error.problems[0].message, said, _favours(rows, said, outcome),
                           _total(sizes), rows)
    direction = "higher" if yi > 0 else "lower" if yi < 0 else "no difference"
    return StudyResult(study, yi, vi, "", direction, _benefit(direction, outcome), _total(sizes), rows, steps)


def _total(sizes: Sequence[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if known and len(known) == len(sizes) else None


def _from_arms(one: ArmRow, two: ArmRow, measure: str, study: str) -> tuple[float, float, tuple[str, ...]]:
    steps: list[str] = []
    if measure in MEANS:
        values: dict[str, float] = {}
        for place, row in ((1, one), (2, two)):
            sd = row.sd
            if row.mean is None:
                raise InputError(_why_no_mean(row))
            if row.n is None:
                raise InputError("number of people in an arm is not visible")
            if sd is None and row.se is not None:
                conversion = sd_from_se(row.se, row.n)
                steps.append(f"{row.arm}: {conversion}")
                sd = float(conversion["sd"])
            if sd is None:
                raise InputError("mean without a standard deviation, standard error or interval")
            values |= {f"m{place}i": row.mean, f"sd{place}i": sd, f"n{place}i": row.n}
            steps.append(f"{row.arm}: mean {row.mean:g}, SD {sd:.4g}, n = {row.n}")
    elif measure in EVENTS:
        values = {}
        for cell, total, row in (("ai", "n1i", one), ("ci", "n2i", two)):
            if row.events is None or row.total is None:
                raise InputError("no counts of people with the event")
            values |= {cell: row.events, total: row.total}
            steps.append(f"{row.arm}: {row.events} of {row.total}")
    else:
        raise InputError(f"measure {measure} is not computed from arms")
    found = effect_sizes(measure, {name: [value] for name, value in values.items()}, studies=[study])
    if found.dropped:
        raise InputError(found.dropped[0].reason)
    yi, vi = float(found.yi[0]), float(found.vi[0])
    scale = "log " if found.scale == "log" else ""
    steps.append(f"{scale}{measure} = {number(yi, 4)}, variance {number(vi, 4)}")
    return yi, vi, tuple(steps)


def _why_no_mean(row: ArmRow) -> str:
    if row.median is not None:
        return "median without mean and standard deviation"
    if row.value_type == "events":
        return "counts, not means"
    return "no mean is visible for an arm"


def _from_contrast(row: ArmRow, measure: str) -> tuple[float, float, tuple[str, ...]]:
    printed = _NAMES.get(row.effect_measure.lower(), row.effect_measure)
    reasons = {
        "direction": "only the direction is stated",
        "null": "'no difference' in words, without numbers",
        "p": "only a p value is printed",
        "test": f"only a test statistic ({row.effect_measure}) is printed",
        "none": "no result is visible",
    }
    if row.value_type in reasons:
        raise InputError(reasons[row.value_type])
    if row.effect is None or printed != measure:
        raise InputError(f"the report gives {printed or 'no effect'}, the analysis needs {measure}")
    low, high, log = row.effect_ci_low, row.effect_ci_high, measure in ("RR", "OR", "ROM")
    if low is None or high is None:
        raise InputError(f"{printed} without standard error or interval")
    columns = {"yi": row.effect, "ci_lb": low, "ci_ub": high}
    if log:
        if min(columns.values()) <= 0:
            raise InputError(f"{printed} or a limit is not above 0")
        columns = {name: math.log(value) for name, value in columns.items()}
    found = effect_sizes("GEN", {name: [value] for name, value in columns.items()}, studies=[row.study_id])
    step = f"{printed} {row.effect:g} [{low:g}, {high:g}] as printed; standard error from the interval"
    return float(found.yi[0]), float(found.vi[0]), (step,)


def _aligned(
    yi: float, row: ArmRow, outcome: Outcome, measure: str, steps: tuple[str, ...]
) -> tuple[float, tuple[str, ...]]:
    """Turn the sign where the row's scale runs against the outcome's."""
    against = {("better", "lower"), ("worse", "higher")}
    if (row.higher_is, outcome.better) not in against:
        return yi, steps
    if measure != "SMD":
        raise InputError(f"the scale runs against the outcome's; a {measure} cannot be turned round")
    return -yi, (*steps, f"sign turned: on this scale higher is {row.higher_is}")


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
