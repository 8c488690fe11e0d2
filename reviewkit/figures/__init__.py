"""Figures as deterministic SVG, text kept as text; each module takes plain frozen dataclasses of its own."""

from reviewkit.figures.albatross import AlbatrossPoint, albatross_plot
from reviewkit.figures.baujat import BaujatPoint, baujat_plot
from reviewkit.figures.direction import DirectionCell, DirectionOutcome, DirectionStudy, direction_plot
from reviewkit.figures.evidence_map import EvidenceCell, evidence_map
from reviewkit.figures.flow import FlowBox, FlowColumn, FlowCount, FlowDiagram, FlowStage, check_flow, flow_diagram
from reviewkit.figures.forest import forest_plot
from reviewkit.figures.forest_parts import ForestColumn, ForestHeading, ForestPooled, ForestRow
from reviewkit.figures.funnel import FunnelPoint, funnel_plot
from reviewkit.figures.risk_of_bias import BiasRow, risk_of_bias_summary, traffic_light
from reviewkit.figures.specification_curve import Specification, specification_curve
from reviewkit.figures.svg import Figure

__all__ = [
    "AlbatrossPoint", "BaujatPoint", "BiasRow", "DirectionCell", "DirectionOutcome", "DirectionStudy",
    "EvidenceCell", "Figure", "FlowBox", "FlowColumn", "FlowCount", "FlowDiagram", "FlowStage", "ForestColumn",
    "ForestHeading", "ForestPooled", "ForestRow", "FunnelPoint", "Specification", "albatross_plot", "baujat_plot",
    "check_flow", "direction_plot", "evidence_map", "flow_diagram", "forest_plot", "funnel_plot",
    "risk_of_bias_summary", "specification_curve", "traffic_light",
]  # fmt: skip
