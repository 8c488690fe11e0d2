"""The plain-language summary: composed by rules from numbers and certainty, for a reader without training.

Its parts follow the Cochrane guidance for plain language summaries (Handbook, chapter III, section III.S). What is said
of an outcome is a cell of the wording table (`reviewkit.certainty.wording`) and nothing stronger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import Finding, in_sentence, statement
from reviewkit.numbers import count, interval, number
from reviewkit.render import Safe, el, join
from reviewkit.report.statements import answering, finding_of
from reviewkit.report.summary_of_findings import chosen
from reviewkit.report.words import listed, natural, studies, verb
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty

SURE = {
    "high": "We are very sure of this. It is very likely close to the truth.",
    "moderate": "We are fairly sure of this. It is likely close to the truth, but it may be off by a good deal.",
    "low": "We are not sure of this. It may be far from the truth.",
    "very low": "We are not at all sure of this. The truth may well be something else.",
}
"""What a level of certainty means, after GRADE guidelines 3 (doi:10.1016/j.jclinepi.2010.07.015, table 2)."""
WHY = {
    "risk of bias": "The studies have weak points, or do not say how they were done.",
    "inconsistency": "The studies do not agree with one another.",
    "indirectness": "Some studies do not fit the question in full.",
    "imprecision": "Too few people took part, or the results are spread too wide.",
    "publication bias": "Other studies may be missing.",
    "large effect": "The difference found is large, which makes us more sure.",
    "dose response": "More of it went with more change, which makes us more sure.",
    "residual confounding": "Known faults would have hidden the result, which makes us more sure.",
}
"""Each domain of GRADE that moves a rating, in plain words."""


@dataclass(frozen=True, slots=True)
class Told:
    """One outcome: what may be said of it (`finding` at `level`), and whether it is a harm."""

    level: str
    finding: Finding
    harm: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plain-language summary is made of.

    Attributes
    ----------
    studies, records : int
        Studies included, and records looked at.
    people : int
        People in the included studies as far as they say; ``all_say`` is False where one does not.
    told : sequence of Told
        The outcomes of the summary of findings, in its order.
    numbers : str
        A sentence with the figures of the outcome that answers the question; empty where there are none.
    level : str
        Certainty of that outcome.
    moved_by : sequence of str
        Domains that move its rating.
    speak_of_harm : int or None
        Included studies that say anything on a harm; None where the protocol names none. ``harm_told_outside`` is True
        where a study that is not included does.
    searched : bool
        Whether a database was searched; ``last`` is the latest day.
    """

    question: str
    therapy: str
    condition: str
    studies: int
    records: int
    people: int
    all_say: bool
    told: Sequence[Told]
    numbers: str
    level: str
    moved_by: Sequence[str]
    speak_of_harm: int | None
    harm_told_outside: bool
    searched: bool
    last: dt.date | None
    abstracts_only: bool
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence or more with the certainty that bounds what it may say."""

    text: str
    level: str = ""


Part = tuple[str, tuple[Said, ...]]


def summary(facts: Facts) -> tuple[Part, ...]:
    """The summary as headed parts, each with its sentences."""
    parts: list[Part] = [
        ("What was asked", (Said(facts.question),)),
        ("What was looked at", _looked_at(facts)),
        ("What was found", _found(facts)),
        ("What is known of harm", _harm(facts)),
    ]
    if facts.level in SURE:
        parts.append(("How sure this is", tuple(Said(text, facts.level) for text in (
            SURE[facts.level], *[WHY[domain] for domain in facts.moved_by if domain in WHY]))))
    return (*parts, ("What to bear in mind", _limits(facts)))


def _looked_at(facts: Facts) -> tuple[Said, ...]:
    n = f"{count(facts.records)} {verb(facts.records, 'record', 'records')}"
    if not facts.searched:
        lead = f"This page looks at {n} of papers and web pages. No database was searched for it."
    else:
        day = f" up to {facts.last.isoformat()}" if facts.last else ""
        lead = f"Databases were searched{day}. They gave {n}."
    if not facts.studies:
        return Said(lead), Said("No study among them fits the question.")
    fits = f"{_capital(studies(facts.studies))} {verb(facts.studies, 'fits', 'fit')} the question."
    people = f"{count(facts.people)} {verb(facts.people, 'person', 'people')}"
    who = f" {people} took part." if facts.all_say else (
        f" At least {people} took part: not all studies say how many.")
    return Said(lead), Said(fits + (who if facts.people else ""))


def _found(facts: Facts) -> tuple[Said, ...]:
    if not facts.studies:
        return (Said(f"So this page cannot say whether {facts.therapy} can help people with {facts.condition}, or can "
                     "do harm.", NO_EVIDENCE),)
    said = _statements(item for item in facts.told if not item.harm)
    if facts.numbers:
        said.insert(1, Said(facts.numbers, facts.level))
    return tuple(said) or (Said("No study gives a result that could be seen.", NO_EVIDENCE),)


def _harm(facts: Facts) -> tuple[Said, ...]:
    if facts.speak_of_harm is None:
        return (Said("Harm was not looked at.", NO_EVIDENCE),)
    rated = _statements(item for item in facts.told if item.harm and item.level != NO_EVIDENCE)
    if facts.studies and facts.speak_of_harm:
        who = "The study that fits says" if facts.studies == 1 else (
            f"{facts.speak_of_harm} of the {facts.studies} studies {verb(facts.speak_of_harm, 'says', 'say')}")
        return Said(f"{who} something about harm."), *rated
    silent = "No study that fits could tell of harm." if not facts.studies else (
        "The study that fits says nothing about harm." if facts.studies == 1 else
        f"None of the {facts.studies} studies says anything about harm.")
    lead = Said(f"{silent} That does not mean that there is none.", NO_EVIDENCE)
    outside = Said("Some studies that are no part of this answer do say something: see the part on harms.", NO_EVIDENCE)
    return (lead, outside, *rated) if facts.harm_told_outside or rated else (lead,)


def _statements(told: Iterable[Told]) -> list[Said]:
    """What may be said of each outcome; those of which the same is said share a sentence."""
    groups: dict[tuple[object, ...], list[Told]] = {}
    for place, item in enumerate(told):
        # Where the outcome is the subject, a list of them would want another verb.
        alone = item.finding.association and item.level not in ("very low", NO_EVIDENCE)
        key = (statement(item.level, replace(item.finding, outcome="…")), item.level, place if alone else None)
        groups.setdefault(key, []).append(item)
    return [_together(items) for items in groups.values()]


def _together(items: Sequence[Told]) -> Said:
    first = items[0]
    therapy = f" of {first.finding.therapy}"
    names = listed([in_sentence(item.finding.outcome.removesuffix(therapy)) for item in items])
    return Said(statement(first.level, replace(first.finding, outcome=names)), first.level)


def _limits(facts: Facts) -> tuple[Said, ...]:
    said = []
    if facts.demonstration:
        said.append("This is a trial run of the software. The project itself made each choice in it; no two people "
                    "checked them. Do not rely on it.")
    if facts.abstracts_only:
        said.append("Only short texts and web pages were read, not the full papers.")
    if not facts.searched:
        said.append("Studies may be missing, since no database was searched.")
    return tuple(Said(text) for text in (*said, "This page gives no advice on care."))


def facts_of(review: Review, certainties: Sequence[Certainty]) -> Facts:
    """The facts of a review."""
    asked = review.protocol.question
    first = answering(certainties) if review.studies else None
    sizes = [study.n_randomised for study in review.studies]
    dates = [item.date for item in review.sources.searches.file if item.date and item.method == "database"]
    harms = [c.harms for c in certainties if c.harms is not None]
    silent = [{study.study_id for study in harm.silent} for harm in harms]
    rated = [c for c in chosen(certainties)[0] if review.studies and c.harms is None]
    rated += [c for c in certainties if c.harms is not None]
    return Facts(
        asked.title, asked.therapy, asked.condition, len(review.studies), len(review.records),
        sum(n for n in sizes if n is not None), None not in sizes,
        [Told(c.rating.level, finding_of(review, c), c.harms is not None) for c in rated],
        numbers_of(first, finding_of(review, first)) if first else "", first.rating.level if first else NO_EVIDENCE,
        [step.domain for step in first.rating.counted] if first else [],
        len(review.studies) - len(set.intersection(*silent)) if silent else None,
        any(not report.included for harm in harms for report in harm.reports),
        review.sources.searches.kind == "database-search", max(dates, default=None),
        asked.eligibility_basis == "abstract", review.protocol.demonstration,
    )


def numbers_of(certainty: Certainty, finding: Finding) -> str:
    """The figures of an outcome in two plain sentences: of the pool, else of the studies' directions."""
    told, effect = certainty.analysis.direction, certainty.evidence.effect
    if effect is not None:
        middle, low, high = (natural(v, effect.measure) for v in (effect.estimate, effect.ci_low, effect.ci_high))
        null = 0 if effect.measure in ("MD", "SMD", "RD") else 1
        whose = f"Put together, {effect.k} studies give" if effect.k > 1 else "One study gives"
        bounds = interval(low, high, words=True)
        return f"{whose} a value of {number(middle)} (with a range of {bounds}). A value of {null} means no difference."
    if not told.k:
        return ""
    sides = _sides(certainty, finding)
    if told.no_difference:
        sides.append(f"{told.no_difference} found no difference")
    if told.unclear:
        sides.append(f"{told.unclear} {verb(told.unclear, 'does', 'do')} not say")
    whose = f"Of {told.k} studies" if told.k > 1 else "Of the one study"
    return f"{whose} on {in_sentence(finding.outcome)}, {listed(sides)}. This does not show how large a difference is."


