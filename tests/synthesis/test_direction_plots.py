"""Data of effect-direction and albatross plots: nothing lost, contours where they belong, bad input."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from reviewkit.errors import InputError
from reviewkit.synthesis.direction import DIRECTIONS, DirectedStudy
from reviewkit.synthesis.direction_plots import (
    OutcomeDirection,
    albatross_plot,
    contour_size,
    effect_direction_plot,
)

rows = st.lists(
    st.builds(
        OutcomeDirection,
        st.sampled_from(["Ay", "Be", "Ce"]),
        st.sampled_from(["pain", "sleep"]),
        st.text(max_size=3),
        st.sampled_from(DIRECTIONS),
    ),
    max_size=25,
)


@given(rows)
def test_every_outcome_is_in_a_cell(given_rows: list[OutcomeDirection]) -> None:
    plot = effect_direction_plot(given_rows)
    assert sum(cell.outcomes for cell in plot.cells) == len(given_rows)
    assert {(cell.study, cell.domain) for cell in plot.cells} == {(row.study, row.domain) for row in given_rows}
    assert len(plot.syntheses) == len(plot.domains)
    assert sum(one.k for one in plot.syntheses) == len(plot.cells)


def test_cell_holds_size_direction_and_bias() -> None:
    plot = effect_direction_plot(
        [
            OutcomeDirection("Ay", "pain", "VAS", "benefit", n=301, risk_of_bias="low"),
            OutcomeDirection("Ay", "pain", "NRS", "benefit", n=290, risk_of_bias="low"),
            OutcomeDirection("Be", "pain", "VAS", "harm", n=49),
            OutcomeDirection("Ce", "pain", "VAS", "no difference", n=50),
            OutcomeDirection("De", "pain", "VAS", "unclear"),
        ]
    )
    assert [(c.symbol, c.size) for c in plot.cells] == [("▲", "large"), ("▼", "small"), ("◄►", "medium"), ("◄►", "")]
    assert plot.cells[0].outcomes == 2 and plot.cells[0].risk_of_bias == "low"
    assert str(plot).startswith("pain: 1 of 2 studies favours the intervention")
    assert str(effect_direction_plot([])) == "No study, so nothing to plot."


def test_albatross_points_and_what_is_left_out() -> None:
    plot = albatross_plot(
        [
            DirectedStudy("Ay", "benefit", n=100, p=0.01),
            DirectedStudy("Be", "harm", n=50, p=0.1),
            DirectedStudy("Ce", "no difference", n=80, p=0.9),
            DirectedStudy("De", "benefit", p=0.1),
            DirectedStudy("Ef", "benefit", n=10),
            DirectedStudy("Gi", "unclear", n=10, p=0.3),
            DirectedStudy("Ha", "benefit", n=10, p=0.0),
        ]
    )
    assert [point.x for point in plot.points] == pytest.approx([2, -1, 0])
    assert [study for study, _ in plot.left_out] == ["De", "Ef", "Gi", "Ha"]
    assert "De: no sample size" in str(plot) and plot.k == 3


@given(st.floats(1e-8, 0.9), st.floats(0.05, 2), st.floats(0.2, 5))
def test_contour_of_smd_has_its_p_value(p: float, effect: float, ratio: float) -> None:
    n = contour_size(p, effect, "SMD", ratio=ratio)
    n1, n2 = n * ratio / (1 + ratio), n / (1 + ratio)
    variance = 1 / n1 + 1 / n2 + effect**2 / (2 * n)
    assert 2 * norm.sf(effect / math.sqrt(variance)) == pytest.approx(p, rel=1e-6)


@given(st.floats(1e-6, 0.9), st.floats(0.3, 0.95), st.floats(0.1, 0.6))
def test_contours_of_ratios_have_their_p_value(p: float, effect: float, risk: float) -> None:
    for measure in ("RR", "OR"):
        n = contour_size(p, effect, measure, baseline_risk=risk) / 2
        other = effect * risk if measure == "RR" else effect * risk / (1 - risk + effect * risk)
        a, b, c, d = n * other, n * (1 - other), n * risk, n * (1 - risk)
        variance = 1 / a - 1 / n + 1 / c - 1 / n if measure == "RR" else 1 / a + 1 / b + 1 / c + 1 / d
        assert 2 * norm.sf(abs(math.log(effect)) / math.sqrt(variance)) == pytest.approx(p, rel=1e-6)


def test_contour_of_correlation() -> None:
    n = contour_size(0.05, 0.3, "COR")
    assert 2 * norm.sf(math.atanh(0.3) * math.sqrt(n - 3)) == pytest.approx(0.05)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="needs one within"):
        albatross_plot([], measure="OR", effects=[0.5])
    with pytest.raises(InputError, match="no risk"):
        contour_size(0.05, 3.0, "RR", baseline_risk=0.5)
    with pytest.raises(InputError, match="no contour"):
        contour_size(0.05, 0, "SMD")
    with pytest.raises(InputError, match="above 0 and not 1"):
        contour_size(0.05, 1, "OR", baseline_risk=0.5)
    with pytest.raises(InputError, match="correlation = 1"):
        contour_size(0.05, 1, "COR")
    with pytest.raises(InputError, match="study Ay: direction = 'up'"):
        effect_direction_plot([OutcomeDirection("Ay", "pain", "VAS", "up")])  # type: ignore[arg-type]
