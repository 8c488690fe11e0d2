"""The page walked into blocks of a Word document: the same words in the same order, folded parts as appendices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from reviewkit.exports.page import Node
from reviewkit.exports.word.folding import MACHINE_BLOCKS, Folding, Part
from reviewkit.exports.word.markup import (
    BREAK,
    Look,
    bookmark,
    clean,
    drawing,
    field,
    link_outside,
    link_within,
    paragraph,
    run,
)
from reviewkit.exports.word.paper import Block
from reviewkit.exports.word.pictures import Painted, Picture, png_picture
from reviewkit.exports.word.tables import grid, table_markup, widths

_BLOCKS = frozenset({"p", "div", "section", "blockquote", "ul", "ol", "dl", "table", "figure", "details", "pre", "h1",
                     "h2", "h3", "h4", "hr", "svg", "img"})
_HEADINGS = {"h1": (0, "Title"), "h2": (1, "Heading1"), "h3": (2, "Heading2"), "h4": (3, "Heading3")}
_UNSEEN = frozenset({"anchor", "visually-hidden", "code"})
"""Classes of what the page shows to nobody, to screens only, or folds away as code."""
_LOOKS = {"b": "bold", "strong": "bold", "em": "italic", "i": "italic", "code": "code", "sup": "raised",
          "sub": "lowered"}
_CELLS = ("TableText", "TableHead", "TableNumber")
KEEP = "<w:keepNext/>"


@dataclass(frozen=True, slots=True)
class Package:
    """What the walk asks of the file around it."""

    relate: Callable[[str], str]
    """The relation of an address."""
    embed: Callable[[bytes], str]
    """The relation of a PNG."""
    new_list: Callable[[], int]
    """A numbered list that begins at 1."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, for the contents."""

    level: int
    text: str
    place: int