def _sides(certainty: Certainty, finding: Finding) -> list[str]:
    """How many studies point which way."""
    told = certainty.analysis.direction
    if certainty.outcome.better == "neither":
        where = f"in people with {finding.condition}" if finding.association else f"with {finding.therapy}"
        return [f"{told.benefit or 'none'} found more of it {where}", f"{told.harm or 'none'} found less"]
    return [f"{told.benefit or 'none'} {verb(told.benefit or 1, 'leans', 'lean')} towards {finding.therapy}",
            f"{told.harm or 'none'} {verb(told.harm or 1, 'leans', 'lean')} the other way"]


def plain_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """The summary for the page; each sentence on an outcome carries the level that bounds it."""
    blocks = []
    for head, sentences in summary(facts_of(review, certainties)):
        spans = [el("span", item.text, data_level=item.level) if item.level else el("span", item.text)
                 for item in sentences]
        blocks.append(join(el("h3", head, class_="no-contents"), el("p", join(*spans, sep=" "))))
    return el("div", *blocks, class_="plain-summary", id="plain-summary")


def names_in(review: Review) -> tuple[str, ...]:
    """What counts as a name when reading is graded: condition, treatment, outcomes and their instruments."""
    asked = review.protocol.question
    found = [asked.condition, asked.therapy]
    for outcome in review.protocol.outcomes:
        found += [outcome.name, outcome.name.removesuffix(f" of {asked.therapy}")]
        found += [instrument.name for instrument in outcome.instruments]
    return tuple(dict.fromkeys(found))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
