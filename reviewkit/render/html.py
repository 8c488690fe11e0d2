"""The one door through which text becomes HTML: everything is escaped unless it is `Safe`.

    >>> el("td", "<b> & co", class_="name")
    '<td class="name">&lt;b&gt; &amp; co</td>'
    >>> el("p", "See ", link("the trial", "doi:10.1000/x1"), ".")
    '<p>See <a href="https://doi.org/10.1000/x1">the trial</a>.</p>'
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reviewkit.errors import InputError
from reviewkit.numbers import count, number
from reviewkit.render.judgements import CERTAINTY, risk_of_bias
from reviewkit.render.text import escape, safe_url

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:_-]*\Z")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]*\Z")
_TAG = re.compile(r"<[^>]*>")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})
_REFUSED = frozenset({"script", "iframe", "object", "embed", "base", "form"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "cite", "poster"})


class Safe(str):
    """Markup that was built here, or checked, and goes into the page as it stands."""

    __slots__ = ()

    def __html__(self) -> str:
        return self

    def _repr_html_(self) -> str:
        return self

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Beside the markup a notebook would keep the same text a second time, as plain text.
        printer.text("(shown as a page)")


Child = str | Safe | int | float | None | Iterable["Child"]


def text(value: Child) -> Safe:
    """Any child as markup: text escaped, numbers through the formatter, ``None`` as nothing."""
    if value is None:
        return Safe("")
    if isinstance(value, Safe):
        return value
    if isinstance(value, str):
        return Safe(escape(value))
    if isinstance(value, bool):
        return Safe("yes" if value else "no")
    if isinstance(value, int):
        return Safe(escape(count(value)))
    if isinstance(value, float):
        return Safe(escape(number(value)))
    return join(*value)


def join(*children: Child, sep: Child = "") -> Safe:
    """Children one after another."""
    between = text(sep) if sep else ""
    return Safe(between.join([child if type(child) is Safe else text(child) for child in children]))


def el(tag: str, *children: Child, **attributes: str | int | bool | None) -> Safe:
    """One element; a trailing underscore is dropped from attribute names, the others become hyphens.

    ``True`` writes a bare attribute, ``False`` and ``None`` leave it out.

    Raises
    ------
    InputError
        For a tag or attribute that may run code, a name or ``id`` that is none, or an address that a page
        may not point to (use `link` for addresses from outside).
    """
    _check_tag(tag)
    start = tag + "".join([_attribute(name, value) for name, value in attributes.items()]) if attributes else tag
    if tag in _VOID:
        return Safe(f"<{start}>")
    inner = [child if type(child) is Safe else text(child) for child in children]
    return Safe(f"<{start}>{''.join(inner)}</{tag}>")


@lru_cache(maxsize=256)
def _check_tag(tag: str) -> None:
    if not _NAME.match(tag) or tag.lower() in _REFUSED:
        raise InputError(f"tag {tag!r} may not stand in a page.", code="markup")


@lru_cache(maxsize=256)
def _attribute_name(name: str) -> str:
    name = name.rstrip("_").replace("_", "-")
    if not _NAME.match(name) or name.lower().startswith("on"):
        raise InputError(f"attribute {name!r} may not stand in a page.", code="markup")
    return name


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = _attribute_name(name)
    if value is True:
        return f" {name}"
    if name in _ADDRESSES:
        value = _address(name, str(value))
    elif name == "id" and not _ID.match(str(value)):
        raise InputError(f"id = {value!r}: an anchor is a letter followed by letters, digits, . : _ -", code="markup")
    return f' {name}="{escape(str(value))}"'


def _address(name: str, value: str) -> str:
    address = safe_url(value)
    if address is None and not (name == "src" and value.startswith("data:image/png;base64,")):
        raise InputError(f"{name} = {value!r}: a page links to http(s), DOIs and its own anchors only.", code="markup")
    return address or value


def link(label: Child, url: str, **attributes: str | int | bool | None) -> Safe:
    """A link; an address that a page may not point to is shown as text behind the label."""
    address = safe_url(url)
    if address is None:
        return join(label, " (", url, ")") if url.strip() and text(label) != escape(url) else text(label)
    return el("a", label, href=address, **attributes)


def isolated(name: str) -> Child:
    """A name that may run from right to left, so that what stands beside it keeps its place."""
    return el("bdi", name) if _RIGHT_TO_LEFT.search(name) else name


def anchor_id(*parts: str) -> str:
    """A stable anchor from words: ``anchor_id("study", "Kara 2014")`` is ``study-kara-2014``."""
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    return slug if slug[:1].isalpha() else f"s-{slug}"


def anchor_link(anchor: str, what: str) -> Safe:
    """A mark that links to where it stands; seen on hover and focus."""
    return el("a", "#", href=f"#{anchor}", class_="anchor", aria_label=f"Link to this {what}")


def words_of(markup: Child, most: int = 0) -> str:
    """What a piece of markup says, without tags; cut at a word where `most` characters are passed."""
    said = " ".join(html.unescape(_TAG.sub(" ", text(markup))).split())
    if not most or len(said) <= most:
        return said
    return said[:most].rsplit(" ", 1)[0].rstrip(" .,;:") + "…"


def details(summary: Child, *content: Child, id_: str | None = None, open_: bool = False, class_: str = "") -> Safe:
    """A part that opens on demand, without a script."""
    return el("details", el("summary", summary), *content, id=id_, open=open_, class_=class_ or None)


def definition_list(pairs: Iterable[tuple[Child, Child]], *, class_: str = "facts") -> Safe:
    """Terms with what they mean; a pair whose second part is empty is shown as 'not stated'."""
    items = []
    for term, meaning in pairs:
        body = text(meaning)
        items.append(join(el("dt", term), el("dd", body or el("span", "not stated", class_="empty"))))
    return el("dl", *items, class_=class_)


def notice(*content: Child, title: str = "", kind: str = "note", id_: str | None = None) -> Safe:
    """A remark set apart: `kind` is ``note``, ``warning`` or ``demonstration``."""
    head = el("strong", title, class_="notice-title") if title else None
    return el("div", head, *content, class_=f"notice notice-{kind}", role="note", id=id_)


def empty(why: str, remedy: str = "") -> Safe:
    """An empty state: what is not there and why, and what would change that."""
    return el("p", el("strong", why), f" {remedy}" if remedy else "", class_="empty-state")


def badge(judgement: str, *, compact: bool = False, word: str = "") -> Safe:
    """A risk-of-bias judgement as symbol, letter and word (`compact`: the word for screen readers only).

    `word` stands in place of the light's own word, where a tool has words of its own.
    """
    found = risk_of_bias(judgement)
    if word:
        found = replace(found, word=word[:1].upper() + word[1:], letter=word[:1].upper())
    mark = el("span", found.symbol, class_="mark", aria_hidden="true")
    if compact:
        letter = el("span", found.letter, class_="letter", aria_hidden="true")
        word = el("span", found.word, class_="visually-hidden")
        return el("span", mark, letter, word, class_=f"badge badge-{found.key}", title=found.word)
    return el("span", mark, " ", found.word, class_=f"badge badge-{found.key}")


def certainty_badge(level: str) -> Safe:
    """A GRADE certainty as four circles with its word.

    Raises
    ------
    InputError
        If `level` is not high, moderate, low, very low or no evidence.
    """
    key = level.strip().lower().replace("-", " ").replace("_", " ")
    if key not in CERTAINTY:
        allowed = "high, moderate, low, very low or no evidence"
        raise InputError(f"certainty = {level!r}: must be {allowed}.", code="judgement")
    circles, word = CERTAINTY[key]
    return el("span", el("span", circles, aria_hidden="true"), " ", word, class_="certainty")


def figure(picture: Safe, caption: Child, *, id_: str | None = None, notes: Sequence[Child] = ()) -> Safe:
    """A picture with its caption; wide pictures scroll inside themselves on narrow screens.

    The caption states the result first, then what is drawn.
    """
    name = f"Figure, scrolls sideways: {words_of(caption, 80)}"
    body = el("div", picture, class_="picture", tabindex=0, role="group", aria_label=name)
    remarks = [el("p", note, class_="figure-note") for note in notes]
    mark = anchor_link(id_, "figure") if id_ else None
    return el("figure", el("figcaption", caption, mark), body, *remarks, id=id_)
