"""From an executed notebook to one self-contained, static page: no script, no request, the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError
from reviewkit.render.html import Safe, el
from reviewkit.render.outline import outline
from reviewkit.render.table import scrolling
from reviewkit.render.text import clean_text, safe_url

_FOLDER = Path(str(files("reviewkit.render")))
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_HEAD_TAGS = re.compile(r"\s*(<(meta|link)\b[^<>]*>\s*)*\Z", re.IGNORECASE)
_WANTED = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
_SILENT_TAGS = frozenset({"remove-input", "parameters", "injected-parameters"})
_FIGURE_STYLE = re.compile(r"(?<=</desc>)<style>\.rk-f-[^<]*</style>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class _Report:
    """What the template prints beside the cells."""

    title: str
    lang: str
    head: Safe
    json_ld: Safe
    record: Safe
    css: Safe
    demonstration: bool


def export_html(
    notebook: Any,
    *,
    title: str = "",
    head: Sequence[Safe] = (),
    json_ld: Mapping[str, object] | None = None,
    record: Mapping[str, object] | None = None,
    lang: str = "en",
) -> str:
    """Render an executed notebook as one page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Left as it is. ``metadata.reviewkit.status = 'demonstration'`` keeps search engines away;
        ``metadata.reviewkit.json_ld`` and ``metadata.title`` serve where the arguments are empty. A cell
        tagged ``remove-input`` or ``parameters`` shows its output alone.
    title : str
        Stands in the title bar, and as ``h1`` where the notebook has none of its own.
    head : sequence of Safe
        Extra ``<meta>`` and ``<link>`` elements (`reviewkit.render.el`).
    json_ld : mapping, optional
        schema.org description.
    record : mapping, optional
        What the page carries for a later check, as JSON at its end.
    lang : str
        Language of the text, such as ``en``.

    Returns
    -------
    str
        The page; the same bytes for the same notebook.

    Raises
    ------
    InputError
        If there is no title, the language is none, or `head` holds anything but meta and link elements.
    """
    settings = notebook.metadata.get("reviewkit", {})
    title = title or str(notebook.metadata.get("title", ""))
    if not title.strip():
        raise InputError("the notebook has no title.", code="report", remedy="Give one, or set metadata.title.")
    if not _LANGUAGE.match(lang):
        raise InputError(f"lang = {lang!r}: must be a language tag such as 'en'.", code="report")
    extra = Safe("\n".join(head))
    if not all(isinstance(part, Safe) for part in head) or not _HEAD_TAGS.match(extra):
        raise InputError("head may hold meta and link elements built by reviewkit.render.el only.", code="report")
    data = json_ld if json_ld is not None else settings.get("json_ld")
    report = _Report(
        title=clean_text(title), lang=lang, head=extra,
        json_ld=_script_json(data) if data else Safe(""), record=_script_json(record) if record else Safe(""),
        css=_css(),
        demonstration=settings.get("status") == "demonstration",
    )  # fmt: skip
    exporter = _exporter()
    page, _ = exporter.from_notebook_node(static(notebook), resources={"report": report})
    return _one_style(str(page).replace("\r\n", "\n"))


def _one_style(page: str) -> str:
    """Figures carry their style sheet; a page needs it once, since classes hold for all of it."""
    first = _FIGURE_STYLE.search(page)
    return page if first is None else page[: first.end()] + _FIGURE_STYLE.sub("", page[first.end():])


def meta(name: str, content: str, *, attribute: str = "name") -> Safe:
    """A ``<meta>`` element; `attribute` is ``name`` or ``property``."""
    return el("meta", **{attribute: name, "content": content})


def static(notebook: Any) -> Any:
    """A copy of a notebook without what varies between runs or cannot stand in a static page.

    Outputs keep their richest form alone; widgets, scripts, execution counts, ids and timing go.
    """
    from nbformat.notebooknode import from_dict

    _node: Callable[[object], Any] = from_dict
    copy = _node(notebook)  # new containers all the way down
    copy.nbformat, copy.nbformat_minor = 4, 5
    for place, cell in enumerate(copy.cells):
        cell.id = f"cell-{place}"
        cell.pop("attachments", None)
        cell.metadata = _node({"tags": list(cell.metadata.get("tags", []))})
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        cell.outputs = [kept for kept in map(_static_output, cell.outputs) if kept is not None]
    copy.metadata = _node({})
    return copy


def _static_output(output: Any) -> Any | None:
    if output.output_type not in {"display_data", "execute_result"}:
        return output
    found = next((kind for kind in _WANTED if kind in output.data), None)
    if found is None or any("widget" in kind for kind in output.data):
        return None
    alt = output.get("metadata", {}).get(found, {}).get("alt") or output.get("metadata", {}).get("alt")
    value = output.data[found]
    output.output_type = "display_data"
    output.pop("execution_count", None)
    output.data = type(output.data)({found: "".join(value) if isinstance(value, list) else value})
    output.metadata = type(output.data)({"alt": alt} if alt else {})
    return output


@lru_cache(maxsize=1)
def _exporter() -> Any:
    """The nbconvert exporter with our template; autoescaping on, and none of nbconvert's own filters for HTML."""
    from markupsafe import Markup
    from nbconvert.exporters.templateexporter import TemplateExporter

    exporter: Any = TemplateExporter(  # type: ignore[no-untyped-call]
        template_name="report",
        extra_template_basedirs=[str(_FOLDER / "templates")],
        file_extension=".html",
    )
    exporter.output_mimetype = "text/html"
    exporter.environment.autoescape = True
    filters: dict[str, Callable[..., Any]] = {
        "outline": outline,
        "prose": prose,
        "trusted": Markup,
        "printed": _printed,
        "nolines": lambda text: re.sub(r"\s", "", text),
        "hides": lambda cell: not _SILENT_TAGS.isdisjoint(cell.metadata.tags),
    }
    exporter.environment.filters.update(filters)
    return exporter


@lru_cache(maxsize=1)
def _markdown() -> Any:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        """Raw HTML shown as text; images and addresses a page may not point to become their words."""

        def link(self, text: str, url: str, title: str | None = None) -> str:
            address = safe_url(url)
            return el("a", Safe(text), href=address, title=title) if address else text

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

        def table(self, text: str) -> str:
            return scrolling(el("table", Safe(text)))

        def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
            return el("th" if head else "td", Safe(text), scope="col" if head else None,
                      class_="number" if align == "right" else None)

    return mistune.create_markdown(escape=True, renderer=Renderer(escape=True), plugins=["table", "strikethrough"])


def prose(source: str) -> Safe:
    """Markdown as HTML; raw HTML within it is shown as text, so prose can never carry markup from data."""
    return Safe(_markdown()(clean_text(source)))


def _printed(text: str | Sequence[str]) -> str:
    whole = text if isinstance(text, str) else "".join(text)
    return clean_text(_KERNEL_FILE.sub("notebook cell", _ANSI.sub("", whole)))


def _script_json(data: Mapping[str, object]) -> Safe:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Safe(text)


@lru_cache(maxsize=1)
def _css() -> Safe:
    return Safe((_FOLDER / "report.css").read_text(encoding="utf-8"))
