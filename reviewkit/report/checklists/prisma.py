"""PRISMA 2020: 27 items with their parts, each held against the review. Our own wording, the source's numbers.

Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71. doi:10.1136/bmj.n71. Stricter than its source in one thing:
a step that was not done, or not by two people, is 'not met' even where the report says so plainly.
"""

from __future__ import annotations

from reviewkit.render import anchor_id
from reviewkit.report.checklists.look import Answer, Item, Look, either, met, needless, unmet

NO_SEARCH = "No database or register was searched."
NO_STUDY = "No study is included."
OWN = "The judgements are the project's own (a demonstration), not those of two human reviewers."
NO_FULL_TEXT = "No full text was sought: abstracts and web pages stood in its place."


def _title(look: Look) -> Answer:
    return either("systematic review" in look.report.title.casefold(),
                  "The title does not call it a systematic review"
                  + (": it is a demonstration." if look.demonstration else "."), "title")


def _abstract(look: Look) -> Answer:
    from reviewkit.report.checklists.abstracts import ITEMS as PARTS

    left = [item.number for item in PARTS if item.rule(look).state == "not met"]
    return either(not left, f"Items {', '.join(left)} of the checklist for abstracts are not met.", "abstract")


def _rationale(look: Look) -> Answer:
    return either(bool(look.asked.rationale), "The protocol gives no rationale.", "protocol")


def _objectives(look: Look) -> Answer:
    asked = look.asked
    return either(bool(asked.title and asked.population and asked.comparator and look.protocol.outcomes),
                  "The question is not stated in full.", "protocol")


def _eligibility(look: Look) -> Answer:
    return either(bool(look.protocol.eligibility.designs and look.protocol.analysis_sets),
                  "The protocol names no eligible designs.", "protocol", "sets")


def _sources(look: Look) -> Answer:
    if not look.searched:
        return unmet(NO_SEARCH, "sources")
    return either(all(item.date for item in look.searches), "A search has no date.", "files")


def _strategy(look: Look) -> Answer:
    if not look.searched:
        return unmet(NO_SEARCH, "sources")
    return either(all(item.query or item.parameters for item in look.searches),
                  "A search has no strategy.", "sources")


def _by_two(look: Look, twice: bool, once: str, place: str) -> Answer:
    """What is asked of a step that two people do: on full texts, and not by the project itself."""
    whys = [OWN] if look.demonstration else []
    whys += [] if twice else [once]
    whys += [NO_FULL_TEXT] if look.on_abstracts else []
    return unmet(" ".join(whys), place) if whys else met(place)


def _selection(look: Look) -> Answer:
    return _by_two(look, look.twice, "A report was judged by one reviewer at one stage or more.", "votes")


def _collection(look: Look) -> Answer:
    return _by_two(look, len(look.protocol.extraction.extractors) > 1, "One person extracted the numbers.", "protocol")


def _outcomes(look: Look) -> Answer:
    return either(all(o.timepoint for o in look.protocol.outcomes), "An outcome has no time point.", "outcomes")


def _variables(look: Look) -> Answer:
    if not look.studies:
        return needless(NO_STUDY, "included")
    told = all(study.design and study.comparator for study in look.review.studies)
    return either(told, "A study stands without its design or comparator.", "included")


def _bias_methods(look: Look) -> Answer:
    plan = look.protocol.appraisal
    if plan is None:
        return unmet("The protocol plans no appraisal of risk of bias.", "bias")
    return _by_two(look, len(plan.assessors) > 1, "One person judged the risk of bias.", "bias")


def _measures(look: Look) -> Answer:
    return either(all(o.plan.measure for o in look.protocol.outcomes), "An outcome has no effect measure.", "outcomes")


def _sets(look: Look) -> Answer:
    return either(all(s.rule for s in look.protocol.analysis_sets), "A set has no rule.", "sets")


def _preparation(look: Look) -> Answer:
    if not look.analyses:
        return needless("No study reports an outcome.", "results")
    told = all(r.steps or r.reason for found in look.analyses for r in found.main.results)
    return either(told, "A result does not say how it came about.", "results")


def _display(look: Look) -> Answer:
    return met("results") if look.analyses else needless("No study reports an outcome.", "results")


def _methods(look: Look) -> Answer:
    plans = [outcome.plan for outcome in look.protocol.outcomes]
    told = all(plan.pool or plan.why_not_pooled for plan in plans)
    where = ("outcomes", "models") if any(plan.pool for plan in plans) else ("outcomes",)
    return either(told, "An outcome is not pooled and no reason is given.", *where, "provenance")


def _subgroups(look: Look) -> Answer:
    return either(any(o.plan.subgroups for o in look.protocol.outcomes),
                  "No subgroup analysis or meta-regression was planned.", "outcomes")


def _sensitivity(look: Look) -> Answer:
    return either(any(o.plan.sensitivity for o in look.protocol.outcomes),
                  "No sensitivity analysis was planned.", "outcomes")


