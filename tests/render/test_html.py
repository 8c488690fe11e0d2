"""One door: what comes from outside leaves as text, links lead only where a page may point."""

from __future__ import annotations

import doctest
import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.render import (
    Column,
    Row,
    Safe,
    anchor_id,
    badge,
    certainty_badge,
    definition_list,
    details,
    el,
    figure,
    join,
    link,
    notice,
    table,
    text,
)
from reviewkit.render import html as html_module
from reviewkit.render.text import clean_text, safe_url

HOSTILE = "<img src=x onerror=alert(1)></td><script>alert(2)</script>\" onmouseover='x' &amp; \u202egnp.exe\x00"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def _parse(markup: str) -> _Tags:
    parser = _Tags()
    parser.feed(markup)
    parser.close()
    return parser


def test_doctests() -> None:
    assert doctest.testmod(html_module).failed == 0


@given(st.text())
def test_any_text_and_attribute_comes_back_as_text(words: str) -> None:
    page = _parse(el("p", words, title=words))
    assert [tag for tag, _ in page.tags] == ["p"]
    assert page.words == clean_text(words)
    assert page.tags[0][1]["title"] == clean_text(words)


def test_every_part_escapes() -> None:
    parts = [
        table([HOSTILE, Column(HOSTILE, unit=HOSTILE, group=HOSTILE)],
              [[HOSTILE, HOSTILE], Row([HOSTILE], heading=True)], caption=HOSTILE, notes=[HOSTILE]),
        details(HOSTILE, HOSTILE), definition_list([(HOSTILE, HOSTILE)]), notice(HOSTILE, title=HOSTILE),
        figure(Safe("<svg></svg>"), HOSTILE, notes=[HOSTILE]), link(HOSTILE, HOSTILE), join(HOSTILE, sep=HOSTILE),
        table(["a"], [], caption=HOSTILE, empty_text=HOSTILE, empty_remedy=HOSTILE),
    ]  # fmt: skip
    for part in parts:
        tags = _parse(part).tags
        assert not {"img", "script"} & {tag for tag, _ in tags}
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
        assert "\u202e" not in part
        assert "\x00" not in part


def test_safe_passes_and_plain_does_not() -> None:
    assert el("p", Safe("<b>x</b>"), "<b>") == "<p><b>x</b>&lt;b&gt;</p>"
    assert text(None) == ""
    assert text([1, " of ", 12345, 0.5]) == "1 of 12\u202f3450.50"
    assert isinstance(el("p"), Safe)
    assert el("p")._repr_html_() == "<p></p>"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "\x01javascript:alert(1)",
     "data:text/html,x", "vbscript:x", "//evil.example", "http://", "https:///x", "file:///etc/passwd", "#",
     "http://a b", "\\\\evil", "", "blob:x", "http://[::1"],
)  # fmt: skip
def test_addresses_a_page_may_not_point_to(url: str) -> None:
    assert safe_url(url) is None
    shown = link("label", url)
    assert "<a" not in shown
    assert "label" in shown
    with pytest.raises(InputError):
        el("a", "x", href=url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("doi:10.1136/bmj.n71", "https://doi.org/10.1136/bmj.n71"),
        ("10.1002/(SICI)1097-0258(19990815)18:15<2057::AID-SIM165>3.0.CO;2-1",
         "https://doi.org/10.1002/(SICI)1097-0258(19990815)18:15%3C2057::AID-SIM165%3E3.0.CO;2-1"),
        ("http://dx.doi.org/10.1/x", "http://dx.doi.org/10.1/x"),
        ("http://dx.doi.org/10.1000/x", "https://doi.org/10.1000/x"),
        ("#study-1", "#study-1"),
        ("results.json", "results.json"),
    ],
)  # fmt: skip
def test_addresses_a_page_may_point_to(url: str, address: str) -> None:
    assert safe_url(url) == address
    assert _parse(link("x", url)).tags == [("a", {"href": address})]


@pytest.mark.parametrize("tag", ["script", "SCRIPT", "iframe", "p onclick=x", "", "1a"])
def test_refused_tags(tag: str) -> None:
    with pytest.raises(InputError):
        el(tag)


@pytest.mark.parametrize("name", ["onclick", "ONLOAD", "a b", 'x"y'])
def test_refused_attributes(name: str) -> None:
    with pytest.raises(InputError):
        el("p", **{name: "x"})


def test_ids_must_be_anchors() -> None:
    assert anchor_id("study", "Kara 2014 <x>") == "study-kara-2014-x"
    assert anchor_id("2014") == "s-2014"
    with pytest.raises(InputError, match="anchor"):
        el("p", id="a b")


def test_table_marks_heads_numbers_and_rows() -> None:
    made = table([Column("Study"), Column("n", numeric=True)], [Row(["A", 12345], id="row-a")], id_="t")
    tags = _parse(made).tags
    assert [a["scope"] for t, a in tags if t == "th"] == ["col", "col", "row"]
    assert [a.get("class") for t, a in tags if t == "td"] == ["number"]
    assert {"row-a", "t"} == {a["id"] for _, a in tags if "id" in a}
    assert "12\u202f345" in made


def test_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(InputError, match="1 cells for 2 columns"):
        table(["a", "b"], [["x"]])


def test_judgements_never_by_colour_alone() -> None:
    pairs = [("low", "Low"), ("Some concerns", "Some concerns"), ("serious", "High"), ("", "No information")]
    for word, shown in pairs:
        for compact in (False, True):
            words = _parse(badge(word, compact=compact)).words
            assert shown in words
            assert words[0] in "+?−∅"
    assert _parse(certainty_badge("very low")).words == "⊕○○○ Very low"
    with pytest.raises(InputError):
        badge("splendid")
    with pytest.raises(InputError):
        certainty_badge("medium")


def test_control_characters_show_and_overrides_go() -> None:
    assert clean_text("a\u202eb\u2066c\x07d\ud800e\r\nf") == "abc\ufffdd\ufffde\nf"
    assert html.unescape(el("p", "\x1b[0m")) == "<p>\ufffd[0m</p>"
