"""The evidence-gap map: outcomes down, questions across; where studies are, and where none is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reviewkit.figures import EvidenceCell, evidence_map
from reviewkit.portfolio.answers import by_condition, capital
from reviewkit.portfolio.standing import QuestionState
from reviewkit.render import Safe, anchor_id, figure, join

MOST_AGREE = 2 / 3
"""Share of the studies with a direction that must point one way before the map says so."""


def gap_maps(states: Sequence[QuestionState]) -> Safe:
    """One map for each condition with several questions, and one for the conditions that have a single one."""
    groups = [(condition, [state for state in found if state.results]) for condition, found in by_condition(states)]
    several = [(condition, found) for condition, found in groups if len(found) > 1]
    single = [state for _, found in groups if len(found) == 1 for state in found]
    maps = [_map(found, [capital(state.therapy) for state in found], capital(name)) for name, found in several]
    if single:
        maps.append(_map(single, [f"{capital(state.therapy)}: {state.condition}" for state in single],
                         "Other conditions" if several else "All conditions"))
    return join(*maps)


def _map(states: Sequence[QuestionState], columns: Sequence[str], title: str) -> Safe:
    heads = _apart(columns, states)
    names: list[str] = []
    cells: dict[tuple[str, str], EvidenceCell] = {}
    known: dict[str, int] = {}
    for state, head in zip(states, heads, strict=True):
        for outcome in (state.results or {})["outcomes"]:
            name = capital(outcome["name"].removesuffix(f" of {state.therapy}"))
            place = _row_of(outcome, name, names, known)
            cells[str(place), head] = _cell(state, outcome)
    rows = [f"{name} ({place + 1})" if names.count(name) > 1 else name for place, name in enumerate(names)]
    shown = {(rows[int(place)], head): cell for (place, head), cell in cells.items()}
    picture = evidence_map(rows, heads, shown, row_head="Outcome",
                           title=f"Evidence map: {title}", absent="not asked")
    return figure(picture.svg, _caption(title, list(shown.values())), id_=anchor_id("map", title),
                  notes=["A number leads to the outcome's place in its report. 'No study': asked, and none found. "
                         "'Not asked': the protocol does not ask for it. Arrows say which way most studies point, "
                         "not how much, and not that it is so."])


def _apart(columns: Sequence[str], states: Sequence[QuestionState]) -> list[str]:
    """Column heads, with the question's id where two would be the same."""
    return [f"{head} ({state.question})" if columns.count(head) > 1 else head
            for head, state in zip(columns, states, strict=True)]


def _row_of(outcome: Mapping[str, Any], name: str, names: list[str], known: dict[str, int]) -> int:
    """The row an outcome belongs to: that of the same id, where the names mean one thing, else a new one.

    'Pain' and 'Pain at rest' share a row, under the shorter name; 'Neck pain' and 'Low back pain' do not.
    """
    place = known.get(outcome["id"])
    if place is not None:
        short, long = sorted((names[place].casefold(), name.casefold()), key=len)
        if long.startswith(short) or outcome["importance"] == "harm":
            names[place] = min(names[place], name, key=len)
            return place
    names.append(name)
    known[outcome["id"]] = len(names) - 1
    return len(names) - 1


def _cell(state: QuestionState, outcome: Mapping[str, Any]) -> EvidenceCell:
    level = outcome["certainty"]["level"]
    there = f"{state.report}#{anchor_id('outcome', outcome['id'])}"
    if outcome["importance"] == "harm":
        told = next((item for item in (state.results or {})["harms"] if item["outcome"] == outcome["id"]), None)
        return EvidenceCell(told["reporting"] if told else 0, certainty=level, href=there)
    way = "" if outcome["better"] == "neither" else _way(outcome["direction"])
    return EvidenceCell(outcome["direction"]["k"], outcome["direction"]["n"], way, level, there)


def _way(counts: Mapping[str, Any]) -> str:
    """Which way two thirds of the studies point; 'mixed' where they do not agree."""
    told = {"better": counts["benefit"], "worse": counts["harm"], "none": counts["no_difference"]}
    total = sum(told.values())
    if not total:
        return "unclear"
    word, most = max(told.items(), key=lambda item: item[1])
    return word if most / total >= MOST_AGREE else "mixed"


def _caption(title: str, cells: Sequence[EvidenceCell]) -> str:
    filled = sum(cell.n_studies > 0 for cell in cells)
    return (f"{title}: {filled} of the {len(cells)} outcomes asked for have a study that fits the question; "
            f"{len(cells) - filled} have none. Circles: number of studies; below it direction and certainty.")
