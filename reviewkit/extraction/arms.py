"""One arm's numbers, ready for an effect: mean, SD and n; events and people; events and person-time.

What the report does not print is converted where the plan allows it, and every conversion is a step.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reviewkit.effects.conversions import (
    combine_arms,
    combine_arms_events,
    mean_sd_from_quantiles,
    sd_from_ci,
    sd_from_se,
)
from reviewkit.errors import InputError
from reviewkit.extraction.arm_row import ArmRow
from reviewkit.extraction.steps import Step, converted
from reviewkit.numbers import number, plain


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean, standard deviation (unit of the scale) and people of one arm."""

    n: float
    mean: float
    sd: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """People with the event, and people (or person-time, where ``rate``) of one arm."""

    events: float
    total: float
    steps: tuple[Step, ...]
    rate: bool = False


def printed(row: ArmRow) -> Step:
    """The print a row rests on, with its locator."""
    what = row.as_printed or "numbers as in the row"
    return Step("printed", f"{row.arm}: {what} ({row.locator}; row {row.row_id}, line {row.line})", row.url)


def mean_of(row: ArmRow, allowed: Collection[str]) -> Mean:
    """Mean, SD and n of one arm.

    Parameters
    ----------
    allowed : collection of str
        Conversions that the plan allows: ``se``, ``ci``, ``median``.

    Raises
    ------
    InputError
        If a number is missing that no allowed conversion gives; the message says which.
    """
    if row.n is None:
        raise InputError("number of people in an arm is not visible")
    if row.mean is None:
        return _from_median(row, allowed)
    steps = [printed(row)]
    sd = row.sd
    if sd is None and row.se is not None and "se" in allowed:
        conversion = sd_from_se(row.se, row.n)
        sd = conversion["sd"]
        steps.append(converted(conversion, row.arm))
    if sd is None and row.ci_low is not None and row.ci_high is not None and "ci" in allowed:
        conversion = sd_from_ci(row.ci_low, row.ci_high, row.n)
        sd = conversion["sd"]
        steps.append(converted(conversion, row.arm))
    if sd is None and row.spread is not None:
        raise InputError("a ± of a kind that the report does not state (SD or SE)")
    if sd is None:
        raise InputError("mean without a standard deviation, standard error or interval")
    steps.append(Step("read", f"{row.arm}: mean {number(row.mean)}, SD {number(sd)}, n = {row.n}"))
    return Mean(row.n, row.mean, sd, tuple(steps))


def _from_median(row: ArmRow, allowed: Collection[str]) -> Mean:
    if row.median is None:
        raise InputError("counts, not means" if row.value_type == "events" else "no mean is visible for an arm")
    if "median" not in allowed:
        raise InputError("median without mean and standard deviation")
    if row.n is None:
        raise InputError("number of people in an arm is not visible")
    conversion = mean_sd_from_quantiles(median=row.median, n=row.n, q1=row.q1, q3=row.q3, minimum=row.range_low,
                                        maximum=row.range_high)
    mean, sd = conversion["mean"], conversion["sd"]
    notes = [Step("converted", f"{row.arm}: {note}") for note in conversion.notes]
    text = f"{row.arm}: mean {number(mean)}, SD {number(sd)}, n = {row.n}"
    return Mean(row.n, mean, sd, (printed(row), converted(conversion, row.arm), *notes, Step("read", text)))


def events_of(row: ArmRow, allowed: Collection[str]) -> Events:
    """Events and people of one arm; a percentage is turned into a count where the plan allows ``percent``.

    Raises
    ------
    InputError
        If there is no count, or the percentage is of no whole number of people.
    """
    if row.events is not None and row.total is not None:
        return Events(row.events, row.total, (printed(row), Step("read", f"{row.arm}: {row.events} of {row.total}")))
    if row.percent is None or row.total is None or "percent" not in allowed:
        raise InputError("no counts of people with the event")
    exact = row.percent * row.total / 100
    if abs(exact - round(exact)) > 0.005 * row.total + 1e-9:
        raise InputError(f"{plain(row.percent)}% of {row.total} is {number(exact, 2)} people, no whole number")
    step = Step("converted", f"{row.arm}: {plain(row.percent)}% of {row.total} = {round(exact)} people")
    return Events(round(exact), row.total, (printed(row), step))


def counted(row: ArmRow) -> str:
    """The people with an event of one arm, as printed: '338 of 1090 (31%)', '12', '11.3%'; empty without a count."""
    if row.events is not None:
        return f"{row.events} of {row.total} ({number(100 * row.events / row.total, 0)}%)" if row.total else (
            f"{row.events}")
    of = f" of {row.total}" if row.total else ""
    return f"{number(row.percent)}%{of}" if row.percent is not None else ""


def rate_of(row: ArmRow) -> Events:
    """Events and person-time of one arm.

    Raises
    ------
    InputError
        If either is missing.
    """
    if row.events is None or row.person_time is None:
        raise InputError("no count of events with its person-time")
    text = f"{row.arm}: {row.events} events in {number(row.person_time)} {row.unit or 'units of person-time'}"
    return Events(row.events, row.person_time, (printed(row), Step("read", text)), rate=True)


def joined_means(arms: Sequence[Mean], names: str) -> Mean:
    """Several arms of one side as one group (Cochrane Handbook, section 6.5.2.10)."""
    if len(arms) == 1:
        return arms[0]
    conversion = combine_arms([a.n for a in arms], [a.mean for a in arms], [a.sd for a in arms])
    steps = (*(step for arm in arms for step in arm.steps), converted(conversion, names, "combined"))
    return Mean(conversion["n"], conversion["mean"], conversion["sd"], steps)


def joined_events(arms: Sequence[Events], names: str) -> Events:
    """Several arms of one side as one group (Cochrane Handbook, section 23.3.4)."""
    if len(arms) == 1:
        return arms[0]
    steps = tuple(step for arm in arms for step in arm.steps)
    if arms[0].rate:
        text = f"{names}: events and person-time added up"
        return Events(math.fsum(a.events for a in arms), math.fsum(a.total for a in arms),
                      (*steps, Step("combined", text)), rate=True)
    conversion = combine_arms_events([a.events for a in arms], [a.total for a in arms])
    return Events(conversion["events"], conversion["total"], (*steps, converted(conversion, names, "combined")))
