"""One page from a notebook: static, self-contained, escaped, the same bytes."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat.v4 as v4
import pytest

from reviewkit.errors import InputError
from reviewkit.render import Safe, el
from reviewkit.render.outline import outline
from reviewkit.render.page import export_html, meta, prose, static

POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
)
HOSTILE = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>"


def _output(**data: str) -> Any:
    return v4.new_output("display_data", data={name.replace("_", "/", 1): value for name, value in data.items()})


def _notebook(*cells: Any, **reviewkit: object) -> Any:
    notebook = v4.new_notebook(cells=list(cells))
    notebook.metadata["reviewkit"] = reviewkit
    return notebook


def test_page_is_self_contained_under_the_policy() -> None:
    page = export_html(_notebook(v4.new_markdown_cell("## One\n\ntext")), title="A question?")
    assert page.count(POLICY) == 1
    assert page.index(POLICY) < page.index("<title>")
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["']?https?:""", page)
    assert 'lang="en"' in page
    assert "<title>A question?</title>" in page
    assert "<h1>A question?</h1>" in page
    assert '<main id="main">' in page
    assert 'href="#main"' in page
    assert "noindex" not in page


def test_title_and_head_are_escaped_or_refused() -> None:
    page = export_html(_notebook(), title="</title>" + HOSTILE, head=[meta("citation_title", HOSTILE)])
    assert "<script" not in page
    assert "&lt;/title&gt;" in page
    for bad in ([Safe("<script>1</script>")], ["<meta>"], [el("p", "x")]):
        with pytest.raises(InputError, match="head"):
            export_html(_notebook(), title="x", head=bad)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="title"):
        export_html(_notebook())
    with pytest.raises(InputError, match="lang"):
        export_html(_notebook(), title="x", lang='en"><script>')


def test_json_ld_cannot_leave_its_element_and_reads_back() -> None:
    data = {"@type": "ScholarlyArticle", "name": "</script>" + HOSTILE}
    page = export_html(_notebook(json_ld=data), title="x")
    found = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert [json.loads(text) for text in found] == [data]


def test_demonstration_keeps_search_engines_away() -> None:
    assert '<meta name="robots" content="noindex">' in export_html(_notebook(status="demonstration"), title="x")


def test_code_is_folded_escaped_and_behind_its_output() -> None:
    cell = v4.new_code_cell(f"x = '{HOSTILE}'", outputs=[_output(text_html="<p>out</p>", text_plain="<o at 0x7f>")])
    page = export_html(_notebook(cell), title="x")
    assert page.index("<p>out</p>") < page.index('<details class="code"><summary>')
    assert "&lt;script&gt;alert(1)" in page
    assert "0x7f" not in page
    assert 'id="show-code"' in page
    for tag in ("parameters", "remove-input"):
        cell.metadata["tags"] = [tag]
        page = export_html(_notebook(cell), title="x")
        assert "show-code" not in page.split("</style>")[1]
        assert "<p>out</p>" in page


def test_prose_shows_raw_html_as_text() -> None:
    made = prose(f"{HOSTILE}\n\nA {HOSTILE}\n\n[x](javascript:alert(1)) ![a](http://evil.example/i.png) <http://ok.example>")
    assert "<script" not in made
    assert "<img" not in made
    assert "javascript:" not in made
    assert "evil.example/i.png" not in made
    assert '<a href="http://ok.example">' in made


def test_streams_are_text_without_colours_or_addresses() -> None:
    outputs = [
        v4.new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m " + HOSTILE),
        v4.new_output("stream", name="stderr", text="/tmp/ipykernel_123/456.py:1: Warning"),
    ]
    page = export_html(_notebook(v4.new_code_cell("", outputs=outputs)), title="x")
    assert "red &lt;script" in page
    assert "ipykernel_" not in page
    assert "Messages while this part ran" in page


def test_scripts_and_widgets_are_left_out() -> None:
    outputs = [
        _output(application_javascript="alert(1)"),
        v4.new_output("display_data", data={"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "W()"}),
        _output(image_png="aGk=\n"),
    ]
    page = export_html(_notebook(v4.new_code_cell("", outputs=outputs)), title="x")
    assert "alert" not in page
    assert "W()" not in page
    assert 'src="data:image/png;base64,aGk="' in page
    assert "No description has been provided" not in page


def test_same_notebook_same_bytes_whatever_the_run() -> None:
    def build(count: int, started: str) -> str:
        cell = v4.new_code_cell("a", execution_count=count, outputs=[_output(text_html="<p>1</p>")])
        cell.metadata["execution"] = {"iopub.execute_input": started}
        notebook = _notebook(v4.new_markdown_cell("## A"), cell)
        notebook.metadata["papermill"] = {"start_time": started}
        return export_html(notebook, title="x")

    assert build(1, "2026-01-01") == build(7, "2027-02-02")


def test_static_leaves_its_argument_alone() -> None:
    notebook = _notebook(v4.new_code_cell("a", execution_count=3, metadata={"x": 1}))
    before = json.dumps(notebook, sort_keys=True)
    static(notebook)
    assert json.dumps(notebook, sort_keys=True) == before


def test_outline_lists_headings_and_gives_each_an_anchor_once() -> None:
    made = outline('<h1>T</h1><h2>A &amp; b</h2><p id="a-b-2">x</p><h3>One</h3><h2>A &amp; b</h2>'
                   '<h2 id="own">C <em>d</em></h2><h2 class="no-contents">Hidden</h2>')
    ids = re.findall(r'<h[23][^>]* id="([^"]*)"', made.body)
    assert ids == ["a-b", "one", "a-b-3", "own", "hidden"]
    assert re.findall(r'href="#([^"]*)"', made.contents) == ["a-b", "one", "a-b-3", "own"]
    assert ">A &amp; b</a>" in made.contents
    assert ">C d</a>" in made.contents
    assert made.has_title
    assert not made.has_code
