"""Word files read back by python-docx: the page's words, heads that repeat, described figures, the same bytes."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import html5lib
import pytest
from docx.oxml.ns import qn

from reviewkit.errors import InputError, ReviewkitError, UnsettledError
from reviewkit.exports.page import read_main
from reviewkit.exports.word import write_word
from reviewkit.exports.word.document import word_document
from reviewkit.exports.word.paper import LONG_CM, SHORT_CM
from reviewkit.exports.word.pictures import PRINT_DPI, paint
from reviewkit.figures.svg import PALETTE
from tests.exports.pages import CAPTION, description, page
from tests.publishing.conftest import QUESTION

HEADINGS = ("Title", "Heading1", "Heading2", "Heading3", "Heading4")


def written(*, figures: bool = False, **options: Any) -> bytes:
    return word_document(read_main(page(**options)), description(), figures=figures)


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def words(element: Any) -> str:
    """All text of an element in one line, as a reader of the file sees it."""
    parts = []
    for node in element.iter(qn("w:t"), qn("w:br"), qn("w:p"), qn("w:tab")):
        parts.append(node.text or "" if node.tag == qn("w:t") else " ")
    return " ".join("".join(parts).split())


def paragraphs(document: Any, *styles: str) -> list[str]:
    return [words(p) for p in document.element.body.iter(qn("w:p"))
            if (found := p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) is not None and found.get(qn("w:val")) in styles]


def cells(document: Any) -> list[list[list[str]]]:
    return [[[words(cell) for cell in row.findall(qn("w:tc"))] for row in table.findall(qn("w:tr"))]
            for table in document.element.body.iter(qn("w:tbl"))]


def test_headings_are_headings_and_folded_parts_are_appendices() -> None:
    document = opened(written(words="harm"))
    assert paragraphs(document, *HEADINGS) == [
        "Demonstration review: Does it help?", "Results of harm", "Harms", "Appendices",
        "Appendix 1. Results of harm", "Votes harm", "More votes", "Appendix 2. Harms: Only one"]
    assert paragraphs(document, "Folded") == ["Appendix 1: Votes harm; More votes.", "Appendix 2: Only one."]
    assert [line.split("–")[0].strip() for line in paragraphs(document, "TOC1", "TOC2")] == [
        "Results of harm", "Harms", "Appendices", "Appendix 1. Results of harm", "Appendix 2. Harms: Only one"]


def test_a_long_run_of_folded_parts_is_named_by_its_ends() -> None:
    folded = "".join(f"<details><summary>Study {n}</summary><p>Read.</p></details>" for n in range(1, 9))
    main = read_main(f"<main><h2>Results</h2>{folded}<p>Between.</p><details><summary>Last</summary>x</details></main>")
    document = opened(word_document(main, description(), figures=False))
    assert paragraphs(document, "Folded") == ["Appendix 1: 8 parts, from Study 1 to Study 8.", "Appendix 1: Last."]
    assert len(paragraphs(document, "Heading3")) == 9


def test_tables_keep_their_cells_and_every_head_row_repeats() -> None:
    document = opened(written(words="Vane 2020"))
    first, votes = cells(document)
    assert first == [["", "Main"], ["Study", "Effect SMD", "n"], ["Kara 2014", "0.50", "20"],
                     ["All studies of one kind"], ["Vane 2020", "1.50", ""]]
    assert votes == [["Report", "Vote"], ["R1", "include"]]
    heads = [[row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.iter(qn("w:tr"))]
             for table in document.element.body.iter(qn("w:tbl"))]
    assert heads == [[True, True, False, False, False], [True, False]]
    assert f"Table 1. {CAPTION}" in paragraphs(document, "Caption")


def test_a_list_within_a_definition_stays_a_list() -> None:
    document = opened(written())
    assert paragraphs(document, "ListBullet") == ["first", "second"]
    assert "Funding: none" in paragraphs(document, "Definition")


def test_code_and_blocks_for_programs_are_left_out() -> None:
    text = words(opened(written()).element.body)
    assert "report.pool" not in text and "techreport" not in text and "BibTeX" not in text


def test_hostile_words_stand_as_words() -> None:
    content = written()
    document = opened(content)
    hostile = "<script>alert(1)</script> & \"=cmd|'/c calc'!A1\" ]]> \ufffd\ufffd drow 漢字 𝛽"
    assert hostile in words(document.element.body)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "embeddings" in name]
    fields = {node.text.split()[0] for node in document.element.body.iter(qn("w:instrText"))}
    assert fields == {"PAGEREF", "SEQ"}


def test_links_lead_where_the_page_leads() -> None:
    document = opened(written())
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    inner = [link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))
             if link.get(qn("w:anchor"))]
    assert inner and set(inner) <= marks
    outer = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert outer == ["https://example.org/?a=1&b=2"]


def test_the_same_page_gives_the_same_bytes_dated_by_the_protocol() -> None:
    content = written()
    assert content == written()
    core = opened(content).core_properties
    assert core.created == core.modified and core.created.strftime("%Y-%m-%d") == "2026-03-04"
    assert core.title == "Demonstration review: Does it help?" and core.content_status == "Demonstration review"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_status_stands_on_every_page_and_pages_are_numbered() -> None:
    for section in opened(written()).sections:
        assert words(section.header._element).startswith("Demonstration review:")
        fields = [node.text.strip() for node in section.footer._element.iter(qn("w:instrText"))]
        assert fields == ["PAGE", "NUMPAGES"]
        assert {round(section.page_width.cm, 1), round(section.page_height.cm, 1)} == {SHORT_CM, LONG_CM}
    draft = opened(word_document(read_main(page()), description("draft"), figures=False))
    assert words(draft.sections[0].header._element) == "Draft: Does it help?"


def test_without_pictures_each_figure_is_described_in_its_place() -> None:
    document = opened(written())
    assert not list(document.inline_shapes)
    assert "[Forest plot & <more>. The pool is 0.5 [0.1, 0.9].]" in paragraphs(document, "Note")


def test_a_page_that_is_no_report_is_refused() -> None:
    with pytest.raises(InputError, match="no main part"):
        read_main("<html><body>Hello</body></html>")


def test_without_a_browser_the_error_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWKIT_CHROMIUM", "no-such-browser")
    with pytest.raises(ReviewkitError, match=r"'no-such-browser' is no program\. .*REVIEWKIT_CHROMIUM"):
        written(figures=True)


@pytest.mark.e2e
@pytest.mark.slow
def test_figures_are_pictures_with_their_descriptions(chromium: str) -> None:
    content = written(figures=True)
    assert content == written(figures=True)
    document = opened(content)
    shape, = document.inline_shapes
    about = shape._inline.docPr
    assert about.get("title") == "Forest plot & <more>" and about.get("descr") == "The pool is 0.5 [0.1, 0.9]."
    part = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
    width, height = struct.unpack(">II", part.blob[16:24])
    assert width == pytest.approx(shape.width.inches * PRINT_DPI, abs=1)
    assert height == pytest.approx(shape.height.inches * PRINT_DPI, abs=1)


@pytest.mark.e2e
@pytest.mark.slow
def test_a_figure_taller_than_a_sheet_is_cut_between_its_lines(chromium: str) -> None:
    document = opened(written(figures=True, tall=True))
    shapes = list(document.inline_shapes)
    assert len(shapes) > 1
    assert [shape._inline.docPr.get("title").rpartition(", ")[2] for shape in shapes] == [
        f"part {number} of {len(shapes)}" for number in range(1, len(shapes) + 1)]
    for section in document.sections:
        room = section.page_height - section.top_margin - section.bottom_margin
        assert all(shape.height < room for shape in shapes)
    # 308 by 2400 pixels at one scale: the parts are as tall as the whole.
    scale = shapes[0].width / 308
    assert sum(shape.height for shape in shapes) == pytest.approx(2400 * scale, rel=1e-3)


@pytest.fixture(scope="module")
def report(reported: Path, browser: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / f"{QUESTION}.docx"
    write_word(QUESTION, reported, path, figures=bool(browser))
    return path


def seen(source: str) -> Any:
    """The page by a parser that is not ours, without what paper does not show."""
    tree = html5lib.parse(source, namespaceHTMLElements=False)
    for node in tree.iter():
        if node.tag == "style" or {"anchor", "visually-hidden"} & set(node.get("class", "").split()):
            node.text = None
    return tree


def page_tables(tree: Any) -> list[list[list[str]]]:
    """The words of a page's tables."""
    for quoted in tree.iter("q"):
        quoted.text = f"“{quoted.text or ''}"
        quoted.tail = f"”{quoted.tail or ''}"
    return [[["".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("td", "th")]
             for row in table.iter("tr")] for table in tree.iter("table")]


