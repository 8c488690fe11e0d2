"""SWiM: nine items on syntheses without a pool, held against the outcomes that were not pooled.

Campbell M et al. Synthesis without meta-analysis (SWiM) in systematic reviews: reporting guideline. BMJ 2020;368:l6890.
doi:10.1136/bmj.l6890.
"""

from __future__ import annotations

from reviewkit.render import anchor_id
from reviewkit.report.checklists.look import Answer, Item, Look, either, met, needless, unmet


def _groups(look: Look) -> Answer:
    return either(all(s.rule for s in look.protocol.analysis_sets), "A set has no rule.", "sets", "outcomes")


def _changes(look: Look) -> Answer:
    if not look.protocol.amendments:
        return needless("The protocol was not amended.", "amendments")
    return either(all(a.reason for a in look.protocol.amendments), "A change has no reason.", "amendments")


def _metric(look: Look) -> Answer:
    counted = [c for c in look.unpooled if c.analysis.direction.k]
    return either(len(counted) == len(look.unpooled), "An outcome has no common measure.",
                  *[_outcome(c.outcome.name, c.outcome.id) for c in counted[:3]])


def _method(look: Look) -> Answer:
    whys = [c.analysis.main.why or (c.harms.why if c.harms else "") for c in look.unpooled]
    return either(all(whys), "An outcome is not pooled and no reason is given.", "outcomes", "results")


def _priority(look: Look) -> Answer:
    return either(bool(look.rated) and look.protocol.certainty is not None,
                  "How results were put in order of weight is not stated.", "findings")


def _heterogeneity(look: Look) -> Answer:
    return either(any(c.outcome.plan.subgroups for c in look.unpooled),
                  "Causes of heterogeneity were not looked into.", "outcomes")


def _certainty(look: Look) -> Answer:
    left = [c.outcome.name for c in look.unpooled if c in look.rated and not c.origin]
    return either(not left, f"Proposed by rule and judged by nobody: {', '.join(left)}.", "findings")


def _display(look: Look) -> Answer:
    return met(*[_outcome(c.outcome.name, c.outcome.id) for c in look.unpooled])


def _results(look: Look) -> Answer:
    bare = [c.outcome.name for c in look.unpooled if not c.analysis.direction.counted and not c.harms]
    if bare:
        return unmet(f"No study states a direction for: {', '.join(bare)}.", "results")
    return met("results", "findings")


def _limits(look: Look) -> Answer:
    return either(bool(look.report.limits), "No limitation is named.", "limits")


def _outcome(name: str, key: str) -> tuple[str, str]:
    return (name, anchor_id("outcome", key))


ITEMS = (
    Item("1a", "Methods", "Grouping", "How studies are grouped for synthesis, and why.", _groups),
    Item("1b", "Methods", "Changes in grouping", "Changes after the protocol, and why.", _changes),
    Item("2", "Methods", "Standard metric", "The common measure, and how results were brought to it.", _metric),
    Item("3", "Methods", "Synthesis methods", "What was done in place of a pool, and why.", _method),
    Item("4", "Methods", "Order of results", "How results were given more or less weight.", _priority),
    Item("5", "Methods", "Heterogeneity", "How causes of heterogeneity were looked for.", _heterogeneity),
    Item("6", "Methods", "Certainty", "How certainty was assessed.", _certainty),
    Item("7", "Methods", "Display", "How results are drawn or tabulated.", _display),
    Item("8", "Results", "Results", "For each outcome what was found, and how sure it is.", _results),
    Item("9", "Discussion", "Limitations", "What this way of putting results together cannot show.", _limits),
)  # fmt: skip
