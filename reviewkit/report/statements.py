"""Plain-language sentences from a rating: said in the words its certainty allows, and in no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reviewkit.certainty.evidence import RISKS
from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import Finding, Size, in_sentence, size_class, statement
from reviewkit.numbers import count
from reviewkit.render import Safe, anchor_id, certainty_badge, el, join, link
from reviewkit.report.lineage import finding_linked, numbers_anchor
from reviewkit.report.words import finding, listed, studies, verb
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty

AGREE = 2 / 3
"""Share of the reporting studies that must point one way before a narrative finding has a side."""


def finding_of(review: Review, certainty: Certainty) -> Finding:
    """What the sentence on an outcome speaks of: size and side of the effect, or of the studies' directions."""
    outcome, evidence = certainty.outcome, certainty.evidence
    size, towards = _narrative(certainty) if evidence.effect is None else _pooled(certainty)
    asked = review.protocol.question
    return Finding(
        outcome.name, asked.therapy, asked.condition, size, towards,
        association=asked.kind == "association" and outcome.better == "neither",
        counts=certainty.analysis.main.measure in RISKS,
        records=None if evidence.missing.complete_search else len(review.records),
    )


def _pooled(certainty: Certainty) -> tuple[Size, str]:
    outcome, effect = certainty.outcome, certainty.evidence.effect
    assert effect is not None
    mid = outcome.important_difference
    fits = mid is not None and mid.measure == effect.measure
    size = size_class(effect.measure, effect.estimate, important=mid.value if mid and fits else None,
                      large=mid.large if mid and fits else None)
    higher = effect.estimate > 0
    if effect.estimate == 0:
        return size, ""
    if outcome.better == "neither" or outcome.importance == "harm":
        return size, "higher" if higher else "lower"
    return size, "benefit" if higher == (outcome.better == "higher") else "harm"


def _narrative(certainty: Certainty) -> tuple[Size, str]:
    said = Counter(study.direction for study in certainty.evidence.reporting)
    total = sum(said.values())
    word, most = max(said.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if not total or most / total < AGREE or word == "mixed":
        return "either way", ""
    if word == "no difference":
        return "little", ""
    sides = {"intervention": "benefit", "comparator": "harm"}
    if certainty.outcome.importance == "harm":
        sides = {"intervention": "lower", "comparator": "higher"}
    return "unknown", sides.get(word, word)


def plain(review: Review, certainty: Certainty) -> str:
    """The sentence on an outcome, for a reader without training."""
    return statement(certainty.rating.level, finding_of(review, certainty))


def plain_html(review: Review, certainty: Certainty) -> Safe:
    """The sentence, marked with the outcome it speaks of, so that a test can hold it against the rating."""
    return el("span", plain(review, certainty), class_="plain-language", data_outcome=certainty.outcome.id)


def who_judged(certainty: Certainty) -> str:
    """Whose judgement a rating is."""
    if certainty.rating.level == NO_EVIDENCE:
        return "Nothing to rate."
    if not certainty.origin:
        return "Proposed by rule; no person has judged it."
    who = ", ".join(certainty.assessors)
    return f"A demonstration judgement ({who})." if certainty.origin == "demonstration" else f"Judged by {who}."


def certainty_line(review: Review, certainty: Certainty) -> Safe:
    """What stands under an outcome's result: circles, word, what may be said, and who judged."""
    name = anchor_id("certainty", certainty.outcome.id)
    why = link("Why this certainty", f"#{name}") if certainty.rating.steps else None
    how = link("how the result came about", f"#{numbers_anchor(certainty.outcome.id)}")
    ways = join(" ", why, "; ", how, ".") if why else None
    return el("p", certainty_badge(certainty.rating.level), " certainty. ", plain_html(review, certainty), " ",
              who_judged(certainty), ways, class_="certainty-line")


def answering(certainties: Sequence[Certainty]) -> Certainty | None:
    """The outcome whose sentence answers the question: the first that has an effect, else the first with evidence.

    Harms do not answer whether something helps; they stand in their own section.
    """
    told = [c for c in certainties if c.rating.level != NO_EVIDENCE and c.outcome.importance != "harm"]
    return next((c for c in told if c.evidence.effect is not None), told[0] if told else None)


def answer_sentence(review: Review, certainties: Sequence[Certainty]) -> str:
    """The one-sentence answer of a review."""
    included = len(review.studies)
    first = answering(certainties)
    if not included and review.sources.searches.kind != "database-search":
        looked_at = count(len(review.records))
        return (f"No study that fits the question was found: none among the {looked_at} records looked at; this was "
                "not a complete search.")
    if not included:
        return "No study that fits the question was found."
    if first is None:
        return f"{studies(included)} {verb(included, 'fits', 'fit')} the question; no result could be seen."
    return plain(review, first)


def answer(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """The answer at the head of a report: one sentence with its certainty, then the numbers behind it."""
    first = answering(certainties) if review.studies else None
    if first is None:
        return el("p", answer_sentence(review, certainties), class_="answer")
    level = first.rating.level
    same = [in_sentence(c.outcome.name) for c in certainties
            if c is not first and c.rating.level == level and c.outcome.importance != "harm"]
    further = f" The same certainty holds for {listed(same)}." if same else ""
    return join(
        el("p", plain_html(review, first), class_="answer"),
        el("p", certainty_badge(level), " certainty. ", finding_linked(first.analysis, finding(first.analysis)),
           further),
    )

