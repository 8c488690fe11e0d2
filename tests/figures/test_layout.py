"""Legible at any size: no text upon other text, nothing outside, from 1 to 200 studies, with names of any length."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from reviewkit.figures import (
    AlbatrossPoint,
    BaujatPoint,
    BiasRow,
    DirectionCell,
    DirectionOutcome,
    DirectionStudy,
    Figure,
    FlowBox,
    FlowColumn,
    FlowCount,
    FlowDiagram,
    FlowStage,
    ForestColumn,
    ForestHeading,
    ForestPooled,
    ForestRow,
    FunnelPoint,
    Specification,
    albatross_plot,
    baujat_plot,
    direction_plot,
    flow_diagram,
    forest_plot,
    funnel_plot,
    risk_of_bias_summary,
    specification_curve,
    traffic_light,
)
from reviewkit.figures.forest_parts import ForestItem

SIZES = (1, 2, 7, 50, 200)
NAMES = ("Li", "Ångström-Müller 1999", "The very-long-hyphenated consortium of investigators into long names 2013a")


def _forest(k: int, rng: random.Random) -> Figure:
    rows: list[ForestItem] = []
    for i in range(k):
        if i % 60 == 0:
            rows.append(ForestHeading(f"Subgroup {i}: " + NAMES[i % 3]))
        middle, half = rng.lognormvariate(0, 0.5), rng.uniform(1.1, 60)
        rows.append(ForestRow(f"{rng.choice(NAMES)} {i}", middle, middle / half, middle * half, 100 / k,
                              [str(rng.randint(0, 99999)) for _ in range(4)], risk_of_bias=["low", "high", ""]))
    below = [ForestHeading("No numbers"), *(ForestRow(rng.choice(NAMES), note="p 0.03 alone " * 9) for _ in range(k))]
    columns = [ForestColumn(head, rng.choice(NAMES) if i < 2 else "C") for i, head in enumerate(("n", "N", "n", "N"))]
    pool = ForestPooled("Total (95% CI)", 1.1, 0.9, 1.4, (0.3, 3.1), ["τ² = 0.1; Q = 3", "Test: Z = 1.2, p = 0.23"])
    return forest_plot(rows, [pool], beside=below, scale="log", columns=columns, axis_label="risk ratio " * 6,
                       favours=(NAMES[2], NAMES[2]), domains=["Randomisation", "Missing data", "over all"])


def _flow(k: int, rng: random.Random) -> Figure:
    """The form for an update: previous studies at the left, both ways of finding, all of them at the foot."""
    parts = [FlowCount(rng.choice(NAMES), i) for i in range(min(k, 30))]
    total = sum(part.count for part in parts)
    stages = [
        FlowStage("identified", FlowBox("Records identified", total + 5, "#a", [*parts, FlowCount("x", 5)])),
        FlowStage("screened", FlowBox("Records screened", total + 5), [FlowBox("Excluded", total, "#b", parts)]),
        FlowStage("assessed", FlowBox("Reports assessed", 5)),
    ]
    columns = [FlowColumn("Databases and registers", stages), FlowColumn("Other methods", stages)]
    return flow_diagram(FlowDiagram(columns, FlowBox("New studies included", 8, "#n"), 10,
                                    FlowBox("Studies in the previous version", k, "#p"),
                                    FlowBox("Studies in this version", k + 8, "#t")))


def _direction(k: int, rng: random.Random) -> Figure:
    outcomes = [DirectionOutcome(f"{rng.choice(NAMES)} outcome {i}", "3 of 4, p = 0.62") for i in range(1 + k % 5)]
    kinds = ("better", "worse", "none", "mixed", "unclear")
    return direction_plot(
        [DirectionStudy(f"{rng.choice(NAMES)} {i}", {o.label: DirectionCell(rng.choice(kinds), "2 of 3 scales")
                                                     for o in outcomes if rng.random() < 0.7}, rng.randint(5, 9999),
                        "some", "randomised trial, crossover") for i in range(k)], outcomes)


def _bias(k: int, rng: random.Random) -> list[BiasRow]:
    kinds = ("low", "some", "high", "critical", "none")
    return [BiasRow(f"{rng.choice(NAMES)} {i}", rng.choices(kinds, k=4), rng.choice(kinds)) for i in range(k)]


def _specifications(k: int, rng: random.Random) -> Figure:
    found = []
    for i in range(k):
        middle = rng.gauss(0, 1)
        found.append(Specification(middle, middle - rng.uniform(0, 9), middle + rng.uniform(0, 9),
                                   {"Estimator": ("REML", "DL") if i % 5 == 0 else "PM", NAMES[2]: NAMES[i % 3]},
                                   primary=i == k // 2))
    return specification_curve(found, measure="SMD")


DOMAINS = ["Randomisation process", "Missing outcome data", "Measurement of the outcome", "Selective reporting"]
MAKERS: dict[str, Callable[[int, random.Random], Figure]] = {
    "forest": _forest,
    "flow": _flow,
    "direction": _direction,
    "specification": _specifications,
    "traffic": lambda k, rng: traffic_light(_bias(k, rng), DOMAINS),
    "summary": lambda k, rng: risk_of_bias_summary(_bias(k, rng), DOMAINS),
    "funnel": lambda k, rng: funnel_plot(
        [FunnelPoint(rng.choice(NAMES), rng.lognormvariate(0, 1), rng.uniform(0.05, 2)) for _ in range(k)], 1.2,
        scale="log", axis_label="odds ratio", favours=(NAMES[2], NAMES[2]), test="Test, p = 0.2. " * 12),
    "baujat": lambda k, rng: baujat_plot(
        [BaujatPoint(f"{rng.choice(NAMES)} {i}", rng.expovariate(1), rng.expovariate(3)) for i in range(k)]),
    "albatross": lambda k, rng: albatross_plot(
        [AlbatrossPoint(f"{rng.choice(NAMES)} {i}", rng.random() ** 3, rng.choice(("left", "right")),
                        rng.randint(4, 5000)) for i in range(k)], favours=(NAMES[2], NAMES[2])),
}


def clashes(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of lines whose boxes lie upon each other, by more than a hair."""
    boxes = sorted(figure.texts, key=lambda box: box.top)
    found = []
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            if other.top > one.bottom - 1.5:
                break
            if min(one.right, other.right) - max(one.left, other.left) > 1:
                found.append((one.text, other.text))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_no_text_lies_upon_other_text_or_outside(name: str, k: int) -> None:
    for seed in range(3):
        figure = MAKERS[name](k, random.Random(seed))
        assert clashes(figure) == []
        assert [b for b in figure.texts if b.left < -1 or b.top < -1 or b.right > figure.width + 1
                or b.bottom > figure.height + 1] == []  # fmt: skip
        assert figure.width <= 1500