@pytest.mark.slow
def test_a_report_has_every_table_and_heading_of_its_page(reported: Path, report: Path) -> None:
    source = (reported / "reports" / QUESTION / "review.html").read_text(encoding="utf-8")
    document, tree = docx.Document(str(report)), seen(source)

    def bare(found: list[list[list[str]]]) -> list[str]:
        # Lists within cells get marks in Word; order differs, since what is folded stands at the end.
        return sorted(re.sub(r"[•\s]", "", repr(table)) for table in found)

    headings = [" ".join("".join(node.itertext()).split()) for name in ("h1", "h2", "h3") for node in tree.iter(name)]
    assert set(headings) <= set(paragraphs(document, *HEADINGS))
    assert bare(cells(document)) == bare(page_tables(tree))
    for table in document.element.body.iter(qn("w:tbl")):
        assert table.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


@pytest.mark.slow
def test_a_stale_report_is_refused(reported: Path, tmp_path: Path) -> None:
    shutil.copytree(reported, tmp_path / "project")
    claims = tmp_path / "project" / "data" / QUESTION / "protocol.toml"
    claims.write_text(claims.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    with pytest.raises(UnsettledError, match="stale"):
        write_word(QUESTION, tmp_path / "project", tmp_path / "out.docx")
    assert not (tmp_path / "out.docx").exists()


@pytest.mark.slow
def test_libreoffice_opens_it(report: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("NO LIBREOFFICE: the Word file was NOT opened (apt-get install libreoffice-writer-nogui).")
    subprocess.run([office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
                    "pdf", "--outdir", str(tmp_path), str(report)], check=True, capture_output=True, timeout=120)
    import pdfplumber

    with pdfplumber.open(tmp_path / f"{QUESTION}.pdf") as printed:
        assert len(printed.pages) > 20
        first = printed.pages[0].extract_text()
    assert "Demonstration review:" in first and "Error" not in first


@pytest.mark.e2e
@pytest.mark.slow
def test_figures_keep_the_colours_and_places_that_the_pages_style_sheet_gives(chromium: str) -> None:
    """The page holds one style sheet for all figures; a picture drawn without it would be black, its words astray."""
    frame = ('<svg xmlns="http://www.w3.org/2000/svg" class="rk-fig" width="100" height="50" viewBox="0 0 100 50">'
             '<rect x="0" y="0" width="100" height="50" {}/><text x="90" y="30" {}>Ag</text></svg>')
    classed = frame.format('class="rk-f-accent"', 'class="rk-e"')
    plain = frame.format(f'fill="{PALETTE["accent"][0]}"', 'text-anchor="end"')
    bare = frame.format("", "")
    made = {svg: painted.pictures[0].png for svg, painted in paint([classed, plain, bare]).items()}
    assert made[classed] == made[plain] != made[bare]