def _missing_methods(look: Look) -> Answer:
    told = any(look.review.appraisal.synthesis(name) for name in look.protocol.outcome_ids)
    return either(told, "Bias from missing results was not assessed.", "missing")


def _certainty_methods(look: Look) -> Answer:
    return either(look.protocol.certainty is not None,
                  "The protocol names nobody who judges certainty: the ratings are proposals of the rules.", "findings")


def _flow(look: Look) -> Answer:
    whys = [] if look.searched else ["The records came from no search."]
    whys += [NO_FULL_TEXT] if look.on_abstracts else []
    whys += ["Screening is not finished."] if look.review.flow.unscreened or look.review.flow.undecided else []
    return unmet(" ".join(whys), "flow") if whys else met("flow")


def _excluded(look: Look) -> Answer:
    found = look.review.screening.at("full-text", "exclude")
    if not found:
        return needless("No report was excluded after a closer look.", "excluded")
    return either(all(status.reason for status in found), "A report is excluded without a reason.", "excluded", "near")


def _characteristics(look: Look) -> Answer:
    return met("included") if look.studies else needless(NO_STUDY, "included")


def _bias_results(look: Look) -> Answer:
    if not look.studies:
        return needless(NO_STUDY, "included")
    judged = {a.study_id for a in look.review.appraisal.assessments if a.started}
    left = [study.label for study in look.review.studies if study.study_id not in judged]
    return either(not left, f"Not appraised: {', '.join(left)}.", "bias")


def _individual(look: Look) -> Answer:
    if not look.analyses:
        return needless("No study reports an outcome.", "results")
    bare = [f.outcome.name for f in look.analyses if not f.main.usable]
    return either(not bare, f"No study gives an effect with its precision for: {', '.join(bare)}.", "results")


def _synthesis_studies(look: Look) -> Answer:
    if not look.rated:
        return needless("Nothing was put together.", "results")
    judged = {a.study_id for a in look.review.appraisal.assessments if a.started}
    left = {r.study_id for c in look.reporting for r in c.analysis.main.results} - judged
    return either(not left, f"{len(left)} of the studies put together were not appraised.", "results", "findings")


def _pools(look: Look) -> Answer:
    if not look.pooled:
        return needless("Nothing was pooled; SWiM below says what was done instead.", "results")
    return met(*[(c.outcome.name, anchor_id("outcome", c.outcome.id)) for c in look.pooled])


def _subgroup_results(look: Look) -> Answer:
    if not look.pooled:
        return needless("Nothing was pooled.", "results")
    return either(any(c.outcome.plan.subgroups for c in look.pooled),
                  "Causes of heterogeneity were not looked into.", "results")


def _sensitivity_results(look: Look) -> Answer:
    found = [c.outcome for c in look.reporting if c.analysis.sensitivity and (c.harms is None or c.harms.reports)]
    if not look.analyses:
        return needless("No study reports an outcome.", "results")
    places = [(outcome.name, anchor_id("sensitivity", outcome.id)) for outcome in found]
    return met(*places) if found else unmet("No sensitivity analysis was made.", "results")


def _missing_results(look: Look) -> Answer:
    if not look.rated:
        return needless("No synthesis to assess.", "missing")
    left = [c.outcome.name for c in look.rated if look.review.appraisal.synthesis(c.outcome.id) is None]
    return either(not left, f"Not assessed for {len(left)} of {len(look.rated)} outcomes with evidence.", "missing")


def _certainty_results(look: Look) -> Answer:
    if not look.rated:
        return needless("No outcome has evidence to rate.", "findings")
    left = [c.outcome.name for c in look.rated if not c.origin]
    return either(not left, f"Proposed by rule and judged by nobody: {', '.join(left)}.", "findings")


def _interpretation(look: Look) -> Answer:
    beside = (look.review.folder / "published.csv").is_file()
    return either(beside, "The results are not set beside other evidence.", "published" if beside else "findings")


def _evidence_limits(look: Look) -> Answer:
    return either(bool(look.asked.limitations), "The protocol names no limitation of the evidence.", "limits")


def _process_limits(look: Look) -> Answer:
    return either(bool(look.report.limits), "No limitation of the review is named.", "limits")


def _implications(look: Look) -> Answer:
    if look.asked.implications:
        return met("implications")
    which = "" if look.rated else ", and there is no evidence to draw any from"
    return unmet(f"The protocol names no implication{which}; the program draws none.", "limits")


def _registration(look: Look) -> Answer:
    return either(look.asked.registration.casefold() not in ("none", "not registered"), "The review is not registered.",
                  "protocol")


def _access(look: Look) -> Answer:
    told = any(name.endswith("protocol.toml") for name in look.report.provenance.files)
    return either(told, "The protocol is not among the inputs.", "protocol", "inputs")


