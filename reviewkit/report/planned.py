"""Sections on what was asked and planned: the protocol as PICO, its outcomes, and its versions with their changes."""

from __future__ import annotations

from collections import Counter

from reviewkit.certainty.wording import in_sentence
from reviewkit.numbers import plain
from reviewkit.protocol import Outcome, Plan
from reviewkit.render import Row, Safe, anchor_id, definition_list, details, el, join, table
from reviewkit.render.html import Child
from reviewkit.report.words import INTERVALS, MEASURES, MODELS, listed
from reviewkit.review import Review

WHY_RANDOM = "Random effects, since people, treatment and setting differ between studies (Cochrane Handbook, 10.10.4)."
WHY_HK = "Intervals by Hartung and Knapp's method, which allows for few studies (Cochrane Handbook, 10.10.4.4)."


def protocol_section(review: Review) -> Safe:
    """The question as PICO, eligibility, outcomes with their plans, analysis sets, amendments."""
    protocol, asked = review.protocol, review.protocol.question
    named = {word: [in_sentence(o.name) for o in protocol.outcomes if o.importance == word]
             for word in ("critical", "important", "harm")}
    outcomes = "; ".join(f"{word}: {listed(names)}" for word, names in named.items() if names)
    pico: list[tuple[Child, Child]] = [("P: population", asked.population)]
    pico += [("I: intervention", asked.intervention)] if asked.intervention else []
    pico += [("E: exposure", asked.exposure)] if asked.exposure else []
    pico += [
        ("C: comparator", asked.comparator), ("O: outcomes", outcomes),
        ("S: study designs", "; ".join(protocol.eligibility.designs)),
    ]
    facts: list[tuple[Child, Child]] = [
        ("Kind of question", asked.kind),
        ("Eligibility judged on", "abstracts and web pages" if asked.eligibility_basis == "abstract" else "full texts"),
        ("Protocol", f"version {asked.version} of {asked.date.isoformat()}; registration: {asked.registration}"),
        ("Votes wanted", f"{protocol.screening.votes_title_abstract} on title and abstract, "
                         f"{protocol.screening.votes_full_text} on eligibility"),
        ("Extraction and appraisal by", _roles(review)),
        ("Funding", asked.funding),
        ("Conflicts of interest", asked.conflicts),
    ]
    further = protocol.eligibility.criteria
    return join(
        el("p", el("strong", asked.title)),
        el("p", asked.rationale) if asked.rationale else None,
        definition_list(pico, class_="facts pico"),
        el("p", "Further criteria:") if further else None,
        el("ul", *[el("li", item) for item in further]) if further else None,
        definition_list(facts),
        _outcomes(review),
        _reasons(review),
        details("Analysis sets", definition_list([(s.id, s.rule) for s in protocol.analysis_sets]), id_="sets"),
        amendments_table(review),
    )


def _roles(review: Review) -> str:
    """Who extracts and who appraises, by role."""
    protocol = review.protocol
    appraisers = listed(protocol.appraisal.assessors) if protocol.appraisal else "nobody"
    return f"extraction: {listed(protocol.extraction.extractors)}; risk of bias: {appraisers}"


def _outcomes(review: Review) -> Safe:
    rows = [
        Row([outcome.name, outcome.importance, "; ".join(i.name for i in outcome.instruments) or "any",
             outcome.timepoint, _worth(outcome), _how(outcome.plan)], id=anchor_id("planned", outcome.id))
        for outcome in review.protocol.outcomes
    ]
    return table(
        ["Outcome", "Importance", "Instruments, in order", "Time", "Minimal important difference", "Synthesis planned"],
        rows, caption="Outcomes and what was planned for each.", id_="outcomes-planned",
    )


def _worth(outcome: Outcome) -> str:
    important = outcome.important_difference
    return (f"{plain(important.value)} ({important.measure}; {important.source})" if important
            else f"none set: {outcome.no_important_difference_because}")


def _how(plan: Plan) -> str:
    if not plan.pool:
        return f"not pooled: {plan.why_not_pooled}"
    return (f"{MEASURES[plan.measure]}; {MODELS[plan.model]}, {plan.tau2} for τ², {INTERVALS[plan.interval]}; "
            f"from {plan.least_studies} studies")


def _reasons(review: Review) -> Safe | None:
    """Why the planned models are what they are; nothing where no pool was planned."""
    plans = [outcome.plan for outcome in review.protocol.outcomes if outcome.plan.pool]
    said = [WHY_RANDOM] if any(plan.model == "random" for plan in plans) else []
    said += [WHY_HK] if any(plan.interval.startswith("hk") and plan.model == "random" for plan in plans) else []
    return el("p", " ".join(said), id="models") if said else None


def amendments_table(review: Review) -> Safe:
    """Changes to the protocol after its first version, each with its reason (PRISMA 2020, item 24c)."""
    return table(
        ["Version", "Date", "Change", "Reason"],
        [(a.version, a.date.isoformat(), a.change, a.reason) for a in review.protocol.amendments],
        caption="Amendments to the protocol.", id_="amendments", empty_text="The protocol has not been amended.",
    )


def versions_section(review: Review, report_id: str) -> Safe:
    """What this report is a version of, and what changed from one version of the protocol to the next."""
    asked, amendments = review.protocol.question, review.protocol.amendments
    # The statuses, not the logs: while two vote blindly, no count may tell of a vote.
    statuses = (status for stage in review.screening.stages.values() for status in stage.values())
    votes = Counter(vote.protocol for status in statuses for vote in (*status.votes, status.consensus) if vote)
    earlier = set(votes) - {a.version for a in amendments}
    name = earlier.pop() if len(earlier) == 1 else "before the first amendment"
    first = (name, "not recorded") if amendments else (asked.version, asked.date.isoformat())
    rows: list[list[Child]] = [[*first, "First version.", "–", votes.pop(asked.version, 0) if not amendments else None]]
    rows += [[a.version, a.date.isoformat(), a.change, a.reason, votes.pop(a.version, 0)] for a in amendments]
    if amendments:
        rows[0][-1] = sum(votes.values())
    return join(
        el("p", f"This is report {report_id} under version {asked.version} of the protocol. The id of a report follows "
                "from its inputs, the code and the environment: where any of them changes, so does the id."),
        table(["Version", "Date", "Change", "Reason", "Votes cast under it"], rows, id_="versions",
              caption="Versions of the protocol and what each changed."),
    )
