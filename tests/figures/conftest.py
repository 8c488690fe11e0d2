"""One picture of each kind, in an ordinary and in a hostile form."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest

from reviewkit.figures import (
    AlbatrossPoint,
    BaujatPoint,
    BiasRow,
    DirectionCell,
    DirectionOutcome,
    DirectionStudy,
    EvidenceCell,
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
    evidence_map,
    flow_diagram,
    forest_plot,
    funnel_plot,
    risk_of_bias_summary,
    specification_curve,
    traffic_light,
)

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> &amp; ]]> \u202egnp\x00 '
LONG = "Ångström-Müller-Lüdenscheidt and the very-long-hyphenated-consortium-of-investigators 研究会 2013 "


def _forest(name: str) -> Figure:
    rows = [
        ForestHeading(name + "first"),
        ForestRow(name + "one", 0.5, 0.001, 900, 30, ["12", "3"], risk_of_bias=["low", "high"], href="#a"),
        ForestRow(name + "two", 1.2, 0.9, 1.6, 70, ["12\u202f345", "3"], risk_of_bias=["", "some concerns"]),
        ForestPooled("Subtotal " + name, 1.1, 0.8, 1.5, (0.2, 6.0), ["τ² = 0.1; " + name, name], 50),
        ForestRow(name + "hollow", 3.0, 1.0, 9.0, None, ["1", "2"], in_pool=False, note=name),
        ForestRow(name + "silent", note=name),
    ]
    return forest_plot(
        rows, [ForestPooled("All " + name, 1.1, 0.8, 1.5, None, ["I² = 1%"], 100, ["12", "3"])], scale="log",
        axis_label=name + "RR", favours=(name, name), columns=[ForestColumn("n", name), ForestColumn("x", name)],
        measure="RR", domains=[name, name],
    )  # fmt: skip


def _flow(name: str) -> Figure:
    other = FlowColumn(name, [
        FlowStage("identified", FlowBox(name, 12345, "#x", [FlowCount(name, 12340, "#y"), FlowCount(name, 5)])),
        FlowStage("screened", FlowBox(name, 12345), [FlowBox(name, 12000), FlowBox(name, 300)]),
        FlowStage("sought", FlowBox("Sought for full text", 0, in_sum=False)),
        FlowStage("assessed", FlowBox(name, 45), [FlowBox(name, 40, "", [FlowCount(name, 40)])]),
    ])  # fmt: skip
    none = FlowColumn(name, [FlowStage("identified", FlowBox(name))])
    return flow_diagram(FlowDiagram([none, other], FlowBox(name, 4), 5, FlowBox(name, 3), FlowBox(name, 7)))


def _direction(name: str) -> Figure:
    kinds = ["better", "worse", "none", "mixed", "unclear"]
    outcomes = [DirectionOutcome(name + kind, name) for kind in kinds]
    cells = {name + kind: DirectionCell(kind, name, "#x") for kind in kinds}
    studies = [
        DirectionStudy(name, cells, 12345, "low", name, "#s"),
        DirectionStudy(name + "2", {name + "better": DirectionCell("better")}),
    ]
    return direction_plot(studies, outcomes, title=name)


def _funnel(name: str) -> Figure:
    points = [FunnelPoint(name + str(i), 0.5 + 0.1 * i, 0.1 + 0.05 * i) for i in range(8)]
    return funnel_plot(points, 0.8, scale="log", axis_label=name, favours=(name, name), test=name)


def _bias_rows(name: str) -> list[BiasRow]:
    return [BiasRow(name, ["low", "some"], "high", 2, "#x"), BiasRow(name + "2", ["", "high"], "low")]


def _specification(name: str) -> Figure:
    specs = [
        Specification(0.1 * i, 0.1 * i - 0.3, 0.1 * i + 0.2, {name: name + a, "b": b}, primary=i == 3)
        for i, (a, b) in enumerate(itertools.product("xyz", "uvw"))
    ]
    return specification_curve(specs, measure=name[:20])


def _evidence(name: str) -> Figure:
    cells = {(name, name + "a"): EvidenceCell(12, 300, "better", "very low", "#x"), (name, "b"): EvidenceCell(0)}
    return evidence_map([name, "none"], [name + "a", "b"], cells, row_head="Therapy", title=name)


MAKERS: Mapping[str, Callable[[str], Figure]] = {
    "forest": _forest,
    "flow": _flow,
    "direction": _direction,
    "funnel": _funnel,
    "traffic_light": lambda name: traffic_light(_bias_rows(name), [name, name + "2"]),
    "risk_of_bias_summary": lambda name: risk_of_bias_summary(_bias_rows(name), [name, name + "2"]),
    "specification_curve": _specification,
    "baujat": lambda name: baujat_plot([BaujatPoint(name + str(i), i * 1.1, 3.0 / (i + 1)) for i in range(6)]),
    "albatross": lambda name: albatross_plot(
        [AlbatrossPoint(name + str(i), 0.3**i, "left" if i % 2 else "right", 10 + 50 * i) for i in range(9)],
        favours=(name, name),
    ),
    "evidence_map": _evidence,
}


@pytest.fixture(params=sorted(MAKERS))
def maker(request: pytest.FixtureRequest) -> Callable[[str], Figure]:
    return MAKERS[request.param]


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture(params=["", LONG, HOSTILE], ids=["plain", "long", "hostile"])
def words(request: pytest.FixtureRequest) -> str:
    return str(request.param)