def _amendments(look: Look) -> Answer:
    told = bool(look.protocol.amendments) or look.asked.version in ("1", "1.0", "1.0.0")
    return either(told, f"The protocol stands at version {look.asked.version} without an amendment that says why.",
                  "amendments")


def _support(look: Look) -> Answer:
    return either(bool(look.asked.funding), "Funding is not stated.", "protocol")


def _interests(look: Look) -> Answer:
    return either(bool(look.asked.conflicts), "Competing interests are not stated.", "protocol")


def _data(look: Look) -> Answer:
    found = look.report.provenance
    return either(bool(found.files and found.code), "No input is named.", "inputs", "provenance")


ITEMS = (
    Item("1", "Title", "Title", "The title says that it is a systematic review.", _title),
    Item("2", "Abstract", "Abstract", "The abstract holds the twelve items for abstracts.", _abstract),
    Item("3", "Introduction", "Rationale", "Why the review was made, given what is known.", _rationale),
    Item("4", "Introduction", "Objectives", "The question or questions, stated in full.", _objectives),
    Item("5", "Methods", "Eligibility criteria", "What makes a study eligible, and how studies are grouped.",
         _eligibility),
    Item("6", "Methods", "Information sources", "Every source, and when it was last searched.", _sources),
    Item("7", "Methods", "Search strategy", "The full strategy for each source, with its limits.", _strategy),
    Item("8", "Methods", "Selection process", "How many people judged each record and report, and how.", _selection),
    Item("9", "Methods", "Data collection", "How many people collected data from each report, and how.", _collection),
    Item("10a", "Methods", "Data items: outcomes", "Every outcome for which data were sought.", _outcomes),
    Item("10b", "Methods", "Data items: other", "Every other variable for which data were sought.", _variables),
    Item("11", "Methods", "Risk of bias in studies", "Tools, how many people judged, and how.", _bias_methods),
    Item("12", "Methods", "Effect measures", "The effect measure of each outcome.", _measures),
    Item("13a", "Methods", "Synthesis: which studies", "How it was decided which studies enter a synthesis.", _sets),
    Item("13b", "Methods", "Synthesis: preparation", "How data were prepared and converted.", _preparation),
    Item("13c", "Methods", "Synthesis: display", "How results were tabulated or drawn.", _display),
    Item("13d", "Methods", "Synthesis: methods", "How results were put together, why, and with what software.",
         _methods),
    Item("13e", "Methods", "Synthesis: heterogeneity", "How causes of heterogeneity were looked for.", _subgroups),
    Item("13f", "Methods", "Synthesis: sensitivity", "Sensitivity analyses planned.", _sensitivity),
    Item("14", "Methods", "Reporting bias", "How bias from missing results was assessed.", _missing_methods),
    Item("15", "Methods", "Certainty", "How certainty of the evidence was assessed.", _certainty_methods),
    Item("16a", "Results", "Study selection", "Numbers from search to inclusion, as a flow diagram.", _flow),
    Item("16b", "Results", "Near misses", "Studies that seemed eligible and were excluded, and why.", _excluded),
    Item("17", "Results", "Study characteristics", "Each included study with its characteristics.", _characteristics),
    Item("18", "Results", "Risk of bias in studies", "The risk of bias of each included study.", _bias_results),
    Item("19", "Results", "Individual studies", "Each study's figures, effect and precision for every outcome.",
         _individual),
    Item("20a", "Results", "Syntheses: studies", "Characteristics and risk of bias of what each rests on.",
         _synthesis_studies),
    Item("20b", "Results", "Syntheses: results", "Each pool with its precision and heterogeneity.", _pools),
    Item("20c", "Results", "Syntheses: heterogeneity", "What causes of heterogeneity were found.", _subgroup_results),
    Item("20d", "Results", "Syntheses: sensitivity", "How robust the results are.", _sensitivity_results),
    Item("21", "Results", "Reporting bias", "Risk of bias from missing results, for each synthesis.", _missing_results),
    Item("22", "Results", "Certainty", "The certainty of each outcome's evidence.", _certainty_results),
    Item("23a", "Discussion", "Interpretation", "The results beside other evidence.", _interpretation),
    Item("23b", "Discussion", "Limits of the evidence", "Limitations of the evidence included.", _evidence_limits),
    Item("23c", "Discussion", "Limits of the review", "Limitations of how the review was made.", _process_limits),
    Item("23d", "Discussion", "Implications", "What follows for practice, policy and research.", _implications),
    Item("24a", "Other", "Registration", "Register and number, or that there is none.", _registration),
    Item("24b", "Other", "Protocol", "Where the protocol can be read.", _access),
    Item("24c", "Other", "Amendments", "Changes to what was registered or planned.", _amendments),
    Item("25", "Other", "Support", "Funding, and the role of funders.", _support),
    Item("26", "Other", "Competing interests", "Competing interests of the authors.", _interests),
    Item("27", "Other", "Data and code", "Which data, code and other materials can be had, and where.", _data),
)  # fmt: skip
