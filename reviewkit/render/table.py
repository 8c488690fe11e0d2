"""Tables: horizontal rules only, numbers to the right, heads with scope, notes below, rows with anchors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reviewkit.errors import InputError
from reviewkit.render.html import Child, Safe, anchor_id, anchor_link, el, empty, text, words_of

_WIDTHS = ((120, "20rem"), (48, "14rem"), (13, "8rem"))
"""Longer than so many characters: at least so wide."""
_LONGEST_SLUG = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, the unit under it, whether it holds numbers, and a group head above it."""

    head: str
    numeric: bool = False
    unit: str = ""
    group: str = ""
    width: str = ""
    """Least width, such as ``12rem``; empty: as much as its longest text asks for, so that no row grows tall."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with an anchor of its own, or (`heading`) one that names the rows below it."""

    cells: Sequence[Child]
    id: str = ""
    class_: str = ""
    heading: bool = False


def table(
    columns: Sequence[Column | str],
    rows: Iterable[Row | Sequence[Child]],
    *,
    caption: Child = "",
    notes: Sequence[Child] = (),
    id_: str | None = None,
    row_header: bool = True,
    row_anchors: bool = True,
    empty_text: str = "Nothing to show.",
    empty_remedy: str = "",
    class_: str = "",
) -> Safe:
    """A table that scrolls inside itself.

    Parameters
    ----------
    columns : sequence of Column or str
    rows : iterable of Row or sequences of cells
        Text is escaped, ``int`` and ``float`` go through the number formatter, ``None`` leaves a cell empty.
    caption : str or Safe
        Result first.
    row_header : bool
        Whether the first cell names its row.
    row_anchors : bool
        Whether rows of a table with an id can be linked to where they have no anchor of their own.
    empty_text, empty_remedy : str
        What stands in place of the body where there is no row.

    Raises
    ------
    InputError
        If a row has not as many cells as there are columns.
    """
    heads = [Column(column) if isinstance(column, str) else column for column in columns]
    body = [row if isinstance(row, Row) else Row(row) for row in rows]
    body = _anchored(body, id_) if id_ and row_anchors else body
    if not body:
        title = el("p", caption, class_="table-caption") if caption else None
        return el("div", title, empty(empty_text, empty_remedy), class_="table-block", id=id_)
    lines = [_row(row, heads, row_header) for row in body]
    inner = el(
        "table",
        el("caption", caption, anchor_link(id_, "table") if id_ else None) if caption else None,
        el("thead", *_heads(heads, body)),
        el("tbody", *lines),
        class_=class_ or None,
    )
    below = el("div", *(el("p", note) for note in notes), class_="table-notes") if notes else None
    return scrolling(inner, below, id_=id_, name=words_of(caption, 80))


def scrolling(inner: Safe, below: Safe | None = None, *, id_: str | None = None, name: str = "") -> Safe:
    """A table set into a box of its own that scrolls where the page is too narrow; the box can be reached by key."""
    said = f"Table, scrolls sideways: {name}" if name else "Table, scrolls sideways"
    scroll = el("div", inner, class_="table-scroll", tabindex=0, role="group", aria_label=said)
    return el("div", scroll, below, class_="table-block", id=id_)


def _anchored(rows: Sequence[Row], table_id: str) -> list[Row]:
    """Every row with an anchor: its own, or one made of the table's and of what its first cell says."""
    taken: dict[str, int] = {}
    found = []
    for row in rows:
        if row.heading:
            found.append(row)
            continue
        slug = anchor_id("r", words_of(row.cells[0], _LONGEST_SLUG)).removeprefix("r-") if row.cells else "r"
        taken[slug] = taken.get(slug, 0) + 1
        again = f".{taken[slug]}" if taken[slug] > 1 else ""
        found.append(replace(row, id=row.id or f"{table_id}.{slug}{again}"))
    return found


def _least_width(column: Column, place: int, rows: Sequence[Row]) -> str:
    """What keeps the column's longest text to a few lines."""
    if column.width or column.numeric:
        return column.width
    cells = [row.cells[place] for row in rows if not row.heading and len(row.cells) > place]
    longest = max((len(words_of(cell)) for cell in cells), default=0)
    return next((width for least, width in _WIDTHS if longest > least), "")


def _heads(columns: Sequence[Column], rows: Sequence[Row]) -> list[Safe]:
    cells = []
    for place, column in enumerate(columns):
        unit = el("span", column.unit, class_="unit") if column.unit else None
        width = _least_width(column, place, rows)
        style = f"min-width:{width}" if width else None
        if not column.head and unit is None:
            # A head that says nothing is no head.
            cells.append(el("td", class_="headless"))
            continue
        cells.append(el("th", column.head, unit, scope="col", class_=_number_class(column), style=style))
    lines = [el("tr", *cells)]
    if any(column.group for column in columns):
        lines.insert(0, el("tr", *_groups(columns), class_="groups"))
    return lines


def _groups(columns: Sequence[Column]) -> list[Safe]:
    cells, start = [], 0
    while start < len(columns):
        end = start + 1
        while end < len(columns) and columns[end].group == columns[start].group:
            end += 1
        group = columns[start].group
        span = end - start
        cells.append(el("th", group, scope="colgroup", colspan=span) if group else el("td", colspan=span))
        start = end
    return cells


def _row(row: Row, columns: Sequence[Column], row_header: bool) -> Safe:
    anchor = row.id or None
    mark = anchor_link(row.id, "row") if row.id else None
    if row.heading:
        head = el("th", *row.cells, mark, scope="colgroup", colspan=len(columns))
        return el("tr", head, id=anchor, class_=f"heading {row.class_}".strip())
    if len(row.cells) != len(columns):
        raise InputError(f"a row has {len(row.cells)} cells for {len(columns)} columns.", code="table")
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        end = mark if place == 0 else None
        if place == 0 and row_header:
            cells.append(el("th", text(cell), end, scope="row", class_=_number_class(column)))
        else:
            cells.append(el("td", text(cell), end, class_=_number_class(column)))
    return el("tr", *cells, id=anchor, class_=row.class_ or None)


def _number_class(column: Column) -> str | None:
    return "number" if column.numeric else None
