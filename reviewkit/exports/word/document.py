"""The Word file around the walk: styles, contents, header and footer, properties; the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from reviewkit.exports.page import Node
from reviewkit.exports.word.markup import (
    NAMESPACES,
    bookmark_name,
    clean,
    field,
    link_within,
    paragraph,
    run,
)
from reviewkit.exports.word.paper import Block, laid_out
from reviewkit.exports.word.pictures import described, paint
from reviewkit.exports.word.styles import dress
from reviewkit.exports.word.walk import Heading, Package, Walk
from reviewkit.publishing.description import Description

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every part in the file: the earliest that the format knows."""


def word_document(main: Node, found: Description, *, figures: bool = True) -> bytes:
    """A report's page as a .docx file.

    Parameters
    ----------
    main : Node
        The page's text.
    found : Description
        Title, status, authors and date for the file's properties.
    figures : bool
        False: each figure's title and description stand in its place.

    Raises
    ------
    ReviewkitError
        If there are figures to draw and no Chromium to draw them.
    """
    import docx
    from docx.oxml import parse_xml as parse

    document = docx.Document()
    dress(document, parse)
    pictures = [node.svg for node in main.nodes() if node.svg]
    walked = Walk(main, _package(document), paint(pictures) if figures else described(pictures))
    references = _edges(document, found)
    body = document.element.body
    for child in list(body):
        body.remove(child)
    whole = laid_out(_with_contents(walked.blocks, walked.headings), references)
    body.extend(list(parse(f"<w:body {NAMESPACES}>{whole}</w:body>")))
    _properties(document, found)
    _settings(document, parse)
    return _packed(document)


def _package(document: Any) -> Package:
    from docx.opc.constants import RELATIONSHIP_TYPE as kinds

    part = document.part

    def relate(address: str) -> str:
        return str(part.relate_to(address, kinds.HYPERLINK, is_external=True))

    def embed(png: bytes) -> str:
        relation, _ = part.get_or_add_image(io.BytesIO(png))
        return str(relation)

    def new_list() -> int:
        numbers = part.numbering_part.element
        style = document.styles["List Number"].element.pPr.numPr.numId.val
        number = numbers.add_num(numbers.num_having_numId(style).abstractNumId.val)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.numId)

    return Package(relate, embed, new_list)


def _with_contents(blocks: Sequence[Block], headings: Sequence[Heading]) -> list[Block]:
    """The contents, after the opening and before the first heading of the text."""
    first = next((place for place, block in enumerate(blocks) if block.heading), len(blocks))
    if not headings:
        return list(blocks)
    listed = [heading for heading in headings if heading.level <= 2]
    # Lines with page references of their own, not one index field: every program works those out on opening.
    lines = []
    for heading in listed:
        said = link_within(run(heading.text), heading.place) + "<w:r><w:tab/></w:r>"
        page = field(f"PAGEREF {bookmark_name(heading.place)} \\h", "–", update=True)
        lines.append(Block(paragraph(said + page, f"TOC{heading.level}")))
    head = Block(paragraph(run("Contents"), "ContentsHead"))
    return [*blocks[:first], head, *lines, *blocks[first:]]


def _edges(document: Any, found: Description) -> str:
    """Header with status and title, footer with page numbers; their references for every section."""
    from docx.oxml import parse_xml as parse
    from docx.oxml.xmlchemy import serialize_for_reading as serialise

    title = found.title if len(found.title) <= 110 else f"{found.title[:109].rstrip()}…"
    said = title if found.citable or found.status_words.split()[0] in title else f"{found.status_words}: {title}"
    middle = '<w:jc w:val="center"/>'
    number = (run(f"Version {found.version}, {found.date.isoformat()}, report {found.report_id} · page ")
              + field("PAGE", "1") + run(" of ") + field("NUMPAGES", "1"))
    for edge, runs in ((document.sections[0].header, run(said)), (document.sections[0].footer, number)):
        edge.is_linked_to_previous = False
        for old in list(edge._element):
            edge._element.remove(old)
        holder = parse(f"<w:body {NAMESPACES}>{paragraph(runs, 'Note', properties=middle)}</w:body>")
        edge._element.extend(list(holder))
    kept = [child for child in document.sections[0]._sectPr if child.tag.endswith("Reference")]
    return "".join(re.sub(r' xmlns:\w+="[^"]*"', "", serialise(child).strip()) for child in kept)


def _properties(document: Any, found: Description) -> None:
    stamp = dt.datetime.combine(found.date, dt.time(), dt.UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.subject = clean(found.title)[:255], clean(found.abstract)[:255]
    core.author = core.last_modified_by = clean(", ".join(author.name for author in found.authors))[:255]
    core.keywords = clean(", ".join(found.keywords))[:255]
    core.content_status, core.category = found.status_words, "Systematic review"
    core.comments, core.language, core.version = clean(found.note)[:255], "en-GB", found.version
    core.identifier, core.revision = found.doi or found.report_id, 1
    core.created = core.modified = core.last_printed = stamp


def _settings(document: Any, parse: Any) -> None:
    """Today's layout rules instead of those of Word 2007; the template's thumbnail goes."""
    settings = document.settings.element
    wanted = (f'<w:compat {NAMESPACES}><w:compatSetting w:name="compatibilityMode" '
              'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>')
    old = settings.find(f"{{{settings.nsmap['w']}}}compat")
    if old is None:
        settings.append(parse(wanted))
    else:
        settings.replace(old, parse(wanted))
    relations = document.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[name]


def _packed(document: Any) -> bytes:
    """The file with fixed dates inside, so that the same page gives the same bytes."""
    written = io.BytesIO()
    document.save(written)
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.infolist():
            part = zipfile.ZipInfo(entry.filename, _EPOCH)
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            target.writestr(part, source.read(entry.filename))
    return packed.getvalue()
