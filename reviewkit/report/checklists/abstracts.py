"""PRISMA 2020 for Abstracts: 12 items (Page 2021, doi:10.1136/bmj.n71, box 2), held against the structured abstract."""

from __future__ import annotations

from reviewkit.report.checklists.look import Answer, Item, Look, either, met, needless, unmet
from reviewkit.report.checklists.prisma import NO_SEARCH, NO_STUDY, _title


def _at(part: str) -> tuple[str, str]:
    return ("Abstract", f"abstract-{part}")


def _objective(look: Look) -> Answer:
    return either(bool(look.asked.title), "The question is not stated.", _at("objective"))


def _eligibility(look: Look) -> Answer:
    return either(bool(look.protocol.eligibility.designs and look.asked.population), "Criteria are not stated.",
                  _at("eligibility"))


def _sources(look: Look) -> Answer:
    if not look.searched:
        return unmet(NO_SEARCH, _at("sources"))
    return either(all(item.date for item in look.searches), "A search has no date.", _at("sources"))


def _bias(look: Look) -> Answer:
    if not look.studies:
        return needless(NO_STUDY, _at("bias"))
    return either(any(a.started for a in look.review.appraisal.assessments), "Risk of bias was not appraised.",
                  _at("bias"))


def _synthesis(look: Look) -> Answer:
    return either(all(o.plan.pool or o.plan.why_not_pooled for o in look.protocol.outcomes),
                  "How results were put together is not stated.", _at("synthesis"))


def _included(look: Look) -> Answer:
    silent = [study.label for study in look.review.studies if study.n_randomised is None]
    if silent:
        return unmet(f"The number of people is not known for {len(silent)} of {look.studies} studies.", _at("included"))
    return met(_at("included"))


def _findings(look: Look) -> Answer:
    if not look.rated:
        return needless("No outcome has evidence.", _at("findings"))
    bare = [c.outcome.name for c in look.rated if c.evidence.effect is None and not c.analysis.direction.counted]
    return either(not bare, f"Neither an effect nor a direction is known for: {', '.join(bare)}.", _at("findings"))


def _limitations(look: Look) -> Answer:
    return either(bool(look.report.limits), "No limitation is named.", _at("limitations"))


def _interpretation(look: Look) -> Answer:
    return either(bool(look.certainties), "The protocol names no outcome.", _at("interpretation"))


def _funding(look: Look) -> Answer:
    return either(bool(look.asked.funding), "Funding is not stated.", _at("funding"))


def _registration(look: Look) -> Answer:
    return either(look.asked.registration.casefold() not in ("none", "not registered"), "The review is not registered.",
                  _at("registration"))


ITEMS = (
    Item("1", "Title", "Title", "The title says that it is a systematic review.", _title),
    Item("2", "Background", "Objectives", "The main question or questions.", _objective),
    Item("3", "Methods", "Eligibility criteria", "What makes a study eligible.", _eligibility),
    Item("4", "Methods", "Information sources", "Sources, and when each was last searched.", _sources),
    Item("5", "Methods", "Risk of bias", "How risk of bias was assessed.", _bias),
    Item("6", "Methods", "Synthesis", "How results are presented and put together.", _synthesis),
    Item("7", "Results", "Included studies", "How many studies and people, and their characteristics.", _included),
    Item("8", "Results", "Results", "Main outcomes with studies, people, effect and direction.", _findings),
    Item("9", "Discussion", "Limitations", "Limitations of the evidence in short.", _limitations),
    Item("10", "Discussion", "Interpretation", "What the results mean.", _interpretation),
    Item("11", "Other", "Funding", "The main source of funding.", _funding),
    Item("12", "Other", "Registration", "Register name and number.", _registration),
)  # fmt: skip
