"""The certainty of an outcome from a question's files: evidence from the analysis, appraisal and missing results."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.appraisal import tool_for
from reviewkit.certainty.evidence import (
    NOT_APPRAISED,
    RISKS,
    Design,
    Effect,
    Evidence,
    MissingEvidence,
    Settings,
    StudyEvidence,
)
from reviewkit.certainty.rating import NO_EVIDENCE, Rating, rate
from reviewkit.errors import InputError, Problem
from reviewkit.extraction import ArmRow, Study, StudyResult
from reviewkit.protocol import Outcome
from reviewkit.review.analysis import OutcomeAnalysis
from reviewkit.review.certainty.file import NAME, CertaintyJudgements
from reviewkit.review.extraction.harms import Harms, harms_of

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

LIGHTS = {"low": "low", "some": "some concerns", "none": "no information", "high": "high", "critical": "critical"}
"""What a tool's light says, in words that the rating knows."""
LEFT_OUT = "missing for what it showed"


@dataclass(frozen=True, slots=True)
class Appraised:
    """A study's overall risk of bias and the tool that gave it."""

    judgement: str = NOT_APPRAISED
    tool: str = ""


@dataclass(frozen=True)
class Certainty:
    """The rating of one outcome with what it rests on.

    Attributes
    ----------
    origin : str
        'review' or 'demonstration'; empty where nobody has judged and the proposals stand alone.
    """

    outcome: Outcome
    rating: Rating
    evidence: Evidence
    analysis: OutcomeAnalysis
    harms: Harms | None
    origin: str
    assessors: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {**self.rating.as_dict(), "origin": self.origin or None, "assessors": list(self.assessors)}

    def __str__(self) -> str:
        return str(self.rating)


def certainty_of(
    review: Review, analysis: OutcomeAnalysis, *, appraised: Mapping[str, Appraised] | None = None
) -> Certainty:
    """Rate the certainty of one outcome.

    Parameters
    ----------
    analysis : OutcomeAnalysis
        The outcome's synthesis; another one than the plan's gives the rating under that choice.
    appraised : mapping of str to Appraised, optional
        Risk of bias by study id; by default from the question's files. A study without an entry counts as not
        appraised.

    Raises
    ------
    InputError
        With every judgement that the rules do not allow, each with its line in ``certainty.toml``.
    """
    outcome = analysis.outcome
    judgements = review.certainty_judgements
    harms = harms_of(review, analysis) if outcome.importance == "harm" else None
    known = appraised_of(review, outcome.id) if appraised is None else appraised
    evidence = evidence_of(review, analysis, harms, known)
    try:
        rating = rate(evidence, judgements.of(outcome.id), settings_of(review))
    except InputError as error:
        raise InputError([_placed(review, judgements, outcome.id, problem) for problem in error.problems]) from None
    judged = judgements.has(outcome.id)
    return Certainty(outcome, rating, evidence, analysis, harms, judgements.origin if judged else "",
                     judgements.assessors if judged else ())


def settings_of(review: Review) -> Settings:
    """The rules' parameters as the protocol sets them."""
    plan = review.protocol.certainty
    if plan is None:
        return Settings()
    return Settings(plan.alpha, plan.power, plan.relative_risk_reduction, plan.non_randomised_start)


def appraised_of(review: Review, outcome: str) -> dict[str, Appraised]:
    """Overall risk of bias of each study for an outcome; studies that nobody appraised are left out."""
    found = {}
    for study in review.all_studies:
        assessment = review.appraisal.of(study.study_id, outcome)
        if assessment is not None:
            found[study.study_id] = Appraised(LIGHTS.get(assessment.light("overall"), "no information"),
                                              assessment.tool.id)
    return found


def design_of(study: Study) -> Design:
    """'randomised' where the design asks for a tool for randomised trials, else 'non-randomised'."""
    return "randomised" if tool_for(study.design).startswith("rob2") else "non-randomised"


