"""Absolute effects: worked examples of the Handbook and of Altman 1998, properties, bad input."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.synthesis.absolute import RISK_MEASURES, absolute_effect, absolute_effects

ratios = st.floats(0.01, 50)
risks = st.floats(0.001, 0.999)


def test_risk_ratio_by_hand() -> None:
    effect = absolute_effect("RR", 0.92, (0.8, 1.05), 0.3)
    assert effect.risk_with == pytest.approx((0.276, 0.24, 0.315))
    assert effect.difference_per_1000 == pytest.approx((-24, -60, 15))
    assert effect.nnt == pytest.approx((1000 / 24, 1000 / 60, 1000 / 15))


def test_odds_ratio_of_the_handbook() -> None:
    # Cochrane Handbook 5.1, section 12.5.4.3: OR 0.73, control risk 0.3: 62 fewer per 1000, NNT 17.
    effect = absolute_effect("OR", 0.73, (0.6, 0.9), 0.3)
    assert round(effect.difference_per_1000[0]) == -62
    assert effect.nnt_text.startswith("NNTB 17 (")


def test_interval_through_infinity_of_altman() -> None:
    # BMJ 1998;317:1309: a risk difference of 10 % (-5 % to 25 %) is NNTB 10 (NNTH 20 to infinity to NNTB 4).
    effect = absolute_effect("RD", 0.10, (-0.05, 0.25), 0.3, event="good")
    assert effect.nnt_text == "NNTB 10 (NNTB 4 through infinity to NNTH 20)"


@pytest.mark.parametrize(("event", "word"), [("bad", "NNTB"), ("good", "NNTH")])
def test_benefit_depends_on_the_event(event, word) -> None:
    assert absolute_effect("RR", 0.5, (0.4, 0.6), 0.2, event=event).nnt_text == f"{word} 10 (9 to 13)"


@given(ratios, st.floats(1, 5), risks, st.sampled_from(RISK_MEASURES[:2]))
def test_risks_stay_risks_and_in_order(ratio: float, width: float, risk: float, measure) -> None:
    effect = absolute_effect(measure, ratio, (ratio / width, ratio * width), risk)
    estimate, low, high = effect.risk_with
    assert 0 <= low <= estimate + 1e-12 and estimate <= high + 1e-12 and high <= 1
    assert effect.capped == (measure == "RR" and ratio * width * risk > 1)
    assert str(effect).endswith(".")


@given(ratios, risks)
def test_odds_ratio_comes_back_from_the_risks(ratio: float, risk: float) -> None:
    with_it = absolute_effect("OR", ratio, (ratio, ratio), risk).risk_with[0]
    assert with_it / (1 - with_it) / (risk / (1 - risk)) == pytest.approx(ratio, rel=1e-9)


@given(ratios, risks)
def test_hazard_ratio_comes_back_from_the_survival(ratio: float, risk: float) -> None:
    with_it = absolute_effect("HR", ratio, (ratio, ratio), risk).risk_with[0]
    if with_it < 1 - 1e-9:
        assert math.log1p(-with_it) / math.log1p(-risk) == pytest.approx(ratio, rel=1e-6)


@given(risks)
def test_no_effect_is_no_difference(risk: float) -> None:
    for measure in ("RR", "RD"):
        null = 0.0 if measure == "RD" else 1.0
        effect = absolute_effect(measure, null, (null, null), risk)
        assert effect.difference_per_1000 == (0, 0, 0) and effect.nnt[0] == math.inf
        assert effect.as_dict()["nnt"] == [None, None, None]
        assert "no number needed to treat" in str(effect)


def test_range_of_baseline_risks() -> None:
    effects = absolute_effects("RR", 0.5, (0.4, 0.6), [0.01, 0.1, 0.4])
    assert [round(e.difference_per_1000[0]) for e in effects] == [-5, -50, -200]


def test_effect_too_large_for_the_risk_is_said() -> None:
    effect = absolute_effect("RR", 2.0, (1.5, 3.0), 0.4)
    assert effect.capped and effect.risk_with == pytest.approx((0.8, 0.6, 1.0)) and "Cut to" in str(effect)


def test_nobody_at_risk() -> None:
    effect = absolute_effect("OR", 2.0, (1.0, 3.0), 0.0)
    assert effect.rr_equivalent is None and effect.risk_with == (0, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("RR", -0.2, (-0.4, 0.1), 0.1), "RR estimate = -0.2: must be above 0"),
        (("OR", 0.5, (0.0, 0.6), 0.1), "OR lower limit = 0"),
        (("RD", 1.2, (1.0, 1.4), 0.1), "between -1 and 1"),
        (("RR", 0.5, (0.6, 0.8), 0.1), "outside its interval"),
        (("RR", 0.5, (0.4, 0.6), 120), "120 per 1 000 as 0.12"),
        (("RR", float("nan"), (0.4, 0.6), 0.1), "RR estimate = nan"),
        (("SMD", 0.5, (0.4, 0.6), 0.1), "measure = 'SMD'"),
    ],
)
def test_bad_input(arguments, words: str) -> None:
    with pytest.raises(InputError, match=words):
        absolute_effect(*arguments)
