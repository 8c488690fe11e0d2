"""The other domains: each rule gives the levels it proposes and why; a person decides.

Thresholds that GRADE leaves to the rater (more than half of the weight, I² of 50 and 75 %, a fifth of the people) are
this project's and stated here once.
"""

from __future__ import annotations

import math
from collections import Counter

from reviewkit.certainty.evidence import CRITICAL, HIGH, NO_INFORMATION, RATIOS, SOME, Evidence, Settings
from reviewkit.numbers import count, number, p_value, percent

MOST = 0.5
"""More than this share of the weight is 'most'."""
LEFT_OUT = 0.2
"""From this share of the people on, results left out for what they showed count."""
ASYMMETRY_P = 0.1
LEAST_FOR_ASYMMETRY = 10
I2_SERIOUS, I2_VERY_SERIOUS = 50.0, 75.0
OPPOSED = 0.25
"""From this share of the weight on the other side of no effect on, the studies contradict each other."""


def share_without_information(evidence: Evidence) -> float:
    """Share (0 to 1) of the weight from studies whose risk of bias is 'no information' or that were not appraised."""
    return math.fsum(share for study, share in evidence.shares() if study.severity == NO_INFORMATION)


def floor_for_bias(evidence: Evidence, *, from_high: bool) -> int:
    """The hard rule: with 'no information' for most of the weight, risk of bias goes down by at least one.

    By two where non-randomised evidence starts high, so that silence is never better than a start at low.
    """
    silent = bool(evidence.informing) and share_without_information(evidence) > MOST
    return (2 if from_high else 1) if silent else 0


def risk_of_bias(evidence: Evidence, *, from_high: bool) -> tuple[int, str]:
    """By the share of weight at each judgement; ``from_high``: non-randomised evidence that starts high (ROBINS-I).

    Most of the weight not at low risk: one level. Most at high risk: two. Where non-randomised evidence starts high,
    most at serious risk or without information: two; most at critical risk: three (GRADE guidelines 18).
    """
    at_least = {
        level: math.fsum(share for study, share in evidence.shares() if study.severity >= level)
        for level in (SOME, NO_INFORMATION, HIGH, CRITICAL)
    }
    silent = share_without_information(evidence)
    high = at_least[HIGH]
    said = (f"By {evidence.shares_by}: {percent(100 * (1 - at_least[SOME]), 0)} at low risk, "
            f"{percent(100 * high, 0)} at high risk, {percent(100 * silent, 0)} without information.")
    levels = int(at_least[SOME] > MOST)
    if high > MOST or (from_high and at_least[NO_INFORMATION] > MOST):
        levels = 2
    if from_high and at_least[CRITICAL] > MOST:
        levels = 3
    return levels, said


def inconsistency(evidence: Evidence) -> tuple[int, str]:
    """From direction, prediction interval and I²; from the directions alone where nothing is pooled."""
    effect = evidence.effect
    if effect is None:
        return _directions(evidence)
    if effect.k < 2:
        return 0, "A single study: nothing to be inconsistent with."
    signs = []
    i2 = effect.i2 or 0.0
    if i2 >= I2_SERIOUS:
        signs.append(f"I² is {percent(i2, 0)}")
    opposed = _opposed(evidence)
    if opposed >= OPPOSED:
        signs.append(f"studies with {percent(100 * opposed, 0)} of the weight point the other way")
    wanted = 1
    if effect.pi_low is not None and effect.pi_high is not None:
        # Without a prediction interval (two studies) one sign of the two left is enough.
        wanted = 2
        limits = [0.0] if evidence.threshold is None else [-evidence.threshold, evidence.threshold]
        if any(effect.pi_low < x < effect.pi_high and not effect.ci_low < x < effect.ci_high for x in limits):
            signs.append("the prediction interval reaches across a threshold that the confidence interval excludes")
    if len(signs) < wanted:
        return 0, f"{'; '.join(signs)[:1].upper()}{'; '.join(signs)[1:]}, alone no reason." if signs else (
            f"I² is {percent(i2, 0)} and the studies point the same way.")
    most = len(signs) > wanted and i2 >= I2_VERY_SERIOUS
    return (2 if most else 1), f"{'; '.join(signs)[:1].upper()}{'; '.join(signs)[1:]}."


def _opposed(evidence: Evidence) -> float:
    """Share of the weight on the smaller side of no effect."""
    sides = {"intervention": 1, "comparator": -1, "higher": 1, "lower": -1}
    signed = [(sides.get(study.direction, 0), share) for study, share in evidence.shares()]
    ups, downs = (math.fsum(share for side, share in signed if side == wanted) for wanted in (1, -1))
    return min(ups, downs)


