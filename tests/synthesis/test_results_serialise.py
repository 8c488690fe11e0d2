"""Every result beside the pool knows its k, prints as one sentence and serialises to plain JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from reviewkit.synthesis.absolute import absolute_effect
from reviewkit.synthesis.asymmetry import asymmetry_test
from reviewkit.synthesis.base import Synthesis
from reviewkit.synthesis.direction import DirectedStudy, direction_synthesis
from reviewkit.synthesis.direction_plots import OutcomeDirection, albatross_plot, effect_direction_plot
from reviewkit.synthesis.effect_summary import summarise_effects
from reviewkit.synthesis.excess import excess_significance
from reviewkit.synthesis.failsafe import fail_safe_n
from reviewkit.synthesis.funnel import funnel_plot
from reviewkit.synthesis.multiverse import StudyData, run_multiverse
from reviewkit.synthesis.multiverse_choices import outliers_in_or_out, standard_settings
from reviewkit.synthesis.p_values import combine_directed_p, combine_p
from reviewkit.synthesis.precision_effect import pet_peese
from reviewkit.synthesis.reexpress import Instrument, share_beyond, smd_on_instrument
from reviewkit.synthesis.selection import selection_model
from reviewkit.synthesis.small_study import rank_test, regression_test
from reviewkit.synthesis.trim_and_fill import trimfill
from reviewkit.synthesis.unreported import SilentStudy, what_if_null

Y = np.array([0.6, 0.5, 0.1, 0.9, 0.05, 0.3])
V = np.array([0.02, 0.05, 0.04, 0.1, 0.03, 0.01])
STUDIES = [
    DirectedStudy("Ay", "benefit", n=40, p=0.03),
    DirectedStudy("Be", "unclear"),
    DirectedStudy("Ce", "harm", p=1),
]
OUTCOMES = [OutcomeDirection("Ay", "pain", "VAS", "benefit", n=40)]

RESULTS: list[Any] = [
    direction_synthesis(STUDIES),
    direction_synthesis([]),
    combine_p([0.1, 0.2]),
    combine_p([]),
    combine_directed_p(STUDIES),
    summarise_effects(Y),
    summarise_effects([]),
    effect_direction_plot(OUTCOMES),
    albatross_plot(STUDIES),
    regression_test(Y, V),
    regression_test(Y, V, model="additive", even_if_few=True),
    rank_test(Y, V, even_if_few=True),
    asymmetry_test(Y, V, measure="RD"),
    trimfill(Y, V),
    pet_peese(Y, V),
    selection_model(Y, V),
    fail_safe_n(Y, V, method="Orwin", target=0),
    fail_safe_n(Y, V, method="General"),
    excess_significance(Y, V),
    funnel_plot(Y, V),
    what_if_null(Y, V, [SilentStudy("Ay", variance=0.1)]),
    what_if_null([], [], [SilentStudy("Ay", variance=0.1)]),
    run_multiverse(StudyData.of(Y, V), [outliers_in_or_out(), *standard_settings()]),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_result_is_a_synthesis(result: Any) -> None:
    assert isinstance(result, Synthesis) and isinstance(result.k, int)
    assert str(result) and "\n" not in str(result) and str(result).endswith(".")
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["sentence"] == str(result)


@pytest.mark.parametrize(
    "result",
    [
        absolute_effect("RR", 1.0, (0.8, 1.2), 0.1),
        smd_on_instrument(0.5, (0.2, 0.8), Instrument("HRSD", sd=8)),
        share_beyond(0.3, 0.04, 0.2),
        share_beyond(0.3, 0.0, 0.2),
    ],
    ids=lambda result: type(result).__name__,
)
def test_what_is_told_of_one_pool_serialises(result: Any) -> None:
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["sentence"] == str(result)
    assert str(result).endswith(".")
