"""Tables for Word: heads that repeat on every page, spans kept, column widths from what the cells hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewkit.exports.page import Node
from reviewkit.exports.word.markup import TWIPS_PER_CM
from reviewkit.exports.word.paper import ACROSS, UPRIGHT

_LETTER_CM = 0.155
"""Mean width of a letter in a table, at 8.5 points."""
_HEAD_LETTER_CM = 0.18
"""The same in bold, for the longest word of a head: a head is never parted within a word."""
_PADDING_CM = 0.36
_LONGEST_WORD, _LONGEST_NUMBER = 16, 22
_WHOLE_SHEET = 5000
"""The width of the text, in fiftieths of a percent."""
_WHOLE = 240
"""Letters above which a longer cell asks for no wider column."""
_MOST_LINES = 9
"""Lines of a cell above which a table of many columns lies across."""

Written = Callable[[Node, str, str], str]
"""The paragraphs of a cell, in a style, beginning with the place of an anchor (or of none)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, with its anchor."""

    id: str
    cells: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as rows of cells, before it is written."""

    head: tuple[Line, ...]
    body: tuple[Line, ...]

    @property
    def columns(self) -> int:
        """Columns of the widest row."""
        return max((sum(map(span, row.cells)) for row in (*self.head, *self.body)), default=0)


def span(cell: Node) -> int:
    """Columns a cell takes."""
    text = cell.attributes.get("colspan", "1")
    return max(int(text), 1) if text.isdecimal() else 1


def grid(table: Node) -> Grid:
    """The rows of a ``<table>``."""
    def rows(part: Node | None) -> tuple[Line, ...]:
        return tuple(Line(row.id, tuple(row.all("th", "td"))) for row in part.all("tr")) if part else ()

    return Grid(rows(table.first("thead")), rows(table.first("tbody")))


def widths(found: Grid) -> tuple[list[float], bool]:
    """Column widths in cm, and whether the table needs a sheet that lies across."""
    least, asked = [1.0] * found.columns, [1.0] * found.columns
    for at, row in enumerate((*found.head, *found.body)):
        place, letter = 0, _HEAD_LETTER_CM if at < len(found.head) else _LETTER_CM
        for cell in row.cells:
            if span(cell) == 1:
                words = cell.text().split()
                whole = "number" in cell.classes and cell.tag == "td"  # an estimate and its interval: one line
                longest = min(sum(map(len, words)) + len(words) if whole else max(map(len, words), default=0),
                              _LONGEST_NUMBER if whole else _LONGEST_WORD)
                length = min(sum(map(len, words)) + len(words), _WHOLE)
                least[place] = max(least[place], longest * letter + _PADDING_CM)
                asked[place] = max(asked[place], length * _LETTER_CM + _PADDING_CM)
            place += span(cell)
    upright = _shared(least, asked, UPRIGHT[0])
    lines = max((want / width for want, width in zip(asked, upright, strict=True)), default=0)
    across = sum(least) > UPRIGHT[0] or (found.columns >= 5 and lines > _MOST_LINES)
    return (_shared(least, asked, ACROSS[0]) if across else upright), across


def _shared(least: Sequence[float], asked: Sequence[float], whole: float) -> list[float]:
    """The room shared out: to each what its longest word needs, the rest by what the cells would like."""
    if sum(least) >= whole:
        return [width * whole / sum(least) for width in least]
    more = [want - need for want, need in zip(asked, least, strict=True)]
    spare = whole - sum(least)
    if sum(more) == 0:
        return [width * whole / sum(least) for width in least]
    return [need + spare * extra / sum(more) for need, extra in zip(least, more, strict=True)]


def table_markup(found: Grid, columns: Sequence[float], title: str, written: Written) -> str:
    """The table, with a title for those who cannot see it as markup."""
    # In shares of the sheet's width, so that the table fills it whichever way its stretch lies.
    shares = [round(width / sum(columns) * _WHOLE_SHEET) for width in columns]
    cells = "".join(f'<w:gridCol w:w="{round(width * TWIPS_PER_CM)}"/>' for width in columns)
    head = "".join(_row(row, shares, written, head=True) for row in found.head)
    body = "".join(_row(row, shares, written) for row in found.body)
    return (f'<w:tbl><w:tblPr><w:tblStyle w:val="ReviewTable"/><w:tblW w:w="{_WHOLE_SHEET}" w:type="pct"/>'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/>'
            f"{title}</w:tblPr><w:tblGrid>{cells}</w:tblGrid>{head}{body}</w:tbl>")


def _row(row: Line, shares: Sequence[int], written: Written, *, head: bool = False) -> str:
    place = 0
    cells: list[str] = []
    for cell in row.cells:
        wide = span(cell)
        width = sum(shares[place:place + wide])
        style = "TableHead" if head or (cell.tag == "th" and wide > 1) else (
            "TableNumber" if "number" in cell.classes else "TableText")
        spanned = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="pct"/>{spanned}</w:tcPr>'
                     f"{written(cell, style, '' if cells else row.id)}</w:tc>")
        place += wide
    if place < len(shares):
        rest = len(shares) - place
        spanned = f'<w:gridSpan w:val="{rest}"/>' if rest > 1 else ""
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{sum(shares[place:])}" w:type="pct"/>{spanned}</w:tcPr><w:p/></w:tc>')
    # A row of a few lines stays whole; a long one may part, or half a page would be left empty before it.
    short = sum(len(cell.text()) for cell in row.cells) < 400
    properties = ("<w:cantSplit/>" if short or head else "") + ("<w:tblHeader/>" if head else "")
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"
