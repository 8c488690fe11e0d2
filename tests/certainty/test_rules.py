"""Each domain's rule, at its marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewkit.certainty import MissingEvidence, Settings, StudyEvidence, rate
from reviewkit.certainty.evidence import Evidence
from tests.certainty.bodies import body, ratio, smd, studies


def proposed(evidence: Evidence, domain: str, settings: Settings | None = None) -> int | None:
    return next(step.proposed for step in rate(evidence, settings=settings).steps if step.domain == domain)


def reason(evidence: Evidence, domain: str) -> str:
    return next(step.reason for step in rate(evidence).steps if step.domain == domain)


def test_a_body_without_fault_stays_high() -> None:
    rating = rate(body())
    assert (rating.level, rating.start, rating.counted) == ("high", "high", ())
    assert rating.open == ("indirectness",)


@pytest.mark.parametrize(("words", "levels"), [
    (("low", "low", "low"), 0), (("low", "low", "some concerns"), 0), (("low", "some concerns", "some concerns"), 1),
    (("low", "low", "high"), 0), (("low", "high", "high"), 2), (("no information",) * 3, 1),
    (("low", "no information", "no information"), 1), (("low", "low", "no information"), 0),
    (("low", "not appraised", ""), 1), (("low", "serious", "critical"), 2), (("a word of no tool",) * 2, 1),
])  # fmt: skip
def test_risk_of_bias_by_weight(words: tuple[str, ...], levels: int) -> None:
    assert proposed(body(studies=studies(*words)), "risk of bias") == levels


def test_weight_counts_and_not_the_number_of_studies() -> None:
    heavy = (*studies("high", weight=60.0), *studies("low", "low", weight=20.0))
    assert proposed(body(studies=heavy), "risk of bias") == 2
    light = (*studies("high", weight=20.0), *studies("low", "low", weight=40.0))
    assert proposed(body(studies=light), "risk of bias") == 0


@pytest.mark.parametrize(("words", "levels"), [
    (("low",) * 3, 0), (("moderate",) * 3, 1), (("serious",) * 3, 2), (("no information",) * 3, 2),
    (("critical",) * 3, 3),
])  # fmt: skip
def test_robins_i_may_start_high_and_then_carries_the_design(words: tuple[str, ...], levels: int) -> None:
    """GRADE guidelines 18: the confounding that a low start stands for is then judged by the tool."""
    settings = Settings(non_randomised_start="high-with-robins-i")
    evidence = body(studies=studies(*words, design="non-randomised", tool="robins-i"))
    rating = rate(evidence, settings=settings)
    assert rating.start == "high"
    assert proposed(evidence, "risk of bias", settings) == levels
    other = body(studies=studies(*words, design="non-randomised", tool="nos-case-control"))
    assert rate(other, settings=settings).start == "low"
    assert rate(evidence).start == "low"


def test_one_non_randomised_study_lets_the_whole_body_start_low() -> None:
    mixed = (*studies("low", "low"), *studies("low", design="non-randomised"))
    assert rate(body(studies=mixed)).start == "low"


@pytest.mark.parametrize(("low", "high", "levels"), [
    (0.25, 0.55, 0), (-0.15, 0.15, 0), (0.1, 0.5, 1), (-0.1, 0.3, 1), (-0.3, 0.3, 2),
])  # fmt: skip
def test_imprecision_against_the_important_difference(low: float, high: float, levels: int) -> None:
    assert proposed(body(smd(low, (low + high) / 2, high)), "imprecision") == levels


def test_imprecision_against_the_optimal_information_size() -> None:
    """0.2 standard deviations: 786 people (393 in each group)."""
    assert proposed(body(studies=studies("low", "low", "low", n=262)), "imprecision") == 0
    assert proposed(body(studies=studies("low", "low", "low", n=261)), "imprecision") == 1
    assert "786" in reason(body(), "imprecision")
    unknown = body(studies=studies("low", "low", "low", n=None))
    assert proposed(unknown, "imprecision") == 1


def test_far_below_the_information_size_and_a_threshold_held_is_very_serious() -> None:
    few = studies("low", "low", "low", n=50)
    assert proposed(body(smd(0.1, 0.4, 0.7), studies=few), "imprecision") == 2


@pytest.mark.parametrize(("low", "high", "levels"), [(1.1, 1.2, 0), (0.9, 1.2, 1), (0.7, 1.3, 2), (0.7, 1.2, 1)])
def test_imprecision_without_an_important_difference(low: float, high: float, levels: int) -> None:
    """The rough guide of GRADE guidelines 6: ratios of 0.75 and 1.25."""
    evidence = body(ratio(low, 1.1, high), important_difference=None, baseline_risk=0.2,
                    studies=studies("low", "low", "low", n=5000))
    assert proposed(evidence, "imprecision") == levels


def test_information_size_of_a_ratio_uses_the_baseline_risk() -> None:
    """From 20 %, a quarter fewer: 1812 people."""
    evidence = body(ratio(0.7, 0.75, 0.8), important_difference=None, baseline_risk=0.2)
    assert "1812" in reason(evidence, "imprecision")
    assert "no baseline risk" in reason(replace(evidence, baseline_risk=None, events=500), "imprecision")
    assert proposed(replace(evidence, baseline_risk=None, events=399), "imprecision") == 1
    assert proposed(replace(evidence, baseline_risk=None, events=400), "imprecision") == 0


@pytest.mark.parametrize(("measure", "mid"), [("RD", 0.05), ("OR", 0.8), ("HR", 0.8), ("MD", 5.0), ("ROM", 0.9)])
def test_every_measure_gets_a_rating(measure: str, mid: float) -> None:
    effect = replace(smd(-0.4, -0.3, -0.25), measure=measure)
    step = next(s for s in rate(body(effect, important_difference=mid, baseline_risk=0.3, sd=12.0)).steps
                if s.domain == "imprecision")
    assert step.proposed is not None
    assert step.reason


@pytest.mark.parametrize(("people", "levels"), [(None, 2), (133, 2), (134, 1), (5000, 1)])
def test_imprecision_of_a_narrative_synthesis(people: int | None, levels: int) -> None:
    """Murad 2017: a concern below 400 people; without an interval at least one level."""
    told = studies("low", "low", "low", n=people, weight=None)
    assert proposed(Evidence("Pain", told), "imprecision") == levels


@pytest.mark.parametrize(("pi", "i2", "against", "levels"), [
    ((0.25, 0.55), 20.0, False, 0), ((0.25, 0.55), 80.0, False, 0), ((-0.1, 0.9), 20.0, False, 0),
    ((-0.1, 0.9), 60.0, False, 1), ((0.25, 0.55), 60.0, True, 1), ((-0.1, 0.9), 60.0, True, 1),
    ((-0.1, 0.9), 80.0, True, 2), (None, 60.0, False, 1), (None, 20.0, True, 1), (None, 80.0, True, 2),
    (None, 20.0, False, 0),
])  # fmt: skip
def test_inconsistency(pi: tuple[float, float] | None, i2: float, against: bool, levels: int) -> None:
    limits = dict(zip(("pi_low", "pi_high"), pi, strict=True)) if pi else {}
    told = list(studies("low", "low", "low"))
    if against:
        told[0] = replace(told[0], direction="comparator")
    assert proposed(body(smd(0.25, 0.4, 0.55, i2=i2, **limits), studies=tuple(told)), "inconsistency") == levels


def test_a_single_study_has_nothing_to_be_inconsistent_with() -> None:
    assert proposed(body(smd(0.3, 0.4, 0.5, k=1, i2=90.0), studies=studies("low")), "inconsistency") == 0


@pytest.mark.parametrize(("words", "levels"), [
    (("intervention",) * 3, 0), (("intervention", "intervention", "comparator"), 0),
    (("intervention", "comparator"), 1), (("intervention", "no difference", "comparator"), 1), (("mixed", "mixed"), 1),
    (("comparator",), 0),
])  # fmt: skip
def test_inconsistency_of_directions(words: tuple[str, ...], levels: int) -> None:
    told = tuple(StudyEvidence(f"S{i}", "randomised", direction=word, n=100) for i, word in enumerate(words))
    assert proposed(Evidence("Pain", told), "inconsistency") == levels


@pytest.mark.parametrize(("missing", "k", "levels"), [
    (MissingEvidence(), 3, 0), (MissingEvidence(asymmetry_p=0.01), 9, 0), (MissingEvidence(asymmetry_p=0.01), 10, 1),
    (MissingEvidence(asymmetry_p=0.2), 10, 0), (MissingEvidence(judgement="high"), 3, 1),
    (MissingEvidence(judgement="some concerns"), 3, 0), (MissingEvidence(complete_search=False), 3, 1),
    (MissingEvidence(left_out=(("Late", 400),)), 3, 1), (MissingEvidence(left_out=(("Late", 300),)), 3, 0),
    (MissingEvidence(left_out=(("Late", None),)), 3, 1),
])  # fmt: skip
def test_publication_bias(missing: MissingEvidence, k: int, levels: int) -> None:
    assert proposed(body(smd(0.3, 0.4, 0.5, k=k), missing=missing), "publication bias") == levels


def test_null_results_without_numbers_stand_against_the_pool() -> None:
    silent = replace(studies("low", n=600)[0], study="Null", weight=None, direction="no difference",
                     null_without_numbers=True)
    told = (*studies("low", "low", "low"), silent)
    assert proposed(body(studies=told), "publication bias") == 1
    assert "600 people against 1500" in reason(body(studies=told), "publication bias")
    assert proposed(body(studies=(*told[:3], replace(silent, n=100))), "publication bias") == 0


@pytest.mark.parametrize(("limits", "levels", "level"), [
    ((1.5, 3.0, 6.0), 0, "low"), ((2.1, 3.0, 6.0), 1, "moderate"), ((5.1, 7.0, 9.0), 2, "high"),
    ((0.1, 0.15, 0.19), 2, "high"), ((0.3, 0.4, 0.49), 1, "moderate"), ((0.3, 0.4, 0.6), 0, "low"),
])  # fmt: skip
def test_a_large_effect_raises_non_randomised_evidence(
    limits: tuple[float, float, float], levels: int, level: str
) -> None:
    told = studies("low", "low", "low", design="non-randomised", n=5000)
    evidence = body(ratio(*limits), studies=told, important_difference=None, baseline_risk=0.2)
    assert proposed(evidence, "large effect") == levels
    assert rate(evidence).level == level


def test_nothing_raises_what_something_lowers() -> None:
    told = studies("high", "high", "high", design="non-randomised", n=5000)
    evidence = body(ratio(5.1, 7.0, 9.0), studies=told, important_difference=None, baseline_risk=0.2)
    assert proposed(evidence, "large effect") == 0


def test_randomised_evidence_has_no_step_upwards() -> None:
    assert not [step for step in rate(body()).steps if step.upwards]