class Walk:
    """One pass over a page; what it makes stands in ``blocks`` and ``headings``."""

    def __init__(self, main: Node, package: Package, painted: Mapping[str, Painted]) -> None:
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self._package, self._painted = package, painted
        targets = [node.attributes.get("href", "") for node in main.nodes() if node.tag == "a"]
        anchors = {node.id for node in main.nodes() if node.id}
        wanted = dict.fromkeys(name[1:] for name in targets if name.startswith("#") and name[1:] in anchors)
        self._places = {name: number for number, name in enumerate(wanted, start=1)}
        self._next_place = len(self._places) + 1
        self._marks: list[int] = []
        self._folding = Folding()
        self._appendix = False
        self._pictures = 0
        self._counts: dict[str, int] = {}
        self._space = True
        self._flow(main, "")
        self._appendices()

    # Blocks

    def _emit(self, xml: str, *, wide: bool = False, heading: bool = False) -> None:
        self.blocks.append(Block(xml, wide, heading))

    def _line(self, children: Sequence[Node | str], style: str, *, lead: str = "", properties: str = "") -> None:
        """A paragraph of running text, if there is any."""
        self._space = True
        runs = self._runs(children, Look())
        if runs or lead:
            self._emit(paragraph(self._marked() + lead + runs, style, properties=properties))

    def _marked(self) -> str:
        found = "".join(bookmark(number) for number in self._marks)
        self._marks.clear()
        return found

    def _anchor(self, name: str) -> None:
        if name in self._places:
            self._marks.append(self._places[name])

    def _flow(self, node: Node, style: str) -> None:
        pending: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag in _BLOCKS:
                self._line(pending, style)
                pending.clear()
                self._block(child, style)
            else:
                pending.append(child)
        self._line(pending, style)

    def _block(self, node: Node, style: str) -> None:
        if _UNSEEN & node.classes and node.tag == "details":
            return
        if node.tag != "details":
            self._anchor(node.id)
        if node.tag in _HEADINGS:
            self._heading(node)
        elif node.tag in ("ul", "ol"):
            self._list(node, style, 1)
        elif node.tag in ("p", "div", "blockquote"):
            self._flow(node, _style_of(node, style))
        else:
            {"dl": self._definitions, "table": self._table, "figure": self._figure, "details": self._details,
             "pre": self._printed, "svg": self._svg, "img": self._image}.get(node.tag, self._flow)(node, style)

    def _heading(self, node: Node) -> None:
        level, style = _HEADINGS[node.tag]
        if self._appendix:
            level, style = 4, "Heading4"
        self._title(level, style, _words(node), node.children)

    def _title(self, level: int, style: str, text: str, children: Sequence[Node | str]) -> None:
        place = self._new_place()
        if level:
            self.headings.append(Heading(level, text, place))
        self._marks.append(place)
        self._space = True
        self._emit(paragraph(self._marked() + self._runs(children, Look()), style), heading=level in (1, 2))

    def _new_place(self) -> int:
        self._next_place += 1
        return self._next_place - 1

    def _list(self, node: Node, style: str, depth: int) -> None:
        in_cell = style in _CELLS
        number = self._package.new_list() if node.tag == "ol" and not in_cell else 0
        for place, item in enumerate(node.all("li"), start=1):
            self._anchor(item.id)
            inner = [child for child in item.children if not (isinstance(child, Node) and child.tag in ("ul", "ol"))]
            mark = f"{place}. " if node.tag == "ol" else "• "
            if in_cell:
                self._line(inner, style, lead=run(mark))
            elif number:
                numbered = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
                self._line(inner, "ListNumber", properties=numbered)
            else:
                self._line(inner, "ListBullet" if depth == 1 else "ListBullet2")
            for nested in item.all("ul", "ol"):
                self._list(nested, style, depth + 1)

    def _definitions(self, node: Node, style: str) -> None:
        term: list[Node | str] = []
        for child in node.all("dt", "dd"):
            if child.tag == "dt":
                term = child.children
                continue
            self._anchor(child.id)
            first = next((place for place, part in enumerate(child.children)
                          if isinstance(part, Node) and part.tag in _BLOCKS), len(child.children))
            self._space = True
            lead = self._runs(term, Look(bold=True)) + run(": ", Look(bold=True)) if term else ""
            self._line(child.children[:first], style or "Definition", lead=lead)
            self._flow(Node("dd", {}, child.children[first:]), style)
            term = []

    def _printed(self, node: Node, style: str) -> None:
        self._emit(paragraph(self._marked() + run(node.text().strip("\n")), "CodeBlock"))

    def _details(self, node: Node, style: str) -> None:
        summary = node.first("summary")
        said = _words(summary) if summary else "Details"
        if said in MACHINE_BLOCKS:
            return
        inner = Node("div", {"id": node.id}, [child for child in node.children if child is not summary])
        if self._appendix or style:
            self._anchor(node.id)
            self._line([said], "Heading4" if self._appendix and not style else style)
            self._flow(inner, style)
            return
        heading = (self.headings[-1].text, self.headings[-1].place) if self.headings else ("", 0)
        if self._folding.add(Part(said, inner, self._new_place()), heading, len(self.blocks)):
            self.blocks.pop()
        self._emit(paragraph(self._marked() + self._folding.pointer(), "Folded"))

    def _appendices(self) -> None:
        if not self._folding.appendices:
            return
        self._title(1, "Heading1", "Appendices", ["Appendices"])
        self._line(["What the web page of this report folds away, in the order in which it stands there."], "")
        self._appendix = True
        for appendix in self._folding.appendices:
            self._title(2, "Heading2", appendix.title, [appendix.title])
            for part in appendix.parts:
                self._marks.append(part.place)
                self._anchor(part.inner.id)
                if len(appendix.parts) > 1:
                    self._title(3, "Heading3", part.title, [part.title])
                self._flow(part.inner, "")

    # Tables and pictures

    def _table(self, node: Node, style: str) -> None:
        found = grid(node)
        if not found.columns:
            return
        columns, across = widths(found)
        caption = node.first("caption")
        if caption is not None:
            self._line(caption.children, "Caption", lead=self._numbered("Table"), properties=KEEP)
        words = clean(_words(caption))[:250] if caption is not None else ""
        title = f"<w:tblCaption w:val={quoteattr(words)}/>" if words else ""
        self._emit(table_markup(found, columns, title, self._cell), wide=across)
        self._emit(paragraph("", "AfterTable"))

    def _cell(self, cell: Node, style: str, anchor: str) -> str:
        """The paragraphs of a cell; at least one, as Word demands."""
        outside, self.blocks = self.blocks, []
        self._anchor(anchor)
        self._anchor(cell.id)
        self._flow(cell, style)
        made = "".join(block.xml for block in self.blocks)
        self.blocks = outside
        return made if made.endswith("</w:p>") else made + paragraph(self._marked(), style)

    def _figure(self, node: Node, style: str) -> None:
        for inner in node.nodes():
            if inner.tag in ("svg", "img"):
                self._block(inner, style)
        caption = node.first("figcaption")
        if caption is not None:
            self._line(caption.children, "Caption", lead=self._numbered("Figure"))
        for note in node.all("p"):
            self._line(note.children, "Note")

    def _svg(self, node: Node, style: str) -> None:
        found = self._painted[node.svg]
        title, said = found.drawing.title, found.drawing.description
        if not found.pictures:
            self._line([f"[{title.rstrip('.')}. {said}]"], style or "Note")
        for number, part in enumerate(found.pictures, start=1):
            more = f", part {number} of {len(found.pictures)}" if len(found.pictures) > 1 else ""
            self._picture(part, title + more, (said or title) + more, across=found.across)

    def _image(self, node: Node, style: str) -> None:
        """A picture that stands in the page as PNG."""
        said = node.attributes.get("alt", "")
        found = png_picture(node.attributes.get("src", ""))
        if found is None:
            self._line([f"[{said}]"], style or "Note")
        else:
            self._picture(found, "", said)

    def _picture(self, picture: Picture, title: str, said: str, *, across: bool = False) -> None:
        self._pictures += 1
        words = {"name": f"Figure {self._pictures}", "title": title, "description": said}
        size = (picture.width_cm, picture.height_cm)
        shown = drawing(self._package.embed(picture.png), self._pictures, size, words)
        self._emit(paragraph(self._marked() + shown, "Picture", properties=KEEP), wide=across)

    def _numbered(self, kind: str) -> str:
        """'Table 3. ' with the number as a field, so that a reader who moves a table can number anew."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        number = field(f"SEQ {kind} \\* ARABIC", str(self._counts[kind]), look="<w:rPr><w:b/></w:rPr>")
        return run(f"{kind} ", Look(bold=True)) + number + run(". ", Look(bold=True))

    # Running text

    def _runs(self, children: Iterable[Node | str], look: Look) -> str:
        return "".join(self._text(child, look) if isinstance(child, str) else self._inline(child, look)
                       for child in children)

    def _text(self, text: str, look: Look) -> str:
        said = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self._space:
            said = said.lstrip(" ")
        if said:
            self._space = said.endswith(" ")
        return run(said, look)

    def _inline(self, node: Node, look: Look) -> str:
        if _UNSEEN & node.classes:
            return ""
        if node.tag == "br":
            self._space = True
            return BREAK
        if "unit" in node.classes:
            self._space = True
            return BREAK + self._runs(node.children, look)
        if node.tag == "a":
            return self._link(node, look)
        if node.tag == "q":
            return run("“", look) + self._runs(node.children, look) + run("”", look)
        named = _LOOKS.get(node.tag)
        return self._runs(node.children, look.with_(**{named: True}) if named else look)

    def _link(self, node: Node, look: Look) -> str:
        address = node.attributes.get("href", "")
        if address.startswith("#"):
            place = self._places.get(address[1:])
            return link_within(self._runs(node.children, look.with_(link=True)), place) if place else (
                self._runs(node.children, look))
        if not address:
            return self._runs(node.children, look)
        return link_outside(self._runs(node.children, look.with_(link=True)), self._package.relate(address))


def _style_of(node: Node, style: str) -> str:
    if style:
        return style
    if "notice" in node.classes:
        return "Notice"
    if node.classes & {"figure-note", "table-notes"}:
        return "Note"
    if "table-caption" in node.classes:
        return "Caption"
    return "Answer" if "answer" in node.classes else ""


def _words(node: Node) -> str:
    """The text of a heading or caption in one line, without what is for screens only."""
    kept = "".join(
        child if isinstance(child, str) else "" if _UNSEEN & child.classes else f" {_words(child)} "
        if "unit" in child.classes else _words(child) for child in node.children)
    return " ".join(kept.split())
