"""Forest plot: marks stand where the numbers say, areas follow weights, clipped intervals end in arrows."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import pytest

from reviewkit.errors import InputError
from reviewkit.figures import Figure, ForestColumn, ForestHeading, ForestPooled, ForestRow, forest_plot

SVG = "{http://www.w3.org/2000/svg}"


def _elements(figure: Figure, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(figure.svg).iter(SVG + tag))


def _number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def _ticks(figure: Figure) -> dict[float, float]:
    """Value to pixel, read from the tick labels."""
    found = {}
    for element in _elements(figure, "text"):
        words = (element.text or "").replace("−", "-")
        if element.get("text-anchor") == "middle" and re.fullmatch(r"-?\d+(\.\d+)?", words):
            found[float(words)] = _number(element, "x")
    return found


def _squares(figure: Figure) -> list[ElementTree.Element]:
    return [e for e in _elements(figure, "rect") if e.get("width") == e.get("height")]


@pytest.mark.parametrize("scale", ["natural", "log"])
def test_marks_stand_at_their_values(scale: str) -> None:
    rows = [ForestRow("A", 0.5, 0.25, 1.0, 50), ForestRow("B", 2.0, 1.0, 4.0, 50)]
    figure = forest_plot(rows, [ForestPooled("All", 1.0, 0.5, 2.0, (0.4, 3.0))], scale=scale)
    ticks = _ticks(figure)
    (low, low_x), *_, (high, high_x) = sorted(ticks.items())
    shape = math.log if scale == "log" else float

    def pixel(value: float) -> float:
        share = (shape(value) - shape(low)) / (shape(high) - shape(low))
        return low_x + share * (high_x - low_x)

    for square, row in zip(_squares(figure), rows, strict=True):
        middle = _number(square, "x") + _number(square, "width") / 2
        assert middle == pytest.approx(pixel(row.estimate or 0), abs=0.1)
    diamond = next(e for e in _elements(figure, "polygon") if len((e.get("points") or "").split()) == 4)
    xs = [float(point.split(",")[0]) for point in (diamond.get("points") or "").split()]
    assert xs[:3] == pytest.approx([pixel(0.5), pixel(1.0), pixel(2.0)], abs=0.1)
    bar = next(e for e in _elements(figure, "rect") if e.get("height") == "5")
    assert _number(bar, "x") == pytest.approx(pixel(0.4), abs=0.1)
    assert _number(bar, "x") + _number(bar, "width") == pytest.approx(pixel(3.0), abs=0.1)


def test_area_of_squares_follows_weight() -> None:
    figure = forest_plot([ForestRow("A", 0.5, 0.2, 1, 80), ForestRow("B", 0.6, 0.2, 1, 20)])
    sides = [_number(square, "width") for square in _squares(figure)]
    assert (sides[0] / sides[1]) ** 2 == pytest.approx(4, rel=0.01)


def test_intervals_that_leave_the_axis_end_in_arrows() -> None:
    narrow = [ForestRow(f"S{i}", 0.1 * i, 0.1 * i - 0.2, 0.1 * i + 0.2, 10) for i in range(5)]
    without = forest_plot(narrow)
    wide = forest_plot([*narrow, ForestRow("Wide", 0.2, -400, 500, 1)])
    arrows = [e for e in _elements(wide, "polygon") if len((e.get("points") or "").split()) == 3]
    assert len(arrows) == 2
    assert not [e for e in _elements(without, "polygon") if len((e.get("points") or "").split()) == 3]
    assert "0.20 [−400.00, 500.00]" in wide.svg
    assert max(_ticks(wide)) < 5


def test_ratio_axis_has_plain_ticks_around_one() -> None:
    figure = forest_plot([ForestRow("A", 0.5, 0.1, 2.5, 100)], scale="log")
    assert {0.2, 0.5, 1.0, 2.0} <= set(_ticks(figure))


def test_row_outside_the_pool_is_hollow_and_says_so() -> None:
    figure = forest_plot([ForestRow("A", 1, 0, 2, 100), ForestRow("B", 1, 0, 2, in_pool=False), ForestRow("C")])
    fills = [square.get("fill") for square in _squares(figure)]
    assert fills == ["#1b1f24", "#ffffff"]
    assert "not pooled" in figure.svg
    assert "no usable numbers" in figure.svg


def test_description_states_the_result() -> None:
    pool = ForestPooled("Random effects", 0.8365, 0.498, 1.1748)
    figure = forest_plot([ForestRow("A", 1, 0, 2, 50), ForestRow("B", 0.5, 0, 2, 50), ForestRow("C")], [pool],
                         measure="SMD", axis_label="homocysteine")
    assert figure.description.startswith("Random effects: SMD 0.84 [0.50, 1.17].")
    assert "2 estimates from 0.50 to 1.00. 1 without usable numbers." in figure.description
    assert figure.title == "Forest plot of homocysteine: 3 studies"


@pytest.mark.parametrize("studies", [1, 2, 40, 200])
def test_one_to_two_hundred_studies(studies: int) -> None:
    values = [math.sin(i) for i in range(studies)]
    rows = [ForestRow(f"Study {i}", x, x - 1, x + 1, 100 / studies) for i, x in enumerate(values)]
    figure = forest_plot(rows, [ForestPooled("All", 0.1, 0, 0.2)])
    assert figure.height > 22 * studies
    assert figure.width < 1100
    baselines = [box.bottom for box in figure.texts if box.text.startswith("Study ")]
    assert all(later - earlier >= 22 for earlier, later in itertools.pairwise(baselines))


def test_subgroups_keep_their_order() -> None:
    rows = [ForestHeading("One"), ForestRow("A", 1, 0, 2, 50), ForestPooled("Sub", 1, 0, 2), ForestHeading("Two")]
    texts = [box.text for box in forest_plot(rows, [ForestPooled("All", 1, 0, 2)]).texts]
    places = [texts.index(word) for word in ("One", "A", "Sub", "Two", "All")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([], {}, "at least one study"),
        ([ForestRow("A", 1, 0, 2, 1, ["x"])], {"columns": [ForestColumn("a"), ForestColumn("b")]}, "A: 1 cells"),
        ([ForestRow("A", 3, 0, 2)], {}, "hold the estimate"),
        ([ForestRow("A", 1, 0, math.nan)], {}, "hold the estimate"),
        ([ForestRow("A", -1, -2, 2)], {"scale": "log"}, "must be > 0"),
        ([ForestRow("A", 1, 0, 2, risk_of_bias=["low"])], {}, "0 domains"),
        ([ForestRow("A", 1, 0, 2, risk_of_bias=["nice"])], {"domains": ["D"]}, "nice"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows: list[ForestRow], options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        forest_plot(rows, **options)  # type: ignore[arg-type]
