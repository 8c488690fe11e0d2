"""WordprocessingML as text: runs, links, paragraphs, fields. Everything that comes from the page is escaped here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
EMU_PER_CM = 360_000
TWIPS_PER_CM = 567


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of text looks."""

    bold: bool = False
    italic: bool = False
    code: bool = False
    raised: bool = False
    lowered: bool = False
    link: bool = False

    def with_(self, **changes: bool) -> Look:
        """The same with something changed."""
        return replace(self, **changes)


def clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return _CONTROL.sub("", text)


def run(text: str, look: Look = Look()) -> str:
    """A run; line ends become breaks."""
    if not text:
        return ""
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in clean(text).split("\n"))
    return f"<w:r>{_properties(look)}{said}</w:r>"


BREAK = "<w:r><w:br/></w:r>"


def _properties(look: Look) -> str:
    style = "Hyperlink" if look.link else "CodeText" if look.code else ""
    inner = "".join([
        f'<w:rStyle w:val="{style}"/>' if style else "", "<w:b/>" if look.bold else "",
        "<w:i/>" if look.italic else "", '<w:vertAlign w:val="superscript"/>' if look.raised else "",
        '<w:vertAlign w:val="subscript"/>' if look.lowered and not look.raised else ""])
    return f"<w:rPr>{inner}</w:rPr>" if inner else ""


def paragraph(runs: str, style: str = "", *, properties: str = "") -> str:
    """A paragraph in a style, with further properties in the schema's order after it."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = named + properties
    return f"<w:p>{f'<w:pPr>{inside}</w:pPr>' if inside else ''}{runs}</w:p>"


def bookmark(number: int) -> str:
    """The place a link of this document leads to."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{bookmark_name(number)}"/><w:bookmarkEnd w:id="{number}"/>'


def bookmark_name(number: int) -> str:
    """A bookmark's name, by its number."""
    return f"place{number}"


def link_within(runs: str, number: int) -> str:
    """A link to a bookmark."""
    return f'<w:hyperlink w:anchor="{bookmark_name(number)}" w:history="1">{runs}</w:hyperlink>'


def link_outside(runs: str, relation: str) -> str:
    """A link to an address that stands as a relation of the document."""
    return f'<w:hyperlink r:id="{relation}" w:history="1">{runs}</w:hyperlink>'


def field(code: str, shown: str, *, update: bool = False, look: str = "") -> str:
    """A field with what it shows until a program works it out; `update` asks for that on opening."""
    dirty = ' w:dirty="true"' if update else ""
    return (f'<w:r>{look}<w:fldChar w:fldCharType="begin"{dirty}/></w:r>'
            f'<w:r>{look}<w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
            f'<w:r>{look}<w:fldChar w:fldCharType="separate"/></w:r>'
            f"<w:r>{look}<w:t>{escape(shown)}</w:t></w:r>"
            f'<w:r>{look}<w:fldChar w:fldCharType="end"/></w:r>')


def drawing(relation: str, number: int, size_cm: tuple[float, float], words: Mapping[str, str]) -> str:
    """A picture in line with the text; `words`: ``name``, ``title`` and ``description`` (the alternative text)."""
    width, height = (round(side * EMU_PER_CM) for side in size_cm)
    name = quoteattr(words["name"])
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name={name} title={quoteattr(clean(words["title"]))} '
        f'descr={quoteattr(clean(words["description"]))}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name={name}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")
