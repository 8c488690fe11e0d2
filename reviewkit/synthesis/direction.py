"""Synthesis without meta-analysis: what the directions of effect say when no pool can be made.

Vote counting here goes by the direction of the estimate, never by its significance (Cochrane Handbook for
Systematic Reviews of Interventions, section 12.2.1.3; SWiM items 3 and 6: Campbell et al. 2020,
doi:10.1136/bmj.l6890). A study that shows no difference, or whose direction cannot be told, is not counted and
never dropped: it stays in the table, and the sentence says how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.signs import SignTest, sign_test

Direction = Literal["benefit", "harm", "no difference", "unclear"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
Interval = Literal["wilson", "clopper-pearson"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)

MIN_SIGNIFICANT = 6
"""Counted studies from which the two-sided sign test can fall below 0.05: 2 / 2^6 = 0.031."""


@dataclass(frozen=True, slots=True)
class DirectedStudy:
    """One study (one comparison, one outcome) and the direction of its effect.

    Attributes
    ----------
    study : str
        The study's name, as in the report.
    direction : {'benefit', 'harm', 'no difference', 'unclear'}
        Direction of the estimate for the intervention, whatever its p value. ``'no difference'``: the estimates
        are equal, or the report says so and gives no numbers. ``'unclear'``: outcomes conflict or it cannot be told.
    n : int, optional
        Participants analysed.
    p : float, optional
        Two-sided p value as the report prints it, in [0, 1].
    risk_of_bias : str
        Overall judgement, as the review words it.
    note : str
        What the report says, or where.
    """

    study: str
    direction: Direction
    n: int | None = None
    p: float | None = None
    risk_of_bias: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DirectionSynthesis:
    """Vote counting on the direction of effect: same interface as a pool (``k``, ``str``, ``as_dict``).

    Attributes
    ----------
    studies : tuple of DirectedStudy
        Every study handed in, in the order given.
    benefit, harm, no_difference, unclear : int
        How many studies have each direction; they add up to ``k``.
    test : SignTest
        Of benefit against harm; ``test.proportion`` is the share that benefits among those counted.
    interval : {'wilson', 'clopper-pearson'}
        Which of the two intervals ``ci`` and the sentence show.
    outcome : str
        What was measured, for the sentence; may be empty.
    """

    studies: tuple[DirectedStudy, ...]
    benefit: int
    harm: int
    no_difference: int
    unclear: int
    test: SignTest
    interval: Interval = "wilson"
    outcome: str = ""
    method: str = field(default="vote counting on direction of effect", init=False)

    @property
    def k(self) -> int:
        """Studies in the table, counted or not."""
        return len(self.studies)

    @property
    def counted(self) -> int:
        """Studies that have a direction (benefit or harm)."""
        return self.benefit + self.harm

    @property
    def proportion(self) -> float | None:
        """Share of the counted studies that shows benefit, from 0 to 1; None where none is counted."""
        return self.test.proportion

    @property
    def ci(self) -> tuple[float, float] | None:
        """Interval of ``proportion`` by the method named in ``interval``."""
        return self.test.wilson if self.interval == "wilson" else self.test.clopper_pearson

    @property
    def p(self) -> float | None:
        """Two-sided sign test; None where no study is counted."""
        return self.test.p

    @property
    def excluded(self) -> tuple[tuple[str, str], ...]:
        """(study, reason) of the studies that stand in the table and are not counted."""
        return tuple((s.study, s.direction) for s in self.studies if s.direction not in ("benefit", "harm"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before using the count."""
        if self.counted < 2:
            return ()
        found = ["Counting directions says nothing about the size of the effects, and small studies count like large."]
        if self.counted < MIN_SIGNIFICANT:
            found.append(f"With fewer than {MIN_SIGNIFICANT} counted studies the sign test cannot fall below 0.05.")
        return tuple(found)

    @property
    def n(self) -> int | None:
        """Participants of the studies that state them; None where none does."""
        known = [study.n for study in self.studies if study.n is not None]
        return sum(known) if known else None

    def table(self) -> tuple[dict[str, object], ...]:
        """One row a study, none left out: the row of the study plus ``counted``."""
        return tuple({**asdict(s), "counted": s.direction in ("benefit", "harm")} for s in self.studies)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values: counts, test, interval, table and sentence."""
        return {
            "measure": "direction",
            "method": self.method,
            "outcome": self.outcome,
            "estimate": None,
            "k": self.k,
            "n": self.n,
            "benefit": self.benefit,
            "harm": self.harm,
            "no_difference": self.no_difference,
            "unclear": self.unclear,
            "counted": self.counted,
            "proportion": self.proportion,
            "p": self.p,
            "interval": self.interval,
            "ci": None if self.ci is None else list(self.ci),
            "level": self.test.level,
            "wilson": None if self.test.wilson is None else list(self.test.wilson),
            "clopper_pearson": None if self.test.clopper_pearson is None else list(self.test.clopper_pearson),
            "studies": list(self.table()),
            "excluded": [{"study": study, "reason": reason} for study, reason in self.excluded],
            "warnings": list(self.warnings),
            "sentence": str(self),
        }

    def __str__(self) -> str:
        head = f"{self.outcome}: " if self.outcome else ""
        if self.k == 0:
            return f"{head}no study, so nothing to synthesise."
        if self.k == 1:
            return f"{head}{_single(self.studies[0])}"
        if self.counted == 0:
            return f"{head}none of {self.k} studies shows a direction ({self._uncounted()}); no vote count."
        return f"{head}{self._vote()}{self._rest()}."

    def _vote(self) -> str:
        assert self.proportion is not None and self.p is not None and self.ci is not None
        low, high = self.ci
        share = f"{_percent(self.proportion)}, {100 * self.test.level:g}% CI {_percent(low)} to {_percent(high)}"
        noun = "study" if self.counted == 1 else "studies"
        verb = "favours" if self.benefit == 1 else "favour"
        return f"{self.benefit} of {self.counted} {noun} {verb} the intervention ({share}; sign test {_p(self.p)})"

    def _rest(self) -> str:
        if self.counted == self.k:
            return ""
        verb = "is" if self.k - self.counted == 1 else "are"
        return f"; not counted {verb} {self._uncounted()}"

    def _uncounted(self) -> str:
        parts = []
        if self.no_difference:
            parts.append(f"{self.no_difference} with no difference")
        if self.unclear:
            parts.append(f"{self.unclear} of unclear direction")
        return " and ".join(parts)


def direction_synthesis(
    studies: Iterable[DirectedStudy],
    *,
    outcome: str = "",
    interval: Interval = "wilson",
    level: float = 0.95,
) -> DirectionSynthesis:
    """Count the directions of effect and test whether more than half of the studies show benefit.

    Parameters
    ----------
    studies : iterable of DirectedStudy
        At most one entry a study; see `combined_direction` for several outcomes of one study. May be empty.
    outcome : str
        What was measured, for the sentence.
    interval : {'wilson', 'clopper-pearson'}
        Which interval the sentence shows; the result holds both.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    DirectionSynthesis
        With k = 0 an empty synthesis, with k = 1 the single study.

    Raises
    ------
    InputError
        For an unknown direction, a study named twice or not at all, an n below 1, a p outside [0, 1]; all
        problems at once, each with its study.

    References
    ----------
    McKenzie JE, Brennan SE. Cochrane Handbook, chapter 12, section 12.2.1.3 (vote counting based on the
    direction of effect); Campbell M et al. SWiM. BMJ 2020;368:l6890. doi:10.1136/bmj.l6890

    Examples
    --------
    >>> rows = [DirectedStudy("Ay 2001", "benefit"), DirectedStudy("Be 2004", "benefit"),
    ...         DirectedStudy("Ce 2010", "harm"), DirectedStudy("De 2015", "no difference")]
    >>> print(direction_synthesis(rows, outcome="Fatigue"))
    Fatigue: 2 of 3 studies favour the intervention (67%, 95% CI 21% to 94%; sign test p = 1.00); \
