"""The structured abstract, by the twelve items of PRISMA 2020 for Abstracts (Page 2021, doi:10.1136/bmj.n71, box 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import in_sentence
from reviewkit.numbers import count
from reviewkit.render import Safe, el, join, link
from reviewkit.render.html import Child
from reviewkit.report.lineage import finding_linked
from reviewkit.report.statements import answer_sentence, answering, plain_html
from reviewkit.report.summary_of_findings import chosen
from reviewkit.report.words import INTERVALS, MEASURES, MODELS, count_words, finding, listed, studies, verb
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty

LEADING = 3
"""Limitations named in the abstract; all stand in their own section."""


def abstract_section(review: Review, certainties: Sequence[Certainty], limits: Sequence[str]) -> Safe:
    """The abstract, part by part; each part has an anchor, to which the checklist points.

    Parameters
    ----------
    limits : sequence of str
        What the reader must hold against the review.
    """
    asked = review.protocol.question
    parts: list[tuple[str, str, Child]] = [
        ("Objective", "objective", asked.title),
        ("Eligibility", "eligibility", _eligibility(review)),
        ("Sources", "sources", sources_sentence(review)),
        ("Risk of bias", "bias", _bias(review)),
        ("Synthesis", "synthesis", _synthesis(review)),
        ("Included studies", "included", _included(review)),
        ("Findings", "findings", _findings(review, certainties)),
        ("Limitations", "limitations", _limitations(certainties, limits)),
        ("Interpretation", "interpretation", _interpretation(review, certainties)),
        ("Funding", "funding", _sentence(asked.funding)),
        ("Registration", "registration", _sentence(asked.registration)),
    ]
    items = [join(el("dt", name), el("dd", body, id=f"abstract-{key}")) for name, key, body in parts]
    return el("dl", *items, class_="facts abstract", id="structured-abstract")


def _sentence(text: str) -> str:
    """A field of the protocol as a sentence."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _eligibility(review: Review) -> str:
    asked = review.protocol.question
    basis = "Judged on abstracts and web pages." if asked.eligibility_basis == "abstract" else "Judged on full texts."
    return (f"{_sentence(asked.population)} Designs: {listed(review.protocol.eligibility.designs)}. Compared with: "
            f"{in_sentence(asked.comparator).rstrip('.')}. {basis}")


def sources_sentence(review: Review) -> str:
    """Which databases were searched and when each was searched last; that none was, where none was."""
    searches = review.sources.searches
    lead = (f"{count_words(len(review.records), 'record')} on {count_words(len(review.reports), 'report')} were looked "
            "at.")
    if searches.kind == "not-a-database-search":
        return f"No database or register was searched. {lead}"
    last: dict[str, str] = {}
    for item in searches.file:
        if item.date and item.method == "database":
            last[item.source] = max(last.get(item.source, ""), item.date.isoformat())
    told = listed([f"{name} (last on {day})" for name, day in last.items()])
    more = " Citations were followed." if any(item.method != "database" for item in searches.file) else ""
    return f"{told}.{more} {lead}"


def _bias(review: Review) -> str:
    plan = review.protocol.appraisal
    used = dict.fromkeys(item.tool.name for item in review.appraisal.assessments
                         if item.started and item.tool.unit in ("result", "study"))
    if plan is None or not used:
        return "Not appraised." if plan is None or review.studies else "Nothing to appraise."
    who = f"{len(plan.assessors)} assessors" if len(plan.assessors) > 1 else "one assessor"
    own = ", of the project itself" if review.appraisal.demonstration else ""
    return f"By {who}{own}, with {'; '.join(used)}."


def _synthesis(review: Review) -> str:
    outcomes = review.protocol.outcomes
    plans = [outcome.plan for outcome in outcomes if outcome.plan.pool]
    ways: dict[str, list[str]] = {}
    for plan in plans:
        measures = ways.setdefault(f"{MODELS[plan.model]}, {INTERVALS[plan.interval]}", [])
        measures += [MEASURES[plan.measure]] if MEASURES[plan.measure] not in measures else []
    told = "; ".join(f"{listed(measures)} ({way})" for way, measures in ways.items())
    pooled = f"Pools were planned for {len(plans)} of {count_words(len(outcomes), 'outcome')}: {told}." if plans \
        else "No pool was planned."
    return f"{pooled} Where nothing could be pooled, directions of effect were counted. Certainty was rated with GRADE."


def _included(review: Review) -> str:
    found = review.studies
    if not found:
        return "No study met the eligibility criteria."
    sizes = [study.n_randomised for study in found if study.n_randomised is not None]
    known = count_words(sum(sizes), "person", "people")
    people = f"with {known}" if len(sizes) == len(found) else (
        f"with {known} in the {len(sizes)} that say how many" if sizes else "which do not say with how many people")
    designs = Counter(study.design for study in found)
    kinds = "; ".join(f"{name} ({n})" for name, n in designs.most_common(LEADING))
    left = len(designs) - LEADING
    more = f"; {left} more {verb(left, 'design', 'designs')}" if left > 0 else ""
    comma = "" if len(sizes) == len(found) else ","
    return f"{studies(len(found)).capitalize()}{comma} {people}. Designs: {kinds}{more}."


def _findings(review: Review, certainties: Sequence[Certainty]) -> Child:
    """Each outcome of the summary of findings: the numbers, then what may be said of them."""
    kept, left = chosen(certainties)
    told = [c for c in kept if c.rating.level != NO_EVIDENCE]
    silent = [c.outcome.name for c in (*kept, *left) if c.rating.level == NO_EVIDENCE]
    items = [el("li", finding_linked(c.analysis, finding(c.analysis, why=False)), " ", plain_html(review, c),
                f" {c.rating.level.capitalize()} certainty.") for c in told]
    return join(
        el("ul", *items) if items else "No study gives a result.",
        f" No evidence on: {listed([in_sentence(name) for name in silent])}." if silent else "",
        f" Further outcomes, rated below: {'; '.join(c.outcome.name for c in left if c.rating.level != NO_EVIDENCE)}."
        if any(c.rating.level != NO_EVIDENCE for c in left) else "",
    )


def _limitations(certainties: Sequence[Certainty], limits: Sequence[str]) -> Child:
    first = answering(certainties)
    lowered = [step.domain for step in first.rating.counted if not step.upwards] if first else []
    name = in_sentence(first.outcome.name) if first else ""
    evidence = f"Of the evidence: {listed(lowered)} (for {name}). " if lowered else ""
    own = " ".join(_sentence(limit) for limit in limits[:LEADING])
    more = len(limits) - LEADING
    if not evidence and not own:
        return "None stated."
    rest = join(f" {count(more)} more {verb(more, 'stands', 'stand')} under ", link("Limitations", "#limitations"), ".")
    return join(evidence, own, rest if more > 0 else None)


def _interpretation(review: Review, certainties: Sequence[Certainty]) -> Child:
    first = answering(certainties) if review.studies else None
    said: Child = plain_html(review, first) if first else answer_sentence(review, certainties)
    caution = " A demonstration: no conclusion on care may rest on it." if review.protocol.demonstration else ""
    return join(said, caution)
