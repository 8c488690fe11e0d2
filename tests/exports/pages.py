"""A small page as a report's page is built: hostile words, a wide table, a figure, folded parts."""

from __future__ import annotations

import datetime as dt

from reviewkit.figures.svg import Canvas
from reviewkit.publishing.description import Contributor, Description
from reviewkit.render.html import Safe, definition_list, details, el, figure, join, notice
from reviewkit.render.table import Column, Row, table

HOSTILE = '<script>alert(1)</script> & "=cmd|\'/c calc\'!A1" ]]> \x00\x07 ‮drow 漢字 𝛽'
CAPTION = "Two studies, both small."


def made_figure(height: float = 200) -> Safe:
    """A figure with a line of text each 20 pixels."""
    canvas = Canvas()
    for y in range(20, int(height), 20):
        canvas.text(10, y, f"row {y}")
    return canvas.finish(300, height, title="Forest plot & <more>", description="The pool is 0.5 [0.1, 0.9].").svg


def page(*, tall: bool = False, words: str = HOSTILE) -> str:
    """The page; `words` stand in heading, text, cells, summary and link."""
    columns = [Column("Study"), Column("Effect", numeric=True, unit="SMD", group="Main"), Column("n", group="Main")]
    rows = [Row(("Kara 2014", 0.5, 20), id="kara"), Row(("All studies of one kind",), heading=True), (words, 1.5, None)]
    body = join(
        el("h1", "Demonstration review: Does it help?"),
        notice("No finished review.", title="Beware.", kind="demonstration"),
        el("h2", "Results of ", words, el("a", "#", href="#results", class_="anchor"), id="results"),
        el("p", words, " See ", el("a", "Kara", href="#kara"), ", ", el("a", words, href="https://example.org/?a=1&b=2"),
           el("sup", "2"), el("q", "as printed")),
        definition_list([("Found", el("ul", el("li", "first"), el("li", "second"))), ("Funding", "none")]),
        table(columns, rows, caption=CAPTION, notes=["A note under the table."]),
        figure(made_figure(2400 if tall else 200), "The pool is 0.5. Forest plot.", notes=["A note."]),
        details("Code", el("pre", "report.pool()"), class_="code"),
        details("BibTeX", el("pre", "@techreport{x}")),
        details(f"Votes {words}", el("p", "All voted yes."), id_="votes"),
        details("More votes", table(["Report", "Vote"], [("R1", "include")], caption="Votes.")),
        el("h3", "Harms"),
        details("Only one", el("p", "Nothing was said of harm.")),
        el("ol", el("li", "one"), el("li", "two")),
    )
    return f"<html><body><nav>Contents</nav><main id=\"main\">{body}</main></body></html>"


def description(status: str = "demonstration") -> Description:
    """What the page is, for the file's properties."""
    title = "Demonstration review: Does it help?" if status == "demonstration" else "Does it help?"
    return Description(
        question="made-up", title=title, status=status, abstract="It is not known.",
        authors=(Contributor("Vane & Sons", "Ann"),), version="1.2", date=dt.date(2026, 3, 4),
        report_id="0123456789abcdef", keywords=("pain", "massage"), registration="none", funding="none",
    )