def _directions(evidence: Evidence) -> tuple[int, str]:
    said = Counter(study.direction for study in evidence.reporting)
    total = sum(said.values())
    if total < 2:
        return 0, "A single study: nothing to be inconsistent with."
    word, most = max(said.items(), key=lambda item: (item[1], item[0]))
    told = ", ".join(f"{number_} {name}" for name, number_ in sorted(said.items()))
    if most / total >= 2 / 3 and word != "mixed":
        return 0, f"At least two thirds of the studies agree in direction ({told}); sizes are not known."
    return 1, f"The studies do not agree in direction ({told})."


def publication_bias(evidence: Evidence) -> tuple[int, str]:
    """Small-study test from ten studies on, ROB-ME, results left out for what they showed, incomplete search."""
    missing, effect = evidence.missing, evidence.effect
    for_: list[str] = []
    notes: list[str] = []
    if missing.asymmetry_p is not None and effect is not None and effect.k >= LEAST_FOR_ASYMMETRY:
        text = f"{missing.asymmetry_test or 'the small-study test'}: {p_value(missing.asymmetry_p)}"
        (for_ if missing.asymmetry_p < ASYMMETRY_P else notes).append(text)
    elif effect is not None:
        notes.append(f"no small-study test below {LEAST_FOR_ASYMMETRY} studies" if effect.k < LEAST_FOR_ASYMMETRY
                     else "no small-study test was made")
    if missing.judgement:
        text = f"risk of bias due to missing evidence (ROB-ME): {missing.judgement}"
        (for_ if missing.judgement == "high" else notes).append(text)
    reason = _left_out(evidence)
    if reason:
        for_.append(reason)
    if not missing.complete_search:
        for_.append("no database was searched, so studies may have been missed for what they found")
    told = "; ".join([*for_, *notes]) or "no sign of missing results"
    return int(bool(for_)), f"{told[:1].upper()}{told[1:]}."


def _left_out(evidence: Evidence) -> str:
    """Why results left out of the pool for what they showed count; empty where they do not."""
    if evidence.effect is None:
        # Where nothing is pooled, a null result in words stands in the count like any other.
        named = dict(evidence.missing.left_out)
    else:
        silent = {s.study: s.n for s in evidence.studies if s.null_without_numbers and s.weight is None}
        named = {**silent, **dict(evidence.missing.left_out)}
    if not named:
        return ""
    inside = evidence.participants
    known = all(n is not None for n in named.values()) and inside is not None
    if known and inside is not None:
        outside = sum(n for n in named.values() if n is not None)
        share = outside / (outside + inside) if outside + inside else 1.0
        told = f"{count(outside)} people against {count(inside)}"
    else:
        share = len(named) / (len(named) + len(evidence.informing))
        told = f"against {len(evidence.informing)} that could be used"
    if share < LEFT_OUT:
        return ""
    noun = "study reports" if len(named) == 1 else "studies report"
    return f"{len(named)} {noun} no difference, or nothing, without usable numbers ({told})"


def large_effect(evidence: Evidence) -> tuple[int, str]:
    """One level where the whole interval lies beyond a ratio of 2 (or 0.5), two beyond 5 (or 0.2)."""
    effect = evidence.effect
    if effect is None or effect.measure not in RATIOS or effect.measure == "ROM":
        return 0, "Only a pooled ratio of risks or odds can be proposed as a large effect."
    if effect.k < 2:
        return 0, "A single study is not enough."
    near = max(effect.ci_low, -effect.ci_high, 0.0)
    levels = 2 if near >= math.log(5) else 1 if near >= math.log(2) else 0
    limit = number(math.exp(near))
    said = "The limit nearer to no effect is a ratio of" if near else "The interval holds no effect; its near limit is"
    return levels, f"{said} {limit} (or its inverse); 2 and 5 are the marks."


def starting_level(evidence: Evidence, settings: Settings) -> tuple[int, bool, str]:
    """Start (3 high, 1 low), whether non-randomised evidence starts high, and why."""
    designs = {study.design for study in evidence.informing}
    if designs <= {"randomised"}:
        return 3, False, "Randomised trials start high."
    others = [study for study in evidence.informing if study.design == "non-randomised"]
    if settings.non_randomised_start == "high-with-robins-i" and all(s.tool == "robins-i" for s in others):
        return 3, True, "Non-randomised studies, all appraised with ROBINS-I, start high (protocol's choice)."
    mixed = " beside randomised ones" if "randomised" in designs else ""
    return 1, False, f"Non-randomised studies{mixed} start low."
