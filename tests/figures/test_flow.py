"""PRISMA flow: counts must add up, each count is a link, nothing searched reads so."""

from __future__ import annotations

import itertools
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from reviewkit.errors import InputError
from reviewkit.figures import FlowBox, FlowColumn, FlowCount, FlowDiagram, FlowStage, check_flow, flow_diagram

SVG = "{http://www.w3.org/2000/svg}"


def _column(identified: int = 30, screened: int = 25, excluded: int = 20, reason: int = 20) -> FlowColumn:
    return FlowColumn("Other methods", [
        FlowStage("identified", FlowBox("Records identified", identified, "#records",
                                        [FlowCount("one.bib", 10), FlowCount("two.ris", 20)]),
                  [FlowBox("Duplicates removed", 5, "#duplicates")]),
        FlowStage("screened", FlowBox("Records screened", screened)),
        FlowStage("sought", FlowBox("Sought for full text", 0, in_sum=False)),
        FlowStage("assessed", FlowBox("Assessed on abstract or web page", 25),
                  [FlowBox("Excluded", excluded, "#excluded", [FlowCount("Not a trial", reason, "#not-a-trial")])]),
    ])  # fmt: skip


def _diagram(column: FlowColumn, reports: int = 5) -> FlowDiagram:
    databases = FlowColumn("Databases and registers", [FlowStage("identified", FlowBox("Records identified"))])
    return FlowDiagram([databases, column], FlowBox("Studies included", 4, "#included"), reports)


def test_a_flow_that_adds_up_has_no_problem() -> None:
    assert check_flow(_diagram(_column())) == ()


@pytest.mark.parametrize(
    ("diagram", "message"),
    [
        (_diagram(_column(identified=31)), "its lines sum to 30"),
        (_diagram(_column(screened=24)), "the boxes before it leave 25"),
        (_diagram(_column(excluded=26, reason=26)), "more leaves it, by 1"),
        (_diagram(_column(reason=19)), "its lines sum to 19"),
        (_diagram(_column(), reports=6), "6 reports included, but the columns leave 5"),
        (replace(_diagram(_column()), previous=FlowBox("Previous", 3), total=FlowBox("Total", 8)), "are 7"),
        (_diagram(_column(excluded=-1, reason=-1)), "0 or more"),
    ],
)
def test_a_flow_that_does_not_add_up_is_refused(diagram: FlowDiagram, message: str) -> None:
    assert any(message in problem.message for problem in check_flow(diagram))
    with pytest.raises(InputError, match=message):
        flow_diagram(diagram)


def test_counts_are_bold_links_and_the_unsearched_says_so() -> None:
    figure = flow_diagram(_diagram(_column()))
    links = {
        link.get("href"): (link[0].text, link[0].get("font-weight"))
        for link in ElementTree.fromstring(figure.svg).iter(f"{SVG}a")
    }
    assert links == {
        "#records": ("30", "600"), "#duplicates": ("5", "600"), "#excluded": ("20", "600"),
        "#not-a-trial": ("20", "600"), "#included": ("4", "600"),
    }  # fmt: skip
    assert "not searched" in figure.svg
    assert "full-text reports assessed" not in figure.svg.lower()
    assert "Studies included 4" in figure.description
    assert "Records identified not searched" in figure.description


def test_connectors_are_right_angled() -> None:
    diagram = replace(_diagram(_column()), previous=FlowBox("Previous", 3), total=FlowBox("Total", 7))
    for element in ElementTree.fromstring(flow_diagram(diagram).svg).iter(f"{SVG}polyline"):
        points = [tuple(map(float, point.split(","))) for point in (element.get("points") or "").split()]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            assert x1 == x2 or y1 == y2


def test_an_unknown_level_is_refused() -> None:
    column = FlowColumn("x", [FlowStage("guessed", FlowBox("y", 1))])
    with pytest.raises(InputError, match="guessed"):
        flow_diagram(FlowDiagram([column], FlowBox("z", 1)))
