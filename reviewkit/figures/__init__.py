"""Figures as deterministic SVG, text kept as text; each module takes plain frozen dataclasses of its own."""

from reviewkit.figures.direction import DirectionCell, DirectionOutcome, DirectionStudy, direction_plot
from reviewkit.figures.flow import FlowBox, FlowColumn, FlowCount, FlowDiagram, FlowStage, check_flow, flow_diagram
from reviewkit.figures.forest import forest_plot
from reviewkit.figures.forest_parts import ForestColumn, ForestHeading, ForestPooled, ForestRow
from reviewkit.figures.svg import Figure

__all__ = [
    "DirectionCell", "DirectionOutcome", "DirectionStudy", "Figure", "FlowBox", "FlowColumn", "FlowCount",
    "FlowDiagram", "FlowStage", "ForestColumn", "ForestHeading", "ForestPooled", "ForestRow", "check_flow",
    "direction_plot", "flow_diagram", "forest_plot",
]  # fmt: skip
