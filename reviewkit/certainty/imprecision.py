"""Imprecision: the interval against thresholds first, then the optimal information size.

Rules, after GRADE guidelines 6 (doi:10.1016/j.jclinepi.2011.01.012) and GRADE guidance 34
(doi:10.1016/j.jclinepi.2022.07.014):

- the interval holds the minimal important difference in both directions: two levels; in one: one level;
- one threshold held and less than 30 % of the optimal information size: two levels;
- no threshold held but the optimal information size not reached (or not known to be): one level;
- no minimal important difference in the protocol: no effect is the threshold, and the rough guide of guidelines 6
  (ratios 0.75 and 1.25; 0.5 standard deviations) stands for both directions;
- nothing pooled (Murad 2017): one level, as no interval can be drawn; two where fewer than 400 people are known.
"""

from __future__ import annotations

import math

from reviewkit.certainty.evidence import RISKS, Effect, Evidence, Settings
from reviewkit.certainty.information_size import RULE_OF_THUMB, size_for_means, size_for_risks
from reviewkit.errors import InputError
from reviewkit.numbers import count, number, plain

APPRECIABLE = {"RR": (0.75, 1.25), "OR": (0.75, 1.25), "ROM": (0.75, 1.25), "HR": (0.75, 1.25), "SMD": (-0.5, 0.5)}
"""The rough guide of GRADE guidelines 6 where no important difference is set, on the natural scale."""
FAR_BELOW = 0.3
"""Share of the optimal information size that counts as far below it."""


def imprecision(evidence: Evidence, settings: Settings) -> tuple[int, str]:
    """Levels proposed (0 to 2) and why."""
    if evidence.effect is None:
        return _narrative(evidence)
    held, words = _held(evidence.effect, evidence.threshold)
    if held == 2:
        return 2, words
    share, size_words = _information(evidence, settings)
    short = share is None or share < 1
    if held == 1:
        return (2 if share is not None and share < FAR_BELOW else 1), f"{words} {size_words}"
    return (1 if short else 0), f"{words} {size_words}"


def _narrative(evidence: Evidence) -> tuple[int, str]:
    people = evidence.participants
    if people is None:
        return 2, "Nothing is pooled, so no interval can be drawn, and not every study says how many people it had."
    if people < RULE_OF_THUMB:
        return 2, (f"Nothing is pooled, so no interval can be drawn, and the studies had {count(people)} people in all "
                   f"(a concern below {RULE_OF_THUMB}).")
    return 1, f"Nothing is pooled, so no interval can be drawn; the studies had {count(people)} people in all."


def _held(effect: Effect, threshold: float | None) -> tuple[int, str]:
    """How many thresholds lie within the interval, and which."""
    low, high = effect.ci_low, effect.ci_high
    if threshold is not None:
        held = sum(low < limit < high for limit in (-threshold, threshold))
        natural = math.exp(threshold) if effect.on_log_scale else threshold
        words = {
            0: "no threshold of importance",
            1: "the threshold of importance in one direction",
            2: "an important difference in either direction",
        }[held]
        return held, f"The interval holds {words} (minimal important difference {number(natural)})."
    null = low < 0 < high
    lower, upper = APPRECIABLE.get(effect.measure, (None, None))
    if lower is not None and upper is not None:
        ends = (math.log(lower), math.log(upper)) if effect.on_log_scale else (lower, upper)
        if low < ends[0] and ends[1] < high:
            return 2, (f"The interval reaches beyond {number(lower)} and {number(upper)}, the rough guide where no "
                       "important difference is set: it holds appreciable differences in either direction.")
    said = "holds no difference" if null else "excludes no difference"
    return int(null), f"The interval {said}; no minimal important difference is set."


def _information(evidence: Evidence, settings: Settings) -> tuple[float | None, str]:
    """Share of the optimal information size that was reached (None: not known) and the words for it."""
    people = evidence.participants
    needed, basis = information_size(evidence, settings)
    if needed is not None:
        if people is None:
            return None, f"Optimal information size {count(needed)} people ({basis}); how many took part is not known."
        reached = "reached" if people >= needed else "not reached"
        return people / needed, (f"Optimal information size {count(needed)} people ({basis}): {reached} with "
                                 f"{count(people)}.")
    effect = evidence.effect
    by_events = effect is not None and effect.measure in RISKS
    have, what = (evidence.events, "events") if by_events else (people, "people")
    if have is None:
        return None, f"The number of {what} is not known ({basis})."
    side = "at least" if have >= RULE_OF_THUMB else "fewer than"
    return have / RULE_OF_THUMB, f"{count(have)} {what}, {side} the rule of thumb of {RULE_OF_THUMB} ({basis})."


def information_size(evidence: Evidence, settings: Settings) -> tuple[int | None, str]:
    """The optimal information size of an outcome and what it rests on; None where it cannot be computed."""
    effect = evidence.effect
    if effect is None:
        return None, "nothing is pooled"
    try:
        if effect.measure in RISKS:
            return _for_risks(evidence, effect, settings)
        return _for_means(evidence, effect, settings)
    except InputError as error:
        return None, error.problems[0].message.rstrip(".")


def _for_means(evidence: Evidence, effect: Effect, settings: Settings) -> tuple[int | None, str]:
    difference = evidence.important_difference
    sd = 1.0 if effect.measure == "SMD" else evidence.sd
    if difference is None:
        return None, "no minimal important difference is set"
    if sd is None or effect.measure == "ROM":
        return None, "no standard deviation to set the important difference against"
    return size_for_means(difference, sd, alpha=settings.alpha, power=settings.power), (
        f"to find {number(difference)}{'' if effect.measure == 'SMD' else f' with SD {number(sd)}'}, "
        f"alpha {plain(settings.alpha)}, power {plain(settings.power)}")


def _for_risks(evidence: Evidence, effect: Effect, settings: Settings) -> tuple[int | None, str]:
    base = evidence.baseline_risk
    if base is None:
        return None, "no baseline risk is known"
    mid = evidence.important_difference
    if effect.measure == "RD":
        if mid is None:
            return None, "no minimal important difference is set"
        # Towards the side on which a risk of that size exists.
        other = base + mid if base + mid < 1 else base - mid
        what = f"a difference of {number(mid)}"
    else:
        ratio = mid if mid is not None else 1 - settings.relative_risk_reduction
        if effect.measure == "OR" and mid is not None:
            other = ratio * base / (1 - base + ratio * base)
            what = f"an odds ratio of {number(ratio)}"
        elif effect.measure == "HR" and mid is not None:
            other = -math.expm1(ratio * math.log1p(-base))
            what = f"a hazard ratio of {number(ratio)}"
        else:
            other = ratio * base
            what = f"a risk ratio of {number(ratio)}"
    return size_for_risks(base, other, alpha=settings.alpha, power=settings.power), (
        f"to find {what} from a risk of {number(1000 * base, 0)} per 1000, alpha {plain(settings.alpha)}, "
        f"power {plain(settings.power)}")
