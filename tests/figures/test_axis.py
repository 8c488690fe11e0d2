"""Axes and lettering: ticks within limits, positions in order, lines no wider than asked."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.figures.axis import axis_for, linear_ticks, log_ticks
from reviewkit.figures.lettering import text_width, wrap

finite = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))


@given(finite, st.floats(1e-3, 1e6))
def test_linear_ticks_are_even_and_within(low: float, span: float) -> None:
    ticks = linear_ticks(low, low + span)
    assert 2 <= len(ticks) <= 8
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-3)


@given(st.floats(1e-4, 1e4), st.floats(1.2, 1e6))
def test_log_ticks_are_within_and_few(low: float, factor: float) -> None:
    ticks = log_ticks(low, low * factor)
    assert 1 <= len(ticks) <= 9
    assert list(ticks) == sorted(set(ticks))
    assert all(low * 0.999 <= tick <= low * factor * 1.001 for tick in ticks)


def test_log_ticks_a_reader_expects() -> None:
    assert log_ticks(0.15, 6) == (0.2, 0.5, 1, 2, 5)
    assert log_ticks(0.008, 120) == (0.01, 0.1, 1, 10, 100)
    assert log_ticks(0.75, 1.4) == (0.8, 1.0, 1.2, 1.4)


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=20), st.booleans())
def test_core_values_are_seen_in_order(values: list[float], log: bool) -> None:
    axis = axis_for(values, [(0.001, 1e9)], left=10, right=310, log=log)
    assert all(axis.shows(value) for value in values)
    pixels = [axis.at(value) for value in sorted(values)]
    assert pixels == sorted(pixels)
    assert all(10 <= pixel <= 310 for pixel in pixels)
    assert axis.at(-1e12) == 10
    assert axis.at(1e12) == 310


def test_axis_refuses_what_it_cannot_show() -> None:
    with pytest.raises(InputError, match="finite"):
        axis_for([math.nan], [], left=0, right=1)
    with pytest.raises(InputError, match="must be > 0"):
        axis_for([0.0, 1.0], [], left=0, right=1, log=True)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200), st.floats(40, 300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    lines = wrap(text, width)
    assert all(text_width(line) <= width + 0.01 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_cut_lines_say_so() -> None:
    lines = wrap("one two three four five six seven", 60, max_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert text_width(lines[-1]) <= 60
