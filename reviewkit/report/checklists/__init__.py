"""Reporting checklists, filled by the program: every item has a rule that looks at the review.

An item is met where its rule finds what it asks for, with a link to the place; not met, with the reason, where it does
not; and some do not apply, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.render import Column, Row, Safe, anchor_id, details, el, join, link, table
from reviewkit.report.checklists import abstracts, prisma, searches, swim
from reviewkit.report.checklists.look import STATES, Answer, Item, Look

if TYPE_CHECKING:
    from reviewkit.report.opened import Report

COLUMNS = ("item", "section", "topic", "asks", "state", "where", "why")
STRICT = ("Met means done and told: a step that was not done, or not done by two people where two are wanted, is not "
          "met, also where the report says so plainly.")


@dataclass(frozen=True)
class Checklist:
    """A checklist and its source."""

    id: str
    name: str
    items: tuple[Item, ...]
    citation: str
    doi: str


CHECKLISTS = (
    Checklist("prisma-2020", "PRISMA 2020", prisma.ITEMS, "Page 2021, BMJ 372:n71", "10.1136/bmj.n71"),
    Checklist("prisma-2020-abstracts", "PRISMA 2020 for Abstracts", abstracts.ITEMS, "Page 2021, BMJ 372:n71",
              "10.1136/bmj.n71"),
    Checklist("prisma-s", "PRISMA-S, searches", searches.ITEMS, "Rethlefsen 2021, Systematic Reviews 10:39",
              "10.1186/s13643-020-01542-z"),
    Checklist("swim", "SWiM, syntheses without a pool", swim.ITEMS, "Campbell 2020, BMJ 368:l6890",
              "10.1136/bmj.l6890"),
)


def filled(report: Report, checklist: Checklist) -> tuple[tuple[Item, Answer], ...]:
    """Every item with what its rule finds; none for SWiM where nothing that is reported was left unpooled."""
    look = Look(report)
    if checklist.id == "swim" and not look.unpooled:
        return ()
    return tuple((item, item.rule(look)) for item in checklist.items)


def checklists_section(report: Report) -> Safe:
    """All checklists, each folded away under its count."""
    return join(el("p", STRICT), *[_checklist(report, checklist) for checklist in CHECKLISTS])


def _checklist(report: Report, checklist: Checklist) -> Safe:
    rows = filled(report, checklist)
    head = el("h3", checklist.name, id=checklist.id)
    source = el("p", "After ", link(checklist.citation, f"https://doi.org/{checklist.doi}"),
                "; items in our own words." if rows else f". {_idle(report)}")
    if not rows:
        return join(head, source)
    count = Counter(answer.state for _, answer in rows)
    told = ", ".join(f"{count[state]} {state}" for state in STATES if count[state])
    body = [Row([item.number, item.topic, item.asks, _state(answer), _where(answer)],
                id=anchor_id(checklist.id, item.number)) for item, answer in rows]
    return join(head, source, details(
        f"{checklist.name}: {told}",
        table(["Item", Column("Topic", width="8rem"), Column("What it asks", width="12rem"),
               Column("State", width="6rem"), Column("Where, or why not", width="14rem")],
              body, caption=f"{checklist.name}: {told}.", id_=f"{checklist.id}-items"),
    ))


def _idle(report: Report) -> str:
    """Why SWiM does not apply."""
    return ("Everything that studies report was pooled, so it does not apply." if Look(report).pooled
            else "No study reports an outcome, so there was nothing to put together.")


def _state(answer: Answer) -> Safe:
    mark = {"met": "✓", "not met": "✗", "does not apply": "–"}[answer.state]
    return join(el("span", mark, aria_hidden="true"), f" {answer.state}")


def _where(answer: Answer) -> Safe:
    places = join(*[link(name, f"#{anchor}") for name, anchor in answer.places], sep=", ")
    return join(f"{answer.why} " if answer.why else "", places)


def checklist_rows(report: Report, checklist: Checklist) -> Iterator[Mapping[str, object]]:
    """A checklist as CSV rows, by `COLUMNS`."""
    for item, answer in filled(report, checklist):
        yield {"item": item.number, "section": item.section, "topic": item.topic, "asks": item.asks,
               "state": answer.state, "where": "; ".join(f"#{anchor}" for _, anchor in answer.places),
               "why": answer.why}


__all__: Sequence[str] = ("CHECKLISTS", "COLUMNS", "Checklist", "checklist_rows", "checklists_section", "filled")