def evidence_of(
    review: Review, analysis: OutcomeAnalysis, harms: Harms | None, appraised: Mapping[str, Appraised]
) -> Evidence:
    """What a rating rests on, from the analysis of an outcome."""
    outcome, main = analysis.outcome, analysis.main
    effect, weights = _effect(analysis, harms)
    studies = {study.study_id: study for study in review.all_studies}
    entries = tuple(
        _study(result, studies[result.study_id], analysis, appraised.get(result.study_id, Appraised()), weights)
        for result in main.results
    )
    rows = [row for r in main.results if analysis.labels.get(r.study_id, r.study_id) in weights for row in r.rows]
    mid = outcome.important_difference
    return Evidence(
        outcome.name, entries, effect,
        important_difference=mid.value if mid and mid.measure == main.measure else None,
        baseline_risk=outcome.baseline_risks[0].per_1000 / 1000 if outcome.baseline_risks else _risk_without(rows),
        sd=_sd(rows) if main.measure == "MD" else None,
        events=sum(row.events for row in rows if row.events is not None) if main.measure in RISKS and all(
            row.events is not None for row in rows) and rows else None,
        missing=_missing(review, analysis, effect, studies),
    )


def _study(
    result: StudyResult, study: Study, analysis: OutcomeAnalysis, appraised: Appraised, weights: Mapping[str, float]
) -> StudyEvidence:
    label = analysis.labels.get(result.study_id, result.study_id)
    neutral = analysis.outcome.better == "neither"
    return StudyEvidence(
        label, design_of(study), appraised.judgement, appraised.tool,
        n=result.n if result.n is not None else study.n_randomised, weight=weights.get(label),
        direction=result.direction if neutral else result.favours,
        null_without_numbers=not result.usable and any(row.value_type == "null" for row in result.rows),
    )


def _effect(analysis: OutcomeAnalysis, harms: Harms | None) -> tuple[Effect | None, dict[str, float]]:
    """The effect that is rated and the weight (in percent) of each study in it, by label."""
    main = analysis.main
    pooled = harms.pool if harms else main.pooled
    if pooled is not None:
        # The result's own dictionary has the same keys for every kind of pool; None where a kind lacks a number.
        told = pooled.as_dict()
        i2 = told["i2_tau2"] if told["i2_tau2"] is not None else told["i2_q"]
        limits = [None if told[name] is None else float(str(told[name])) for name in ("pi_low", "pi_high")]
        weights = getattr(pooled, "weights", None)
        shares = [100 / len(pooled.studies)] * len(pooled.studies) if weights is None else [float(w) for w in weights]
        effect = Effect(main.measure, pooled.estimate, pooled.ci_low, pooled.ci_high, pooled.k, limits[0], limits[1],
                        None if i2 is None else float(str(i2)))
        return effect, dict(zip(pooled.studies, shares, strict=True))
    known = [r for r in main.results if r.usable or r.direction != "not stated" or r.favours != "not stated"]
    if len(known) == 1 and known[0].usable and analysis.outcome.plan.pool:
        return _single(known[0], analysis)
    return None, {}


def _single(result: StudyResult, analysis: OutcomeAnalysis) -> tuple[Effect | None, dict[str, float]]:
    """The effect of the only study that reports, with its own interval."""
    from reviewkit.synthesis.distributions import critical

    assert result.yi is not None and result.vi is not None
    half = critical(analysis.outcome.plan.level) * math.sqrt(result.vi)
    effect = Effect(analysis.main.measure, result.yi, result.yi - half, result.yi + half, 1)
    return effect, {analysis.labels.get(result.study_id, result.study_id): 100.0}


def _risk_without(rows: Sequence[ArmRow]) -> float | None:
    """Share of the comparators' people with an event; None where it is not seen, or is none or all of them."""
    arms = [row for row in rows if row.arm_role == "comparator"]
    if not arms or any(row.events is None or row.total is None for row in arms):
        return None
    events, total = sum(row.events or 0 for row in arms), sum(row.total or 0 for row in arms)
    return events / total if 0 < events < total else None