def test_clashes_are_found() -> None:
    from reviewkit.figures.svg import Canvas

    canvas = Canvas()
    canvas.text(10, 20, "one")
    canvas.text(12, 22, "other")
    assert clashes(canvas.finish(100, 40, title="t", description="d")) == [("one", "other")]


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("name", ["forest", "traffic", "direction"])
def test_pieces_of_a_tall_figure_hold_every_text_once_and_each_fits_a_sheet(name: str, k: int) -> None:
    figure = MAKERS[name](k, random.Random(k))
    root = ElementTree.fromstring(f"<div>{figure.in_page}</div>")
    pieces = list(root)
    tops = [float(str(piece.get("viewBox")).split()[1]) for piece in pieces]
    heights = [float(str(piece.get("viewBox")).split()[3]) for piece in pieces]
    assert sum(heights) == pytest.approx(figure.height, abs=1)
    assert all(after == pytest.approx(top + height, abs=0.2)
               for (top, after), height in zip(pairwise(tops), heights, strict=False))  # fmt: skip
    assert max(heights) <= figure.width * 1.3 + 60
    if k == 1:
        assert len(pieces) == 1
    shown = []
    for piece, top, height in zip(pieces, tops, heights, strict=True):
        for text in piece.iter("{http://www.w3.org/2000/svg}text"):
            if top <= float(str(text.get("y"))) < top + height:
                shown.append("".join(text.itertext()))
    assert sorted(shown) == sorted(box.text for box in figure.texts)


def test_a_page_shows_the_same_colours_by_class() -> None:
    figure = MAKERS["forest"](7, random.Random(1))
    whole = ElementTree.fromstring(figure.svg)
    slim = ElementTree.fromstring(figure.in_page.split("</svg>")[0] + "</svg>")
    assert len(figure.in_page) < len(figure.svg)
    for element in slim.iter():
        assert element.get("class") or element.tag.endswith(("title", "desc", "style", "a", "text", "circle", "svg"))
    assert sum(1 for _ in whole.iter()) >= sum(1 for _ in slim.iter())
