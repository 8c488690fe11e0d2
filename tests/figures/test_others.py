"""Effect direction, funnel, risk of bias, specification curve and the rest: what each must show and refuse."""

from __future__ import annotations

import math
import re
from statistics import NormalDist
from xml.etree import ElementTree

import pytest

from reviewkit.errors import InputError
from reviewkit.figures import (
    AlbatrossPoint,
    BaujatPoint,
    BiasRow,
    DirectionCell,
    DirectionOutcome,
    DirectionStudy,
    EvidenceCell,
    FunnelPoint,
    Specification,
    albatross_plot,
    baujat_plot,
    direction_plot,
    evidence_map,
    funnel_plot,
    risk_of_bias_summary,
    specification_curve,
    traffic_light,
)

SVG = "{http://www.w3.org/2000/svg}"


def _study(name: str, direction: str, n: int | None) -> DirectionStudy:
    return DirectionStudy(name, {"Pain": DirectionCell(direction)}, n)


def test_direction_arrow_grows_with_the_sample() -> None:
    heights = []
    for n in (49, 50, 300, 301):
        svg = direction_plot([_study("A", "better", n)], [DirectionOutcome("Pain")]).svg
        points = re.search(r'<polygon points="([^"]*)"', svg)
        assert points
        ys = [float(point.split(",")[1]) for point in points.group(1).split()]
        heights.append(max(ys) - min(ys))
    assert heights[0] < heights[1] == heights[2] < heights[3]


def test_direction_has_words_counts_and_test() -> None:
    studies = [_study("A", "better", 10), _study("B", "worse", None), DirectionStudy("C", {})]
    figure = direction_plot(studies, [DirectionOutcome("Pain", "1 of 2 better")])
    assert figure.description == "Pain: 1 better, 1 worse of 2 reporting it; 1 of 2 better."
    words = [box.text for box in figure.texts]
    assert {"better", "worse", "not reported", "Direction over studies", "1 of 2 better"} <= set(words)


@pytest.mark.parametrize(
    ("studies", "message"),
    [
        ([], "needs a study"),
        ([DirectionStudy("A", {"Fatigue": DirectionCell("better")})], "no column"),
        ([_study("A", "up", 1)], "must be one of"),
    ],
)
def test_direction_refuses(studies: list[DirectionStudy], message: str) -> None:
    with pytest.raises(InputError, match=message):
        direction_plot(studies, [DirectionOutcome("Pain")])


def test_funnel_puts_points_where_their_numbers_say() -> None:
    points = [FunnelPoint("A", 0.5, 0.1), FunnelPoint("B", 2.0, 0.4)]
    root = ElementTree.fromstring(funnel_plot(points, 1.0, scale="log").svg)
    a, b = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter(f"{SVG}circle")]
    middle = next(float(line.get("x1", "")) for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray"))
    assert middle - a[0] == pytest.approx(b[0] - middle, abs=0.05)
    top = min(float(r.get("y", "")) for r in root.iter(f"{SVG}rect"))
    assert (b[1] - top) / (a[1] - top) == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("point", [FunnelPoint("A", 1, 0), FunnelPoint("A", 1, math.nan), FunnelPoint("A", -1, 1)])
def test_funnel_refuses(point: FunnelPoint) -> None:
    with pytest.raises(InputError):
        funnel_plot([point], 1.0, scale="log")


def test_risk_of_bias_shares_sum_to_the_bar() -> None:
    rows = [BiasRow("A", ["low"], "low"), BiasRow("B", ["high"], "some"), BiasRow("C", ["high"], "high", 2)]
    figure = risk_of_bias_summary(rows, ["D"])
    bars = [r for r in ElementTree.fromstring(figure.svg).iter(f"{SVG}rect") if r.get("height") == "24"]
    assert [round(float(bar.get("width", "")) / 440, 3) for bar in bars] == [0.25, 0.75, 0.25, 0.25, 0.5]
    assert figure.description == "Overall risk of bias over 3 studies: 1 low, 1 some concerns, 1 high."
    assert "Share of the weight" in figure.svg
    with pytest.raises(InputError, match="2 domains"):
        traffic_light(rows, ["D", "E"])


def test_specification_curve_is_sorted_and_counts() -> None:
    specs = [Specification(e, e - 0.5, e + 0.5, {"m": str(i)}) for i, e in enumerate((0.9, 0.1, 0.6))]
    figure = specification_curve(specs, measure="SMD")
    assert figure.description == "3 analyses: SMD from 0.10 to 0.90, median 0.60; 2 of 3 intervals leave out 0."
    circles = list(ElementTree.fromstring(figure.svg).iter(f"{SVG}circle"))
    ys = [float(c.get("cy", "")) for c in circles]
    assert ys == sorted(ys, reverse=True)
    assert [c.get("fill") for c in circles] == ["#ffffff", "#1b1f24", "#1b1f24"]
    with pytest.raises(InputError, match="same"):
        specification_curve([*specs, Specification(0, 0, 0, {"x": "1"})])


def test_albatross_contour_is_where_the_effect_would_show() -> None:
    """d = 0.5 in N = 100, two equal groups: z = 0.5 * 10 / (2 * sqrt(1 + 0.25 / 8)), worked by hand = 2.4618."""
    z = 0.5 * math.sqrt(100) / (2 * math.sqrt(1 + 0.25 / 8))
    assert z == pytest.approx(2.4618, abs=1e-4)
    p = 2 * (1 - NormalDist().cdf(z))
    points = [AlbatrossPoint("A", p, "right", 100), AlbatrossPoint("B", 0.001, "left", 400)]
    points += [AlbatrossPoint("C", 1, "left", 20)]
    root = ElementTree.fromstring(albatross_plot(points, effects=(0.5,)).svg)
    spots = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter(f"{SVG}circle")]
    x, y = max(spots)
    right = list(root.iter(f"{SVG}polyline"))[-1]
    path = [tuple(map(float, point.split(","))) for point in (right.get("points") or "").split()]
    before, after = max(q for q in path if q[0] <= x), min(q for q in path if q[0] > x)
    share = (x - before[0]) / (after[0] - before[0])
    assert before[1] + share * (after[1] - before[1]) == pytest.approx(y, abs=1.0)
    with pytest.raises(InputError, match=r"p = 1\.2"):
        albatross_plot([AlbatrossPoint("A", 1.2, "left", 10)])


def test_baujat_names_the_extremes() -> None:
    figure = baujat_plot([BaujatPoint("A", 5, 0.1), BaujatPoint("B", 1, 0.9), BaujatPoint("C", 0, 0)])
    assert "A adds most to heterogeneity and B moves" in figure.description
    with pytest.raises(InputError):
        baujat_plot([BaujatPoint("A", -1, 0)])


def test_evidence_map_shows_gaps() -> None:
    figure = evidence_map(["T"], ["Pain", "Sleep"], {("T", "Pain"): EvidenceCell(3, 90, "better", "low")})
    assert "1 of 2 combinations have a study, 1 have none." in figure.description
    assert [box.text for box in figure.texts].count("no study") == 1
    with pytest.raises(InputError, match="no such row"):
        evidence_map(["T"], ["Pain"], {("X", "Pain"): EvidenceCell(1)})
