"""Rendering: the one door to HTML (`html`, `table`), and the page (`page`)."""

from reviewkit.render.html import (
    Safe,
    anchor_id,
    badge,
    certainty_badge,
    definition_list,
    details,
    el,
    empty,
    figure,
    isolated,
    join,
    link,
    notice,
    text,
)
from reviewkit.render.table import Column, Row, table

__all__ = [
    "Column", "Row", "Safe", "anchor_id", "badge", "certainty_badge", "definition_list", "details", "el", "empty",
    "figure", "isolated", "join", "link", "notice", "table", "text",
]  # fmt: skip
