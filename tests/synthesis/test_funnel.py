"""Funnel data: bands add up, contours are where p is what they say, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from reviewkit.errors import InputError
from reviewkit.synthesis.funnel import funnel_plot

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2)), min_size=1, max_size=30)


@given(studies)
def test_every_study_is_in_one_band(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    plot = funnel_plot(y, v)
    assert sum(plot.counts().values()) == plot.k == len(rows)
    p = 2 * norm.sf(np.abs(y) / np.sqrt(v))
    assert [point.p for point in plot.points] == pytest.approx(p)
    assert plot.counts()["p > 0.1"] == np.sum(p > 0.1)
    assert plot.centre == pytest.approx(np.average(y, weights=1 / v))


def test_contours_have_their_p_value() -> None:
    plot = funnel_plot([0.5, 0.2], [0.04, 0.25], null=0.1)
    for contour in plot.contours:
        assert contour.se == (0.0, 0.5) and contour.low[0] == contour.high[0] == 0.1
        assert 2 * norm.sf((contour.high[1] - 0.1) / 0.5) == pytest.approx(contour.alpha)
    assert plot.region.high[1] - plot.centre == pytest.approx(norm.ppf(0.975) * 0.5)


def test_centre_can_be_given_and_no_study_is_said() -> None:
    assert funnel_plot([0.5], [0.1], centre=0.2).centre == 0.2
    assert str(funnel_plot([], [])) == "No study to draw a funnel of."


def test_bad_input() -> None:
    with pytest.raises(InputError, match="ascending"):
        funnel_plot([0.5], [0.1], alphas=(0.05, 0.01))
    with pytest.raises(InputError, match="Ay: variance = -1"):
        funnel_plot([0.5], [-1], studies=["Ay"])
