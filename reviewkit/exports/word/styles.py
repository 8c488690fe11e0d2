"""The document's styles: one quiet system, as on the page; serif for reading, sans for tables and headings."""

from __future__ import annotations

from typing import Any

from reviewkit.exports.word.markup import NAMESPACES

_SERIF, _SANS, _MONO = "Times New Roman", "Arial", "Courier New"
# Fonts that every machine has, or has a twin of the same widths for: pages break at the same place everywhere.
_INK, _GREY, _ACCENT, _WASH, _RULE = "1B1F24", "5B636D", "0B5CAD", "F3F5F7", "C9CED4"


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}" w:eastAsia="{name}"/>'


def _look(size: float, *, font: str = "", bold: bool = False, italic: bool = False, colour: str = "") -> str:
    return "".join([
        _font(font) if font else "", "<w:b/>" if bold else "", "<w:i/>" if italic else "",
        f'<w:color w:val="{colour}"/>' if colour else "",
        f'<w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>'])


def _space(before: float, after: float, line: float = 1.0) -> str:
    return (f'<w:spacing w:before="{round(20 * before)}" w:after="{round(20 * after)}" '
            f'w:line="{round(240 * line)}" w:lineRule="auto"/>')


def _style(name: str, named: str, look: str, layout: str, *, based: str = "Normal", following: str = "") -> str:
    after = f'<w:next w:val="{following}"/>' if following else ""
    return (f'<w:style {NAMESPACES} w:type="paragraph" w:customStyle="{int(name == named)}" w:styleId="{name}">'
            f'<w:name w:val="{named}"/><w:basedOn w:val="{based}"/>{after}<w:qFormat/>'
            f"<w:pPr>{layout}</w:pPr><w:rPr>{look}</w:rPr></w:style>")


def _character(name: str, named: str, look: str) -> str:
    return (f'<w:style {NAMESPACES} w:type="character" w:customStyle="{int(name == named)}" w:styleId="{name}">'
            f'<w:name w:val="{named}"/><w:rPr>{look}</w:rPr></w:style>')


def _heading(level: int, size: float, before: float, after: float) -> str:
    layout = f'<w:keepNext/><w:keepLines/>{_space(before, after)}<w:outlineLvl w:val="{level - 1}"/>'
    return _style(f"Heading{level}", f"heading {level}", _look(size, font=_SANS, bold=True, colour=_INK), layout,
                  following="Normal")


def _contents(level: int) -> str:
    tabs = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9400"/></w:tabs>'
    indent = f'<w:ind w:left="{284 * (level - 1)}"/>'
    return _style(f"TOC{level}", f"toc {level}", _look(10, font=_SANS), tabs + _space(0, 2) + indent)


def _table() -> str:
    line = '<w:{} w:val="single" w:sz="6" w:space="0" w:color="1B1F24"/>'
    hair = f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"/>'
    margins = '<w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
    return (f'<w:style {NAMESPACES} w:type="table" w:customStyle="1" w:styleId="ReviewTable">'
            '<w:name w:val="Review Table"/><w:tblPr>'
            f'<w:tblBorders>{line.format("top")}{line.format("bottom")}{hair}</w:tblBorders>'
            f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
            '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
            f'{line.format("bottom")}</w:tcBorders></w:tcPr></w:tblStylePr></w:style>')


def definitions() -> list[str]:
    """Every style of the document, as markup."""
    wash = f'<w:shd w:val="clear" w:color="auto" w:fill="{_WASH}"/>'
    edge = f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{_ACCENT}"/></w:pBdr>'
    left = "<w:ind w:left=\"{}\" w:hanging=\"{}\"/>"
    keep = "<w:keepNext/>"
    return [
        _style("Title", "Title", _look(22, font=_SANS, bold=True, colour=_INK), _space(0, 12, 1.05)),
        _heading(1, 16, 20, 6), _heading(2, 13, 14, 4), _heading(3, 11, 10, 3), _heading(4, 9.5, 8, 2),
        _contents(1), _contents(2),
        _style("ContentsHead", "ContentsHead", _look(13, font=_SANS, bold=True), keep + _space(12, 6)),
        _style("Caption", "caption", _look(10, font=_SANS), _space(8, 4)),
        _style("Note", "Note", _look(9, font=_SANS, colour=_GREY), _space(0, 4)),
        _style("Notice", "Notice", _look(10.5), edge + wash + _space(4, 8, 1.15) + left.format(227, 0)),
        _style("Answer", "Answer", _look(14, font=_SANS, bold=True), _space(6, 6, 1.1)),
        _style("Definition", "Definition", _look(10.5), _space(0, 4, 1.1) + left.format(340, 340)),
        _style("Folded", "Folded", _look(9.5, font=_SANS), _space(0, 3)),
        _style("CodeBlock", "CodeBlock", _look(8, font=_MONO), wash + _space(2, 8)),
        _style("TableText", "TableText", _look(8.5, font=_SANS), _space(1.5, 1.5)),
        _style("TableHead", "TableHead", _look(8.5, font=_SANS, bold=True), keep + _space(1.5, 1.5)),
        _style("TableNumber", "TableNumber", _look(8.5, font=_SANS), _space(1.5, 1.5) + '<w:jc w:val="right"/>'),
        _style("AfterTable", "AfterTable", _look(4), _space(0, 4)),
        _style("Picture", "Picture", _look(10), keep + _space(6, 4)),
        _style("Break", "Break", _look(2), _space(0, 0)),
        _character("Hyperlink", "Hyperlink", f'<w:color w:val="{_ACCENT}"/><w:u w:val="single"/>'),
        _character("CodeText", "CodeText", _look(9, font=_MONO)),
        _table(),
    ]


def dress(document: Any, parse: Any) -> None:
    """Put the styles into a document, in place of those of the same id."""
    styles = document.styles.element
    ours = [parse(text) for text in definitions()]
    named = {_id(style) for style in ours}
    for style in list(styles):
        if _id(style) in named:
            styles.remove(style)
    styles.extend(ours)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _SERIF, 10.5 * 12700
    normal.element.rPr.rFonts.set(_w("eastAsia"), _SERIF)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = 6 * 12700, 1.15
    language = styles.find(f".//{_w('docDefaults')}//{_w('lang')}")
    if language is not None:
        language.set(_w("val"), "en-GB")


def _w(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


def _id(style: Any) -> str:
    return str(style.get(_w("styleId")))