def _sd(rows: Sequence[ArmRow]) -> float | None:
    """Pooled standard deviation of the arms; None where one is not seen."""
    known = [(row.sd, row.n) for row in rows if row.sd is not None and row.n is not None and row.n > 1]
    if not known or len(known) < len(rows):
        return None
    return math.sqrt(sum((n - 1) * sd**2 for sd, n in known) / sum(n - 1 for _, n in known))


def _missing(
    review: Review, analysis: OutcomeAnalysis, effect: Effect | None, studies: Mapping[str, Study]
) -> MissingEvidence:
    from reviewkit.synthesis import asymmetry_test

    outcome, main = analysis.outcome, analysis.main
    assessment = review.appraisal.synthesis(outcome.id)
    left_out = {
        analysis.labels.get(m.study_id, m.study_id): int(m.n) if m.n else studies[m.study_id].n_randomised
        for m in review.appraisal.missing if m.outcome == outcome.id and m.status == LEFT_OUT
    }
    p, name = None, ""
    if main.pooled is not None and effect is not None:
        test = asymmetry_test([r.yi for r in main.usable if r.yi is not None],
                              [r.vi for r in main.usable if r.vi is not None], measure=main.measure)
        p, name = test.p, test.method
    return MissingEvidence(p, name, assessment.judgement("overall") if assessment else "", tuple(left_out.items()),
                           review.sources.searches.kind == "database-search")


def _placed(review: Review, judgements: CertaintyJudgements, outcome: str, problem: Problem) -> Problem:
    """A refused judgement with its line in certainty.toml."""
    domain = problem.message.split(":")[0]
    return Problem(f"{outcome}: {problem.message}", review.name(NAME), judgements.line(outcome, domain), None,
                   problem.code, problem.remedy)


def refused_judgements(review: Review) -> list[Problem]:
    """Every judgement of certainty.toml that the rules do not allow."""
    problems: list[Problem] = []
    for name in review.protocol.outcome_ids:
        if review.certainty_judgements.has(name):
            try:
                review.certainty(name)
            except InputError as error:
                problems += error.problems
    return problems


def certainty_gaps(review: Review) -> list[Problem]:
    """What of the rating waits for a person: outcomes nobody has judged, and domains that no rule assesses."""
    if review.protocol.certainty is None:
        return []
    judgements = review.certainty_judgements
    remedy = f"Write what is missing: reviewkit certainty {review.question} --template"
    found = []
    for name in review.protocol.outcome_ids:
        rating = review.certainty(name).rating
        if rating.level == NO_EVIDENCE:
            continue
        if not judgements.has(name):
            found.append(Problem(f"the certainty of {name} is not judged (the rules propose {rating.level}).",
                                 review.name(NAME), None, None, "certainty-missing", remedy))
        elif rating.open:
            found.append(Problem(f"the certainty of {name} is judged without {', '.join(rating.open)}.",
                                 review.name(NAME), judgements.line(name), None, "certainty-incomplete", remedy))
    return found


def assumed_in_main(review: Review) -> list[Problem]:
    """Rows with an assumed number in a set that a main analysis uses: they belong into a sensitivity set."""
    from reviewkit.review.analysis import rests_on_assumption

    main_sets = {outcome.id: outcome.plan.sets for outcome in review.protocol.outcomes}
    place = review.protocol.extraction.extractors
    file = review.name("extraction", "consensus.csv" if len(place) > 1 else f"{place[0]}.csv")
    return [
        Problem(f"row {row.row_id} has an assumed number or size and stands in {row.analysis_set!r}, which the main "
                f"analysis of {row.outcome} uses.", file, row.line, None, "assumed-in-main",
                "Move it to an analysis set that only a sensitivity analysis uses.")
        for row in review.rows if rests_on_assumption(row) and row.analysis_set in main_sets[row.outcome]
    ]
