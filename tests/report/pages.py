"""Whole pages of the bundled reviews, put together in this process from the notebook's cells."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from reviewkit.render.html import Safe, join
from reviewkit.render.outline import outline
from reviewkit.render.page import prose
from reviewkit.report.opened import Report
from reviewkit.review import open_review, questions

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = questions(ROOT)
QUICK = ("b12-ms", "massage-ms", "upper-cervical-ms")
"""Read in the quick run: one with pools, one without, one without any study."""


@cache
def report_of(question: str) -> Report:
    return Report(open_review(question, ROOT))


@cache
def page_of(question: str) -> str:
    """The body of a report: prose and the outcome of each call, with the anchors that the page gives its headings."""
    return page(report_of(question))


def page(report: Report) -> str:
    notebook = json.loads((ROOT / "notebooks" / "review.ipynb").read_text(encoding="utf-8"))
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(prose(source))
        elif call := re.search(r"^report\.(\w+)\(\)$", source, re.MULTILINE):
            parts.append(getattr(report, call[1])())
    return str(outline(str(join(*parts, sep=Safe("\n")))).body)


class Text(HTMLParser):
    """What a reader sees of a page, block by block; what a report printed (`q`, `code`, `pre`) is left out."""

    BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "tr", "td", "th", "li", "dt", "dd", "figcaption", "summary",
                        "caption", "text", "tspan", "desc", "title", "div", "a"})
    SILENT = frozenset({"q", "code", "pre", "style", "script"})

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._silent = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS - {"a", "tspan"}:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.blocks[-1] += data


def anchors(markup: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'<[a-zA-Z][^<>]*?\sid="([^"]+)"', markup)]


def targets(markup: str) -> set[str]:
    return {html.unescape(name) for name in re.findall(r'href="#([^"]+)"', markup)}
