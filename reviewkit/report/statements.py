"""Plain-language sentences from a rating: said in the words its certainty allows, and in no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reviewkit.certainty.evidence import RISKS
from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import Finding, Size, in_sentence, size_class, statement
from reviewkit.render import Safe, certainty_badge, el, join
from reviewkit.report.words import finding, studies
from reviewkit.review import Review
from reviewkit.review.certainty_of import Certainty

AGREE = 2 / 3
"""Share of the reporting studies that must point one way before a narrative finding has a side."""


def finding_of(review: Review, certainty: Certainty) -> Finding:
    """What the sentence on an outcome speaks of: size and side of the effect, or of the studies' directions."""
    outcome, evidence = certainty.outcome, certainty.evidence
    size, towards = _narrative(certainty) if evidence.effect is None else _pooled(certainty)
    asked = review.protocol.question
    return Finding(
        outcome.name, asked.therapy, asked.condition, size, towards, association=outcome.better == "neither",
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
    return el("p", certainty_badge(certainty.rating.level), " certainty. ", plain_html(review, certainty), " ",
              who_judged(certainty), class_="certainty-line")


def answer(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """The answer at the head of a report: one sentence with its certainty, then the numbers behind it."""
    included = len(review.studies)
    if not included:
        lead = "No eligible study was found among the records looked at; this was not a complete search."
        if review.sources.searches.kind == "database-search":
            lead = "No eligible study was found."
        return el("p", lead, class_="answer")
    told = [c for c in certainties if c.rating.level != NO_EVIDENCE and c.outcome.importance != "harm"]
    first = next((c for c in told if c.evidence.effect is not None), told[0] if told else None)
    if first is None:
        return el("p", f"{studies(included).capitalize()} met the eligibility criteria; none reports a result that "
                       "could be seen for any outcome.", class_="answer")
    others = [in_sentence(c.outcome.name) for c in told if c is not first and c.rating.level == first.rating.level]
    same = f" The same certainty holds for {_listed(others)}." if others else ""
    return join(
        el("p", plain_html(review, first), class_="answer"),
        el("p", certainty_badge(first.rating.level), f" certainty. {finding(first.analysis)}{same}"),
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
