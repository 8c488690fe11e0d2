"""The rating: judgements beside proposals, hard rules that nobody passes, and properties over any evidence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.certainty import Effect, Evidence, Judgement, MissingEvidence, Settings, StudyEvidence, rate
from reviewkit.certainty.evidence import _SEVERITY
from reviewkit.certainty.rating import DOWN, LEVELS, MOST_UP, NO_EVIDENCE, UP
from reviewkit.errors import InputError
from tests.certainty.bodies import body, studies

SILENT = body(studies=studies("no information", "no information", "low"))


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_nothing_reported_is_a_level_of_its_own() -> None:
    silent = StudyEvidence("Ay 2001", "randomised", n=50)
    for evidence in (Evidence("Pain", ()), Evidence("Pain", (silent,))):
        rating = rate(evidence)
        assert (rating.level, rating.steps, rating.proposed_level) == (NO_EVIDENCE, (), NO_EVIDENCE)
        with pytest.raises(InputError, match="nothing to judge"):
            rate(evidence, {"imprecision": Judgement(1, "few")})


def test_judgement_and_proposal_are_both_kept() -> None:
    rating = rate(body(), {"indirectness": Judgement(1, "Other people."), "imprecision": Judgement(1, "Too few.")})
    steps = {step.domain: step for step in rating.steps}
    assert (steps["imprecision"].proposed, steps["imprecision"].judged, steps["imprecision"].differs) == (0, 1, True)
    assert steps["imprecision"].reason != steps["imprecision"].judged_reason == "Too few."
    assert (steps["indirectness"].proposed, steps["indirectness"].differs) == (None, False)
    assert (rating.level, rating.proposed_level, rating.open, rating.judged) == ("low", "high", (), True)
    json.dumps(rating.as_dict(), allow_nan=False)


@pytest.mark.parametrize("levels", [0])
def test_no_information_for_most_of_the_weight_cannot_be_judged_away(levels: int) -> None:
    with pytest.raises(InputError) as error:
        rate(SILENT, {"risk of bias": Judgement(levels, "The trials look sound.")})
    assert codes(error) == ["certainty-hard-rule"]
    assert rate(SILENT, {"risk of bias": Judgement(1, "Silent.")}).level == "moderate"


def test_nor_raised_away() -> None:
    told = studies("no information", "no information", "low", design="non-randomised")
    for domain in UP:
        with pytest.raises(InputError, match="lowers the rating"):
            rate(body(studies=told), {domain: Judgement(1, "Striking.")})


@pytest.mark.parametrize("domain", UP)
def test_randomised_evidence_is_never_raised(domain: str) -> None:
    with pytest.raises(InputError, match="never raised"):
        rate(body(), {domain: Judgement(1, "Striking.")})
    assert rate(body(), {domain: Judgement(0, "Nothing of the kind.")}).level == "high"


@pytest.mark.parametrize(("domain", "levels", "reason", "text"), [
    ("risk", 1, "so", "unknown"), ("imprecision", 4, "so", "4 levels"), ("imprecision", -1, "so", "levels"),
    ("dose response", 2, "so", "2 levels"), ("imprecision", 1, "  ", "without a reason"),
])  # fmt: skip
def test_a_judgement_must_be_one(domain: str, levels: int, reason: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        rate(body(), {domain: Judgement(levels, reason)})


def test_every_step_names_its_source() -> None:
    told = studies("low", design="non-randomised")
    rating = rate(body(studies=told))
    assert {step.domain for step in rating.steps} == {*DOWN, *UP}
    assert all("doi:10." in str(step.source) and step.reason for step in rating.steps)


WORDS = sorted(_SEVERITY)
DIRECTIONS = ("intervention", "comparator", "no difference", "mixed")


@st.composite
def bodies(draw: st.DrawFn) -> Evidence:
    k = draw(st.integers(1, 5))
    pooled = draw(st.booleans())
    told = tuple(
        StudyEvidence(
            f"S{i}", draw(st.sampled_from(["randomised", "non-randomised"])), draw(st.sampled_from(WORDS)),
            draw(st.sampled_from(["", "robins-i"])), draw(st.none() | st.integers(1, 2000)),
            100 / k if pooled else None, draw(st.sampled_from(DIRECTIONS)))
        for i in range(k)
    )
    middle = draw(st.floats(-2, 2))
    half = draw(st.floats(0.01, 3))
    measure = draw(st.sampled_from(["RR", "OR", "RD", "MD", "SMD", "ROM"]))
    wide = half + draw(st.floats(0, 2))
    effect = Effect(measure, middle, middle - half, middle + half, k, middle - wide, middle + wide,
                    draw(st.floats(0, 100))) if pooled else None
    return Evidence(
        "Pain", told, effect, draw(st.none() | st.floats(0.05, 3)), draw(st.none() | st.floats(0.01, 0.9)),
        draw(st.none() | st.floats(0.1, 30)), draw(st.none() | st.integers(0, 1000)),
        MissingEvidence(draw(st.none() | st.floats(0, 1)), "", draw(st.sampled_from(["", "low", "high"])), (),
                        draw(st.booleans())))


STARTS = st.sampled_from([Settings(), Settings(non_randomised_start="high-with-robins-i")])


def place(level: str) -> int:
    return LEVELS.index(level)


@given(bodies(), STARTS)
def test_a_rating_is_one_of_four_and_no_information_always_counts(evidence: Evidence, settings: Settings) -> None:
    rating = rate(evidence, settings=settings)
    assert rating.level in LEVELS
    assert place(rating.level) <= 3
    if sum(share for study, share in evidence.shares() if study.severity == 2) > 0.5:
        assert next(step.levels for step in rating.steps if step.domain == "risk of bias") >= 1
        assert rating.level != "high"


@given(bodies(), STARTS, st.dictionaries(st.sampled_from((*DOWN, *UP)), st.integers(0, 3), max_size=8))
def test_no_set_of_judgements_passes_the_hard_rule(
    evidence: Evidence, settings: Settings, given_: dict[str, int]
) -> None:
    """Whatever is judged: either refused, or with 'no information' for most of the weight below the start."""
    judgements = {d: Judgement(min(v, MOST_UP.get(d, 3)), "so") for d, v in given_.items()}
    try:
        rating = rate(evidence, judgements, settings)
    except InputError:
        return
    silent = sum(share for study, share in evidence.shares() if study.severity == 2) > 0.5
    if silent:
        assert place(rating.level) <= max(0, place(rating.start) - 1)


@given(bodies(), STARTS, st.data())
def test_worse_evidence_is_never_rated_higher(evidence: Evidence, settings: Settings, data: st.DataObject) -> None:
    before = rate(evidence, settings=settings).level
    for worse in worsened(evidence, data):
        assert place(rate(worse, settings=settings).level) <= place(before)


def worsened(evidence: Evidence, data: st.DataObject) -> list[Evidence]:
    """The same body, worse in one way each."""
    which = data.draw(st.integers(0, len(evidence.studies) - 1))
    study = evidence.studies[which]
    words = [word for word in WORDS if _SEVERITY[word] >= study.severity]
    rest = list(evidence.studies)
    rest[which] = replace(study, judgement=data.draw(st.sampled_from(words)))
    found = [
        replace(evidence, studies=tuple(rest)),
        replace(evidence, missing=replace(evidence.missing, judgement="high")),
        replace(evidence, missing=replace(evidence.missing, complete_search=False)),
        replace(evidence, missing=replace(evidence.missing, left_out=(("Late", 10_000),))),
    ]
    effect = evidence.effect
    if effect is not None:
        more = data.draw(st.floats(0, 3))
        wider = replace(effect, ci_low=effect.ci_low - more, ci_high=effect.ci_high + more)
        apart = replace(effect, i2=min(100.0, (effect.i2 or 0) + data.draw(st.floats(0, 100))))
        # Weights stay, so that only the number of people falls.
        fewer = tuple(replace(s, n=max(1, s.n // 2) if s.n else None) for s in evidence.studies)
        without_pi = replace(wider, pi_low=None, pi_high=None), replace(effect, pi_low=None, pi_high=None)
        found += [replace(evidence, effect=apart), replace(evidence, studies=fewer)]
        assert place(rate(replace(evidence, effect=without_pi[0])).level) <= place(
            rate(replace(evidence, effect=without_pi[1])).level)
    return found