not counted is 1 with no difference.
    """
    rows = tuple(studies)
    _check_studies(rows)
    if interval not in INTERVALS:
        raise InputError(f"interval = {interval!r}: must be one of {', '.join(INTERVALS)}.", code="unknown-interval")
    count = {name: sum(row.direction == name for row in rows) for name in DIRECTIONS}
    null = count["no difference"] + count["unclear"]
    return DirectionSynthesis(
        studies=rows,
        benefit=count["benefit"],
        harm=count["harm"],
        no_difference=count["no difference"],
        unclear=count["unclear"],
        test=sign_test(count["benefit"], count["harm"], null=null, level=level),
        interval=interval,
        outcome=outcome,
    )


def direction_of(estimate: float, *, better: Literal["higher", "lower"], null_value: float = 0.0) -> Direction:
    """Direction of one estimate (intervention minus comparator, or a log ratio).

    Parameters
    ----------
    estimate : float
        NaN gives ``'unclear'``.
    better : {'higher', 'lower'}
        Which end of the outcome is good for the patient.

    Examples
    --------
    >>> direction_of(-1.2, better="lower"), direction_of(0.0, better="lower")
    ('benefit', 'no difference')
    """
    if better not in ("higher", "lower"):
        raise InputError(f"better = {better!r}: must be 'higher' or 'lower'.", code="unknown-better")
    if math.isnan(estimate):
        return "unclear"
    if estimate == null_value:
        return "no difference"
    return "benefit" if (estimate > null_value) == (better == "higher") else "harm"


def combined_direction(directions: Sequence[Direction], *, share: float = 0.7) -> Direction:
    """One direction for a study that reports several outcomes of one domain.

    The direction that at least ``share`` of all outcomes have; else ``'unclear'`` (conflicting findings).

    References
    ----------
    Boon MH, Thomson H. The effect direction plot revisited. Res Synth Methods 2021;12:29-33.
    doi:10.1002/jrsm.1458

    Examples
    --------
    >>> combined_direction(["benefit", "benefit", "benefit", "harm"])
    'benefit'
    >>> combined_direction(["benefit", "harm"])
    'unclear'
    """
    if not 0.5 < share <= 1:
        raise InputError(f"share = {share}: must lie above 0.5 and be at most 1.", code="bad-share")
    if not directions:
        return "unclear"
    for direction in directions:
        if direction not in DIRECTIONS:
            raise InputError(_unknown_direction(direction), code="unknown-direction")
    for name in DIRECTIONS:
        # The margin forgives binary fractions: 7 of 10 is 0.7.
        if directions.count(name) / len(directions) >= share - 1e-12:
            return name
    return "unclear"


def _check_studies(rows: Sequence[DirectedStudy]) -> None:
    problems: list[Problem] = []
    seen: set[str] = set()
    for position, row in enumerate(rows, start=1):
        who = f"study {row.study}" if row.study.strip() else f"study {position}"
        if not row.study.strip():
            problems.append(Problem(f"{who} has no name.", code="no-study", remedy="Name it as the report does."))
        elif row.study in seen:
            remedy = "A study votes once: combine its outcomes with combined_direction."
            problems.append(Problem(f"{who} is there twice.", code="study-twice", remedy=remedy))
        seen.add(row.study)
        if row.direction not in DIRECTIONS:
            problems.append(Problem(f"{who}: {_unknown_direction(row.direction)}", code="unknown-direction"))
        if row.n is not None and not row.n >= 1:
            problems.append(Problem(f"{who}: n = {row.n}: must be at least 1.", code="bad-n"))
        if row.p is not None and not 0 <= row.p <= 1:
            problems.append(Problem(f"{who}: p = {row.p}: must lie between 0 and 1.", code="bad-p"))
    if problems:
        raise InputError(problems)


def _unknown_direction(value: object) -> str:
    return f"direction = {value!r}: must be one of {', '.join(repr(name) for name in DIRECTIONS)}."


def _single(study: DirectedStudy) -> str:
    words = {
        "benefit": "favours the intervention",
        "harm": "favours the comparator",
        "no difference": "shows no difference",
        "unclear": "shows no clear direction",
    }[study.direction]
    known = [f"n = {study.n}"] if study.n is not None else []
    known += [_p(study.p)] if study.p is not None else []
    numbers = f" ({', '.join(known)})" if known else ""
    return f"a single study, {study.study}, {words}{numbers}; no vote count."


def _percent(value: float) -> str:
    return f"{100 * value:.0f}%"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.{2 if value >= 0.01 else 3}f}"
