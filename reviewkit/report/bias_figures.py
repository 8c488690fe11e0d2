"""Pictures of risk of bias: traffic light and summary for each tool, and the lights of a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.appraisal import OVERALL, Tool
from reviewkit.appraisal.assessment import Assessment
from reviewkit.figures import BiasRow, Figure, risk_of_bias_summary, traffic_light
from reviewkit.render import anchor_id
from reviewkit.review import Review

_LIGHTS = {"low": "low", "some": "some concerns", "high": "high", "critical": "critical", "none": "no information"}
"""The light of a level as the figures name it."""


def by_tool(review: Review) -> list[tuple[Tool, tuple[Assessment, ...]]]:
    """Tools in use with their assessments of included studies (or cited reviews), in the order of the files."""
    included = {study.study_id for study in review.studies}
    return _grouped(review, [item for item in review.appraisal.assessments
                             if item.tool.unit == "review" or item.study_id in included])


def cases_by_tool(review: Review) -> list[tuple[Tool, tuple[Assessment, ...]]]:
    """Tools with their assessments of studies that are not included but described: of tier descriptive or harms."""
    included = {study.study_id for study in review.studies}
    described = {study.study_id for study in review.all_studies if study.tier in ("descriptive", "harms")} - included
    return _grouped(review, [item for item in review.appraisal.assessments if item.study_id in described])


def _grouped(review: Review, items: Sequence[Assessment]) -> list[tuple[Tool, tuple[Assessment, ...]]]:
    groups: dict[str, list[Assessment]] = {}
    for item in items:
        if item.started and item.tool.unit != "synthesis":
            groups.setdefault(item.tool.id, []).append(item)
    return [(review.appraisal.tools[name], tuple(found)) for name, found in groups.items()]


def label_of(review: Review, item: Assessment) -> str:
    """The study's label (or the cited review's authors and year), with the outcome where it is for one only."""
    labels = {study.study_id: study.label for study in review.all_studies}
    name = labels.get(item.study_id, "")
    if item.tool.unit == "review":
        record = review.reports[item.study_id]
        name = f"{record.authors[0].family if record.authors else record.title} {record.year or ''}".strip()
    return f"{name}: {review.outcome(item.outcome).name}" if item.outcome else name


def anchor(item: Assessment) -> str:
    """Where the answers of an assessment stand on the page."""
    return anchor_id("bias", item.study_id, item.outcome, item.tool.id)


def light(item: Assessment, domain: str) -> str:
    """A judgement's light, in the figures' words."""
    return _LIGHTS[item.light(domain)]


def words_of(tool: Tool) -> dict[str, str]:
    """Light to the tool's word; two words of one light are told together."""
    found: dict[str, str] = {}
    for level in tool.levels:
        found[level.light] = f"{found[level.light]} or {level.word}" if level.light in found else level.word
    return found


def bias_rows(review: Review, items: Sequence[Assessment]) -> list[BiasRow]:
    """A row for each assessment: a light for each domain and one over all."""
    return [
        BiasRow(label_of(review, item), [light(item, domain.id) for domain in item.tool.domains], light(item, OVERALL),
                href=f"#{anchor(item)}", overall_word=item.judgement(OVERALL) or "not judged")
        for item in items
    ]


def traffic_figure(review: Review, tool: Tool, items: Sequence[Assessment]) -> Figure:
    """The traffic light of one tool."""
    return traffic_light(bias_rows(review, items), [d.name for d in tool.domains], words=words_of(tool),
                         title=f"Risk of bias by study: {tool.name}")


def summary_figure(review: Review, tool: Tool, items: Sequence[Assessment]) -> Figure:
    """The share of studies at each judgement, by domain."""
    return risk_of_bias_summary(bias_rows(review, items), [d.name for d in tool.domains], words=words_of(tool),
                                title=f"Risk of bias by domain: {tool.name}")


def forest_lights(
    review: Review, outcome: str, studies: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Heads and lights for the rows of a forest plot; both empty where nobody was appraised.

    One tool: a light for each of its domains and one over all. Several: the one over all. A study that was not
    appraised has 'no information' throughout.
    """
    found = {name: review.appraisal.of(name, outcome) for name in studies}
    used = [item for item in found.values() if item is not None]
    if not used:
        return (), {}
    tool = used[0].tool
    same = all(item.tool.id == tool.id for item in used)
    domains = [domain.id for domain in tool.domains] if same and len(tool.domains) <= 7 else []
    names = [domain.name for domain in tool.domains] if domains else []
    lights = {
        name: tuple(light(item, place) for place in [*domains, OVERALL]) if item is not None
        else ("no information",) * (len(domains) + 1)
        for name, item in found.items()
    }
    return (*names, "over all"), lights
