"""Sentences composed from numbers: what the studies found, about the studies themselves.

What may be concluded from it stands in `reviewkit.report.statements`, in the words the certainty allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reviewkit.numbers import count, estimate_in_words, named, number, p_value, plain, tidy
from reviewkit.protocol import RATIOS, Outcome, Protocol
from reviewkit.review.analysis import OutcomeAnalysis

if TYPE_CHECKING:
    from reviewkit.synthesis import AbsoluteEffect, CountModel, Pooled, TablePool

MEASURES = {
    "SMD": "standardised mean difference (Hedges' g)", "MD": "mean difference", "ROM": "ratio of means",
    "RR": "risk ratio", "OR": "odds ratio", "RD": "risk difference",
}  # fmt: skip
MODELS = {"random": "random effects", "common": "common effect"}
INTERVALS = {
    "normal": "normal interval", "t": "t interval", "hk": "Hartung–Knapp–Sidik–Jonkman interval",
    "hk-adhoc": "Hartung–Knapp–Sidik–Jonkman interval, never narrower than the normal one",
}  # fmt: skip
NO_ADVICE = (
    "This page reports what a set of records says. It is no advice on anyone's care: decisions about care belong "
    "with the person concerned and a clinician."
)
PASSES = (
    "Both passes were made by the project itself, the second from the protocol's question and criteria and from the "
    "records alone. What they agree on is agreement between two passes of one project, not inter-rater reliability."
)


def demonstration(protocol: Protocol) -> str:
    """What a demonstration review is, and who judged it how often."""
    wanted = protocol.screening
    twice = wanted.votes_title_abstract == wanted.votes_full_text == 2
    passes = ("Screening was done in two passes, extraction, risk of bias and certainty in one" if twice
              else "Screening, extraction, risk of bias and certainty were done in one pass")
    return (
        "The question, the records and the numbers are real; the judgements are not those of a finished review. "
        f"{passes}, by the project itself, on abstracts and web pages instead of full texts, "
        "from records that no database search produced. They show what the software does, and are to be replaced by "
        "two human reviewers before anyone relies on them."
    )


def natural(value: float, measure: str) -> float:
    """A value as readers know it: ratios back from the log scale."""
    return math.exp(value) if measure in RATIOS else value


def count_words(n: int, singular: str, plural: str = "") -> str:
    """'1 study', '4 studies'."""
    return f"{count(n)} {singular if n == 1 else plural or singular + 's'}"


def verb(n: int, singular: str, plural: str) -> str:
    """The verb that goes with a number of things: 'fits' with 1, 'fit' with 4."""
    return singular if n == 1 else plural


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: 'a', 'a and b', 'a, b and c'; parted by semicolons where one has a comma."""
    apart = "; " if any("," in name for name in names) else ", "
    return names[0] if len(names) == 1 else f"{apart.join(names[:-1])} and {names[-1]}" if names else ""


def studies(n: int) -> str:
    """'no study', '1 study', '4 studies'."""
    return "no study" if n == 0 else count_words(n, "study", "studies")


def finding(found: OutcomeAnalysis, *, why: bool = True) -> str:
    """One sentence on what an outcome's analysis found; `why` says why nothing was pooled."""
    outcome, main = found.outcome, found.main
    if not main.results:
        return f"{outcome.name}: none of the studies looked at reports it."
    pooled = main.pooled
    if pooled is None:
        return f"{outcome.name}: not pooled{f' ({main.why})' if why else ''}. {directions(found)}"
    values = [natural(v, main.measure) for v in (pooled.estimate, pooled.ci_low, pooled.ci_high)]
    effect = estimate_in_words(values[0], values[1], values[2], level=100 * pooled.level)
    null = 0.0 if main.measure in ("MD", "SMD", "RD") else 1.0
    crosses = values[1] <= null <= values[2]
    said = "; the interval holds no difference as well as differences either way" if crosses else ""
    beside = f" {studies(len(main.unusable)).capitalize()} without usable numbers "
    beside += "stands" if len(main.unusable) == 1 else "stand"
    return (
        f"{outcome.name}: {studies(pooled.k)} pooled, {MEASURES[main.measure]} {effect}{said}."
        + (f"{beside} beside the pool." if main.unusable else "")
    )


def directions(found: OutcomeAnalysis) -> str:
    """What the studies' directions say, with the sign test where two or more are counted."""
    told = found.direction
    up, down = ("higher", "lower") if found.outcome.better == "neither" else ("in favour", "against")
    parts = [f"{told.benefit} {up}", f"{told.harm} {down}"]
    if told.no_difference:
        parts.append(f"{told.no_difference} no difference")
    if told.unclear:
        parts.append(f"{told.unclear} not stated or mixed")
    test = ""
    if told.counted >= 2 and told.p is not None:
        test = f"; sign test of the {told.counted} with a direction {p_value(told.p)}"
    return f"Direction of effect in {studies(told.k)}: {', '.join(parts)}{test}."


def remark(text: str) -> str:
    """A remark of a synthesis in the report's own typography."""
    return tidy(text).replace("tau²", "τ²").replace("chi²", "χ²")


def pool_words(pool: Pooled | TablePool | CountModel, measure: str) -> str:
    """A pool of harms in one sentence: studies, effect with interval, method, heterogeneity."""
    values = [natural(v, measure) for v in (pool.estimate, pool.ci_low, pool.ci_high)]
    effect = estimate_in_words(values[0], values[1], values[2], level=100 * pool.level)
    how = getattr(pool, "label", "") or MODELS.get(getattr(pool, "model", ""), "")
    between = f", {named('τ²', pool.tau2)}" if pool.tau2 is not None else ""
    return f"{studies(pool.k).capitalize()}: {MEASURES[measure]} {effect}, {remark(how)}{between}."


def absolute_words(effect: AbsoluteEffect) -> str:
    """What an effect means for 1000 people: risks without and with, the difference, the number needed to treat."""
    without, given = (number(1000 * risk, 0) for risk in (effect.baseline_risk, effect.risk_with[0]))
    middle, low, high = (_fewer(d) for d in effect.difference_per_1000)
    cut = " Cut to what a risk can be: this effect does not fit this baseline risk." if effect.capped else ""
    level = plain(100 * effect.level)
    return (f"{without} of 1000 people without and {given} with the intervention: {middle} ({level}% CI {low} to "
            f"{high}); {effect.nnt_text}.{cut}")


def _fewer(difference: float) -> str:
    if number(difference, 0) == "0":
        return "no difference"
    return f"{number(abs(difference), 0)} {'fewer' if difference < 0 else 'more'}"


def favours(outcome: Outcome, protocol: Protocol) -> tuple[str, str]:
    """What lies to the left and to the right of no effect."""
    if outcome.better == "neither":
        return ("lower in the first group", "higher in the first group")
    good = f"favours {protocol.question.therapy}"
    other = "favours comparator"
    return (good, other) if outcome.better == "lower" else (other, good)
